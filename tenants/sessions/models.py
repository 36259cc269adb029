"""Meetings of activity groups: when and where, who leads, who came, and contacts asked to lead instead (C10)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import Base, Municipal, Stamped, owned_fk


class GroupSession(Municipal, Stamped, Base):
    """One meeting. `state`: planned → held or cancelled. `series_day` is the day the series gave it, also when it was
    moved since, so that making the series anew never makes it twice; an extra meeting has none.
    """

    __tablename__ = "group_session"
    __table_args__ = (
        owned_fk("group_id", "activity_group"),
        CheckConstraint("state IN ('planned', 'cancelled', 'held')", name="state"),
        CheckConstraint("asking IN ('', 'open', 'nobody', 'filled', 'stopped')", name="asking"),
        CheckConstraint("ends_at > starts_at", name="times"),
        UniqueConstraint("tenant_id", "group_id", "series_day"),
        Index("ix_group_session_group", "tenant_id", "group_id", "starts_at"),
        Index("ix_group_session_starts", "tenant_id", "starts_at"),
    )
    group_id: Mapped[UUID]
    series_day: Mapped[date | None]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(default="", server_default="")
    activity: Mapped[str] = mapped_column(default="", server_default="")
    """What they do that day, in words: what the participants chose, or what somebody wrote."""
    transport: Mapped[str] = mapped_column(default="", server_default="")
    words: Mapped[str] = mapped_column(default="", server_default="")
    """What the participants should know or bring."""
    by_hand: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Somebody has changed its time or place: the series leaves it as it is."""
    state: Mapped[str] = mapped_column(default="planned", server_default="planned")
    cancel_reason: Mapped[str] = mapped_column(default="", server_default="")
    cancelled_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    """When two leaders were there and it could begin (C10)."""
    held_at: Mapped[datetime | None]
    asking: Mapped[str] = mapped_column(default="", server_default="")
    """Whether contacts are asked to lead: open, filled, nobody (all have been asked), stopped, or "" for not asked."""
    led_by: Mapped[str] = mapped_column(default="", server_default="")
    """First names of who leads, in a copy of another municipality's meeting."""
    copied: Mapped[int] = mapped_column(default=0, server_default="0")
    """In a copy: the version of the original it was taken from."""


class SessionLeader(Municipal, Stamped, Base):
    """Who leads a meeting. `state`: coming → came; or cannot, which is said once and costs nothing."""

    __tablename__ = "session_leader"
    __table_args__ = (
        owned_fk("session_id", "group_session", ondelete="CASCADE"),
        owned_fk("contact_id", "support_contact"),
        CheckConstraint("state IN ('coming', 'cannot', 'came')", name="state"),
        UniqueConstraint("tenant_id", "session_id", "contact_id"),
        Index("ix_session_leader_contact", "tenant_id", "contact_id"),
    )
    session_id: Mapped[UUID]
    contact_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(default="coming", server_default="coming")
    stand_in: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Leads this meeting without being the group's leader: a change of the group's leaders leaves them."""


class SessionPresence(Municipal, Stamped, Base):
    """That a participant came, did not, or had told that they would not. By the place of one's own participants, or by the
    shared seat of another municipality's, of whom nothing else is kept, and that until the night after.
    """

    __tablename__ = "session_presence"
    __table_args__ = (
        owned_fk("session_id", "group_session", ondelete="CASCADE"),
        owned_fk("place_id", "group_place"),
        CheckConstraint("state IN ('present', 'absent', 'told')", name="state"),
        CheckConstraint("(place_id IS NULL) <> (seat_id IS NULL)", name="whose"),
        CheckConstraint("hours > 0 AND hours <= 24", name="hours"),
        UniqueConstraint("tenant_id", "session_id", "place_id"),
        UniqueConstraint("tenant_id", "session_id", "seat_id"),
        Index(
            "ix_session_presence_place",
            "tenant_id",
            "place_id",
            postgresql_where=text("place_id IS NOT NULL"),
        ),
    )
    session_id: Mapped[UUID]
    place_id: Mapped[UUID | None]
    seat_id: Mapped[UUID | None]
    state: Mapped[str]
    with_contact: Mapped[bool] = mapped_column(default=False, server_default="false")
    hours: Mapped[Decimal | None]
    """Hours they took part: the meeting's own, unless somebody wrote others. None for who was not there."""


class LeaderAsk(Municipal, Stamped, Base):
    """One contact asked to lead a meeting. To say no costs nothing, and is counted nowhere.

    `state`: asked → yes, no, expired (no answer in time), taken (enough had said yes) or stopped.
    """

    __tablename__ = "leader_ask"
    __table_args__ = (
        owned_fk("session_id", "group_session", ondelete="CASCADE"),
        owned_fk("contact_id", "support_contact"),
        CheckConstraint("state IN ('asked', 'yes', 'no', 'expired', 'taken', 'stopped')", name="state"),
        UniqueConstraint("tenant_id", "session_id", "contact_id"),
        Index("ix_leader_ask_contact", "tenant_id", "contact_id", "asked_at"),
    )
    session_id: Mapped[UUID]
    contact_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(default="asked", server_default="asked")
    asked_at: Mapped[datetime]
    answer_by: Mapped[datetime]
    answered_at: Mapped[datetime | None]
