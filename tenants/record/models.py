"""What a person has said yes to when they move."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import Base, Municipal, Stamped, owned_fk


class TransferConsent(Municipal, Stamped, Base):
    """Somebody's yes to handing the person's case to the municipality they move to: who said it, when, and to whom.

    Without a standing one there is no package (pasient- og brukerrettighetsloven § 3-6; fvl. § 13 a). It is withdrawn,
    never deleted.
    """

    __tablename__ = "transfer_consent"
    __table_args__ = (
        owned_fk("person_id", "person"),
        CheckConstraint("given_by IN ('self', 'parent', 'guardian', 'power_of_attorney')", name="given_by"),
        CheckConstraint("withdrawn_on IS NULL OR withdrawn_on >= given_on", name="withdrawn"),
        Index("ix_transfer_consent_person", "tenant_id", "person_id"),
    )
    person_id: Mapped[UUID]
    given_by: Mapped[str]
    given_by_name: Mapped[str]
    given_on: Mapped[date]
    receiver: Mapped[str]
    recorded_by: Mapped[UUID | None]
    recorded_by_name: Mapped[str] = mapped_column(default="", server_default="")
    withdrawn_on: Mapped[date | None]
