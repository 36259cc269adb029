"""Reads of needs: the region's open ones, and the municipality's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select

from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from shared_pool.needs.bands import BANDS, WIDER
from shared_pool.needs.models import Need
from shared_pool.needs.rules import NeedFacts
from tenants.api import count_similar, traits

need = Need.__table__
MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class NeedCard:
    """A need as the pool has it. `slots`, `skills` and `languages` are matched on and stay out of pages and `repr`."""

    id: UUID
    region_id: UUID
    posted_by: UUID
    code: str
    state: str
    age_band: str
    gender_wish: str
    interests: list[str]
    weekdays: list[str]
    hours_per_week: Decimal
    area: str
    needs_car: bool
    predictability: int
    months: int
    posted_on: date
    expires_on: date
    version: int
    slots: list[str] = field(repr=False)
    skills: list[str] = field(repr=False)
    languages: list[str] = field(repr=False)

    @property
    def open(self) -> bool:
        """Whether it waits for a candidate today."""
        return self.state == "open" and self.expires_on >= today()

    @property
    def waited(self) -> int:
        """Days since it was posted."""
        return max(0, (today() - self.posted_on).days)

    @property
    def days_left(self) -> int:
        """Days until it expires."""
        return (self.expires_on - today()).days


_COLUMNS = [need.c[name] for name in NeedCard.__dataclass_fields__]
_OPEN = (need.c.state == "open") & (need.c.expires_on >= bindparam("day"))
_IN_REGION = compile_query(
    select(*_COLUMNS)
    .where(need.c.region_id == bindparam("region"), _OPEN)
    .order_by(need.c.posted_on, need.c.code)
    .limit(MOST_SHOWN)
)
_ONE = compile_query(
    select(*_COLUMNS).where(
        need.c.region_id == bindparam("region"), need.c.id == bindparam("need"), need.c.state != "withdrawn"
    )
)
_OWN = compile_query(
    select(*_COLUMNS)
    .where(need.c.posted_by == bindparam("tenant"))
    .order_by((need.c.state == "open").desc(), need.c.posted_on, need.c.code)
    .limit(MOST_SHOWN)
)
_OWN_ONE = compile_query(
    select(*_COLUMNS).where(need.c.posted_by == bindparam("tenant"), need.c.id == bindparam("need"))
)


async def open_needs(uow: UnitOfWork) -> Sequence[NeedCard]:
    """The region's open needs, oldest first. They hold no name, so the access log has nobody to write down."""
    return [
        NeedCard(**dict(row)) for row in await uow.rows(_IN_REGION, region=uow.context.region, day=today())
    ]


async def region_need(uow: UnitOfWork, need_id: UUID) -> NeedCard:
    """One of the region's needs. Raises NotFound, also for one that was withdrawn."""
    row = await uow.row(_ONE, region=uow.context.region, need=need_id)
    if row is None:
        raise NotFound
    return NeedCard(**dict(row))


async def own_needs(uow: UnitOfWork) -> Sequence[NeedCard]:
    """The municipality's own needs, open ones first, oldest first."""
    return [NeedCard(**dict(row)) for row in await uow.rows(_OWN, tenant=uow.context.tenant)]


async def own_need(uow: UnitOfWork, need_id: UUID) -> NeedCard:
    """One of the municipality's own needs. Raises NotFound."""
    row = await uow.row(_OWN_ONE, tenant=uow.context.tenant, need=need_id)
    if row is None:
        raise NotFound
    return NeedCard(**dict(row))


@dataclass(frozen=True, slots=True)
class Coarser:
    """A way to say less: without interests, in a wider age band, or both; and how many then fit."""

    drop_interests: bool
    age_band: str
    count: int


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many of the municipality's service users a need fits, against the limit; what would reach it, if it falls short."""

    count: int
    limit: int
    coarser: Sequence[Coarser] = ()

    @property
    def enough(self) -> bool:
        return self.count >= self.limit


async def crowd_of(uow: UnitOfWork, facts: NeedFacts, limit: int) -> Crowd:
    """The anonymity check (C3): who fits the age band and likes something of what is named, in this municipality.

    The whole municipality lies in the area shown, so the area takes nobody away.
    """
    count = await _fitting(uow, facts.age_band, facts.interests)
    if count >= limit:
        return Crowd(count, limit)
    wider = WIDER.get(facts.age_band)
    ways: list[tuple[bool, str]] = []
    if facts.interests:
        ways.append((True, facts.age_band))
    if wider is not None:
        ways.append((False, wider))
        if facts.interests:
            ways.append((True, wider))
    found = [
        Coarser(drop, band, await _fitting(uow, band, () if drop else facts.interests)) for drop, band in ways
    ]
    return Crowd(count, limit, [way for way in found if way.count >= limit])


async def _fitting(uow: UnitOfWork, band: str, interests: Sequence[str]) -> int:
    after, by = BANDS[band].born(today())
    return await count_similar(uow, after, by, interests)


def card_of(facts: NeedFacts, code: str) -> dict[str, Any]:
    """What others will see of facts that are not posted yet: for the preview."""
    return _shown(code, facts, facts.weekdays)


def shown(card: NeedCard) -> dict[str, Any]:
    """What may be shown of a need outside its municipality, and kept with a proposal: coarse, no rare trait."""
    return _shown(card.code, card, card.weekdays)


def _shown(code: str, facts: NeedFacts | NeedCard, weekdays: Sequence[str]) -> dict[str, Any]:
    return {
        "code": code,
        "age_band": facts.age_band,
        "gender_wish": facts.gender_wish,
        "interests": [interest for interest in traits.INTERESTS if interest in facts.interests],
        "weekdays": list(weekdays),
        "hours": str(facts.hours_per_week),
        "area": facts.area,
        "needs_car": facts.needs_car,
        "predictability": facts.predictability,
        "months": facts.months,
    }
