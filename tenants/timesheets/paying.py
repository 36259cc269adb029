"""Approved hours as a pay run reads them, and which of them still count. Tenant-wide: a job has no cases to see by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.sql import ColumnElement

from sammen.db.raw import Query, compile_query
from sammen.db.unit_of_work import UnitOfWork
from tenants.assignments.api import assignment
from tenants.timesheets.models import TimesheetLine

line = TimesheetLine.__table__


@dataclass(frozen=True, slots=True)
class PayLine:
    """One approved meeting. `hours` and kilometres are decimals, `expenses` kroner.

    `replaces`: the approved lines this one stands instead of, the nearest first. What was paid for any of them is taken
    back when this one is paid. A correction to nothing has `hours` 0. Lines of one contact with the same day and times are
    one meeting of a group (two users at once is refused otherwise).
    """

    id: UUID
    contact_id: UUID
    assignment_id: UUID
    form: str
    worked_on: date
    starts: time | None
    ends: time | None
    hours: Decimal
    expenses: Decimal
    kilometres: Decimal
    commute_kilometres: Decimal
    trips: int
    corrects_id: UUID | None
    approved_at: datetime
    replaces: tuple[UUID, ...] = ()


def counts() -> ColumnElement[bool]:
    """Condition on `timesheet_line`: it counts in sums. A replaced line no longer does, and a correction does not until
    it is approved; so what is corrected is never counted twice.
    """
    return and_(line.c.replaced_at.is_(None), or_(line.c.corrects_id.is_(None), line.c.state == "approved"))


def pay_query(*conditions: ColumnElement[bool]) -> Query:
    """Compile the statement of `lines_to_pay` with conditions of a higher slice on `timesheet_line`, such as that the
    line is in no run of its own. Do it once, at import; its parameters are `tenant` and `until`.
    """
    return compile_query(
        select(
            line.c.id, line.c.contact_id, line.c.assignment_id, assignment.c.form, line.c.worked_on, line.c.starts,
            line.c.ends, line.c.hours,
            line.c.expenses, line.c.kilometres, line.c.commute_kilometres, line.c.trips, line.c.corrects_id,
            line.c.decided_at.label("approved_at"),
        )
        .select_from(
            line.join(
                assignment, and_(assignment.c.tenant_id == line.c.tenant_id, assignment.c.id == line.c.assignment_id)
            )
        )
        .where(
            line.c.tenant_id == bindparam("tenant"),
            line.c.state == "approved",
            line.c.replaced_at.is_(None),
            line.c.worked_on <= bindparam("until"),
            *conditions,
        )
        .order_by(line.c.contact_id, line.c.worked_on, line.c.id)
    )  # fmt: skip


_ALL = pay_query()
_REPLACED = compile_query(
    select(line.c.id, line.c.corrects_id).where(
        line.c.tenant_id == bindparam("tenant"),
        line.c.replaced_at.is_not(None),
        line.c.corrects_id.is_not(None),
    )
)


async def lines_to_pay(uow: UnitOfWork, *, until: date, query: Query = _ALL) -> Sequence[PayLine]:
    """Approved lines of meetings up to and with `until`, by contact and day, paid or not; replaced ones are left out.

    `query`: made by `pay_query` with the caller's own conditions, so that years of paid lines need not be read.
    """
    rows = await uow.rows(query, tenant=uow.context.tenant, until=until)
    before: dict[UUID, UUID] = {}
    if any(row["corrects_id"] for row in rows):
        before = {
            row["id"]: row["corrects_id"] for row in await uow.rows(_REPLACED, tenant=uow.context.tenant)
        }
    return [PayLine(**dict(row), replaces=_chain(row["corrects_id"], before)) for row in rows]


def _chain(corrected: UUID | None, before: dict[UUID, UUID]) -> tuple[UUID, ...]:
    found: list[UUID] = []
    while corrected is not None:
        found.append(corrected)
        corrected = before.get(corrected)
    return tuple(found)
