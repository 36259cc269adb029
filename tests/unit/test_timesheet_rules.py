"""Hours from the clock, and what a decision gives in a month."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.timesheets.rules import Month, hours_between, month_hours, overlaps, shares_of_years

times = st.times().map(lambda t: t.replace(second=0, microsecond=0))


@pytest.mark.parametrize(
    ("starts", "ends", "hours"),
    [
        ("12:00", "14:30", "2.5"),
        ("17:00", "17:20", "0.33"),
        ("22:00", "00:00", "2"),
        ("00:00", "00:00", "24"),
        ("14:30", "12:00", None),
        ("12:00", "12:00", None),
    ],
)
def test_hours_are_counted_from_the_clock_and_never_past_midnight(
    starts: str, ends: str, hours: str | None
) -> None:
    found = hours_between(time.fromisoformat(starts), time.fromisoformat(ends))
    assert found == (None if hours is None else Decimal(hours))


@given(times, times, times, times)
def test_overlap_is_mutual_and_never_lets_a_day_exceed_24_hours(a: time, b: time, c: time, d: time) -> None:
    assert overlaps(a, b, c, d) == overlaps(c, d, a, b)
    first, second = hours_between(a, b), hours_between(c, d)
    if first is not None and second is not None and not overlaps(a, b, c, d):
        assert first + second <= Decimal("24.01")  # each is rounded to a hundredth


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
