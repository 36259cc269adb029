"""`python -m deploy.migrations.draft "what changes"`: writes the next migration from the models.

Compares the models with a database at the newest version, puts every new table behind its kind's wall, gives the app
role its rights on new columns, and renews check constraints that say something else. Read what it wrote before
committing: a renamed column looks like one dropped and one added, and moving data is yours to write.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Iterator
from typing import Any

from alembic import command
from alembic.operations import ops
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from deploy.database import administrator, alembic_config, migrate, newest_version
from deploy.postgres import DATA_ROOT, LocalServer
from sammen.clock import today
from sammen.db import install
from sammen.db.base import Base
from sammen.db.rls import grants, protect
from sammen.db.unit_of_work import asyncpg_url

DATABASE = "sammen_draft"
MODELLED = "sammen_draft_models"
CHECKS = """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'sammen'::regnamespace AND contype = 'c'"""
Checks = dict[tuple[str, str], str]


def _new_tables(found: Any) -> Iterator[str]:
    for op in getattr(found, "ops", ()):
        if isinstance(op, ops.CreateTableOp):
            op.info = {}  # our kinds; the migration says what they came to instead
            yield op.table_name
        else:
            yield from _new_tables(op)


def _widened_tables(found: Any) -> Iterator[str]:
    for op in getattr(found, "ops", ()):
        if isinstance(op, ops.AddColumnOp):
            yield op.table_name
        else:
            yield from _widened_tables(op)


def _renewed_checks(old: Checks, new: Checks, tables: set[str]) -> Iterator[str]:
    """Statements for the check constraints of `tables` (those that are there already) that are gone, new or changed."""
    for table, name in sorted(old.keys() | new.keys()):
        before, after = old.get((table, name)), new.get((table, name))
        if before == after or table not in tables:
            continue
        if before is not None:
            yield f"ALTER TABLE {table} DROP CONSTRAINT {name}"
        if after is not None:
            yield f"ALTER TABLE {table} ADD CONSTRAINT {name} {after}"


def _finish(old: Checks, new: Checks) -> Any:
    """What alembic does not see: walls of new tables, rights on new columns, changed check constraints."""

    def finish(_context: Any, _revision: Any, directives: list[Any]) -> None:
        made = directives[0].upgrade_ops
        fresh, widened = list(_new_tables(made)), dict.fromkeys(_widened_tables(made))
        standing = Base.metadata.tables.keys() - {f"sammen.{name}" for name in fresh}
        statements = list(_renewed_checks(old, new, set(standing)))
        for name in fresh:
            statements += protect(Base.metadata.tables[f"sammen.{name}"])
        for name in widened:
            statements += grants(Base.metadata.tables[f"sammen.{name}"])
        made.ops += [ops.ExecuteSQLOp(statement) for statement in statements]

    return finish


async def _modelled_checks(server: URL) -> Checks:
    """Every check constraint as PostgreSQL writes it, from a database made of the models alone."""
    async with administrator(server.render_as_string(hide_password=False)) as admin:
        await admin.execute(f"DROP DATABASE IF EXISTS {MODELLED} WITH (FORCE)")
        await admin.execute(f"CREATE DATABASE {MODELLED}")
    own = server.set(database=MODELLED).render_as_string(hide_password=False)
    async with administrator(own) as admin:
        await install.make_schema(admin)
        for statement in install.EXTENSION_STATEMENTS:
            await admin.execute(statement)
    engine = create_async_engine(asyncpg_url(own), poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    await engine.dispose()
    found = await _checks(own)
    async with administrator(server.render_as_string(hide_password=False)) as admin:
        await admin.execute(f"DROP DATABASE {MODELLED} WITH (FORCE)")
    return found


async def _checks(url: str) -> Checks:
    async with administrator(url) as admin:
        return {(row[0], row[1]): row[2] for row in await admin.fetch(CHECKS)}


async def draft(message: str) -> None:
    """Write the file. The database used is made for this and dropped."""
    # A server of its own: roles belong to a whole server, and the tests' must keep theirs as they are.
    local = LocalServer.ensure(DATA_ROOT / "draft", for_tests=True)
    try:
        await _write(make_url(local.admin_url), message)
    finally:
        local.stop()


async def _write(server: URL, message: str) -> None:
    async with administrator(server.render_as_string(hide_password=False)) as admin:
        await admin.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        await admin.execute(f"CREATE DATABASE {DATABASE}")
    own = server.set(database=DATABASE)
    admin_url = own.render_as_string(hide_password=False)
    app_url = own.set(username="sammen_app", password="draft").render_as_string(hide_password=False)  # noqa: S106 - dropped below
    async with administrator(admin_url) as admin:
        await migrate(admin, admin_url, app_url)
    finish = _finish(await _checks(admin_url), await _modelled_checks(server))
    number = re.sub(r".*_", "", newest_version())
    engine = create_async_engine(asyncpg_url(admin_url), poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.exec_driver_sql("SET ROLE sammen_owner")

        def write(sync: Any) -> None:
            config = alembic_config(sync)
            config.attributes["directives"] = finish
            name = f"{today():%Y%m%d}_{int(number or 0) + 1}"
            command.revision(config, message=message, autogenerate=True, rev_id=name)

        await connection.run_sync(write)
    await engine.dispose()
    async with administrator(server.render_as_string(hide_password=False)) as admin:
        await admin.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit('Skriv hva migreringen gjør: python -m deploy.migrations.draft "legg til kurs"')
    asyncio.run(draft(sys.argv[1]))
