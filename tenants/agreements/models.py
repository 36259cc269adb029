"""The agreement as a file to sign: what was sent, byte for byte."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import APPEND_ONLY, Base, Municipal, Stamped, owned_fk


class AgreementFile(Municipal, Stamped, Base):
    """An agreement as it was sent to signing: only ever added. `content` is what the sheet was given, `sha256` the file's.

    `terms` is the version of the engagement it shows: an older one than the engagement's says something else.
    """

    __tablename__ = "agreement_file"
    __app_rights__ = APPEND_ONLY
    __table_args__ = (
        owned_fk("engagement_id", "engagement"),
        owned_fk("contact_id", "support_contact"),
        CheckConstraint("language IN ('nb', 'nn', 'en')", name="language"),
        Index("ix_agreement_file_engagement", "tenant_id", "engagement_id"),
        Index("ix_agreement_file_contact", "tenant_id", "contact_id"),
    )
    engagement_id: Mapped[UUID]
    contact_id: Mapped[UUID]
    terms: Mapped[int]
    dated: Mapped[date]
    language: Mapped[str]
    title: Mapped[str]
    content: Mapped[dict[str, Any]]
    pdf: Mapped[bytes]
    sha256: Mapped[bytes]
    made_by: Mapped[UUID | None]
    made_by_name: Mapped[str] = mapped_column(default="", server_default="")
