"""Groups across borders, opened and joined by the groups' own functions: one of Horten's with Re and Tønsberg, one of
Tønsberg's that Horten takes part in, and one of Re's that waits for Horten's answer (C10).
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from deploy.demo.doors import Doors
from deploy.demo.groups import SEATS_FOR_OTHERS
from deploy.demo.stories import HORTEN, RE
from deploy.demo.town import Town
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Invalid
from sammen.policy.roles import Role
from shared_pool.groups.copying import copy_group, copy_meetings
from shared_pool.groups.hosting import open_group, promise
from shared_pool.groups.partners import answer
from tenants.groups.models import ActivityGroup, GroupPlace
from tenants.groups.places import PlaceFacts, give_place
from tenants.groups.queries import without_group

TONSBERG = "0704"
COORDINATOR = Role.PROVIDER_COORDINATOR
LEAST_ROOM = 2


@dataclass(frozen=True, slots=True)
class Joining:
    """Who hosts, and how many places each partner is promised; who of them gives so many of them away."""

    host: str
    promised: dict[str, int]
    placed: dict[str, int]
    yes: tuple[str, ...]


JOININGS = (
    Joining(HORTEN, {RE: 3, TONSBERG: 2}, {RE: 2, TONSBERG: 1}, (RE, TONSBERG)),
    Joining(TONSBERG, {HORTEN: 2}, {HORTEN: 1}, (HORTEN,)),
    Joining(RE, {HORTEN: 2}, {}, ()),
)
NEEDS = ("Tåler ikke nøtter.", "Går sakte i trapper.", "Vil vite hva som skjer på forhånd.")


async def go_across(doors: Doors) -> None:
    """Each group in turn. A municipality that is not in this world is left out."""
    for joining in JOININGS:
        if joining.host in doors.towns:
            await _join(doors, joining)


async def _join(doors: Doors, joining: Joining) -> None:
    host = doors.towns[joining.host]
    partners = {code: doors.towns[code] for code in joining.promised if code in doors.towns}
    async with doors.at(host, COORDINATOR) as uow:
        group = await _with_room(uow, sum(joining.promised.values()), own=joining.host == HORTEN)
        if group is None or not partners:
            return
        joint = await open_group(uow, group)
        for code, town in partners.items():
            await promise(uow, joint, town.id, joining.promised[code], None)
    for code, town in partners.items():
        if code not in joining.yes:
            continue
        async with doors.at(town, COORDINATOR) as uow:
            await answer(uow, joint, yes=True, duty_phone=f"680 50 {code[1:]}")
        await _copy(doors, town, joint)
        await _place(doors, town, joint, joining.placed.get(code, 0))


async def _copy(doors: Doors, town: Town, joint: UUID) -> None:
    """What the partner's own job does within a minute."""
    async with doors.at(town) as uow:
        await copy_group(uow, joint)
        await copy_meetings(uow, joint)


async def _place(doors: Doors, town: Town, joint: UUID, many: int) -> None:
    """Some of the partner's own who have no group yet get a place; who may not be named elsewhere gets none."""
    async with doors.at(town, COORDINATOR) as uow:
        free = [one.assignment_id for one in await without_group(uow)]
    for number, assignment in enumerate(free):
        if not many:
            return
        facts = PlaceFacts(needs=NEEDS[number % len(NEEDS)], cross_yes_by="Brukeren selv")
        with suppress(Invalid):
            async with doors.at(town, COORDINATOR) as uow:
                await give_place(uow, joint, assignment, facts)
            many -= 1


async def _with_room(uow: UnitOfWork, wanted: int, *, own: bool) -> UUID | None:
    """A group with two leaders and as many free places: `own` is the one kept for it, with a leader one can log in as. Where
    every other group is nearly full, as the days may have it, the first makes room.
    """
    rows = await uow.session.scalars(
        select(ActivityGroup)
        .where(
            ActivityGroup.tenant_id == uow.context.tenant, ActivityGroup.hosted, ActivityGroup.joint_id.is_(None),
            ActivityGroup.second_leader_id.is_not(None),
            ActivityGroup.valid_to.is_(None) | (ActivityGroup.valid_to >= today()),
        )
        .order_by(ActivityGroup.valid_from, ActivityGroup.id)
    )  # fmt: skip
    full: ActivityGroup | None = None
    for group in rows:
        places = await uow.session.scalars(
            select(GroupPlace.id).where(
                GroupPlace.tenant_id == uow.context.tenant, GroupPlace.group_id == group.id,
                GroupPlace.valid_to.is_(None),
            )
        )  # fmt: skip
        if (not own or group.seats == SEATS_FOR_OTHERS) and group.seats - len(list(places)) >= min(
            wanted, LEAST_ROOM if not own else wanted
        ):
            return group.id
        full = full or group
    if full is None or own:
        return None
    full.seats += LEAST_ROOM
    await uow.session.flush()
    return full.id
