"""Jobs: the monthly proposal, and an approved run. The clock proposes; it never deletes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import asyncpg

from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.jobs.order import Order
from sammen.jobs.queue import enqueue, put
from sammen.jobs.registry import job, visitor
from sammen.jobs.tasks import finish_task
from sammen.keys import Keys
from sammen.tenancy.context import PlaceKind
from tenants.retention.deleting import carry_out, make_proposal

_MUNICIPALITIES = """
SELECT id FROM sammen.municipality
 WHERE valid_from <= sammen.norwegian_day() AND (valid_to IS NULL OR valid_to >= sammen.norwegian_day())
"""


@job("retention.propose", seconds=1800)
async def propose(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """Look through everything in the municipality and propose what should go, unless a proposal waits already."""
    made = await make_proposal(uow, asked=bool(args.get("asked")))
    if "task" in args:
        path = f"/k/{uow.context.slug}/oppbevaring"
        await finish_task(
            uow,
            UUID(args["task"]),
            message=N_("Forslaget er klart.") if made else N_("Ingenting har gått ut på tid."),
            result_url=f"{path}/kjoringer/{made}" if made else path,
        )


@job("retention.run", tries=5, seconds=1800)
async def run(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """One batch of an approved run, and the next one queued. Killed anywhere, it goes on where it was."""
    if await carry_out(uow, UUID(args["run"])):
        await enqueue(uow, "retention.run", {"run": args["run"]})


@visitor("retention.municipalities", "40 3 1 * *")
async def visit_municipalities(connection: asyncpg.Connection[asyncpg.Record], keys: Keys) -> None:
    """On the first of each month: one job for each municipality, which proposes."""
    for row in await connection.fetch(_MUNICIPALITIES):
        order = Order("retention.propose", {}, PlaceKind.MUNICIPALITY, row["id"])
        await put(connection, keys, order, once=f"retention.propose:{row['id']}")
