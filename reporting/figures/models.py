"""A municipality's figures in editions, what it has let the region see, and how many people live where."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import APPEND_ONLY, Base, Municipal, Regional, Shared, Stamped, owned_fk, region_fk


class FigureSet(Municipal, Stamped, Base):
    """One computation of a period's figures. A correction is a new edition; what was approved is never overwritten."""

    __tablename__ = "figure_set"
    __app_rights__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __table_args__ = (
        UniqueConstraint("tenant_id", "period", "edition"),
        CheckConstraint("state IN ('computed', 'approved', 'replaced')", name="state"),
        CheckConstraint("length(note) <= 500", name="note"),
        CheckConstraint("length(reason) <= 500", name="reason"),
    )
    period: Mapped[str]
    edition: Mapped[int]
    state: Mapped[str] = mapped_column(default="computed", server_default="computed")
    computed_at: Mapped[datetime]
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[UUID | None]
    note: Mapped[str] = mapped_column(default="", server_default="")
    """What the municipality wants read beside its figures in the region. Goes with them when they are approved."""
    reason: Mapped[str] = mapped_column(default="", server_default="")
    """What was mended, when an edition takes the place of one that was approved."""
    measures: Mapped[list[str]] = mapped_column(default=list, server_default=text("'{}'::text[]"))
    """Every measure it was computed for: one without cells is nought, one that is not here is missing."""


class Figure(Municipal, Base):
    """One inner cell: its codes joined by "|" in the order of the measure's dimensions, and who stands behind it."""

    __tablename__ = "figure"
    __app_rights__ = APPEND_ONLY
    __table_args__ = (
        owned_fk("set_id", "figure_set", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "set_id", "measure", "key"),
    )
    set_id: Mapped[UUID]
    measure: Mapped[str]
    key: Mapped[str] = mapped_column(default="", server_default="")
    value: Mapped[Decimal] = mapped_column(Numeric(16, 2))
    contributors: Mapped[int] = mapped_column(default=0, server_default="0")
    largest: Mapped[Decimal] = mapped_column(Numeric(16, 2), default=Decimal(0), server_default="0")
    second: Mapped[Decimal] = mapped_column(Numeric(16, 2), default=Decimal(0), server_default="0")


class FigureComment(Municipal, Base):
    """What somebody in the municipality said about an edition, or about one measure in it. It never leaves home."""

    __tablename__ = "figure_comment"
    __app_rights__ = APPEND_ONLY
    __table_args__ = (
        owned_fk("set_id", "figure_set"),
        Index("ix_figure_comment_set", "tenant_id", "set_id"),
        CheckConstraint("length(body) >= 1", name="body"),
        CheckConstraint("length(body) <= 1000", name="body_long"),
    )
    set_id: Mapped[UUID]
    measure: Mapped[str] = mapped_column(default="", server_default="")
    """A measure's id; empty for the whole edition."""
    body: Mapped[str]
    written_by: Mapped[UUID]
    written_at: Mapped[datetime]


class FigureApproval(Shared, Base):
    """That a municipality has approved an edition, and what it says about it. No numbers: those are approved_figure's."""

    __tablename__ = "figure_approval"
    __parties__ = ("reported_by",)
    __party_may__: ClassVar[dict[str, tuple[str, ...]]] = {
        "SELECT": ("reported_by",),
        "INSERT": ("reported_by",),
    }
    __region_door__ = "current_steering"
    __region_may__ = frozenset({"SELECT"})
    __app_rights__ = APPEND_ONLY
    __table_args__ = (
        UniqueConstraint("region_id", "reported_by", "period", "edition"),
        CheckConstraint("length(note) <= 500", name="note"),
        CheckConstraint("length(reason) <= 500", name="reason"),
    )
    reported_by: Mapped[UUID]
    period: Mapped[str]
    edition: Mapped[int]
    note: Mapped[str] = mapped_column(default="", server_default="")
    reason: Mapped[str] = mapped_column(default="", server_default="")
    measures: Mapped[list[str]] = mapped_column(default=list, server_default=text("'{}'::text[]"))
    approved_at: Mapped[datetime]


class ApprovedFigure(Shared, Base):
    """An approved inner cell, copied to the region by the municipality that approved it. Append only."""

    __tablename__ = "approved_figure"
    __parties__ = ("reported_by",)
    __party_may__: ClassVar[dict[str, tuple[str, ...]]] = {
        "SELECT": ("reported_by",),
        "INSERT": ("reported_by",),
    }
    __region_door__ = "current_figures"
    __region_may__ = frozenset({"SELECT"})
    __app_rights__ = APPEND_ONLY
    __table_args__ = (
        UniqueConstraint("region_id", "reported_by", "period", "edition", "measure", "key"),
        Index("ix_approved_figure_period", "region_id", "period", "measure"),
    )
    reported_by: Mapped[UUID]
    period: Mapped[str]
    edition: Mapped[int]
    measure: Mapped[str]
    key: Mapped[str] = mapped_column(default="", server_default="")
    value: Mapped[Decimal] = mapped_column(Numeric(16, 2))
    contributors: Mapped[int] = mapped_column(default=0, server_default="0")
    largest: Mapped[Decimal] = mapped_column(Numeric(16, 2), default=Decimal(0), server_default="0")
    second: Mapped[Decimal] = mapped_column(Numeric(16, 2), default=Decimal(0), server_default="0")
    approved_at: Mapped[datetime]


class FigureReminder(Shared, Base):
    """The region's project manager has asked a municipality for the figures of a period."""

    __tablename__ = "figure_reminder"
    __parties__ = ("municipality_id",)
    __party_may__: ClassVar[dict[str, tuple[str, ...]]] = {"SELECT": ("municipality_id",)}
    __region_door__ = "current_steering"
    __region_may__ = frozenset({"SELECT", "INSERT"})
    __app_rights__ = APPEND_ONLY
    __table_args__ = (Index("ix_figure_reminder_period", "region_id", "municipality_id", "period"),)
    municipality_id: Mapped[UUID]
    period: Mapped[str]
    asked_at: Mapped[datetime]
    asked_by: Mapped[UUID]


class PopulationEdition(Regional, Stamped, Base):
    """A file of inhabitants that the project manager has read in. Later ones take its place; it stays as it was."""

    __tablename__ = "population_edition"
    __app_rights__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __table_args__ = (
        UniqueConstraint("region_id", "edition"),
        CheckConstraint("state IN ('draft', 'used', 'discarded')", name="state"),
        CheckConstraint("(state = 'used') = (used_at IS NOT NULL)", name="used"),
        CheckConstraint("length(source) >= 1", name="source"),
        CheckConstraint("length(source) <= 200", name="source_long"),
    )
    edition: Mapped[int]
    state: Mapped[str] = mapped_column(default="draft", server_default="draft")
    source: Mapped[str]
    as_of: Mapped[date]
    """The day the file was fetched from its source."""
    file_name: Mapped[str] = mapped_column(default="", server_default="")
    faults: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    """{"rows": [[line, sentence], …], "skipped": n}: what could not be read, as it was told."""
    read_by: Mapped[UUID]
    used_at: Mapped[datetime | None]
    used_by: Mapped[UUID | None]


class PopulationCount(Regional, Base):
    """Inhabitants of a municipality on 1 January of a year, in one of the four age bands of the figures."""

    __tablename__ = "population_count"
    __app_rights__ = APPEND_ONLY
    __table_args__ = (
        region_fk("edition_id", "population_edition"),
        UniqueConstraint("region_id", "edition_id", "municipality_id", "year", "band"),
        CheckConstraint("band IN ('0-17', '18-66', '67-79', '80')", name="band"),
        CheckConstraint("inhabitants >= 0", name="inhabitants"),
    )
    edition_id: Mapped[UUID]
    municipality_id: Mapped[UUID]
    year: Mapped[int]
    band: Mapped[str]
    inhabitants: Mapped[int]
