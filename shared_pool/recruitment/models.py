"""The pool's candidates: described without a name, by their own consent."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import Base, Shared, Stamped


class Candidate(Shared, Stamped, Base):
    """Somebody who said yes to being seen by the pool until a date (C2). The name stays in the home municipality.

    The region sees a row only while the consent holds: withdrawal hides at once, in the policy itself.
    """

    __tablename__ = "candidate"
    __parties__ = ("home_id",)
    __party_may__: ClassVar[dict[str, tuple[str, ...]]] = {
        "SELECT": ("home_id",), "INSERT": ("home_id",), "UPDATE": ("home_id",)}  # fmt: skip
    __region_door__ = "current_pool"
    __region_may__ = frozenset({"SELECT"})
    __region_sees__ = "withdrawn_at IS NULL AND consent_until >= (select sammen.norwegian_day())"
    __app_rights__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __table_args__ = (
        UniqueConstraint("region_id", "code"),
        CheckConstraint("gender IN ('F', 'M', 'X')", name="gender"),
        Index("ix_candidate_home", "home_id"),
        Index("ix_candidate_open", "region_id", postgresql_where=text("withdrawn_at IS NULL")),
    )
    home_id: Mapped[UUID]
    code: Mapped[str]
    """What others call the candidate, e.g. K-118. Given at random, so that it tells nothing of when or where."""
    birth_year: Mapped[int]
    gender: Mapped[str]
    interests: Mapped[list[str]] = mapped_column(server_default="{}")
    skills: Mapped[list[str]] = mapped_column(server_default="{}")
    languages: Mapped[list[str]] = mapped_column(server_default="{}")
    slots: Mapped[list[str]] = mapped_column(server_default="{}")
    area: Mapped[str]
    has_car: Mapped[bool] = mapped_column(default=False, server_default="false")
    hours_wanted: Mapped[Decimal]
    hours_now: Mapped[Decimal] = mapped_column(default=Decimal(0), server_default="0")
    will_not: Mapped[list[str]] = mapped_column(server_default="{}")
    longest_months: Mapped[int] = mapped_column(default=0, server_default="0")
    commits_months: Mapped[int] = mapped_column(default=0, server_default="0")
    courses: Mapped[int] = mapped_column(default=0, server_default="0")
    consent_on: Mapped[date]
    consent_until: Mapped[date]
    withdrawn_at: Mapped[datetime | None]
