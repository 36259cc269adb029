"""Rates that municipalities of a region let each other see: what is paid, and nothing about anybody it is paid to."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped

from sammen.db.base import Base, Shared, Stamped


class SharedRates(Shared, Stamped, Base):
    """A table of rates as it was when it was shared. Others see it through `shared_rates()` (functions.sql).

    No free text of the table crosses with it: a name or a note could name a person.
    """

    __tablename__ = "shared_rates"
    __parties__ = ("posted_by",)
    __party_may__: ClassVar[dict[str, tuple[str, ...]]] = {
        "SELECT": ("posted_by",), "INSERT": ("posted_by",), "UPDATE": ("posted_by",)}  # fmt: skip
    __region_door__ = "current_pool"
    __region_may__ = frozenset({"SELECT"})
    __region_sees__ = "withdrawn_at IS NULL"
    __app_rights__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __table_args__ = (
        CheckConstraint("jsonb_typeof(document) = 'object'", name="document"),
        Index(
            "uq_shared_rates_open", "region_id", "posted_by", "source_id", unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        Index("ix_shared_rates_posted_by", "posted_by"),
    )  # fmt: skip
    posted_by: Mapped[UUID]
    source_id: Mapped[UUID]
    """The municipality's own table; a pointer only the municipality itself can follow."""
    valid_from: Mapped[date]
    document: Mapped[dict[str, Any]]
    """Rows and holiday pay (see terms.documents)."""
    posted_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
