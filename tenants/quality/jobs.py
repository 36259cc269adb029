"""Every night, in each municipality: what has become late is a deviation by itself (A10)."""

from __future__ import annotations

from typing import Any

import asyncpg

from sammen.db.unit_of_work import UnitOfWork
from sammen.jobs.order import Order
from sammen.jobs.queue import put
from sammen.jobs.registry import job, visitor
from sammen.keys import Keys
from sammen.tenancy.context import PlaceKind
from tenants.quality import watch

_MUNICIPALITIES = """
SELECT id FROM sammen.municipality
 WHERE valid_from <= sammen.norwegian_day() AND (valid_to IS NULL OR valid_to >= sammen.norwegian_day())
"""


@job("quality.look")
async def look(uow: UnitOfWork, _args: dict[str, Any]) -> None:
    """In a municipality: open what is late, note what is put right. Doing it again the same day changes nothing."""
    await watch.look(uow)


@visitor("quality.municipalities", "20 3 * * *")
async def visit_municipalities(connection: asyncpg.Connection[asyncpg.Record], keys: Keys) -> None:
    """Every night, after what begins and ends that day: one job for each municipality."""
    for row in await connection.fetch(_MUNICIPALITIES):
        order = Order("quality.look", {}, PlaceKind.MUNICIPALITY, row["id"])
        await put(connection, keys, order, once=f"quality.look:{row['id']}")
