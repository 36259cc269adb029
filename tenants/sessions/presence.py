"""Who takes part in a meeting: by name for those who may know, and as the list the leaders open on the day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.types import Date, Uuid

from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from tenants.assignments.api import assignment
from tenants.cases.api import case_file, purchasers_seen, visible
from tenants.groups.api import group_place
from tenants.people.api import person, representatives_of
from tenants.sessions.queries import SessionCard, midnight, presence, session
from tenants.sessions.rules import first_names


@dataclass(frozen=True, slots=True)
class Attending:
    """Somebody with a place on a meeting's day, and what became of them ("" when nobody has said)."""

    place_id: UUID
    person_id: UUID
    case_id: UUID
    given_name: str
    family_name: str
    trial: bool
    brings_contact: bool
    needs: str
    emergency: str
    protected: bool
    state: str
    with_contact: bool
    hours: Decimal | None

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"


@dataclass(frozen=True, slots=True)
class OnTheList:
    """A line of the leaders' list: the first name, what they need, and whom to ring."""

    place_id: UUID
    person_id: UUID
    name: str
    needs: str
    emergency: str
    trial: bool
    brings_contact: bool
    state: str
    with_contact: bool


@dataclass(frozen=True, slots=True)
class Attended:
    """A participant's month: meetings they were at and were not, how often with their own contact, and hours in all."""

    place_id: UUID
    person_id: UUID
    case_id: UUID
    name: str
    present: int
    absent: int
    told: int
    with_contact: int
    hours: Decimal


_joined = (
    group_place.join(
        assignment,
        and_(assignment.c.tenant_id == group_place.c.tenant_id, assignment.c.id == group_place.c.assignment_id),
    )
    .join(case_file, and_(case_file.c.tenant_id == assignment.c.tenant_id, case_file.c.id == assignment.c.case_id))
    .join(person, and_(person.c.tenant_id == assignment.c.tenant_id, person.c.id == assignment.c.person_id))
)  # fmt: skip
_day = bindparam("day", type_=Date())
_there = and_(
    group_place.c.tenant_id == bindparam("tenant"),
    group_place.c.group_id == bindparam("group"),
    group_place.c.state != "waiting",
    group_place.c.valid_from <= _day,
    or_(group_place.c.valid_to.is_(None), group_place.c.valid_to >= _day),
    or_(assignment.c.state != "ended", assignment.c.ended_on >= _day, group_place.c.stays),
)
_noted = and_(
    presence.c.tenant_id == group_place.c.tenant_id,
    presence.c.place_id == group_place.c.id,
    presence.c.session_id == bindparam("session", type_=Uuid()),
)
_ATTENDING = (
    select(
        group_place.c.id, assignment.c.person_id, assignment.c.case_id, person.c.given_name, person.c.family_name,
        group_place.c.state.label("place_state"), group_place.c.with_contact.label("brings"), group_place.c.needs,
        group_place.c.emergency, person.c.protection, presence.c.state, presence.c.with_contact, presence.c.hours,
    )
    .select_from(_joined.outerjoin(presence, _noted))
    .where(_there)
    .order_by(person.c.given_name, person.c.family_name, group_place.c.id)
)  # fmt: skip
_ALL = compile_query(_ATTENDING)
_VISIBLE = compile_query(_ATTENDING.where(visible()))


def _attending(row: Any) -> Attending:
    return Attending(
        row["id"], row["person_id"], row["case_id"], row["given_name"], row["family_name"],
        row["place_state"] == "trial", row["brings"], row["needs"], row["emergency"], row["protection"] != "none",
        row["state"] or "", bool(row["with_contact"]), row["hours"],
    )  # fmt: skip


def reader_values(uow: UnitOfWork) -> dict[str, Any]:
    """What `visible()` takes: who reads, and whose cases their roles open."""
    context = uow.context
    return {"tenant": context.tenant, "purchasers": purchasers_seen(context), "reader": context.user_id}


async def attending(uow: UnitOfWork, card: SessionCard) -> Sequence[Attending]:
    """Those with a place that day whose case the reader may see, by name. The caller writes the access log."""
    rows = await uow.rows(_VISIBLE, **reader_values(uow), group=card.group_id, session=card.id, day=card.day)
    return [_attending(row) for row in rows]


async def everybody_attending(uow: UnitOfWork, card: SessionCard) -> Sequence[Attending]:
    """Everybody of this municipality with a place that day, whoever may see the case: for those who meet them, on the day
    alone, and for jobs. The caller has checked that, and writes the access log.
    """
    rows = await uow.rows(_ALL, tenant=uow.context.tenant, group=card.group_id, session=card.id, day=card.day)
    return [_attending(row) for row in rows]


async def day_list(uow: UnitOfWork, card: SessionCard) -> list[OnTheList]:
    """What leaders read on the day: first names, needs, and the number to ring. Raises nothing; the caller has checked
    that the reader leads the meeting and that it is today, and writes the access log.
    """
    found = await everybody_attending(uow, card)
    names = first_names([(one.given_name, one.family_name) for one in found])
    return [
        OnTheList(
            one.place_id, one.person_id, name, one.needs, one.emergency or await emergency_of(uow, one.person_id),
            one.trial, one.brings_contact, one.state, one.with_contact,
        )
        for one, name in zip(found, names, strict=True)
    ]  # fmt: skip


async def emergency_of(uow: UnitOfWork, person_id: UUID) -> str:
    """The number of who acts for somebody, when nobody wrote another: "" when there is none, or theirs is protected."""
    for one in await representatives_of(uow, person_id):
        if one.phone and not one.protected:
            return f"{one.name}, {one.phone}"
    return ""


_MONTH = compile_query(
    select(
        group_place.c.id, assignment.c.person_id, assignment.c.case_id, person.c.given_name, person.c.family_name,
        *(func.count().filter(presence.c.state == state).label(state) for state in ("present", "absent", "told")),
        func.count().filter(presence.c.with_contact).label("with_contact"),
        func.coalesce(func.sum(presence.c.hours), 0).label("hours"),
    )
    .select_from(
        _joined.join(
            presence,
            and_(presence.c.tenant_id == group_place.c.tenant_id, presence.c.place_id == group_place.c.id),
        ).join(
            session, and_(session.c.tenant_id == presence.c.tenant_id, session.c.id == presence.c.session_id)
        )
    )
    .where(
        visible(), group_place.c.group_id == bindparam("group"), session.c.state != "cancelled",
        session.c.starts_at >= bindparam("first"), session.c.starts_at < bindparam("last"),
    )
    .group_by(group_place.c.id, assignment.c.person_id, assignment.c.case_id, person.c.given_name, person.c.family_name)
    .order_by(person.c.given_name, person.c.family_name, group_place.c.id)
)  # fmt: skip


async def month_of(uow: UnitOfWork, group_id: UUID, first: date, last: date) -> Sequence[Attended]:
    """What the group's participants of this municipality were at between two days, both included, for a reader who may
    see their cases. The caller writes the access log.
    """
    rows = await uow.rows(
        _MONTH,
        **reader_values(uow),
        group=group_id,
        first=midnight(first),
        last=midnight(last + timedelta(days=1)),
    )
    return [
        Attended(
            row["id"], row["person_id"], row["case_id"], f"{row['given_name']} {row['family_name']}", row["present"],
            row["absent"], row["told"], row["with_contact"], row["hours"],
        )
        for row in rows
    ]  # fmt: skip


_GUESTS = compile_query(
    select(presence.c.seat_id, presence.c.state).where(
        presence.c.tenant_id == bindparam("tenant"),
        presence.c.session_id == bindparam("session"),
        presence.c.seat_id.is_not(None),
    )
)


async def guest_states(uow: UnitOfWork, session_id: UUID) -> Mapping[UUID, str]:
    """What became of guests so far, by their shared seat."""
    rows = await uow.rows(_GUESTS, tenant=uow.context.tenant, session=session_id)
    return {row["seat_id"]: row["state"] for row in rows}


def is_today(card: SessionCard) -> bool:
    """Whether a meeting is on this Norwegian day: the only one on which its list opens."""
    return card.day == today()
