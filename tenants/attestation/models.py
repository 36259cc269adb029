"""One-time codes with which hours are attested on the contact's phone (B8)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import Base, Municipal, Stamped, owned_fk


class AttestCode(Municipal, Stamped, Base):
    """A code sent to who attests: for exactly these lines as they stood, a quarter of an hour, five tries, once."""

    __tablename__ = "attest_code"
    __table_args__ = (
        owned_fk("assignment_id", "assignment"),
        owned_fk("contact_id", "support_contact"),
        owned_fk("attester_id", "person"),
        CheckConstraint("tries BETWEEN 0 AND 5", name="tries"),
        Index("ix_attest_code_assignment", "tenant_id", "assignment_id", "expires_at"),
    )
    assignment_id: Mapped[UUID]
    contact_id: Mapped[UUID]
    attester_id: Mapped[UUID]
    code_mark: Mapped[bytes]
    """A keyed mark of the code and the row's id: six digits are found from a plain hash in a second."""
    lines: Mapped[dict[str, Any]]
    """Line id → the version that was shown."""
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    used_at: Mapped[datetime | None]
