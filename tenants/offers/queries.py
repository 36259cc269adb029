"""Reads of open offers. They are everybody's in the municipality who may read them; what somebody tried hangs on a case,
and is read through it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, and_, bindparam, func, select

from sammen.clock import OSLO, now, today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from tenants.cases.api import case_card, case_file, purchasers_seen, visible
from tenants.offers.models import BANDS, OfferCount, OfferDay, OfferTried, OpenOffer

offer = OpenOffer.__table__
offer_day = OfferDay.__table__
offer_count = OfferCount.__table__
offer_tried = OfferTried.__table__


@dataclass(frozen=True, slots=True)
class OfferCard:
    """An offer, with its next day. `places` and `price_kroner` are a trip's."""

    id: UUID
    kind: str
    name: str
    about: str
    place: str
    weekday: str
    starts: time
    ends: time
    valid_from: date
    valid_to: date | None
    responsible: str
    places: int | None
    price_kroner: Decimal
    version: int
    next_on: date | None
    uncounted: date | None
    """The first day that is over and that nobody has counted."""

    @property
    def over(self) -> bool:
        """Whether its last day has passed."""
        return self.valid_to is not None and self.valid_to < today()


@dataclass(frozen=True, slots=True)
class DayCard:
    """A day of an offer; `came` is by age band, and empty before somebody has counted."""

    id: UUID
    offer_id: UUID
    day: date
    starts: time
    ends: time
    state: str
    volunteers: int
    contacts: int
    staff: int
    talks: int
    guidance: str
    cancel_reason: str
    counted_by: str
    version: int
    came: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """How many came."""
        return sum(self.came.values())

    @property
    def begun(self) -> bool:
        """Whether one may count."""
        return datetime.combine(self.day, self.starts, OSLO) <= now()


@dataclass(frozen=True, slots=True)
class HalfSum:
    """An offer's half year in counts."""

    name: str
    kind: str
    days: int
    cancelled: int
    came: Mapping[str, int]
    volunteers: int
    contacts: int
    staff: int
    talks: int

    @property
    def total(self) -> int:
        """How many came, all days taken together."""
        return sum(self.came.values())


@dataclass(frozen=True, slots=True)
class TriedCard:
    """What somebody tried before a decision."""

    id: UUID
    case_id: UUID
    name: str
    first_on: date
    last_on: date | None
    times: int | None
    outcome: str
    own_words: str
    noted_by_name: str


_FIELDS = (
    "id", "kind", "name", "about", "place", "weekday", "starts", "ends", "valid_from", "valid_to", "responsible", "places",
    "price_kroner", "version",
)  # fmt: skip
_of_offer = and_(offer_day.c.tenant_id == offer.c.tenant_id, offer_day.c.offer_id == offer.c.id)


def _first_day(*conditions: ColumnElement[bool]) -> ScalarSelect[date | None]:
    return (
        select(func.min(offer_day.c.day)).where(_of_offer, offer_day.c.state == "planned", *conditions)
    ).scalar_subquery()


_OFFERS = compile_query(
    select(
        *(offer.c[name] for name in _FIELDS),
        _first_day(offer_day.c.day >= bindparam("day")).label("next_on"),
        _first_day(offer_day.c.day < bindparam("day")).label("uncounted"),
    )
    .where(offer.c.tenant_id == bindparam("tenant"))
    .order_by(offer.c.name, offer.c.id)
)
_DAY_FIELDS = (
    "id", "offer_id", "day", "starts", "ends", "state", "volunteers", "contacts", "staff", "talks", "guidance",
    "cancel_reason", "counted_by", "version",
)  # fmt: skip
_DAYS = compile_query(
    select(*(offer_day.c[name] for name in _DAY_FIELDS))
    .where(
        offer_day.c.tenant_id == bindparam("tenant"),
        offer_day.c.offer_id == bindparam("offer"),
        offer_day.c.day >= bindparam("first"),
        offer_day.c.day <= bindparam("last"),
    )
    .order_by(offer_day.c.day, offer_day.c.starts)
    .limit(400)
)
_DAY = compile_query(
    select(*(offer_day.c[name] for name in _DAY_FIELDS)).where(
        offer_day.c.tenant_id == bindparam("tenant"),
        offer_day.c.offer_id == bindparam("offer"),
        offer_day.c.id == bindparam("id"),
    )
)
_of_day = and_(offer_count.c.tenant_id == offer_day.c.tenant_id, offer_count.c.day_id == offer_day.c.id)
_COUNTS = compile_query(
    select(offer_count.c.day_id, offer_count.c.band, offer_count.c.came)
    .join_from(offer_count, offer_day, _of_day)
    .where(
        offer_day.c.tenant_id == bindparam("tenant"),
        offer_day.c.offer_id == bindparam("offer"),
        offer_day.c.day >= bindparam("first"),
        offer_day.c.day <= bindparam("last"),
    )
)
_HALF = compile_query(
    select(
        offer.c.id, offer.c.name, offer.c.kind,
        func.count().filter(offer_day.c.state == "held").label("days"),
        func.count().filter(offer_day.c.state == "cancelled").label("cancelled"),
        *(func.coalesce(func.sum(offer_day.c[name]), 0).label(name) for name in ("volunteers", "contacts", "staff", "talks")),
    )
    .join_from(offer, offer_day, _of_offer)
    .where(
        offer.c.tenant_id == bindparam("tenant"),
        offer_day.c.day >= bindparam("first"),
        offer_day.c.day <= bindparam("last"),
    )
    .group_by(offer.c.tenant_id, offer.c.id, offer.c.name, offer.c.kind)
    .order_by(offer.c.name, offer.c.id)
)  # fmt: skip
_HALF_CAME = compile_query(
    select(offer_day.c.offer_id, offer_count.c.band, func.sum(offer_count.c.came).label("came"))
    .join_from(offer_count, offer_day, _of_day)
    .where(
        offer_day.c.tenant_id == bindparam("tenant"),
        offer_day.c.day >= bindparam("first"),
        offer_day.c.day <= bindparam("last"),
    )
    .group_by(offer_day.c.offer_id, offer_count.c.band)
)
_of_case = and_(case_file.c.tenant_id == offer_tried.c.tenant_id, case_file.c.id == offer_tried.c.case_id)
_TRIED = compile_query(
    select(
        *(
            offer_tried.c[name]
            for name in (
                "id", "case_id", "name", "first_on", "last_on", "times", "outcome", "own_words", "noted_by_name",
            )
        )
    )
    .join_from(offer_tried, case_file, _of_case)
    .where(
        offer_tried.c.tenant_id == bindparam("tenant"),
        offer_tried.c.case_id == bindparam("case"),
        offer_tried.c.withdrawn_on.is_(None),
        visible(),
    )
    .order_by(offer_tried.c.first_on, offer_tried.c.id)
)  # fmt: skip


async def offers(uow: UnitOfWork) -> list[OfferCard]:
    """The municipality's offers: those that go on first, by name."""
    rows = await uow.rows(_OFFERS, tenant=uow.context.tenant, day=today())
    return sorted((OfferCard(**dict(row)) for row in rows), key=lambda card: (card.over, card.name))


async def offer_card(uow: UnitOfWork, offer_id: UUID) -> OfferCard:
    """One offer. Raises NotFound."""
    for card in await offers(uow):
        if card.id == offer_id:
            return card
    raise NotFound


async def days_of(uow: UnitOfWork, offer_id: UUID, first: date, last: date) -> list[DayCard]:
    """An offer's days between two days, both included, with what was counted."""
    values = {"tenant": uow.context.tenant, "offer": offer_id, "first": first, "last": last}
    came: dict[UUID, dict[str, int]] = {}
    for row in await uow.rows(_COUNTS, **values):
        came.setdefault(row["day_id"], {})[row["band"]] = row["came"]
    return [DayCard(**dict(row), came=came.get(row["id"], {})) for row in await uow.rows(_DAYS, **values)]


async def day_card(uow: UnitOfWork, offer_id: UUID, day_id: UUID) -> DayCard:
    """One day of an offer. Raises NotFound for another offer's."""
    row = await uow.row(_DAY, tenant=uow.context.tenant, offer=offer_id, id=day_id)
    if row is None:
        raise NotFound
    return next(card for card in await days_of(uow, offer_id, row["day"], row["day"]) if card.id == row["id"])


async def half_year(uow: UnitOfWork, first: date, last: date) -> Sequence[HalfSum]:
    """What each offer came to between two days."""
    values = {"tenant": uow.context.tenant, "first": first, "last": last}
    came: dict[UUID, dict[str, int]] = {}
    for row in await uow.rows(_HALF_CAME, **values):
        came.setdefault(row["offer_id"], {})[row["band"]] = int(row["came"])
    return [
        HalfSum(
            row["name"], row["kind"], row["days"], row["cancelled"],
            {band: came.get(row["id"], {}).get(band, 0) for band in BANDS},
            int(row["volunteers"]), int(row["contacts"]), int(row["staff"]), int(row["talks"]),
        )
        for row in await uow.rows(_HALF, **values)
    ]  # fmt: skip


async def tried_in(uow: UnitOfWork, case_id: UUID) -> list[TriedCard]:
    """What was tried before a decision in a case, first first. Raises NotFound for a case the reader may not see."""
    await case_card(uow, case_id)
    rows = await uow.rows(
        _TRIED, tenant=uow.context.tenant, case=case_id, purchasers=purchasers_seen(uow.context),
        reader=uow.context.user,
    )  # fmt: skip
    return [TriedCard(**dict(row)) for row in rows]
