"""Reads of a municipality's own: its regions, its editions and their cells, and what has been said about them.

An edition is everybody's in the municipality who may read figures: there are no people in it, and no rule beyond the wall.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, func, or_, select

from reporting.figures.cells import Key, split_key
from reporting.figures.models import Figure, FigureComment, FigureReminder, FigureSet
from reporting.periods import Period, PeriodError, PeriodKind, parse
from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.tenancy.models import Region, RegionMembership

figure_set = FigureSet.__table__
figure = Figure.__table__
figure_comment = FigureComment.__table__
reminder = FigureReminder.__table__
region = Region.__table__
membership = RegionMembership.__table__

KINDS: Final = {"tertial": PeriodKind.TERTIAL, "half_year": PeriodKind.HALF_YEAR, "year": PeriodKind.YEAR}
"""What a region's setting `figure_period` may say. One kind only: a year beside its half-years is a total."""
DUE_DAYS: Final = 42
"""Days after a period's end that its figures should be approved, unless the region has said otherwise."""
Values = dict[str, dict[Key, Decimal]]


@dataclass(frozen=True, slots=True)
class RegionCard:
    """A region the municipality is a member of today, the length of the periods it compares, and its deadline in days."""

    id: UUID
    name: str
    kind: PeriodKind
    due_days: int = DUE_DAYS


@dataclass(frozen=True, slots=True)
class Edition:
    """One computation of a period. `state`: computed, approved or replaced."""

    id: UUID
    period: str
    edition: int
    state: str
    computed_at: datetime
    approved_at: datetime | None
    approved_by: UUID | None = None
    note: str = field(default="", repr=False)
    reason: str = field(default="", repr=False)
    measures: tuple[str, ...] = ()
    """What it was computed for: a measure without cells is nought, one that is not here is missing."""


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody said about an edition, or about `measure` in it."""

    set_id: UUID
    measure: str
    body: str = field(repr=False)
    written_by: UUID
    written_at: datetime


def _said(settings: Any) -> Mapping[str, Any]:
    # Raw reads hand jsonb over as text: SQLAlchemy decodes it in its own result rows only.
    said = json.loads(settings) if isinstance(settings, str) else settings
    return said if isinstance(said, dict) else {}


def kind_from(settings: Any) -> PeriodKind:
    """The kind of period a region compares, from its settings; half-years unless it has chosen."""
    return KINDS.get(str(_said(settings).get("figure_period", "")), PeriodKind.HALF_YEAR)


def due_days_from(settings: Any) -> int:
    """Days after a period's end that a region wants its figures approved (`figure_due_days`, 7 to 365)."""
    asked = _said(settings).get("figure_due_days", DUE_DAYS)
    return asked if isinstance(asked, int) and 7 <= asked <= 365 else DUE_DAYS


_REGIONS = compile_query(
    select(region.c.id, region.c.name, region.c.settings)
    .join_from(membership, region, region.c.id == membership.c.region_id)
    .where(
        membership.c.municipality_id == bindparam("tenant"),
        membership.c.valid_from <= bindparam("day"),
        or_(membership.c.valid_to.is_(None), membership.c.valid_to >= bindparam("day")),
    )
    .order_by(region.c.name)
)
_CARD = tuple(figure_set.c[name] for name in Edition.__dataclass_fields__)
_EDITIONS = compile_query(
    select(*_CARD)
    .where(figure_set.c.tenant_id == bindparam("tenant"))
    .order_by(figure_set.c.period, figure_set.c.edition.desc())
)
_CELLS = compile_query(
    select(figure.c.measure, figure.c.key, figure.c.value).where(
        figure.c.tenant_id == bindparam("tenant"), figure.c.set_id == bindparam("set_id")
    )
)
_TOTALS = compile_query(
    select(figure.c.measure, func.sum(figure.c.value).label("value"))
    .where(figure.c.tenant_id == bindparam("tenant"), figure.c.set_id == bindparam("set_id"))
    .group_by(figure.c.measure)
)
_COMMENTS = compile_query(
    select(*(figure_comment.c[name] for name in Comment.__dataclass_fields__))
    .join_from(
        figure_comment,
        figure_set,
        (figure_set.c.tenant_id == figure_comment.c.tenant_id) & (figure_set.c.id == figure_comment.c.set_id),
    )
    .where(figure_comment.c.tenant_id == bindparam("tenant"), figure_set.c.period == bindparam("period"))
    .order_by(figure_comment.c.written_at, figure_comment.c.id)
)
_REMINDED = compile_query(
    select(reminder.c.period, func.max(reminder.c.asked_at).label("asked_at"))
    .where(reminder.c.municipality_id == bindparam("tenant"))
    .group_by(reminder.c.period)
)


async def regions_of(uow: UnitOfWork) -> list[RegionCard]:
    """The regions the caller's municipality is a member of today."""
    rows = await uow.rows(_REGIONS, tenant=uow.context.tenant, day=today())
    return [
        RegionCard(row["id"], row["name"], kind_from(row["settings"]), due_days_from(row["settings"]))
        for row in rows
    ]


async def offered_kinds(uow: UnitOfWork) -> set[PeriodKind]:
    """The lengths of period the caller's municipality reports: its regions', or half-years outside any."""
    return {region.kind for region in await regions_of(uow)} or {PeriodKind.HALF_YEAR}


async def own_editions(uow: UnitOfWork) -> dict[str, list[Edition]]:
    """The caller's own editions by period slug, newest first."""
    found: dict[str, list[Edition]] = {}
    for row in await uow.rows(_EDITIONS, tenant=uow.context.tenant):
        found.setdefault(row["period"], []).append(
            Edition(**{**dict(row), "measures": tuple(row["measures"])})
        )
    return found


async def own_values(uow: UnitOfWork, set_id: UUID) -> Values:
    """Inner cells by measure of one of the caller's own editions; empty for anybody else's."""
    found: Values = {}
    for row in await uow.rows(_CELLS, tenant=uow.context.tenant, set_id=set_id):
        found.setdefault(row["measure"], {})[split_key(row["key"])] = row["value"]
    return found


async def own_totals(uow: UnitOfWork, set_id: UUID) -> dict[str, Decimal]:
    """Each measure's sum in one of the caller's own editions; empty for anybody else's."""
    rows = await uow.rows(_TOTALS, tenant=uow.context.tenant, set_id=set_id)
    return {row["measure"]: row["value"] for row in rows}


async def comments_of(uow: UnitOfWork, period: Period) -> list[Comment]:
    """What has been said about the period's editions, oldest first."""
    rows = await uow.rows(_COMMENTS, tenant=uow.context.tenant, period=period.slug)
    return [Comment(**dict(row)) for row in rows]


async def reminded(uow: UnitOfWork) -> dict[str, datetime]:
    """When a region last asked for each period's figures, by slug."""
    rows = await uow.rows(_REMINDED, tenant=uow.context.tenant)
    return {row["period"]: row["asked_at"] for row in rows}


def due_on(period: Period, regions: list[RegionCard]) -> date | None:
    """The day the first region wants the period's figures by; None when no region compares such periods."""
    found = [one.due_days for one in regions if one.kind is period.kind]
    return period.end + timedelta(days=min(found)) if found else None


def parse_or_none(text: str) -> Period | None:
    """The period a text names, or None."""
    try:
        return parse(text)
    except PeriodError:
        return None
