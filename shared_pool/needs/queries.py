"""Reads of needs: the region's open ones, and the municipality's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, bindparam, select
from sqlalchemy.sql import ColumnElement

from sammen.clock import today
from sammen.db.raw import Query, compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from shared_pool.needs.models import Need, NeedRequirement
from shared_pool.needs.rules import NeedFacts, week_of
from shared_pool.needs.times import ExactTime, exact_time
from tenants.api import traits

need = Need.__table__
requirement = NeedRequirement.__table__
MOST_SHOWN = 200
HIDDEN: Final = ("slots", "skills", "languages", "exact_times", "min_contact_age")
"""What is matched on and never displayed: in a table a partner cannot read, so that their cards have none of it."""


@dataclass(frozen=True, slots=True)
class NeedCard:
    """A need as the pool has it. What `HIDDEN` names is matched on and stays out of pages and `repr`."""

    id: UUID
    region_id: UUID
    posted_by: UUID
    code: str
    state: str
    purpose: str
    age_band: str
    gender_wish: str
    interests: list[str]
    weekdays: list[str]
    hours_from: Decimal
    hours_per_week: Decimal
    area: str
    needs_car: bool
    predictability: int
    months: int
    about: str
    posted_week: date
    expires_on: date
    version: int
    slots: list[str] = field(repr=False)
    skills: list[str] = field(repr=False)
    languages: list[str] = field(repr=False)
    exact_times: list[ExactTime] = field(repr=False)
    min_contact_age: int | None = field(default=None, repr=False)

    @property
    def open(self) -> bool:
        """Whether it waits for a candidate today."""
        return self.state == "open" and self.expires_on >= today()

    @property
    def waited_weeks(self) -> int:
        """Whole weeks since the week it was posted in: 0 in that week."""
        return max(0, (week_of(today()) - self.posted_week).days // 7)

    @property
    def days_left(self) -> int:
        """Days until it expires."""
        return (self.expires_on - today()).days


_TOLD = [need.c[name] for name in NeedCard.__dataclass_fields__ if name not in HIDDEN]
_WITH_HIDDEN = need.outerjoin(
    requirement,
    and_(requirement.c.region_id == need.c.region_id, requirement.c.need_id == need.c.id),
)
_OPEN = (need.c.state == "open") & (need.c.expires_on >= bindparam("day"))
# By week and then by code, which is drawn: the order within a week tells nobody who was first.
_ORDER = (need.c.posted_week, need.c.code)


def _query(
    *conditions: ColumnElement[bool], by: Sequence[Any] = _ORDER, most: int | None = MOST_SHOWN
) -> Query:
    columns = [*_TOLD, *(requirement.c[name] for name in HIDDEN)]
    found = select(*columns).select_from(_WITH_HIDDEN).where(*conditions).order_by(*by)
    return compile_query(found if most is None else found.limit(most))


_REGION = need.c.region_id == bindparam("region")
_OWN_ROWS = need.c.posted_by == bindparam("tenant")
_IN_REGION = _query(_REGION, _OPEN)
_ALL_IN_REGION = _query(_REGION, _OPEN, most=None)
_ONE = _query(_REGION, need.c.id == bindparam("need"), need.c.state != "withdrawn")
_OWN = _query(_OWN_ROWS, by=((need.c.state == "open").desc(), *_ORDER))
_OWN_ONE = _query(_OWN_ROWS, need.c.id == bindparam("need"))
_RUNNING_OUT = _query(
    _OWN_ROWS, _OPEN, need.c.expires_on < bindparam("before"), by=(need.c.expires_on, need.c.code)
)


def _card(row: Any) -> NeedCard:
    values = dict(row)
    for name in ("slots", "skills", "languages"):
        values[name] = values[name] or []
    values["exact_times"] = [exact_time(kept) for kept in values["exact_times"] or []]
    return NeedCard(**values)


async def open_needs(uow: UnitOfWork) -> Sequence[NeedCard]:
    """The region's open needs for a page, longest waiting first. They hold no name, so the access log has nobody to
    write down. A partner's have nothing that is matched on only.
    """
    rows = await uow.rows(_IN_REGION, region=uow.context.region, day=today())
    return [_card(row) for row in rows]


async def needs_for_run(uow: UnitOfWork) -> Sequence[NeedCard]:
    """Every open need of the region, in the same order, for a run of the matching."""
    rows = await uow.rows(_ALL_IN_REGION, region=uow.context.region, day=today())
    return [_card(row) for row in rows]


async def region_need(uow: UnitOfWork, need_id: UUID) -> NeedCard:
    """One of the region's needs. Raises NotFound, also for one that was withdrawn."""
    row = await uow.row(_ONE, region=uow.context.region, need=need_id)
    if row is None:
        raise NotFound
    return _card(row)


async def own_needs(uow: UnitOfWork) -> Sequence[NeedCard]:
    """The municipality's own needs, open ones first, longest waiting first."""
    return [_card(row) for row in await uow.rows(_OWN, tenant=uow.context.tenant)]


async def own_need(uow: UnitOfWork, need_id: UUID) -> NeedCard:
    """One of the municipality's own needs. Raises NotFound."""
    row = await uow.row(_OWN_ONE, tenant=uow.context.tenant, need=need_id)
    if row is None:
        raise NotFound
    return _card(row)


async def needs_running_out(uow: UnitOfWork, before: date) -> Sequence[NeedCard]:
    """The municipality's own open needs whose last day comes before a day, soonest first."""
    rows = await uow.rows(_RUNNING_OUT, tenant=uow.context.tenant, day=today(), before=before)
    return [_card(row) for row in rows]


def card_of(facts: NeedFacts, code: str) -> dict[str, Any]:
    """What others will see of facts that are not posted yet: for the preview."""
    return _shown(code, facts, facts.weekdays)


def shown(card: NeedCard) -> dict[str, Any]:
    """What may be shown of a need outside its municipality, and kept with a proposal: coarse, no rare trait."""
    return _shown(card.code, card, card.weekdays)


def _shown(code: str, facts: NeedFacts | NeedCard, weekdays: Sequence[str]) -> dict[str, Any]:
    return {
        "code": code,
        "purpose": facts.purpose,
        "age_band": facts.age_band,
        "gender_wish": facts.gender_wish,
        "interests": [interest for interest in traits.INTERESTS if interest in facts.interests],
        "weekdays": list(weekdays),
        "hours_from": str(facts.hours_from),
        "hours": str(facts.hours_per_week),
        "area": facts.area,
        "needs_car": facts.needs_car,
        "predictability": facts.predictability,
        "months": facts.months,
        "about": facts.about,
    }
