"""What happens in a region that anybody may go to (C14), what others have sent in, and the printed half-years.

See docs/decisions/0063-public-pages-without-a-cookie.md.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import SCHEMA, Base, Identity, Shared, Stamped

HOST_MAY: dict[str, tuple[str, ...]] = {
    "SELECT": ("host_id",), "INSERT": ("host_id",), "UPDATE": ("host_id",), "DELETE": ("host_id",)}  # fmt: skip
REGION_MAY = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})


class CalendarEvent(Shared, Stamped, Base):
    """Something one may go to. Written by a municipality (`host_id`) or by the region itself (none), or sent in by others.

    Only its host sees a row that is not published; what is published everybody reads, through functions. Times are
    Norwegian clock time, so that 17.30 stays 17.30 when the clock is changed. `kind` says when it is: `once` on
    `first_day`, on each of `dates`, or `weekly` on `weekdays` of every or every second week from `first_day` to `last_day`,
    without `skip` and, unless `on_holidays`, without Norwegian holidays. `sequence` counts what has changed since it was
    published, as iCalendar wants it.
    """

    __tablename__ = "calendar_event"
    __parties__ = ("host_id",)
    __party_may__: ClassVar[dict[str, tuple[str, ...]]] = HOST_MAY
    __region_door__ = "current_project"
    __region_may__ = REGION_MAY
    __region_sees__ = "host_id IS NULL"
    __table_args__ = (
        CheckConstraint("kind IN ('once', 'dates', 'weekly')", name="kind"),
        CheckConstraint(
            "state IN ('draft', 'submitted', 'published', 'cancelled', 'rejected')", name="state"
        ),
        CheckConstraint("last_day >= first_day", name="days"),
        CheckConstraint("kind <> 'once' OR first_day = last_day", name="once"),
        CheckConstraint("kind <> 'dates' OR cardinality(dates) > 0", name="dates"),
        CheckConstraint("kind <> 'weekly' OR cardinality(weekdays) > 0", name="weekdays"),
        CheckConstraint("ends > starts", name="times"),
        CheckConstraint("every IN (1, 2)", name="every"),
        CheckConstraint("age_to >= age_from", name="ages"),
        CheckConstraint("price_ore >= 0", name="price"),
        CheckConstraint("link = '' OR link ~ '^https://'", name="link"),
        CheckConstraint("(state = 'cancelled') = (cancelled_at IS NOT NULL)", name="cancelled"),
        CheckConstraint("state <> 'published' OR published_at IS NOT NULL", name="published"),
        Index("ix_calendar_event_days", "region_id", "state", "last_day"),
        Index("ix_calendar_event_host", "host_id", "last_day"),
    )
    host_id: Mapped[UUID | None] = mapped_column(ForeignKey(f"{SCHEMA}.municipality.id"))
    municipality_id: Mapped[UUID | None]
    """Where it is; none for what is in several places, or on the net. Checked by the service."""
    state: Mapped[str] = mapped_column(default="draft", server_default="draft")
    title: Mapped[str]
    about: Mapped[str] = mapped_column(default="", server_default="")
    kind: Mapped[str] = mapped_column(default="once", server_default="once")
    first_day: Mapped[date]
    last_day: Mapped[date]
    starts: Mapped[time]
    ends: Mapped[time | None]
    dates: Mapped[list[date]] = mapped_column(ARRAY(Date()), default=list, server_default="{}")
    weekdays: Mapped[list[str]] = mapped_column(default=list, server_default="{}")
    every: Mapped[int] = mapped_column(default=1, server_default="1")
    skip: Mapped[list[date]] = mapped_column(ARRAY(Date()), default=list, server_default="{}")
    on_holidays: Mapped[bool] = mapped_column(default=False, server_default="false")
    in_holy_week: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Whether a series goes on from Monday to Wednesday before Easter, when schools are closed."""
    place: Mapped[str]
    address: Mapped[str] = mapped_column(default="", server_default="")
    age_from: Mapped[int | None]
    age_to: Mapped[int | None]
    targets: Mapped[list[str]] = mapped_column(default=list, server_default="{}")
    interests: Mapped[list[str]] = mapped_column(default=list, server_default="{}")
    access: Mapped[list[str]] = mapped_column(default=list, server_default="{}")
    """What makes it possible to come: codes of codes.ACCESS."""
    companion: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Whether a ledsagerbevis lets a companion in for nothing."""
    price_ore: Mapped[int | None]
    """What it costs one person, in øre; 0 is free, none is not said."""
    price_note: Mapped[str] = mapped_column(default="", server_default="")
    organiser: Mapped[str] = mapped_column(default="", server_default="")
    link: Mapped[str] = mapped_column(default="", server_default="")
    enrolment: Mapped[bool] = mapped_column(default=False, server_default="false")
    contact_phone: Mapped[str] = mapped_column(default="", server_default="")
    contact_email: Mapped[str] = mapped_column(default="", server_default="")
    outside: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Sent in by others, who have a link of their own to it (`calendar_submission`)."""
    reason: Mapped[str] = mapped_column(default="", server_default="")
    """Why it was turned down or called off, for who sent it in and for those who meant to go."""
    sequence: Mapped[int] = mapped_column(default=0, server_default="0")
    published_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]


class CalendarEdition(Shared, Base):
    """A half-year for one target group as a PDF, as it stood on the day it was made. Anybody may fetch it."""

    __tablename__ = "calendar_edition"
    __parties__ = ("host_id",)
    __party_may__: ClassVar[dict[str, tuple[str, ...]]] = {
        name: columns for name, columns in HOST_MAY.items() if name != "UPDATE"
    }
    __region_door__ = "current_project"
    __region_may__ = REGION_MAY - {"UPDATE"}
    __region_sees__ = "host_id IS NULL"
    __app_rights__ = frozenset({"SELECT", "INSERT", "DELETE"})
    __table_args__ = (
        CheckConstraint("half ~ '^[0-9]{4}-[12]$'", name="half"),
        CheckConstraint("target IN ('all', 'children', 'youth', 'adults', 'elders')", name="target"),
        CheckConstraint("language IN ('nb', 'nn')", name="language"),
        Index("ix_calendar_edition_half", "region_id", "half"),
        Index("ix_calendar_edition_host", "host_id"),
    )
    host_id: Mapped[UUID | None] = mapped_column(ForeignKey(f"{SCHEMA}.municipality.id"))
    half: Mapped[str]
    """A year and its half: "2026-2" is August to December."""
    target: Mapped[str]
    language: Mapped[str]
    events: Mapped[int]
    content: Mapped[bytes]
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())


class CalendarSubmission(Identity, Base):
    """What somebody without a login has sent in (functions calendar_*). Nobody reads a row without a link or a job's ticket.

    Until the link in the e-mail is pressed (`confirmed_at`) it is nobody's, and is deleted when `expires_at` has come.
    Then it becomes an event that its host takes or turns down; `document` is emptied, and the row is the sender's way back.
    """

    __tablename__ = "calendar_submission"
    __table_args__ = (
        UniqueConstraint("region_id", "sending"),
        UniqueConstraint("lookup"),
        UniqueConstraint("link"),
        CheckConstraint("language IN ('nb', 'nn', 'en')", name="language"),
        CheckConstraint("mail_state IN ('queued', 'sent', 'failed')", name="mail_state"),
        CheckConstraint("mail_what IN ('confirm', 'link', 'published', 'rejected', 'cancelled')", name="mail_what"),
        CheckConstraint("(link IS NOT NULL) = (confirmed_at IS NOT NULL)", name="link"),
        Index("ix_calendar_submission_expires", "expires_at"),
        Index("ix_calendar_submission_event", "region_id", "event_id"),
    )  # fmt: skip
    region_id: Mapped[UUID] = mapped_column(ForeignKey(f"{SCHEMA}.region.id"))
    municipality_id: Mapped[UUID | None] = mapped_column(ForeignKey(f"{SCHEMA}.municipality.id"))
    """Who is asked to take it: the municipality where it is, or none for the region."""
    language: Mapped[str]
    sending: Mapped[bytes]
    """A hash of the page's own key: the same form sent again is the same form."""
    email: Mapped[bytes]
    """A keyed hash of the address, to count how much goes to it."""
    lookup: Mapped[bytes | None]
    link: Mapped[bytes | None]
    who_sealed: Mapped[bytes]
    """The e-mail address, sealed: where notices go."""
    document: Mapped[dict[str, Any]]
    mail: Mapped[bytes | None]
    """The token of a notice on its way, sealed, gone when it has left."""
    mail_what: Mapped[str] = mapped_column(default="confirm", server_default="confirm")
    mail_state: Mapped[str] = mapped_column(default="queued", server_default="queued")
    mail_at: Mapped[datetime] = mapped_column(server_default=func.now())
    mailed: Mapped[int] = mapped_column(default=0, server_default="0")
    sent_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    event_id: Mapped[UUID | None]
