"""Reads of resources and bookings. Anybody in a municipality who may read resources sees them all; of others' bookings
they see only that the time is taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, or_, select

from sammen.clock import now, today
from sammen.db.raw import Query, compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from sammen.tenancy.context import PlaceKind
from sammen.tenancy.models import Municipality, RegionMembership
from shared_pool.resources.models import HOLDING, Booking

booking = Booking.__table__
membership = RegionMembership.__table__
municipality = Municipality.__table__
owner = municipality.alias("owner")
booker = municipality.alias("booker")
MOST = 200


@dataclass(frozen=True, slots=True)
class ResourceCard:
    """Something to borrow. `ours`: the reader's municipality owns it; `lent_to` is told to the owner alone."""

    region_id: UUID
    id: UUID
    owner_id: UUID
    owner: str
    ours: bool
    kind: str
    name: str
    place: str
    about: str
    contact: str
    holds: int | None
    wheelchair: bool
    hours: Mapping[str, Sequence[str]]
    lending: str
    lent_to: Sequence[UUID]
    longest_hours: int
    ahead_days: int
    needs_yes: bool
    price_note: str
    retired_on: date | None
    version: int

    @property
    def retired(self) -> bool:
        """Whether it can no longer be booked at all."""
        return self.retired_on is not None and self.retired_on <= today()


@dataclass(frozen=True, slots=True)
class BookingCard:
    """A booking the reader's municipality (or region) is party to. `booker` is "" for the region. What it is for is told
    to who has booked alone.
    """

    id: UUID
    region_id: UUID
    owner_id: UUID
    owner: str
    booker_id: UUID | None
    booker: str
    resource_id: UUID
    resource_name: str
    starts_at: datetime
    ends_at: datetime
    state: str
    purpose: str
    purpose_id: UUID | None
    note: str
    series_id: UUID | None
    booked_by: str
    handed_out_at: datetime | None
    out_note: str
    odometer_out: int | None
    returned_at: datetime | None
    back_note: str
    odometer_back: int | None
    damage: str
    damage_seen_on: date | None
    ended_by: str
    end_reason: str
    told_on: date | None
    moved_on: date | None
    created_at: datetime
    lent: bool
    """Whether the reader is the owner, and lends it to somebody else."""
    own: bool
    """Whether the reader is who has booked."""
    ours: bool
    """Whether the reader owns the resource."""

    @property
    def holds(self) -> bool:
        """Whether nobody else can have it then."""
        return self.state in HOLDING

    @property
    def waits(self) -> str:
        """What the reader is to do about it: answer, fetch_back, see_damage, find_other, move, or nothing."""
        if self.state == "asked":
            return "answer" if self.lent else ""
        if self.overdue:
            return "fetch_back"
        if self.damage and self.damage_seen_on is None and self.ours:
            return "see_damage"
        if self.own and self.ended_by in ("owner", "time") and self.told_on is None:
            return "find_other"
        return "move" if self.own and self.moved_on is not None and self.holds else ""

    @property
    def overdue(self) -> bool:
        """Whether it should have been back by now."""
        return self.state == "handed_out" and self.ends_at < now()


_FIELDS = (
    "id", "region_id", "owner_id", "booker_id", "resource_id", "resource_name", "starts_at", "ends_at", "state", "purpose",
    "purpose_id", "note", "series_id", "booked_by", "handed_out_at", "out_note", "odometer_out", "returned_at", "back_note",
    "odometer_back", "damage", "damage_seen_on", "ended_by", "end_reason", "told_on", "moved_on", "created_at",
)  # fmt: skip
_base = select(
    *(booking.c[name] for name in _FIELDS), owner.c.name.label("owner"), func.coalesce(booker.c.name, "").label("booker")
).select_from(
    booking.join(owner, owner.c.id == booking.c.owner_id).outerjoin(booker, booker.c.id == booking.c.booker_id)
)  # fmt: skip
_PARTY = {
    True: or_(booking.c.owner_id == bindparam("scope"), booking.c.booker_id == bindparam("scope")),
    False: (booking.c.region_id == bindparam("scope")) & booking.c.booker_id.is_(None),
}
_BOOKER = {True: booking.c.booker_id == bindparam("scope"), False: _PARTY[False]}


def _both(*conditions: Any, whose: Mapping[bool, Any] = _PARTY, most: int = MOST) -> dict[bool, Query]:
    """The statement as a municipality asks it (True), and as a region does."""
    return {
        kind: compile_query(
            _base.where(whose[kind], *conditions).order_by(booking.c.starts_at, booking.c.id).limit(most)
        )
        for kind in (True, False)
    }


_BETWEEN = _both(
    booking.c.ends_at > bindparam("first"),
    booking.c.starts_at < bindparam("last"),
    booking.c.state.in_(HOLDING),
    most=2000,
)
_AHEAD = _both(booking.c.ends_at > bindparam("first"), booking.c.state.in_(HOLDING))
_ONE = _both(booking.c.id == bindparam("id"))
_FOR = _both(
    booking.c.purpose == bindparam("purpose"), booking.c.purpose_id == bindparam("purpose_id"),
    booking.c.state.in_((*HOLDING, "returned")), whose=_BOOKER,
)  # fmt: skip
_WAITING = _both(
    or_(
        booking.c.state == "asked",
        (booking.c.state == "handed_out") & (booking.c.ends_at < bindparam("now")),
        (booking.c.damage != "") & booking.c.damage_seen_on.is_(None),
        booking.c.state.in_(("declined", "cancelled"))
        & booking.c.ended_by.in_(("owner", "time"))
        & booking.c.told_on.is_(None)
        & (booking.c.ends_at > bindparam("week_ago")),
        booking.c.moved_on.is_not(None)
        & booking.c.state.in_(HOLDING)
        & (booking.c.starts_at > bindparam("now")),
    )
)
_MY_REGIONS = compile_query(
    select(membership.c.region_id)
    .where(
        membership.c.municipality_id == bindparam("tenant"),
        membership.c.valid_from <= bindparam("day"),
        or_(membership.c.valid_to.is_(None), membership.c.valid_to >= bindparam("day")),
    )
    .order_by(membership.c.valid_from, membership.c.region_id)
)
_NEIGHBOURS = compile_query(
    select(municipality.c.id, municipality.c.name)
    .join_from(membership, municipality, municipality.c.id == membership.c.municipality_id)
    .where(
        membership.c.region_id == bindparam("region"),
        membership.c.valid_from <= bindparam("day"),
        or_(membership.c.valid_to.is_(None), membership.c.valid_to >= bindparam("day")),
        municipality.c.id != bindparam("tenant"),
    )
    .order_by(municipality.c.name)
)
_LENT = "SELECT * FROM sammen.lent_resources()"
_TIMES = "SELECT resource_id, starts_at, ends_at FROM sammen.resource_times($1, $2)"


def _place(uow: UnitOfWork) -> tuple[bool, UUID]:
    """Whether a municipality asks, and whose id to ask by."""
    local = uow.context.kind is PlaceKind.MUNICIPALITY or uow.context.tenant_id is not None
    return local, uow.context.tenant if local else uow.context.region


def _card(row: Mapping[str, Any], local: bool, scope: UUID) -> BookingCard:
    found = dict(row)
    own = found["booker_id"] == scope if local else found["booker_id"] is None
    if not own:
        found |= {
            "purpose": "maintenance" if found["purpose"] == "maintenance" else "other",
            "purpose_id": None,
        }
    ours = local and found["owner_id"] == scope
    return BookingCard(**found, own=own, ours=ours, lent=ours and not own)


async def _cards(uow: UnitOfWork, queries: dict[bool, Query], **values: Any) -> list[BookingCard]:
    local, scope = _place(uow)
    return [_card(row, local, scope) for row in await uow.rows(queries[local], scope=scope, **values)]


async def resources(uow: UnitOfWork) -> list[ResourceCard]:
    """What the reader's municipality owns or may borrow, or the region may: cars first, then by name."""
    order = ("car", "room", "kitchen", "equipment")
    found = [ResourceCard(**dict(row)) for row in await uow.call(_LENT)]
    return sorted(found, key=lambda card: (card.retired, order.index(card.kind), not card.ours, card.name))


async def resource_card(uow: UnitOfWork, resource_id: UUID) -> ResourceCard:
    """One of them. Raises NotFound for what is absent or not lent to the reader."""
    for card in await resources(uow):
        if card.id == resource_id:
            return card
    raise NotFound


async def taken(
    uow: UnitOfWork, first: datetime, last: datetime
) -> dict[UUID, list[tuple[datetime, datetime]]]:
    """When each of them is taken between two moments, by nobody's name."""
    found: dict[UUID, list[tuple[datetime, datetime]]] = {}
    for row in await uow.call(_TIMES, first, last):
        found.setdefault(row["resource_id"], []).append((row["starts_at"], row["ends_at"]))
    return found


async def bookings_between(uow: UnitOfWork, first: datetime, last: datetime) -> list[BookingCard]:
    """Those the reader is party to that hold something between two moments."""
    return await _cards(uow, _BETWEEN, first=first, last=last)


async def bookings_ahead(uow: UnitOfWork) -> list[BookingCard]:
    """Those the reader is party to, from now on, next first; at most MOST."""
    return await _cards(uow, _AHEAD, first=now() - timedelta(days=7))


async def booking_card(uow: UnitOfWork, booking_id: UUID) -> BookingCard:
    """One booking. Raises NotFound when there is none the reader is party to."""
    for card in await _cards(uow, _ONE, id=booking_id):
        return card
    raise NotFound


async def bookings_for(uow: UnitOfWork, purpose: str, purpose_id: UUID) -> list[BookingCard]:
    """What the reader has booked for a meeting, a session, a gathering or an offer's day, and holds."""
    return await _cards(uow, _FOR, purpose=purpose, purpose_id=purpose_id)


async def bookings_waiting(uow: UnitOfWork) -> list[BookingCard]:
    """Those the reader is to do something about: answer, get back, read of or move."""
    found = await _cards(uow, _WAITING, now=now(), week_ago=now() - timedelta(days=7))
    return [card for card in found if card.waits]


async def home_region(uow: UnitOfWork) -> UUID | None:
    """The region in which the municipality's things are lent: the one it has been in longest. None when it is in none."""
    found: UUID | None = await uow.value(_MY_REGIONS, tenant=uow.context.tenant, day=today())
    return found


async def neighbours(uow: UnitOfWork, region_id: UUID | None) -> list[tuple[UUID, str]]:
    """The other members of a region, by name."""
    if region_id is None:
        return []
    rows = await uow.rows(_NEIGHBOURS, region=region_id, tenant=uow.context.tenant, day=today())
    return [(row["id"], row["name"]) for row in rows]
