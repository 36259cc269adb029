"""Reads of courses: what there is, with counts, and who of one's own municipality has a seat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, bindparam, func, or_, select

from sammen.clock import now, today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.tenancy.models import Municipality, RegionMembership
from shared_pool.courses.models import CourseSignup, Enrolment
from tenants.api import person, support_contact

signup = CourseSignup.__table__
enrolment = Enrolment.__table__
municipality = Municipality.__table__
membership = RegionMembership.__table__

KINDS = {"basic": N_("Grunnkurs"), "theme": N_("Temakurs")}


@dataclass(frozen=True, slots=True)
class CourseCard:
    """A course. `taken` of its `seats` have somebody, `ours` of them from the reader's municipality."""

    id: UUID
    region_id: UUID
    title: str
    kind: str
    about: str
    place: str
    starts_at: datetime
    ends_at: datetime
    seats: int
    responsible: str
    taken: int
    ours: int

    @property
    def free(self) -> int:
        """Seats nobody has."""
        return max(0, self.seats - self.taken)

    @property
    def held(self) -> bool:
        """Whether it is over."""
        return self.ends_at <= now()

    @property
    def begun(self) -> bool:
        """Whether it is too late to sign up or withdraw."""
        return self.starts_at <= now()


@dataclass(frozen=True, slots=True)
class SignupCard:
    """A contact of one's own municipality with a seat."""

    id: UUID
    course_id: UUID
    contact_id: UUID
    person_id: UUID
    name: str
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class HeldSeats:
    """How many seats one's own municipality has had in courses that `host_id` held in a month (its first day)."""

    region_id: UUID
    host_id: UUID
    month: date
    seats: int


_HOSTS = "SELECT id, host_id, host FROM sammen.course_hosts()"
_HELD = "SELECT region_id, host_id, month, seats FROM sammen.held_seats()"
_COURSES = "SELECT * FROM sammen.open_courses()"
_who = and_(person.c.tenant_id == support_contact.c.tenant_id, person.c.id == support_contact.c.person_id)
_SIGNUPS = compile_query(
    select(
        signup.c.id, signup.c.course_id, signup.c.contact_id, support_contact.c.person_id, person.c.given_name,
        person.c.family_name, signup.c.outcome,
    )
    .select_from(
        signup.join(
            support_contact,
            and_(support_contact.c.tenant_id == signup.c.tenant_id, support_contact.c.id == signup.c.contact_id),
        ).join(person, _who)
    )
    .where(signup.c.tenant_id == bindparam("tenant"), signup.c.withdrawn_on.is_(None))
    .order_by(person.c.given_name, person.c.family_name, signup.c.id)
)  # fmt: skip
_OWN = compile_query(
    select(signup.c.course_id, signup.c.id).where(
        signup.c.tenant_id == bindparam("tenant"),
        signup.c.contact_id == bindparam("contact"),
        signup.c.withdrawn_on.is_(None),
    )
)
_CONTACTS = compile_query(
    select(support_contact.c.id, support_contact.c.person_id, person.c.given_name, person.c.family_name)
    .select_from(support_contact.join(person, _who))
    .where(support_contact.c.tenant_id == bindparam("tenant"), support_contact.c.state != "ended")
    .order_by(person.c.given_name, person.c.family_name, support_contact.c.id)
)
_MEMBERS = compile_query(
    select(municipality.c.id, municipality.c.name)
    .join_from(membership, municipality, municipality.c.id == membership.c.municipality_id)
    .where(
        membership.c.region_id == bindparam("region"),
        membership.c.valid_from <= bindparam("day"),
        or_(membership.c.valid_to.is_(None), membership.c.valid_to >= bindparam("day")),
    )
    .order_by(municipality.c.name)
)
_HOMES = compile_query(
    select(enrolment.c.course_id, municipality.c.name, func.count().label("seats"))
    .join_from(enrolment, municipality, municipality.c.id == enrolment.c.home_id)
    .where(enrolment.c.region_id == bindparam("region"), enrolment.c.state == "enrolled")
    .group_by(enrolment.c.course_id, municipality.c.name)
    .order_by(municipality.c.name)
)


async def courses(uow: UnitOfWork) -> Sequence[CourseCard]:
    """The region's courses, next first and those held of late last. In a municipality: of the regions it is a member of."""
    found = [CourseCard(**dict(row)) for row in await uow.call(_COURSES)]
    return sorted(found, key=lambda card: (card.begun, card.starts_at))


async def hosts(uow: UnitOfWork) -> dict[UUID, tuple[UUID, str]]:
    """Which municipality holds each course that one of them does, with its name: the others are charged for seats (C5)."""
    return {row["id"]: (row["host_id"], row["host"]) for row in await uow.call(_HOSTS)}


async def may_hold(uow: UnitOfWork) -> list[tuple[UUID, str]]:
    """In the region: the municipalities that are members today, by name."""
    rows = await uow.rows(_MEMBERS, region=uow.context.region, day=today())
    return [(row["id"], row["name"]) for row in rows]


async def signups(uow: UnitOfWork) -> Sequence[SignupCard]:
    """The municipality's own contacts with a seat, by name. The caller writes the access log."""
    return [
        SignupCard(
            row["id"], row["course_id"], row["contact_id"], row["person_id"],
            f"{row['given_name']} {row['family_name']}", row["outcome"],
        )
        for row in await uow.rows(_SIGNUPS, tenant=uow.context.tenant)
    ]  # fmt: skip


async def signups_of(uow: UnitOfWork, contact_id: UUID) -> dict[UUID, UUID]:
    """A contact's own sign-ups: course id → sign-up id."""
    rows = await uow.rows(_OWN, tenant=uow.context.tenant, contact=contact_id)
    return {row["course_id"]: row["id"] for row in rows}


async def contacts_here(uow: UnitOfWork) -> Sequence[tuple[UUID, UUID, str]]:
    """(contact, person, name) of those who may be signed up: they have not left. The caller writes the access log."""
    rows = await uow.rows(_CONTACTS, tenant=uow.context.tenant)
    return [(row["id"], row["person_id"], f"{row['given_name']} {row['family_name']}") for row in rows]


async def seats_by_home(uow: UnitOfWork) -> dict[UUID, list[tuple[str, int]]]:
    """In the region, for those who keep its courses: how many seats each municipality has taken, by course."""
    found: dict[UUID, list[tuple[str, int]]] = {}
    for row in await uow.rows(_HOMES, region=uow.context.region):
        found.setdefault(row["course_id"], []).append((row["name"], row["seats"]))
    return found


async def seats_held(uow: UnitOfWork) -> Sequence[HeldSeats]:
    """The municipality's own seats in courses that are over and that another municipality held: counts of nobody (C5)."""
    return [HeldSeats(**dict(row)) for row in await uow.call(_HELD)]
