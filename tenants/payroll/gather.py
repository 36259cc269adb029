"""What a run is computed from, read with a handful of statements however many lines there are (B9).

A job has no roles, so nothing here asks who may see a case: payroll pays for everybody's hours, and is told whose contact
worked, never with whom.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Date, and_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from tenants.assignments.api import assignment
from tenants.cases.api import case_file
from tenants.payroll.models import PayAccounting, PayCode, PayeeNumber, PayItem
from tenants.payroll.rules import Accounting, CodeRow, Codes
from tenants.timesheets.api import timesheet_line

IDS = ARRAY(PG_UUID(as_uuid=True))
DAYS = ARRAY(Date())
item = PayItem.__table__
pay_code = PayCode.__table__
accounting = PayAccounting.__table__
payee_number = PayeeNumber.__table__
line = timesheet_line
taken_back = item.alias("taken_back")


@dataclass(frozen=True, slots=True)
class HourLine:
    """An approved line of hours, with what decides its account. Expenses in kroner."""

    id: UUID
    contact_id: UUID
    assignment_id: UUID
    worked_on: date
    starts: time | None
    ends: time | None
    hours: Decimal
    expenses: Decimal
    kilometres: Decimal
    commute_kilometres: Decimal
    trips: int
    attested: bool
    form: str
    purchaser: str

    @property
    def meeting(self) -> tuple[UUID, date, time, time] | None:
        """What a group's lines have in common: a leader is at one meeting, however many service users were there."""
        if self.form != "group" or self.starts is None or self.ends is None:
            return None
        return self.contact_id, self.worked_on, self.starts, self.ends

    @property
    def empty(self) -> bool:
        """A correction to nothing: what was paid is taken back, and nothing comes instead."""
        return not (self.hours or self.expenses or self.kilometres or self.commute_kilometres)


@dataclass(frozen=True, slots=True)
class PaidItem:
    """An item of a closed run."""

    id: UUID
    contact_id: UUID
    assignment_id: UUID
    line_id: UUID | None
    kind: str
    month: date
    component: str
    part: int
    worked_on: date
    quantity: Decimal
    rate_ore: int
    amount_ore: int
    rule: str
    form: str
    pay_code: str
    account: str
    art: str
    department: str
    kostra_function: str
    project: str
    reverses_id: UUID | None
    follows_id: UUID | None


@dataclass(frozen=True, slots=True)
class Gathered:
    """`lines` are to be paid now; `standing` are paid already and still hold; `paid` is what was paid for both and for
    what is replaced. `replaced`: paid line → the approved line that at last stands instead. `touched`: the contacts and
    months where something is taken back.
    """

    lines: Sequence[HourLine]
    replaced: Mapping[UUID, UUID]
    touched: frozenset[tuple[UUID, date]]
    standing: Sequence[HourLine]
    paid: Sequence[PaidItem]
    numbers: Mapping[UUID, str]
    codes: Codes
    accounting: Accounting


PAID = select(item.c.id).where(item.c.tenant_id == line.c.tenant_id, item.c.line_id == line.c.id).exists()
_LINES = (
    select(
        *(line.c[name] for name in ("id", "contact_id", "assignment_id", "worked_on", "starts", "ends", "hours", "expenses",
                                    "kilometres", "commute_kilometres", "trips")),
        and_(line.c.attested_at.is_not(None), line.c.attested_how != "not_reached").label("attested"),
        assignment.c.form, case_file.c.purchaser,
    )
    .select_from(
        line.join(assignment, and_(assignment.c.tenant_id == line.c.tenant_id, assignment.c.id == line.c.assignment_id))
        .join(case_file, and_(case_file.c.tenant_id == assignment.c.tenant_id, case_file.c.id == assignment.c.case_id))
    )
    .where(line.c.tenant_id == bindparam("tenant"), line.c.state == "approved", line.c.replaced_at.is_(None))
    .order_by(line.c.contact_id, line.c.assignment_id, line.c.worked_on, line.c.id)
)  # fmt: skip
_OPEN = compile_query(_LINES.where(line.c.worked_on <= bindparam("until"), ~PAID))
_pairs = (
    func.unnest(bindparam("contacts", type_=IDS), bindparam("months", type_=DAYS))
    .table_valued("contact", "first", name="pairs")
    .render_derived()
)
_STANDING = compile_query(
    _LINES.where(
        PAID,
        or_(
            line.c.worked_on >= bindparam("raised_from"),
            select(1).select_from(_pairs).where(
                line.c.contact_id == _pairs.c.contact, line.c.worked_on >= _pairs.c.first,
                line.c.worked_on < _pairs.c.first + func.make_interval(0, 1),
            ).exists(),
        ),
    )
)  # fmt: skip
_STEPS = compile_query(
    select(line.c.corrects_id, line.c.id).where(
        line.c.tenant_id == bindparam("tenant"), line.c.state == "approved", line.c.corrects_id.is_not(None)
    )
)
_TO_TAKE_BACK = compile_query(
    select(item.c.line_id, item.c.contact_id, item.c.month)
    .distinct()
    .select_from(item.join(line, and_(line.c.tenant_id == item.c.tenant_id, line.c.id == item.c.line_id)))
    .where(
        item.c.tenant_id == bindparam("tenant"),
        line.c.replaced_at.is_not(None),
        item.c.kind != "reversal",
        ~select(taken_back.c.id)
        .where(taken_back.c.tenant_id == item.c.tenant_id, taken_back.c.reverses_id == item.c.id)
        .exists(),
    )
)
_ITEMS = compile_query(
    select(*(item.c[name] for name in PaidItem.__dataclass_fields__))
    .select_from(
        item.join(_pairs, and_(item.c.contact_id == _pairs.c.contact, item.c.month == _pairs.c.first))
    )
    .where(item.c.tenant_id == bindparam("tenant"))
    .order_by(item.c.id)
)
_NUMBERS = compile_query(
    select(payee_number.c.contact_id, payee_number.c.number).where(
        payee_number.c.tenant_id == bindparam("tenant")
    )
)
_CODES = compile_query(
    select(*(pay_code.c[name] for name in CodeRow.__dataclass_fields__)).where(
        pay_code.c.tenant_id == bindparam("tenant")
    )
)
_ACCOUNTING = compile_query(
    select(*(accounting.c[name] for name in Accounting.__dataclass_fields__))
    .where(accounting.c.tenant_id == bindparam("tenant"), accounting.c.valid_from <= bindparam("day"))
    .order_by(accounting.c.valid_from.desc())
    .limit(1)
)
FAR = date(9999, 12, 31)
Pairs = frozenset[tuple[UUID, date]]


def _first(day: date) -> date:
    return day.replace(day=1)


async def gather(uow: UnitOfWork, *, until: date, pay_on: date, raised_from: date | None) -> Gathered:
    """Everything a run until a day is made of. The caller has removed the run's own earlier items, if it had any."""
    lines = [HourLine(**dict(row)) for row in await uow.rows(_OPEN, tenant=uow.context.tenant, until=until)]
    replaced, touched = await _replaced(uow)
    meetings = frozenset((one.contact_id, _first(one.worked_on)) for one in lines if one.meeting)
    standing = await _standing(uow, touched | meetings, raised_from)
    concerned = touched | {(one.contact_id, _first(one.worked_on)) for one in (*lines, *standing)}
    return Gathered(
        lines=lines,
        replaced=replaced,
        touched=touched,
        standing=standing,
        paid=await _paid(uow, concerned),
        numbers=await numbers_of(uow),
        codes=await codes_on(uow, pay_on),
        accounting=await accounting_on(uow, pay_on),
    )


async def _replaced(uow: UnitOfWork) -> tuple[dict[UUID, UUID], Pairs]:
    """(paid line → the line that at last stands instead, the contacts and months this touches)."""
    tenant = uow.context.tenant
    rows = await uow.rows(_TO_TAKE_BACK, tenant=tenant)
    if not rows:
        return {}, frozenset()
    steps: dict[UUID, UUID] = {row["corrects_id"]: row["id"] for row in await uow.rows(_STEPS, tenant=tenant)}
    replaced: dict[UUID, UUID] = {}
    for row in rows:
        last = row["line_id"]
        while last in steps:
            last = steps[last]
        replaced[row["line_id"]] = last
    return replaced, frozenset((row["contact_id"], row["month"]) for row in rows)


def _columns(pairs: Pairs) -> dict[str, Any]:
    ordered = sorted(pairs)
    return {"contacts": [contact for contact, _ in ordered], "months": [first for _, first in ordered]}


async def _standing(uow: UnitOfWork, pairs: Pairs, raised_from: date | None) -> list[HourLine]:
    """Paid lines that still hold: of these contacts and months, and of everybody since back pay begins."""
    if not pairs and raised_from is None:
        return []
    rows = await uow.rows(
        _STANDING, tenant=uow.context.tenant, **_columns(pairs),
        raised_from=_first(raised_from) if raised_from else FAR,
    )  # fmt: skip
    return [HourLine(**dict(row)) for row in rows]


async def _paid(uow: UnitOfWork, pairs: Pairs) -> list[PaidItem]:
    if not pairs:
        return []
    rows = await uow.rows(_ITEMS, tenant=uow.context.tenant, **_columns(pairs))
    return [PaidItem(**dict(row)) for row in rows]


async def numbers_of(uow: UnitOfWork) -> dict[UUID, str]:
    """Every contact's employee number, by contact."""
    return {row["contact_id"]: row["number"] for row in await uow.rows(_NUMBERS, tenant=uow.context.tenant)}


async def code_rows(uow: UnitOfWork) -> list[CodeRow]:
    """Every pay code there is or has been."""
    return [CodeRow(**dict(row)) for row in await uow.rows(_CODES, tenant=uow.context.tenant)]


async def codes_on(uow: UnitOfWork, day: date) -> Codes:
    """The pay codes as they stand on a pay day."""
    return Codes(await code_rows(uow), day)


async def accounting_on(uow: UnitOfWork, day: date) -> Accounting:
    """The accounting in force on a pay day; KOSTRA's functions alone where nothing is set."""
    row = await uow.row(_ACCOUNTING, tenant=uow.context.tenant, day=day)
    return Accounting(**dict(row)) if row is not None else Accounting()
