"""Reads of a region's approved figures, in the region's own context."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, or_, select

from reporting.figures.models import ApprovedFigure
from reporting.figures.queries import _said, kind_from, parse_or_none
from reporting.hiding import THRESHOLD, clashing_periods
from reporting.periods import Period
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.tenancy.models import Municipality, MunicipalityPopulation, RegionMembership

approved = ApprovedFigure.__table__
municipality = Municipality.__table__
population = MunicipalityPopulation.__table__
membership = RegionMembership.__table__


@dataclass(frozen=True, slots=True)
class Report:
    """The latest approved values of one municipality for one period. Raw: they go to hiding.py and nowhere else."""

    municipality_id: UUID
    name: str
    edition: int
    values: dict[str, Decimal] = field(repr=False)


def threshold_from(settings: Any) -> int:
    """The fewest people a shown number may rest on: a region may ask for more than five, never for fewer."""
    asked = _said(settings).get("figure_threshold", THRESHOLD)
    return max(THRESHOLD, asked) if isinstance(asked, int) else THRESHOLD


_PERIODS = compile_query(
    select(approved.c.period, func.min(approved.c.approved_at).label("first"))
    .where(approved.c.region_id == bindparam("region"))
    .group_by(approved.c.period)
)
_later = approved.alias("later")
_REPORTS = compile_query(
    select(
        approved.c.reported_by,
        municipality.c.name,
        approved.c.edition,
        approved.c.measure,
        func.sum(approved.c.value).label("value"),
    )
    .join_from(approved, municipality, municipality.c.id == approved.c.reported_by)
    .where(
        approved.c.region_id == bindparam("region"),
        approved.c.period == bindparam("period"),
        approved.c.edition
        == select(func.max(_later.c.edition))
        .where(
            _later.c.region_id == approved.c.region_id,
            _later.c.reported_by == approved.c.reported_by,
            _later.c.period == approved.c.period,
        )
        .scalar_subquery(),
    )
    .group_by(approved.c.reported_by, municipality.c.name, approved.c.edition, approved.c.measure)
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
