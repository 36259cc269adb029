"""For tests of archives: a canary world whose sealed columns can be opened, and a second, empty installation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import asyncpg

from deploy.archive import treatment
from sammen.keys import Keys
from tenants.imports.rules import ImportRow, RowKey
from tenants.imports.sealing import pack_row
from tests.isolation.canaries import Owner

NUMBER = "13861999911"
"""A made-up national number: its month is 86."""


def _plain(table: str, column: str, owner: Owner) -> str:
    marked = f"{owner.marker} {table} {column}"
    if table in ("imported_row", "case_import_row"):
        key = RowKey("name_and_birth_date", marked, dt.date(2026, 1, 12), "individual")
        return pack_row(
            ImportRow(row_no=1, raw={}, verdict="ok", messages=(), person=None, application=None, decision=None,
                      services=(), interests=(), contact_name=marked, has_companion_card=False, note=marked,
                      protection="none", representatives=(), contact=None, evaluate_on=None, key=key,
                      fingerprint=marked, target=""),
            [marked],
        )  # fmt: skip
    return {"number_cipher": NUMBER, "email_sealed": f"{owner.marker.lower()}@example.org"}.get(
        column, marked
    )


async def make_openable(admin: asyncpg.Connection[Any], keys: Keys, owners: Iterable[Owner]) -> None:
    """Seal the canaries' sealed columns as the house does, with the owner's mark inside, and give them their look-ups."""
    for owner in owners:
        for table, column in sorted(treatment.SEALED):
            one = treatment.table(table)
            nullable = "TRUE"
            if (table, column) == ("newsletter_subscriber", "email_sealed"):
                nullable = "person_id IS NULL"
            held = await admin.fetchrow(
                f"SELECT * FROM sammen.{table} WHERE tenant_id = $1 AND {nullable}",
                owner.tenant,
            )
            if held is None:
                continue
            row: dict[str, Any] = {**dict(held), column: _plain(table, column, owner)}
            changed = {
                name: reckon(keys, row) for (of, name), reckon in treatment.RECKONED.items() if of == one.name
            }
            row |= changed
            changed[column] = treatment.SEALED[table, column].close(keys, row, row[column])
            sets = ", ".join(f'"{name}" = ${number}' for number, name in enumerate(changed, 3))
            await admin.execute(
                f"UPDATE sammen.{table} SET {sets} WHERE tenant_id = $1 AND id = $2",
                owner.tenant, held["id"], *changed.values(),
            )  # fmt: skip
