"""What people ask of the municipality about their own data, the extract that is made of it, and notes of disagreement."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import Base, Municipal, Stamped, owned_fk


class RightsRequest(Municipal, Stamped, Base):
    """Somebody uses a right (GDPR art. 15–18, 20, 21): who asks, for whom, when it must be answered, and how it was.

    `contact_id` is set when it is about the person's own work as a contact; otherwise it is about them as a user.
    """

    __tablename__ = "rights_request"
    __app_rights__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __table_args__ = (
        owned_fk("person_id", "person"),
        owned_fk("contact_id", "support_contact"),
        owned_fk("representative_id", "representative"),
        CheckConstraint(
            "kind IN ('access', 'portability', 'correction', 'deletion', 'restriction', 'objection')",
            name="kind",
        ),
        CheckConstraint("state IN ('open', 'answered', 'refused', 'withdrawn')", name="state"),
        CheckConstraint("identity IN ('login', 'document', 'known', 'letter')", name="identity"),
        CheckConstraint("(state = 'open') = (closed_on IS NULL)", name="closed"),
        CheckConstraint("state <> 'refused' OR ground <> ''", name="refused"),
        CheckConstraint("extended_to IS NULL OR extension_reason <> ''", name="extended"),
        Index("ix_rights_request_person", "tenant_id", "person_id"),
        Index("ix_rights_request_open", "tenant_id", "due_on", postgresql_where="state = 'open'"),
    )
    person_id: Mapped[UUID]
    contact_id: Mapped[UUID | None]
    kind: Mapped[str]
    representative_id: Mapped[UUID | None]
    asked_by_name: Mapped[str]
    words: Mapped[str] = mapped_column(default="", server_default="")
    identity: Mapped[str]
    received_on: Mapped[date]
    due_on: Mapped[date]
    extended_to: Mapped[date | None]
    extension_reason: Mapped[str] = mapped_column(default="", server_default="")
    state: Mapped[str] = mapped_column(default="open", server_default="open")
    closed_on: Mapped[date | None]
    ground: Mapped[str] = mapped_column(default="", server_default="")
    answer: Mapped[str] = mapped_column(default="", server_default="")
    handler_id: Mapped[UUID]
    handler_name: Mapped[str]


class RightsExtract(Municipal, Stamped, Base):
    """All about one person, as one handler may see it: made by a job, looked through, released, kept fourteen days.

    `cases` are those it covers. `content` is what the schema in docs/retention.md says; `flags` the texts that may name
    somebody else, with what the handler decided. Both are emptied when it has expired.
    """

    __tablename__ = "rights_extract"
    __app_rights__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __table_args__ = (
        owned_fk("request_id", "rights_request"),
        CheckConstraint("state IN ('making', 'review', 'released', 'gone')", name="state"),
        CheckConstraint("state NOT IN ('review', 'released') OR content IS NOT NULL", name="content"),
        CheckConstraint("state <> 'gone' OR content IS NULL", name="gone"),
        Index("ix_rights_extract_request", "tenant_id", "request_id"),
    )
    request_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(default="making", server_default="making")
    cases: Mapped[list[UUID]] = mapped_column(default=list, server_default="{}")
    content: Mapped[dict[str, Any] | None]
    flags: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    made_by: Mapped[UUID]
    made_by_name: Mapped[str]
    expires_on: Mapped[date | None]
    released_at: Mapped[datetime | None]
    handed_on: Mapped[date | None]
    handed_how: Mapped[str] = mapped_column(default="", server_default="")


class DisagreementNote(Municipal, Stamped, Base):
    """What somebody says is wrong in their case and the municipality has not changed: it stands beside it (art. 16, 18)."""

    __tablename__ = "disagreement_note"
    __app_rights__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __table_args__ = (
        owned_fk("case_id", "case_file"),
        owned_fk("request_id", "rights_request"),
        Index("ix_disagreement_note_case", "tenant_id", "case_id"),
        Index("ix_disagreement_note_request", "tenant_id", "request_id"),
    )
    case_id: Mapped[UUID]
    request_id: Mapped[UUID | None]
    about: Mapped[str]
    words: Mapped[str]
    outcome: Mapped[str] = mapped_column(default="stands", server_default="stands")
    noted_by_name: Mapped[str]
