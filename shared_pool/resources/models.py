"""What a municipality owns and lends out (C12), and when it is taken. A booking says which municipality has it, and never
whom it is for.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, column, func, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import Base, Shared, Stamped, region_fk

HOLDING = ("asked", "booked", "handed_out")
"""The states in which nobody else can have it at that time."""
_HOLDING_SQL = ", ".join(f"'{state}'" for state in HOLDING)
LONGEST_HOURS = 24 * 31


class Resource(Shared, Stamped, Base):
    """A car, a kitchen, a room or equipment. The others see it through `lent_resources()` (functions.sql), when its
    rules let them borrow it.

    `lending`: own (only the owner), region (every member and the region itself) or chosen (`lent_to`). `hours` are the
    opening hours by weekday, {"mon": ["08:00", "22:00"]}; a day that is left out is closed, and with none at all it is
    always open.
    """

    __tablename__ = "resource"
    __parties__ = ("owner_id",)
    __party_may__: ClassVar[dict[str, tuple[str, ...]]] = {
        "SELECT": ("owner_id",), "INSERT": ("owner_id",), "UPDATE": ("owner_id",)}  # fmt: skip
    __region_door__ = "current_courses"
    __region_may__: ClassVar[frozenset[str]] = frozenset()
    __app_rights__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __table_args__ = (
        CheckConstraint("kind IN ('car', 'kitchen', 'room', 'equipment')", name="kind"),
        CheckConstraint("lending IN ('own', 'region', 'chosen')", name="lending"),
        CheckConstraint("holds >= 1 AND holds <= 1000", name="holds"),
        CheckConstraint(f"longest_hours >= 1 AND longest_hours <= {LONGEST_HOURS}", name="longest"),
        CheckConstraint("ahead_days >= 1 AND ahead_days <= 730", name="ahead"),
        CheckConstraint("char_length(about) <= 1000", name="about"),
        Index("ix_resource_owner", "owner_id"),
    )
    owner_id: Mapped[UUID]
    kind: Mapped[str]
    name: Mapped[str]
    place: Mapped[str]
    about: Mapped[str] = mapped_column(default="", server_default="")
    """How one gets in, where the key is, what is there."""
    contact: Mapped[str] = mapped_column(default="", server_default="")
    """Whom to ask at the owner: a service's name and telephone."""
    holds: Mapped[int | None]
    """Seats of a car, people in a room."""
    wheelchair: Mapped[bool] = mapped_column(default=False, server_default="false")
    hours: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    lending: Mapped[str] = mapped_column(default="own", server_default="own")
    lent_to: Mapped[list[UUID]] = mapped_column(default=list, server_default="{}")
    longest_hours: Mapped[int] = mapped_column(default=12, server_default="12")
    ahead_days: Mapped[int] = mapped_column(default=180, server_default="180")
    needs_yes: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Whether the owner says yes to each booking by others."""
    price_note: Mapped[str] = mapped_column(default="", server_default="")
    retired_on: Mapped[date | None]


class Booking(Shared, Stamped, Base):
    """A time in which somebody has a resource, the end not included. Made only by `book_resource()` (functions.sql).

    asked → booked or declined (by the owner) → handed_out → returned; or cancelled. `booker_id` is None when the region
    itself has it. Two that hold the same resource at the same time cannot be there: the exclusion constraint says so,
    whatever a program does. Times go by the quarter.
    """

    __tablename__ = "booking"
    __parties__ = ("owner_id", "booker_id")
    __party_may__: ClassVar[dict[str, tuple[str, ...]]] = {
        "SELECT": ("owner_id", "booker_id"), "UPDATE": ("owner_id", "booker_id")}  # fmt: skip
    __region_door__ = "current_courses"
    __region_may__ = frozenset({"SELECT", "UPDATE"})
    __region_sees__ = "booker_id IS NULL"
    __app_rights__ = frozenset({"SELECT", "UPDATE"})
    __table_args__ = (
        region_fk("resource_id", "resource"),
        ExcludeConstraint(
            (column("region_id"), "="),
            (column("resource_id"), "="),
            (func.tstzrange(column("starts_at"), column("ends_at")), "&&"),
            name="ex_booking_one_at_a_time",
            using="gist",
            where=text(f"state IN ({_HOLDING_SQL})"),
        ),
        CheckConstraint(
            "state IN ('booked', 'asked', 'declined', 'cancelled', 'handed_out', 'returned')", name="state"
        ),
        CheckConstraint("purpose IN ('group', 'course', 'assembly', 'offer', 'maintenance', 'other')", name="purpose"),
        CheckConstraint("ends_at > starts_at", name="times"),
        CheckConstraint(
            "EXTRACT(epoch FROM starts_at)::bigint % 900 = 0 AND EXTRACT(epoch FROM ends_at)::bigint % 900 = 0",
            name="quarters",
        ),
        CheckConstraint("ended_by IN ('', 'owner', 'booker', 'time')", name="ended_by"),
        CheckConstraint("char_length(note) <= 200", name="note"),
        CheckConstraint("odometer_out >= 0 AND odometer_back >= odometer_out", name="odometer"),
        Index("ix_booking_owner", "owner_id", "ends_at"),
        Index("ix_booking_booker", "booker_id", "ends_at"),
        Index("ix_booking_purpose", "booker_id", "purpose", "purpose_id"),
    )  # fmt: skip
    owner_id: Mapped[UUID]
    booker_id: Mapped[UUID | None]
    resource_id: Mapped[UUID]
    resource_name: Mapped[str] = mapped_column(default="", server_default="")
    """What it was called: who has booked it can read it when it is lent no more."""
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="booked", server_default="booked")
    purpose: Mapped[str] = mapped_column(default="other", server_default="other")
    purpose_id: Mapped[UUID | None]
    """The group's meeting, course session, gathering or offer it is for: an id that tells nothing to others."""
    note: Mapped[str] = mapped_column(default="", server_default="")
    """A message to the owner: what one needs, never whom it is for."""
    series_id: Mapped[UUID | None]
    booked_by: Mapped[str] = mapped_column(default="", server_default="")
    """Who booked, by name: an employee whom the owner can ring."""
    handed_out_at: Mapped[datetime | None]
    out_note: Mapped[str] = mapped_column(default="", server_default="")
    odometer_out: Mapped[int | None]
    returned_at: Mapped[datetime | None]
    back_note: Mapped[str] = mapped_column(default="", server_default="")
    odometer_back: Mapped[int | None]
    damage: Mapped[str] = mapped_column(default="", server_default="")
    damage_seen_on: Mapped[date | None]
    ended_by: Mapped[str] = mapped_column(default="", server_default="")
    end_reason: Mapped[str] = mapped_column(default="", server_default="")
    told_on: Mapped[date | None]
    """The day the other side said that it had read that the booking was refused or taken away."""
    moved_on: Mapped[date | None]
    """The day the meeting it is for was moved, while the booking still has the old time."""
