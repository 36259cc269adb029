"""Releases: what was chosen, what may be seen, whose figures it was made of, and the proof that it gives nobody away.

A release's numbers come into `release_cell` when it is approved, written by a job, and are never changed. Before that they
lie in `release_proof`, which no person's request can read, as little as the approved figures themselves.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import Base, Regional, Stamped, region_fk

BY_A_JOB = "region_id = (select sammen.current_figures())"


class Release(Regional, Stamped, Base):
    """One release of one period. `edition` counts them; what has been shown stays, also when a newer one takes its place."""

    __tablename__ = "release"
    __app_rights__: ClassVar[frozenset[str]] = frozenset({"SELECT", "INSERT", "UPDATE"})
    __region_door__ = "current_steering"
    __table_args__ = (
        UniqueConstraint("region_id", "period", "edition"),
        CheckConstraint(
            "state IN ('making', 'ready', 'failed', 'approved', 'shown', 'replaced', 'withdrawn', 'discarded')",
            name="state",
        ),
        CheckConstraint("edition > 0 AND threshold >= 3", name="numbers"),
        CheckConstraint("state <> 'withdrawn' OR withdrawn_at IS NOT NULL AND reason <> ''", name="withdrawn"),
        # One at a time is worked on; one is shown.
        Index(
            "uq_release_open", "region_id", "period", unique=True,
            postgresql_where=text("state IN ('making', 'ready', 'failed', 'approved')"),
        ),
        Index(
            "uq_release_shown", "region_id", "period", unique=True, postgresql_where=text("state = 'shown'")
        ),
    )  # fmt: skip
    period: Mapped[str]
    edition: Mapped[int]
    state: Mapped[str] = mapped_column(default="making", server_default="making")
    tables: Mapped[list[str]]
    """What was chosen: measure and dimensions, as `users:age|gender`; `users:` is the municipalities alone."""
    threshold: Mapped[int]
    why: Mapped[str] = mapped_column(default="", server_default="")
    """What is new since the last release of the period, in the project manager's own words."""
    made_by: Mapped[UUID]
    task_id: Mapped[UUID | None]
    ready_at: Mapped[datetime | None]
    report: Mapped[dict[str, Any] | None]
    """What was tried and how much is hidden, by table; or which cells could not be protected. Numbers of cells only."""
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[UUID | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None]
    reason: Mapped[str] = mapped_column(default="", server_default="")


class ReleaseMember(Regional, Base):
    """A municipality that was a member when the period ended. `figures_edition` is None when it had approved none."""

    __tablename__ = "release_member"
    __app_rights__: ClassVar[frozenset[str]] = frozenset({"SELECT", "INSERT"})
    __region_door__ = "current_steering"
    __insert_check__ = BY_A_JOB
    __table_args__ = (
        region_fk("release_id", "release"),
        UniqueConstraint("region_id", "release_id", "municipality_id"),
    )
    release_id: Mapped[UUID]
    municipality_id: Mapped[UUID]
    figures_edition: Mapped[int | None]
    measures: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    """The measures it had figures of: one that it had not is missing, and not nought."""
    group_code: Mapped[str] = mapped_column(default="", server_default="")
    group_name: Mapped[str] = mapped_column(default="", server_default="")


class ReleaseCell(Regional, Base):
    """One published or hidden number. Noughts that are shown are not kept: a chosen table has them where nothing stands."""

    __tablename__ = "release_cell"
    __app_rights__: ClassVar[frozenset[str]] = frozenset({"SELECT", "INSERT"})
    __region_door__ = "current_steering"
    __insert_check__ = BY_A_JOB
    __table_args__ = (
        region_fk("release_id", "release"),
        UniqueConstraint("region_id", "release_id", "measure", "table_id", "place", "key"),
        CheckConstraint("hidden = (value IS NULL)", name="hidden"),
    )
    release_id: Mapped[UUID]
    measure: Mapped[str]
    table_id: Mapped[str]
    """The dimensions it is divided by, joined by `|`; "" for the municipalities alone."""
    place: Mapped[str]
    """A municipality's id, `g:` and a group's code, or "" for the region."""
    key: Mapped[str]
    value: Mapped[Decimal | None] = mapped_column(Numeric(16, 2))
    hidden: Mapped[bool] = mapped_column(default=False, server_default=text("false"))


class ReleaseProof(Regional, Base):
    """What the next release of the period must take as known, and the numbers until they are approved. For jobs alone."""

    __tablename__ = "release_proof"
    __app_rights__: ClassVar[frozenset[str]] = frozenset({"SELECT", "INSERT", "DELETE"})
    __region_door__ = "current_figures"
    __table_args__ = (
        region_fk("release_id", "release"),
        UniqueConstraint("region_id", "release_id"),
    )
    release_id: Mapped[UUID]
    content: Mapped[bytes]
    """Compressed JSON: see proof.py."""


class RegionGroup(Regional, Stamped, Base):
    """Which group a municipality is compared in: the second hierarchy of every table. One group each, or none."""

    __tablename__ = "region_group"
    __app_rights__: ClassVar[frozenset[str]] = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
    __region_door__ = "current_steering"
    __table_args__ = (
        UniqueConstraint("region_id", "municipality_id"),
        CheckConstraint("code ~ '^[a-z0-9-]{1,40}$' AND name <> ''", name="named"),
    )
    municipality_id: Mapped[UUID]
    code: Mapped[str]
    name: Mapped[str]
