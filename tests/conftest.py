"""Fixtures: a database of one's own, a small world in it, and the real application on top."""

from __future__ import annotations

import gc
import logging
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import pytest
import structlog
from hypothesis import HealthCheck, settings
from jinja2 import FileSystemBytecodeCache

from deploy.asgi import templates
from tests.database import TestDatabase, fresh_database, template
from tests.worlds import World, make_world

if TYPE_CHECKING:
    from tests.scheduling import InPieces

# A busy machine makes no test fail: nothing here measures time.
settings.register_profile("sammen", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("sammen")
# What goes wrong is shown with the test; a line for each of some hundred thousand requests is not.
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> InPieces:
    """Whole files to each process, and the long ones first."""
    from tests.scheduling import InPieces

    return InPieces(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The same order in each of several processes; one alone keeps the files' own."""
    if hasattr(config, "workerinput"):
        from tests.scheduling import order

        order(items)


def pytest_collection_finish() -> None:
    """What was imported stays: it is not looked through for rubbish again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def migrated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """The server and its migrated template. Whoever asks for it opens pages: their templates are compiled once for all the
    processes of a run, in its own folder, since a compiled one holds texts of that moment's catalogue.
    """
    base = tmp_path_factory.getbasetemp()
    folder = base.parent if hasattr(request.config, "workerinput") else base
    for language, environment in templates().languages.items():
        (compiled := folder / f"templates-{language}").mkdir(exist_ok=True)
        environment.bytecode_cache = FileSystemBytecodeCache(str(compiled))
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
