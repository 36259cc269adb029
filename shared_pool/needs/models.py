"""Needs without a name. No person id and no case id: the municipality's own order points here, never the other way."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import Base, Shared, region_fk

_THIS_WEEK = text("(date_trunc('week', (now() AT TIME ZONE 'Europe/Oslo')))::date")


class Need(Shared, Base):
    """What may be displayed of a need, and nothing else (C3, docs/decisions/0053-what-a-need-may-say.md).

    A partner reads this table (C18), so no column of it is matched on only: those are `NeedRequirement`'s. No time in it
    is finer than a week, since a posting's minute may be found again in somebody's case. Who said yes, when, and on
    which ground stands with the municipality's own order.

    Whether it is held for a candidate is not written here, since the region may not change a municipality's need: it is
    when a live proposal points to it. `age_band` is one of `bands.BANDS`; `weekdays` of `times.SHOWN_DAYS`; the hours
    a week are more than `hours_from` and at most `hours_per_week`.
    """

    __tablename__ = "need"
    __parties__ = ("posted_by",)
    __party_may__: ClassVar[dict[str, tuple[str, ...]]] = {
        "SELECT": ("posted_by",), "INSERT": ("posted_by",), "UPDATE": ("posted_by",)}  # fmt: skip
    __region_door__ = "current_needs"
    __region_may__ = frozenset({"SELECT"})
    __region_sees__ = "state <> 'withdrawn'"
    __app_rights__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __table_args__ = (
        UniqueConstraint("region_id", "code"),
        CheckConstraint("state IN ('open', 'filled', 'withdrawn', 'expired')", name="state"),
        CheckConstraint("purpose IN ('regular', 'substitute')", name="purpose"),
        CheckConstraint("gender_wish IN ('F', 'M', 'any')", name="gender_wish"),
        CheckConstraint("predictability BETWEEN 1 AND 3", name="predictability"),
        CheckConstraint("hours_from >= 0 AND hours_from < hours_per_week", name="hours"),
        CheckConstraint("char_length(about) <= 300", name="about"),
        CheckConstraint("EXTRACT(isodow FROM posted_week) = 1", name="posted_week"),
        CheckConstraint("EXTRACT(isodow FROM closed_week) = 1", name="closed_week"),
        Index("ix_need_posted_by", "posted_by"),
    )
    posted_by: Mapped[UUID]
    code: Mapped[str]
    state: Mapped[str] = mapped_column(default="open", server_default="open")
    purpose: Mapped[str] = mapped_column(default="regular", server_default="regular")
    """A regular contact, or somebody to stand in for one (B10)."""
    age_band: Mapped[str]
    gender_wish: Mapped[str] = mapped_column(default="any", server_default="any")
    interests: Mapped[list[str]] = mapped_column(server_default="{}")
    weekdays: Mapped[list[str]] = mapped_column(server_default="{}")
    hours_from: Mapped[Decimal] = mapped_column(default=Decimal(0), server_default="0")
    hours_per_week: Mapped[Decimal]
    area: Mapped[str]
    needs_car: Mapped[bool] = mapped_column(default=False, server_default="false")
    predictability: Mapped[int] = mapped_column(default=2, server_default="2")
    months: Mapped[int] = mapped_column(default=12, server_default="12")
    about: Mapped[str] = mapped_column(default="", server_default="")
    """Free text, checked for what tells who it is (checking.py) and read by a person."""
    posted_week: Mapped[date] = mapped_column(server_default=_THIS_WEEK)
    """The Monday of the week it was posted in."""
    expires_on: Mapped[date]
    """Its last day, a Sunday: counted from a Monday, so that it tells no more than the week."""
    closed_week: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1, server_default="1")


class NeedRequirement(Shared, Base):
    """What a need is matched on and nobody is shown: skills, languages, times of day and exact times (C3).

    In a table of its own, so that a partner, or a query in a partner's name, has no way to it. It goes when the need is
    taken back or runs out.
    """

    __tablename__ = "need_requirement"
    __parties__ = ("posted_by",)
    __party_may__: ClassVar[dict[str, tuple[str, ...]]] = {
        "SELECT": ("posted_by",), "INSERT": ("posted_by",), "DELETE": ("posted_by",)}  # fmt: skip
    # To one's own need only: the foreign key alone would let anybody ask more of another municipality's.
    __insert_check__ = (
        "EXISTS (SELECT 1 FROM sammen.need n WHERE n.region_id = need_requirement.region_id"
        " AND n.id = need_requirement.need_id AND n.posted_by = need_requirement.posted_by)"
    )
    __region_door__ = "current_pool"
    __region_may__ = frozenset({"SELECT"})
    __app_rights__ = frozenset({"SELECT", "INSERT", "DELETE"})
    __table_args__ = (
        region_fk("need_id", "need"),
        UniqueConstraint("region_id", "need_id"),
        Index("ix_need_requirement_posted_by", "posted_by"),
    )
    posted_by: Mapped[UUID]
    need_id: Mapped[UUID]
    slots: Mapped[list[str]] = mapped_column(server_default="{}")
    skills: Mapped[list[str]] = mapped_column(server_default="{}")
    languages: Mapped[list[str]] = mapped_column(server_default="{}")
    exact_times: Mapped[list[str]] = mapped_column(server_default="{}")
    """Such as "tue 16:15-18:00" (times.py)."""
    min_contact_age: Mapped[int | None]
    """The posting municipality's own rule for contacts (B11), which would tell which municipality it is."""
