"""Jobs: extracts are made, and emptied when they have expired."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import asyncpg

from sammen.audit.trail import record_change
from sammen.db.unit_of_work import UnitOfWork
from sammen.jobs.order import Order
from sammen.jobs.queue import put
from sammen.jobs.registry import job, visitor
from sammen.keys import Keys
from sammen.tenancy.context import PlaceKind
from tenants.rights.service import make_extract

_MUNICIPALITIES = """
SELECT id FROM sammen.municipality
 WHERE valid_from <= sammen.norwegian_day() AND (valid_to IS NULL OR valid_to >= sammen.norwegian_day())
"""
_EMPTIED = """
UPDATE sammen.rights_extract SET state = 'gone', content = NULL, flags = '{}', version = version + 1
 WHERE tenant_id = $1 AND (expires_on < sammen.norwegian_day()
   OR (state IN ('making', 'review') AND created_at < now() - interval '30 days' AND content IS NOT NULL))
   AND state <> 'gone' RETURNING id
"""


@job("rights.extract", seconds=900)
async def extract(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """Gather all about one person, for the handler to look through."""
    await make_extract(uow, UUID(args["extract"]))


@job("rights.new_day")
async def new_day(uow: UnitOfWork, _args: dict[str, Any]) -> None:
    """Empty the extracts that have expired, and those nobody has looked through for a month."""
    for row in await uow.call(_EMPTIED, uow.context.tenant):
        await record_change(uow, "rights.expired", "rights_extract", row["id"])


@visitor("rights.municipalities", "50 2 * * *")
async def visit_municipalities(connection: asyncpg.Connection[asyncpg.Record], keys: Keys) -> None:
    """Every night: one job for each municipality."""
    for row in await connection.fetch(_MUNICIPALITIES):
        order = Order("rights.new_day", {}, PlaceKind.MUNICIPALITY, row["id"])
        await put(connection, keys, order, once=f"rights.new_day:{row['id']}")
