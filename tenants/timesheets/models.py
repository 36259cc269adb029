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
        # A day is 25 hours when the clock is set back; a correction may take a meeting away altogether.
        CheckConstraint(
            "(hours > 0 OR (hours = 0 AND corrects_id IS NOT NULL)) AND hours <= 25", name="hours"
        ),
        owned_fk("corrects_id", "timesheet_line"),
        CheckConstraint(
            "expenses >= 0 AND kilometres >= 0 AND commute_kilometres >= 0 AND trips >= 0", name="claims"
        ),
        CheckConstraint(
            "attested_how IN ('', 'own_page', 'code', 'paper', 'not_reached')", name="attested_how"
        ),
        UniqueConstraint("tenant_id", "corrects_id"),
        UniqueConstraint("tenant_id", "contact_id", "form_key"),
        Index("ix_timesheet_line_assignment", "tenant_id", "assignment_id", "worked_on"),
        Index("ix_timesheet_line_state", "tenant_id", "state", "worked_on"),
        Index("ix_timesheet_line_contact", "tenant_id", "contact_id", "worked_on"),
        # One open correction of a line at a time is `uq`; whether a line was replaced is asked of the line itself.
        CheckConstraint("replaced_at IS NULL OR state = 'approved'", name="replaced"),
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
    form_key: Mapped[str | None]
    """The key of the form it was typed in. A phone that never heard the answer sends the form again, perhaps in another
    session the next day: the line is then known by it, and kept once."""
    replaced_at: Mapped[datetime | None]
    """When a correction of it was approved: it stays as it was, and counts in no sum from then on."""
    entered_by: Mapped[UUID | None]
    """The user who wrote the line when that was not the contact: a coordinator's correction."""
    correction_reason: Mapped[str] = mapped_column(default="", server_default="")
    """Why an approved line had to be corrected; the contact, payroll and the coordinator read it."""
    late: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Sent after the municipality's deadline for its period (B8)."""
    over_reason: Mapped[str] = mapped_column(default="", server_default="")
    """Why it was approved although the decision's hours were used up."""
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


class Receipt(Municipal, Stamped, Base):
    """A photographed receipt, or a fare without one. `line_id` is empty while the form it came with waits to be mended.

    The picture is our own drawing of what was sent (receipts.py): no place, no camera, no maker's name.
    """

    __tablename__ = "receipt"
    __table_args__ = (
        owned_fk("contact_id", "support_contact"),
        owned_fk("assignment_id", "assignment"),
        owned_fk("line_id", "timesheet_line"),
        CheckConstraint("kroner > 0 OR (kroner IS NULL AND line_id IS NULL)", name="kroner"),
        CheckConstraint("(image IS NULL) = (size = 0)", name="size"),
        CheckConstraint("media_type IN ('', 'image/jpeg')", name="media_type"),
        Index("ix_receipt_line", "tenant_id", "line_id"),
        Index("ix_receipt_contact", "tenant_id", "contact_id", "assignment_id"),
    )
    contact_id: Mapped[UUID]
    assignment_id: Mapped[UUID]
    line_id: Mapped[UUID | None]
    kroner: Mapped[Decimal | None]
    what: Mapped[str] = mapped_column(default="", server_default="")
    image: Mapped[bytes | None]
    media_type: Mapped[str] = mapped_column(default="", server_default="")
    sha256: Mapped[str] = mapped_column(default="", server_default="")
    size: Mapped[int] = mapped_column(default=0, server_default="0")
    """Bytes of `image`."""
