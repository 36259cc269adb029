"""The run itself, and the night's own, so that the plan is there when the coordinator comes to work."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import asyncpg

from sammen.db.unit_of_work import UnitOfWork
from sammen.jobs.order import Order
from sammen.jobs.queue import put
from sammen.jobs.registry import job, visitor
from sammen.keys import Keys
from sammen.tenancy.context import PlaceKind
from shared_pool.runs.service import JOB, mark_of, run_plan

_REGIONS = "SELECT id FROM sammen.region WHERE valid_to IS NULL OR valid_to >= sammen.norwegian_day()"


@job(JOB, seconds=900)
async def run_matching(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """`task`, when somebody waits for it: match all of a region's needs and candidates."""
    task = args.get("task")
    await run_plan(uow, UUID(task) if task else None)


@visitor(JOB, "0 4 * * *")
async def visit_regions(connection: asyncpg.Connection[asyncpg.Record], keys: Keys) -> None:
    """Every night: one run for each region, unless somebody has just asked for one."""
    for row in await connection.fetch(_REGIONS):
        await put(connection, keys, Order(JOB, {}, PlaceKind.REGION, row["id"]), once=mark_of(row["id"]))
