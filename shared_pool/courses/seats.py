"""Seats: taken, waited for, offered and given back, by a contact or by the municipality's coordinator.

The database decides who gets a seat, under a lock on the course (`take_seat()` and its kin); here is who sits in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from shared_pool.courses.hooks import tell_seat
from shared_pool.courses.models import CourseSignup
from shared_pool.courses.queries import CourseCard, course_card
from shared_pool.courses.service import move_on_later
from shared_pool.courses.signups import colleagues
from tenants.api import contact_card

REFUSED = {
    "full": N_("Kurset er fullt. Dere kan stå på venteliste."),
    "free": N_("Det er en ledig plass. Meld på i stedet."),
    "begun": N_("Kurset har begynt. Velg et annet kurs."),
    "closed": N_("Påmeldingsfristen er ute. Velg et annet kurs."),
    "unknown": N_("Velg et kurs."),
}
TWICE = N_("Støttekontakten er allerede meldt på kurset.")
_TAKE = "SELECT answer, enrolment_id AS id FROM sammen.take_seat($1)"
_WAIT = "SELECT answer, wait_id AS id FROM sammen.wait_for_seat($1)"
_GIVE_BACK = "SELECT sammen.give_back_seat($1) AS done"
_LEAVE = "SELECT was FROM sammen.leave_waiting($1)"
_ACCEPT = "SELECT answer, enrolment_id AS id FROM sammen.accept_offer($1)"
_ELSEWHERE = "SELECT sammen.mine_elsewhere($1) AS there"


@dataclass(frozen=True, slots=True)
class Who:
    """Whom a seat is for: a contact, or in a supervisors' course a member of the staff. `person` for the trail."""

    contact_id: UUID | None
    user_id: UUID | None
    person: tuple[UUID, ...] = ()


async def sign_up(
    uow: UnitOfWork, course_id: UUID, contact_id: UUID, *, wait: bool = False, oneself: bool = False
) -> UUID:
    """Take a seat for one of the municipality's contacts, or with `wait` a place in the waiting list; the sign-up's id.

    Raises Invalid when there is no seat (or with `wait`, when there is one), the course has begun, is closed or none of
    ours; Conflict when the contact is on the course already or has left, and for `oneself` when it is so from another
    municipality; NotFound for a contact of somebody else.
    """
    contact = await contact_card(uow, contact_id)
    if contact.state == "ended":
        raise Conflict(N_("Støttekontakten har sluttet."))
    await _right_kind(uow, course_id, staff=False)
    if oneself and (await uow.call(_ELSEWHERE, course_id))[0]["there"]:
        raise Conflict(N_("Du er meldt på kurset fra en annen kommune."))
    return await _seat(uow, course_id, Who(contact_id, None, (contact.person_id,)), wait=wait)


async def sign_colleague_up(uow: UnitOfWork, course_id: UUID, user_id: UUID, *, wait: bool = False) -> UUID:
    """Take a seat in a supervisors' course (C8) for one of the municipality's staff; the sign-up's id. Raises as `sign_up`."""
    if user_id not in await colleagues(uow):
        raise NotFound
    await _right_kind(uow, course_id, staff=True)
    return await _seat(uow, course_id, Who(None, user_id), wait=wait)


async def _right_kind(uow: UnitOfWork, course_id: UUID, *, staff: bool) -> None:
    """A supervisors' course is for staff, and all others for contacts. Raises Invalid."""
    try:
        kind = (await course_card(uow, course_id)).kind
    except NotFound:
        raise Invalid.one("", REFUSED["unknown"]) from None
    if (kind == "supervisor") is not staff:
        raise Invalid.one(
            "",
            N_("Velg et kurs for støttekontakter.") if not staff else N_("Velg et kurs for veiledere."),
        )


async def _seat(uow: UnitOfWork, course_id: UUID, who: Who, *, wait: bool) -> UUID:
    row = (await uow.call(_WAIT if wait else _TAKE, course_id))[0]
    tenant = uow.context.tenant
    # Whoever else signs the same one up waits for the lock on the course, and then finds this row.
    known = await uow.session.scalar(
        select(CourseSignup.id).where(
            CourseSignup.tenant_id == tenant,
            CourseSignup.course_id == course_id,
            CourseSignup.contact_id == who.contact_id
            if who.contact_id
            else CourseSignup.user_id == who.user_id,
            CourseSignup.withdrawn_on.is_(None),
        )
    )
    if known is not None:
        raise Conflict(TWICE)
    if row["id"] is None:
        raise Invalid.one("", REFUSED[row["answer"]])
    made = CourseSignup(
        tenant_id=tenant, id=uuid7(), contact_id=who.contact_id, user_id=who.user_id, course_id=course_id,
        enrolment_id=None if wait else row["id"], wait_id=row["id"] if wait else None,
    )  # fmt: skip
    uow.session.add(made)
    await uow.session.flush()
    await record_change(
        uow, "course.waits" if wait else "course.signed_up", "course_signup", made.id, persons=who.person, course=course_id
    )  # fmt: skip
    if not wait:
        await tell_seat(uow, course_id, made.id, "taken")
    return made.id


async def _own(uow: UnitOfWork, signup_id: UUID, only_for: UUID | None) -> CourseSignup:
    """A sign-up of the municipality's own that still stands, held. `only_for`: the contact whose it must be."""
    found = await uow.session.get(
        CourseSignup, (uow.context.tenant, signup_id), with_for_update=True, populate_existing=True
    )
    if found is None or (only_for is not None and found.contact_id != only_for):
        raise NotFound
    if found.withdrawn_on is not None:
        raise Conflict(N_("Påmeldingen er allerede trukket."))
    return found


async def person_of(uow: UnitOfWork, found: CourseSignup) -> tuple[UUID, ...]:
    """Whom the trail names: the contact's person, and nobody for a member of the staff."""
    if found.contact_id is None:
        return ()
    return ((await contact_card(uow, found.contact_id)).person_id,)


async def withdraw(uow: UnitOfWork, signup_id: UUID, *, only_for: UUID | None = None) -> UUID:
    """Give a seat back before the course begins, leave the waiting list, or say no to an offer; the course's id.

    `only_for`: the contact whose own it must be. What is free is offered to who waits. Raises NotFound for a sign-up of
    somebody else, Conflict when it is withdrawn or the course has begun: then the seat is used.
    """
    course_id = await _course_of(uow, signup_id)
    # The course is held before the sign-up, as by those who take seats, so that two of them never wait for each other.
    found = await _peek(uow, signup_id, only_for)
    seated = found.enrolment_id is not None
    if seated and not (await uow.call(_GIVE_BACK, found.enrolment_id))[0]["done"]:
        raise Conflict(N_("Kurset har begynt. Snakk med den som er ansvarlig for kurset."))
    if not seated and not await uow.call(_LEAVE, found.wait_id):
        raise Conflict(N_("Plassen på ventelista er ikke der lenger."))
    found = await _own(uow, signup_id, only_for)
    found.withdrawn_on, found.ended = today(), "withdrawn"
    found.version += 1
    persons = await person_of(uow, found)
    await uow.session.flush()
    await record_change(
        uow, "course.withdrawn", "course_signup", signup_id, persons=persons, course=course_id
    )  # fmt: skip
    if seated:
        await tell_seat(uow, course_id, signup_id, "withdrawn")
    card = await _card(uow, course_id)
    if card is not None:
        await move_on_later(uow, card.region_id, course_id)
    return course_id


async def _course_of(uow: UnitOfWork, signup_id: UUID) -> UUID:
    found: UUID | None = await uow.session.scalar(
        select(CourseSignup.course_id).where(
            CourseSignup.tenant_id == uow.context.tenant, CourseSignup.id == signup_id
        )
    )
    if found is None:
        raise NotFound
    return found


async def _peek(uow: UnitOfWork, signup_id: UUID, only_for: UUID | None) -> CourseSignup:
    """The sign-up as it stands, not held yet."""
    found = await uow.session.get(CourseSignup, (uow.context.tenant, signup_id), populate_existing=True)
    if found is None or (only_for is not None and found.contact_id != only_for):
        raise NotFound
    if found.withdrawn_on is not None:
        raise Conflict(N_("Påmeldingen er allerede trukket."))
    return found


async def _card(uow: UnitOfWork, course_id: UUID) -> CourseCard | None:
    try:
        return await course_card(uow, course_id)
    except NotFound:
        return None  # A municipality that has left the region gives its seats back all the same.


async def accept_offer(uow: UnitOfWork, signup_id: UUID, *, only_for: UUID | None = None) -> UUID:
    """Take the seat that was offered; the course's id. Raises NotFound for a sign-up of somebody else, Conflict when there
    is no offer, it has run out, or the course has begun or is cancelled.
    """
    found = await _peek(uow, signup_id, only_for)
    if found.enrolment_id is not None:
        raise Conflict(N_("Plassen er allerede tatt imot."))
    row = (await uow.call(_ACCEPT, found.wait_id))[0]
    if row["id"] is None:
        raise Conflict(N_("Tilbudet står ikke lenger. Meld på en gang til."))
    found = await _own(uow, signup_id, only_for)
    found.enrolment_id = row["id"]
    found.version += 1
    persons = await person_of(uow, found)
    await uow.session.flush()
    await record_change(
        uow, "course.signed_up", "course_signup", signup_id, persons=persons, course=found.course_id
    )  # fmt: skip
    await tell_seat(uow, found.course_id, signup_id, "taken")
    return found.course_id
