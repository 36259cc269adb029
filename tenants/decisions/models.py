"""What a municipality decided in a case, and the services it granted. Orders to the provider live in `assignments/`."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import SCHEMA, Base, Municipal, Stamped, owned_fk

FORMS = "form IN ('individual', 'group', 'organisation', 'training')"


class Decision(Municipal, Stamped, Base):
    """The written individual decision (vedtak), with what law and good practice ask of it (A6)."""

    __tablename__ = "decision"
    __table_args__ = (
        owned_fk("case_id", "case_file"),
        CheckConstraint("state IN ('draft', 'issued', 'ended')", name="state"),
        CheckConstraint("kind IN ('grant', 'partial', 'refusal')", name="kind"),
        Index("ix_decision_case", "tenant_id", "case_id"),
    )
    case_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(default="draft", server_default="draft")
    kind: Mapped[str] = mapped_column(default="grant", server_default="grant")
    goal: Mapped[str] = mapped_column(default="", server_default="")
    own_words: Mapped[str] = mapped_column(default="", server_default="")
    reasons: Mapped[str] = mapped_column(default="", server_default="")
    legal_ground: Mapped[str | None] = mapped_column(ForeignKey(f"{SCHEMA}.legal_ground.code"))
    evaluate_on: Mapped[date | None]
    decided_on: Mapped[date | None]
    decided_by: Mapped[UUID | None]
    decided_by_name: Mapped[str] = mapped_column(default="", server_default="")
    issued_at: Mapped[datetime | None]


class ServiceGrant(Municipal, Base):
    """One service in a decision: form, scope, period (A3). `amount` hours per `unit`; NULL for a group without hours."""

    __tablename__ = "service_grant"
    __table_args__ = (
        owned_fk("decision_id", "decision", ondelete="CASCADE"),
        CheckConstraint(FORMS, name="form"),
        CheckConstraint("unit IN ('week', 'month')", name="unit"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period"),
        Index("ix_service_grant_decision", "tenant_id", "decision_id"),
    )
    decision_id: Mapped[UUID]
    form: Mapped[str]
    amount: Mapped[Decimal | None]
    unit: Mapped[str] = mapped_column(default="week", server_default="week")
    times: Mapped[str] = mapped_column(default="", server_default="")
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    ended_on: Mapped[date | None]
    outcome: Mapped[str] = mapped_column(default="", server_default="")
