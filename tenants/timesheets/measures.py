"""Figures about hours and what they cost. Each runs in one municipality's own context; docs/data/ has their words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, func, select

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.norwegian import format_date
from sammen.web.contributions import Measure
from tenants.assignments.api import assignment
from tenants.timesheets.models import AdministrationCost, HourlyRate, TimesheetLine
from tenants.timesheets.rules import CENT, shares_of_years

line = TimesheetLine.__table__
hourly_rate = HourlyRate.__table__
administration_cost = AdministrationCost.__table__

_APPROVED = (
    (line.c.tenant_id == bindparam("tenant"))
    & (line.c.state == "approved")
    # What a correction has replaced no longer counts, and a meeting corrected to nothing was none.
    & line.c.replaced_at.is_(None)
    & (line.c.hours > 0)
    & line.c.worked_on.between(bindparam("start"), bindparam("end"))
)
_HOURS = compile_query(select(func.coalesce(func.sum(line.c.hours), 0)).where(_APPROVED))
_SERVED = compile_query(
    select(func.count(assignment.c.person_id.distinct()))
    .join_from(
        line,
        assignment,
        (assignment.c.tenant_id == line.c.tenant_id) & (assignment.c.id == line.c.assignment_id),
    )
    .where(_APPROVED)
)
_RATE = (
    select(hourly_rate.c.kroner)
    .where(hourly_rate.c.tenant_id == line.c.tenant_id, hourly_rate.c.valid_from <= line.c.worked_on)
    .order_by(hourly_rate.c.valid_from.desc())
    .limit(1)
    .scalar_subquery()
)
# Days are few and lines are many: one look-up of the rate for each day worked.
_PER_DAY = (
    select(line.c.worked_on, func.sum(line.c.hours).label("hours"), _RATE.label("rate"))
    .where(_APPROVED)
    .group_by(line.c.tenant_id, line.c.worked_on)
    .subquery()
)
_COST = compile_query(
    select(
        func.coalesce(func.sum(_PER_DAY.c.hours * _PER_DAY.c.rate), 0).label("kroner"),
        func.min(_PER_DAY.c.worked_on).filter(_PER_DAY.c.rate.is_(None)).label("without_rate"),
    )
)
_ADMINISTRATION = compile_query(
    select(administration_cost.c.year, administration_cost.c.kroner).where(
        administration_cost.c.tenant_id == bindparam("tenant"),
        administration_cost.c.year.between(bindparam("first"), bindparam("last")),
    )
)


def _approved(uow: UnitOfWork, start: date, end: date) -> dict[str, Any]:
    return {"tenant": uow.context.tenant, "start": start, "end": end}


async def hours(uow: UnitOfWork, start: date, end: date) -> dict[str, Decimal]:
    """Approved hours of meetings held from `start` to `end`, both included. The day of the meeting decides."""
    return {"": Decimal(await uow.value(_HOURS, **_approved(uow, start, end)))}


async def served(uow: UnitOfWork, start: date, end: date) -> dict[str, Decimal]:
    """People with at least one approved hour of a meeting held from `start` to `end`, both included."""
    return {"": Decimal(await uow.value(_SERVED, **_approved(uow, start, end)))}


async def cost(uow: UnitOfWork, start: date, end: date) -> dict[str, Decimal]:
    """Kroner: approved hours × the rate valid on the day worked, plus administration's share of the year by days.

    Expenses and kilometres are not in it. A year without a sum for administration counts as nought. Raises Invalid
    when a day with approved hours has no rate: no figure rather than one that is too low.
    """
    row = await uow.row(_COST, **_approved(uow, start, end))
    assert row is not None
    if row["without_rate"] is not None:
        raise Invalid.one(
            "sats",
            N_("Det mangler timesats for %(day)s. Legg den inn under Satser."),
            day=format_date(row["without_rate"]),
        )
    sums = await uow.rows(_ADMINISTRATION, tenant=uow.context.tenant, first=start.year, last=end.year)
    shares = shares_of_years(start, end)
    administration = sum((row["kroner"] * shares[row["year"]] for row in sums), Decimal(0))
    return {"": (Decimal(row["kroner"]) + administration).quantize(CENT)}


MEASURES = [
    Measure("hours", "hours", hours),
    Measure("served", "count", served),
    Measure("cost", "kroner", cost),
]
