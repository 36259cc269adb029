"""What the tests of groups across borders begin with: a group of Horten's with two leaders, and Re with places in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Invalid
from sammen.policy.roles import Role
from shared_pool.groups.hosting import open_group, promise
from shared_pool.groups.partners import answer
from tenants.groups.places import PlaceFacts, give_place
from tenants.sessions.service import SessionFacts, add_session
from tests.group_samples import in_group, planned
from tests.provider_samples import contact
from tests.worlds import World

COORDINATOR = Role.PROVIDER_COORDINATOR
PHONE = "33 08 50 00"


@contextmanager
def refused(words: str) -> Iterator[None]:
    """What is done inside is refused with a sentence that holds these words."""
    with pytest.raises(Invalid) as bad:
        yield
    assert any(words in one.message for one in bad.value.errors.values()), bad.value.errors


async def opened(world: World, *, seats: int = 8) -> tuple[UUID, UUID, list[UUID]]:
    """(Horten's group, the shared row, leaders): open for others, with nobody invited."""
    group, leaders = await planned(world, "horten", seats=seats)
    async with world.at("horten", COORDINATOR) as uow:
        return group, await open_group(uow, group), leaders


async def joined(
    world: World, *, seats: int = 8, quota: int = 3, release_on: date | None = None
) -> tuple[UUID, UUID, list[UUID]]:
    """The same with Re as a partner that has said yes, and has its copy."""
    group, joint, leaders = await opened(world, seats=seats)
    async with world.at("horten", COORDINATOR) as uow:
        await promise(uow, joint, world.re, quota, release_on)
    async with world.at("re", COORDINATOR) as uow:
        await answer(uow, joint, yes=True, duty_phone=PHONE)
    await world.run_jobs()
    return group, joint, leaders


async def user_of(world: World, slug: str, name: str, leader: UUID | None = None, **more: Any) -> UUID:
    """Somebody with a group assignment who has no group yet; the assignment's id."""
    return await in_group(
        world, slug, name, leader or await contact(world, slug, f"Kontakt {uuid4().hex[:5]}"), **more
    )


async def placed(
    world: World,
    slug: str,
    group: UUID,
    name: str,
    *,
    state: str = "member",
    said_yes: str = "Brukeren selv",
    **more: Any,
) -> UUID:
    """Somebody of one's own with a place in a group here, their own or a copy; the place's id."""
    assignment = await user_of(world, slug, name, **more)
    async with world.at(slug, COORDINATOR) as uow:
        return await give(uow, group, assignment, state=state, said_yes=said_yes)


async def give(
    uow: UnitOfWork, group: UUID, assignment: UUID, *, state: str = "member", said_yes: str = "Brukeren selv"
) -> UUID:
    """Give a place, with what leaders must know."""
    trial_to = today() + timedelta(days=14) if state == "trial" else None
    facts = PlaceFacts(state, trial_to, "Tåler ikke nøtter", "Mor, 900 00 111", cross_yes_by=said_yes)
    return await give_place(uow, group, assignment, facts)


async def meeting(world: World, group: UUID, day: date | None = None) -> UUID:
    """A meeting of Horten's group that lasts the whole day, so that it has not ended whenever the test runs."""
    facts = SessionFacts(day or today(), time(0, 1), time(23, 59), "Kinoen", "Se film")
    async with world.at("horten", COORDINATOR) as uow:
        made = await add_session(uow, group, facts)
    await world.run_jobs()
    return made


async def leads(world: World, leader: UUID) -> None:
    """One of the leaders has the login of Horten's contact."""
    await world.sql(
        "UPDATE person SET user_id = $1 WHERE id = (SELECT person_id FROM support_contact WHERE id = $2)",
        world.user("horten", Role.CONTACT), leader,
    )  # fmt: skip


async def seats(world: World, joint: UUID, slug: str) -> list[str]:
    """The states of a municipality's seats, as they stand."""
    tenant = {"horten": world.horten, "re": world.re}[slug]
    rows = await world.sql(
        "SELECT state FROM joint_seat WHERE joint_group_id = $1 AND home_id = $2 ORDER BY state",
        joint,
        tenant,
    )
    return [row["state"] for row in rows]
