"""Reads of hours: one's lines of a period, one line, and how much of a decision is used (B8, B19)."""

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
from sqlalchemy.types import Text

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from sammen.i18n_mark import N_
from tenants.assignments.api import assignment, service_order
from tenants.decisions.api import decision, grant_last_day, service_grant
from tenants.provision.api import PayPeriod, provision_rules
from tenants.timesheets.models import TimesheetLine
from tenants.timesheets.paying import counts
from tenants.timesheets.rules import Given, Month, carry_over, month_hours

line = TimesheetLine.__table__
IDS = ARRAY(PG_UUID(as_uuid=True))
STATES = {
    "saved": N_("Lagret"),
    "sent": N_("Sendt"),
    "attested": N_("Bekreftet"),
    "approved": N_("Godkjent"),
    "returned": N_("Sendt tilbake"),
    "replaced": N_("Rettet"),
}
"""What a line is called on a page: its state, with what has happened to it since (`LineCard.standing`)."""
ALL_STATES = ("saved", "sent", "approved", "returned")


@dataclass(frozen=True, slots=True)
class LineCard:
    """One registered meeting. `hours` to two decimals; `expenses` in kroner; `over_midnight`: it ended the day after.

    `corrects_id`: the approved line it is to stand instead of, for `correction_reason`. `late`: sent after the deadline.
    """

    id: UUID
    assignment_id: UUID
    contact_id: UUID
    worked_on: date
    starts: time | None
    ends: time | None
    over_midnight: bool
    hours: Decimal
    activity: str
    expenses: Decimal
    kilometres: Decimal
    commute_kilometres: Decimal
    trips: int
    state: str
    sent_at: datetime | None
    return_reason: str
    late: bool
    corrects_id: UUID | None
    replaced_at: datetime | None
    entered_by: UUID | None
    correction_reason: str
    attested_at: datetime | None
    attested_how: str
    attested_note: str
    over_reason: str
    version: int

    @property
    def editable(self) -> bool:
        """Whether the contact may still change it."""
        return self.state in ("saved", "returned")

    @property
    def correctable(self) -> bool:
        """Whether it may be corrected by a new line."""
        return self.state == "approved" and self.replaced_at is None

    @property
    def attested(self) -> bool:
        """Whether the service user, or who attests for them, has said it is right."""
        return self.attested_at is not None and self.attested_how != "not_reached"

    @property
    def standing(self) -> str:
        """A code of STATES."""
        if self.replaced_at is not None:
            return "replaced"
        return "attested" if self.state == "sent" and self.attested else self.state


@dataclass(frozen=True, slots=True)
class Used:
    """Hours registered in a month against what the decision gives; `given` is None when it names no hours.

    `carried`: hours not used in earlier months that may still be used in this one (B19).
    """

    used: Decimal
    given: Decimal | None
    carried: Decimal = Decimal(0)

    @property
    def available(self) -> Decimal | None:
        """What the month gives and what was carried into it; None when the decision names no hours."""
        return None if self.given is None else self.given + self.carried

    @property
    def left(self) -> Decimal:
        """Hours that are left, never below nought."""
        return max(Decimal(0), (self.available or Decimal(0)) - self.used)

    @property
    def over(self) -> Decimal:
        """Hours more than the decision gives; 0 when it names none."""
        return max(Decimal(0), self.used - self.available) if self.available is not None else Decimal(0)


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
        line.c.state == any_(bindparam("states", type_=ARRAY(Text()))),
        counts(),
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


async def lines_of_period(uow: UnitOfWork, assignment_id: UUID, period: PayPeriod) -> Sequence[LineCard]:
    """An assignment's hours in a pay period, newest first. The caller has checked whose it is."""
    return await lines_between(uow, assignment_id, period.first, period.last)


async def lines_between(uow: UnitOfWork, assignment_id: UUID, first: date, last: date) -> Sequence[LineCard]:
    """An assignment's hours from `first` to `last`, newest first. The caller has checked whose it is."""
    rows = await uow.rows(_MONTH, tenant=uow.context.tenant, assignment=assignment_id, first=first, last=last)
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
    uow: UnitOfWork, wanted: Sequence[tuple[UUID, Month]], *, states: Sequence[str] = ALL_STATES
) -> dict[tuple[UUID, Month], Used]:
    """The same for many at once, of lines in `states`: a few statements, however many there are.

    Lines that a correction has replaced do not count. Raises NotFound for an unknown assignment.
    """
    if not wanted:
        return {}
    tenant, ids = uow.context.tenant, sorted({assignment_id for assignment_id, _ in wanted})
    # From the year's first month: what was not used then may be carried to the month that is asked about.
    first = date(min(month.year for _, month in wanted), 1, 1)
    last = max(month for _, month in wanted).last
    used: dict[UUID, dict[Month, Decimal]] = {}
    for row in await uow.rows(
        _USED, tenant=tenant, assignments=ids, first=first, last=last, states=list(states)
    ):
        used.setdefault(row["id"], {})[Month.of(row["day"])] = row["hours"]
    given: dict[UUID, list[Any]] = {}
    for row in await uow.rows(_GIVEN, tenant=tenant, assignments=ids):
        given.setdefault(row["id"], []).append(row)
    carried_for = {
        month: (await provision_rules(uow, month.last)).carry_over_months
        for month in {month for _, month in wanted}
    }
    found = {}
    for assignment_id, month in wanted:
        if assignment_id not in given:
            raise NotFound
        found[assignment_id, month] = _balance(
            given[assignment_id], used.get(assignment_id, {}), month, carried_for[month]
        )
    return found


def _balance(grants: Sequence[Any], used: dict[Month, Decimal], month: Month, months: int) -> Used:
    parts: list[Given] = []
    for number in range(1, month.month + 1):
        each = Month(month.year, number)
        for row in grants:
            hours = month_hours(row["amount"], row["unit"], each, row["valid_from"], row["valid_to"])
            if hours is not None:
                parts.append(Given(each, hours, row["valid_to"]))
    spent = used.get(month, Decimal(0))
    if not parts:
        return Used(spent, None)
    balance = carry_over(parts, used, months)[month]
    return Used(spent, balance.given, balance.carried)
