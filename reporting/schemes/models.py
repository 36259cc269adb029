"""Which schemes a municipality has (D1), as it says itself: one row for each answer, from a day on, and none is changed.

No person stands in an answer but the colleague who gave it and, if the municipality likes, whom to ask: it is read by
the steering group as it is.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import APPEND_ONLY, Base, Shared, Stamped


class SchemeAnswer(Shared, Stamped, Base):
    """One answer of one municipality. Of two for the same day the one given last counts; older ones are its history."""

    __tablename__ = "scheme_answer"
    __parties__ = ("municipality_id",)
    __party_may__: ClassVar[dict[str, tuple[str, ...]]] = {
        "SELECT": ("municipality_id",),
        "INSERT": ("municipality_id",),
    }
    __region_door__ = "current_steering"
    __region_may__ = frozenset({"SELECT"})
    __app_rights__ = APPEND_ONLY
    __table_args__ = (
        CheckConstraint("state IN ('has', 'planned', 'no', 'ended')", name="state"),
        CheckConstraint("scheme <> '' AND list_version > 0", name="scheme"),
        CheckConstraint("length(note) <= 300 AND length(ask) <= 120", name="texts"),
        Index("ix_scheme_answer_latest", "region_id", "municipality_id", "scheme", "valid_from"),
    )
    municipality_id: Mapped[UUID]
    scheme: Mapped[str]
    """Id in the declared list (catalogue.py)."""
    list_version: Mapped[int]
    """Which edition of the list the question was asked from."""
    state: Mapped[str]
    valid_from: Mapped[date]
    note: Mapped[str] = mapped_column(default="", server_default="")
    ask: Mapped[str] = mapped_column(default="", server_default="")
    """Whom to ask about it, as the municipality wrote it: a colleague's name or a role."""
    answered_by: Mapped[UUID]
    answered_by_name: Mapped[str]
    """The name at that time: the region may not read a municipality's list of users."""
