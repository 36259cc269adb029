"""Who has not handed in a period's hours (B8). Assignments of the cases the reader may see; for payroll all, by the
contact's name only. For the night's job, which sees no cases, everybody's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.sql import ColumnElement
from sqlalchemy.types import Boolean

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.web.paging import PAGE_SIZE
from tenants.assignments.api import assignment
from tenants.cases.api import case_file, purchasers_seen, visible
from tenants.contacts.api import support_contact
from tenants.people.api import person
from tenants.provision.api import PayPeriod
from tenants.timesheets.models import TimesheetLine

line = TimesheetLine.__table__
contact_person = person.alias("contact_person")
ENOUGH = 10_000


@dataclass(frozen=True, slots=True)
class Missing:
    """An assignment without a line sent for the period. `unsent`: lines that lie saved, or were sent back."""

    assignment_id: UUID
    contact_id: UUID
    contact_person_id: UUID
    contact_name: str
    person_id: UUID
    person_name: str
    unsent: int


def _same(table: Any, other: Any, column: Any) -> ColumnElement[bool]:
    return and_(table.c.tenant_id == other.c.tenant_id, table.c.id == column)


_OF_PERIOD = and_(
    line.c.tenant_id == assignment.c.tenant_id,
    line.c.assignment_id == assignment.c.id,
    line.c.worked_on.between(bindparam("first"), bindparam("last")),
)
_UNSENT = (
    select(func.count())
    .where(_OF_PERIOD, line.c.state.in_(("saved", "returned")))
    .correlate(assignment)
    .scalar_subquery()
)
_SENT = (
    select(line.c.id).where(_OF_PERIOD, line.c.state.in_(("sent", "approved"))).correlate(assignment).exists()
)
_MISSING = compile_query(
    select(
        assignment.c.id.label("assignment_id"), assignment.c.contact_id, assignment.c.person_id,
        support_contact.c.person_id.label("contact_person_id"),
        contact_person.c.given_name.label("contact_given"), contact_person.c.family_name.label("contact_family"),
        person.c.given_name, person.c.family_name, _UNSENT.label("unsent"), func.count().over().label("total"),
    )
    .select_from(
        assignment.join(case_file, _same(case_file, assignment, assignment.c.case_id))
        .join(person, _same(person, assignment, assignment.c.person_id))
        .join(support_contact, _same(support_contact, assignment, assignment.c.contact_id))
        .join(contact_person, _same(contact_person, support_contact, support_contact.c.person_id))
    )
    .where(
        assignment.c.tenant_id == bindparam("tenant"),
        # Begun and not over before the period, and no pause now: somebody met, as far as anyone knows.
        assignment.c.state.in_(("planned", "running", "ended")),
        assignment.c.starts_on <= bindparam("last"),
        or_(assignment.c.ended_on.is_(None), assignment.c.ended_on >= bindparam("first")),
        # Who stands in meets only when somebody is ill: nothing is missing unless something was written.
        or_(~_SENT & (assignment.c.role != "substitute"), _UNSENT > 0),
        or_(bindparam("everybody", type_=Boolean()), visible()),
    )
    .order_by(contact_person.c.family_name, contact_person.c.given_name, assignment.c.id)
    .limit(bindparam("most"))
    .offset(bindparam("skip"))
)  # fmt: skip


async def missing_hours(
    uow: UnitOfWork, period: PayPeriod, *, everybody: bool = False, page: int = 1
) -> tuple[Sequence[Missing], int]:
    """(a page of those who have not handed in, how many there are), by the contact's name.

    `everybody` is payroll's, and comes without the service users' names. The caller writes the access log.
    """
    context = uow.context
    return await _read(
        uow, period, purchasers=purchasers_seen(context), reader=context.user_id, everybody=everybody,
        most=PAGE_SIZE, skip=(page - 1) * PAGE_SIZE,
    )  # fmt: skip


async def missing_in_municipality(uow: UnitOfWork, period: PayPeriod) -> Sequence[Missing]:
    """Everybody who has not handed in, for the job that reminds them."""
    return (await _read(uow, period, purchasers=[], reader=None, everybody=True, most=ENOUGH, skip=0))[0]


async def _read(uow: UnitOfWork, period: PayPeriod, **values: Any) -> tuple[Sequence[Missing], int]:
    rows = await uow.rows(_MISSING, tenant=uow.context.tenant, first=period.first, last=period.last, **values)
    found = [
        Missing(
            row["assignment_id"], row["contact_id"], row["contact_person_id"],
            f"{row['contact_given']} {row['contact_family']}", row["person_id"],
            "" if values["everybody"] else f"{row['given_name']} {row['family_name']}", row["unsent"],
        )
        for row in rows
    ]  # fmt: skip
    return found, rows[0]["total"] if rows else 0
