"""Rows on their way to the database: gathered by table, copied in the order the foreign keys ask for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from typing import Any

import asyncpg

import deploy.models  # noqa: F401 - registers every slice's tables
from sammen.db.base import SCHEMA, Base

Row = tuple[Any, ...]
Key = tuple[str, tuple[str, ...]]
"""A table and the columns that some of its rows name."""
Progress = Callable[[str, int, int], None]
# Encryption takes a new nonce each time, so these differ between two worlds that are otherwise the same.
UNREPEATABLE = frozenset({"number_cipher", "sealed"})


class Rows:
    """What a world consists of, until it is loaded. Rows of one table may name different columns."""

    def __init__(self) -> None:
        self._found: dict[Key, list[Row]] = {}
        self._places: dict[str, dict[Any, tuple[Key, int]]] = {}
        self._known: dict[Key, int] = {}

    def __bool__(self) -> bool:
        return any(self._found.values())

    def add(self, model: type[Base], **values: Any) -> None:
        """One row. Columns left out get their default in the database."""
        self.batch(model, tuple(values)).append(tuple(values.values()))

    def batch(self, model: type[Base], columns: tuple[str, ...]) -> list[Row]:
        """The list behind one table and set of columns, for large tables. KeyError for an unknown column."""
        key = (model.__tablename__, columns)
        if key not in self._found:
            known = Base.metadata.tables[f"{SCHEMA}.{model.__tablename__}"].columns
            for name in columns:
                known[name]
            self._found[key] = []
        return self._found[key]

    def amend(self, model: type[Base], row_id: Any, **values: Any) -> None:
        """Change one row by its id. KeyError when there is none, and for an unknown column."""
        places = self._index(model.__tablename__)
        key, n = places.pop(row_id)
        rows = self._found[key]
        changed = dict(zip(key[1], rows[n], strict=True)) | values
        if changed.keys() == set(key[1]):
            rows[n] = tuple(changed.values())
            places[row_id] = (key, n)
            return
        # The last takes its place, so that nothing else moves.
        last = rows.pop()
        self._known[key] -= 1
        if n < len(rows):
            rows[n] = last
            places[last[key[1].index("id")]] = (key, n)
        self.add(model, **changed)

    def _index(self, table: str) -> dict[Any, tuple[Key, int]]:
        """Where each row of a table is, by id: those added since the last time come along."""
        places = self._places.setdefault(table, {})
        for key, rows in self._found.items():
            if key[0] == table and "id" in key[1]:
                at = key[1].index("id")
                for n in range(self._known.get(key, 0), len(rows)):
                    places[rows[n][at]] = (key, n)
                self._known[key] = len(rows)
        return places

    def replace(self, model: type[Base], columns: tuple[str, ...], rows: list[Row]) -> None:
        """Put other rows in place of those of one table and set of columns: the same ones, or fewer."""
        self._places.pop(model.__tablename__, None)
        for key in [key for key in self._known if key[0] == model.__tablename__]:
            del self._known[key]
        self.batch(model, columns)[:] = rows

    def of(self, model: type[Base]) -> list[dict[str, Any]]:
        """Every row of a table, as column → value."""
        return [
            dict(zip(columns, row, strict=True))
            for (table, columns), rows in self._found.items()
            if table == model.__tablename__
            for row in rows
        ]

    def count(self, model: type[Base]) -> int:
        """How many rows a table gets."""
        return sum(len(rows) for (table, _), rows in self._found.items() if table == model.__tablename__)

    def fingerprint(self) -> str:
        """A digest of everything that can be repeated: the same seed and day give the same."""
        digest = hashlib.sha256()
        for (table, columns), rows in sorted(self._found.items()):
            kept = [n for n, name in enumerate(columns) if name not in UNREPEATABLE]
            digest.update(f"{table}{columns}".encode())
            for row in rows:
                digest.update(repr([row[n] for n in kept]).encode())
        return digest.hexdigest()

    def in_order(self) -> Iterable[tuple[str, tuple[str, ...], list[Row]]]:
        """(table, columns, rows), parents before children."""
        order = {table.name: n for n, table in enumerate(Base.metadata.sorted_tables)}
        for (table, columns), rows in sorted(self._found.items(), key=lambda entry: order[entry[0][0]]):
            yield table, columns, rows


async def copy_in(connection: asyncpg.Connection[asyncpg.Record], rows: Rows, progress: Progress) -> None:
    """Copy everything, in the caller's transaction, as a role that row-level security does not hold."""
    batches = list(rows.in_order())
    total, done = sum(len(found) for _, _, found in batches), 0
    for table, columns, found in batches:
        described = Base.metadata.tables[f"{SCHEMA}.{table}"].columns
        as_json = [n for n, name in enumerate(columns) if described[name].type.__class__.__name__ == "JSONB"]
        ready = [_with_json(row, as_json) for row in found] if as_json else found
        await connection.copy_records_to_table(table, schema_name=SCHEMA, columns=columns, records=ready)
        done += len(found)
        progress("Legger inn i databasen", done, total)


def _with_json(row: Row, places: list[int]) -> Row:
    changed = list(row)
    for n in places:
        if changed[n] is not None:
            changed[n] = json.dumps(changed[n], ensure_ascii=False, sort_keys=True)
    return tuple(changed)
