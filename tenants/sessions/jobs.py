"""What happens to meetings by itself: the next contact is asked to lead, and each night the series is made longer."""

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
from tenants.groups.api import list_groups
from tenants.sessions.api import plan_series
from tenants.sessions.asking import ASK_NEXT, go_on
from tenants.sessions.nightly import finish_started, forget_guests

_MUNICIPALITIES = """
SELECT id FROM sammen.municipality
 WHERE valid_from <= sammen.norwegian_day() AND (valid_to IS NULL OR valid_to >= sammen.norwegian_day())
"""


@job(ASK_NEXT)
async def ask_next(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """`session` is the meeting's id. Those who are late have been asked, and the next ones are; again changes nothing."""
    await go_on(uow, UUID(args["session"]))


@job("sessions.new_day")
async def new_day(uow: UnitOfWork, _args: dict[str, Any]) -> None:
    """In a municipality: what has come within the horizon is planned, and what began and was never ended is over, and
    yesterday's guests are forgotten. Again changes nothing.
    """
    for card in await list_groups(uow):
        if card.hosted:
            await plan_series(uow, card.id)
    await finish_started(uow)
    await forget_guests(uow)


@visitor("sessions.municipalities", "55 2 * * *")
async def visit_municipalities(connection: asyncpg.Connection[asyncpg.Record], keys: Keys) -> None:
    """Every night: one job for each municipality, in a region or not."""
    for row in await connection.fetch(_MUNICIPALITIES):
        order = Order("sessions.new_day", {}, PlaceKind.MUNICIPALITY, row["id"])
        await put(connection, keys, order, once=f"sessions.new_day:{row['id']}")
