"""A case on its way from one purchaser to another."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import Base, Municipal, Stamped, owned_fk


class Handover(Municipal, Stamped, Base):
    """What the leaving purchaser has prepared: when the case moves, to whom, and what they should know (A1).

    A case whose person turns 18 moves on that day whether this row is there or not; a child-welfare case moves only with
    one that the receiver has confirmed (A16).
    """

    __tablename__ = "handover"
    __table_args__ = (
        owned_fk("case_id", "case_file"),
        CheckConstraint("state IN ('prepared', 'confirmed', 'moved', 'cancelled')", name="state"),
        CheckConstraint("from_purchaser IN ('child', 'adult', 'child_welfare')", name="from_purchaser"),
        CheckConstraint("to_purchaser IN ('child', 'adult', 'child_welfare')", name="to_purchaser"),
        Index(
            "ix_handover_open",
            "tenant_id",
            "case_id",
            unique=True,
            postgresql_where=text("state IN ('prepared', 'confirmed')"),
        ),
    )
    case_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(default="prepared", server_default="prepared")
    from_purchaser: Mapped[str]
    to_purchaser: Mapped[str]
    moves_on: Mapped[date]
    note: Mapped[str] = mapped_column(default="", server_default="")
    receiver_id: Mapped[UUID | None]
    receiver_name: Mapped[str] = mapped_column(default="", server_default="")
    prepared_by: Mapped[UUID | None]
    prepared_by_name: Mapped[str] = mapped_column(default="", server_default="")
    prepared_on: Mapped[date]
    confirmed_on: Mapped[date | None]
    moved_on: Mapped[date | None]
