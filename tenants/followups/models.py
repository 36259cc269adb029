"""Following contacts up: conversations, wishes for guidance, information meetings, and the team's shared log."""

from __future__ import annotations

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import Base, Municipal, Stamped, owned_fk


class Conversation(Municipal, Stamped, Base):
    """A conversation with a contact (B6), or the guidance before the first assignment (B4): planned, then held.

    `good`, `hard` and `guidance` are what the contact said, for those who follow up; `agreed` is the summary that the
    contact reads too. One that is called off has `cancelled_on`.
    """

    __tablename__ = "conversation"
    __table_args__ = (
        owned_fk("contact_id", "support_contact"),
        CheckConstraint("kind IN ('conversation', 'guidance')", name="kind"),
        CheckConstraint("how IN ('meeting', 'phone', 'video', 'walk')", name="how"),
        CheckConstraint("planned_on IS NOT NULL OR held_on IS NOT NULL", name="day"),
        CheckConstraint("held_on IS NULL OR cancelled_on IS NULL", name="held_or_not"),
        Index("ix_conversation_contact", "tenant_id", "contact_id", "held_on"),
        Index("ix_conversation_planned", "tenant_id", "planned_on"),
    )
    contact_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(default="conversation", server_default="conversation")
    how: Mapped[str] = mapped_column(default="meeting", server_default="meeting")
    planned_on: Mapped[date | None]
    planned_at: Mapped[time | None]
    place: Mapped[str] = mapped_column(default="", server_default="")
    cancelled_on: Mapped[date | None]
    held_on: Mapped[date | None]
    held_by: Mapped[UUID | None]
    held_by_name: Mapped[str] = mapped_column(default="", server_default="")
    good: Mapped[str] = mapped_column(default="", server_default="")
    hard: Mapped[str] = mapped_column(default="", server_default="")
    guidance: Mapped[str] = mapped_column(default="", server_default="")
    agreed: Mapped[str] = mapped_column(default="", server_default="")


class GuidanceWish(Municipal, Stamped, Base):
    """What a contact asks for guidance about, in their own words, and what they were answered (B6)."""

    __tablename__ = "guidance_wish"
    __table_args__ = (
        owned_fk("contact_id", "support_contact"),
        CheckConstraint("(answered_at IS NULL) = (answer = '')", name="answer"),
        Index("ix_guidance_wish_contact", "tenant_id", "contact_id"),
    )
    contact_id: Mapped[UUID]
    words: Mapped[str]
    wished_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(default="", server_default="")
    answered_at: Mapped[datetime | None]
    answered_by_name: Mapped[str] = mapped_column(default="", server_default="")


class InformationMeeting(Municipal, Stamped, Base):
    """A meeting that every contact is invited to, so many a year (B5). `makeup_for` is the one it stands in for."""

    __tablename__ = "information_meeting"
    __table_args__ = (
        owned_fk("makeup_for", "information_meeting"),
        Index("ix_information_meeting_day", "tenant_id", "meets_on"),
    )
    meets_on: Mapped[date]
    starts: Mapped[time]
    place: Mapped[str]
    topic: Mapped[str]
    makeup_for: Mapped[UUID | None]
    cancelled_on: Mapped[date | None]
    registered_at: Mapped[datetime | None]
    """When attendance was first noted."""


class InformationMeetingGuest(Municipal, Stamped, Base):
    """A contact who is invited to an information meeting: what they answered, and whether they came."""

    __tablename__ = "information_meeting_guest"
    __table_args__ = (
        owned_fk("information_meeting_id", "information_meeting"),
        owned_fk("contact_id", "support_contact"),
        CheckConstraint("answer IN ('', 'yes', 'no')", name="answer"),
        UniqueConstraint("tenant_id", "information_meeting_id", "contact_id"),
        Index("ix_information_meeting_guest_contact", "tenant_id", "contact_id"),
    )
    information_meeting_id: Mapped[UUID]
    contact_id: Mapped[UUID]
    answer: Mapped[str] = mapped_column(default="", server_default="")
    answered_at: Mapped[datetime | None]
    came: Mapped[bool | None]


class TeamLogEntry(Municipal, Stamped, Base):
    """What the team has learned, for each other, without saying of whom (B18)."""

    __tablename__ = "team_log_entry"
    __table_args__ = (
        CheckConstraint("theme IN ('start', 'activity', 'hard', 'safety', 'recruit', 'other')", name="theme"),
        Index("ix_team_log_entry_day", "tenant_id", "noted_on"),
    )
    noted_on: Mapped[date]
    theme: Mapped[str]
    text: Mapped[str]
    written_by: Mapped[UUID | None]
    written_by_name: Mapped[str] = mapped_column(default="", server_default="")
