"""What groups across borders do in each municipality's own context. Each job does nothing the second time."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import asyncpg

from sammen.audit.trail import record_change
from sammen.db.unit_of_work import UnitOfWork
from sammen.jobs.order import Order
from sammen.jobs.queue import put
from sammen.jobs.registry import job, visitor
from sammen.keys import Keys
from sammen.tenancy.context import PlaceKind
from shared_pool.groups.copying import copy_group, copy_meetings, tidy
from shared_pool.groups.days import PRESENCE, TOLD, guest_told, put_group_cards, put_own_cards, take_presence
from shared_pool.groups.hosting import COPY, MEETINGS, NOTE
from shared_pool.groups.seats import CARDS
from shared_pool.groups.voices import IDEAS, copy_voices, tell_partners

NIGHT = "joint.night"
# Also those that have left lately: what they had there ends by itself.
_MUNICIPALITIES = """
SELECT DISTINCT municipality_id AS id FROM sammen.region_membership
 WHERE valid_from <= sammen.norwegian_day() AND (valid_to IS NULL OR valid_to >= sammen.norwegian_day() - 60)
"""


@job(COPY)
async def follow_group(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """`joint`: in a partner: the host has changed the group, or somebody's part in it."""
    await copy_group(uow, UUID(args["joint"]))


@job(MEETINGS)
async def follow_meetings(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """`joint`: in a partner: the host has planned, moved, called off or held meetings."""
    await copy_group(uow, UUID(args["joint"]))
    await copy_meetings(uow, UUID(args["joint"]))


@job(PRESENCE)
async def follow_presence(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """`session`: in a home: the host's leaders have noted who came."""
    await take_presence(uow, UUID(args["session"]))


@job(TOLD)
async def follow_told(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """`session`, `seat`, `away` (1 or 0): at the host: somebody elsewhere does not come, or comes after all."""
    await guest_told(uow, UUID(args["session"]), UUID(args["seat"]), stays_away=bool(args["away"]))


@job(CARDS)
async def follow_cards(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """`joint`: in a home: somebody's place has changed, and with it who is on the list of a meeting that is soon."""
    await put_group_cards(uow, UUID(args["joint"]))


@job(IDEAS)
async def follow_voices(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """`joint`, `on` (1: the host lets its partners know as well): others have suggested, chosen or said something."""
    await copy_voices(uow, UUID(args["joint"]))
    if args["on"]:
        await tell_partners(uow, UUID(args["joint"]))


@job(NOTE)
async def note(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """`what`, `joint`: a step the other municipality took, for this one's trail."""
    await record_change(uow, f"joint.other_{args['what']}", "joint_group", UUID(args["joint"]))


@job(NIGHT)
async def night(uow: UnitOfWork, _args: dict[str, Any]) -> None:
    """In a municipality: what is over ends, and tomorrow's cards are put out."""
    await tidy(uow)
    await put_own_cards(uow)


@visitor("joint.municipalities", "5 3 * * *")
async def visit_municipalities(connection: asyncpg.Connection[asyncpg.Record], keys: Keys) -> None:
    """Every night, after groups' own new day: one job for each municipality that is, or lately was, in a region."""
    for row in await connection.fetch(_MUNICIPALITIES):
        await put(
            connection, keys, Order(NIGHT, {}, PlaceKind.MUNICIPALITY, row["id"]), once=f"{NIGHT}:{row['id']}"
        )
