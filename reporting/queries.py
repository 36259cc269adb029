"""Reads: a municipality's own editions, and the approved figures of a region in the region's own context."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, func, or_, select

from reporting.hiding import THRESHOLD, clashing_periods
from reporting.models import ApprovedFigure, Figure, FigureSet
from reporting.periods import Period, PeriodError, PeriodKind, parse
from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.tenancy.models import Municipality, MunicipalityPopulation, Region, RegionMembership

figure_set = FigureSet.__table__
figure = Figure.__table__
approved = ApprovedFigure.__table__
municipality = Municipality.__table__
population = MunicipalityPopulation.__table__
region = Region.__table__
membership = RegionMembership.__table__

KINDS: Final = {"tertial": PeriodKind.TERTIAL, "half_year": PeriodKind.HALF_YEAR, "year": PeriodKind.YEAR}
"""What a region's setting `figure_period` may say. One kind only: a year beside its half-years is a total."""


@dataclass(frozen=True, slots=True)
class RegionCard:
    """A region the municipality is a member of today, and how long the periods are that it compares."""

    id: UUID
    name: str
    kind: PeriodKind


@dataclass(frozen=True, slots=True)
class Edition:
    """One computation of a period. `state`: computed, approved or replaced."""

    id: UUID
    period: str
    edition: int
    state: str
    computed_at: datetime
    approved_at: datetime | None


@dataclass(frozen=True, slots=True)
class Report:
    """The latest approved values of one municipality for one period. Raw: they go to hiding.py and nowhere else."""

    municipality_id: UUID
    name: str
    edition: int
    values: dict[str, Decimal] = field(repr=False)


def _said(settings: Any) -> Mapping[str, Any]:
    # Raw reads hand jsonb over as text: SQLAlchemy decodes it in its own result rows only.
    said = json.loads(settings) if isinstance(settings, str) else settings
    return said if isinstance(said, dict) else {}


def kind_from(settings: Any) -> PeriodKind:
    """The kind of period a region compares, from its settings; half-years unless it has chosen."""
    return KINDS.get(str(_said(settings).get("figure_period", "")), PeriodKind.HALF_YEAR)


def threshold_from(settings: Any) -> int:
    """The fewest people a shown number may rest on: a region may ask for more than five, never for fewer."""
    asked = _said(settings).get("figure_threshold", THRESHOLD)
    return max(THRESHOLD, asked) if isinstance(asked, int) else THRESHOLD


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
_EDITIONS = compile_query(
    select(
        figure_set.c.id, figure_set.c.period, figure_set.c.edition, figure_set.c.state,
        figure_set.c.computed_at, figure_set.c.approved_at,
    )
    .where(figure_set.c.tenant_id == bindparam("tenant"))
    .order_by(figure_set.c.period, figure_set.c.edition.desc())
)  # fmt: skip
_VALUES = compile_query(
    select(figure.c.measure, figure.c.value).where(
        figure.c.tenant_id == bindparam("tenant"), figure.c.set_id == bindparam("set_id"), figure.c.cell == ""
    )
)
_CELLS = compile_query(
    select(figure.c.measure, figure.c.cell, figure.c.value).where(
        figure.c.tenant_id == bindparam("tenant"), figure.c.set_id == bindparam("set_id")
    )
)
_PERIODS = compile_query(
    select(approved.c.period, func.min(approved.c.approved_at).label("first"))
    .where(approved.c.region_id == bindparam("region"))
    .group_by(approved.c.period)
)
_later = approved.alias("later")
_REPORTS = compile_query(
    select(
        approved.c.reported_by, municipality.c.name, approved.c.edition, approved.c.measure, approved.c.value
    )
    .join_from(approved, municipality, municipality.c.id == approved.c.reported_by)
    .where(
        approved.c.region_id == bindparam("region"),
        approved.c.period == bindparam("period"),
        approved.c.cell == "",
        approved.c.edition
        == select(func.max(_later.c.edition))
        .where(
            _later.c.region_id == approved.c.region_id,
            _later.c.reported_by == approved.c.reported_by,
            _later.c.period == approved.c.period,
        )
        .scalar_subquery(),
    )
)
_MEMBERS = compile_query(
    select(municipality.c.id, municipality.c.name)
    .join_from(membership, municipality, municipality.c.id == membership.c.municipality_id)
    .where(
        membership.c.region_id == bindparam("region"),
        membership.c.valid_from <= bindparam("day"),
        or_(membership.c.valid_to.is_(None), membership.c.valid_to >= bindparam("day")),
    )
)
_POPULATION_YEAR = compile_query(
    select(func.max(population.c.year)).where(
        population.c.year <= bindparam("year"), population.c.municipality_id == func.any(bindparam("ids"))
    )
)
_POPULATION = compile_query(
    select(population.c.municipality_id, func.sum(population.c.inhabitants).label("inhabitants"))
    .where(population.c.year == bindparam("year"), population.c.municipality_id == func.any(bindparam("ids")))
    .group_by(population.c.municipality_id)
)


async def regions_of(uow: UnitOfWork) -> list[RegionCard]:
    """The regions the caller's municipality is a member of today."""
    rows = await uow.rows(_REGIONS, tenant=uow.context.tenant, day=today())
    return [RegionCard(row["id"], row["name"], kind_from(row["settings"])) for row in rows]


async def offered_kinds(uow: UnitOfWork) -> set[PeriodKind]:
    """The lengths of period the caller's municipality reports: its regions', or half-years outside any."""
    return {region.kind for region in await regions_of(uow)} or {PeriodKind.HALF_YEAR}


async def own_editions(uow: UnitOfWork) -> dict[str, list[Edition]]:
    """The caller's own editions by period slug, newest first."""
    found: dict[str, list[Edition]] = {}
    for row in await uow.rows(_EDITIONS, tenant=uow.context.tenant):
        found.setdefault(row["period"], []).append(Edition(**dict(row)))
    return found


async def own_cells(uow: UnitOfWork, set_id: UUID) -> dict[tuple[str, str], Decimal]:
    """Value by measure and cell of one of the caller's own editions; empty for anybody else's."""
    rows = await uow.rows(_CELLS, tenant=uow.context.tenant, set_id=set_id)
    return {(row["measure"], row["cell"]): row["value"] for row in rows}


async def own_values(uow: UnitOfWork, set_id: UUID) -> dict[str, Decimal]:
    """Value by measure of one of the caller's own editions; empty for anybody else's."""
    rows = await uow.rows(_VALUES, tenant=uow.context.tenant, set_id=set_id)
    return {row["measure"]: row["value"] for row in rows}


async def shown_periods(uow: UnitOfWork) -> list[Period]:
    """The periods the region may see, newest first.

    Only of the region's kind, and none that shares days with a period that was approved before it: a year minus its
    shown half-year is the hidden one. What is shown once stays, since it is the first approval that counts.
    """
    kind = kind_from(uow.context.settings)
    rows = await uow.rows(_PERIODS, region=uow.context.region)
    taken: list[Period] = []
    for row in sorted(rows, key=lambda row: (row["first"], row["period"])):
        period = parse_or_none(row["period"])
        if period is not None and not clashing_periods(period, taken):
            taken.append(period)
    return sorted((p for p in taken if p.kind is kind), key=lambda p: p.start, reverse=True)


async def region_reports(uow: UnitOfWork, period: Period) -> list[Report]:
    """Each municipality's latest approved edition for the period, in the region's own context.

    Raises LookupError outside a region: a municipality never reads another's figures.
    """
    rows = await uow.rows(_REPORTS, region=uow.context.region, period=period.slug)
    found: dict[UUID, Report] = {}
    for row in rows:
        report = found.setdefault(
            row["reported_by"], Report(row["reported_by"], row["name"], row["edition"], {})
        )
        report.values[row["measure"]] = row["value"]
    return list(found.values())


async def members(uow: UnitOfWork, day: date) -> dict[UUID, str]:
    """The region's municipalities on a day, by id."""
    rows = await uow.rows(_MEMBERS, region=uow.context.region, day=day)
    return {row["id"]: row["name"] for row in rows}


async def inhabitants(uow: UnitOfWork, ids: Iterable[UUID], year: int) -> tuple[int | None, dict[UUID, int]]:
    """The newest year up to `year` with a population, and the inhabitants of each municipality that year."""
    wanted = list(ids)
    newest = await uow.value(_POPULATION_YEAR, year=year, ids=wanted)
    if newest is None:
        return None, {}
    rows = await uow.rows(_POPULATION, year=newest, ids=wanted)
    return newest, {row["municipality_id"]: int(row["inhabitants"]) for row in rows}


def parse_or_none(text: str) -> Period | None:
    """The period a text names, or None."""
    try:
        return parse(text)
    except PeriodError:
        return None
