"""The home's side: what its own participants have made up for, whether they completed the course, and what that counts as."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from sammen.audit.trail import record_change
from sammen.clock import OSLO, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from shared_pool.courses.api import (
    CourseCard,
    CourseSignup,
    course_card,
    courses,
    signups_in,
    signups_of,
)
from shared_pool.coursework.certificates import issue
from shared_pool.coursework.models import CourseMakeup
from shared_pool.coursework.queries import exams_of, held_by, rule_of, standings
from shared_pool.coursework.rules import LACKS, MENDED_BY_HAND, Meeting, Standing
from tenants.api import add_competence, add_months, contact_card, notify_person

REASON_NEEDED = N_("Skriv hvorfor kurset likevel er fullført.")


@dataclass(frozen=True, slots=True)
class Participant:
    """One of the municipality's own with a seat: a contact, or (contact and person None) one of the staff."""

    signup_id: UUID
    seat_id: UUID
    contact_id: UUID | None
    person_id: UUID | None
    name: str
    outcome: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class MakeupFacts:
    """What was done instead of a session: another course's session, or what the coordinator was told, on a day."""

    session_id: UUID
    how: str
    hours: Decimal
    done_on: date
    what: str = ""
    other_session_id: UUID | None = None


async def participants(uow: UnitOfWork, card: CourseCard) -> list[Participant]:
    """The municipality's own with a seat in a course, by name. The caller writes the access log."""
    mine = [one for one in await signups_in(uow, card.id) if one.enrolment_id is not None]
    seats = {one.id: one.enrolment_id for one in mine if one.enrolment_id is not None}
    stand = await standings(uow, card, seats)
    return [
        Participant(
            one.id, seats[one.id], one.contact_id, one.person_id, one.name, one.outcome, stand[one.id]
        )
        for one in mine
    ]


async def participant(uow: UnitOfWork, card: CourseCard, signup_id: UUID) -> Participant:
    """One of them. Raises NotFound."""
    for one in await participants(uow, card):
        if one.signup_id == signup_id:
            return one
    raise NotFound


async def _held(uow: UnitOfWork, signup_id: UUID) -> tuple[CourseSignup, CourseCard, Participant]:
    """A sign-up held until the transaction ends. Raises NotFound for somebody else's, or who was taken off."""
    row = await uow.session.get(
        CourseSignup, (uow.context.tenant, signup_id), with_for_update=True, populate_existing=True
    )
    if row is None or row.withdrawn_on is not None:
        raise NotFound
    card = await course_card(uow, row.course_id)
    return row, card, await participant(uow, card, signup_id)


# Making up for a session -------------------------------------------------------------------------------------------------
async def elsewhere(uow: UnitOfWork, contact_id: UUID, card: CourseCard) -> list[tuple[CourseCard, Meeting]]:
    """Sessions of other courses of the same kind that the contact was at: what may stand for one they missed here."""
    mine = await signups_of(uow, contact_id)
    found = []
    for other in await courses(uow, 3 * 365):
        one = mine.get(other.id)
        if other.id == card.id or other.kind != card.kind or one is None or one.enrolment_id is None:
            continue
        stand = (await standings(uow, other, {one.id: one.enrolment_id}))[one.id]
        found += [(other, meeting) for meeting in stand.meetings if meeting.came]
    return found


async def make_up(uow: UnitOfWork, signup_id: UUID, facts: MakeupFacts) -> UUID:
    """Note what a participant did instead of a session they missed; its id. Of another session, its hours count.

    Raises Invalid for a session they were at, more hours than it had, a day in the future, or nothing said of what was
    done; Conflict when it is made up for, or the outcome is settled.
    """
    row, card, who = await _held(uow, signup_id)
    if row.outcome == "completed":
        raise Conflict(N_("Kurset står som fullført."))
    missed = next((one for one in who.standing.meetings if one.session_id == facts.session_id), None)
    if missed is None:
        raise Invalid.one("samling", N_("Velg en samling."))
    if missed.made_up:
        raise Conflict(N_("Samlingen er allerede tatt igjen."))
    hours = facts.hours
    if facts.how == "other_course":
        if row.contact_id is None:
            raise Invalid.one("annen", N_("Velg en samling støttekontakten var på."))
        known = {meeting.session_id: meeting for _, meeting in await elsewhere(uow, row.contact_id, card)}
        if facts.other_session_id not in known:
            raise Invalid.one("annen", N_("Velg en samling støttekontakten var på."))
        hours = min(missed.hours, known[facts.other_session_id].counted)
    elif not facts.what:
        raise Invalid.one("hva", N_("Skriv hva som ble gjort i stedet."))
    if facts.done_on > today():
        raise Invalid.one("dag", N_("Datoen er i framtida. Skriv dagen det ble gjort."))
    if hours > missed.hours:
        raise Invalid.one(
            "timer", N_("Samlingen var på %(hours)s timer. Skriv høyst så mange."), hours=missed.hours
        )
    made = CourseMakeup(
        tenant_id=uow.context.tenant, id=uuid7(), signup_id=signup_id, session_id=facts.session_id, how=facts.how,
        other_session_id=facts.other_session_id, what=facts.what, hours=hours, done_on=facts.done_on,
        noted_by_name=uow.context.user_name,
    )  # fmt: skip
    uow.session.add(made)
    await uow.session.flush()
    await _noted(uow, who, "course.made_up", session=facts.session_id, hours=hours)
    return made.id


async def drop_makeup(uow: UnitOfWork, signup_id: UUID, makeup_id: UUID) -> None:
    """Take away what was noted by mistake. Raises NotFound, or Conflict when the outcome is settled."""
    row, _, who = await _held(uow, signup_id)
    if row.outcome == "completed":
        raise Conflict(N_("Kurset står som fullført."))
    gone = await uow.session.scalar(
        delete(CourseMakeup)
        .where(
            CourseMakeup.tenant_id == uow.context.tenant,
            CourseMakeup.signup_id == signup_id,
            CourseMakeup.id == makeup_id,
        )
        .returning(CourseMakeup.id)
    )
    if gone is None:
        raise NotFound
    await _noted(uow, who, "course.makeup_removed")


async def _noted(uow: UnitOfWork, who: Participant, what: str, **details: Any) -> None:
    persons = [who.person_id] if who.person_id is not None else []
    await record_change(uow, what, "course_signup", who.signup_id, persons=persons, **details)


# The outcome --------------------------------------------------------------------------------------------------------------
async def complete(uow: UnitOfWork, signup_id: UUID, *, why: str = "") -> UUID | None:
    """Note that somebody completed a course: it counts at home and in the pool from then on (B4), and a contact gets a
    certificate, whose id is given. Completed already: nothing happens.

    Where hours or a list are lacking a reason must be given (`why`). Raises Invalid without one, Conflict while the course
    is not over or an exam is not passed, NotFound for somebody else's.
    """
    row, card, who = await _held(uow, signup_id)
    if row.outcome == "completed":
        return None
    lacks = who.standing.lacks
    blocked = next((one for one in lacks if one not in MENDED_BY_HAND), None)
    if blocked is not None:
        raise Conflict(LACKS[blocked])
    if lacks and lacks != ["no_list"] and not why:
        raise Invalid.one("grunn", REASON_NEEDED)
    row.outcome = "completed"
    row.version += 1
    await uow.session.flush()
    await _noted(uow, who, "course.outcome", course=card.id, outcome="completed", by_hand=bool(lacks))
    if who.contact_id is None:
        return None
    done = await completed_on(uow, card, who.seat_id)
    rule = await rule_of(uow, card.kind, done)
    valid_to = add_months(done, rule.valid_months) if rule.valid_months else None
    place = await held_by(uow, card)
    if rule.competence:
        await add_competence(uow, who.contact_id, rule.competence, done, valid_to=valid_to, place=place)
    hours = who.standing.hours if who.standing.noted and not lacks else who.standing.needed
    made = await issue(
        uow, who.contact_id, card, competence=rule.competence, hours=hours, held_by=place, completed_on=done,
        valid_to=valid_to, exam=rule.needs_exam,
    )  # fmt: skip
    contact = await contact_card(uow, who.contact_id)
    await notify_person(uow, contact.person_id, "certificate", once=f"certificate:{made}")
    return made


async def completed_on(uow: UnitOfWork, card: CourseCard, seat_id: UUID) -> date:
    """The day a course was completed: its last, or the day the exam was passed when that came later."""
    last = card.ends_at.astimezone(OSLO).date()
    passed: list[date] = []
    for row in await exams_of(uow, seat_id):
        taken = row["taken_on"]
        if row["result"] == "passed" and isinstance(taken, date):
            passed.append(taken)
    return max([last, *passed[:1]])


async def note_missed(uow: UnitOfWork, signup_id: UUID) -> None:
    """Note that somebody did not complete a course that is over. Again: nothing happens. Raises NotFound; Conflict before
    it is over, or when it is noted as completed: a certificate is withdrawn, not forgotten.
    """
    row, card, who = await _held(uow, signup_id)
    if row.outcome == "missed":
        return
    if row.outcome == "completed":
        raise Conflict(N_("Kurset står som fullført. Trekk kursbeviset tilbake først."))
    if not who.standing.over:
        raise Conflict(LACKS["not_over"])
    row.outcome = "missed"
    row.version += 1
    await uow.session.flush()
    await _noted(uow, who, "course.outcome", course=card.id, outcome="missed")


async def reopen(uow: UnitOfWork, course_id: UUID, contact_id: UUID) -> None:
    """A certificate was withdrawn: whether the course was completed is open again."""
    row = await uow.session.scalar(
        select(CourseSignup).where(
            CourseSignup.tenant_id == uow.context.tenant, CourseSignup.course_id == course_id,
            CourseSignup.contact_id == contact_id, CourseSignup.outcome == "completed",
        )
    )  # fmt: skip
    if row is not None:
        row.outcome = ""
        row.version += 1
        await uow.session.flush()


async def complete_ready(uow: UnitOfWork) -> int:
    """In a municipality: complete for everybody who has earned it in a course that is over; how many. By the night's job,
    and when the last result came.
    """
    made = 0
    for card in await courses(uow):
        if not card.held or not card.ours:
            continue
        for who in await participants(uow, card):
            if not who.outcome and not who.standing.lacks:
                await complete(uow, who.signup_id)
                made += 1
    return made


async def undecided(uow: UnitOfWork) -> list[tuple[CourseCard, int]]:
    """Courses that are over, and how many of the municipality's own have no outcome in them."""
    found = []
    for card in await courses(uow):
        if card.held and card.ours:
            count = sum(1 for one in await signups_in(uow, card.id) if one.seated and not one.outcome)
            if count:
                found.append((card, count))
    return found
