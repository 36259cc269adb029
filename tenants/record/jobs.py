"""The night's work on people: those whose day of moving has come."""

from __future__ import annotations

from typing import Any

import asyncpg

from sammen.db.unit_of_work import UnitOfWork
from sammen.jobs.order import Order
from sammen.jobs.queue import put
from sammen.jobs.registry import job, visitor
from sammen.keys import Keys
from sammen.tenancy.context import PlaceKind
from tenants.record.closing import close_moved

_MUNICIPALITIES = """
SELECT id FROM sammen.municipality
 WHERE valid_from <= sammen.norwegian_day() AND (valid_to IS NULL OR valid_to >= sammen.norwegian_day())
"""


@job("record.new_day")
async def new_day(uow: UnitOfWork, _args: dict[str, Any]) -> None:
    """In a municipality: close the cases of those who have moved. Doing it again the same day changes nothing."""
    await close_moved(uow)


@visitor("record.municipalities", "20 2 * * *")
async def visit_municipalities(connection: asyncpg.Connection[asyncpg.Record], keys: Keys) -> None:
    """Every night: one job for each municipality, in a region or not."""
    for row in await connection.fetch(_MUNICIPALITIES):
        order = Order("record.new_day", {}, PlaceKind.MUNICIPALITY, row["id"])
        await put(connection, keys, order, once=f"record.new_day:{row['id']}")
