"""Counting hours for the light: at once when a contact switches it on, and every night."""

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
from shared_pool.load.service import COUNT, count_all, count_contact

NIGHT = "load.night"
_MUNICIPALITIES = """
SELECT DISTINCT municipality_id AS id FROM sammen.region_membership
 WHERE valid_from <= sammen.norwegian_day() AND (valid_to IS NULL OR valid_to >= sammen.norwegian_day())
"""


@job(COUNT)
async def count_one(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """In a municipality: the hours of a contact who has just switched the light on."""
    await count_contact(uow, UUID(args["contact"]))


@job(NIGHT)
async def count_night(uow: UnitOfWork, _args: dict[str, Any]) -> None:
    """In a municipality: everybody's hours, for the new day. Doing it again the same day changes nothing."""
    await count_all(uow)


@visitor("load.municipalities", "55 2 * * *")
async def visit_municipalities(connection: asyncpg.Connection[asyncpg.Record], keys: Keys) -> None:
    """Every night, after what the day does to assignments: one job for each municipality of a region."""
    for row in await connection.fetch(_MUNICIPALITIES):
        order = Order(NIGHT, {}, PlaceKind.MUNICIPALITY, row["id"])
        await put(connection, keys, order, once=f"{NIGHT}:{row['id']}")
