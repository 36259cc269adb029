"""The municipality's file for one service user: applications and mapping. What is decided lives in `decisions/`."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import SCHEMA, Base, Municipal, Reference, Stamped, owned_fk


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
    expected_on: Mapped[date | None]
    """The day the decision is promised for, once an interim reply has been sent (letters/interim.py)."""


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


class AllocationRule(Municipal, Stamped, Base):
    """The municipality's own limits from a day on; the newest row that has begun is in force (A5, A6, A7, A10).

    `start_limit_days`: how long a decision may wait to take effect. `four_eyes`: somebody else than the writer decides.
    `evaluation_months`: the longest time to the next evaluation. `interim_days_before`: when the interim letter is
    drafted. `expiry_days`: how long beforehand a decision's end stands on a list. `reconsider_days`: the
    municipality's own limit to answer a complaint or send it on to Statsforvalteren (A9).
    """

    __tablename__ = "allocation_rule"
    __table_args__ = (
        UniqueConstraint("tenant_id", "valid_from"),
        CheckConstraint("start_limit_days BETWEEN 1 AND 365", name="start_limit_days"),
        CheckConstraint("evaluation_months BETWEEN 1 AND 12", name="evaluation_months"),
        CheckConstraint("interim_days_before BETWEEN 1 AND 25", name="interim_days_before"),
        CheckConstraint("expiry_days BETWEEN 7 AND 365", name="expiry_days"),
        CheckConstraint("reconsider_days BETWEEN 1 AND 90", name="reconsider_days"),
    )
    valid_from: Mapped[date]
    start_limit_days: Mapped[int] = mapped_column(default=30, server_default="30")
    four_eyes: Mapped[bool] = mapped_column(default=True, server_default="true")
    evaluation_months: Mapped[int] = mapped_column(default=12, server_default="12")
    interim_days_before: Mapped[int] = mapped_column(default=10, server_default="10")
    expiry_days: Mapped[int] = mapped_column(default=90, server_default="90")
    reconsider_days: Mapped[int] = mapped_column(default=28, server_default="28")
