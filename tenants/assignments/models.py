"""Orders from purchaser to provider, and the assignments that answer them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import Base, Municipal, Stamped, owned_fk

FORMS = "form IN ('individual', 'group', 'organisation', 'training')"


class ServiceOrder(Municipal, Stamped, Base):
    """One granted service, ordered from the provider. `need_id` points to the pool's nameless need, never back."""

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
    pool_consent_on: Mapped[date | None]
    """The day the service user, or who consents for them, said yes to posting a need without a name."""
    pool_consent_by: Mapped[str] = mapped_column(default="", server_default="")
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
