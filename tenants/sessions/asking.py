"""Contacts are asked to lead a meeting when one of its leaders cannot come: so many at once, each with time to answer,
until there are two or all have been asked (C10). Who says yes is told at once that they lead it.

Whoever changes a round holds the meeting first: of two yeses at once, the second finds what the first has done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, bindparam, func, select, update

from sammen.audit.trail import record_change
from sammen.clock import OSLO, now, today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from sammen.jobs.queue import enqueue
from tenants.contacts.api import own_contact, support_contact, vetting
from tenants.groups.api import LEADERS_NEEDED
from tenants.messages.api import notify_person
from tenants.people.api import person
from tenants.provision.api import provision_rules
from tenants.sessions.models import GroupSession, LeaderAsk
from tenants.sessions.queries import SessionCard, ask, leader, session, session_card
from tenants.sessions.rules import AT_ONCE
from tenants.sessions.service import add_leaders, after_leaders, held_session, leader_rows, own_session
from tenants.substitutes.api import answer_by, suggested_hours

ASK_NEXT = "sessions.ask_next"


@dataclass(frozen=True, slots=True)
class AskedLeader:
    """A contact asked to lead a meeting, as the coordinator reads it."""

    id: UUID
    contact_id: UUID
    person_id: UUID
    name: str
    state: str
    asked_at: datetime
    answer_by: datetime


_busy = (
    select(leader.c.id)
    .join_from(
        leader, session, and_(session.c.tenant_id == leader.c.tenant_id, session.c.id == leader.c.session_id)
    )
    .where(
        leader.c.tenant_id == support_contact.c.tenant_id,
        leader.c.contact_id == support_contact.c.id,
        leader.c.state != "cannot",
        session.c.state == "planned",
        session.c.starts_at < bindparam("ends"),
        session.c.ends_at > bindparam("starts"),
    )
    .correlate(support_contact)
    .exists()
)
_on_it = (
    select(leader.c.id)
    .where(
        leader.c.tenant_id == support_contact.c.tenant_id,
        leader.c.contact_id == support_contact.c.id,
        leader.c.session_id == bindparam("session"),
    )
    .correlate(support_contact)
    .exists()
)
_asked = (
    select(ask.c.id)
    .where(
        ask.c.tenant_id == support_contact.c.tenant_id,
        ask.c.contact_id == support_contact.c.id,
        ask.c.session_id == bindparam("session"),
    )
    .correlate(support_contact)
    .exists()
)
_last = (
    select(func.max(ask.c.asked_at))
    .where(ask.c.tenant_id == support_contact.c.tenant_id, ask.c.contact_id == support_contact.c.id)
    .correlate(support_contact)
    .scalar_subquery()
)
_CANDIDATES = compile_query(
    select(support_contact.c.id, support_contact.c.person_id)
    .join_from(
        support_contact,
        vetting,
        and_(
            vetting.c.tenant_id == support_contact.c.tenant_id, vetting.c.contact_id == support_contact.c.id
        ),
    )
    .where(
        support_contact.c.tenant_id == bindparam("tenant"),
        support_contact.c.state == "engaged",
        vetting.c.police_shown_on.is_not(None),
        vetting.c.confidentiality_signed_on.is_not(None),
        ~_busy,
        ~_on_it,
        ~_asked,
    )
    # Those who want to lead groups first; then who was asked longest ago, and those never asked before them all.
    .order_by(
        support_contact.c.kinds.contains(["group"]).desc(),
        _last.asc().nulls_first(),
        support_contact.c.id,
    )
    .limit(bindparam("most"))
)
_ASKS = compile_query(
    select(
        ask.c.id, ask.c.contact_id, support_contact.c.person_id, person.c.given_name, person.c.family_name,
        ask.c.state, ask.c.asked_at, ask.c.answer_by,
    )
    .select_from(
        ask.join(
            support_contact,
            and_(support_contact.c.tenant_id == ask.c.tenant_id, support_contact.c.id == ask.c.contact_id),
        ).join(person, and_(person.c.tenant_id == ask.c.tenant_id, person.c.id == support_contact.c.person_id))
    )
    .where(ask.c.tenant_id == bindparam("tenant"), ask.c.session_id == bindparam("session"))
    .order_by(ask.c.asked_at, ask.c.id)
)  # fmt: skip
_OWN = compile_query(
    select(ask.c.id, ask.c.session_id, ask.c.state, ask.c.answer_by)
    .where(
        ask.c.tenant_id == bindparam("tenant"),
        ask.c.contact_id == bindparam("contact"),
        ask.c.state.in_(("asked", "expired")),
    )
    .order_by(ask.c.answer_by, ask.c.id)
)


@dataclass(frozen=True, slots=True)
class OwnLeaderAsk:
    """What the signed-in contact is asked."""

    id: UUID
    state: str
    answer_by: datetime
    session: SessionCard

    @property
    def open(self) -> bool:
        """Whether an answer is still of use, also one that comes late."""
        return self.session.asking == "open" and self.session.blocked and self.state in ("asked", "expired")


async def asks_of(uow: UnitOfWork, session_id: UUID) -> Sequence[AskedLeader]:
    """Who has been asked to lead a meeting. The caller writes the access log."""
    return [
        AskedLeader(
            row["id"], row["contact_id"], row["person_id"], f"{row['given_name']} {row['family_name']}", row["state"],
            row["asked_at"], row["answer_by"],
        )
        for row in await uow.rows(_ASKS, tenant=uow.context.tenant, session=session_id)
    ]  # fmt: skip


async def own_asks(uow: UnitOfWork) -> list[OwnLeaderAsk]:
    """What the signed-in contact is asked and can still answer."""
    contact_id = await own_contact(uow)
    if contact_id is None:
        return []
    found = []
    for row in await uow.rows(_OWN, tenant=uow.context.tenant, contact=contact_id):
        card = await session_card(uow, row["session_id"])
        one = OwnLeaderAsk(row["id"], row["state"], row["answer_by"], card)
        if one.open:
            found.append(one)
    return found


async def own_ask(uow: UnitOfWork, ask_id: UUID) -> OwnLeaderAsk:
    """One ask of the signed-in contact's. Raises NotFound for another's."""
    contact_id = await own_contact(uow)
    found = await uow.session.get(LeaderAsk, (uow.context.tenant, ask_id))
    if found is None or contact_id is None or found.contact_id != contact_id:
        raise NotFound
    card = await session_card(uow, found.session_id)
    return OwnLeaderAsk(found.id, found.state, found.answer_by, card)


async def ask_leaders(uow: UnitOfWork, session_id: UUID) -> int:
    """Begin to ask, or go on after all have been asked; how many wait for an answer. 0 when there is nobody to ask.

    Raises NotFound; Conflict as own_session, or when the meeting has its leaders.
    """
    held = await own_session(uow, session_id)
    if (await session_card(uow, session_id)).led:
        raise Conflict(N_("Treffet har to gruppeledere."))
    held.asking = "open"
    held.version += 1
    await uow.session.flush()
    await record_change(uow, "session.ask_started", "group_session", session_id)
    return await _ask_more(uow, held)


async def _ask_more(uow: UnitOfWork, held: GroupSession) -> int:
    """Ask as many as are missing. With nobody left, and no answer outstanding, the round is over with nobody found."""
    states = await uow.session.scalars(
        select(LeaderAsk.state).where(
            LeaderAsk.tenant_id == uow.context.tenant, LeaderAsk.session_id == held.id
        )
    )
    waiting = sum(state == "asked" for state in states.all())
    if waiting < AT_ONCE:
        rows = await uow.rows(
            _CANDIDATES, tenant=uow.context.tenant, session=held.id, starts=held.starts_at, ends=held.ends_at,
            most=AT_ONCE - waiting,
        )  # fmt: skip
        for row in rows:
            await _ask(uow, held, row["id"], row["person_id"])
            waiting += 1
    if not waiting:
        held.asking = "nobody"
        await uow.session.flush()
        await record_change(uow, "session.ask_nobody", "group_session", held.id)
    return waiting


async def _ask(uow: UnitOfWork, held: GroupSession, contact_id: UUID, person_id: UUID) -> None:
    asked_at, day = now(), today()
    rules = await provision_rules(uow, day)
    on = held.starts_at.astimezone(OSLO).date()
    due = min(answer_by(asked_at, suggested_hours(rules.ask_hours, on, day), on), held.starts_at)
    made = LeaderAsk(
        tenant_id=held.tenant_id, id=uuid7(), session_id=held.id, contact_id=contact_id, state="asked",
        asked_at=asked_at, answer_by=due,
    )  # fmt: skip
    uow.session.add(made)
    await uow.session.flush()
    await record_change(
        uow, "session.leader_asked", "leader_ask", made.id, persons=[person_id], answer_by=due
    )
    await notify_person(uow, person_id, "ask", once=f"leader_ask:{made.id}")
    wait = max(due - asked_at, timedelta(0)) + timedelta(minutes=1)
    await enqueue(uow, ASK_NEXT, {"session": held.id}, delay=wait, once=f"{ASK_NEXT}:{made.id}")


async def go_on(uow: UnitOfWork, session_id: UUID) -> None:
    """In a job: who has not answered in time has been asked; the next ones are. Doing it again changes nothing. When the
    meeting has begun, or has its leaders, nobody is asked.
    """
    held = await held_session(uow, session_id)
    if held.asking != "open" or held.state != "planned":
        return
    clock = now()
    await uow.session.execute(
        update(LeaderAsk)
        .where(
            LeaderAsk.tenant_id == uow.context.tenant, LeaderAsk.session_id == session_id, LeaderAsk.state == "asked",
            LeaderAsk.answer_by <= clock,
        )
        .values(state="expired")
    )  # fmt: skip
    if held.starts_at <= clock:
        held.asking = "nobody"
        await uow.session.flush()
        return
    await _ask_more(uow, held)


async def answer_ask(uow: UnitOfWork, ask_id: UUID, *, yes: bool) -> str:
    """The signed-in contact answers; what became of it: yes, no, or closed when the meeting has its leaders or is off.

    To answer again the same changes nothing. Raises NotFound for another's ask.
    """
    contact_id = await own_contact(uow)
    seen = await uow.session.get(LeaderAsk, (uow.context.tenant, ask_id))
    if contact_id is None or seen is None or seen.contact_id != contact_id:
        raise NotFound
    held = await held_session(uow, seen.session_id)
    one = await uow.session.get(
        LeaderAsk, (uow.context.tenant, ask_id), with_for_update=True, populate_existing=True
    )
    assert one is not None
    if one.state in ("yes", "no"):
        return one.state
    card = await session_card(uow, held.id)
    usable = held.asking == "open" and held.state == "planned" and not card.over and not card.led
    one.state = ("yes" if yes else "no") if usable or not yes else "stopped"
    one.answered_at = now()
    one.version += 1
    await uow.session.flush()
    await record_change(uow, f"session.leader_{one.state}", "leader_ask", one.id)
    if one.state == "yes":
        await _leads(uow, held, contact_id)
    elif one.state == "no":
        # The next one is asked by a job: who that is, is no business of the one who said no.
        await enqueue(uow, ASK_NEXT, {"session": held.id})
    return one.state if one.state != "stopped" else "closed"


async def _leads(uow: UnitOfWork, held: GroupSession, contact_id: UUID) -> None:
    if contact_id not in {row.contact_id for row in await leader_rows(uow, held.id)}:
        add_leaders(uow, held.id, [contact_id], stand_in=True)
    await uow.session.flush()
    await after_leaders(uow, held)
    if held.asking == "open":
        await _ask_more(uow, held)


async def cannot_lead(uow: UnitOfWork, session_id: UUID) -> bool:
    """The signed-in contact says that they cannot lead a meeting; whether others are asked instead, which begins by
    itself. Saying it again changes nothing. Raises NotFound for a meeting that is not theirs, Conflict for one that is
    over or off.
    """
    contact_id = await own_contact(uow)
    held = await held_session(uow, session_id)
    row = next((one for one in await leader_rows(uow, session_id) if one.contact_id == contact_id), None)
    if row is None:
        raise NotFound
    held = await own_session(uow, session_id)
    if held.started_at is not None or held.ends_at <= now():
        raise Conflict(N_("Treffet har begynt. Ring koordinatoren."))
    if row.state == "cannot":
        return held.asking == "open"
    row.state = "cannot"
    row.version += 1
    await record_change(uow, "session.leader_cannot", "group_session", session_id)
    await after_leaders(uow, held)
    card = await session_card(uow, session_id)
    if len(card.leading) >= LEADERS_NEEDED:
        return False
    return await ask_leaders(uow, session_id) > 0
