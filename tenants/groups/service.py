"""Changes to groups: made, given leaders, given participants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

from sqlalchemy import select

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from tenants.groups.models import ActivityGroup, GroupPlace
from tenants.groups.queries import participants, places_taken, possible_leaders, without_group


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """A group as planned: it meets on `weekday` between two times of day, from a day and perhaps to another."""

    name: str
    activity: str
    weekday: str
    starts: time
    ends: time
    place: str
    leader_id: UUID
    second_leader_id: UUID | None
    seats: int
    valid_from: date
    valid_to: date | None = None


async def _check_leaders(uow: UnitOfWork, leader: UUID, second: UUID | None) -> None:
    """Leaders meet people, so they must be in place first (B2), and be two different ones."""
    possible = {contact_id for contact_id, _ in await possible_leaders(uow)}
    if leader not in possible:
        raise Invalid.one("leder", N_("Velg en støttekontakt som er godkjent."))
    if second is not None and second not in possible:
        raise Invalid.one("leder_to", N_("Velg en støttekontakt som er godkjent."))
    if leader == second:
        raise Invalid.one("leder_to", N_("Velg to forskjellige gruppeledere."))


async def make_group(uow: UnitOfWork, facts: GroupFacts) -> UUID:
    """Plan a group; its id. Raises Invalid when a leader is not vetted, or its times or days run backwards."""
    if facts.ends <= facts.starts:
        raise Invalid.one("slutter", N_("Gruppa må slutte etter at den begynner."))
    if facts.valid_to is not None and facts.valid_to < facts.valid_from:
        raise Invalid.one("til", N_("Den siste dagen er før den første."))
    await _check_leaders(uow, facts.leader_id, facts.second_leader_id)
    made = ActivityGroup(
        tenant_id=uow.context.tenant, id=uuid7(), name=facts.name, activity=facts.activity, weekday=facts.weekday,
        starts=facts.starts, ends=facts.ends, place=facts.place, leader_id=facts.leader_id,
        second_leader_id=facts.second_leader_id, seats=facts.seats, valid_from=facts.valid_from, valid_to=facts.valid_to,
    )  # fmt: skip
    uow.session.add(made)
    await uow.session.flush()
    await record_change(uow, "group.made", "activity_group", made.id, seats=facts.seats)
    return made.id


async def _group(uow: UnitOfWork, group_id: UUID) -> ActivityGroup:
    """The group, held until the transaction ends: whoever counts its places does so alone."""
    found = await uow.session.get(
        ActivityGroup, (uow.context.tenant, group_id), with_for_update=True, populate_existing=True
    )
    if found is None:
        raise NotFound
    return found


async def choose_leaders(
    uow: UnitOfWork, group_id: UUID, leader: UUID, second: UUID | None, *, version: int
) -> None:
    """Set who leads. Raises Conflict when somebody changed the group since `version`, Invalid as make_group."""
    group = await _group(uow, group_id)
    if group.version != version:
        raise Conflict(N_("Noen andre har endret gruppa i mellomtida. Se på den igjen."))
    await _check_leaders(uow, leader, second)
    group.leader_id, group.second_leader_id = leader, second
    group.version += 1
    await uow.session.flush()
    await record_change(uow, "group.leaders", "activity_group", group_id)


async def give_place(uow: UnitOfWork, group_id: UUID, assignment_id: UUID) -> UUID:
    """Give somebody with a group assignment a place from today; its id. There are never more than the group's seats.

    Raises Invalid when the group is full or over, or the assignment is not one that waits for a group, which those
    the reader may not see are not either.
    """
    group = await _group(uow, group_id)
    waiting = {one.assignment_id: one.person_id for one in await without_group(uow)}
    if assignment_id not in waiting:
        raise Invalid.one("deltaker", N_("Velg en som mangler gruppe."))
    if group.valid_to is not None and group.valid_to < today():
        raise Invalid.one("deltaker", N_("Gruppa er avsluttet."))
    if await places_taken(uow, group_id) >= group.seats:
        raise Invalid.one(
            "deltaker", N_("Gruppa er full. Avslutt en plass først, eller velg en annen gruppe.")
        )
    place = GroupPlace(
        tenant_id=uow.context.tenant, id=uuid7(), group_id=group_id, assignment_id=assignment_id,
        valid_from=max(today(), group.valid_from),
    )  # fmt: skip
    uow.session.add(place)
    await uow.session.flush()
    await record_change(
        uow, "group.place_given", "activity_group", group_id, persons=[waiting[assignment_id]], place=place.id
    )
    return place.id


async def end_place(uow: UnitOfWork, group_id: UUID, place_id: UUID) -> None:
    """End somebody's place today. Raises NotFound for one the reader may not see, Conflict when it has ended."""
    await _group(uow, group_id)
    place = await uow.session.scalar(
        select(GroupPlace).where(
            GroupPlace.tenant_id == uow.context.tenant,
            GroupPlace.id == place_id,
            GroupPlace.group_id == group_id,
        )
    )
    if place is None:
        raise NotFound
    if place.valid_to is not None:
        raise Conflict(N_("Plassen er allerede avsluttet."))
    seen = {one.place_id: one.person_id for one in await participants(uow, group_id)}
    if place_id not in seen:
        raise NotFound
    place.valid_to = max(today(), place.valid_from)
    place.version += 1
    await uow.session.flush()
    await record_change(
        uow, "group.place_ended", "activity_group", group_id, persons=[seen[place_id]], place=place_id
    )
