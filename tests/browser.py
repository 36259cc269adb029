"""Finding Chromium for the tests that need a browser, and saying what happens when there is none."""

import os
import shutil
from collections.abc import Mapping

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium_path() -> str | None:
    """The machine's Chromium, as `playwright`'s `executable_path`; None if there is none."""
    return next((path for name in NAMES if (path := shutil.which(name)) is not None), None)


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
