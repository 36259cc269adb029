"""What time does to bookings: nobody answered, or somebody has left the region. And what a meeting that is changed in a
job does to them (meetings.py).
"""

from __future__ import annotations

from typing import Any

import asyncpg
from sqlalchemy import and_, exists, not_, or_, select, update

import shared_pool.resources.meetings  # noqa: F401 - for what it registers
from sammen.audit.trail import record_change
from sammen.clock import now, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.jobs.order import Order
from sammen.jobs.queue import put
from sammen.jobs.registry import job, visitor
from sammen.keys import Keys
from sammen.tenancy.context import PlaceKind
from sammen.tenancy.models import RegionMembership
from shared_pool.resources.models import Booking

_EVER_MEMBERS = "SELECT DISTINCT municipality_id AS id FROM sammen.region_membership"
NOBODY_ANSWERED = N_("Eieren svarte ikke i tide.")
LEFT = N_("Kommunen er ikke lenger med i samarbeidet.")


@job("resources.tidy")
async def tidy(uow: UnitOfWork, _args: dict[str, Any]) -> None:
    """In a municipality: bookings that nobody answered before they began, and those between it and a region it has left.
    Whoever had them reads it on their "Min dag". Again: nothing happens.
    """
    tenant = uow.context.tenant
    member = exists(
        select(RegionMembership.id).where(
            RegionMembership.region_id == Booking.region_id,
            RegionMembership.municipality_id == tenant,
            RegionMembership.valid_from <= today(),
            or_(RegionMembership.valid_to.is_(None), RegionMembership.valid_to >= today()),
        )
    )
    lent = and_(Booking.owner_id == tenant, Booking.booker_id.is_distinct_from(tenant))
    borrowed = and_(Booking.booker_id == tenant, Booking.owner_id != tenant)
    for whose, state, reason in (
        (and_(lent, Booking.starts_at <= now()), ("asked",), NOBODY_ANSWERED),
        (and_(or_(lent, borrowed), not_(member), Booking.starts_at > now()), ("asked", "booked"), LEFT),
    ):
        gone = await uow.session.execute(
            update(Booking)
            .where(whose, Booking.state.in_(state))
            .values(state="cancelled", ended_by="time", end_reason=reason, version=Booking.version + 1)
            .returning(Booking.id)
        )
        for (one,) in gone.all():
            await record_change(uow, "booking.cancelled", "booking", one, by="time")


@visitor("resources.municipalities", "20 * * * *")
async def visit(connection: asyncpg.Connection[asyncpg.Record], keys: Keys) -> None:
    """Every hour: one job for each municipality that is or has been a member of a region."""
    for row in await connection.fetch(_EVER_MEMBERS):
        order = Order("resources.tidy", {}, PlaceKind.MUNICIPALITY, row["id"])
        await put(connection, keys, order, once=f"resources.tidy:{row['id']}")
