"""What somebody at the door needs to know on the day, of people from another municipality than the one that holds it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped

from sammen.db.base import Base, Municipal, owned_fk


class DayCard(Municipal, Base):
    """One person on one day's list: their own municipality's row, sealed (docs/decisions/0060-lists-for-the-day.md).

    Only the functions of groups and courses open it for others, to who leads or holds that day, and on that day alone;
    each opening is written in this municipality's trail. The row is gone the day after.
    """

    __tablename__ = "day_card"
    __table_args__ = (
        owned_fk("person_id", "person"),
        CheckConstraint("purpose IN ('group', 'course')", name="purpose"),
        UniqueConstraint("tenant_id", "session_id", "seat_id"),
    )
    purpose: Mapped[str]
    session_id: Mapped[UUID]
    """The shared row of the group's meeting or the course's session."""
    seat_id: Mapped[UUID]
    """The shared row of the place, by which whoever holds the list knows a person without a name."""
    person_id: Mapped[UUID]
    day: Mapped[date]
    sealed: Mapped[bytes]
