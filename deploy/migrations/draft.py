"""`python -m deploy.migrations.draft "what changes"`: writes the next migration from the models.

Compares the models with a database at the newest version, and puts every new table behind its kind's wall. Read what
it wrote before committing: a renamed column looks like one dropped and one added, and moving data is yours to write.
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
from sammen.db.base import Base
from sammen.db.rls import protect
from sammen.db.unit_of_work import asyncpg_url

DATABASE = "sammen_draft"


def _new_tables(found: Any) -> Iterator[str]:
    for op in getattr(found, "ops", ()):
        if isinstance(op, ops.CreateTableOp):
            op.info = {}  # our kinds; the migration says what they came to instead
            yield op.table_name
        else:
            yield from _new_tables(op)


def _protect_new(_context: Any, _revision: Any, directives: list[Any]) -> None:
    """Append the walls of every table the migration makes."""
    made = directives[0].upgrade_ops
    for name in list(_new_tables(made)):
        table = Base.metadata.tables[f"sammen.{name}"]
        made.ops += [ops.ExecuteSQLOp(statement) for statement in protect(table)]


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
    number = re.sub(r".*_", "", newest_version())
    engine = create_async_engine(asyncpg_url(admin_url), poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.exec_driver_sql("SET ROLE sammen_owner")

        def write(sync: Any) -> None:
            config = alembic_config(sync)
            config.attributes["directives"] = _protect_new
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
