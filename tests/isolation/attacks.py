"""What is tried against one table's wall, as functions that return faults: used on the real walls and on mutants."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeAlias
from uuid import UUID, uuid4

import asyncpg
from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import JSONB

from sammen.db.base import Kind
from sammen.db.rls import kind_of
from sammen.keys import Keys
from sammen.tenancy.context import PlaceKind
from sammen.tenancy.enter import ENTER_JOB, job_proof
from tests.isolation.canaries import Owner, as_arguments, insert_sql, owner_column, walled_tables
from tests.isolation.conftest import Filled

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
REFUSED = asyncpg.InsufficientPrivilegeError
# The row is there, though it may not go or come: the wall let the statement through to it.
REACHED = (asyncpg.ForeignKeyViolationError, asyncpg.UniqueViolationError)


async def enter(db: Connection, keys: Keys, kind: PlaceKind, scope: UUID, user: UUID | None = None) -> None:
    """Set the ticket of the transaction that is open, as a job does."""
    expires, proof = job_proof(keys, kind, scope, user, "isolation", 60)
    await db.execute(ENTER_JOB, kind.value, scope, user, "isolation", 60, expires, proof)


@asynccontextmanager
async def inside(
    db: Connection, keys: Keys, kind: PlaceKind, scope: UUID, user: UUID | None = None
) -> AsyncIterator[None]:
    """A transaction in a place, rolled back on leaving."""
    transaction = db.transaction()
    await transaction.start()
    try:
        await enter(db, keys, kind, scope, user)
        yield
    finally:
        await transaction.rollback()


@dataclass(frozen=True, slots=True)
class Case:
    """A table seen from one place: whose rows are its own there, and a row that is not."""

    table: Table
    kind: PlaceKind
    scope: UUID
    own: Mapping[str, Any]
    foreign: Mapping[str, Any]
    seen: int
    """How many rows of the canaries the place may see."""

    @property
    def name(self) -> str:
        return f"sammen.{self.table.name}"

    def may(self, command: str) -> bool:
        """Whether the model lets the place run the command on its own rows."""
        info = self.table.info
        if command not in info["rights"]:
            return False
        if kind_of(self.table) is not Kind.SHARED:
            return True
        if self.kind is PlaceKind.REGION:
            return command in info["region_may"]
        return bool(info["party_may"].get(command))


def cases(filled: Filled, table: Table) -> list[Case]:
    """The places a table is tried from: Horten against Re, and Vestfold against Grenland."""
    rows = filled.canaries.rows[table.name]
    home = Case(table, PlaceKind.MUNICIPALITY, filled.horten.tenant, rows["horten"], rows.get("re", {}), 1)
    region = Case(table, PlaceKind.REGION, filled.horten.region, rows["horten"], rows["skien"], 1)
    match kind_of(table):
        case Kind.MUNICIPAL:
            return [home]
        case Kind.REGIONAL:
            return [region]
        case _ if table.name in filled.canaries.regions_own:
            return _with_regions_own(filled, home)
        case _:
            return [home, Case(table, region.kind, region.scope, region.own, region.foreign, 2)]


def _with_regions_own(filled: Filled, home: Case) -> list[Case]:
    """Where a region sees its own rows alone: against another region's, and against a municipality's of its own."""
    table, own = home.table, filled.canaries.regions_own[home.table.name]
    mine, region = own["horten"], filled.horten.region
    parties = table.info["party_may"].get("SELECT", ())
    seen = home.seen + (home.scope in {mine[column] for column in parties})
    return [
        replace(home, seen=seen),
        Case(table, PlaceKind.REGION, region, mine, own["skien"], 1),
        Case(table, PlaceKind.REGION, region, mine, home.own, 1),
    ]


def fit_to_insert(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """The row as somebody in a job's context could write it: a trail takes no entry in another's name."""
    fitted = dict(row)
    if table.info.get("insert_check") and "actor_id" in fitted:
        fitted["actor_id"] = None
    return fitted


def changeable(table: Table) -> str | None:
    """A column that the app role may set, if there is one."""
    fixed = {"tenant_id", "region_id", "id", *table.info.get("parties", ())}
    fixed |= {key.parent.name for key in table.foreign_keys}
    return next((column.name for column in table.columns if column.name not in fixed), None)


async def _count(db: Connection, sql: str, *arguments: Any) -> int | str:
    """Rows a statement touched, or the name of the error; the transaction goes on."""
    try:
        async with db.transaction():
            return int((await db.execute(sql, *arguments)).split()[-1])
    except asyncpg.PostgresError as error:
        return type(error).__name__


async def _selects(db: Connection, case: Case) -> list[str]:
    faults = []
    for what, sql, arguments, wanted in (
        ("SELECT of all", f"SELECT id FROM {case.name}", (), case.seen),
        ("SELECT of its own", f"SELECT id FROM {case.name} WHERE id = $1", (case.own["id"],), 1),
        ("SELECT of a foreign row", f"SELECT id FROM {case.name} WHERE id = $1", (case.foreign["id"],), 0),
    ):
        got = await _count(db, sql, *arguments)
        expected = wanted if case.may("SELECT") else 0
        if got != expected and not (got == REFUSED.__name__ and "SELECT" not in case.table.info["rights"]):
            faults.append(f"{case.name} from a {case.kind}: {what}: {got}, not {expected}")
    return faults


async def _changes(db: Connection, case: Case) -> list[str]:
    column = changeable(case.table)
    if column is None:
        return []
    value = as_arguments(case.table, {column: case.own.get(column)})[0]
    set_to = f'UPDATE {case.name} SET "{column}" = $1' + ("::jsonb" if _is_json(case.table, column) else "")
    faults = []
    for what, sql, arguments, wanted in (
        # Without a WHERE that reads, only the policy for UPDATE stands between a statement and every row.
        ("UPDATE of all", set_to, (value,), case.seen),
        ("UPDATE of a foreign row", f"{set_to} WHERE id = $2", (value, case.foreign["id"]), 0),
        ("DELETE of a foreign row", f"DELETE FROM {case.name} WHERE id = $1", (case.foreign["id"],), 0),
        ("DELETE of all", f"DELETE FROM {case.name}", (), case.seen),
    ):
        command = what.split()[0]
        allowed = {wanted if case.may(command) else 0}
        got = await _count_undone(db, sql, *arguments)
        if command not in case.table.info["rights"]:
            allowed = {REFUSED.__name__}
        if what == "UPDATE of all" and case.may(command):
            allowed |= {
                error.__name__ for error in REACHED if case.seen > 1
            }  # one text in two rows of a region
        if what == "DELETE of all" and case.may(command) and not await _past_keys(db):
            allowed.add(asyncpg.ForeignKeyViolationError.__name__)
        if got not in allowed:
            faults.append(f"{case.name} from a {case.kind}: {what}: {got}, not {allowed}")
    return faults


async def _past_keys(db: Connection) -> bool:
    return bool(await db.fetchval("SELECT current_setting('session_replication_role') = 'replica'"))


async def _count_undone(db: Connection, sql: str, *arguments: Any) -> int | str:
    savepoint = db.transaction()
    await savepoint.start()
    try:
        return await _count(db, sql, *arguments)
    finally:
        await savepoint.rollback()


def _is_json(table: Table, column: str) -> bool:
    return isinstance(table.columns[column].type, JSONB)


async def _inserts(db: Connection, case: Case) -> list[str]:
    faults = []
    own = fit_to_insert(case.table, case.own)
    foreign = fit_to_insert(case.table, case.foreign)
    for what, row in (
        ("its own", own),
        ("a foreign row", foreign),
        ("a new foreign row", {**foreign, "id": uuid4()}),
    ):
        got = await _count_undone(db, insert_sql(case.table, row), *as_arguments(case.table, row))
        reached = got in (1, asyncpg.UniqueViolationError.__name__)
        wanted = what == "its own" and case.may("INSERT")
        if reached is not wanted or (not wanted and got != REFUSED.__name__):
            faults.append(f"{case.name} from a {case.kind}: INSERT of {what}: {got}")
    return faults


async def _moves(db: Connection, case: Case) -> list[str]:
    """Giving a row away: refused by the column's missing right, and by the policy where somebody grants it."""
    if "UPDATE" not in case.table.info["rights"]:
        return []
    columns = [owner_column(case.table)]
    if kind_of(case.table) is Kind.SHARED and case.kind is PlaceKind.MUNICIPALITY:
        columns = list(case.table.info["party_may"].get("UPDATE", ())) or columns
    elif case.foreign[columns[0]] == case.own[columns[0]]:
        # A municipality's row in the same region: what makes it that is its party.
        columns = list(case.table.info["party_may"].get("SELECT", ()))
    text = ", ".join(f"{name} = ${n}" for n, name in enumerate(columns, 1))
    given = [case.foreign[name] for name in columns]
    faults = []
    # Where the statement reads, the policy for SELECT refuses the moved row as well; without a WHERE, WITH CHECK is alone.
    for where, arguments in (("", given), (f" WHERE id = ${len(columns) + 1}", [*given, case.own["id"]])):
        got = await _count_undone(db, f"UPDATE {case.name} SET {text}{where}", *arguments)
        if got != REFUSED.__name__ and (case.may("UPDATE") or got != 0):
            faults.append(
                f"{case.name} from a {case.kind}: UPDATE of {', '.join(columns)} to another's: {got}"
            )
    return faults


async def wall_faults(db: Connection, case: Case) -> list[str]:
    """Everything above, in a transaction that is already in the case's place. Leaves no change behind."""
    return [
        *await _selects(db, case),
        *await _changes(db, case),
        *await _inserts(db, case),
        *await _moves(db, case),
    ]


async def seen_without_a_place(db: Connection) -> list[str]:
    """Tables that show a row in the transaction as it is. One statement for all, so that it can be asked often."""
    readable = [table.name for table in walled_tables() if "SELECT" in table.info["rights"]]
    each = " UNION ALL ".join(
        f"SELECT '{name}' AS name, count(*) AS n FROM sammen.{name}" for name in readable
    )
    return [row["name"] for row in await db.fetch(each) if row["n"]]


def owners_text(owner: Owner) -> str:
    """A pattern that finds an owner's canary in any text."""
    return f"%{owner.marker}%"
