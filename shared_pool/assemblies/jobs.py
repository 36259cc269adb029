"""What time and other municipalities do to assemblies: copies of what is held jointly, reminders, and who has come since."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import asyncpg

from sammen.clock import now
from sammen.db.unit_of_work import UnitOfWork
from sammen.jobs.order import Order
from sammen.jobs.queue import put
from sammen.jobs.registry import job, visitor
from sammen.keys import Keys
from sammen.tenancy.context import PlaceKind
from shared_pool.assemblies.inviting import keep_up, remind
from shared_pool.assemblies.joint import COPY, copy_all, copy_joint
from shared_pool.assemblies.queries import meetings
from shared_pool.assemblies.rules import REMIND

NIGHT = "assemblies.night"
_MUNICIPALITIES = (
    "SELECT id FROM sammen.municipality WHERE valid_to IS NULL OR valid_to >= sammen.norwegian_day()"
)


@job(COPY)
async def copy_one(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """`joint`: what is held jointly is new or has changed."""
    await copy_joint(uow, UUID(args["joint"]))


@job(NIGHT)
async def night(uow: UnitOfWork, _args: dict[str, Any]) -> None:
    """In a municipality: copies that were missed, those who have come into an audience, and reminders."""
    await copy_all(uow)
    coming = [card for card in await meetings(uow) if card.on and not card.begun]
    await keep_up(uow, sorted({card.assembly_id for card in coming}))
    for card in coming:
        if card.starts_at <= now() + REMIND and card.reminded_on is None:
            await remind(uow, card)


@visitor("assemblies.municipalities", "30 7 * * *")
async def visit_municipalities(connection: asyncpg.Connection[asyncpg.Record], keys: Keys) -> None:
    """Every morning, when a reminder may be read: one job for each municipality."""
    for row in await connection.fetch(_MUNICIPALITIES):
        await put(
            connection, keys, Order(NIGHT, {}, PlaceKind.MUNICIPALITY, row["id"]), once=f"{NIGHT}:{row['id']}"
        )
