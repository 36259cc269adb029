"""Reads of a municipality's own people in courses: who has a seat, who waits, and who may be signed up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, bindparam, select

from sammen.clock import now
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from shared_pool.courses.models import CourseSignup, CourseWait
from tenants.api import person, support_contact

signup = CourseSignup.__table__
wait = CourseWait.__table__
_COLLEAGUES = "SELECT user_id, display_name FROM sammen.colleagues()"


@dataclass(frozen=True, slots=True)
class SignupCard:
    """One of the municipality's own in a course: a contact with its person, or (contact and person None) a member of the
    staff. `state`: seat, waiting, or offered until `expires_at`.
    """

    id: UUID
    course_id: UUID
    contact_id: UUID | None
    person_id: UUID | None
    user_id: UUID | None
    enrolment_id: UUID | None
    wait_id: UUID | None
    name: str
    state: str
    expires_at: datetime | None = None
    outcome: str = ""

    @property
    def seated(self) -> bool:
        """Whether they have a seat."""
        return self.state == "seat"

    @property
    def offered(self) -> bool:
        """Whether a seat is held for them until they answer."""
        return self.state == "offered" and self.expires_at is not None and self.expires_at > now()


_who = and_(person.c.tenant_id == support_contact.c.tenant_id, person.c.id == support_contact.c.person_id)
_columns = (
    signup.c.id, signup.c.course_id, signup.c.contact_id, support_contact.c.person_id, signup.c.user_id,
    signup.c.enrolment_id, signup.c.wait_id, person.c.given_name, person.c.family_name, signup.c.outcome,
    wait.c.state.label("wait_state"), wait.c.expires_at,
)  # fmt: skip
_from = (
    signup.outerjoin(
        support_contact,
        and_(support_contact.c.tenant_id == signup.c.tenant_id, support_contact.c.id == signup.c.contact_id),
    )
    .outerjoin(person, _who)
    .outerjoin(wait, and_(wait.c.id == signup.c.wait_id, wait.c.home_id == signup.c.tenant_id))
)
_mine = (signup.c.tenant_id == bindparam("tenant"), signup.c.withdrawn_on.is_(None))
_SIGNUPS = compile_query(
    select(*_columns)
    .select_from(_from)
    .where(*_mine)
    .order_by(person.c.given_name, person.c.family_name, signup.c.id)
)
_OF_COURSE = compile_query(
    select(*_columns)
    .select_from(_from)
    .where(*_mine, signup.c.course_id == bindparam("course"))
    .order_by(person.c.given_name, person.c.family_name, signup.c.id)
)
_OF_CONTACT = compile_query(
    select(*_columns).select_from(_from).where(*_mine, signup.c.contact_id == bindparam("contact"))
)
_OF_USER = compile_query(
    select(*_columns).select_from(_from).where(*_mine, person.c.user_id == bindparam("user"))
)
_CONTACTS = compile_query(
    select(support_contact.c.id, support_contact.c.person_id, person.c.given_name, person.c.family_name)
    .select_from(support_contact.join(person, _who))
    .where(support_contact.c.tenant_id == bindparam("tenant"), support_contact.c.state != "ended")
    .order_by(person.c.given_name, person.c.family_name, support_contact.c.id)
)


async def _cards(uow: UnitOfWork, rows: Sequence[object], staff: bool) -> list[SignupCard]:
    names = await colleagues(uow) if staff else {}
    found = []
    for row in rows:
        one = dict(row)  # type: ignore[call-overload]  # asyncpg's record
        name = f"{one.pop('given_name') or ''} {one.pop('family_name') or ''}".strip()
        state, until = one.pop("wait_state"), one.pop("expires_at")
        seated = one["enrolment_id"] is not None
        found.append(
            SignupCard(
                **one, name=name or names.get(one["user_id"], ""), state="seat" if seated else state or "waiting",
                expires_at=None if seated else until,
            )
        )  # fmt: skip
    return found


async def signups(uow: UnitOfWork) -> Sequence[SignupCard]:
    """The municipality's own with a seat or waiting, in all courses, by name. The caller writes the access log."""
    rows = await uow.rows(_SIGNUPS, tenant=uow.context.tenant)
    return await _cards(uow, rows, any(row["user_id"] for row in rows))


async def signups_in(uow: UnitOfWork, course_id: UUID) -> Sequence[SignupCard]:
    """The municipality's own in one course, by name. The caller writes the access log."""
    rows = await uow.rows(_OF_COURSE, tenant=uow.context.tenant, course=course_id)
    return await _cards(uow, rows, any(row["user_id"] for row in rows))


async def signups_of(uow: UnitOfWork, contact_id: UUID) -> dict[UUID, SignupCard]:
    """A contact's own: course id → sign-up."""
    rows = await uow.rows(_OF_CONTACT, tenant=uow.context.tenant, contact=contact_id)
    return {one.course_id: one for one in await _cards(uow, rows, False)}


async def signups_of_user(uow: UnitOfWork, user_id: UUID) -> Sequence[SignupCard]:
    """What somebody with a login has here as a contact: for their own calendar."""
    return await _cards(uow, await uow.rows(_OF_USER, tenant=uow.context.tenant, user=user_id), False)


async def contacts_here(uow: UnitOfWork) -> Sequence[tuple[UUID, UUID, str]]:
    """(contact, person, name) of those who may be signed up: they have not left. The caller writes the access log."""
    rows = await uow.rows(_CONTACTS, tenant=uow.context.tenant)
    return [(row["id"], row["person_id"], f"{row['given_name']} {row['family_name']}") for row in rows]


async def colleagues(uow: UnitOfWork) -> dict[UUID, str]:
    """The staff of the place, by user id: who may go to a supervisors' course, and hold a list at the door."""
    rows = await uow.call(_COLLEAGUES)
    return {
        row["user_id"]: row["display_name"] for row in sorted(rows, key=lambda row: str(row["display_name"]))
    }
