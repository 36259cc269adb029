"""What time does to open offers: those without an end get more days."""

from __future__ import annotations

from typing import Any

import asyncpg
from sqlalchemy import or_, select

from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.jobs.order import Order
from sammen.jobs.queue import put
from sammen.jobs.registry import job, visitor
from sammen.keys import Keys
from sammen.tenancy.context import PlaceKind
from tenants.offers.models import OpenOffer
from tenants.offers.service import lay_out

_PLACES = "SELECT id FROM sammen.municipality WHERE valid_to IS NULL OR valid_to >= sammen.norwegian_day()"


@job("offers.lay_out")
async def lay_out_days(uow: UnitOfWork, _args: dict[str, Any]) -> None:
    """In a municipality: the days of its offers, half a year ahead. Again: nothing happens."""
    found = await uow.session.scalars(
        select(OpenOffer).where(
            OpenOffer.tenant_id == uow.context.tenant,
            OpenOffer.weekday != "",
            or_(OpenOffer.valid_to.is_(None), OpenOffer.valid_to >= today()),
        )
    )
    for one in found.all():
        await lay_out(uow, one)


@visitor("offers.municipalities", "35 3 * * 1")
async def visit(connection: asyncpg.Connection[asyncpg.Record], keys: Keys) -> None:
    """Every Monday night: one job for each municipality."""
    for row in await connection.fetch(_PLACES):
        order = Order("offers.lay_out", {}, PlaceKind.MUNICIPALITY, row["id"])
        await put(connection, keys, order, once=f"offers.lay_out:{row['id']}")
