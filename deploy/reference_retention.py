"""How long each kind is kept where a municipality has decided nothing else, and how far a deletion of it may reach."""

from __future__ import annotations

import asyncpg

from tenants.retention.api import KINDS, SINCE, reach

UPSERT = """
    INSERT INTO sammen.retention_default (kind, valid_from, years, months, action, basis) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (kind, valid_from) DO UPDATE SET years = excluded.years, months = excluded.months,
      action = excluded.action, basis = excluded.basis
"""


async def put_retention_in_place(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    """Write the rules and the map, or bring them up to date. What the map no longer has is taken out of it."""
    await connection.executemany(UPSERT, [(kind, SINCE, *one.default) for kind, one in KINDS.items()])
    wanted = [(kind, table) for kind in KINDS for table in sorted(reach(kind))]
    await connection.execute(
        "DELETE FROM sammen.retention_reach WHERE (kind, table_name) NOT IN"
        " (SELECT * FROM unnest($1::text[], $2::text[]))",
        [kind for kind, _ in wanted],
        [table for _, table in wanted],
    )
    await connection.executemany(
        "INSERT INTO sammen.retention_reach (kind, table_name) VALUES ($1, $2) ON CONFLICT DO NOTHING", wanted
    )
