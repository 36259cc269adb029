"""What somebody worries about, what was done with it, and a contact who is suspended while a suspicion is looked into."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import APPEND_ONLY, Base, Municipal, Stamped, owned_fk


class Concern(Municipal, Stamped, Base):
    """Something that worries a contact, a service user, a representative or the municipality's own people (B19).

    `case_id` is whose case it is about, None when it is about nobody in particular; `contact_id` is set when it is about
    a contact, who is then never shown it.
    """

    __tablename__ = "concern"
    __table_args__ = (
        owned_fk("case_id", "case_file"),
        owned_fk("assignment_id", "assignment"),
        owned_fk("contact_id", "support_contact"),
        CheckConstraint("about IN ('user', 'contact', 'other')", name="about"),
        CheckConstraint("told_as IN ('contact', 'service_user', 'representative', 'staff')", name="told_as"),
        CheckConstraint("state IN ('new', 'taken', 'closed')", name="state"),
        CheckConstraint("(state = 'closed') = (closed_on IS NOT NULL)", name="closed"),
        Index("ix_concern_open", "tenant_id", "created_at", postgresql_where=text("state <> 'closed'")),
        Index("ix_concern_case", "tenant_id", "case_id"),
        Index("ix_concern_contact", "tenant_id", "contact_id"),
        Index("ix_concern_teller", "tenant_id", "told_by"),
    )
    case_id: Mapped[UUID | None]
    assignment_id: Mapped[UUID | None]
    contact_id: Mapped[UUID | None]
    about: Mapped[str]
    happened: Mapped[str]
    """In the teller's own words, never changed afterwards."""
    danger: Mapped[bool] = mapped_column(default=False, server_default="false")
    """The teller said that somebody is in danger now."""
    told_as: Mapped[str]
    told_by: Mapped[UUID]
    told_by_name: Mapped[str]
    state: Mapped[str] = mapped_column(default="new", server_default="new")
    taken_by: Mapped[UUID | None]
    taken_by_name: Mapped[str] = mapped_column(default="", server_default="")
    taken_at: Mapped[datetime | None]
    closed_on: Mapped[date | None]
    outcome: Mapped[str] = mapped_column(default="", server_default="")
    outcome_words: Mapped[str] = mapped_column(default="", server_default="")


class ConcernStep(Municipal, Base):
    """One thing that was done, with its day. Only ever added."""

    __tablename__ = "concern_step"
    __app_rights__ = APPEND_ONLY
    __table_args__ = (
        owned_fk("concern_id", "concern"),
        CheckConstraint(
            "kind IN ('talked', 'child_welfare', 'police', 'emergency', 'health', 'manager', 'note')",
            name="kind",
        ),
        Index("ix_concern_step_concern", "tenant_id", "concern_id"),
    )
    concern_id: Mapped[UUID]
    kind: Mapped[str]
    on_day: Mapped[date]
    words: Mapped[str] = mapped_column(default="", server_default="")
    by_id: Mapped[UUID]
    by_name: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), sort_order=90)


class Suspension(Municipal, Stamped, Base):
    """A contact who is to meet nobody while a suspicion is looked into. The reason is for those who read concerns."""

    __tablename__ = "suspension"
    __table_args__ = (
        owned_fk("contact_id", "support_contact"),
        owned_fk("concern_id", "concern"),
        CheckConstraint("outcome IN ('', 'lifted', 'left')", name="outcome"),
        CheckConstraint("(outcome = '') = (ended_on IS NULL)", name="ended"),
        Index(
            "ix_suspension_running",
            "tenant_id",
            "contact_id",
            unique=True,
            postgresql_where=text("ended_on IS NULL"),
        ),
    )
    contact_id: Mapped[UUID]
    concern_id: Mapped[UUID | None]
    since: Mapped[date]
    reason: Mapped[str]
    suspended_by: Mapped[UUID]
    suspended_by_name: Mapped[str]
    ended_on: Mapped[date | None]
    outcome: Mapped[str] = mapped_column(default="", server_default="")
    outcome_words: Mapped[str] = mapped_column(default="", server_default="")
