"""What the tests of pages share."""

from collections.abc import AsyncIterator

import pytest

from tests.browser import pytest_runtest_setup
from tests.web.site import Site, running_site

__all__ = ["pytest_runtest_setup"]


@pytest.fixture(scope="session")
async def site(migrated: tuple[str, str]) -> AsyncIterator[Site]:
    """Horten and Re of the demo, for tests that mind nothing the others do; one for each test process."""
    async with running_site(migrated, municipalities=("0701", "0716")) as made:
        yield made
