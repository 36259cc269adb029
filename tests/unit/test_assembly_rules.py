"""Rules of assemblies: which days a series has, when the door is open, and what a code is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared_pool.assemblies.rules import (
    CODE_LETTERS,
    may_check_in,
    new_code,
    same_code,
    series_days,
    without_holidays,
)


def test_the_first_tuesday_of_each_month_stays_the_first_tuesday() -> None:
    assert series_days("month", date(2026, 9, 1), date(2026, 12, 31)) == [
        date(2026, 9, 1), date(2026, 10, 6), date(2026, 11, 3), date(2026, 12, 1)]  # fmt: skip


def test_the_fifth_of_a_weekday_is_the_last_where_a_month_has_four() -> None:
    days = series_days("month", date(2026, 1, 29), date(2026, 4, 30))
    assert days == [date(2026, 1, 29), date(2026, 2, 26), date(2026, 3, 26), date(2026, 4, 30)]


def test_a_weekly_series_over_easter_leaves_the_holidays_out_and_says_which() -> None:
    days = series_days("week", date(2027, 3, 15), date(2027, 4, 5))
    kept, left = without_holidays(days, easter_week=True)
    assert kept == [date(2027, 3, 15), date(2027, 4, 5)]
    assert left == [(date(2027, 3, 22), "påskeuka"), (date(2027, 3, 29), "andre påskedag")]
    assert date(2027, 3, 22) in without_holidays(days, easter_week=False)[0]


def test_days_that_are_written_by_hand_are_sorted_and_said_once() -> None:
    first, more = date(2026, 12, 8), [date(2026, 12, 1), date(2026, 12, 8)]
    assert series_days("days", first, first, more) == [date(2026, 12, 1), date(2026, 12, 8)]
    assert series_days("once", first, first) == [first]


@given(
    st.sampled_from(["week", "two_weeks", "month"]),
    st.dates(date(2020, 1, 1), date(2060, 1, 1)),
    st.integers(0, 5000),
)
def test_no_series_is_endless_and_every_day_lies_between_the_first_and_the_last(
    every: str, first: date, days: int
) -> None:
    last = first + timedelta(days=days)
    found = series_days(every, first, last)
    assert 1 <= len(found) <= 60
    assert found == sorted(set(found))
    assert all(first <= day <= last and day.weekday() == first.weekday() for day in found)


def test_the_door_opens_half_an_hour_before_and_closes_two_hours_after() -> None:
    starts = datetime(2026, 12, 1, 17, tzinfo=UTC)
    ends = starts + timedelta(hours=2)
    assert not may_check_in(starts - timedelta(minutes=31), starts, ends)
    assert may_check_in(starts - timedelta(minutes=30), starts, ends)
    assert may_check_in(ends + timedelta(hours=2), starts, ends)
    assert not may_check_in(ends + timedelta(hours=2, minutes=1), starts, ends)


def test_a_code_is_read_whatever_the_case_and_spaces() -> None:
    code = new_code()
    assert len(code) == 5
    assert set(code) <= set(CODE_LETTERS)
    assert same_code(f" {code[:2].lower()} {code[2:]} ", code)
    assert not same_code(code[:4], code)
    assert not same_code("", "")
