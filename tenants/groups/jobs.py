"""What the new day does to groups: places in those that are over end."""

from __future__ import annotations

from typing import Any

import asyncpg

from sammen.db.unit_of_work import UnitOfWork
from sammen.jobs.order import Order
from sammen.jobs.queue import put
from sammen.jobs.registry import job, visitor
from sammen.keys import Keys
from sammen.tenancy.context import PlaceKind
from tenants.groups.places import end_closed_groups

_MUNICIPALITIES = """
SELECT id FROM sammen.municipality
 WHERE valid_from <= sammen.norwegian_day() AND (valid_to IS NULL OR valid_to >= sammen.norwegian_day())
"""


@job("groups.new_day")
async def new_day(uow: UnitOfWork, _args: dict[str, Any]) -> None:
    """In a municipality: end the places of groups whose last day has passed. Again changes nothing."""
    await end_closed_groups(uow)


@visitor("groups.municipalities", "50 2 * * *")
async def visit_municipalities(connection: asyncpg.Connection[asyncpg.Record], keys: Keys) -> None:
    """Every night: one job for each municipality, in a region or not."""
    for row in await connection.fetch(_MUNICIPALITIES):
        order = Order("groups.new_day", {}, PlaceKind.MUNICIPALITY, row["id"])
        await put(connection, keys, order, once=f"groups.new_day:{row['id']}")
