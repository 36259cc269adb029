"""An uploaded case list and what came of it, and what was imported before, by which a repeat is told from a change."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import Base, Municipal, Stamped, owned_fk


class CaseImport(Municipal, Stamped, Base):
    """An uploaded spreadsheet. `running` is a confirmed one that a job still works on; `result` counts what came of it.

    `purchasers` are those the confirming caseworker decides for: they become responsible for these cases only.
    """

    __tablename__ = "case_import"
    __table_args__ = (
        CheckConstraint("state IN ('preview', 'running', 'confirmed', 'dropped')", name="state"),
        Index("ix_case_import_created", "tenant_id", "created_at"),
    )
    filename: Mapped[str]
    state: Mapped[str] = mapped_column(default="preview", server_default="preview")
    uploaded_by: Mapped[UUID | None]
    uploaded_by_name: Mapped[str] = mapped_column(default="", server_default="")
    header: Mapped[list[str]] = mapped_column(server_default="{}")
    purchasers: Mapped[list[str]] = mapped_column(server_default="{}")
    task_id: Mapped[UUID | None]
    result: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    confirmed_at: Mapped[datetime | None]


class CaseImportRow(Municipal, Base):
    """One row of a file. All it says, its messages too, is in `sealed`: they hold national numbers and quote cells.

    `sealed` is emptied when it has been used: see `service.forget`.
    """

    __tablename__ = "case_import_row"
    __table_args__ = (
        owned_fk("import_id", "case_import", ondelete="CASCADE"),
        CheckConstraint("verdict IN ('new', 'change', 'same', 'warning', 'error', 'repeat')", name="verdict"),
        UniqueConstraint("tenant_id", "import_id", "row_no"),
    )
    import_id: Mapped[UUID]
    row_no: Mapped[int]
    verdict: Mapped[str]
    sealed: Mapped[bytes]
    person_id: Mapped[UUID | None]
    case_id: Mapped[UUID | None]


class ImportedRow(Municipal, Stamped, Base):
    """A row as it was last imported: `key` and `fingerprint` are keyed hashes, `sealed` is the row itself, encrypted.

    By it a later file's row is compared field by field. What the list says and no other table has a place for
    (the contact's name, the remark, the words for interests, the companion card) is kept here and shown on the case.
    """

    __tablename__ = "imported_row"
    __table_args__ = (
        owned_fk("person_id", "person"),
        owned_fk("case_id", "case_file"),
        owned_fk("application_id", "application"),
        owned_fk("decision_id", "decision"),
        owned_fk("assignment_id", "assignment"),
        UniqueConstraint("tenant_id", "key"),
        Index("ix_imported_row_case", "tenant_id", "case_id"),
    )
    key: Mapped[bytes]
    fingerprint: Mapped[bytes]
    sealed: Mapped[bytes]
    person_id: Mapped[UUID]
    case_id: Mapped[UUID]
    application_id: Mapped[UUID]
    decision_id: Mapped[UUID | None]
    assignment_id: Mapped[UUID | None]
    contact_name: Mapped[str] = mapped_column(default="", server_default="")
    note: Mapped[str] = mapped_column(default="", server_default="")
    interests: Mapped[str] = mapped_column(default="", server_default="")
    has_companion_card: Mapped[bool] = mapped_column(default=False, server_default="false")
    imported_at: Mapped[datetime]
