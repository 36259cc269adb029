"""What goes over the wire of figures and of the calendar."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

Number = Annotated[str, Meta(pattern=r"^-?[0-9]+\.[0-9]{2}$", description="Et tall med to desimaler.")]


class EditionOut(Struct, frozen=True):
    """Kommunens egne tall for en periode, slik de er godkjent."""

    id: UUID
    period: str
    edition: int
    approved_at: datetime
    measures: list[str]


class EditionPage(Struct, frozen=True):
    """Godkjente tall, de nyeste sist."""

    items: list[EditionOut]
    next: str | None


class CellOut(Struct, frozen=True):
    """Ett tall. `key`: kodene i målets inndelinger, med «|» mellom."""

    measure: str
    key: str
    value: Number


class CellPage(Struct, frozen=True):
    """Tall i én utgave."""

    items: list[CellOut]
    next: str | None


class ReleaseOut(Struct, frozen=True):
    """Tall som samarbeidet har publisert for medlemmene sine."""

    id: UUID
    region: str
    period: str
    edition: int
    approved_at: datetime
    tables: list[str]


class ReleasePage(Struct, frozen=True):
    """Publiserte tall, de nyeste sist."""

    items: list[ReleaseOut]
    next: str | None


class ReleasedCellOut(Struct, frozen=True):
    """Ett publisert tall. Er det skjult, er `value` null og `hidden` sann: det kan ikke regnes ut av de andre."""

    measure: str
    table: str
    place: str
    key: str
    value: Number | None
    hidden: bool


class ReleasedCellPage(Struct, frozen=True):
    """Tall i én publisering."""

    items: list[ReleasedCellOut]
    next: str | None


class EventOut(Struct, frozen=True):
    """Noe i aktivitetskalenderen. Klokkeslett er norsk tid."""

    id: UUID
    title: str
    about: str
    days: list[date]
    starts: time
    ends: time | None
    place: str
    address: str
    organiser: str
    link: str
    price_ore: int | None
    age_from: int | None
    age_to: int | None
    cancelled: bool
    changed_at: datetime


class EventPage(Struct, frozen=True):
    """Kalenderen, det som ble endret først, først."""

    items: list[EventOut]
    next: str | None
