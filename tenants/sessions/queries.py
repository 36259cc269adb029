"""Reads of meetings. A meeting is everybody's in the municipality; who was there is for those who may see the case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, any_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from sammen.clock import OSLO, now, today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from sammen.i18n_mark import N_
from tenants.contacts.api import support_contact
from tenants.groups.api import LEADERS_NEEDED, activity_group
from tenants.people.api import person
from tenants.sessions.models import GroupSession, LeaderAsk, SessionLeader, SessionPresence

session = GroupSession.__table__
leader = SessionLeader.__table__
presence = SessionPresence.__table__
ask = LeaderAsk.__table__
MOST = 200
RESTS = N_("Gruppa har fri den dagen.")
"""Why a meeting is off that the series took away; in a copy it is told in the same words."""
AHEAD = timedelta(days=14)
"""How far ahead a meeting without leaders is spoken of."""
_IDS = ARRAY(PG_UUID(as_uuid=True))


@dataclass(frozen=True, slots=True)
class DayLeader:
    """Who leads a meeting. `there`: they are engaged, without a pause, and not suspended."""

    contact_id: UUID
    person_id: UUID
    given_name: str
    family_name: str
    phone: str
    state: str
    stand_in: bool
    there: bool

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"

    @property
    def leads(self) -> bool:
        """Whether the meeting can count on them."""
        return self.there and self.state != "cannot"


@dataclass(frozen=True, slots=True)
class SessionCard:
    """A meeting with its group and leaders. Texts that the meeting leaves empty are the group's."""

    id: UUID
    group_id: UUID
    group_name: str
    group_activity: str
    hosted: bool
    joint_id: UUID | None
    series_day: date | None
    starts_at: datetime
    ends_at: datetime
    place: str
    activity: str
    transport: str
    words: str
    by_hand: bool
    state: str
    cancel_reason: str
    started_at: datetime | None
    held_at: datetime | None
    asking: str
    led_by: str
    version: int
    leaders: tuple[DayLeader, ...] = field(default=())

    @property
    def day(self) -> date:
        """The Norwegian day it begins."""
        return self.starts_at.astimezone(OSLO).date()

    @property
    def leading(self) -> tuple[DayLeader, ...]:
        """Those it can count on."""
        return tuple(one for one in self.leaders if one.leads)

    @property
    def led(self) -> bool:
        """Whether enough lead it (C10). Another municipality sees to its own."""
        return not self.hosted or len(self.leading) >= LEADERS_NEEDED

    @property
    def blocked(self) -> bool:
        """Whether it cannot begin as things are."""
        return self.state == "planned" and not self.over and not self.led

    @property
    def over(self) -> bool:
        """Whether its time has passed."""
        return self.ends_at <= now()

    @property
    def dropped(self) -> bool:
        """Whether the series itself took it away when its days were changed: nobody had planned for it by hand, so lists
        leave it out.
        """
        return self.state == "cancelled" and not self.by_hand and self.cancel_reason == RESTS

    @property
    def unregistered(self) -> bool:
        """Whether its time has passed and nobody has said what became of it."""
        return self.state == "planned" and self.over and self.hosted

    @property
    def led_by_names(self) -> list[str]:
        """First names of who leads."""
        return [one.given_name for one in self.leading] if self.hosted else self.led_by.split(", ")


_OWN = (
    "id", "group_id", "series_day", "starts_at", "ends_at", "activity", "words", "by_hand", "state", "cancel_reason",
    "started_at", "held_at", "asking", "led_by", "version",
)  # fmt: skip
_cards = (
    select(
        *(session.c[name] for name in _OWN),
        activity_group.c.name.label("group_name"),
        activity_group.c.activity.label("group_activity"),
        activity_group.c.hosted,
        activity_group.c.joint_id,
        func.coalesce(func.nullif(session.c.place, ""), activity_group.c.place).label("place"),
        func.coalesce(func.nullif(session.c.transport, ""), activity_group.c.transport).label("transport"),
    )
    .join_from(
        session,
        activity_group,
        and_(activity_group.c.tenant_id == session.c.tenant_id, activity_group.c.id == session.c.group_id),
    )
    .where(session.c.tenant_id == bindparam("tenant"))
)
_ONE = compile_query(_cards.where(session.c.id == bindparam("session")))
_OF_GROUP = compile_query(
    _cards.where(
        session.c.group_id == bindparam("group"),
        session.c.starts_at >= bindparam("first"),
        session.c.starts_at < bindparam("last"),
    )
    .order_by(session.c.starts_at, session.c.id)
    .limit(MOST)
)
_SOON = compile_query(
    _cards.where(
        activity_group.c.hosted,
        session.c.state == "planned",
        session.c.starts_at >= bindparam("first"),
        session.c.starts_at < bindparam("last"),
    )
    .order_by(session.c.starts_at, session.c.id)
    .limit(MOST)
)
_LED_BY = compile_query(
    _cards.where(
        activity_group.c.hosted,
        session.c.starts_at >= bindparam("first"),
        session.c.starts_at < bindparam("last"),
        or_(session.c.state != "cancelled", session.c.ends_at >= bindparam("first")),
        select(leader.c.id)
        .where(
            leader.c.tenant_id == session.c.tenant_id,
            leader.c.session_id == session.c.id,
            leader.c.contact_id == bindparam("contact"),
        )
        .exists(),
    )
    .order_by(session.c.starts_at, session.c.id)
    .limit(MOST)
)
_LEADERS = compile_query(
    select(
        leader.c.session_id, leader.c.contact_id, support_contact.c.person_id, person.c.given_name,
        person.c.family_name, person.c.phone, leader.c.state, leader.c.stand_in,
        (support_contact.c.state == "engaged").label("there"),
    )
    .select_from(
        leader.join(
            support_contact,
            and_(support_contact.c.tenant_id == leader.c.tenant_id, support_contact.c.id == leader.c.contact_id),
        ).join(
            person, and_(person.c.tenant_id == leader.c.tenant_id, person.c.id == support_contact.c.person_id)
        )
    )
    .where(leader.c.tenant_id == bindparam("tenant"), leader.c.session_id == any_(bindparam("sessions", type_=_IDS)))
    .order_by(leader.c.stand_in, person.c.given_name, person.c.family_name, leader.c.id)
)  # fmt: skip


def midnight(day: date) -> datetime:
    """The moment a Norwegian day begins."""
    return datetime.combine(day, time(0), OSLO)


async def _with_leaders(uow: UnitOfWork, rows: Sequence[Any]) -> list[SessionCard]:
    found: dict[UUID, list[DayLeader]] = {row["id"]: [] for row in rows}
    if found:
        for row in await uow.rows(_LEADERS, tenant=uow.context.tenant, sessions=list(found)):
            values = dict(row)
            found[values.pop("session_id")].append(DayLeader(**values))
    return [SessionCard(**dict(row), leaders=tuple(found[row["id"]])) for row in rows]


async def session_card(uow: UnitOfWork, session_id: UUID) -> SessionCard:
    """One meeting. Raises NotFound. The caller writes the access log for its leaders."""
    row = await uow.row(_ONE, tenant=uow.context.tenant, session=session_id)
    if row is None:
        raise NotFound
    return (await _with_leaders(uow, [row]))[0]


async def sessions_of_group(uow: UnitOfWork, group_id: UUID, first: date, last: date) -> list[SessionCard]:
    """A group's meetings from a Norwegian day to another, both included, in order; at most 200."""
    rows = await uow.rows(
        _OF_GROUP, tenant=uow.context.tenant, group=group_id, first=midnight(first),
        last=midnight(last + timedelta(days=1)),
    )  # fmt: skip
    return await _with_leaders(uow, rows)


async def blocked_soon(uow: UnitOfWork) -> list[SessionCard]:
    """The municipality's own meetings in the days ahead that lack a leader."""
    day = today()
    rows = await uow.rows(_SOON, tenant=uow.context.tenant, first=midnight(day), last=midnight(day + AHEAD))
    return [one for one in await _with_leaders(uow, rows) if one.blocked]


async def unregistered(uow: UnitOfWork) -> list[SessionCard]:
    """The municipality's own meetings of the last weeks that nobody has said what became of."""
    day = today()
    rows = await uow.rows(_SOON, tenant=uow.context.tenant, first=midnight(day - 2 * AHEAD), last=now())
    return [one for one in await _with_leaders(uow, rows) if one.unregistered]


async def sessions_led_by(uow: UnitOfWork, contact_id: UUID, first: date, last: date) -> list[SessionCard]:
    """Meetings a contact leads, or has said that they cannot lead. The caller has checked who the contact is."""
    rows = await uow.rows(
        _LED_BY, tenant=uow.context.tenant, contact=contact_id, first=midnight(first),
        last=midnight(last + timedelta(days=1)),
    )  # fmt: skip
    return await _with_leaders(uow, rows)
