"""The suite tried: every wall is broken in every way, one at a time, and each break must be found.

A mutant lives in a transaction that is rolled back. The catalogue's checks must find every one; so must the behaviour
of the app role, except where a break shows in nothing the app role can do (NO FORCE binds the owner only; an UPDATE
policy without WITH CHECK falls back to USING).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg
import pytest
from sqlalchemy import Table

from tests.isolation.attacks import Connection, cases, enter, wall_faults
from tests.isolation.canaries import owner_column, walled_tables
from tests.isolation.catalogue import CHECKS, all_names, table_faults
from tests.isolation.conftest import Filled

TABLES = walled_tables()


@dataclass(frozen=True, slots=True)
class Mutant:
    """A way to break a table's wall, and whether the app role's own behaviour shows it."""

    name: str
    sql: str
    shows: bool = True


def _recreated(policy: str, table: str, command: str, using: str) -> str:
    clause = f" USING ({using})" if command == "UPDATE" else ""
    return f"DROP POLICY {policy} ON {table}; CREATE POLICY {policy} ON {table} FOR {command} TO sammen_app{clause}"


def mutants(table: Table, policies: dict[str, str]) -> Iterator[Mutant]:
    """Every way to break `table`; `policies` maps the commands that have a policy to its USING text."""
    name = f"sammen.{table.name}"
    yield Mutant("security disabled", f"ALTER TABLE {name} DISABLE ROW LEVEL SECURITY")
    yield Mutant("security not forced", f"ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY", shows=False)
    yield Mutant(
        "a second, open policy", f"CREATE POLICY more ON {name} TO sammen_app USING (true) WITH CHECK (true)"
    )
    yield Mutant(
        "an open policy for everybody",
        f"CREATE POLICY more ON {name} TO PUBLIC USING (true) WITH CHECK (true)",
    )
    for command, using in policies.items():
        policy = f"{table.name}_{command.lower()}"
        owner = owner_column(table)
        yield Mutant(f"{command}: dropped", f"DROP POLICY {policy} ON {name}")
        if command != "INSERT":
            yield Mutant(f"{command}: USING opened", f"ALTER POLICY {policy} ON {name} USING (true)")
            yield Mutant(
                f"{command}: USING any owner", f"ALTER POLICY {policy} ON {name} USING ({owner} IS NOT NULL)"
            )
        if command in ("INSERT", "UPDATE"):
            yield Mutant(
                f"{command}: WITH CHECK opened", f"ALTER POLICY {policy} ON {name} WITH CHECK (true)"
            )
            yield Mutant(
                f"{command}: WITH CHECK stripped",
                _recreated(policy, name, command, using),
                shows=command == "INSERT",
            )


@asynccontextmanager
async def _undone(db: Connection) -> AsyncIterator[None]:
    savepoint = db.transaction()
    await savepoint.start()
    try:
        yield
    finally:
        await savepoint.rollback()


async def _behaviour(db: Connection, filled: Filled, table: Table) -> list[str]:
    """What the app role can do to the table. Column rights are given first, and foreign keys set aside, so that
    nothing but row-level security stands in the way.
    """
    faults: list[str] = []
    if "UPDATE" in table.info["rights"]:
        await db.execute(f"GRANT UPDATE ON sammen.{table.name} TO sammen_app")
    await db.execute("SET LOCAL session_replication_role = replica")
    await db.execute("SET LOCAL ROLE sammen_app")
    for case in cases(filled, table):
        async with _undone(db):
            await enter(db, filled.keys, case.kind, case.scope)
            faults += await wall_faults(db, case)
    return faults


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
async def test_every_broken_wall_is_found(table: Table, filled: Filled, admin: Connection) -> None:
    rows = await admin.fetch("SELECT cmd, qual FROM pg_policies WHERE tablename = $1", table.name)
    policies = {row["cmd"]: row["qual"] or "" for row in rows}
    assert policies, "a walled table has policies"
    async with _undone(admin):
        assert await table_faults(admin, table.name) == []
        assert await _behaviour(admin, filled, table) == []
    tried = 0
    for mutant in mutants(table, policies):
        async with _undone(admin):
            await admin.execute(mutant.sql)
            assert await table_faults(admin, table.name), f"the catalogue's checks miss: {mutant.name}"
            if mutant.shows:
                assert await _behaviour(admin, filled, table), f"the app role's attacks miss: {mutant.name}"
        tried += 1
    assert tried >= 4 + len(policies)


# Breaks of the whole rather than of one table: each must be found by the checks together.
BREAKS = {
    "a table without a model": "CREATE TABLE sammen.extra (tenant_id uuid, id uuid)",
    "a table outside the schema": "CREATE TABLE public.extra (id uuid)",
    "a view that runs as its owner": "CREATE VIEW sammen.everyone AS SELECT * FROM sammen.person",
    "a materialised view": "CREATE MATERIALIZED VIEW sammen.everyone AS SELECT * FROM sammen.person",
    "a child table": "CREATE TABLE sammen.person_more () INHERITS (sammen.person)",
    "an owner that may be null": "ALTER TABLE sammen.membership DROP CONSTRAINT uq_membership_once;"
    " ALTER TABLE sammen.approved_figure ALTER reported_by DROP NOT NULL",
    "a unique index across municipalities": "CREATE UNIQUE INDEX number_once ON sammen.person (number_hash)",
    "a foreign key without the owner": "CREATE UNIQUE INDEX person_once ON sammen.person (id);"
    " ALTER TABLE sammen.case_file ADD CONSTRAINT loose FOREIGN KEY (person_id) REFERENCES sammen.person (id)",
    "a counter as id": "ALTER TABLE sammen.person ADD COLUMN no bigint GENERATED ALWAYS AS IDENTITY",
    "the app role as superuser": "ALTER ROLE sammen_app SUPERUSER",
    "the app role past row-level security": "ALTER ROLE sammen_app BYPASSRLS",
    "the app role as owner": "ALTER TABLE sammen.person OWNER TO sammen_app",
    "the app role in the owner's role": "GRANT sammen_owner TO sammen_app",
    "an owner column that may change": "GRANT UPDATE (tenant_id) ON sammen.person TO sammen_app",
    "a party that may change": "GRANT UPDATE (posted_by) ON sammen.need TO sammen_app",
    "identity tables readable": "GRANT SELECT ON sammen.user_account TO sammen_app",
    "one column of the vault readable": "GRANT SELECT (secret) ON sammen.vault TO sammen_app",
    "a table everybody may read": "GRANT SELECT ON sammen.membership TO PUBLIC",
    "TRUNCATE for the app role": "GRANT TRUNCATE ON sammen.person TO sammen_app",
    "TRIGGER for the app role": "GRANT TRIGGER ON sammen.person TO sammen_app",
    "reference tables writable": "GRANT UPDATE ON sammen.municipality TO sammen_app",
    "CREATE in the schema": "GRANT CREATE ON SCHEMA sammen TO sammen_app",
    "CREATE in public": "GRANT CREATE ON SCHEMA public TO PUBLIC",
    "temporary tables": "DO $$ BEGIN EXECUTE format('GRANT TEMP ON DATABASE %I TO sammen_app', current_database()); END $$",
    "a door nobody listed": "CREATE FUNCTION sammen.back_door() RETURNS bigint LANGUAGE sql SECURITY DEFINER"
    " SET search_path = pg_catalog, pg_temp RETURN (SELECT count(*) FROM sammen.person);"
    " ALTER FUNCTION sammen.back_door() OWNER TO sammen_owner",
    "writing tickets for the app role": "GRANT EXECUTE ON FUNCTION"
    " sammen.write_ticket(text, uuid, uuid, uuid, uuid, text[], int) TO sammen_app",
    "a door for everybody": "GRANT EXECUTE ON FUNCTION sammen.enter(bytea, text, text) TO PUBLIC",
    "a loose search_path": "ALTER FUNCTION sammen.current_tenant() RESET search_path",
    "a leakproof function": "ALTER FUNCTION sammen.norwegian_day() LEAKPROOF",
    "a trigger": "CREATE TRIGGER extra BEFORE UPDATE ON sammen.person FOR EACH ROW"
    " EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "a backup that would be short": "REVOKE SELECT ON sammen.person FROM sammen_backup",
    "a backup that writes": "GRANT DELETE ON sammen.person TO sammen_backup",
    "a backup role behind the walls": "ALTER ROLE sammen_backup NOBYPASSRLS",
}


async def _execute_patiently(admin: Connection, sql: str) -> None:
    """Roles belong to the whole server, where another test process may be changing one at this moment."""
    for _ in range(20):
        try:
            async with admin.transaction():
                await admin.execute(sql)
        except asyncpg.InternalServerError as error:
            if "tuple concurrently" not in str(error):
                raise
            await asyncio.sleep(0.1)
        else:
            return
    raise AssertionError("the role is being changed all the time")


@pytest.mark.parametrize("name", BREAKS)
async def test_every_break_of_the_whole_is_found(name: str, filled: Filled, admin: Connection) -> None:
    await _execute_patiently(admin, BREAKS[name])
    found = [fault for check in CHECKS for fault in await check(admin, all_names())]
    assert found, f"no check finds {name}"
