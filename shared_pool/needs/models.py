"""Needs without a name. No person id and no case id: the municipality's own order points here, never the other way."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import Base, Shared, Stamped


class Need(Shared, Stamped, Base):
    """Personal data without a name (C3). Rare traits (`languages`, `skills`, `slots`) are matched on, never displayed.

    Whether it is held for a candidate is not written here, since the region may not change a municipality's need: it is
    when a live proposal points to it. `age_band` is one of `bands.BANDS`.
    """

    __tablename__ = "need"
    __parties__ = ("posted_by",)
    __party_may__: ClassVar[dict[str, tuple[str, ...]]] = {
        "SELECT": ("posted_by",), "INSERT": ("posted_by",), "UPDATE": ("posted_by",)}  # fmt: skip
    __region_door__ = "current_pool"
    __region_may__ = frozenset({"SELECT"})
    __region_sees__ = "state <> 'withdrawn'"
    __app_rights__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __table_args__ = (
        UniqueConstraint("region_id", "code"),
        CheckConstraint("state IN ('open', 'filled', 'withdrawn', 'expired')", name="state"),
        CheckConstraint("gender_wish IN ('F', 'M', 'any')", name="gender_wish"),
        CheckConstraint("predictability BETWEEN 1 AND 3", name="predictability"),
        Index("ix_need_posted_by", "posted_by"),
    )
    posted_by: Mapped[UUID]
    code: Mapped[str]
    state: Mapped[str] = mapped_column(default="open", server_default="open")
    age_band: Mapped[str]
    gender_wish: Mapped[str] = mapped_column(default="any", server_default="any")
    interests: Mapped[list[str]] = mapped_column(server_default="{}")
    weekdays: Mapped[list[str]] = mapped_column(server_default="{}")
    slots: Mapped[list[str]] = mapped_column(server_default="{}")
    hours_per_week: Mapped[Decimal]
    area: Mapped[str]
    skills: Mapped[list[str]] = mapped_column(server_default="{}")
    languages: Mapped[list[str]] = mapped_column(server_default="{}")
    needs_car: Mapped[bool] = mapped_column(default=False, server_default="false")
    predictability: Mapped[int] = mapped_column(default=2, server_default="2")
    months: Mapped[int] = mapped_column(default=12, server_default="12")
    legal_ground: Mapped[str]
    consent_on: Mapped[date]
    posted_on: Mapped[date]
    expires_on: Mapped[date]
    closed_at: Mapped[datetime | None]
