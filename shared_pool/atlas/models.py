"""The region's map as published counts: nothing in it is a row of anybody's, and nothing in it is exact."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import Base, Regional


class AtlasCount(Regional, Base):
    """Open needs and candidates of one area in one week, as everybody in the region who reads the map may see them.

    A count under the region's limit is not written (NULL), and the others are rounded to fives: whoever takes their own
    municipality's away, or compares with last week, does not arrive at one person (docs/decisions/0057). The table
    itself refuses an exact count.
    """

    __tablename__ = "atlas_count"
    __region_door__ = "current_project"
    __app_rights__ = frozenset({"SELECT", "INSERT", "DELETE"})
    __table_args__ = (
        UniqueConstraint("region_id", "week", "area"),
        CheckConstraint("EXTRACT(isodow FROM week) = 1", name="week"),
        CheckConstraint("needs >= 5 AND needs % 5 = 0", name="needs"),
        CheckConstraint("candidates >= 5 AND candidates % 5 = 0", name="candidates"),
        CheckConstraint("least >= 5", name="least"),
    )
    week: Mapped[date]
    """The Monday it was counted for."""
    area: Mapped[str]
    needs: Mapped[int | None]
    candidates: Mapped[int | None]
    least: Mapped[int] = mapped_column(default=5, server_default="5")
    """The limit in force when it was counted: what is NULL was fewer."""
