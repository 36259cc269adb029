"""What is booked for a course's meetings: cars, rooms and equipment follow when a meeting is moved or called off (C12)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sammen.db.unit_of_work import UnitOfWork
from shared_pool.courses.queries import courses, keeps, sessions_of
from shared_pool.resources.api import PurposeCard, register_purpose, release_for, told_moved

PURPOSE = "course"
"""Bookings name a meeting, not the whole course."""


async def read_purpose(uow: UnitOfWork, session_id: UUID) -> PurposeCard | None:
    """A meeting that something may be booked for, by who may change its course; None for everybody else."""
    one = next((one for one in await sessions_of(uow) if one.id == session_id), None)
    if one is None:
        return None
    card = next((card for card in await courses(uow) if card.id == one.course_id), None)
    if card is None or not keeps(uow, card):
        return None
    return PurposeCard(card.title, f"/kurs/{card.id}/samlinger/{one.id}/endre", one.starts_at, one.ends_at)


async def let_go(uow: UnitOfWork, session_ids: Iterable[UUID]) -> None:
    """Meetings are called off: what was booked for them is free again."""
    for session_id in session_ids:
        await release_for(uow, PURPOSE, session_id)


async def moved(uow: UnitOfWork, session_id: UUID) -> None:
    """A meeting is at another time: who booked is told on Min dag, unless the booking still covers it."""
    await told_moved(uow, PURPOSE, session_id)


register_purpose(PURPOSE, read_purpose)
