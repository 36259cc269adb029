"""What the night does to contacts: what was said at the start is forgotten when it has done its work."""

from __future__ import annotations

from typing import Any

import asyncpg

from sammen.db.unit_of_work import UnitOfWork
from sammen.jobs.order import Order
from sammen.jobs.queue import put
from sammen.jobs.registry import job, visitor
from sammen.keys import Keys
from sammen.tenancy.context import PlaceKind
from tenants.contacts.references import forget_old_talks

FORGET = "contacts.forget"
_MUNICIPALITIES = (
    "SELECT id FROM sammen.municipality WHERE valid_to IS NULL OR valid_to >= sammen.norwegian_day()"
)


@job(FORGET)
async def forget(uow: UnitOfWork, _args: dict[str, Any]) -> None:
    """In a municipality: references and interviews nobody needs any more. Again: nothing is left to delete."""
    await forget_old_talks(uow)


@visitor("contacts.municipalities", "15 4 * * *")
async def visit_municipalities(connection: asyncpg.Connection[asyncpg.Record], keys: Keys) -> None:
    """Every night: one job for each municipality."""
    for row in await connection.fetch(_MUNICIPALITIES):
        order = Order(FORGET, {}, PlaceKind.MUNICIPALITY, row["id"])
        await put(connection, keys, order, once=f"{FORGET}:{row['id']}")
