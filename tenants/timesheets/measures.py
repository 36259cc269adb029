"""Figures about hours and what they cost. Each runs in one municipality's own context; docs/data/ has their words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.figures import Measure, Reading
from tenants.assignments.api import assignment
from tenants.rates.api import (
    RateTables,
    Worked,
    administration_of,
    cost_of_meetings,
    cost_of_work,
    payees,
    rate_tables,
    terms_of,
)
from tenants.timesheets.models import TimesheetLine
from tenants.timesheets.rules import CENT, shares_of_years

line = TimesheetLine.__table__

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
_LINES = line.join(
    assignment, (assignment.c.tenant_id == line.c.tenant_id) & (assignment.c.id == line.c.assignment_id)
)
# Meetings are many and alike: the same hours of the same service on the same day are priced once.
_ALIKE = compile_query(
    select(line.c.worked_on, assignment.c.form, line.c.hours, func.count().label("number"))
    .select_from(_LINES)
    .where(_APPROVED)
    .group_by(line.c.worked_on, assignment.c.form, line.c.hours)
    .order_by(line.c.worked_on)
)
_EACH = compile_query(
    select(
        line.c.id, line.c.contact_id, line.c.assignment_id, line.c.worked_on, line.c.hours, assignment.c.form
    )
    .select_from(_LINES)
    .where(_APPROVED)
    .order_by(line.c.worked_on)
)


def _approved(uow: UnitOfWork, start: date, end: date) -> dict[str, Any]:
    return {"tenant": uow.context.tenant, "start": start, "end": end}


async def hours(uow: UnitOfWork, start: date, end: date) -> list[Reading]:
    """Approved hours of meetings held from `start` to `end`, both included. The day of the meeting decides."""
    return [Reading((), Decimal(await uow.value(_HOURS, **_approved(uow, start, end))))]


async def served(uow: UnitOfWork, start: date, end: date) -> list[Reading]:
    """People with at least one approved hour of a meeting held from `start` to `end`, both included."""
    return [Reading((), Decimal(await uow.value(_SERVED, **_approved(uow, start, end))))]


async def cost(uow: UnitOfWork, start: date, end: date) -> list[Reading]:
    """Kroner: approved hours with holiday pay, as they are paid, plus administration's share of the year by days.

    Expenses and kilometres are not in it. A year without a sum for administration counts as nought. Raises Invalid
    (NoRate) when a day with approved hours has no rate: no figure rather than one that is too low.
    """
    tables = await rate_tables(uow)
    if tables.personal:
        ore = await _cost_of_each(uow, tables, start, end)
    else:
        rows = await uow.rows(_ALIKE, **_approved(uow, start, end))
        ore = cost_of_meetings(tables, (tuple(row.values()) for row in rows))
    shares = shares_of_years(start, end)
    sums = [one for one in await administration_of(uow) if one.year in shares]
    administration = sum((one.kroner * shares[one.year] for one in sums), Decimal(0))
    return [Reading((), (Decimal(ore) / 100 + administration).quantize(CENT))]


async def _cost_of_each(uow: UnitOfWork, tables: RateTables, start: date, end: date) -> int:
    """Where tables ask who works and for whom: every meeting by itself."""
    rows = await uow.rows(_EACH, **_approved(uow, start, end))
    worked: dict[UUID, list[Worked]] = {}
    for row in rows:
        worked.setdefault(row["contact_id"], []).append(
            Worked(row["id"], row["assignment_id"], row["worked_on"], row["hours"], row["form"])
        )
    terms = await terms_of(uow, list({row["assignment_id"] for row in rows}))
    return cost_of_work(tables, await payees(uow, list(worked)), terms, worked)


MEASURES = [
    Measure("hours", "sum", "hours", (), hours),
    Measure("served", "count", "count", (), served),
    Measure("cost", "money", "kroner", (), cost),
]
