"""Courses are planned by the region; seats are taken and given back by municipalities and contacts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from sammen.audit.trail import record_change
from sammen.clock import OSLO, now, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from shared_pool.courses.models import Course, CourseSignup
from shared_pool.courses.queries import courses, may_hold
from tenants.api import add_competence, contact_card

REFUSED = {
    "full": N_("Kurset er fullt. Velg et annet kurs."),
    "begun": N_("Kurset har begynt. Velg et annet kurs."),
    "unknown": N_("Velg et kurs."),
}
COMPETENCE_OF = {"basic": "intro_course", "theme": "theme_course"}
"""What a completed course counts as at home."""
_TAKE = "SELECT answer, enrolment_id FROM sammen.take_seat($1)"
_GIVE_BACK = "SELECT sammen.give_back_seat($1) AS done"


@dataclass(frozen=True, slots=True)
class CourseFacts:
    """A course as planned. `kind` is basic or theme; times are moments with a zone. `host_id`: the municipality that holds
    it and is owed for the others' seats, None when the region pays.
    """

    title: str
    kind: str
    about: str
    place: str
    starts_at: datetime
    ends_at: datetime
    seats: int
    responsible: str
    host_id: UUID | None = None


async def make_course(uow: UnitOfWork, facts: CourseFacts) -> UUID:
    """Plan a course in the region; its id. Raises Invalid when it ends before it begins, lies in the past, or is held by a
    municipality that is no member.
    """
    if facts.ends_at <= facts.starts_at:
        raise Invalid.one("slutter", N_("Kurset må slutte etter at det begynner."))
    if facts.starts_at <= now():
        raise Invalid.one("dato", N_("Datoen har vært. Skriv en dag i framtida."))
    if facts.host_id is not None and facts.host_id not in dict(await may_hold(uow)):
        raise Invalid.one("holder", N_("Velg en kommune som er med i samarbeidet."))
    course = Course(
        region_id=uow.context.region, id=uuid7(), title=facts.title, kind=facts.kind, about=facts.about,
        place=facts.place, starts_at=facts.starts_at, ends_at=facts.ends_at, seats=facts.seats,
        responsible=facts.responsible, host_id=facts.host_id,
    )  # fmt: skip
    uow.session.add(course)
    await uow.session.flush()
    await record_change(uow, "course.made", "course", course.id, seats=facts.seats)
    return course.id


async def sign_up(uow: UnitOfWork, course_id: UUID, contact_id: UUID) -> UUID:
    """Take a seat for one of the municipality's contacts; the sign-up's id.

    The seat is taken under a lock on the course, so the last one goes to one taker. Raises Invalid when the course is
    full, has begun or is none of ours; Conflict when the contact has a seat already or has left; NotFound for a contact
    of somebody else.
    """
    contact = await contact_card(uow, contact_id)
    if contact.state == "ended":
        raise Conflict(N_("Støttekontakten har sluttet."))
    answer, enrolment_id = (await uow.call(_TAKE, course_id))[0]
    if enrolment_id is None:
        raise Invalid.one("kurs", REFUSED[answer])
    tenant = uow.context.tenant
    # Whoever else signs the same contact up waits for the lock above, and then finds this row.
    known = await uow.session.scalar(
        select(CourseSignup.id).where(
            CourseSignup.tenant_id == tenant,
            CourseSignup.contact_id == contact_id,
            CourseSignup.course_id == course_id,
            CourseSignup.withdrawn_on.is_(None),
        )
    )
    if known is not None:
        raise Conflict(N_("Støttekontakten er allerede meldt på kurset."))
    made = CourseSignup(
        tenant_id=tenant, id=uuid7(), contact_id=contact_id, course_id=course_id, enrolment_id=enrolment_id
    )
    uow.session.add(made)
    await uow.session.flush()
    await record_change(
        uow, "course.signed_up", "course_signup", made.id, persons=[contact.person_id], course=course_id
    )
    return made.id


async def record_outcome(uow: UnitOfWork, signup_id: UUID, *, completed: bool) -> None:
    """Note whether a contact of one's own completed a course that has been held. Completed, it counts at home and in the
    pool from then on (B4): a competence with the course's day and where it was. Again: nothing happens.

    Raises NotFound for a sign-up of somebody else, Conflict before the course is over or for who was taken off it, and
    when it is noted as completed already: what counts is then taken away on the contact's own page.
    """
    found = await uow.session.get(
        CourseSignup, (uow.context.tenant, signup_id), with_for_update=True, populate_existing=True
    )
    if found is None:
        raise NotFound
    held = next((card for card in await courses(uow) if card.id == found.course_id), None)
    if held is None or held.ends_at > now() or found.withdrawn_on is not None:
        raise Conflict(N_("Skriv hvem som fullførte når kurset er holdt."))
    wanted = "completed" if completed else "missed"
    if found.outcome == wanted:
        return
    if found.outcome == "completed":
        raise Conflict(N_("Kurset står som fullført. Ta det bort på siden til støttekontakten."))
    found.outcome = wanted
    found.version += 1
    contact = await contact_card(uow, found.contact_id)
    await uow.session.flush()
    if completed:
        day = held.ends_at.astimezone(OSLO).date()
        where = f"{held.title}, {held.place}"
        await add_competence(uow, found.contact_id, COMPETENCE_OF[held.kind], day, place=where)
    await record_change(
        uow, f"course.{wanted}", "course_signup", signup_id, persons=[contact.person_id], course=found.course_id
    )  # fmt: skip


async def withdraw(uow: UnitOfWork, signup_id: UUID, *, only_for: UUID | None = None) -> None:
    """Give a seat back, before the course begins. `only_for`: the contact whose own it must be.

    Raises NotFound for a sign-up of somebody else, Conflict when it is withdrawn or the course has begun.
    """
    found = await uow.session.get(
        CourseSignup, (uow.context.tenant, signup_id), with_for_update=True, populate_existing=True
    )
    if found is None or (only_for is not None and found.contact_id != only_for):
        raise NotFound
    if found.withdrawn_on is not None:
        raise Conflict(N_("Påmeldingen er allerede trukket."))
    if not (await uow.call(_GIVE_BACK, found.enrolment_id))[0]["done"]:
        raise Conflict(N_("Kurset har begynt. Snakk med den som er ansvarlig for kurset."))
    found.withdrawn_on = today()
    found.version += 1
    contact = await contact_card(uow, found.contact_id)
    await uow.session.flush()
    await record_change(
        uow,
        "course.withdrawn",
        "course_signup",
        signup_id,
        persons=[contact.person_id],
        course=found.course_id,
    )
