"""Changes to meetings: extra ones, moved ones, cancelled ones, and who leads. The series is in series.py."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import select, update

from sammen.audit.trail import record_change
from sammen.clock import now, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from tenants.groups.api import LEADERS_NEEDED, ActivityGroup, possible_leaders
from tenants.sessions.hooks import tell_session
from tenants.sessions.models import GroupSession, LeaderAsk, SessionLeader
from tenants.sessions.queries import session_card
from tenants.sessions.rules import times_on

CHANGED = N_("Noen andre har endret treffet i mellomtida. Se på det igjen.")
DONE = N_("Treffet er holdt eller avlyst. Last siden på nytt.")
ELSEWHERE = N_("Treffet hører til en annen kommune. De endrer det.")


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """A meeting as planned, in Norwegian clocks. Empty texts are the group's."""

    day: date
    starts: time
    ends: time
    place: str = ""
    activity: str = ""
    transport: str = ""
    words: str = ""


async def held_session(uow: UnitOfWork, session_id: UUID) -> GroupSession:
    """The meeting, locked for changing. The caller has checked who may. Raises NotFound."""
    found: GroupSession | None = await uow.session.get(
        GroupSession, (uow.context.tenant, session_id), with_for_update=True, populate_existing=True
    )
    if found is None:
        raise NotFound
    return found


async def own_session(uow: UnitOfWork, session_id: UUID, *, version: int | None = None) -> GroupSession:
    """A planned meeting of the municipality's own group, locked. Raises NotFound, and Conflict for another version, for
    one that is held or cancelled, and for another municipality's.
    """
    held = await held_session(uow, session_id)
    group = await uow.session.get(ActivityGroup, (uow.context.tenant, held.group_id))
    if group is None or not group.hosted:
        raise Conflict(ELSEWHERE)
    if version is not None and held.version != version:
        raise Conflict(CHANGED)
    if held.state != "planned":
        raise Conflict(DONE)
    return held


def _moments(facts: SessionFacts) -> tuple[datetime, datetime]:
    if facts.ends <= facts.starts:
        raise Invalid.one("slutter", N_("Treffet må slutte etter at det begynner."))
    starts_at, ends_at = times_on(facts.day, facts.starts, facts.ends)
    if ends_at <= now():
        raise Invalid.one("dag", N_("Dagen har vært. Skriv en dag som kommer."))
    return starts_at, ends_at


async def add_session(
    uow: UnitOfWork, group_id: UUID, facts: SessionFacts, *, series_day: date | None = None
) -> UUID:
    """An extra meeting, or (`series_day`) one on a day the group rests; its id. The group's leaders lead it.

    Raises NotFound; Conflict for another municipality's group, or a day of the series that has its meeting; Invalid for
    times that cannot be, or a day after the group's last.
    """
    group = await uow.session.get(
        ActivityGroup, (uow.context.tenant, group_id), with_for_update=True, populate_existing=True
    )
    if group is None:
        raise NotFound
    if not group.hosted:
        raise Conflict(ELSEWHERE)
    starts_at, ends_at = _moments(facts)
    if facts.day < group.valid_from or (group.valid_to is not None and facts.day > group.valid_to):
        raise Invalid.one("dag", N_("Gruppa har ikke begynt, eller er avsluttet, den dagen."))
    taken = series_day is not None and await uow.session.scalar(
        select(GroupSession.id).where(
            GroupSession.tenant_id == uow.context.tenant, GroupSession.group_id == group_id,
            GroupSession.series_day == series_day,
        )
    )  # fmt: skip
    if taken:
        raise Conflict(N_("Det er allerede et treff den dagen."))
    made = GroupSession(
        tenant_id=uow.context.tenant, id=uuid7(), group_id=group_id, series_day=series_day, starts_at=starts_at,
        ends_at=ends_at, place=facts.place or group.place, activity=facts.activity, transport=facts.transport,
        words=facts.words, by_hand=True,
    )  # fmt: skip
    uow.session.add(made)
    await uow.session.flush()
    add_leaders(uow, made.id, fixed_leaders(group))
    await uow.session.flush()
    await record_change(uow, "session.added", "group_session", made.id, day=facts.day)
    await tell_session(uow, made.id, "planned")
    return made.id


def fixed_leaders(group: ActivityGroup) -> list[UUID]:
    """Who leads a group's meetings until somebody says otherwise: each once."""
    return list(dict.fromkeys(one for one in (group.leader_id, group.second_leader_id) if one is not None))


def add_leaders(
    uow: UnitOfWork, session_id: UUID, contacts: Collection[UUID], *, stand_in: bool = False
) -> None:
    """Put these contacts on a meeting's list of leaders; the caller flushes."""
    for contact_id in contacts:
        uow.session.add(
            SessionLeader(
                tenant_id=uow.context.tenant, id=uuid7(), session_id=session_id, contact_id=contact_id,
                state="coming", stand_in=stand_in,
            )
        )  # fmt: skip


async def change_session(uow: UnitOfWork, session_id: UUID, facts: SessionFacts, *, version: int) -> None:
    """Move a meeting, or write what one does there. A change of time or place is told to everybody concerned.

    Raises as own_session and add_session.
    """
    held = await own_session(uow, session_id, version=version)
    starts_at, ends_at = _moments(facts)
    moved = (held.starts_at, held.ends_at, held.place) != (starts_at, ends_at, facts.place)
    if (held.starts_at, held.ends_at) != (starts_at, ends_at):
        held.started_at = None
    held.starts_at, held.ends_at, held.place = starts_at, ends_at, facts.place
    held.activity, held.transport, held.words = facts.activity, facts.transport, facts.words
    held.by_hand = held.by_hand or moved
    held.version += 1
    await uow.session.flush()
    await record_change(uow, "session.changed", "group_session", session_id, moved=moved, day=facts.day)
    await tell_session(uow, session_id, "moved")


async def set_activity(uow: UnitOfWork, session_id: UUID, text: str) -> None:
    """Write what one does at a planned meeting: what the participants chose. Raises as own_session."""
    held = await own_session(uow, session_id)
    held.activity = text
    held.version += 1
    await uow.session.flush()
    await record_change(uow, "session.activity", "group_session", session_id)
    await tell_session(uow, session_id, "moved")


async def cancel_session(
    uow: UnitOfWork, session_id: UUID, reason: str, *, version: int | None = None
) -> None:
    """Call a meeting off, with why: participants or who acts for them, leaders and their own contacts are told at once.

    Raises as own_session, Invalid without a reason.
    """
    held = await own_session(uow, session_id, version=version)
    if not reason.strip():
        raise Invalid.one("grunn", N_("Skriv hvorfor treffet er avlyst. Deltakerne leser det."))
    await call_off(uow, held, reason.strip())


async def call_off(uow: UnitOfWork, held: GroupSession, reason: str) -> None:
    """As cancel_session, of a meeting that the caller holds."""
    held.state, held.cancel_reason, held.cancelled_at, held.started_at = "cancelled", reason, now(), None
    await stop_asks(uow, held, "stopped")
    held.version += 1
    await uow.session.flush()
    await record_change(uow, "session.cancelled", "group_session", held.id)
    await tell_session(uow, held.id, "cancelled")


async def resume_session(uow: UnitOfWork, session_id: UUID) -> None:
    """A meeting that was called off is held after all. Raises NotFound; Conflict for one that is not cancelled, has
    passed, or is another municipality's.
    """
    held = await held_session(uow, session_id)
    group = await uow.session.get(ActivityGroup, (uow.context.tenant, held.group_id))
    if group is None or not group.hosted:
        raise Conflict(ELSEWHERE)
    if held.state != "cancelled" or held.ends_at <= now():
        raise Conflict(DONE)
    if group.valid_to is not None and group.valid_to < today():
        raise Conflict(N_("Gruppa er avsluttet."))
    held.state, held.cancel_reason, held.cancelled_at, held.asking = "planned", "", None, ""
    held.by_hand = True
    held.version += 1
    await uow.session.flush()
    await record_change(uow, "session.resumed", "group_session", session_id)
    await tell_session(uow, session_id, "moved")


async def choose_day_leaders(
    uow: UnitOfWork, session_id: UUID, chosen: Collection[UUID], *, version: int
) -> None:
    """Name who leads one meeting. Whoever had said that they cannot come, and is named again, comes.

    Raises as own_session, and Invalid for somebody who is not in place (B2), or for nobody.
    """
    held = await own_session(uow, session_id, version=version)
    possible = {contact_id for contact_id, _ in await possible_leaders(uow)}
    if not chosen or not set(chosen) <= possible:
        raise Invalid.one("ledere", N_("Velg støttekontakter som er godkjent."))
    group = await uow.session.get(ActivityGroup, (uow.context.tenant, held.group_id))
    assert group is not None
    rows = {one.contact_id: one for one in await leader_rows(uow, session_id)}
    for contact_id, row in rows.items():
        if contact_id not in chosen and row.state != "cannot":
            await uow.session.delete(row)
        elif contact_id in chosen:
            row.state = "coming"
    own = (group.leader_id, group.second_leader_id)
    for contact_id in chosen:
        if contact_id not in rows:
            add_leaders(uow, session_id, [contact_id], stand_in=contact_id not in own)
    await after_leaders(uow, held)
    await record_change(uow, "session.leaders", "group_session", session_id)


async def leader_rows(uow: UnitOfWork, session_id: UUID) -> list[SessionLeader]:
    """A meeting's leaders, for changing."""
    found = await uow.session.scalars(
        select(SessionLeader)
        .where(SessionLeader.tenant_id == uow.context.tenant, SessionLeader.session_id == session_id)
        .order_by(SessionLeader.id)
    )
    return list(found.all())


async def after_leaders(uow: UnitOfWork, held: GroupSession) -> None:
    """When enough lead a meeting again, nobody has to be asked any more. Tells who listens."""
    held.version += 1
    await uow.session.flush()
    card = await session_card(uow, held.id)
    if len(card.leading) >= LEADERS_NEEDED and held.asking in ("open", "nobody"):
        await stop_asks(uow, held, "taken")
        held.asking = "filled"
        await uow.session.flush()
    await tell_session(uow, held.id, "leaders")


async def stop_asks(uow: UnitOfWork, held: GroupSession, state: str) -> None:
    """Let those off who have not answered: `taken` or `stopped`."""
    await uow.session.execute(
        update(LeaderAsk)
        .where(
            LeaderAsk.tenant_id == uow.context.tenant, LeaderAsk.session_id == held.id,
            LeaderAsk.state.in_(("asked", "expired")),
        )
        .values(state=state)
    )  # fmt: skip
    if held.asking == "open":
        held.asking = "stopped"
