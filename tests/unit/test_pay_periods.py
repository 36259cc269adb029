"""Pay periods: calendar months and months from another day, their names and deadlines."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.provision.api import PayPeriod

days = st.dates(date(1950, 1, 1), date(2150, 12, 31))
from_days = st.integers(1, 28)


def test_a_calendar_month() -> None:
    assert PayPeriod.of(date(2026, 2, 14)) == PayPeriod(date(2026, 2, 1), date(2026, 2, 28))
    assert str(PayPeriod.of(date(2026, 12, 31))) == "2026-12"


def test_from_the_21st_to_the_20th_is_named_by_the_month_it_ends_in() -> None:
    period = PayPeriod.of(date(2026, 10, 21), 21)
    assert (period.first, period.last, str(period)) == (date(2026, 10, 21), date(2026, 11, 20), "2026-11")
    assert PayPeriod.of(date(2026, 11, 20), 21) == period
    assert str(PayPeriod.of(date(2026, 12, 25), 21)) == "2027-01"


def test_the_deadline_is_the_first_such_day_after_the_period() -> None:
    assert PayPeriod.of(date(2026, 10, 5)).deadline(20) == date(2026, 11, 20)
    assert PayPeriod.of(date(2026, 11, 1), 21).deadline(25) == date(2026, 11, 25)
    assert PayPeriod.of(date(2026, 11, 1), 21).deadline(20) == date(2026, 12, 20)
    assert PayPeriod.of(date(2026, 12, 1)).deadline(5) == date(2027, 1, 5)


@pytest.mark.parametrize("text", ["", "2026-13", "2026-1", "26-01", "2026-00", "x2026-01", "9999-01"])
def test_what_is_no_name_of_a_period_is_none(text: str) -> None:
    assert PayPeriod.parse(text) is None


@given(days, from_days)
def test_periods_follow_each_other_without_a_gap_and_keep_their_names(day: date, from_day: int) -> None:
    period = PayPeriod.of(day, from_day)
    assert day in period
    assert period.after.first == period.last + timedelta(days=1)
    assert period.before.last == period.first - timedelta(days=1)
    assert PayPeriod.parse(str(period), from_day) == period
