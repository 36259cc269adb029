"""Orders from purchaser to provider, the assignments that answer them, and what happens while an assignment lasts."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import Base, Municipal, Stamped, owned_fk

FORMS = "form IN ('individual', 'group', 'organisation', 'training')"


class ServiceOrder(Municipal, Stamped, Base):
    """One granted service, ordered from the provider. `need_id` points to the pool's nameless need, never back;
    `substitute_need_id` to one for somebody who can step in, which an order that has its contact may have too (B10).
    """

    __tablename__ = "service_order"
    __table_args__ = (
        owned_fk("case_id", "case_file"),
        owned_fk("grant_id", "service_grant"),
        owned_fk("person_id", "person"),
        CheckConstraint(FORMS, name="form"),
        CheckConstraint("state IN ('sent', 'accepted', 'returned', 'filled', 'ended')", name="state"),
        UniqueConstraint("tenant_id", "grant_id"),
        Index(
            "ix_service_order_open",
            "tenant_id",
            "waits_from",
            postgresql_where=text("state IN ('sent', 'accepted')"),
        ),
        Index("ix_service_order_case", "tenant_id", "case_id"),
        Index("ix_service_order_need", "tenant_id", "need_id", postgresql_where=text("need_id IS NOT NULL")),
        Index(
            "ix_service_order_substitute_need",
            "tenant_id",
            "substitute_need_id",
            postgresql_where=text("substitute_need_id IS NOT NULL"),
        ),
    )
    case_id: Mapped[UUID]
    grant_id: Mapped[UUID]
    person_id: Mapped[UUID]
    form: Mapped[str]
    state: Mapped[str] = mapped_column(default="sent", server_default="sent")
    sent_on: Mapped[date]
    waits_from: Mapped[date]
    """The day the service user began to wait: when the order was sent, or when the last contact stopped."""
    answered_on: Mapped[date | None]
    return_reason: Mapped[str] = mapped_column(default="", server_default="")
    changes_on: Mapped[date | None]
    """The day a new decision changes what the contact gives; cleared when the provider has told the contact."""
    need_id: Mapped[UUID | None]
    substitute_need_id: Mapped[UUID | None]
    pool_consent_on: Mapped[date | None]
    """The day the service user, or who consents for them, said yes to posting a need without a name."""
    pool_consent_by: Mapped[str] = mapped_column(default="", server_default="")
    pool_ground: Mapped[str] = mapped_column(default="", server_default="")
    """The legal ground for posting it (C3)."""
    pool_shown: Mapped[list[Any]] = mapped_column(JSONB, server_default="[]")
    """What the pool has been shown of this before, need by need: it remembers, so the next is counted with it."""
    match_consent_on: Mapped[date | None]
    """The day they said yes to the proposed contact."""


class Assignment(Municipal, Stamped, Base):
    """A contact for a service user. `source` says whether the contact came from home or through the pool."""

    __tablename__ = "assignment"
    __table_args__ = (
        owned_fk("order_id", "service_order"),
        owned_fk("person_id", "person"),
        owned_fk("contact_id", "support_contact"),
        owned_fk("case_id", "case_file"),
        CheckConstraint(FORMS, name="form"),
        CheckConstraint("state IN ('planned', 'running', 'paused', 'ended')", name="state"),
        CheckConstraint("source IN ('home', 'pool')", name="source"),
        CheckConstraint("unit IN ('week', 'month')", name="unit"),
        CheckConstraint("role IN ('regular', 'substitute', 'bridge')", name="role"),
        UniqueConstraint("tenant_id", "proposal_id"),
        Index("ix_assignment_contact", "tenant_id", "contact_id"),
        Index("ix_assignment_person", "tenant_id", "person_id"),
        Index("ix_assignment_case", "tenant_id", "case_id"),
        Index("ix_assignment_order", "tenant_id", "order_id"),
    )
    order_id: Mapped[UUID]
    case_id: Mapped[UUID]
    person_id: Mapped[UUID]
    contact_id: Mapped[UUID]
    form: Mapped[str]
    state: Mapped[str] = mapped_column(default="planned", server_default="planned")
    source: Mapped[str] = mapped_column(default="home", server_default="home")
    proposal_id: Mapped[UUID | None]
    amount: Mapped[Decimal | None]
    unit: Mapped[str] = mapped_column(default="week", server_default="week")
    starts_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    end_reason: Mapped[str] = mapped_column(default="", server_default="")
    role: Mapped[str] = mapped_column(default="regular", server_default="regular")
    """`substitute` steps in for a regular contact; `bridge` while the service user waits for one (B10)."""
    revealed_at: Mapped[datetime | None]
    """When the two were shown each other's names."""
    stop_wish_on: Mapped[date | None]
    """The day the contact said, from the phone, that they want to stop. It ends nothing; a coordinator rings."""
    stop_wish_reason: Mapped[str] = mapped_column(default="", server_default="")
    """A code of ending.CONTACT_REASONS."""
    stop_wish_words: Mapped[str] = mapped_column(default="", server_default="")
    no_shows_seen_on: Mapped[date | None]
    """The day a coordinator had talked with both about meetings that came to nothing: earlier ones no longer warn."""
    last_words: Mapped[str] = mapped_column(default="", server_default="")
    """What was said when it ended: thanks, and what the next contact should know."""


class FirstMeeting(Municipal, Stamped, Base):
    """When the two meet for the first time, or on trial before that (B2: never before vetting)."""

    __tablename__ = "first_meeting"
    __table_args__ = (
        owned_fk("assignment_id", "assignment"),
        CheckConstraint("kind IN ('trial', 'first')", name="kind"),
        CheckConstraint("state IN ('agreed', 'held', 'missed', 'cancelled')", name="state"),
        CheckConstraint(
            "missed_by IN ('', 'user', 'contact') AND (state = 'missed') = (missed_by <> '')",
            name="missed_by",
        ),
        Index("ix_first_meeting_assignment", "tenant_id", "assignment_id"),
    )
    assignment_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(default="first", server_default="first")
    on_day: Mapped[date]
    at: Mapped[time | None]
    place: Mapped[str] = mapped_column(default="", server_default="")
    """In words. Empty for somebody with a protected address: then it is said, never written."""
    takes_part: Mapped[str] = mapped_column(default="", server_default="")
    state: Mapped[str] = mapped_column(default="agreed", server_default="agreed")
    missed_by: Mapped[str] = mapped_column(default="", server_default="")
    note: Mapped[str] = mapped_column(default="", server_default="")


class ActivityPlan(Municipal, Stamped, Base):
    """What the two have agreed to do, written with the service user and in their own words."""

    __tablename__ = "activity_plan"
    __table_args__ = (
        owned_fk("assignment_id", "assignment"),
        UniqueConstraint("tenant_id", "assignment_id"),
    )
    assignment_id: Mapped[UUID]
    own_words: Mapped[str] = mapped_column(default="", server_default="")
    agreed_on: Mapped[date]
    took_part: Mapped[str] = mapped_column(default="", server_default="")


class ActivityItem(Municipal, Stamped, Base):
    """One thing they want to do, with when, and the day it was done for the first time."""

    __tablename__ = "activity_item"
    __table_args__ = (
        owned_fk("assignment_id", "assignment"),
        CheckConstraint("added_as IN ('contact', 'staff')", name="added_as"),
        Index("ix_activity_item_assignment", "tenant_id", "assignment_id"),
    )
    assignment_id: Mapped[UUID]
    what: Mapped[str]
    when_words: Mapped[str] = mapped_column(default="", server_default="")
    done_on: Mapped[date | None]
    added_as: Mapped[str] = mapped_column(default="staff", server_default="staff")


class AssignmentPause(Municipal, Stamped, Base):
    """A time without meetings: from the first day to the last, both included; open until somebody ends it (B19)."""

    __tablename__ = "assignment_pause"
    __table_args__ = (
        owned_fk("assignment_id", "assignment"),
        CheckConstraint("last_day >= first_day", name="period"),
        CheckConstraint(
            "reason IN ('user_illness', 'contact_illness', 'hospital', 'holiday', 'user_wish', 'contact_wish',"
            " 'suspended', 'other')",
            name="reason",
        ),
        Index("ix_assignment_pause_assignment", "tenant_id", "assignment_id", "first_day"),
    )
    assignment_id: Mapped[UUID]
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    reason: Mapped[str]
    note: Mapped[str] = mapped_column(default="", server_default="")


class NoShow(Municipal, Stamped, Base):
    """An agreed meeting that came to nothing: who did not come, and whether they had said so beforehand (B19)."""

    __tablename__ = "no_show"
    __table_args__ = (
        owned_fk("assignment_id", "assignment"),
        CheckConstraint("who IN ('user', 'contact')", name="who"),
        CheckConstraint("noted_as IN ('contact', 'staff')", name="noted_as"),
        UniqueConstraint("tenant_id", "assignment_id", "on_day", "who"),
    )
    assignment_id: Mapped[UUID]
    on_day: Mapped[date]
    who: Mapped[str]
    told: Mapped[bool] = mapped_column(default=False, server_default="false")
    words: Mapped[str] = mapped_column(default="", server_default="")
    noted_as: Mapped[str] = mapped_column(default="contact", server_default="contact")
