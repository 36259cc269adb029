"""What higher slices do when somebody's seat or a course changes: told in the same transaction, in the home's own context."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from sammen.db.unit_of_work import UnitOfWork

OnSeat = Callable[[UnitOfWork, UUID, UUID, str], Awaitable[None]]
OnCourse = Callable[[UnitOfWork, UUID, str], Awaitable[None]]
_ON_SEAT: list[OnSeat] = []
_ON_COURSE: list[OnCourse] = []


def on_seat(listener: OnSeat) -> OnSeat:
    """Register what is done when one of a municipality's own takes or gives back a seat: told the course's id, the
    sign-up's, and `taken` or `withdrawn`.
    """
    if listener not in _ON_SEAT:
        _ON_SEAT.append(listener)
    return listener


def on_course_changed(listener: OnCourse) -> OnCourse:
    """Register what a municipality with seats in a course does when it is `moved` or `cancelled`: told the course's id,
    in a job of its own.
    """
    if listener not in _ON_COURSE:
        _ON_COURSE.append(listener)
    return listener


async def tell_seat(uow: UnitOfWork, course_id: UUID, signup_id: UUID, what: str) -> None:
    """Let every listener know."""
    for listener in _ON_SEAT:
        await listener(uow, course_id, signup_id, what)


async def tell_course(uow: UnitOfWork, course_id: UUID, what: str) -> None:
    """Let every listener know."""
    for listener in _ON_COURSE:
        await listener(uow, course_id, what)
