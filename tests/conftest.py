"""Fixtures: a database of one's own, a small world in it, and the real application on top."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, settings

from tests.database import TestDatabase, fresh_database, template
from tests.worlds import World, make_world

# A busy machine makes no test fail: nothing here measures time.
settings.register_profile("sammen", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("sammen")


@pytest.fixture(scope="session")
def migrated() -> tuple[str, str]:
    """The server and its migrated template."""
    return template()


@pytest.fixture
async def database(migrated: tuple[str, str]) -> AsyncIterator[TestDatabase]:
    """A fresh database, for tests that change or break things."""
    async with fresh_database(*migrated) as made:
        yield made


@pytest.fixture
async def world(database: TestDatabase) -> AsyncIterator[World]:
    """Two municipalities and the pool between them, in a fresh database."""
    made = await make_world(database)
    try:
        yield made
    finally:
        await made.close()


@pytest.fixture(scope="module")
async def shared_world(migrated: tuple[str, str]) -> AsyncIterator[World]:
    """One world for a whole file: for tests that leave no trace the next one minds."""
    async with fresh_database(*migrated) as database:
        made = await make_world(database)
        try:
            yield made
        finally:
            await made.close()
