"""Hours from the clock, and what a decision gives in a month."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.provision.api import ProvisionRules
from tenants.timesheets.rules import Given, Month, carry_over, is_late, month_hours, shares_of_years, span

times = st.times().map(lambda t: t.replace(second=0, microsecond=0))


DAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("day", "starts", "ends", "hours"),
    [
        ("2026-11-20", "12:00", "14:30", "2.5"),
        ("2026-11-20", "17:00", "17:20", "0.33"),
        ("2026-11-20", "22:00", "00:00", "2"),
        ("2026-11-20", "00:00", "00:00", "24"),
        ("2026-11-20", "22:00", "06:00", "8"),
        ("2026-11-20", "14:00", "06:00", "16"),
        ("2026-11-20", "14:00", "06:01", None),
        ("2026-11-20", "12:00", "12:00", None),
        # The clock is set back at three on 25 October 2026, and forward at two on 29 March.
        ("2026-10-25", "00:00", "06:00", "7"),
        ("2026-10-24", "22:00", "06:00", "9"),
        ("2026-10-25", "00:00", "00:00", "25"),
        ("2026-03-29", "00:00", "06:00", "5"),
        ("2026-03-28", "22:00", "06:00", "7"),
        ("2026-03-29", "02:00", "03:00", None),
    ],
)
def test_hours_are_those_that_passed_between_two_times_in_norway(
    day: str, starts: str, ends: str, hours: str | None
) -> None:
    found = span(date.fromisoformat(day), time.fromisoformat(starts), time.fromisoformat(ends))
    assert (found.hours if found else None) == (None if hours is None else Decimal(hours))


def test_a_meeting_over_midnight_says_so_and_one_until_midnight_does_not() -> None:
    night, evening = span(DAY, time(22), time(2)), span(DAY, time(22), time(0))
    assert night is not None
    assert evening is not None
    assert (night.over_midnight, evening.over_midnight) == (True, False)


@given(times, times, times, times, st.integers(-1, 1))
def test_overlap_is_mutual_and_reaches_into_the_next_day(
    a: time, b: time, c: time, d: time, days: int
) -> None:
    first, second = span(DAY, a, b), span(DAY + timedelta(days=days), c, d)
    if first is None or second is None:
        return
    assert first.overlaps(second) == second.overlaps(first)
    apart = first.ends <= second.begins or second.ends <= first.begins
    assert first.overlaps(second) is not apart


months = st.lists(st.decimals("0", "40", places=1), min_size=12, max_size=12)


@given(months, months, st.integers(0, 11))
def test_carried_hours_are_never_more_than_were_left_and_none_are_used_twice(
    given_hours: list[Decimal], used_hours: list[Decimal], keep: int
) -> None:
    given_months = [Given(Month(2026, n + 1), hours) for n, hours in enumerate(given_hours)]
    used = {Month(2026, n + 1): hours for n, hours in enumerate(used_hours)}
    found = carry_over(given_months, used, keep)
    for n, month in enumerate(sorted(found)):
        balance = found[month]
        earlier = sorted(found)[max(0, n - keep) : n]
        assert 0 <= balance.carried <= sum((found[one].given for one in earlier), Decimal(0))
        assert balance.left - balance.over == balance.given + balance.carried - balance.used
    # However the hours are spread, no more is within the decision than the decision gives in the year.
    within = sum((one.used - one.over for one in found.values()), Decimal(0))
    assert within <= sum(given_hours)


@given(months, months)
def test_without_carry_over_each_month_stands_alone_and_more_months_never_give_less(
    given_hours: list[Decimal], used_hours: list[Decimal]
) -> None:
    given_months = [Given(Month(2026, n + 1), hours) for n, hours in enumerate(given_hours)]
    used = {Month(2026, n + 1): hours for n, hours in enumerate(used_hours)}
    alone = carry_over(given_months, used, 0)
    assert all(balance.carried == 0 for balance in alone.values())
    over = [sum(one.over for one in carry_over(given_months, used, keep).values()) for keep in range(12)]
    assert over == sorted(over, reverse=True)


def test_unused_hours_end_with_the_months_the_year_and_the_decision() -> None:
    given_months = [
        Given(Month(2025, 12), Decimal(10)),
        Given(Month(2026, 1), Decimal(10), date(2026, 2, 14)),
        Given(Month(2026, 2), Decimal(5), date(2026, 2, 14)),
        Given(Month(2026, 2), Decimal(6)),
        Given(Month(2026, 3), Decimal(12)),
        Given(Month(2026, 4), Decimal(12)),
    ]
    found = carry_over(given_months, {Month(2026, 1): Decimal(4), Month(2026, 2): Decimal(11)}, 1)
    # The old year's are gone in January; six of January's are left in February and are used first, so that what is left
    # of February is six of the new decision's, which March may use; by April they are too old, and March's twelve are not.
    assert [found[Month(2026, n)].carried for n in (1, 2, 3, 4)] == [0, 6, 6, 12]


RULES = ProvisionRules(hand_in_day=20, hand_in_months=2)


@pytest.mark.parametrize(
    ("worked", "sent", "rules", "late"),
    [
        ("2026-10-31", "2026-11-20", RULES, False),
        ("2026-10-31", "2026-11-21", RULES, True),
        ("2026-12-05", "2027-01-20", RULES, False),
        ("2026-12-05", "2027-01-21", RULES, True),
        ("2026-10-01", "2026-11-02", ProvisionRules(hand_in_months=1), True),
        ("2026-10-20", "2026-10-25", ProvisionRules(period_from_day=21, hand_in_day=25), False),
        ("2026-10-20", "2026-10-26", ProvisionRules(period_from_day=21, hand_in_day=25), True),
    ],
)
def test_hours_are_late_after_the_periods_deadline_or_when_they_are_too_old(
    worked: str, sent: str, rules: ProvisionRules, late: bool
) -> None:
    assert is_late(date.fromisoformat(worked), date.fromisoformat(sent), rules) is late


@pytest.mark.parametrize(
    ("amount", "unit", "month", "valid", "hours"),
    [
        ("4", "week", "2026-11", (None, None), "17"),
        ("4", "week", "2026-02", (None, None), "16"),
        ("3.5", "week", "2026-12", (None, None), "15.5"),
        ("16", "month", "2026-11", (None, None), "16"),
        ("16", "month", "2026-11", (date(2026, 11, 16), None), "8"),
        ("4", "week", "2026-11", (date(2026, 11, 24), date(2027, 1, 1)), "4"),
        ("4", "week", "2026-11", (date(2025, 1, 1), date(2026, 10, 31)), "0"),
    ],
)
def test_a_months_hours_count_the_days_the_decision_covers(
    amount: str, unit: str, month: str, valid: tuple[date | None, date | None], hours: str
) -> None:
    which = Month.parse(month)
    assert which is not None
    assert month_hours(Decimal(amount), unit, which, *valid) == Decimal(hours)


def test_a_group_without_hours_has_no_limit() -> None:
    assert month_hours(None, "week", Month(2026, 11)) is None


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-13", "2026-00", "26-11", "2026-1", "0000-01", "２０２６-11", "x"]
)
def test_an_address_that_names_no_month_is_none(text: str) -> None:
    assert Month.parse(text) is None


def test_months_follow_each_other_over_the_year_and_are_written_one_way() -> None:
    assert (str(Month(2026, 1).before), str(Month(2026, 12).after)) == ("2025-12", "2027-01")
    assert Month.parse(str(Month(2026, 3))) == Month(2026, 3)


def test_a_years_sum_is_spread_by_days() -> None:
    assert shares_of_years(date(2026, 1, 1), date(2026, 12, 31)) == {2026: Decimal(1)}
    shares = shares_of_years(date(2027, 12, 31), date(2028, 1, 2))
    assert shares == {2027: Decimal(1) / 365, 2028: Decimal(2) / 366}
