"""What holds for every table and every way to split a period (B7): sums add up, limits hold, nothing paid is touched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from tenants.rates.api import (
    Agreed,
    Item,
    Payee,
    RateStep,
    RateTable,
    RateTables,
    StateRate,
    Terms,
    Worked,
    correct,
    settle,
)  # fmt: skip

HERE, THERE = UUID(int=1), UUID(int=2)
FIRST = date(2026, 1, 1)
STATE = (StateRate(date(2020, 1, 1), date(2026, 2, 9), 4_90), StateRate(date(2026, 2, 10), None, 5_30))
KRONER = st.integers(1, 60_000)
MAYBE_KRONER = st.none() | st.integers(500, 60_000)
AGES = st.none() | st.integers(10, 60)


@st.composite
def hourly(draw: st.DrawFn) -> RateStep:
    return RateStep(
        "hours", draw(st.sampled_from(["rate", "rate", "supplement"])), draw(KRONER),
        form=draw(st.sampled_from(["any", "individual", "group"])),
        engagement=draw(st.sampled_from(["any", "contractor"])), age_from=draw(AGES),
        seniority_months=draw(st.none() | st.integers(0, 60)), competence=draw(st.sampled_from(["", "first_aid"])),
    )  # fmt: skip


@st.composite
def driving(draw: st.DrawFn, component: str) -> RateStep:
    mode = draw(st.sampled_from(["rate", "state", "none", "by_agreement"]))
    limit = draw(st.sampled_from(["none", "km", "trips"]))
    least = draw(st.none() | st.integers(100, 10_000))
    return RateStep(
        component, mode, draw(st.integers(100, 900)) if mode == "rate" else None, user_age_to=draw(AGES),
        cap_km=draw(st.decimals(1, 120, places=1)) if limit == "km" else None,
        cap_trips=draw(st.integers(1, 4)) if limit == "trips" else None, cap_ore=draw(MAYBE_KRONER), least_ore=least,
    )  # fmt: skip


@st.composite
def expenses(draw: st.DrawFn) -> RateStep:
    mode = draw(st.sampled_from(["per_hour", "per_month", "by_agreement", "none"]))
    amount = draw(KRONER) if mode in ("per_hour", "per_month") else None
    return RateStep(
        "expense",
        mode,
        amount,
        user_age_to=draw(AGES),
        cap_ore=draw(MAYBE_KRONER) if mode == "per_hour" else None,
    )


RECEIPTS = st.builds(
    RateStep, st.just("receipts"), st.just("receipts"), cap_ore=MAYBE_KRONER, cap_receipt_ore=MAYBE_KRONER
)


@st.composite
def table(draw: st.DrawFn, begins: date) -> RateTable:
    steps = [
        RateStep("hours", "rate", draw(KRONER)), *draw(st.lists(hourly(), max_size=4)),
        *draw(st.lists(expenses(), max_size=2)), *draw(st.lists(RECEIPTS, max_size=1)),
        *draw(st.lists(driving("kilometres"), max_size=3)), *draw(st.lists(driving("commute"), max_size=1)),
    ]  # fmt: skip
    if draw(st.booleans()):
        steps.append(RateStep("commute", "together", user_age_to=20))
    percent = draw(st.sampled_from([Decimal(0), Decimal("10.2"), Decimal(12)]))
    return RateTable(UUID(int=draw(st.integers(1, 10**9))), "", begins, tuple(steps), "", percent)


@st.composite
def tables(draw: st.DrawFn) -> RateTables:
    begins = {date(2025, 1, 1), *draw(st.lists(DAYS, max_size=2))}
    return RateTables.of([draw(table(day)) for day in sorted(begins)], STATE)


DAYS = st.integers(0, 80).map(lambda number: FIRST + timedelta(days=number))
AMOUNT = st.decimals(0, 80, places=1)


@st.composite
def work(draw: st.DrawFn) -> list[Worked]:
    found = []
    for number in range(draw(st.integers(1, 8))):
        place = draw(st.sampled_from([HERE, THERE]))
        found.append(
            Worked(
                UUID(int=100 + number), place, draw(DAYS), draw(st.decimals("0.01", 8, places=2)),
                "individual" if place == HERE else "group", draw(st.decimals(0, 300, places=2)), draw(AMOUNT),
                draw(AMOUNT), draw(st.integers(0, 3)),
            )
        )  # fmt: skip
    return found


@st.composite
def terms(draw: st.DrawFn) -> dict[UUID, Terms]:
    own = st.builds(
        Agreed, DAYS, expense_mode=st.sampled_from(["", "receipts", "none"]), expense_cap_ore=MAYBE_KRONER,
        kilometres_mode=st.sampled_from(["", "state", "none"]), cap_km=st.none() | st.decimals(1, 90, places=1),
        cap_km_ore=MAYBE_KRONER,
    )  # fmt: skip
    found = {}
    for place in (HERE, THERE):
        agreed = sorted(draw(st.lists(own, max_size=2)), key=lambda one: one.valid_from, reverse=True)
        found[place] = Terms(draw(st.dates(date(2000, 1, 1), date(2012, 1, 1))), tuple(agreed))
    return found


PAYEES = st.builds(
    Payee, st.none() | st.dates(date(1960, 1, 1), date(2010, 1, 1)), st.none() | st.dates(date(2020, 1, 1), FIRST),
    st.sampled_from([(), ((date(2026, 1, 15), date(2026, 2, 20), "first_aid"),)]),
    st.sampled_from([(), ((date(2026, 2, 3), None, "contractor"),)]),
)  # fmt: skip
Sums = Counter[tuple[UUID, date, str]]


def sums(items: Iterable[Item]) -> Sums:
    """Øre by assignment, month and component; nought left out."""
    found: Sums = Counter()
    for item in items:
        found[item.assignment_id, item.month, item.component] += item.amount_ore
    return Counter({key: ore for key, ore in found.items() if ore})


@given(tables(), PAYEES, terms(), work(), st.data())
@settings(max_examples=120, deadline=None)
def test_however_a_period_is_split_it_comes_to_the_same(
    rates: RateTables, payee: Payee, agreed: dict[UUID, Terms], worked: list[Worked], data: st.DataObject
) -> None:
    whole = settle(rates, payee, agreed, worked)
    parts = [data.draw(st.integers(0, 2)) for _ in worked]
    made: list[Item] = []
    for part in range(3):
        made += settle(
            rates,
            payee,
            agreed,
            [one for one, in_part in zip(worked, parts, strict=True) if in_part == part],
            made,
        )
    assert sums(made) == sums(whole)


@given(tables(), PAYEES, terms(), work(), st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None)
def test_the_order_of_lines_changes_nothing(
    rates: RateTables, payee: Payee, agreed: dict[UUID, Terms], worked: list[Worked], chance: object
) -> None:
    shuffled = worked[:]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # a random.Random
    assert settle(rates, payee, agreed, shuffled) == settle(rates, payee, agreed, worked)


@given(tables(), PAYEES, terms(), work())
@settings(max_examples=60, deadline=None)
def test_nothing_is_negative_and_every_hour_is_paid(
    rates: RateTables, payee: Payee, agreed: dict[UUID, Terms], worked: list[Worked]
) -> None:
    items = settle(rates, payee, agreed, worked)
    by_line: Counter[tuple[object, str]] = Counter()
    for item in items:
        by_line[item.line_id, item.component] += item.amount_ore
    assert all(ore >= 0 for ore in by_line.values())
    hours = sum((item.quantity for item in items if item.component == "hours"), Decimal(0))
    assert hours == sum((line.hours for line in worked), Decimal(0))


@given(tables(), PAYEES, work())
@settings(max_examples=60, deadline=None)
def test_no_month_passes_the_highest_of_its_limits_in_kroner(
    rates: RateTables, payee: Payee, worked: list[Worked]
) -> None:
    for (_, month, component), ore in sums(settle(rates, payee, {}, worked)).items():
        held = [one for one in rates.tables if one.valid_from <= month + timedelta(days=31)]
        rows = [step for one in held for step in one.steps if step.component == component]
        most = [step.cap_ore for step in rows if step.mode in ("rate", "state", "receipts")]
        if component in ("receipts", "kilometres", "commute") and most and None not in most:
            assert ore <= max(one for one in most if one)


@given(st.integers(1, 60), st.integers(100, 900), work())
@settings(max_examples=50, deadline=None)
def test_kilometres_stop_at_the_limit_of_the_month(cap: int, rate: int, worked: list[Worked]) -> None:
    rows = (RateStep("hours", "rate", 200_00), RateStep("kilometres", "rate", rate, cap_km=Decimal(cap)))
    items = settle(RateTables.of([RateTable(HERE, "", date(2025, 1, 1), rows)]), Payee(), {}, worked)
    for (_, _, component), ore in sums(items).items():
        if component == "kilometres":
            assert ore <= cap * rate


@given(tables(), tables(), PAYEES, terms(), work(), work())
@settings(max_examples=50, deadline=None)
def test_a_table_that_comes_later_leaves_what_is_made_as_it_is(
    rates: RateTables,
    others: RateTables,
    payee: Payee,
    agreed: dict[UUID, Terms],
    worked: list[Worked],
    more: list[Worked],
) -> None:
    made = settle(rates, payee, agreed, worked)
    later = [replace(line, line_id=UUID(int=line.line_id.int + 1000)) for line in more]
    then = settle(others, payee, agreed, later, made)
    assert {item.line_id for item in then if item.line_id} <= {line.line_id for line in later}
    new: Counter[object] = Counter()
    for item in then:
        new[item.line_id, item.component] += item.amount_ore
    assert all(ore >= 0 for ore in new.values())
    assert settle(others, payee, agreed, [], made) == []


@given(tables(), PAYEES, terms(), work(), st.data())
@settings(max_examples=80, deadline=None)
def test_a_corrected_meeting_leaves_what_would_have_been_paid_without_the_slip(
    rates: RateTables, payee: Payee, agreed: dict[UUID, Terms], worked: list[Worked], data: st.DataObject
) -> None:
    wrong = data.draw(st.sampled_from(worked))
    new = replace(wrong, line_id=UUID(int=999), hours=data.draw(st.decimals(0, 4, places=1)),
                  kilometres=data.draw(AMOUNT), expenses=data.draw(AMOUNT), worked_on=data.draw(DAYS))  # fmt: skip
    others = [line for line in worked if line is not wrong]
    made = settle(rates, payee, agreed, worked)
    made += correct(rates, payee, agreed, gone={wrong.line_id}, worked=[new], others=others, earlier=made)
    assert sums(made) == sums(settle(rates, payee, agreed, [*others, new]))
    assert of(made, wrong.line_id) == 0


def of(items: Sequence[Item], line: UUID) -> int:
    return sum(item.amount_ore for item in items if item.line_id == line)
