"""Whatever is approved, corrected and run in whatever order: what is paid in all is what the lines that stand come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from tenants.payroll.drafts import Draft
from tenants.payroll.gather import Gathered, HourLine, PaidItem
from tenants.payroll.reckoning import reckon
from tenants.payroll.rules import Accounting, Codes
from tenants.rates.api import Payee, RateStep, RateTable, RateTables, Worked, settle

CONTACT, ASSIGNMENTS = UUID(int=1), (UUID(int=11), UUID(int=12))
CAP_KM, CAP_ORE = 100, 30_000
TODAY = date(2026, 12, 1)


def table(number: int, day: date, hour: int, km: int = 400) -> RateTable:
    steps = (
        RateStep("hours", "rate", hour), RateStep("kilometres", "rate", km, cap_km=Decimal(CAP_KM)),
        RateStep("receipts", "receipts", cap_ore=CAP_ORE), RateStep("expense", "per_month", 45_000),
    )  # fmt: skip
    return RateTable(UUID(int=number), "", day, steps, holiday_percent=Decimal(12))


TABLES = RateTables.of([table(100, date(2020, 1, 1), 20_000)])


@dataclass
class Payroll:
    """A municipality's payroll without a database: what stands, what is paid, and what waits to be taken back."""

    tables: RateTables = TABLES
    lines: dict[UUID, HourLine] = field(default_factory=dict)
    paid: list[PaidItem] = field(default_factory=list)
    replaced: dict[UUID, UUID] = field(default_factory=dict)

    def add(self, line: HourLine, corrects: UUID | None = None) -> None:
        self.lines[line.id] = line
        if corrects is not None:
            self.replaced[corrects] = line.id

    def standing(self) -> list[HourLine]:
        return [line for line in self.lines.values() if line.id not in self.replaced]

    def run(self, raised_from: date | None = None) -> Sequence[Draft]:
        done = {item.line_id for item in self.paid}
        back = {item.reverses_id for item in self.paid}
        open_ones = {
            item.line_id for item in self.paid
            if item.line_id in self.replaced and item.kind != "reversal" and item.id not in back
        }  # fmt: skip
        replaced = {}
        for old in open_ones:
            assert old is not None
            last = old
            while last in self.replaced:
                last = self.replaced[last]
            replaced[old] = last
        found = reckon(
            Gathered(
                [line for line in self.standing() if line.id not in done], replaced,
                frozenset((CONTACT, item.month) for item in self.paid if item.line_id in open_ones),
                [line for line in self.standing() if line.id in done], self.paid, {CONTACT: "1"}, Codes([], TODAY),
                Accounting(),
            ),
            self.tables, {CONTACT: Payee()}, {}, raised_from=raised_from,
        )  # fmt: skip
        self.paid += [_kept(one) for one in found.items]
        return found.items

    def sums(self) -> dict[tuple[UUID, date, str], int]:
        found: dict[tuple[UUID, date, str], int] = {}
        for item in self.paid:
            key = (item.assignment_id, item.month, item.component)
            found[key] = found.get(key, 0) + item.amount_ore
        return {key: ore for key, ore in found.items() if ore}

    def right(self) -> dict[tuple[UUID, date, str], int]:
        found: dict[tuple[UUID, date, str], int] = {}
        for item in settle(self.tables, Payee(), {}, [_worked(line) for line in self.standing()]):
            key = (item.assignment_id, item.month, item.component)
            found[key] = found.get(key, 0) + item.amount_ore
        return {key: ore for key, ore in found.items() if ore}


def _kept(one: Draft) -> PaidItem:
    return PaidItem(
        one.id, one.contact_id, one.assignment_id, one.line_id, one.kind, one.month, one.component, one.part, one.worked_on,
        one.quantity, one.rate_ore, one.amount_ore, one.rule, one.form, "", "", "", "", "", "", one.reverses_id,
        one.follows_id,
    )  # fmt: skip


def _worked(line: HourLine) -> Worked:
    return Worked(
        line.id, line.assignment_id, line.worked_on, line.hours, line.form, line.expenses, line.kilometres
    )


def line(number: int, assignment: int, day: int, hours: int, km: int, laid_out: int) -> HourLine:
    return HourLine(
        UUID(int=1000 + number), CONTACT, ASSIGNMENTS[assignment], date(2026, 10 + day // 28, 1 + day % 28), None, None,
        Decimal(hours) / 4, Decimal(laid_out), Decimal(km), Decimal(0), 1, True, "individual", "adult",
    )  # fmt: skip


STEP = st.tuples(
    st.sampled_from(["new", "new", "correct", "run"]), st.integers(0, 1), st.integers(0, 40), st.integers(1, 24),
    st.integers(0, 90), st.integers(0, 250), st.integers(0, 50),
)  # fmt: skip


def play(payroll: Payroll, steps: Sequence[tuple[str, int, int, int, int, int, int]], begin: int = 0) -> None:
    for number, (what, assignment, day, hours, km, laid_out, which) in enumerate(steps, begin):
        standing = payroll.standing()
        if what == "run":
            payroll.run()
        elif what == "correct" and standing:
            old = standing[which % len(standing)]
            new = line(number, ASSIGNMENTS.index(old.assignment_id), day, hours, km, laid_out)
            payroll.add(
                replace(new, hours=Decimal(0), expenses=Decimal(0), kilometres=Decimal(0))
                if which % 5 == 0
                else new,
                old.id,
            )
        else:
            payroll.add(line(number, assignment, day, hours, km, laid_out))


@settings(max_examples=60, deadline=None)
@given(st.lists(STEP, max_size=25))
def test_in_all_runs_pay_what_the_lines_that_stand_come_to(
    steps: list[tuple[str, int, int, int, int, int, int]],
) -> None:
    payroll = Payroll()
    play(payroll, steps)
    payroll.run()
    assert payroll.sums() == payroll.right()
    assert payroll.run() == []


@settings(max_examples=40, deadline=None)
@given(st.lists(STEP, max_size=20))
def test_no_item_is_paid_taken_back_or_followed_twice(
    steps: list[tuple[str, int, int, int, int, int, int]],
) -> None:
    payroll = Payroll()
    play(payroll, steps)
    payroll.run()
    paid = [
        (one.line_id, one.assignment_id, one.month, one.component, one.part)
        for one in payroll.paid
        if one.kind == "pay"
    ]
    assert len(paid) == len(set(paid))
    for name in ("reverses_id", "follows_id"):
        pointed = [getattr(one, name) for one in payroll.paid if getattr(one, name) is not None]
        assert len(pointed) == len(set(pointed))
    known = {one.id for one in payroll.paid}
    assert {one.follows_id or one.reverses_id for one in payroll.paid if one.kind != "pay"} <= known


@settings(max_examples=40, deadline=None)
@given(st.lists(STEP, max_size=15), st.integers(15_000, 30_000), st.lists(STEP, max_size=10))
def test_a_new_table_changes_nothing_that_is_paid_for_lines_that_stand(
    before: list[tuple[str, int, int, int, int, int, int]],
    hour: int,
    after: list[tuple[str, int, int, int, int, int, int]],
) -> None:
    payroll = Payroll()
    play(payroll, before)
    payroll.run()
    known = {one.id: one.amount_ore for one in payroll.paid}
    payroll.tables = RateTables.of([*TABLES.tables, table(200, date(2026, 9, 1), hour, 500)])
    assert payroll.run() == []
    play(payroll, after, begin=500)
    payroll.run()
    assert {one.id: one.amount_ore for one in payroll.paid if one.id in known} == known
    touched = {one.line_id for one in payroll.paid if one.kind == "reversal"}
    raised = [
        one for one in payroll.paid if one.kind == "adjustment" and one.component in ("hours", "holiday")
    ]
    assert [one for one in raised if one.line_id not in touched] == []


@settings(max_examples=40, deadline=None)
@given(st.lists(STEP, max_size=15), st.integers(20_000, 30_000))
def test_back_pay_raises_to_the_new_table_once(
    before: list[tuple[str, int, int, int, int, int, int]], hour: int
) -> None:
    payroll = Payroll()
    play(payroll, before)
    payroll.run()
    payroll.tables = RateTables.of([*TABLES.tables, table(200, date(2026, 9, 1), hour, 500)])
    payroll.run(raised_from=date(2026, 9, 1))
    assert payroll.sums() == payroll.right()
    assert payroll.run(raised_from=date(2026, 9, 1)) == []
