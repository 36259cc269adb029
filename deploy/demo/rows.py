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
Progress = Callable[[str, int, int], None]
# Encryption takes a new nonce each time, so these differ between two worlds that are otherwise the same.
UNREPEATABLE = frozenset({"number_cipher", "sealed"})


class Rows:
    """What a world consists of, until it is loaded. Rows of one table may name different columns."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, tuple[str, ...]], list[Row]] = {}

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
        for (table, columns), rows in list(self._found.items()):
            if table != model.__tablename__ or "id" not in columns:
                continue
            place = columns.index("id")
            for n, row in enumerate(rows):
                if row[place] == row_id:
                    del rows[n]
                    self.add(model, **(dict(zip(columns, row, strict=True)) | values))
                    return
        raise KeyError(row_id)

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
