"""The map's counts: asked for every night, made on the first of the week."""

from __future__ import annotations

from typing import Any

import asyncpg

from sammen.db.unit_of_work import UnitOfWork
from sammen.jobs.order import Order
from sammen.jobs.queue import put
from sammen.jobs.registry import job, visitor
from sammen.keys import Keys
from sammen.tenancy.context import PlaceKind
from shared_pool.atlas.service import count_week

COUNT = "atlas.count"
_REGIONS = "SELECT id FROM sammen.region WHERE valid_to IS NULL OR valid_to >= sammen.norwegian_day()"


@job(COUNT)
async def count(uow: UnitOfWork, _args: dict[str, Any]) -> None:
    """In a region: this week's counts, unless they are there."""
    await count_week(uow)


@visitor("atlas.regions", "35 3 * * *")
async def visit_regions(connection: asyncpg.Connection[asyncpg.Record], keys: Keys) -> None:
    """Every night, so that a new region has its map the next morning: one job for each region."""
    for row in await connection.fetch(_REGIONS):
        await put(
            connection, keys, Order(COUNT, {}, PlaceKind.REGION, row["id"]), once=f"{COUNT}:{row['id']}"
        )
