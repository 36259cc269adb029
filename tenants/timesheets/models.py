"""Hours a contact has spent, and what an hour costs the municipality."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import Base, Municipal, Stamped, owned_fk


class TimesheetLine(Municipal, Stamped, Base):
    """One meeting. `state`: saved (only the contact sees it) → sent → approved, or returned with a reason (B8)."""

    __tablename__ = "timesheet_line"
    __table_args__ = (
        owned_fk("assignment_id", "assignment"),
        owned_fk("contact_id", "support_contact"),
        CheckConstraint("state IN ('saved', 'sent', 'approved', 'returned')", name="state"),
        CheckConstraint("hours > 0 AND hours <= 24", name="hours"),
        owned_fk("corrects_id", "timesheet_line"),
        CheckConstraint(
            "expenses >= 0 AND kilometres >= 0 AND commute_kilometres >= 0 AND trips >= 0", name="claims"
        ),
        CheckConstraint(
            "attested_how IN ('', 'own_page', 'code', 'paper', 'not_reached')", name="attested_how"
        ),
        UniqueConstraint("tenant_id", "corrects_id"),
        Index("ix_timesheet_line_assignment", "tenant_id", "assignment_id", "worked_on"),
        Index("ix_timesheet_line_state", "tenant_id", "state", "worked_on"),
        Index("ix_timesheet_line_contact", "tenant_id", "contact_id", "worked_on"),
    )
    assignment_id: Mapped[UUID]
    contact_id: Mapped[UUID]
    worked_on: Mapped[date]
    starts: Mapped[time | None]
    ends: Mapped[time | None]
    hours: Mapped[Decimal]
    activity: Mapped[str]
    expenses: Mapped[Decimal] = mapped_column(default=Decimal(0), server_default="0")
    """Kroner laid out, with receipts or without."""
    kilometres: Mapped[Decimal] = mapped_column(default=Decimal(0), server_default="0")
    commute_kilometres: Mapped[Decimal] = mapped_column(default=Decimal(0), server_default="0")
    """Kilometres to and from the meeting; `kilometres` are those driven together."""
    trips: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many journeys the kilometres are, where a municipality caps trips."""
    over_midnight: Mapped[bool] = mapped_column(default=False, server_default="false")
    """`ends` is on the day after `worked_on`."""
    corrects_id: Mapped[UUID | None]
    """The approved line this one stands instead of: the earlier one stays, and is taken back in the next pay run."""
    attested_at: Mapped[datetime | None]
    attested_by: Mapped[UUID | None]
    """The person who said that the hours are right: the service user, a parent or a guardian (B8)."""
    attested_how: Mapped[str] = mapped_column(default="", server_default="")
    """`not_reached`: the coordinator approved without, and `attested_note` says why."""
    attested_note: Mapped[str] = mapped_column(default="", server_default="")
    state: Mapped[str] = mapped_column(default="saved", server_default="saved")
    sent_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    return_reason: Mapped[str] = mapped_column(default="", server_default="")


class HourlyRate(Municipal, Stamped, Base):
    """What an approved hour costs from a date on, in kroner."""

    __tablename__ = "hourly_rate"
    __table_args__ = (
        UniqueConstraint("tenant_id", "valid_from"),
        CheckConstraint("kroner >= 0", name="kroner"),
    )
    valid_from: Mapped[date]
    kroner: Mapped[Decimal]


class AdministrationCost(Municipal, Stamped, Base):
    """What running the service costs in a year beside the hours, in kroner."""

    __tablename__ = "administration_cost"
    __table_args__ = (UniqueConstraint("tenant_id", "year"), CheckConstraint("kroner >= 0", name="kroner"))
    year: Mapped[int]
    kroner: Mapped[Decimal]
