"""Payroll where somebody can look at it: what was paid before, two runs with files, and one that is ready to be closed.

The runs are computed by payroll itself, from the hours that are approved. Only their days are the demo's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.demo.book import LINE
from deploy.demo.chance import Chance, at
from deploy.demo.decided import CODES, accounting_of
from deploy.demo.handed_in import MORE
from deploy.demo.rates import RATE_GROWTH
from deploy.demo.rows import Row as Values
from deploy.demo.town import LateApproval, Making, Town
from deploy.demo.work import RICH, Work
from deploy.reference_rates import STATE_KM_RATES
from sammen.db.unit_of_work import UnitOfWork
from sammen.policy.roles import Role
from sammen.tenancy.context import PlaceKind
from sammen.tenancy.enter import enter_job
from tenants.cases.api import add_months
from tenants.cases.models import CaseFile
from tenants.payroll.filing import keep_files
from tenants.payroll.models import PayeeNumber, PayItem, PayrollRun
from tenants.payroll.runs import compute
from tenants.timesheets.models import TimesheetLine

JOB = "demo.payroll"
CLOSES, PAYS = 8, 12
"""The days of the month after when a run is closed, and when it is paid out."""
COMPUTED = 2
"""How many closed runs payroll computes itself; what is older is written down at each year's rates."""


def periods(began: date, as_of: date) -> list[tuple[date, date]]:
    """The months that have been paid out: what each closed run holds."""
    months = []
    month = began
    while add_months(month, 1) + timedelta(days=PAYS - 1) <= as_of:
        months.append((month, add_months(month, 1) - timedelta(days=1)))
        month = add_months(month, 1)
    return months


# What was paid before ---------------------------------------------------------------------------------------------------
ITEM = (
    "tenant_id", "id", "run_id", "contact_id", "assignment_id", "line_id", "month", "component", "worked_on", "quantity",
    "rate_ore", "amount_ore", "rule", "form", "employee_no", "pay_code", "account", "art", "department",
    "kostra_function", "project",
)  # fmt: skip


def write_paid(making: Making, works: Sequence[Work]) -> None:
    """Closed runs with everything older than the last two months, at each year's rates."""
    purchasers = {row["id"]: row["purchaser"] for row in making.rows.of(CaseFile)}
    numbers = {row["contact_id"]: row["number"] for row in making.rows.of(PayeeNumber)}
    for work in works:
        if work.town.place.code in RICH:
            _Before(making, work, purchasers, numbers).write()


class _Before:
    """One town's history of pay."""

    def __init__(
        self, making: Making, work: Work, purchasers: Mapping[UUID, str], numbers: Mapping[UUID, str]
    ) -> None:
        self.making, self.work, self.numbers = making, work, numbers
        self.chance = work.stream("paid before")
        self.accounting = accounting_of(work.town)
        self.codes = {(component, form): (code, art) for component, form, code, art in CODES}
        self.forms = {row["id"]: (row["form"], purchasers[row["case_id"]]) for row in work.assignments}
        self.items = making.rows.batch(PayItem, ITEM)
        self.km = {since.year: kroner for since, _, kroner, _ in STATE_KM_RATES}

    def write(self) -> None:
        """A run for each period, with what it paid."""
        old = periods(self.work.town.began, self.work.as_of)[:-COMPUTED]
        runs = [(first, last, self.chance.id_at(last + timedelta(days=CLOSES))) for first, last in old]
        found: dict[UUID, list[Values]] = {run: [] for _, _, run in runs}
        for columns in (LINE, LINE + MORE):
            for line in self.making.rows.batch(TimesheetLine, columns):
                if line[0] == self.work.town.id and line[11] == "approved" and line[3] in self.numbers:
                    run = next((run for first, last, run in runs if first <= line[4] <= last), None)
                    if run is not None:
                        found[run].extend(self._items(run, line))
        given: Counter[int] = Counter()
        for first, last, run in runs:
            given[(last + timedelta(days=1)).year] += 1
            self._run(run, first, last, found[run], given[(last + timedelta(days=1)).year])
            self.items.extend(found[run])

    def _items(self, run: UUID, line: Values) -> list[Values]:
        """What one line was paid: hours, and this year what was laid out and driven."""
        day, hours = line[4], line[7]
        form, purchaser = self.forms[line[2]]
        rate = (
            round(self.work.town.place.habits.rate / (1 + RATE_GROWTH) ** (self.work.as_of.year - day.year))
            * 100
        )
        now = day.year == self.work.as_of.year and int(self.work.town.place.code) % 4 == 1
        paid = [("hours", hours, rate + (25_00 if now and form == "group" else 0))]
        if now and line[9]:
            paid.append(("receipts", Decimal(1), int(line[9] * 100)))
        if now and line[10]:
            paid.append(
                (
                    "kilometres",
                    line[10],
                    int(self.km[max(year for year in self.km if year <= day.year)] * 100),
                )
            )
        found = []
        for component, quantity, ore in paid:
            code, art = self.codes.get((component, form)) or self.codes[component, ""]
            department, function, project = self.accounting.dimensions(purchaser)
            found.append((
                line[0], self.chance.id(), run, line[3], line[2], line[1], day.replace(day=1), component, day, quantity, ore,
                int(quantity * ore), f"{day.year}-01-01", form, self.numbers[line[3]], code,
                self.accounting.account(purchaser, art), art, department, function, project,
            ))  # fmt: skip
        return found

    def _run(self, run: UUID, first: date, last: date, items: Sequence[Values], number: int) -> None:
        after = last + timedelta(days=1)
        closed, by = at(after.replace(day=CLOSES), 10), self.work.town.staff[Role.PAYROLL][0]
        components: dict[str, list[Any]] = {}
        functions: dict[str, int] = {}
        for item in items:
            known = components.setdefault(item[7], [Decimal(0), 0])
            known[0] += item[9]
            known[1] += item[11]
            functions[item[19]] = functions.get(item[19], 0) + item[11]
        self.work.town.rows.add(
            PayrollRun, tenant_id=self.work.town.id, id=run, first=first, last=last, pay_on=after.replace(day=PAYS),
            pay_year=after.year, number=number, state="closed", computed_at=closed - timedelta(hours=2), closed_at=closed,
            created_at=closed - timedelta(hours=2), closed_by=by.id, closed_by_name=by.name,
            total_ore=sum(item[11] for item in items),
            contact_count=len({item[3] for item in items}), line_count=len({item[5] for item in items}),
            summary={"components": {name: [str(much), ore] for name, (much, ore) in components.items()},
                     "functions": functions, "kinds": {}, "notices": {}},
        )  # fmt: skip


# What payroll computes ----------------------------------------------------------------------------------------------------
async def add_pay(making: Making, towns: Sequence[Town], engine: AsyncEngine) -> None:
    """Pay what is approved, close the runs, then approve what came late and lay the next run ready."""
    for town in towns:
        if town.place.code not in RICH:
            continue
        by = town.staff[Role.PAYROLL][0]
        chance = Chance(f"payday/{town.place.code}")
        uow = await enter_job(engine, making.keys, PlaceKind.MUNICIPALITY, town.id, job=JOB, user=by.id)
        found = periods(town.began, making.as_of)
        numbers = Counter((last + timedelta(days=1)).year for _, last in found[:-COMPUTED])
        for run in await uow.session.scalars(
            select(PayrollRun.id).where(PayrollRun.tenant_id == town.id).order_by(PayrollRun.pay_on)
        ):
            await keep_files(uow, run)
        for first, last in found[-COMPUTED:]:
            await _close(uow, chance, first, last, numbers)
        for one in making.approved_late:
            if one.tenant_id == town.id:
                await approve_late(uow, one)
        await _compute(uow, chance, *found[-1], _after(making.as_of, PAYS))
        await uow.commit()


async def _compute(uow: UnitOfWork, chance: Chance, first: date, last: date, pay_on: date) -> UUID:
    run = PayrollRun(
        tenant_id=uow.context.tenant, id=chance.id_at(last + timedelta(days=CLOSES - 1)), first=first, last=last,
        pay_on=pay_on, pay_year=pay_on.year, state="computing", summary={},
    )  # fmt: skip
    uow.session.add(run)
    await uow.session.flush()
    await compute(uow, run.id)
    return run.id


async def _close(uow: UnitOfWork, chance: Chance, first: date, last: date, numbers: Counter[int]) -> None:
    """A run as it was closed some days after its last month ended."""
    after = last + timedelta(days=1)
    pay_on, closed = after.replace(day=PAYS), at(after.replace(day=CLOSES), 10)
    run = await _compute(uow, chance, first, last, pay_on)
    numbers[pay_on.year] += 1
    await uow.session.execute(
        update(PayrollRun)
        .where(PayrollRun.tenant_id == uow.context.tenant, PayrollRun.id == run)
        .values(state="closed", number=numbers[pay_on.year], created_at=closed - timedelta(hours=2),
                computed_at=closed - timedelta(hours=2), closed_at=closed,
                closed_by=uow.context.user_id, closed_by_name=uow.context.user_name)
    )  # fmt: skip
    uow.session.expire_all()
    await keep_files(uow, run)


async def approve_late(uow: UnitOfWork, one: LateApproval) -> None:
    """Approve hours that came too late for what they belonged to."""
    await uow.session.execute(
        update(TimesheetLine)
        .where(TimesheetLine.tenant_id == one.tenant_id, TimesheetLine.id == one.line_id)
        .values(state="approved", decided_at=one.at, decided_by=one.by)
    )
    if one.replaced is not None:
        await uow.session.execute(
            update(TimesheetLine)
            .where(TimesheetLine.tenant_id == one.tenant_id, TimesheetLine.id == one.replaced)
            .values(replaced_at=one.at)
        )


def _after(day: date, number: int) -> date:
    """The first day of that number after `day`."""
    same = day.replace(day=number)
    return same if same > day else add_months(same, 1)
