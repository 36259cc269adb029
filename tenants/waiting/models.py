"""Respite (avlastning) that a family applied for: noted by the purchaser, to be seen beside the loss of a contact."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import Base, Municipal, Stamped, owned_fk


class RespiteApplication(Municipal, Stamped, Base):
    """That respite was applied for in a case, and how it went (A12). Respite itself is decided in another service.

    What is kept is the day and the outcome, and a note: enough to see whether a lost contact is followed by a heavier
    service, and no more.
    """

    __tablename__ = "respite_application"
    __table_args__ = (
        owned_fk("case_id", "case_file"),
        CheckConstraint("outcome IN ('pending', 'granted', 'refused', 'withdrawn')", name="outcome"),
        CheckConstraint("answered_on IS NULL OR answered_on >= applied_on", name="answered_after"),
        Index("ix_respite_application_case", "tenant_id", "case_id"),
        Index("ix_respite_application_day", "tenant_id", "applied_on"),
    )
    case_id: Mapped[UUID]
    applied_on: Mapped[date]
    outcome: Mapped[str] = mapped_column(default="pending", server_default="pending")
    answered_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(default="", server_default="")
    noted_by_name: Mapped[str] = mapped_column(default="", server_default="")
