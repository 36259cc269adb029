"""What the database's catalogue must say, as plain functions from a connection to a list of faults.

Each reads the catalogue itself and judges it by rules written here, not by the helper that made it
(sammen/db/rls.py): a fault in the helper must show. `tests/isolation/test_mutants.py` tries the checks themselves.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import asyncpg
from sqlalchemy import Table

import deploy.models  # noqa: F401 - registers every slice's tables
from sammen.db.base import Base, Kind
from sammen.db.install import APP
from sammen.db.rls import COMMANDS, kind_of
from tests.isolation.canaries import owner_column, walled_tables
from tests.isolation.catalogue_rights import (
    WITHOUT_MODEL,
    app_rights_are_declared,
    backup_sees_everything,
    functions_are_listed,
    no_trigger_or_rule_writes_elsewhere,
    queue_tables,
    roles_are_weak,
    schema_rights_are_few,
)

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
Check = Callable[[Connection, frozenset[str]], Awaitable[list[str]]]

# Policies with an open condition. There are none, and a new one needs a reason written here.
OPEN_POLICIES: frozenset[str] = frozenset()


def all_names() -> frozenset[str]:
    """Every mapped table."""
    return frozenset(table.name for table in Base.metadata.tables.values())


def _chosen(only: frozenset[str], *kinds: Kind) -> list[Table]:
    return [table for table in walled_tables(*kinds) if table.name in only]


# Tables and models ----------------------------------------------------------------------------------------------
async def tables_and_models(db: Connection, only: frozenset[str]) -> list[str]:
    """Every table has a model with a kind, every model a table, in this schema only; no view lets anyone round."""
    rows = await db.fetch(
        "SELECT n.nspname, c.relname, c.relkind::text AS kind, c.reloptions"
        " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
        " AND n.nspname NOT LIKE 'pg_toast%' AND n.nspname NOT LIKE 'pg_temp%'"
    )
    known = all_names() | WITHOUT_MODEL | queue_tables()
    faults = [f"{name}: the model has no kind" for name in all_names() if not _has_kind(name)]
    for row in rows:
        name = row["relname"]
        if row["nspname"] != "sammen":
            faults.append(f"{row['nspname']}.{name}: stands outside the schema")
        elif row["kind"] in ("m", "f"):
            faults.append(f"{name}: materialised views and foreign tables have no row-level security")
        elif row["kind"] == "v":
            if "security_invoker=true" not in (row["reloptions"] or []):
                faults.append(f"{name}: a view without security_invoker")
        elif name not in known:
            faults.append(f"{name}: a table without a model")
    present = {row["relname"] for row in rows}
    return faults + [f"{name}: a model without a table" for name in only - present]


def _has_kind(name: str) -> bool:
    return "kind" in Base.metadata.tables[f"sammen.{name}"].info


async def partitions_and_children(db: Connection, only: frozenset[str]) -> list[str]:
    """A partition or child is reached past its parent's policies, so it must be walled in by itself."""
    rows = await db.fetch(
        "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity AS walled FROM pg_inherits i"
        " JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = 'sammen' AND c.relkind IN ('r', 'p')"
    )
    return [
        f"{row['relname']}: a partition or child without a wall of its own"
        for row in rows
        if not row["walled"]
    ]


# Policies --------------------------------------------------------------------------------------------------------
async def security_is_forced(db: Connection, only: frozenset[str]) -> list[str]:
    """Row-level security is on and binds the owner too."""
    rows = await db.fetch(
        "SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class"
        " WHERE relnamespace = 'sammen'::regnamespace AND relkind IN ('r', 'p')"
    )
    found = {row["relname"]: row for row in rows}
    faults = []
    for table in _chosen(only):
        row = found.get(table.name)
        if row is None or not row["relrowsecurity"]:
            faults.append(f"{table.name}: row-level security is off")
        elif not row["relforcerowsecurity"]:
            faults.append(f"{table.name}: row-level security is not forced")
    return faults


def split_or(text: str) -> list[str]:
    """The alternatives of a condition at its outermost level, as the catalogue prints it."""
    text = text.strip()
    while text.startswith("(") and _closes(text) == len(text) - 1:
        text = text[1:-1].strip()
    return _split(text, " OR ")


def _closes(text: str) -> int:
    depth = 0
    for at, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return at
    return -1


def _split(text: str, word: str) -> list[str]:
    parts, depth, begin = [], 0, 0
    for at, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0 and text.startswith(word, at):
            parts.append(text[begin:at])
            begin = at + len(word)
    return [*parts, text[begin:]]


def _conjuncts(text: str) -> set[str]:
    text = text.strip()
    while text.startswith("(") and _closes(text) == len(text) - 1:
        text = text[1:-1].strip()
    found = set()
    for part in (one.strip() for one in _split(text, " AND ")):
        found |= _conjuncts(part) if part.startswith("(") and _closes(part) == len(part) - 1 else {part}
    return found


def ticket_comparison(column: str, function: str) -> str:
    """`column = (select sammen.function())` as the catalogue prints it."""
    return f"{column} = ( SELECT sammen.{function}() AS {function})"


def alternatives_allowed(table: Table, command: str) -> list[str]:
    """The comparisons of which each alternative of a policy must hold one, by the table's declared kind."""
    if kind_of(table) is Kind.MUNICIPAL:
        return [ticket_comparison("tenant_id", "current_tenant")]
    if kind_of(table) is Kind.REGIONAL:
        return [ticket_comparison("region_id", table.info.get("region_door", "current_region"))]
    region = ticket_comparison("region_id", table.info["region_door"])
    parties = [ticket_comparison(name, "current_tenant") for name in table.info["party_may"].get(command, ())]
    return ([region] if command in table.info["region_may"] else []) + parties


def _condition_faults(table: Table, command: str, which: str, text: str | None) -> list[str]:
    where = f"{table.name} {command} {which}"
    if text is None:
        return [f"{where}: missing"]
    allowed = alternatives_allowed(table, command)
    faults = []
    seen = set()
    for part in split_or(text):
        held = [one for one in allowed if one in _conjuncts(part)]
        seen.update(held)
        if not held:
            faults.append(f"{where}: open by `{part}`")
        if command == "INSERT" and kind_of(table) is Kind.SHARED and not _member_checked(part, held):
            faults.append(f"{where}: a municipality may write into a region that it is no member of")
    # A wish of the model's that no policy grants is a wall in the wrong place: pages would show nothing.
    faults += [f"{where}: nobody comes in by `{one}`" for one in allowed if one not in seen]
    sees = table.info.get("region_sees")
    if sees and "region_id = ( SELECT" in text and not _holds_extra(text, sees):
        faults.append(f"{where}: the region sees more than it should")
    extra = table.info.get("insert_check")
    if extra and command == "INSERT" and not _holds_extra(text, extra):
        faults.append(f"{where}: does not check what the model asks of a new row")
    return faults


def _member_checked(part: str, held: list[str]) -> bool:
    by_region = any(one.startswith("region_id = ") for one in held)
    return by_region or "region_membership" in part


def _holds_extra(text: str, condition: str) -> bool:
    """Whether every name and word the model's condition mentions is in the policy: it is printed otherwise than written."""
    words = set(re.findall(r"[a-z_]+", condition.replace("sammen.", ""))) - {"m", "p", "select"}
    return all(re.search(rf"\b{word}\b", text) for word in words)


def _policy_faults(row: Any) -> list[str]:
    name = row["policyname"]
    faults = [f"{name}: for every command at once"] if row["cmd"] == "ALL" else []
    if list(row["roles"]) != [APP]:
        faults.append(f"{name}: for {row['roles']}, not for the app role alone")
    if row["permissive"] != "PERMISSIVE":
        faults.append(f"{name}: is restrictive, so that it opens nothing")
    if {row["qual"], row["with_check"]} & {"true", "(true)"} and name not in OPEN_POLICIES:
        faults.append(f"{name}: open to everybody")
    return faults


def _command_faults(table: Table, command: str, policy: Any | None) -> list[str]:
    wanted = command in table.info["rights"] and bool(alternatives_allowed(table, command))
    if policy is None:
        return [f"{table.name} {command}: no policy"] if wanted else []
    if not wanted:
        return [f"{table.name} {command}: a policy for what nobody may do"]
    faults = []
    if command != "INSERT":
        faults += _condition_faults(table, command, "USING", policy["qual"])
    if command in ("INSERT", "UPDATE"):
        faults += _condition_faults(table, command, "WITH CHECK", policy["with_check"])
    return faults


async def policies_compare_with_the_ticket(db: Connection, only: frozenset[str]) -> list[str]:
    """One policy a command the app role may run, permissive, for that role alone; every alternative tied to the ticket."""
    found: dict[tuple[str, str], Any] = {}
    faults = []
    for row in await db.fetch("SELECT * FROM pg_policies WHERE schemaname = 'sammen'"):
        faults += _policy_faults(row)
        if (row["tablename"], row["cmd"]) in found:
            faults.append(f"{row['tablename']} {row['cmd']}: more policies than one ({row['policyname']})")
        found[row["tablename"], row["cmd"]] = row
    for table in _chosen(only):
        for command in COMMANDS:
            faults += _command_faults(table, command, found.pop((table.name, command), None))
    if only == all_names():
        faults += [f"{name} {command}: a policy on a table that needs none" for name, command in found]
    return faults


# Columns, keys ---------------------------------------------------------------------------------------------------
async def owner_columns_hold(db: Connection, only: frozenset[str]) -> list[str]:
    """The owner column is NOT NULL and stands first in the primary key and in every unique constraint and index."""
    rows = await db.fetch(
        "SELECT t.relname AS table, i.relname AS index, x.indisprimary AS primary,"
        " (SELECT array_agg(coalesce(a.attname, '(expression)') ORDER BY k.n) FROM unnest(x.indkey) WITH ORDINALITY k(num, n)"
        "  LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.num) AS columns"
        " FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid"
        " WHERE x.indisunique AND t.relnamespace = 'sammen'::regnamespace"
    )
    null = {
        (row["relname"], row["attname"])
        for row in await db.fetch(
            "SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
            " WHERE c.relnamespace = 'sammen'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped AND NOT a.attnotnull"
        )
    }
    faults = []
    for table in _chosen(only):
        owner = owner_column(table)
        faults += [
            f"{table.name}.{column}: may be NULL"
            for column in (owner, "id", *table.info.get("parties", ()))
            # A party that may be missing, as when the region itself has booked, is nobody: NULL equals no municipality.
            if (table.name, column) in null
            and (column in (owner, "id") or not table.columns[column].nullable)
        ]
        keys = [row for row in rows if row["table"] == table.name]
        faults += [
            f"{row['index']}: does not begin with {owner}" for row in keys if row["columns"][0] != owner
        ]
        primary = [list(row["columns"]) for row in keys if row["primary"]]
        if primary != [[owner, "id"]]:
            faults.append(f"{table.name}: primary key {primary} is not ({owner}, id)")
    return faults


async def foreign_keys_carry_the_owner(db: Connection, only: frozenset[str]) -> list[str]:
    """A key from a walled table leads to the same owner's row, or to a reference or identity table: never across."""
    rows = await db.fetch(
        "SELECT k.conname, c.relname AS table, f.relname AS target, k.convalidated, k.columns, k.targets FROM (SELECT o.*,"
        "  (SELECT array_agg(a.attname ORDER BY u.n) FROM unnest(o.conkey) WITH ORDINALITY u(num, n)"
        "    JOIN pg_attribute a ON a.attrelid = o.conrelid AND a.attnum = u.num) AS columns,"
        "  (SELECT array_agg(a.attname ORDER BY u.n) FROM unnest(o.confkey) WITH ORDINALITY u(num, n)"
        "    JOIN pg_attribute a ON a.attrelid = o.confrelid AND a.attnum = u.num) AS targets"
        " FROM pg_constraint o WHERE o.contype = 'f') k"
        " JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class f ON f.oid = k.confrelid"
        " WHERE c.relnamespace = 'sammen'::regnamespace"
    )
    kinds = {table.name: kind_of(table) for table in Base.metadata.tables.values()}
    faults = []
    for row in rows:
        if row["table"] not in only:
            continue
        here, there = kinds[row["table"]], kinds[row["target"]]
        if not row["convalidated"]:
            faults.append(f"{row['conname']}: never validated")
        if there not in (Kind.MUNICIPAL, Kind.REGIONAL, Kind.SHARED):
            continue
        owner = "tenant_id" if there is Kind.MUNICIPAL else "region_id"
        pairs = set(zip(row["columns"], row["targets"], strict=True))
        if (here is Kind.MUNICIPAL) != (there is Kind.MUNICIPAL):
            faults.append(f"{row['conname']}: leads from a {here} table to a {there} one")
        elif (owner, owner) not in pairs:
            faults.append(f"{row['conname']}: does not carry {owner}")
    return faults


async def ids_come_from_no_counter(db: Connection, only: frozenset[str]) -> list[str]:
    """No walled column is numbered by a sequence: its next value would tell how much others have written."""
    rows = await db.fetch(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'sammen'"
        " AND (is_identity = 'YES' OR column_default LIKE 'nextval%')"
    )
    walled = {table.name for table in _chosen(only)}
    return [
        f"{row['table_name']}.{row['column_name']}: numbered by a sequence"
        for row in rows
        if row["table_name"] in walled
    ]


CHECKS: tuple[Check, ...] = (
    tables_and_models, partitions_and_children, security_is_forced, policies_compare_with_the_ticket, owner_columns_hold,
    foreign_keys_carry_the_owner, ids_come_from_no_counter, roles_are_weak, app_rights_are_declared, schema_rights_are_few,
    backup_sees_everything, functions_are_listed, no_trigger_or_rule_writes_elsewhere,
)  # fmt: skip


async def table_faults(db: Connection, table: str) -> list[str]:
    """What the checks of a single table find. Used on mutants."""
    only = frozenset({table})
    faults = await security_is_forced(db, only)
    return faults + await policies_compare_with_the_ticket(db, only)
