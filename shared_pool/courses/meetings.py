"""The meetings of a course: added, moved and called off, by who may change the course."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import func, select

from sammen.audit.trail import record_change
from sammen.clock import now
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from shared_pool.courses.booked import let_go, moved
from shared_pool.courses.models import Course, CourseSession
from shared_pool.courses.service import (
    MOST_SESSIONS,
    SessionFacts,
    add_session,
    check_meeting,
    held_for_change,
    tell_homes,
)


async def add_meetings(uow: UnitOfWork, course_id: UUID, meetings: Sequence[SessionFacts]) -> None:
    """Add meetings to a course that is not over; those with a seat are told. Raises Invalid, Conflict, Forbidden."""
    row = await held_for_change(uow, course_id)
    for one in meetings:
        check_meeting(one)
    planned = await uow.session.scalar(
        select(func.count())
        .select_from(CourseSession)
        .where(
            CourseSession.region_id == row.region_id, CourseSession.course_id == row.id, CourseSession.state == "planned"
        )
    )  # fmt: skip
    if (planned or 0) + len(meetings) > MOST_SESSIONS:
        raise Invalid.one("til", N_("Et kurs kan ha høyst %(most)s samlinger."), most=MOST_SESSIONS)
    for one in meetings:
        add_session(uow.session, row, one)
    await _after(uow, row, "course.meetings_added")


async def change_meeting(
    uow: UnitOfWork, course_id: UUID, session_id: UUID, facts: SessionFacts, *, kept: Iterable[UUID] = ()
) -> None:
    """Move a meeting or change where it is and who holds it; `kept`: holders of the list that stay whoever is chosen. What
    has begun stays as it is. Raises Invalid, Conflict, NotFound.
    """
    row, one = await _held(uow, course_id, session_id)
    if (facts.starts_at, facts.ends_at) != (one.starts_at, one.ends_at):
        check_meeting(facts)
    elif not facts.place and not facts.link:
        raise Invalid.one("sted", N_("Skriv hvor kurset er, eller legg inn en lenke til videomøtet."))
    told = (one.starts_at, one.ends_at, one.place, one.link) != (
        facts.starts_at, facts.ends_at, facts.place, facts.link,
    )  # fmt: skip
    one.starts_at, one.ends_at, one.place, one.link = (
        facts.starts_at,
        facts.ends_at,
        facts.place,
        facts.link,
    )
    one.topic, one.trainers, one.trainer_ids = (
        facts.topic,
        facts.trainers,
        sorted({*facts.trainer_ids, *kept}),
    )
    one.version += 1
    await _after(uow, row, "course.meeting_changed", tell=told)
    if told:
        await moved(uow, session_id)


async def cancel_meeting(uow: UnitOfWork, course_id: UUID, session_id: UUID) -> None:
    """Call one meeting off; the last one is not: then the course is. Raises Conflict, NotFound, Forbidden."""
    row, one = await _held(uow, course_id, session_id)
    others = await uow.session.scalar(
        select(func.count())
        .select_from(CourseSession)
        .where(
            CourseSession.region_id == row.region_id, CourseSession.course_id == row.id, CourseSession.state == "planned",
            CourseSession.id != session_id,
        )
    )  # fmt: skip
    if not others:
        raise Conflict(N_("Dette er den eneste samlingen. Avlys kurset i stedet."))
    one.state = "cancelled"
    one.version += 1
    await let_go(uow, [session_id])
    await _after(uow, row, "course.meeting_cancelled")


async def _held(uow: UnitOfWork, course_id: UUID, session_id: UUID) -> tuple[Course, CourseSession]:
    """The course and one of its planned meetings that has not begun, both held."""
    row = await held_for_change(uow, course_id)
    one = await uow.session.get(
        CourseSession, (row.region_id, session_id), with_for_update=True, populate_existing=True
    )
    if one is None or one.course_id != course_id:
        raise NotFound
    if one.state != "planned" or one.starts_at <= now():
        raise Conflict(N_("Samlingen har begynt eller er avlyst, og kan ikke endres."))
    return row, one


async def _after(uow: UnitOfWork, row: Course, action: str, *, tell: bool = True) -> None:
    """The course's own times follow its meetings; whoever has a seat is told."""
    await uow.session.flush()
    times = (
        await uow.session.execute(
            select(func.min(CourseSession.starts_at), func.max(CourseSession.ends_at)).where(
                CourseSession.region_id == row.region_id, CourseSession.course_id == row.id,
                CourseSession.state == "planned",
            )
        )
    ).one()  # fmt: skip
    row.starts_at, row.ends_at = times
    row.version += 1
    await uow.session.flush()
    await record_change(uow, action, "course", row.id)
    if tell and row.state == "open":
        await tell_homes(uow, row, "moved")
