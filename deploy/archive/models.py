"""What is known of a municipality's archives, of what it brought from another house, and of one that has left."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import SCHEMA, Base, Identity, Municipal, Stamped, owned_fk


class ArchiveExport(Municipal, Stamped, Base):
    """An archive that somebody ordered: by whom, approved by whom else, for which key, and what came of it.

    `fingerprint` is the SHA-256 of the plain archive. The house never shows it: who can type it has opened the file.
    """

    __tablename__ = "archive_export"
    __app_rights__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __table_args__ = (
        CheckConstraint("state IN ('ordered', 'refused', 'making', 'ready', 'failed', 'gone')", name="state"),
        CheckConstraint("approved_by IS NULL OR approved_by IS DISTINCT FROM ordered_by", name="four_eyes"),
        CheckConstraint("state NOT IN ('ready', 'gone') OR fingerprint IS NOT NULL", name="fingerprint"),
        CheckConstraint("confirmed_at IS NULL OR fingerprint IS NOT NULL", name="confirmed"),
        Index("ix_archive_export_made", "tenant_id", "created_at"),
    )
    state: Mapped[str] = mapped_column(default="ordered", server_default="ordered")
    reason: Mapped[str] = mapped_column(default="", server_default="")
    recipient: Mapped[str] = mapped_column(default="", server_default="")
    """The public key (`age1…`) the file is sealed for; empty when it was sealed with a passphrase."""
    ordered_by: Mapped[UUID | None]
    """Empty when the operator made it at the command line."""
    ordered_by_name: Mapped[str] = mapped_column(default="", server_default="")
    approved_by: Mapped[UUID | None]
    approved_by_name: Mapped[str] = mapped_column(default="", server_default="")
    as_of: Mapped[datetime | None]
    """The newest entry of the trail that the archive holds."""
    taken_at: Mapped[datetime | None]
    fingerprint: Mapped[bytes | None]
    rows: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    size: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    """Bytes of the sealed file."""
    expires_on: Mapped[date | None]
    """The last day it may be fetched here."""
    confirmed_at: Mapped[datetime | None]
    confirmed_by_name: Mapped[str] = mapped_column(default="", server_default="")


class ArchiveChunk(Municipal, Base):
    """A piece of a finished, sealed file, kept until it has been fetched or its last day is over."""

    __tablename__ = "archive_chunk"
    __app_rights__ = frozenset({"SELECT", "INSERT", "DELETE"})
    __table_args__ = (
        owned_fk("export_id", "archive_export", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "export_id", "number"),
    )
    export_id: Mapped[UUID]
    number: Mapped[int]
    content: Mapped[bytes]


class BroughtRow(Municipal, Base):
    """A row of the cooperation in another house, as the archive told it: kept as a record, never a live row.

    Its region and the other parties are not here. `content` is the archive's own line, so that it goes out as it came.
    """

    __tablename__ = "brought_row"
    __app_rights__ = frozenset({"SELECT"})
    __table_args__ = (UniqueConstraint("tenant_id", "source_table", "source_key"),)
    source_table: Mapped[str]
    source_key: Mapped[str]
    content: Mapped[str]


class Departure(Identity, Base):
    """A municipality's leaving: closed on a day, deleted in batches, done with a certificate. What remains of it here."""

    __tablename__ = "departure"
    __table_args__ = (
        UniqueConstraint("municipality_id"),
        CheckConstraint("state IN ('closed', 'deleting', 'done')", name="state"),
        CheckConstraint("(state = 'done') = (certificate IS NOT NULL)", name="certificate"),
    )
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey(f"{SCHEMA}.municipality.id"))
    state: Mapped[str] = mapped_column(default="closed", server_default="closed")
    closed_on: Mapped[date]
    """The last day it was open."""
    closed_by: Mapped[str]
    controller: Mapped[str]
    """Who answers for the data from now on, and the receipt for that."""
    receipt: Mapped[str]
    fingerprint: Mapped[bytes]
    as_of: Mapped[datetime]
    chain_no: Mapped[int] = mapped_column(BigInteger)
    chain_seal: Mapped[bytes | None]
    checklist: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    undo: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    """Memberships that were ended, so that closing can be undone until deletion begins."""
    rows: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    """Deleted so far, by table."""
    done_at: Mapped[datetime | None]
    certificate: Mapped[dict[str, Any] | None]
    signature: Mapped[bytes | None]
