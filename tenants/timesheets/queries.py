"""Reads of hours: a contact's own month, what waits for approval, and how much of a decision is used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import and_, any_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.sql import ColumnElement
from sqlalchemy.types import Boolean

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from sammen.i18n_mark import N_
from tenants.assignments.api import assignment, service_order
from tenants.cases.api import case_file, purchasers_seen, visible
from tenants.contacts.api import support_contact
from tenants.decisions.api import decision, grant_last_day, service_grant
from tenants.people.api import person
from tenants.timesheets.models import TimesheetLine
from tenants.timesheets.rules import Month, month_hours

line = TimesheetLine.__table__
contact_person = person.alias("contact_person")

IDS = ARRAY(PG_UUID(as_uuid=True))
MOST_LINES = 500
STATES = {
    "saved": N_("Lagret"),
    "sent": N_("Sendt"),
    "approved": N_("Godkjent"),
    "returned": N_("Sendt tilbake"),
}


@dataclass(frozen=True, slots=True)
class LineCard:
    """One registered meeting. `hours` to two decimals; `expenses` in kroner."""

    id: UUID
    assignment_id: UUID
    worked_on: date
    starts: time | None
    ends: time | None
    hours: Decimal
    activity: str
    expenses: Decimal
    kilometres: Decimal
    state: str
    sent_at: datetime | None
    return_reason: str
    version: int

    @property
    def editable(self) -> bool:
        """Whether the contact may still change it."""
        return self.state in ("saved", "returned")


@dataclass(frozen=True, slots=True)
class Used:
    """Hours registered in a month against what the decision gives; `given` is None when it names no hours."""

    used: Decimal
    given: Decimal | None

    @property
    def left(self) -> Decimal:
        """Hours that are left, never below nought."""
        return max(Decimal(0), (self.given or Decimal(0)) - self.used)

    @property
    def over(self) -> Decimal:
        """Hours more than the decision gives; 0 when it names none."""
        return max(Decimal(0), self.used - self.given) if self.given is not None else Decimal(0)


@dataclass(frozen=True, slots=True)
class Group:
    """A contact's hours for one service user in one month.

    `person_name` and `form` (the service, as orders call it) are empty for readers who see no cases.
    """

    assignment_id: UUID
    contact_id: UUID
    contact_person_id: UUID
    contact_name: str
    person_id: UUID
    person_name: str
    month: Month
    lines: Sequence[LineCard]
    use: Used
    form: str = ""

    @property
    def key(self) -> str:
        """A name for the group on its page."""
        return f"{self.assignment_id}-{self.month}"

    @property
    def hours(self) -> Decimal:
        return sum((one.hours for one in self.lines), Decimal(0))


_COLUMNS = [line.c[name] for name in LineCard.__dataclass_fields__]
_MONTH = compile_query(
    select(*_COLUMNS)
    .where(
        line.c.tenant_id == bindparam("tenant"),
        line.c.assignment_id == bindparam("assignment"),
        line.c.worked_on.between(bindparam("first"), bindparam("last")),
    )
    .order_by(line.c.worked_on.desc(), line.c.starts.desc(), line.c.id.desc())
)
_ONE = compile_query(
    select(*_COLUMNS).where(
        line.c.tenant_id == bindparam("tenant"),
        line.c.assignment_id == bindparam("assignment"),
        line.c.id == bindparam("line"),
    )
)


def _same(table: Any, other: Any, column: Any) -> ColumnElement[bool]:
    return and_(table.c.tenant_id == other.c.tenant_id, table.c.id == column)


# The decision's hours are the order's, whoever of its contacts used them: from each asked assignment by way of its
# order to every line of that order.
asked = assignment.alias("asked")
ordered = service_grant.alias("ordered")
_in_month = func.date_trunc("month", line.c.worked_on)
_USED = compile_query(
    select(asked.c.id, func.min(line.c.worked_on).label("day"), func.sum(line.c.hours).label("hours"))
    .select_from(
        asked.join(
            assignment,
            and_(assignment.c.tenant_id == asked.c.tenant_id, assignment.c.order_id == asked.c.order_id),
        ).join(
            line, and_(line.c.tenant_id == assignment.c.tenant_id, line.c.assignment_id == assignment.c.id)
        )
    )
    .where(
        asked.c.tenant_id == bindparam("tenant"),
        asked.c.id == any_(bindparam("assignments", type_=IDS)),
        line.c.worked_on.between(bindparam("first"), bindparam("last")),
    )
    .group_by(asked.c.id, _in_month)
)
_GIVEN = compile_query(
    select(
        assignment.c.id, service_grant.c.amount, service_grant.c.unit, service_grant.c.valid_from,
        grant_last_day.label("valid_to"),
    )
    .select_from(
        assignment.join(service_order, _same(service_order, assignment, assignment.c.order_id))
        .join(ordered, _same(ordered, service_order, service_order.c.grant_id))
        # Every grant of the line the order is on: a month before a change is counted by what was given then.
        .join(
            service_grant,
            and_(
                service_grant.c.tenant_id == ordered.c.tenant_id,
                or_(
                    service_grant.c.id == ordered.c.id,
                    service_grant.c.id == ordered.c.line_id,
                    service_grant.c.line_id == func.coalesce(ordered.c.line_id, ordered.c.id),
                ),
            ),
        )
        .join(decision, _same(decision, service_grant, service_grant.c.decision_id))
    )
    .where(
        assignment.c.tenant_id == bindparam("tenant"),
        assignment.c.id == any_(bindparam("assignments", type_=IDS)),
        or_(service_grant.c.id == ordered.c.id, decision.c.state.in_(("issued", "replaced", "ended"))),
    )
)  # fmt: skip
_HIDDEN = compile_query(
    select(func.count())
    .select_from(line.join(assignment, _same(assignment, line, line.c.assignment_id)))
    .where(
        line.c.tenant_id == bindparam("tenant"),
        line.c.id == any_(bindparam("lines", type_=IDS)),
        ~select(case_file.c.id).where(visible(), case_file.c.id == assignment.c.case_id).exists(),
    )
)
_WAITING = compile_query(
    select(
        *_COLUMNS, line.c.contact_id, support_contact.c.person_id.label("contact_person_id"),
        contact_person.c.given_name.label("contact_given"), contact_person.c.family_name.label("contact_family"),
        assignment.c.person_id, person.c.given_name, person.c.family_name, service_order.c.form,
    )
    .select_from(
        line.join(assignment, _same(assignment, line, line.c.assignment_id))
        .join(service_order, _same(service_order, assignment, assignment.c.order_id))
        .join(case_file, _same(case_file, assignment, assignment.c.case_id))
        .join(person, _same(person, assignment, assignment.c.person_id))
        .join(support_contact, _same(support_contact, line, line.c.contact_id))
        .join(contact_person, _same(contact_person, support_contact, support_contact.c.person_id))
    )
    .where(
        line.c.tenant_id == bindparam("tenant"),
        line.c.state == bindparam("state"),
        line.c.worked_on.between(bindparam("first"), bindparam("last")),
        # Payroll needs everybody's hours, and gets nobody's name but the contact's (see `waiting_groups`).
        or_(bindparam("everybody", type_=Boolean()), visible()),
    )
    .order_by(
        contact_person.c.family_name, contact_person.c.given_name, line.c.assignment_id, line.c.worked_on, line.c.starts
    )
    .limit(MOST_LINES)
)  # fmt: skip


async def lines_of_month(uow: UnitOfWork, assignment_id: UUID, month: Month) -> Sequence[LineCard]:
    """An assignment's hours in a month, newest first. The caller has checked whose it is."""
    rows = await uow.rows(
        _MONTH, tenant=uow.context.tenant, assignment=assignment_id, first=month.first, last=month.last
    )
    return [LineCard(**dict(row)) for row in rows]


async def line_card(uow: UnitOfWork, assignment_id: UUID, line_id: UUID) -> LineCard:
    """One line of an assignment. Raises NotFound. The caller has checked whose the assignment is."""
    row = await uow.row(_ONE, tenant=uow.context.tenant, assignment=assignment_id, line=line_id)
    if row is None:
        raise NotFound
    return LineCard(**dict(row))


async def used_in_month(uow: UnitOfWork, assignment_id: UUID, month: Month) -> Used:
    """Hours registered on the assignment's order in the month, in any state, against what the decision gives."""
    return (await used_in_months(uow, [(assignment_id, month)]))[assignment_id, month]


async def used_in_months(
    uow: UnitOfWork, wanted: Sequence[tuple[UUID, Month]]
) -> dict[tuple[UUID, Month], Used]:
    """The same for many at once: two statements, however many there are. Raises NotFound for an unknown assignment."""
    if not wanted:
        return {}
    tenant, ids = uow.context.tenant, sorted({assignment_id for assignment_id, _ in wanted})
    first = min(month for _, month in wanted).first
    last = max(month for _, month in wanted).last
    used = {
        (row["id"], Month.of(row["day"])): row["hours"]
        for row in await uow.rows(_USED, tenant=tenant, assignments=ids, first=first, last=last)
    }
    given: dict[UUID, list[Any]] = {}
    for row in await uow.rows(_GIVEN, tenant=tenant, assignments=ids):
        given.setdefault(row["id"], []).append(row)
    found = {}
    for assignment_id, month in wanted:
        if assignment_id not in given:
            raise NotFound
        parts = [
            month_hours(row["amount"], row["unit"], month, row["valid_from"], row["valid_to"])
            for row in given[assignment_id]
        ]
        named = [hours for hours in parts if hours is not None]
        hours = sum(named, Decimal(0)) if named else None
        found[assignment_id, month] = Used(used.get((assignment_id, month), Decimal(0)), hours)
    return found


async def may_see_lines(uow: UnitOfWork, line_ids: Sequence[UUID]) -> bool:
    """Whether every one of these lines belongs to a case the reader may see (lines of others do not count)."""
    context = uow.context
    hidden: int = await uow.value(
        _HIDDEN,
        tenant=context.tenant,
        purchasers=purchasers_seen(context),
        reader=context.user_id,
        lines=list(line_ids),
    )
    return hidden == 0


async def waiting_groups(
    uow: UnitOfWork, *, state: str = "sent", month: Month | None = None, everybody: bool = False
) -> list[Group]:
    """Hours in a state (of one month, when given), by contact, service user and month; at most 500 lines.

    Of the cases the reader may see; with `everybody` (payroll) of all, without the service users' names or what they
    did. The caller writes the access log.
    """
    context = uow.context
    rows = await uow.rows(
        _WAITING, tenant=context.tenant, purchasers=purchasers_seen(context), reader=context.user_id, state=state,
        everybody=everybody, first=month.first if month else date.min, last=month.last if month else date.max,
    )  # fmt: skip
    found: dict[tuple[UUID, Month], list[Any]] = {}
    for row in rows:
        found.setdefault((row["assignment_id"], Month.of(row["worked_on"])), []).append(row)
    uses = await used_in_months(uow, list(found))
    return [
        Group(
            key[0], members[0]["contact_id"], members[0]["contact_person_id"],
            f"{members[0]['contact_given']} {members[0]['contact_family']}", members[0]["person_id"],
            "" if everybody else f"{members[0]['given_name']} {members[0]['family_name']}", key[1],
            [_line(row, quiet=everybody) for row in members], uses[key], "" if everybody else members[0]["form"],
        )
        for key, members in found.items()
    ]  # fmt: skip


def _line(row: Any, *, quiet: bool) -> LineCard:
    values = {name: row[name] for name in LineCard.__dataclass_fields__}
    if quiet:
        values["activity"] = ""
    return LineCard(**values)
