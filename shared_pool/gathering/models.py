"""Suggested groups across municipalities (C11): what the region asks, and what each municipality answers for its own."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import Base, Regional, Shared, Stamped, region_fk


class GroupSuggestion(Regional, Stamped, Base):
    """A group that could be, asked about: what the needs have in common, and how it went. No need stands here.

    asked → ready (enough said yes and somebody hosts it) or fallen (too few, or nobody to host), or withdrawn by the
    region. `age_band` is one of the pool's bands; `slot` is the day as the region may read it (Cluster.told_day).
    """

    __tablename__ = "group_suggestion"
    __region_door__ = "current_pool"
    __app_rights__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __table_args__ = (
        CheckConstraint("state IN ('asked', 'ready', 'fallen', 'withdrawn')", name="state"),
        CheckConstraint("state <> 'ready' OR host_id IS NOT NULL", name="hosted"),
        CheckConstraint("ended_why IN ('', 'too_few', 'no_host', 'withdrawn')", name="ended_why"),
        CheckConstraint("least >= 5", name="least"),
        CheckConstraint("needs >= least AND municipalities >= 2", name="counts"),
    )
    interest: Mapped[str]
    slot: Mapped[str]
    age_band: Mapped[str]
    areas: Mapped[list[str]]
    needs: Mapped[int]
    """How many there were when it was asked."""
    municipalities: Mapped[int]
    least: Mapped[int]
    """So many must say yes: the region's limit when it was asked."""
    state: Mapped[str] = mapped_column(default="asked", server_default="asked")
    asked_by: Mapped[UUID]
    asked_on: Mapped[date]
    answer_by: Mapped[date]
    host_id: Mapped[UUID | None]
    ended_on: Mapped[date | None]
    ended_why: Mapped[str] = mapped_column(default="", server_default="")


class GroupAsk(Shared, Stamped, Base):
    """One municipality's part of a suggestion: which of its own needs are in it, and for which of them it says yes.

    Only that municipality and the pool's coordinator see it. It says that there are at least `least` in all, never how
    many: whoever takes their own away must not arrive at the others'. `partners` is filled in for the host alone, when
    the group is ready.
    """

    __tablename__ = "group_ask"
    __parties__ = ("municipality_id",)
    __party_may__: ClassVar[dict[str, tuple[str, ...]]] = {
        "SELECT": ("municipality_id",), "UPDATE": ("municipality_id",)}  # fmt: skip
    __region_door__ = "current_pool"
    __region_may__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __app_rights__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __table_args__ = (
        region_fk("suggestion_id", "group_suggestion"),
        UniqueConstraint("region_id", "suggestion_id", "municipality_id"),
        CheckConstraint("state IN ('asked', 'yes', 'no', 'lapsed')", name="state"),
        CheckConstraint("outcome IN ('open', 'ready', 'fallen', 'withdrawn')", name="outcome"),
        CheckConstraint("yes_ids <@ need_ids", name="own_needs"),
        CheckConstraint("state = 'yes' OR (yes_ids = '{}' AND NOT can_host)", name="answered"),
        CheckConstraint("least >= 5", name="least"),
        Index("ix_group_ask_municipality", "municipality_id"),
    )
    suggestion_id: Mapped[UUID]
    municipality_id: Mapped[UUID]
    interest: Mapped[str]
    weekday: Mapped[str]
    age_band: Mapped[str]
    areas: Mapped[list[str]]
    least: Mapped[int]
    answer_by: Mapped[date]
    need_ids: Mapped[list[UUID]]
    yes_ids: Mapped[list[UUID]] = mapped_column(server_default="{}")
    can_host: Mapped[bool] = mapped_column(default=False, server_default="false")
    state: Mapped[str] = mapped_column(default="asked", server_default="asked")
    answered_on: Mapped[date | None]
    outcome: Mapped[str] = mapped_column(default="open", server_default="open")
    host_id: Mapped[UUID | None]
    partners: Mapped[list[UUID]] = mapped_column(server_default="{}")
