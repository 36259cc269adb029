"""What settlement does in the background, in each municipality's own context. Each job does nothing the second time."""

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
from shared_pool.settlement.agreements import NOTE
from shared_pool.settlement.facts import tell_facts
from shared_pool.settlement.service import REPORT, open_statements

# Also those that have left lately: their last hours are approved afterwards, and are settled like the others.
_MUNICIPALITIES = """
SELECT DISTINCT municipality_id AS id FROM sammen.region_membership
 WHERE valid_from <= sammen.norwegian_day() AND (valid_to IS NULL OR valid_to >= sammen.norwegian_day() - 400)
"""


@job(REPORT, seconds=900)
async def report(uow: UnitOfWork, _args: dict[str, Any]) -> None:
    """In a municipality: tell what it owes others for, and open the statements of periods that are over."""
    await tell_facts(uow)
    await open_statements(uow)


@job(NOTE)
async def note(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """`what`, `object`: a step the other municipality took with an agreement or a statement, for this one's trail."""
    kind = "settlement_agreement" if args["what"].startswith("agreement") else "settlement_statement"
    await record_change(uow, f"settlement.other_{args['what']}", kind, UUID(args["object"]))


@visitor("settlement.municipalities", "40 3 * * *")
async def visit_municipalities(connection: asyncpg.Connection[asyncpg.Record], keys: Keys) -> None:
    """Every night: one job for each municipality that is, or lately was, a member of a region."""
    for row in await connection.fetch(_MUNICIPALITIES):
        order = Order(REPORT, {}, PlaceKind.MUNICIPALITY, row["id"])
        await put(connection, keys, order, once=f"{REPORT}:{row['id']}")
