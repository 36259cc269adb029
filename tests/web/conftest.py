"""What the tests of pages share."""

from tests.browser import pytest_runtest_setup

__all__ = ["pytest_runtest_setup"]
