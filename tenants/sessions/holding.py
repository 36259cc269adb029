"""A meeting is held: two leaders are there, it begins, who came is ticked off, and it is over (C10)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from sammen.audit.trail import record_change
from sammen.clock import now
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from tenants.contacts.api import own_contact
from tenants.groups.api import LEADERS_NEEDED, ActivityGroup
from tenants.sessions.copies import PresenceCopy, presence_row, put_presence
from tenants.sessions.hooks import guests_of, tell_guests, tell_session
from tenants.sessions.models import GroupSession
from tenants.sessions.presence import attending, everybody_attending, is_today
from tenants.sessions.queries import SessionCard, session_card
from tenants.sessions.rules import PRESENCE, length
from tenants.sessions.service import DONE, ELSEWHERE, held_session, leader_rows

EARLY = timedelta(hours=2)
"""How long before its time a meeting may begin: people come early, and somebody drives."""
TWO = N_("Dere må være to gruppeledere. Ring koordinatoren hvis den andre ikke kommer.")


@dataclass(frozen=True, slots=True)
class PresenceFacts:
    """What was ticked off: `present`, `absent` or `told` by place and by guest's seat; whose own contact was along."""

    places: Mapping[UUID, str]
    guests: Mapping[UUID, str] = field(default_factory=dict)
    with_contact: Collection[UUID] = ()


async def led_session(uow: UnitOfWork, session_id: UUID) -> tuple[UUID, SessionCard]:
    """(contact's id, the meeting) when the signed-in contact is on its list of leaders. Raises NotFound otherwise."""
    contact_id = await own_contact(uow)
    card = await session_card(uow, session_id)
    if contact_id is None or not card.hosted or all(one.contact_id != contact_id for one in card.leaders):
        raise NotFound
    return contact_id, card


def opens_for(card: SessionCard, contact_id: UUID) -> bool:
    """Whether a leader may open the list now: it is the day, they lead, are not suspended, and it is not called off."""
    return (
        is_today(card)
        and card.state != "cancelled"
        and any(one.contact_id == contact_id and one.leads for one in card.leaders)
    )


async def start_session(uow: UnitOfWork, session_id: UUID, here: Collection[UUID]) -> None:
    """One of the leaders says who of them is there, and the meeting begins. Again changes nothing.

    Raises NotFound for a meeting the signed-in contact does not lead, Invalid when fewer than two are there or it is not
    time yet, Conflict when it is over or off.
    """
    contact_id, card = await led_session(uow, session_id)
    held = await held_session(uow, session_id)
    if held.state != "planned":
        raise Conflict(DONE)
    if not opens_for(card, contact_id) or now() < card.starts_at - EARLY:
        raise Invalid.one("", N_("Det er ikke tid for treffet ennå. Du kan starte to timer før."))
    possible = {one.contact_id for one in card.leading}
    there = set(here) & possible
    if len(there) < LEADERS_NEEDED:
        raise Invalid.one("ledere", TWO)
    if held.started_at is not None:
        return
    for row in await leader_rows(uow, session_id):
        if row.contact_id in there:
            row.state = "came"
    held.started_at = now()
    held.version += 1
    await uow.session.flush()
    await record_change(uow, "session.started", "group_session", session_id, leaders=len(there))


async def note_presence(uow: UnitOfWork, session_id: UUID, facts: PresenceFacts, *, done: bool) -> None:
    """A leader ticks off who came, as often as they like on the day; `done` ends the meeting.

    Raises NotFound as start_session, Conflict for a meeting that has not begun or is off, Invalid for an end before
    everybody is ticked off.
    """
    contact_id, card = await led_session(uow, session_id)
    held = await held_session(uow, session_id)
    if held.started_at is None or held.state == "cancelled" or not opens_for(card, contact_id):
        raise Conflict(N_("Treffet er ikke startet, eller dagen er over. Ring koordinatoren."))
    own = {one.place_id for one in await everybody_attending(uow, card)}
    guests = {one.seat_id for one in await guests_of(uow, session_id)}
    await _write(uow, held, facts, own=own, guests=guests, done=done)


async def note_afterwards(uow: UnitOfWork, session_id: UUID, facts: PresenceFacts) -> None:
    """The coordinator writes who came, for a meeting whose leaders did not, or puts it right. Only those whose case they
    may see. Raises NotFound; Conflict for a meeting that has not been, is off, or is another municipality's.
    """
    held = await held_session(uow, session_id)
    card = await session_card(uow, session_id)
    group = await uow.session.get(ActivityGroup, (uow.context.tenant, held.group_id))
    if group is None or not group.hosted:
        raise Conflict(ELSEWHERE)
    if held.state == "cancelled" or card.starts_at > now():
        raise Conflict(N_("Treffet er avlyst, eller har ikke vært ennå."))
    own = {one.place_id for one in await attending(uow, card)}
    await _write(uow, held, facts, own=own, guests=set(), done=True)


async def _write(
    uow: UnitOfWork,
    held: GroupSession,
    facts: PresenceFacts,
    *,
    own: Collection[UUID],
    guests: Collection[UUID],
    done: bool,
) -> None:
    missing = [one for one in own if facts.places.get(one) not in PRESENCE]
    missing += [one for one in guests if facts.guests.get(one) not in PRESENCE]
    if done and missing:
        raise Invalid.one("", N_("Kryss av for alle før du avslutter. %(num)s mangler."), num=len(missing))
    hours = length(held.starts_at, held.ends_at)
    for place_id, state in facts.places.items():
        if place_id in own and state in PRESENCE:
            copy = PresenceCopy(state, place_id in facts.with_contact, hours)
            await put_presence(uow, held.id, copy, place_id=place_id)
    told = {seat: state for seat, state in facts.guests.items() if seat in guests and state in PRESENCE}
    for seat, state in told.items():
        await put_presence(uow, held.id, PresenceCopy(state, False, hours), seat_id=seat)
    finished = done and held.state == "planned"
    if finished:
        held.state, held.held_at = "held", now()
        held.asking = "stopped" if held.asking == "open" else held.asking
    held.version += 1
    await uow.session.flush()
    await record_change(
        uow,
        "session.presence",
        "group_session",
        held.id,
        present=sum(s == "present" for s in facts.places.values()),
    )
    if told:
        await tell_guests(uow, held.id, told)
    if finished:
        await tell_session(uow, held.id, "held")


async def tell_absence(uow: UnitOfWork, session_id: UUID, place_id: UUID, *, stays_away: bool) -> None:
    """Keep that a participant does not come, or comes after all. The caller has checked who says it, and tells on.

    Raises NotFound; Conflict for a meeting that has begun, is over or off.
    """
    held = await held_session(uow, session_id)
    if held.state != "planned" or held.started_at is not None or held.starts_at <= now():
        raise Conflict(N_("Treffet har begynt eller er avlyst. Ring en gruppeleder eller koordinatoren."))
    if stays_away:
        await put_presence(uow, session_id, PresenceCopy("told"), place_id=place_id)
    else:
        row = await presence_row(uow, session_id, place_id=place_id)
        if row is not None and row.state == "told":
            await uow.session.delete(row)
    await uow.session.flush()
    await record_change(uow, "session.told", "group_session", session_id, stays_away=stays_away)
