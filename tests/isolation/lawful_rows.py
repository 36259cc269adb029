"""Rows that a table's own check constraints accept, found near rows they refuse: so that a state can be asked for without
knowing what a table's rules want beside it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from itertools import combinations, islice, product
from typing import Any

import asyncpg
from sqlalchemy import CheckConstraint, Column, Table
from sqlalchemy import types as t

from tests.isolation.canaries import insert_row

MOST_TRIED = 6_000
MOST_CHANGED = 6
CHECKS = """SELECT pg_get_expr(conbin, conrelid) AS rule FROM pg_constraint
             WHERE conrelid = ('sammen.' || $1)::regclass AND contype = 'c'"""


def allowed_words(table: Table, column: str) -> list[str]:
    """The words of a check constraint `column IN ('a', 'b')`, in its order; none when it has no such."""
    checks = " ; ".join(str(c.sqltext) for c in table.constraints if isinstance(c, CheckConstraint))
    found = re.search(rf"(?<![\w.]){column} IN \(([^)]*)\)", checks)
    return re.findall(r"'([^']*)'", found.group(1)) if found else []


def _alternatives(table: Table, column: Column[Any], value: Any) -> list[Any]:
    """What else the column could hold."""
    others: list[Any] = [None] if column.nullable else []
    if isinstance(column.type, t.Boolean):
        others.append(not value)
    elif isinstance(column.type, t.String):
        others += [*allowed_words(table, column.name), "", f"{column.name} for regelen"]
    return [other for other in others if other != value]


def _near(table: Table, row: Mapping[str, Any], columns: Collection[str]) -> Iterator[dict[str, Any]]:
    """Rows beside this one, those with the fewest changes first."""
    choices = {name: _alternatives(table, table.columns[name], row[name]) for name in columns if name in row}
    for changed in range(1, MOST_CHANGED + 1):
        for names in combinations(sorted(choices), changed):
            for values in product(*(choices[name] for name in names)):
                yield dict(zip(names, values, strict=True))


def _plain(value: Any) -> Any:
    return f"\\x{value.hex()}" if isinstance(value, bytes) else str(value)


async def lawful(
    admin: asyncpg.Connection[asyncpg.Record],
    table: Table,
    row: Mapping[str, Any],
    keep: Collection[str] = (),
) -> dict[str, Any] | None:
    """The row, with as little changed as its table's check constraints ask; nothing of `keep`. None when none is found."""
    rules = [found["rule"] for found in await admin.fetch(CHECKS, table.name)]
    if not rules:
        return dict(row)
    named = {
        column.name for rule in rules for column in table.columns if re.search(rf"\b{column.name}\b", rule)
    }
    fixed = {*keep, *(column.name for column in table.columns if column.primary_key or column.foreign_keys)}
    # First nothing, then what the broken rules speak of, then what any rule speaks of.
    broken = [rule for rule in rules if not await _holds(admin, table, row, [rule])]
    of_broken = {name for name in named if any(re.search(rf"\b{name}\b", rule) for rule in broken)}
    tried = [
        {},
        *islice(_near(table, row, of_broken - fixed), MOST_TRIED),
        *islice(_near(table, row, named - fixed), MOST_TRIED),
    ]
    sql = f"""SELECT n FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS tried (change, n),
        LATERAL jsonb_populate_record(NULL::sammen.{table.name}, $2::jsonb || change) AS row_
        WHERE {" AND ".join(f"coalesce(({_of_row(rule, named)}), true)" for rule in rules)} ORDER BY n LIMIT 1"""
    whole = {name: row[name] for name in named if name in row}
    found = await admin.fetchval(sql, json.dumps(tried, default=_plain), json.dumps(whole, default=_plain))
    return {**row, **tried[found - 1]} if found else None


def _of_row(rule: str, columns: Collection[str]) -> str:
    """A rule about the columns of `row_`."""
    return re.sub(
        rf"(?<![\w.'])({'|'.join(sorted(columns, key=len, reverse=True))})(?![\w'])", r"row_.\1", rule
    )


async def _holds(
    admin: asyncpg.Connection[asyncpg.Record], table: Table, row: Mapping[str, Any], rules: Collection[str]
) -> bool:
    names = {column.name for column in table.columns}
    tests = " AND ".join(f"coalesce(({_of_row(rule, names)}), true)" for rule in rules)
    values = json.dumps(dict(row), default=_plain)
    held = await admin.fetchval(
        f"SELECT {tests} FROM jsonb_populate_record(NULL::sammen.{table.name}, $1::jsonb) AS row_", values
    )
    return bool(held)


REFUSED = (asyncpg.IntegrityConstraintViolationError, asyncpg.RaiseError)


async def insert_lawful(
    admin: asyncpg.Connection[asyncpg.Record],
    table: Table,
    row: Mapping[str, Any],
    keep: Collection[str] = (),
) -> None:
    """Insert the row, changed as `lawful` does where the table's rules ask it. Raises one of REFUSED when none is let in."""
    try:
        async with admin.transaction():
            await insert_row(admin, table, row)
    except REFUSED:
        found = await lawful(admin, table, row, keep)
        if found is None:
            raise
        async with admin.transaction():
            await insert_row(admin, table, found)
