"""What happens to the tests that need a browser when there is none."""

import os
from collections.abc import Mapping

import pytest

from deploy.browser import chromium_path

__all__ = ["chromium_path", "demand_browser", "pytest_runtest_setup"]


def demand_browser(path: str | None, environment: Mapping[str, str] = os.environ) -> None:
    """Skip the running test when there is no browser; fail it where `SAMMEN_REQUIRE_BROWSER=1`."""
    if path is not None:
        return
    if environment.get("SAMMEN_REQUIRE_BROWSER") == "1":
        pytest.fail("Chromium is not here, and SAMMEN_REQUIRE_BROWSER=1 demands it", pytrace=False)
    pytest.skip("Chromium is not here")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Tests marked `browser` need Chromium. A `conftest.py` imports this name to put it to work."""
    if item.get_closest_marker("browser") is not None:
        demand_browser(chromium_path())
