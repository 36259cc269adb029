"""One's own groups: a participant's, or those of whom somebody acts for; and whether a contact leads a meeting.

Everything is asked for by who is signed in, and by nothing from the address alone. What a representative may see follows
the age rules (own_view): a case in outline tells that there is a service, and not which group.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import and_, any_, bindparam, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from sammen.clock import now, today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, NotFound
from sammen.i18n_mark import N_
from tenants.assignments.api import assignment
from tenants.cases.api import own_view
from tenants.contacts.api import own_contact
from tenants.groups.api import GroupPlace, activity_group, finish_place, group_place, held_place, move_up
from tenants.people.api import person_of_user, wards_of_user
from tenants.sessions.holding import tell_absence
from tenants.sessions.hooks import tell_told
from tenants.sessions.queries import SessionCard, presence, session_card, sessions_of_group
from tenants.sessions.rules import HORIZON

MEETINGS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class OwnPlace:
    """A place as the participant, or who acts for them, reads it."""

    place_id: UUID
    group_id: UUID
    person_id: UUID
    case_id: UUID
    given_name: str
    itself: bool
    group_name: str
    activity: str
    weekday: str
    starts: time
    ends: time
    place: str
    state: str
    trial_to: date | None
    offered_on: date | None
    valid_to: date | None
    closed: bool

    @property
    def to_answer(self) -> bool:
        """Whether they are asked: about a place that is free, or about going on after a trial."""
        return self.offered_on is not None or self.state == "trial"


@dataclass(frozen=True, slots=True)
class OwnMeeting:
    """One of the coming meetings of one's group; `away`: one has said that one does not come."""

    session: SessionCard
    away: bool

    @property
    def may_answer(self) -> bool:
        """Whether it can still be said that one comes or not."""
        return self.session.state == "planned" and self.session.starts_at > now()


_PLACES = compile_query(
    select(
        group_place.c.id, group_place.c.group_id, assignment.c.person_id, assignment.c.case_id, activity_group.c.name,
        activity_group.c.activity, activity_group.c.weekday, activity_group.c.starts, activity_group.c.ends,
        activity_group.c.place, group_place.c.state, group_place.c.trial_to, group_place.c.offered_on,
        activity_group.c.valid_to, activity_group.c.closed_on,
    )
    .select_from(
        group_place.join(
            activity_group,
            and_(activity_group.c.tenant_id == group_place.c.tenant_id, activity_group.c.id == group_place.c.group_id),
        ).join(
            assignment,
            and_(
                assignment.c.tenant_id == group_place.c.tenant_id, assignment.c.id == group_place.c.assignment_id
            ),
        )
    )
    .where(
        group_place.c.tenant_id == bindparam("tenant"),
        group_place.c.valid_to.is_(None),
        assignment.c.person_id == any_(bindparam("persons", type_=ARRAY(PG_UUID(as_uuid=True)))),
        or_(assignment.c.state != "ended", group_place.c.stays),
        or_(activity_group.c.valid_to.is_(None), activity_group.c.valid_to >= bindparam("day")),
    )
    .order_by(activity_group.c.name, group_place.c.id)
)  # fmt: skip
_AWAY = compile_query(
    select(presence.c.session_id).where(
        presence.c.tenant_id == bindparam("tenant"),
        presence.c.place_id == bindparam("place"),
        presence.c.state == "told",
    )
)


async def own_places(uow: UnitOfWork) -> list[OwnPlace]:
    """The groups of the signed-in user, and of those they act for. The caller writes the access log."""
    me = await person_of_user(uow)
    found: list[OwnPlace] = []
    for person_id in dict.fromkeys([*([me] if me else []), *await wards_of_user(uow)]):
        card, view = await own_view(uow, person_id)
        rows = await uow.rows(_PLACES, tenant=uow.context.tenant, persons=[person_id], day=today())
        found += [
            _place(row, card.given_name, itself=view.itself)
            for row in rows
            if view.itself or row["case_id"] in view.whole
        ]
    return found


def _place(row: Any, given_name: str, *, itself: bool) -> OwnPlace:
    return OwnPlace(
        row["id"], row["group_id"], row["person_id"], row["case_id"], given_name, itself, row["name"], row["activity"],
        row["weekday"], row["starts"], row["ends"], row["place"], row["state"], row["trial_to"], row["offered_on"],
        row["valid_to"], row["closed_on"] is not None,
    )  # fmt: skip


async def own_place(uow: UnitOfWork, place_id: UUID) -> OwnPlace:
    """One of own_places. Raises NotFound for another's."""
    for one in await own_places(uow):
        if one.place_id == place_id:
            return one
    raise NotFound


async def meetings_of(uow: UnitOfWork, place: OwnPlace, *, most: int = MEETINGS_SHOWN) -> list[OwnMeeting]:
    """The next meetings of one's group, also those called off; none for somebody who waits."""
    if place.state == "waiting":
        return []
    day = today()
    away = {
        row["session_id"] for row in await uow.rows(_AWAY, tenant=uow.context.tenant, place=place.place_id)
    }
    cards = await sessions_of_group(uow, place.group_id, day, day + HORIZON)
    coming = [one for one in cards if one.ends_at > now() and not one.dropped]
    return [OwnMeeting(one, one.id in away) for one in coming[:most]]


async def say_away(uow: UnitOfWork, place_id: UUID, session_id: UUID, *, stays_away: bool) -> None:
    """The participant, or who acts for them, says that they do not come, or come after all. Again changes nothing.

    Raises NotFound for a place or a meeting that is not theirs, Conflict as tell_absence.
    """
    place = await own_place(uow, place_id)
    card = await session_card(uow, session_id)
    if card.group_id != place.group_id or place.state == "waiting":
        raise NotFound
    await tell_absence(uow, session_id, place_id, stays_away=stays_away)
    await tell_told(uow, session_id, place_id, stays_away=stays_away)


async def answer_place(uow: UnitOfWork, place_id: UUID, *, yes: bool) -> None:
    """Yes or no to a place that was offered, or to going on after a trial. A no ends it without a mark.

    Raises NotFound for another's, Conflict when nobody asks any more, Invalid when the place was taken meanwhile.
    """
    place = await own_place(uow, place_id)
    held = await held_place(uow, place.group_id, place_id)
    if not _asked(held):
        raise Conflict(N_("Du har allerede svart, eller tilbudet gjelder ikke lenger."))
    if yes:
        if held.state == "trial":
            held.trial_answer = "yes"
        await move_up(uow, held, place.person_id, state="member")
    else:
        await finish_place(uow, held, today())


def _asked(held: GroupPlace) -> bool:
    return held.state == "trial" or (held.state == "waiting" and held.offered_on is not None)


async def leads_session(uow: UnitOfWork, session_id: UUID) -> bool:
    """Whether the signed-in contact leads a meeting: named, and has not said that they cannot come."""
    contact_id = await own_contact(uow)
    card = await session_card(uow, session_id)
    return contact_id is not None and any(one.contact_id == contact_id and one.leads for one in card.leaders)


def next_moment(meetings: list[OwnMeeting]) -> datetime | None:
    """When one next is expected: the first meeting that is neither off nor said no to."""
    return next((one.session.starts_at for one in meetings if one.may_answer and not one.away), None)
