"""Changes to groups: made, edited, given leaders, closed. Places in them are in places.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from tenants.groups.hooks import tell_group
from tenants.groups.models import ActivityGroup
from tenants.groups.queries import places_taken, possible_leaders

CHANGED = N_("Noen andre har endret gruppa i mellomtida. Se på den igjen.")
_FACTS = (
    "name", "activity", "weekday", "starts", "ends", "place", "seats", "valid_from", "valid_to", "transport",
    "autumn_week", "winter_week", "easter_off",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """A group as planned: it meets on `weekday` between two times of day, from a day and perhaps to another. It rests on
    public holidays, and in the schools' holidays whose ISO week is given.
    """

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
    transport: str = ""
    autumn_week: int | None = None
    winter_week: int | None = None
    easter_off: bool = True


async def _check_leaders(uow: UnitOfWork, leader: UUID, second: UUID | None) -> None:
    """Leaders meet people, so they must be in place first (B2), and be two different ones."""
    possible = {contact_id for contact_id, _ in await possible_leaders(uow)}
    if leader not in possible:
        raise Invalid.one("leder", N_("Velg en støttekontakt som er godkjent."))
    if second is not None and second not in possible:
        raise Invalid.one("leder_to", N_("Velg en støttekontakt som er godkjent."))
    if leader == second:
        raise Invalid.one("leder_to", N_("Velg to forskjellige gruppeledere."))


def _check_times(facts: GroupFacts) -> None:
    if facts.ends <= facts.starts:
        raise Invalid.one("slutter", N_("Gruppa må slutte etter at den begynner."))
    if facts.valid_to is not None and facts.valid_to < facts.valid_from:
        raise Invalid.one("til", N_("Den siste dagen er før den første."))


def _put(held: ActivityGroup, facts: GroupFacts) -> None:
    for name in _FACTS:
        setattr(held, name, getattr(facts, name))


async def make_group(uow: UnitOfWork, facts: GroupFacts) -> UUID:
    """Plan a group; its id. Raises Invalid when a leader is not vetted, or its times or days run backwards."""
    _check_times(facts)
    await _check_leaders(uow, facts.leader_id, facts.second_leader_id)
    made = ActivityGroup(tenant_id=uow.context.tenant, id=uuid7())
    _put(made, facts)
    made.leader_id, made.second_leader_id = facts.leader_id, facts.second_leader_id
    uow.session.add(made)
    await uow.session.flush()
    await record_change(uow, "group.made", "activity_group", made.id, seats=facts.seats)
    await tell_group(uow, made.id)
    return made.id


async def edit_group(uow: UnitOfWork, group_id: UUID, facts: GroupFacts, *, version: int) -> None:
    """Change when, where and how large a group is. Its leaders are choose_leaders'. A group that was closed is open again
    when its last day is moved ahead or taken away.

    Raises Conflict when somebody changed the group since `version`, or it is another municipality's; Invalid as
    make_group, and for fewer seats than have somebody.
    """
    group = await own_group(uow, group_id, version)
    _check_times(facts)
    taken = await places_taken(uow, group_id)
    if facts.seats < taken:
        raise Invalid.one("plasser", N_("%(taken)s plasser er tatt. Skriv minst så mange."), taken=taken)
    _put(group, facts)
    if group.closed_on is not None and (facts.valid_to is None or facts.valid_to >= today()):
        group.closed_on = None
    group.version += 1
    await uow.session.flush()
    await record_change(uow, "group.edited", "activity_group", group_id, seats=facts.seats)
    await tell_group(uow, group_id)


async def close_group(uow: UnitOfWork, group_id: UUID, last_day: date, *, version: int) -> None:
    """The group ends: its places end after `last_day`, and whoever takes part or leads is told. Raises Invalid for a day
    that has passed or is before the first, Conflict as edit_group.
    """
    group = await own_group(uow, group_id, version)
    if last_day < today():
        raise Invalid.one("siste_dag", N_("Dagen har vært. Skriv i dag eller en dag som kommer."))
    if last_day < group.valid_from:
        raise Invalid.one("siste_dag", N_("Den siste dagen er før gruppa begynner."))
    group.valid_to, group.closed_on = last_day, today()
    group.version += 1
    await uow.session.flush()
    await record_change(uow, "group.closed", "activity_group", group_id, last_day=last_day)
    await tell_group(uow, group_id)


async def held_group(uow: UnitOfWork, group_id: UUID) -> ActivityGroup:
    """The group, held until the transaction ends: whoever counts its places does so alone."""
    found = await uow.session.get(
        ActivityGroup, (uow.context.tenant, group_id), with_for_update=True, populate_existing=True
    )
    if found is None:
        raise NotFound
    return found


async def own_group(uow: UnitOfWork, group_id: UUID, version: int) -> ActivityGroup:
    """The municipality's own group, held for changing. Raises NotFound; Conflict for another version, or a copy."""
    group = await held_group(uow, group_id)
    if not group.hosted:
        raise Conflict(N_("Gruppa hører til en annen kommune. De endrer den."))
    if group.version != version:
        raise Conflict(CHANGED)
    return group


async def choose_leaders(
    uow: UnitOfWork, group_id: UUID, leader: UUID, second: UUID | None, *, version: int
) -> None:
    """Set who leads. Raises Conflict when somebody changed the group since `version`, Invalid as make_group."""
    group = await own_group(uow, group_id, version)
    await _check_leaders(uow, leader, second)
    group.leader_id, group.second_leader_id = leader, second
    group.version += 1
    await uow.session.flush()
    await record_change(uow, "group.leaders", "activity_group", group_id)
    await tell_group(uow, group_id)
