"""How long what is kept, what may not go, and what has gone: rules, holds, the documents' receipts, runs and their lines."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import Base, Municipal, Reference, Stamped, owned_fk

ACTIONS_IN = "action IN ('archive', 'delete')"


class RetentionDefault(Reference, Base):
    """The rule that holds where a municipality has made none of its own: dated data, with the section it is taken from."""

    __tablename__ = "retention_default"
    __table_args__ = (
        CheckConstraint(ACTIONS_IN, name="action"),
        CheckConstraint("years >= 0 AND months >= 0 AND years + months > 0", name="length"),
    )
    kind: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    years: Mapped[int]
    months: Mapped[int]
    action: Mapped[str]
    basis: Mapped[str]


class RetentionReach(Reference, Base):
    """Which tables a kind's deletion may reach, written from kinds.py at each upgrade: the database's own copy of the map."""

    __tablename__ = "retention_reach"
    kind: Mapped[str] = mapped_column(primary_key=True)
    table_name: Mapped[str] = mapped_column(primary_key=True)


class RetentionRule(Municipal, Stamped, Base):
    """A municipality's own rule for a kind, from a day: proposed with a reason, and standing when another has said yes."""

    __tablename__ = "retention_rule"
    __app_rights__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __table_args__ = (
        CheckConstraint("state IN ('proposed', 'standing', 'refused')", name="state"),
        CheckConstraint(ACTIONS_IN, name="action"),
        CheckConstraint("years >= 0 AND months >= 0 AND years + months > 0", name="length"),
        CheckConstraint("(state = 'proposed') = (decided_by IS NULL)", name="decided"),
        CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="four_eyes"),
        Index(
            "uq_retention_rule_standing",
            "tenant_id",
            "kind",
            "valid_from",
            unique=True,
            postgresql_where=text("state = 'standing'"),
        ),
    )
    kind: Mapped[str]
    valid_from: Mapped[date]
    years: Mapped[int]
    months: Mapped[int]
    action: Mapped[str]
    basis: Mapped[str]
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(default="proposed", server_default="proposed")
    proposed_by: Mapped[UUID]
    proposed_by_name: Mapped[str]
    decided_by: Mapped[UUID | None]
    decided_by_name: Mapped[str] = mapped_column(default="", server_default="")


class LegalHold(Municipal, Stamped, Base):
    """Something must not go, whatever the rules say: a case, all of a person, or a contact. Lifted, never removed by hand.

    `whole`: the person's every case, not only the one it was placed on. `review_on` is when somebody looks at it again.
    """

    __tablename__ = "legal_hold"
    __app_rights__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __table_args__ = (
        owned_fk("person_id", "person"),
        owned_fk("case_id", "case_file"),
        owned_fk("contact_id", "support_contact"),
        CheckConstraint("(case_id IS NULL) <> (contact_id IS NULL)", name="what"),
        CheckConstraint("(lifted_on IS NULL) = (lift_reason = '')", name="lifted"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="validity"),
        Index("ix_legal_hold_person", "tenant_id", "person_id"),
        Index("ix_legal_hold_case", "tenant_id", "case_id"),
        Index("ix_legal_hold_contact", "tenant_id", "contact_id"),
    )
    person_id: Mapped[UUID]
    case_id: Mapped[UUID | None]
    contact_id: Mapped[UUID | None]
    whole: Mapped[bool] = mapped_column(default=False, server_default="false")
    reason: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    review_on: Mapped[date]
    placed_by: Mapped[UUID]
    placed_by_name: Mapped[str]
    lifted_on: Mapped[date | None]
    lifted_by_name: Mapped[str] = mapped_column(default="", server_default="")
    lift_reason: Mapped[str] = mapped_column(default="", server_default="")


class DocumentMark(Municipal, Stamped, Base):
    """A document's place in the municipality's journal, and the archive's receipt for it (E1).

    `object_kind` and `object_id` say which document (documents.py); `how` how it was noted: hand, file or interchange.
    """

    __tablename__ = "document_mark"
    __app_rights__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __table_args__ = (
        owned_fk("case_id", "case_file"),
        owned_fk("contact_id", "support_contact"),
        UniqueConstraint("tenant_id", "object_kind", "object_id"),
        CheckConstraint("how IN ('hand', 'file', 'interchange')", name="how"),
        CheckConstraint("(archived_on IS NULL) = (archive_receipt = '')", name="archived"),
        CheckConstraint("journal_ref <> ''", name="journal_ref"),
        Index("ix_document_mark_case", "tenant_id", "case_id"),
        Index("ix_document_mark_contact", "tenant_id", "contact_id"),
    )
    object_kind: Mapped[str]
    object_id: Mapped[UUID]
    case_id: Mapped[UUID | None]
    contact_id: Mapped[UUID | None]
    journalled_on: Mapped[date]
    journal_ref: Mapped[str]
    archived_on: Mapped[date | None]
    archive_receipt: Mapped[str] = mapped_column(default="", server_default="")
    how: Mapped[str] = mapped_column(default="hand", server_default="hand")
    noted_by: Mapped[UUID | None]
    noted_by_name: Mapped[str] = mapped_column(default="", server_default="")


class RetentionRun(Municipal, Stamped, Base):
    """A proposal of what should go, and, once somebody has approved it, the going. `made_by` none: the clock made it."""

    __tablename__ = "retention_run"
    __app_rights__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __table_args__ = (
        CheckConstraint("state IN ('proposed', 'running', 'done', 'dropped')", name="state"),
        CheckConstraint("(state IN ('running', 'done')) = (approved_by IS NOT NULL)", name="approved"),
        CheckConstraint("made_by IS NULL OR approved_by IS NULL OR made_by <> approved_by", name="four_eyes"),
        CheckConstraint("(state = 'done') = (finished_at IS NOT NULL)", name="finished"),
        Index(
            "uq_retention_run_open",
            "tenant_id",
            unique=True,
            postgresql_where=text("state IN ('proposed', 'running')"),
        ),
    )
    state: Mapped[str] = mapped_column(default="proposed", server_default="proposed")
    as_of: Mapped[date]
    made_by: Mapped[UUID | None]
    made_by_name: Mapped[str] = mapped_column(default="", server_default="")
    approved_by: Mapped[UUID | None]
    approved_by_name: Mapped[str] = mapped_column(default="", server_default="")
    approved_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    drop_reason: Mapped[str] = mapped_column(default="", server_default="")


class RetentionItem(Municipal, Stamped, Base):
    """A line of a run: one thing to go, with the rule it goes by. When it is gone, only counts and a digest are left.

    `rows` is table → how many; `digest` is the SHA-256 of what ids they had. `object_id` and the pointers are emptied.
    """

    __tablename__ = "retention_item"
    __app_rights__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __table_args__ = (
        owned_fk("run_id", "retention_run"),
        CheckConstraint("state IN ('waiting', 'hindered', 'gone')", name="state"),
        CheckConstraint("(state = 'gone') = (object_id IS NULL)", name="gone"),
        CheckConstraint("(state = 'gone') = (digest IS NOT NULL)", name="digest"),
        Index("ix_retention_item_run", "tenant_id", "run_id", "kind", "id"),
    )
    run_id: Mapped[UUID]
    kind: Mapped[str]
    object_id: Mapped[UUID | None]
    case_id: Mapped[UUID | None]
    person_id: Mapped[UUID | None]
    contact_id: Mapped[UUID | None]
    event_on: Mapped[date]
    kept_until: Mapped[date]
    action: Mapped[str]
    basis: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting", server_default="waiting")
    hindrances: Mapped[list[str]] = mapped_column(default=list, server_default="{}")
    rows: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    digest: Mapped[bytes | None]
    gone_at: Mapped[datetime | None]
