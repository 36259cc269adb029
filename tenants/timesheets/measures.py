"""Figures about hours. Each runs in one municipality's own context; docs/data/ has their words."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import bindparam, func, select

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.figures import AGE, FORM, Measure, Reading, summed
from tenants.assignments.api import assignment
from tenants.people.api import age_code, person
from tenants.timesheets.models import TimesheetLine

line = TimesheetLine.__table__

_APPROVED = (
    (line.c.tenant_id == bindparam("tenant"))
    & (line.c.state == "approved")
    # What a correction has replaced no longer counts, and a meeting corrected to nothing was none.
    & line.c.replaced_at.is_(None)
    & (line.c.hours > 0)
    & line.c.worked_on.between(bindparam("start"), bindparam("end"))
)
_LINES = line.join(
    assignment, (assignment.c.tenant_id == line.c.tenant_id) & (assignment.c.id == line.c.assignment_id)
)
_age = age_code().label("age")
# Each person's hours once for each form: that is what stands behind a sum.
_HOURS = compile_query(
    select(assignment.c.form, _age, assignment.c.person_id, func.sum(line.c.hours).label("hours"))
    .select_from(
        _LINES.join(
            person,
            (person.c.tenant_id == assignment.c.tenant_id) & (person.c.id == assignment.c.person_id),
        )
    )
    .where(_APPROVED)
    .group_by(assignment.c.form, _age, assignment.c.person_id)
)


def _approved(uow: UnitOfWork, start: date, end: date) -> dict[str, Any]:
    return {"tenant": uow.context.tenant, "start": start, "end": end}


async def hours(uow: UnitOfWork, start: date, end: date) -> list[Reading]:
    """Approved hours of meetings held from `start` to `end`, both included, by form and the user's age. The day of the
    meeting decides; the users stand behind the sum.
    """
    rows = await uow.rows(_HOURS, **_approved(uow, start, end))
    return summed(((row["form"], row["age"]), row["person_id"], row["hours"]) for row in rows)


MEASURES = [
    Measure("hours", "sum", "hours", (FORM, AGE), hours),
]
