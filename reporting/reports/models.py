"""What the region has agreed to reach: a figure, and how high or low it should be (D8)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import APPEND_ONLY, Base, Regional, Stamped


class Target(Regional, Stamped, Base):
    """One target from a day on. The newest row of a figure counts; older ones are its history, and none is changed.

    `value` is None where the region has no target for the figure any more from that day.
    """

    __tablename__ = "target"
    __region_door__ = "current_steering"
    __app_rights__ = APPEND_ONLY
    __table_args__ = (
        CheckConstraint("direction IN ('least', 'most')", name="direction"),
        CheckConstraint("value >= 0", name="value"),
        CheckConstraint("quantity <> ''", name="quantity"),
        Index("ix_target_quantity", "region_id", "quantity", "valid_from"),
    )
    quantity: Mapped[str]
    """Id of a measure or of a derived figure."""
    direction: Mapped[str]
    """least: the figure should be at least the value; most: at most."""
    value: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    valid_from: Mapped[date]
    why: Mapped[str] = mapped_column(default="", server_default="")
    """Where it was agreed, such as the steering group's meeting: as typed."""
    set_by: Mapped[UUID]
    set_by_name: Mapped[str]
    """The name at that time: those who read the history may not read the list of users."""
