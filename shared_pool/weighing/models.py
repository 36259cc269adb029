"""How much each part of a fit counts, as the region has decided; every version is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import APPEND_ONLY, Base, Regional


class MatchingWeights(Regional, Base):
    """One set of weights (C4): tried, which changes nothing, or adopted with a reason, which holds from then on.

    Rows are only ever added, so that why somebody was suggested last spring can still be told. Adopting what was tried
    adds a row that repeats it under the next number; two who adopt at once want the same number, and one of them is told.
    """

    __tablename__ = "matching_weights"
    __app_rights__: ClassVar[frozenset[str]] = APPEND_ONLY
    __region_door__ = "current_pool"
    __table_args__ = (
        CheckConstraint("state IN ('tried', 'adopted')", name="state"),
        CheckConstraint("(state = 'adopted') = (number IS NOT NULL AND why <> '')", name="adopted"),
        CheckConstraint("number >= 1", name="number"),
        UniqueConstraint("region_id", "number"),
    )
    state: Mapped[str]
    number: Mapped[int | None]
    """Of adopted versions: 1, 2, 3 … in the order they came to hold."""
    weights: Mapped[dict[str, Any]]
    """`Weights.to_json()` of the engine."""
    why: Mapped[str] = mapped_column(default="", server_default="")
    made_by: Mapped[UUID]
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())
