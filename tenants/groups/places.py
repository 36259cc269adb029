"""Changes to places in groups: given, tried, waited for, kept and ended. Whoever counts the places holds the group first,
so that of two hundred who take the last one, exactly one gets it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from tenants.assignments.api import EndedAssignment, on_assignment_end
from tenants.groups.hooks import tell_place
from tenants.groups.models import ActivityGroup, GroupPlace
from tenants.groups.people import Participant, place_card, waiting_line
from tenants.groups.queries import places_taken, without_group
from tenants.groups.rules import LONGEST_TRIAL
from tenants.groups.service import held_group

FULL = N_(
    "Det er ikke plass til flere i gruppa nå. Sett deltakeren på venteliste, eller velg en annen gruppe."
)
"""Said also where the page counts a free place: who has it may have a case the reader knows nothing of (ADR 0065)."""
OVER = N_("Gruppa er avsluttet.")
ENDED = N_("Plassen er allerede avsluttet.")
MOVED = N_("Noen andre har endret plassen i mellomtida. Se på den igjen.")
STATES = ("member", "trial", "waiting")


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """What is known of somebody who gets a place. `state` is one of STATES, `trial_to` the last day of a trial.

    `cross_yes_by`: who said yes that leaders in another municipality learn the first name and the needs; "" for no yes.
    """

    state: str = "member"
    trial_to: date | None = None
    needs: str = ""
    emergency: str = ""
    with_contact: bool = False
    cross_yes_by: str = ""


@dataclass(frozen=True, slots=True)
class PlaceChange:
    """What may be changed of a place that somebody has; fields as PlaceFacts, `stays` as the model has it."""

    needs: str
    emergency: str
    with_contact: bool
    stays: bool
    cross_yes_by: str


async def give_place(
    uow: UnitOfWork, group_id: UUID, assignment_id: UUID, facts: PlaceFacts | None = None
) -> UUID:
    """Give somebody with a group assignment a place from today, a trial, or a place in line; its id. There are never more
    members and visitors than the group's seats.

    Raises Invalid when the group is full or over, for a trial without a day it lasts to, or when the assignment is not
    one that waits for a group, which those the reader may not see are not either.
    """
    facts = facts or PlaceFacts()
    group = await held_group(uow, group_id)
    known = {one.assignment_id: one.person_id for one in await without_group(uow)}
    if assignment_id not in known:
        raise Invalid.one("deltaker", N_("Velg en som mangler gruppe."))
    await _check_room(uow, group, facts.state, "deltaker")
    begins = max(today(), group.valid_from)
    _check_trial(facts.state, facts.trial_to, begins)
    place = GroupPlace(
        tenant_id=uow.context.tenant, id=uuid7(), group_id=group_id, assignment_id=assignment_id, valid_from=begins,
        state=facts.state, trial_to=facts.trial_to, needs=facts.needs, emergency=facts.emergency,
        with_contact=facts.with_contact, cross_yes_on=today() if facts.cross_yes_by else None,
        cross_yes_by=facts.cross_yes_by,
    )  # fmt: skip
    uow.session.add(place)
    await uow.session.flush()
    await record_change(
        uow, "group.place_given", "activity_group", group_id, persons=[known[assignment_id]], place=place.id,
        state=facts.state,
    )  # fmt: skip
    await tell_place(uow, group_id, place.id, facts.state)
    return place.id


async def _check_room(uow: UnitOfWork, group: ActivityGroup, state: str, field: str) -> None:
    if group.valid_to is not None and group.valid_to < today():
        raise Invalid.one(field, OVER)
    if state != "waiting" and await places_taken(uow, group.id) >= group.seats:
        raise Invalid.one(field, FULL)


def _check_trial(state: str, trial_to: date | None, begins: date) -> None:
    if state != "trial":
        return
    if trial_to is None or trial_to < begins:
        raise Invalid.one("prove_til", N_("Skriv den siste dagen de prøver, i dag eller senere."))
    if trial_to - begins > LONGEST_TRIAL:
        raise Invalid.one("prove_til", N_("En prøvetid er for høyst tre måneder."))


async def held_place(uow: UnitOfWork, group_id: UUID, place_id: UUID) -> GroupPlace:
    """The open place, locked with its group. The caller has checked who may. Raises NotFound; Conflict if it has ended."""
    await held_group(uow, group_id)
    place: GroupPlace | None = await uow.session.get(
        GroupPlace, (uow.context.tenant, place_id), with_for_update=True, populate_existing=True
    )
    if place is None or place.group_id != group_id:
        raise NotFound
    if place.valid_to is not None:
        raise Conflict(ENDED)
    return place


async def _seen(uow: UnitOfWork, group_id: UUID, place_id: UUID) -> tuple[GroupPlace, Participant]:
    """The place and what is known of who has it, for a reader who may see the case."""
    place = await held_place(uow, group_id, place_id)
    return place, await place_card(uow, group_id, place_id)


async def take_up(
    uow: UnitOfWork, group_id: UUID, place_id: UUID, *, state: str, trial_to: date | None = None
) -> None:
    """Somebody in line, or on trial, gets the place: as `member`, or on `trial` until a day. Raises Invalid as
    give_place, Conflict for somebody who has it already.
    """
    place, card = await _seen(uow, group_id, place_id)
    await move_up(uow, place, card.person_id, state=state, trial_to=trial_to)


async def move_up(
    uow: UnitOfWork, place: GroupPlace, person_id: UUID, *, state: str, trial_to: date | None = None
) -> None:
    """As take_up, of a place the caller holds with its group, and may change."""
    if place.state == "member" or (place.state, state) == ("trial", "trial"):
        raise Conflict(N_("Deltakeren har allerede plass i gruppa."))
    group = await held_group(uow, place.group_id)
    begins = max(today(), group.valid_from)
    if place.state == "waiting":
        await _check_room(uow, group, state, "")
        _check_trial(state, trial_to, begins)
        place.valid_from = begins
    place.state, place.trial_to, place.offered_on = state, trial_to if state == "trial" else None, None
    place.version += 1
    await uow.session.flush()
    await record_change(
        uow,
        "group.place_taken_up",
        "activity_group",
        place.group_id,
        persons=[person_id],
        place=place.id,
        state=state,
    )
    await tell_place(uow, place.group_id, place.id, state)


async def offer_place(uow: UnitOfWork, group_id: UUID, place_id: UUID) -> None:
    """Tell whoever is first in line that a place is free; they answer on their own page, or by phone to the coordinator.

    Raises Invalid when the group is full or over, or when somebody has waited longer; Conflict when it is offered.
    """
    place, card = await _seen(uow, group_id, place_id)
    if place.state != "waiting" or place.offered_on is not None:
        raise Conflict(N_("Deltakeren har allerede fått tilbudet."))
    await _check_room(uow, await held_group(uow, group_id), "member", "")
    line = [one for one in await waiting_line(uow, group_id) if one.offered_on is None]
    if line and line[0].place_id != place_id:
        raise Invalid.one(
            "", N_("%(name)s har ventet lengst. Gi tilbudet i den rekkefølgen."), name=line[0].name
        )
    place.offered_on = today()
    place.version += 1
    await uow.session.flush()
    await record_change(
        uow, "group.place_offered", "activity_group", group_id, persons=[card.person_id], place=place_id
    )
    await tell_place(uow, group_id, place_id, "offered")


async def change_place(
    uow: UnitOfWork, group_id: UUID, place_id: UUID, change: PlaceChange, *, version: int
) -> None:
    """Write down what the leaders must know, and whether somebody stays on. Raises NotFound; Conflict for another
    version.
    """
    place, card = await _seen(uow, group_id, place_id)
    if place.version != version:
        raise Conflict(MOVED)
    said_yes = bool(change.cross_yes_by)
    newly = said_yes != (place.cross_yes_on is not None)
    place.needs, place.emergency = change.needs, change.emergency
    place.with_contact, place.stays = change.with_contact, change.stays
    if newly:
        place.cross_yes_on = today() if said_yes else None
    place.cross_yes_by = change.cross_yes_by
    place.version += 1
    await uow.session.flush()
    await record_change(
        uow, "group.place_changed", "activity_group", group_id, persons=[card.person_id], place=place_id,
        stays=change.stays,
    )  # fmt: skip
    await tell_place(uow, group_id, place_id, "yes" if newly else "needs")


async def end_place(uow: UnitOfWork, group_id: UUID, place_id: UUID) -> None:
    """End somebody's place today, or their wait. Raises NotFound for one the reader may not see, Conflict when it has
    ended.
    """
    place, card = await _seen(uow, group_id, place_id)
    await finish_place(uow, place, today())
    await record_change(
        uow, "group.place_ended", "activity_group", group_id, persons=[card.person_id], place=place_id
    )


async def finish_place(uow: UnitOfWork, place: GroupPlace, last_day: date) -> None:
    """The place is over after a day, and whoever listens is told. The caller holds it, and writes the trail."""
    place.valid_to = max(last_day, place.valid_from)
    if place.state == "trial":
        place.state, place.trial_to = "member", None  # ends without a mark that it was only tried
    place.offered_on = None
    place.version += 1
    await uow.session.flush()
    await tell_place(uow, place.group_id, place.id, "ended")


@on_assignment_end
async def place_follows(uow: UnitOfWork, ended: EndedAssignment) -> None:
    """The place ends with the assignment that gave the right to it, unless they stay on as an ordinary member."""
    found = (
        await uow.session.execute(
            select(GroupPlace.group_id, GroupPlace.id).where(
                GroupPlace.tenant_id == uow.context.tenant,
                GroupPlace.assignment_id == ended.assignment_id,
                GroupPlace.valid_to.is_(None),
                GroupPlace.stays.is_(False),
            )
        )
    ).first()
    if found is not None:
        place = await held_place(uow, found[0], found[1])
        await finish_place(uow, place, today())
        await record_change(uow, "group.place_ended", "activity_group", place.group_id, place=place.id)


async def end_closed_groups(uow: UnitOfWork) -> int:
    """For the nightly job: places in groups that are closed and over end; how many. Again ends none."""
    rows = await uow.session.execute(
        select(GroupPlace, ActivityGroup.valid_to)
        .join(
            ActivityGroup,
            (ActivityGroup.tenant_id == GroupPlace.tenant_id) & (ActivityGroup.id == GroupPlace.group_id),
        )
        .where(
            GroupPlace.tenant_id == uow.context.tenant,
            GroupPlace.valid_to.is_(None),
            ActivityGroup.closed_on.is_not(None),
            ActivityGroup.valid_to < today(),
        )
        .order_by(GroupPlace.id)
        .with_for_update(of=GroupPlace)
    )
    found = rows.all()
    for place, last_day in found:
        await finish_place(uow, place, last_day or today())
        await record_change(uow, "group.place_ended", "activity_group", place.group_id, place=place.id)
    return len(found)
