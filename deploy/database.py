"""`sammen db upgrade|status`: roles, schema, migrations, functions and keys, under one lock."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from deploy import reference
from sammen.db import install
from sammen.db.base import SCHEMA
from sammen.db.unit_of_work import asyncpg_url
from sammen.logging import log

HERE = Path(__file__).parent
LOCK_WAIT_MS, RETRY_S, BUSY_S = 700, 1.0, 60.0
"""A change of a table that waits for a lock has everybody after it wait, too: shorter than people notice, and often."""


def alembic_config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE / "migrations"))
    config.set_main_option("file_template", "%%(rev)s")
    config.attributes["connection"] = connection
    return config


def plain_url(url: str) -> str:
    """An address as asyncpg itself wants it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


@asynccontextmanager
async def administrator(url: str) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """An administrator's connection, closed on leaving."""
    connection = await asyncpg.connect(plain_url(url))
    try:
        yield connection
    finally:
        await connection.close()


async def migrate(
    admin: asyncpg.Connection[asyncpg.Record], admin_url: str, app_url: str, *, to: str = "head"
) -> None:
    """Roles, schema and tables to the newest version, or to the one named. Waits for another upgrade to finish first."""
    await admin.execute("SELECT pg_advisory_lock($1)", install.MIGRATION_LOCK)
    await install.make_roles(admin, app_url)
    await install.make_schema(admin)
    engine = create_async_engine(asyncpg_url(admin_url), poolclass=NullPool)
    async with engine.connect() as connection:
        for setting in (
            f"ROLE {install.OWNER}",
            f"lock_timeout = '{LOCK_WAIT_MS}ms'",
            "statement_timeout = '15min'",
        ):
            await connection.execute(text(f"SET {setting}"))
        for statement in install.policy_function_statements():
            await connection.exec_driver_sql(statement)
        await connection.commit()
        await _upgrade_between_others(connection, to)
    await engine.dispose()


async def _upgrade_between_others(connection: AsyncConnection, to: str) -> None:
    """The migrations in one transaction, tried again when a table is busy. Raises DBAPIError when it stays so."""
    until = time.monotonic() + BUSY_S
    while True:
        try:
            await connection.run_sync(lambda sync: command.upgrade(alembic_config(sync), to))
            await connection.commit()
        except DBAPIError as error:
            await connection.rollback()
            origin = getattr(error.orig, "__cause__", None)
            if not isinstance(origin, asyncpg.LockNotAvailableError) or time.monotonic() > until:
                raise
            log.warning("a table is busy, the upgrade tries again")
            await asyncio.sleep(RETRY_S)
        else:
            return


async def upgrade(admin_url: str, app_url: str, secret: str, *others: str) -> None:
    """Bring a database to the newest version; harmless to run again. `others`: secrets accepted beside the one in use."""
    async with administrator(admin_url) as admin:
        await migrate(admin, admin_url, app_url)
        async with admin.transaction():
            await admin.execute(f"SET LOCAL ROLE {install.OWNER}")
            for statement in [*install.function_statements(), *install.function_grants()]:
                await admin.execute(statement)
            await admin.execute(f"COMMENT ON TABLE {SCHEMA}.alembic_version IS '{' '.join(also_served())}'")
            await install.fill_vault(admin, secret, *others)
            await reference.put_in_place(admin)


def also_served() -> list[str]:
    """The versions whose programs may go on, and start, on a database at our newest: as far back as migrations say so."""
    served: list[str] = []
    script = ScriptDirectory.from_config(alembic_config())
    for one in script.walk_revisions():
        if not getattr(one.module, "serves_previous", False) or not isinstance(one.down_revision, str):
            break
        served.append(one.down_revision)
    return served


def known_versions() -> frozenset[str]:
    """Every version this program's migrations know. A database at another was upgraded by a newer program."""
    return frozenset(one.revision for one in ScriptDirectory.from_config(alembic_config()).walk_revisions())


def newest_version() -> str:
    """The version this program's migrations lead to."""
    return ScriptDirectory.from_config(alembic_config()).get_current_head() or ""


async def status(admin_url: str) -> tuple[str | None, str, bool]:
    """(version of the database or None, newest version, whether the server has the row-level security fixes)."""
    newest = newest_version()
    engine = create_async_engine(asyncpg_url(admin_url), poolclass=NullPool)
    async with engine.connect() as connection:
        number = int(str((await connection.execute(text("SHOW server_version_num"))).scalar_one()))

        def current(sync: Connection) -> str | None:
            return MigrationContext.configure(
                sync, opts={"version_table_schema": SCHEMA}
            ).get_current_revision()

        revision = await connection.run_sync(current)
    await engine.dispose()
    return revision, newest, install.version_is_safe(number)
