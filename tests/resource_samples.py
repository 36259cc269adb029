"""Samples of shared resources: a car of Horten's, and times to book it at."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sammen.clock import today
from sammen.policy.roles import Role
from sammen.series import moment
from shared_pool.resources.service import BookingFacts, book
from shared_pool.resources.upkeep import ResourceFacts, add_resource
from tests.worlds import World

COORDINATOR = Role.PROVIDER_COORDINATOR


def day(ahead: int = 7) -> date:
    """A day ahead of today."""
    return today() + timedelta(days=ahead)


def at(hour: int, minute: int = 0, ahead: int = 7) -> datetime:
    """A time on that day, on Norwegian clocks."""
    return moment(day(ahead), time(hour, minute))


async def car(world: World, slug: str = "horten", **changes: Any) -> UUID:
    """Something a municipality lends to the whole region, unless said otherwise."""
    facts: dict[str, Any] = {
        "kind": "car", "name": "Minibussen", "place": "Rådhuset", "holds": 9, "lending": "region",
        "contact": "Servicetorget, 33 08 50 00", **changes,
    }  # fmt: skip
    async with world.at(slug, COORDINATOR) as uow:
        return await add_resource(uow, ResourceFacts(**facts))


async def booked(
    world: World, slug: str, resource: UUID, starts: datetime, ends: datetime, **changes: Any
) -> UUID:
    """A booking made by a municipality's coordinator."""
    async with world.at(slug, COORDINATOR) as uow:
        return await book(uow, BookingFacts(resource, starts, ends, **changes))
