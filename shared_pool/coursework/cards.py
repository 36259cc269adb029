"""Day cards for a course's sessions: what a municipality tells the holder of its own, for the day alone (ADR 0060)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import bindparam, select

from sammen.clock import OSLO, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.jobs.queue import enqueue
from shared_pool.courses.api import CourseSignup, on_course_changed, on_seat, sessions_of, signups_in
from shared_pool.coursework.queries import nameable
from shared_pool.daylists.api import DayFacts, OwnCard, put_cards
from tenants.api import on_protected

CARDS = "coursework.cards"
DAY = "coursework.day"
_HOLD = (
    select(CourseSignup.id)
    .where(CourseSignup.tenant_id == bindparam("tenant"), CourseSignup.course_id == bindparam("course"))
    .order_by(CourseSignup.id)
    .with_for_update()
)


async def put_course_cards(uow: UnitOfWork, course_id: UUID | None = None) -> int:
    """In a municipality: make its cards for today's and tomorrow's sessions (of one course, or all) be those of who has a
    seat now; how many sessions changed. Whoever has a protected address is on no list (E5), and staff have no card.
    """
    soon = (today(), today() + timedelta(days=1))
    changed = 0
    for one in await sessions_of(uow, course_id):
        day = one.starts_at.astimezone(OSLO).date()
        if day not in soon:
            continue
        # One at a time for a course: two jobs that both found no card would both put one out.
        await uow.session.execute(_HOLD, {"tenant": uow.context.tenant, "course": one.course_id})
        mine = [s for s in await signups_in(uow, one.course_id) if s.seated] if one.planned else []
        plain = await nameable(uow, [s.contact_id for s in mine if s.contact_id is not None])
        cards = [
            OwnCard(s.enrolment_id, s.person_id, DayFacts(s.name))
            for s in mine
            if s.enrolment_id is not None and s.person_id is not None and s.contact_id in plain
        ]
        changed += await put_cards(uow, "course", one.id, day, cards)
    return changed


@on_seat
async def seat_changed(uow: UnitOfWork, course_id: UUID, signup_id: UUID, what: str) -> None:
    """Who has a seat has changed: the cards follow, in a job, since the signed-in person may be the contact themself."""
    await enqueue(uow, CARDS, {"course": str(course_id)})


@on_course_changed
async def course_changed(uow: UnitOfWork, course_id: UUID, what: str) -> None:
    """A session has another day, or there is none: the cards follow."""
    await put_course_cards(uow, course_id)


@on_protected
async def address_protected(uow: UnitOfWork, person_id: UUID) -> None:
    """Somebody's address is protected: they are taken off the day's lists, in a job that is next in turn."""
    await enqueue(uow, DAY, {}, once=f"{DAY}:{uow.context.tenant}:protected")
