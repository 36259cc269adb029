"""A municipality's own figures, and the approved ones it has let the region see."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import Base, Municipal, Shared, Stamped, owned_fk


class FigureSet(Municipal, Stamped, Base):
    """One computation of a period's figures. A correction is a new version; nothing is overwritten."""

    __tablename__ = "figure_set"
    __table_args__ = (
        UniqueConstraint("tenant_id", "period", "edition"),
        CheckConstraint("state IN ('computed', 'approved', 'replaced')", name="state"),
    )
    period: Mapped[str]
    edition: Mapped[int]
    state: Mapped[str] = mapped_column(default="computed", server_default="computed")
    computed_at: Mapped[datetime]
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[UUID | None]


class Figure(Municipal, Base):
    """One measure's value in one cell: count, sum of hours or kroner."""

    __tablename__ = "figure"
    __table_args__ = (
        owned_fk("set_id", "figure_set", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "set_id", "measure", "cell"),
    )
    set_id: Mapped[UUID]
    measure: Mapped[str]
    cell: Mapped[str] = mapped_column(default="", server_default="")
    value: Mapped[Decimal] = mapped_column(Numeric(16, 2))


class ApprovedFigure(Shared, Base):
    """An approved value, copied to the region by the municipality that approved it. Append only."""

    __tablename__ = "approved_figure"
    __parties__ = ("reported_by",)
    __party_may__: ClassVar[dict[str, tuple[str, ...]]] = {
        "SELECT": ("reported_by",),
        "INSERT": ("reported_by",),
    }
    __region_door__ = "current_steering"
    __region_may__ = frozenset({"SELECT"})
    __app_rights__ = frozenset({"SELECT", "INSERT"})
    __table_args__ = (
        UniqueConstraint("region_id", "reported_by", "period", "edition", "measure", "cell"),
        Index("ix_approved_figure_period", "region_id", "period", "measure"),
    )
    reported_by: Mapped[UUID]
    period: Mapped[str]
    edition: Mapped[int]
    measure: Mapped[str]
    cell: Mapped[str] = mapped_column(default="", server_default="")
    value: Mapped[Decimal] = mapped_column(Numeric(16, 2))
    approved_at: Mapped[datetime]
