"""A browser test without a browser is skipped on a developer's machine and fails where it was promised."""

import pytest

from tests.browser import demand_browser


def test_a_browser_test_is_skipped_where_there_is_no_chromium() -> None:
    with pytest.raises(pytest.skip.Exception):
        demand_browser(None, {})


def test_a_browser_test_fails_where_chromium_is_promised_and_missing() -> None:
    with pytest.raises(pytest.fail.Exception):
        demand_browser(None, {"SAMMEN_REQUIRE_BROWSER": "1"})


def test_a_browser_test_runs_where_there_is_chromium() -> None:
    demand_browser("/usr/bin/chromium", {"SAMMEN_REQUIRE_BROWSER": "1"})
