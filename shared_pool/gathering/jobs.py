"""What an answer, a need that goes, and time do to suggested groups: in the region's own context."""

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
from shared_pool.gathering.service import WEIGH, weigh, weigh_all

NIGHT = "gathering.night"
_REGIONS = "SELECT id FROM sammen.region WHERE valid_to IS NULL OR valid_to >= sammen.norwegian_day()"


@job(WEIGH)
async def weigh_one(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """`suggestion`: somebody has answered, or a need has gone."""
    await weigh(uow, UUID(args["suggestion"]))


@job(NIGHT)
async def night(uow: UnitOfWork, _args: dict[str, Any]) -> None:
    """In a region: those whose time is out, and those a filled need has left too small."""
    await weigh_all(uow)


@visitor("gathering.regions", "45 3 * * *")
async def visit_regions(connection: asyncpg.Connection[asyncpg.Record], keys: Keys) -> None:
    """Every night, after needs have run out: one job for each region."""
    for row in await connection.fetch(_REGIONS):
        await put(
            connection, keys, Order(NIGHT, {}, PlaceKind.REGION, row["id"]), once=f"{NIGHT}:{row['id']}"
        )
