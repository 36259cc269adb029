"""Reads of assemblies. A municipality's own are everybody's with contact:read; what is held jointly comes from functions
of the database (functions.sql), which know who may and tell no number under three.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.types import DateTime

from sammen.clock import now
from sammen.db.raw import Query, compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from shared_pool.assemblies.models import Assembly, AssemblyGuest, AssemblyMeeting, AssemblyMember
from shared_pool.assemblies.rules import may_check_in
from tenants.api import person, support_contact

assembly = Assembly.__table__
meeting = AssemblyMeeting.__table__
member = AssemblyMember.__table__
guest = AssemblyGuest.__table__
SHOWN = timedelta(days=183)
"""How long what is over stands in lists."""
MOST = 300


@dataclass(frozen=True, slots=True)
class MeetingCard:
    """A meeting with its series, and how many of one's own are invited, come, cannot, and came."""

    id: UUID
    assembly_id: UUID
    starts_at: datetime
    ends_at: datetime
    place: str
    link: str
    state: str
    cancel_why: str
    makeup_for: UUID | None
    door_code: str
    summary: str
    summary_at: datetime | None
    noted_at: datetime | None
    reminded_on: date | None
    version: int
    kind: str
    title: str
    about: str
    led_by: str
    joint_id: UUID | None
    hosted: bool
    host_name: str
    audience: str
    invited_at: datetime | None
    declined_on: date | None
    invited: int
    coming: int
    cannot: int
    came: int

    @property
    def begun(self) -> bool:
        """Whether it is too late to answer, move or call off."""
        return self.starts_at <= now()

    @property
    def over(self) -> bool:
        return self.ends_at <= now()

    @property
    def on(self) -> bool:
        """Whether it is to be held, or was."""
        return self.state == "planned"

    @property
    def door_open(self) -> bool:
        """Whether one can check in with the code now."""
        return self.on and may_check_in(now(), self.starts_at, self.ends_at)

    @property
    def lacks_attendance(self) -> bool:
        return self.on and self.begun and self.noted_at is None and self.invited > 0


@dataclass(frozen=True, slots=True)
class GuestCard:
    """Somebody invited: a contact, or a colleague (then without person and contact)."""

    id: UUID
    contact_id: UUID | None
    person_id: UUID | None
    colleague: UUID | None
    name: str
    phone: str
    answer: str
    by_office: bool
    came: bool | None
    checked_in_at: datetime | None


@dataclass(frozen=True, slots=True)
class OwnMeeting:
    """A meeting as somebody invited sees it."""

    card: MeetingCard
    answer: str
    came: bool | None
    checked_in_at: datetime | None


@dataclass(frozen=True, slots=True)
class JointRow:
    """A meeting of what is held jointly, with its series. `host_id` None: the region holds it."""

    assembly_id: UUID
    region_id: UUID
    host_id: UUID | None
    host: str
    kind: str
    title: str
    about: str
    led_by: str
    assembly_version: int
    id: UUID
    starts_at: datetime
    ends_at: datetime
    place: str
    link: str
    state: str
    cancel_why: str
    makeup_for: UUID | None
    door_code: str
    summary: str
    summary_at: datetime | None
    version: int

    @property
    def begun(self) -> bool:
        return self.starts_at <= now()

    @property
    def over(self) -> bool:
        return self.ends_at <= now()

    @property
    def on(self) -> bool:
        return self.state == "planned"


@dataclass(frozen=True, slots=True)
class HomeCount:
    """A member's numbers for a meeting; None is one or two, which nobody else is told."""

    meeting_id: UUID
    home_id: UUID
    home: str
    invited: int | None
    coming: int | None
    came: int | None


_OF_MEETING = (
    "id", "assembly_id", "starts_at", "ends_at", "place", "link", "state", "cancel_why", "makeup_for", "door_code",
    "summary", "summary_at", "noted_at", "reminded_on", "version",
)  # fmt: skip
_OF_ASSEMBLY = (
    "kind", "title", "about", "led_by", "joint_id", "hosted", "host_name", "audience", "invited_at", "declined_on",
)  # fmt: skip
_with_series = meeting.join(
    assembly, and_(assembly.c.tenant_id == meeting.c.tenant_id, assembly.c.id == meeting.c.assembly_id)
)
_with_guests = _with_series.outerjoin(
    guest, and_(guest.c.tenant_id == meeting.c.tenant_id, guest.c.assembly_meeting_id == meeting.c.id)
)
_CARDS = (
    select(
        *(meeting.c[name] for name in _OF_MEETING),
        *(assembly.c[name] for name in _OF_ASSEMBLY),
        func.count(guest.c.id).label("invited"),
        func.count().filter(guest.c.answer == "yes").label("coming"),
        func.count().filter(guest.c.answer == "no").label("cannot"),
        func.count().filter(guest.c.came).label("came"),
    )
    .select_from(_with_guests)
    .where(meeting.c.tenant_id == bindparam("tenant"))
    .group_by(meeting.c.tenant_id, meeting.c.id, assembly.c.tenant_id, assembly.c.id)
)
_LIST = compile_query(
    _CARDS.where(meeting.c.ends_at > bindparam("since", type_=DateTime(timezone=True)))
    .order_by(meeting.c.starts_at, meeting.c.id)
    .limit(MOST)
)
_OF_SERIES = compile_query(
    _CARDS.where(meeting.c.assembly_id == bindparam("assembly")).order_by(meeting.c.starts_at, meeting.c.id)
)
_ONE = compile_query(_CARDS.where(meeting.c.id == bindparam("meeting")))
_JOINT = compile_query(
    select(assembly.c.id).where(
        assembly.c.tenant_id == bindparam("tenant"), assembly.c.joint_id == bindparam("joint")
    )
)
_to_contact = and_(
    support_contact.c.tenant_id == guest.c.tenant_id, support_contact.c.id == guest.c.contact_id
)
_to_person = and_(
    person.c.tenant_id == support_contact.c.tenant_id, person.c.id == support_contact.c.person_id
)
_GUESTS = compile_query(
    select(
        guest.c.id, guest.c.contact_id, support_contact.c.person_id, guest.c.colleague, guest.c.colleague_name,
        person.c.given_name, person.c.family_name, person.c.phone, guest.c.answer, guest.c.by_office, guest.c.came,
        guest.c.checked_in_at,
    )
    .select_from(guest.outerjoin(support_contact, _to_contact).outerjoin(person, _to_person))
    .where(guest.c.tenant_id == bindparam("tenant"), guest.c.assembly_meeting_id == bindparam("meeting"))
    .order_by(person.c.family_name, person.c.given_name, guest.c.colleague_name, guest.c.id)
)  # fmt: skip
_MEMBERS = compile_query(
    select(member.c.contact_id, member.c.colleague).where(
        member.c.tenant_id == bindparam("tenant"), member.c.assembly_id == bindparam("assembly")
    )
)
_mine = guest.alias("mine")


def _own(whose: Any) -> Query:
    return compile_query(
        select(
            *(meeting.c[name] for name in _OF_MEETING),
            *(assembly.c[name] for name in _OF_ASSEMBLY),
            _mine.c.answer,
            _mine.c.came.label("was_there"),
            _mine.c.checked_in_at,
        )
        .select_from(
            _with_series.join(
                _mine,
                and_(_mine.c.tenant_id == meeting.c.tenant_id, _mine.c.assembly_meeting_id == meeting.c.id),
            )
        )
        .where(
            meeting.c.tenant_id == bindparam("tenant"),
            whose,
            meeting.c.ends_at > bindparam("since", type_=DateTime(timezone=True)),
        )
        .order_by(meeting.c.starts_at, meeting.c.id)
        .limit(MOST)
    )


_OWN = _own(_mine.c.contact_id == bindparam("contact"))
_COLLEAGUE = _own(_mine.c.colleague == bindparam("user"))
_OF_USER = compile_query(
    select(
        meeting.c.id, meeting.c.starts_at, meeting.c.ends_at, meeting.c.place, meeting.c.link, meeting.c.state,
    )
    .select_from(
        guest.join(
            meeting,
            and_(meeting.c.tenant_id == guest.c.tenant_id, meeting.c.id == guest.c.assembly_meeting_id),
        )
        .join(support_contact, _to_contact)
        .join(person, _to_person)
    )
    .where(
        guest.c.tenant_id == bindparam("tenant"),
        person.c.user_id == bindparam("user"),
        support_contact.c.state != "ended",
        or_(guest.c.answer != "no", meeting.c.state == "cancelled"),
        meeting.c.starts_at >= bindparam("first", type_=DateTime(timezone=True)),
        meeting.c.starts_at < bindparam("last", type_=DateTime(timezone=True)),
    )
    .order_by(meeting.c.starts_at, meeting.c.id)
)  # fmt: skip
_JOINT_MEETINGS = "SELECT * FROM sammen.joint_assemblies()"
_JOINT_COUNTS = (
    "SELECT meeting_id, home_id, home, invited, coming, came FROM sammen.joint_assembly_counts($1)"
)


async def meetings(uow: UnitOfWork) -> Sequence[MeetingCard]:
    """The municipality's meetings of the last half-year and those to come, first things first."""
    rows = await uow.rows(_LIST, tenant=uow.context.tenant, since=now() - SHOWN)
    return [MeetingCard(**dict(row)) for row in rows]


async def series_meetings(uow: UnitOfWork, assembly_id: UUID) -> Sequence[MeetingCard]:
    """A series' meetings, first things first. Raises NotFound for a series that is none of ours."""
    rows = await uow.rows(_OF_SERIES, tenant=uow.context.tenant, assembly=assembly_id)
    if not rows:
        raise NotFound
    return [MeetingCard(**dict(row)) for row in rows]


async def meeting_card(uow: UnitOfWork, meeting_id: UUID) -> MeetingCard:
    """One meeting. Raises NotFound."""
    row = await uow.row(_ONE, tenant=uow.context.tenant, meeting=meeting_id)
    if row is None:
        raise NotFound
    return MeetingCard(**dict(row))


async def own_copy(uow: UnitOfWork, joint_id: UUID) -> UUID | None:
    """The id of the municipality's own copy of what is held jointly."""
    found: UUID | None = await uow.value(_JOINT, tenant=uow.context.tenant, joint=joint_id)
    return found


async def guests_of(uow: UnitOfWork, meeting_id: UUID) -> Sequence[GuestCard]:
    """Who of one's own is invited, by name. The caller writes the access log."""
    return [
        GuestCard(
            row["id"], row["contact_id"], row["person_id"], row["colleague"],
            row["colleague_name"] if row["contact_id"] is None else f"{row['given_name']} {row['family_name']}".strip(),
            row["phone"] or "", row["answer"], row["by_office"], row["came"], row["checked_in_at"],
        )
        for row in await uow.rows(_GUESTS, tenant=uow.context.tenant, meeting=meeting_id)
    ]  # fmt: skip


async def members_of(uow: UnitOfWork, assembly_id: UUID) -> tuple[set[UUID], set[UUID]]:
    """(contacts, colleagues) a series is for."""
    rows = await uow.rows(_MEMBERS, tenant=uow.context.tenant, assembly=assembly_id)
    return (
        {row["contact_id"] for row in rows if row["contact_id"] is not None},
        {row["colleague"] for row in rows if row["colleague"] is not None},
    )


def _own_meeting(row: Any) -> OwnMeeting:
    values = {name: row[name] for name in (*_OF_MEETING, *_OF_ASSEMBLY)}
    card = MeetingCard(**values, invited=0, coming=0, cannot=0, came=0)
    return OwnMeeting(card, row["answer"], row["was_there"], row["checked_in_at"])


async def contact_meetings(uow: UnitOfWork, contact_id: UUID) -> Sequence[OwnMeeting]:
    """The meetings a contact is or was invited to, first things first."""
    rows = await uow.rows(_OWN, tenant=uow.context.tenant, contact=contact_id, since=now() - SHOWN)
    return [_own_meeting(row) for row in rows]


async def colleague_meetings(uow: UnitOfWork, user_id: UUID) -> Sequence[OwnMeeting]:
    """The meetings somebody of the staff is invited to."""
    rows = await uow.rows(_COLLEAGUE, tenant=uow.context.tenant, user=user_id, since=now() - SHOWN)
    return [_own_meeting(row) for row in rows]


async def user_meetings(
    uow: UnitOfWork, user_id: UUID, first: datetime, last: datetime
) -> Sequence[dict[str, Any]]:
    """When and where a contact with this login is invited, from `first` until `last`: for their own calendar."""
    rows = await uow.rows(_OF_USER, tenant=uow.context.tenant, user=user_id, first=first, last=last)
    return [dict(row) for row in rows]


async def joint_meetings(uow: UnitOfWork) -> Sequence[JointRow]:
    """What is held jointly: in the region, or in the regions the municipality is a member of."""
    return [JointRow(**dict(row)) for row in await uow.call(_JOINT_MEETINGS)]


async def joint_series(uow: UnitOfWork, joint_id: UUID) -> Sequence[JointRow]:
    """The meetings of one of them. Raises NotFound."""
    rows = [row for row in await joint_meetings(uow) if row.assembly_id == joint_id]
    if not rows:
        raise NotFound
    return rows


async def joint_counts(uow: UnitOfWork, joint_id: UUID) -> dict[UUID, list[HomeCount]]:
    """For who holds it: each member's numbers, by meeting."""
    found: dict[UUID, list[HomeCount]] = {}
    for row in await uow.call(_JOINT_COUNTS, joint_id):
        found.setdefault(row["meeting_id"], []).append(HomeCount(**dict(row)))
    return found
