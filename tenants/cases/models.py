"""The municipality's file for one service user: applications, mapping, decisions and what they grant.

Orders to the provider live in `assignments/`.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import SCHEMA, Base, Municipal, Reference, Stamped, owned_fk

FORMS = "form IN ('individual', 'group', 'organisation', 'training')"


class LegalGround(Reference, Base):
    """A legal ground with its validity and complaint deadline: dated data, not code (A9, A13)."""

    __tablename__ = "legal_ground"
    code: Mapped[str] = mapped_column(primary_key=True)
    text_nb: Mapped[str]
    text_nn: Mapped[str]
    complaint_weeks: Mapped[int]
    child_welfare: Mapped[bool] = mapped_column(default=False, server_default="false")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class CaseFile(Municipal, Stamped, Base):
    """A case. `purchaser` says which purchaser it belongs to (A1, A16); `deadline` is the next date that binds.

    `form`, `deadline` and `deadline_kind` are kept by the service as facts change, so that the list sorts by index.
    """

    __tablename__ = "case_file"
    __table_args__ = (
        owned_fk("person_id", "person"),
        CheckConstraint("purchaser IN ('child', 'adult', 'child_welfare')", name="purchaser"),
        CheckConstraint(
            "state IN ('received', 'mapping', 'deciding', 'waiting', 'running', 'evaluating', 'closed')",
            name="state",
        ),
        CheckConstraint("deadline_kind IN ('decide', 'start', 'evaluate', 'none')", name="deadline_kind"),
        UniqueConstraint("tenant_id", "case_no"),
        Index("ix_case_file_person", "tenant_id", "person_id"),
        Index("ix_case_file_open", "tenant_id", "deadline", "id", postgresql_where=text("state <> 'closed'")),
    )
    person_id: Mapped[UUID]
    case_no: Mapped[str]
    purchaser: Mapped[str]
    state: Mapped[str] = mapped_column(default="received", server_default="received")
    forms: Mapped[list[str]] = mapped_column(server_default="{}")
    responsible_id: Mapped[UUID | None]
    responsible_name: Mapped[str] = mapped_column(default="", server_default="")
    deadline: Mapped[date | None]
    deadline_kind: Mapped[str] = mapped_column(default="none", server_default="none")
    shielded: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Only those named on the case may open it (E5)."""
    closed_on: Mapped[date | None]
    outcome: Mapped[str] = mapped_column(default="", server_default="")


class CaseMember(Municipal, Base):
    """Named access to a shielded case."""

    __tablename__ = "case_member"
    __table_args__ = (
        owned_fk("case_id", "case_file", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "case_id", "user_id"),
    )
    case_id: Mapped[UUID]
    user_id: Mapped[UUID]


class Application(Municipal, Stamped, Base):
    """A request, with the day it was received: from then the one-month clock runs (A5)."""

    __tablename__ = "application"
    __table_args__ = (
        owned_fk("case_id", "case_file"),
        CheckConstraint("channel IN ('letter', 'phone', 'form', 'import')", name="channel"),
        CheckConstraint(
            "applicant IN ('self', 'parent', 'guardian', 'power_of_attorney', 'other')", name="applicant"
        ),
        CheckConstraint("state IN ('open', 'decided', 'withdrawn')", name="state"),
        Index("ix_application_case", "tenant_id", "case_id"),
    )
    case_id: Mapped[UUID]
    received_on: Mapped[date]
    channel: Mapped[str]
    applicant: Mapped[str] = mapped_column(default="self", server_default="self")
    applicant_name: Mapped[str] = mapped_column(default="", server_default="")
    wishes: Mapped[str] = mapped_column(default="", server_default="")
    legal_ground: Mapped[str] = mapped_column(ForeignKey(f"{SCHEMA}.legal_ground.code"))
    state: Mapped[str] = mapped_column(default="open", server_default="open")


class Mapping(Municipal, Stamped, Base):
    """The conversation before the decision; the user's own words are kept as they were said (A4)."""

    __tablename__ = "mapping"
    __table_args__ = (owned_fk("case_id", "case_file"), Index("ix_mapping_case", "tenant_id", "case_id"))
    case_id: Mapped[UUID]
    held_on: Mapped[date]
    own_words: Mapped[str] = mapped_column(default="", server_default="")
    interests: Mapped[list[str]] = mapped_column(server_default="{}")
    slots: Mapped[list[str]] = mapped_column(server_default="{}")
    needs: Mapped[str] = mapped_column(default="", server_default="")
    network: Mapped[str] = mapped_column(default="", server_default="")
    suggested_forms: Mapped[list[str]] = mapped_column(server_default="{}")
    made_by: Mapped[UUID | None]


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
