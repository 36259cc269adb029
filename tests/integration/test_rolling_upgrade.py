"""Old and new side by side: tables are changed while people work, a busy table is waited for in short turns, and the old
program starts on what the new one made if the migration says that it serves it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config

from deploy import database as deployed
from deploy.checks import StartError, check_start
from deploy.database import administrator, newest_version, upgrade
from sammen.policy.roles import Role
from tests.database import SECRET, TestDatabase, fresh_database
from tests.torture.faults import application
from tests.worlds import World, make_world

MIGRATION = """
from alembic import op
import sqlalchemy as sa
revision, down_revision, branch_labels, depends_on = "{revision}", "{before}", None, None
serves_previous = {serves}

def upgrade():
    {statement}
"""
STATEMENTS = (
    'op.add_column("case_file", sa.Column("made_up", sa.Text(), nullable=True), schema="sammen")',
    'op.add_column("person", sa.Column("made_up", sa.Integer(), nullable=False, server_default="0"), schema="sammen")',
    'op.create_index("ix_made_up", "mapping", ["tenant_id", "held_on"], schema="sammen")',
    'op.create_table("made_up", sa.Column("id", sa.Uuid(), primary_key=True), schema="sammen")',
)
LAST = f"99991231_{len(STATEMENTS)}"


@pytest.fixture
async def world(migrated: tuple[str, str]) -> AsyncIterator[World]:
    async with fresh_database(*migrated) as database:
        made = await make_world(database)
        try:
            yield made
        finally:
            await made.close()


async def upgraded(
    database: TestDatabase, folder: Path, monkeypatch: pytest.MonkeyPatch, *, serves: bool = True
) -> None:
    """`sammen db upgrade` of a program that has four migrations more, each of one table."""
    before, known = newest_version(), deployed.alembic_config
    for number, statement in enumerate(STATEMENTS, 1):
        revision = f"99991231_{number}"
        text = MIGRATION.format(revision=revision, before=before, serves=serves, statement=statement)
        (folder / f"{revision}.py").write_text(text)
        before = revision

    def config(connection: Any = None) -> Config:
        found: Config = known(connection)
        found.set_main_option("path_separator", "os")
        versions = Path(deployed.__file__).parent / "migrations" / "versions"
        found.set_main_option("version_locations", f"{versions}:{folder}")
        return found

    with monkeypatch.context() as patch:
        patch.setattr(deployed, "alembic_config", config)
        await upgrade(database.admin_url, database.app_url, SECRET)


PATIENCE_S = 240


class Said:
    """The upgrade's log: tells when it says that it tries again."""

    def __init__(self) -> None:
        self.busy = asyncio.Event()

    def warning(self, event: str) -> None:
        assert event == "a table is busy, the upgrade tries again"
        self.busy.set()


async def working(world: World, over: asyncio.Event, seen: Counter[int]) -> None:
    """Reads and writes of the running program, until it is over."""
    user = world.user("horten", Role.PURCHASER_CHILD)
    token = await world.token(user)
    browser = await world.browser("horten", Role.PURCHASER_CHILD)
    number = 0
    while not over.is_set():
        number += 1
        seen[(await browser.get("/k/horten/saker")).status_code] += 1
        form = application(f"Rulle{id(over) % 1000}x{number}", token)
        form["_key"] += str(id(browser))
        seen[(await browser.post("/k/horten/soknader/ny", data=form)).status_code] += 1


async def test_tables_are_changed_while_people_work_and_a_busy_one_in_turns_without_one_failed_request(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    over, seen = asyncio.Event(), Counter[int]()
    people = [asyncio.create_task(working(world, over, seen)) for _ in range(4)]
    async with administrator(world.database.admin_url) as reader:
        async with reader.transaction():
            await reader.execute("SELECT 1 FROM sammen.case_file LIMIT 1")  # a long report holds the table
            monkeypatch.setattr(deployed, "log", said := Said())
            upgrading = asyncio.create_task(upgraded(world.database, tmp_path, monkeypatch))
            await asyncio.wait_for(said.busy.wait(), PATIENCE_S)
            assert not upgrading.done()
        await asyncio.wait_for(upgrading, PATIENCE_S)
    await asyncio.sleep(0.3)
    over.set()
    await asyncio.gather(*people)
    assert set(seen) == {200, 303}
    assert seen[303] > 20
    assert (await world.sql("SELECT sammen.database_version() AS v"))[0]["v"] == LAST
    # The old program, started anew after the new one's upgrade: as a web process that died meanwhile would be.
    await check_start(world.house.settings)


async def test_a_migration_that_does_not_serve_the_old_program_keeps_it_from_starting(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await upgraded(world.database, tmp_path, monkeypatch, serves=False)
    with pytest.raises(StartError, match="et nyere program enn dette"):
        await check_start(world.house.settings)
