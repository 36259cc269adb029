"""What the new day does to orders and assignments: one job for each municipality, every night."""

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
from tenants.assignments.ending import pass_the_day
from tenants.assignments.hooks import tell_made

_MUNICIPALITIES = """
SELECT id FROM sammen.municipality
 WHERE valid_from <= sammen.norwegian_day() AND (valid_to IS NULL OR valid_to >= sammen.norwegian_day())
"""


@job("assignments.new_day")
async def new_day(uow: UnitOfWork, _args: dict[str, Any]) -> None:
    """In a municipality: what begins today, and what has run out. Doing it again the same day changes nothing."""
    await pass_the_day(uow)


@job("assignments.made")
async def made(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """`contact` has been given an assignment: whoever listens is told. Again tells them the same."""
    await tell_made(uow, UUID(args["contact"]))


@visitor("assignments.municipalities", "40 2 * * *")
async def visit_municipalities(connection: asyncpg.Connection[asyncpg.Record], keys: Keys) -> None:
    """Every night: one job for each municipality, in a region or not."""
    for row in await connection.fetch(_MUNICIPALITIES):
        order = Order("assignments.new_day", {}, PlaceKind.MUNICIPALITY, row["id"])
        await put(connection, keys, order, once=f"assignments.new_day:{row['id']}")
