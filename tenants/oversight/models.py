"""What the weekly look through the access log found, and what somebody made of it (E4)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import Base, Municipal, Stamped


class UnusualRead(Municipal, Base):
    """A pattern in one reader's look-ups of a week, by a rule of rules.py: never an accusation, always its numbers.

    `week`: its Monday. `about_id`: the one person it is about, or None when it is about many. `facts`: the numbers its
    sentence is made of. `entry_ids`: the entries it was found in, at most fifty.
    """

    __tablename__ = "unusual_read"
    __table_args__ = (
        UniqueConstraint("tenant_id", "week", "rule", "reader_id", "about_id", postgresql_nulls_not_distinct=True),
        CheckConstraint("outcome IN ('', 'in_order', 'talked', 'breach')", name="outcome"),
        CheckConstraint("(outcome = '') = (reviewed_at IS NULL)", name="reviewed"),
        CheckConstraint("reviewed_by IS NULL OR reviewed_by <> reader_id", name="not_ones_own"),
        Index("ix_unusual_read_list", "tenant_id", "outcome", "week"),
    )  # fmt: skip
    __app_rights__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    week: Mapped[date]
    rule: Mapped[str]
    reader_id: Mapped[UUID]
    reader_name: Mapped[str]
    about_id: Mapped[UUID | None]
    count: Mapped[int]
    facts: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    entry_ids: Mapped[list[UUID]] = mapped_column(server_default="{}")
    found_at: Mapped[datetime] = mapped_column(server_default=func.now())
    outcome: Mapped[str] = mapped_column(default="", server_default="")
    note: Mapped[str] = mapped_column(default="", server_default="")
    reviewed_by: Mapped[UUID | None]
    reviewed_by_name: Mapped[str] = mapped_column(default="", server_default="")
    reviewed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1, server_default="1")


class LogRule(Municipal, Stamped, Base):
    """What a municipality says in the log a person gets: the names of those who work there, or their roles only.

    No row: names (docs/decisions/0082-emergency-and-the-log.md).
    """

    __tablename__ = "log_rule"
    __table_args__ = (UniqueConstraint("tenant_id"),)
    names: Mapped[bool] = mapped_column(default=True, server_default="true")
    changed_by_name: Mapped[str] = mapped_column(default="", server_default="")
