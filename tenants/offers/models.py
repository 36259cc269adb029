"""Open offers: open café, offers anybody may come to, and holiday trips (C13). They have no enrolment, so nobody's name."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import Base, Municipal, Stamped, owned_fk

BANDS = ("0-12", "13-17", "18-29", "30-66", "67+")
"""Bands that somebody at the door can count by eye; children, youth, young adults, adults and older people."""


class OpenOffer(Municipal, Stamped, Base):
    """An offer one may come to without being enrolled and without a decision. `places` and `price_kroner` are for holiday
    trips (Drammen's ferietilbud); an open café has none.
    """

    __tablename__ = "open_offer"
    __table_args__ = (
        CheckConstraint("kind IN ('cafe', 'open_offer', 'holiday_trip')", name="kind"),
        CheckConstraint("weekday IN ('', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun')", name="weekday"),
        CheckConstraint("ends > starts", name="times"),
        CheckConstraint("valid_to >= valid_from", name="period"),
        CheckConstraint("places >= 1 AND places <= 1000", name="places"),
        CheckConstraint("price_kroner >= 0", name="price"),
        CheckConstraint("kind <> 'holiday_trip' OR (weekday = '' AND valid_to IS NOT NULL)", name="trip"),
        Index("ix_open_offer_name", "tenant_id", "name"),
    )
    kind: Mapped[str]
    name: Mapped[str]
    about: Mapped[str] = mapped_column(default="", server_default="")
    place: Mapped[str]
    weekday: Mapped[str] = mapped_column(default="", server_default="")
    starts: Mapped[time]
    ends: Mapped[time]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    responsible: Mapped[str] = mapped_column(default="", server_default="")
    places: Mapped[int | None]
    price_kroner: Mapped[Decimal] = mapped_column(default=Decimal(0), server_default="0")


class OfferDay(Municipal, Stamped, Base):
    """One day of an offer, and how many came. Counts alone; `guidance` is about what was asked, never about who asked."""

    __tablename__ = "offer_day"
    __table_args__ = (
        owned_fk("offer_id", "open_offer"),
        UniqueConstraint("tenant_id", "offer_id", "day"),
        CheckConstraint("state IN ('planned', 'held', 'cancelled')", name="state"),
        CheckConstraint("ends > starts", name="times"),
        CheckConstraint(
            "volunteers >= 0 AND volunteers <= 1000 AND contacts >= 0 AND contacts <= 1000"
            " AND staff >= 0 AND staff <= 1000 AND talks >= 0 AND talks <= 1000",
            name="counts",
        ),
        CheckConstraint("char_length(guidance) <= 2000", name="guidance"),
    )
    offer_id: Mapped[UUID]
    day: Mapped[date]
    starts: Mapped[time]
    ends: Mapped[time]
    state: Mapped[str] = mapped_column(default="planned", server_default="planned")
    volunteers: Mapped[int] = mapped_column(default=0, server_default="0")
    contacts: Mapped[int] = mapped_column(default=0, server_default="0")
    staff: Mapped[int] = mapped_column(default=0, server_default="0")
    talks: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many were given guidance, by count."""
    guidance: Mapped[str] = mapped_column(default="", server_default="")
    cancel_reason: Mapped[str] = mapped_column(default="", server_default="")
    counted_by: Mapped[str] = mapped_column(default="", server_default="")


class OfferCount(Municipal, Base):
    """How many of an age band came on a day."""

    __tablename__ = "offer_count"
    __table_args__ = (
        owned_fk("day_id", "offer_day"),
        UniqueConstraint("tenant_id", "day_id", "band"),
        CheckConstraint("band IN ({})".format(", ".join(f"'{band}'" for band in BANDS)), name="band"),
        CheckConstraint("came >= 0 AND came <= 1000", name="came"),
    )
    day_id: Mapped[UUID]
    band: Mapped[str]
    came: Mapped[int]


class OfferTried(Municipal, Stamped, Base):
    """Which open offer somebody tried before a decision, and how it went in their own words. Hangs on a case, and is seen
    by who sees the case.
    """

    __tablename__ = "offer_tried"
    __table_args__ = (
        owned_fk("case_id", "case_file"),
        owned_fk("offer_id", "open_offer"),
        CheckConstraint("outcome IN ('enough', 'partly', 'not_enough', 'never_went')", name="outcome"),
        CheckConstraint("last_on >= first_on", name="period"),
        CheckConstraint("times >= 0 AND times <= 1000", name="times"),
        Index("ix_offer_tried_case", "tenant_id", "case_id"),
        Index("ix_offer_tried_offer", "tenant_id", "offer_id"),
    )
    case_id: Mapped[UUID]
    offer_id: Mapped[UUID | None]
    name: Mapped[str]
    """What it was called then; an offer of somebody else's, such as a voluntary organisation's, has only this."""
    first_on: Mapped[date]
    last_on: Mapped[date | None]
    times: Mapped[int | None]
    outcome: Mapped[str]
    own_words: Mapped[str] = mapped_column(default="", server_default="")
    noted_by: Mapped[UUID]
    noted_by_name: Mapped[str] = mapped_column(default="", server_default="")
    withdrawn_on: Mapped[date | None]
