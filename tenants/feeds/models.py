"""The secret address under which a person reads their own calendar in another program."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from sammen.db.base import Base, Municipal, Stamped


class CalendarFeed(Municipal, Stamped, Base):
    """One address: 256 random bits that name nobody. Its owner alone makes it, and stops it at once."""

    __tablename__ = "calendar_feed"
    __table_args__ = (
        UniqueConstraint("tenant_id", "lookup"),
        CheckConstraint("language IN ('nb', 'nn', 'en')", name="language"),
        Index("ix_calendar_feed_lookup", "lookup"),
        Index(
            "uq_calendar_feed_open", "tenant_id", "user_id", unique=True,
            postgresql_where=text("stopped_on IS NULL"),
        ),
    )  # fmt: skip
    user_id: Mapped[UUID]
    lookup: Mapped[bytes]
    """A keyed hash of the address's secret, by which `sammen.feed_of()` finds the row."""
    sealed: Mapped[bytes]
    """The secret itself, for its owner to copy again; readable by the running program alone."""
    language: Mapped[str]
    stopped_on: Mapped[date | None]
    read_on: Mapped[date | None]
    """The last day it was read, so that its owner can see that it works, or that it is used when it should not be."""
