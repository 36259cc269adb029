"""On which days something in the activity calendar is: holidays, Easter, every second week, and what is left out."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_pool.calendar.codes import WEEKDAYS
from shared_pool.calendar.days import When, all_days, days_between, half_days, half_of, left_out, series_days

SPRING = When("weekly", date(2027, 1, 4), date(2027, 6, 20), weekdays=("mon", "tue"))


def test_a_series_is_not_on_holidays_nor_in_the_week_before_easter() -> None:
    days = set(all_days(SPRING))
    # Easter Sunday is 28 March 2027: Monday and Tuesday before it, Easter Monday, and both days of Pentecost.
    assert not days & {date(2027, 3, 22), date(2027, 3, 23), date(2027, 3, 29), date(2027, 5, 17)}
    assert date(2027, 3, 30) in days


def test_what_is_left_out_says_why() -> None:
    assert dict(left_out(SPRING))[date(2027, 3, 29)] == "andre påskedag"
    skipped = When("weekly", date(2027, 1, 4), date(2027, 2, 1), weekdays=("mon",), skip=(date(2027, 1, 11),))
    assert left_out(skipped) == [(date(2027, 1, 11), "")]


def test_who_chooses_so_is_open_on_holidays_and_in_the_week_before_easter() -> None:
    open_then = When("weekly", SPRING.first_day, SPRING.last_day, weekdays=("mon",), on_holidays=True)
    assert date(2027, 3, 29) in all_days(open_then)
    quiet_week = When("weekly", SPRING.first_day, SPRING.last_day, weekdays=("mon",), in_holy_week=True)
    assert date(2027, 3, 22) in all_days(quiet_week)
    assert date(2027, 3, 29) not in all_days(quiet_week)


def test_every_second_week_keeps_its_weeks_when_the_first_day_is_in_the_middle_of_one() -> None:
    when = When("weekly", date(2027, 1, 6), date(2027, 2, 10), weekdays=("mon", "thu"), every=2)
    assert series_days(when) == [
        date(2027, 1, 7), date(2027, 1, 18), date(2027, 1, 21), date(2027, 2, 1), date(2027, 2, 4)]  # fmt: skip


def test_the_same_date_twice_is_one_and_what_is_skipped_is_not_on() -> None:
    when = When("dates", date(2027, 1, 6), date(2027, 2, 10), dates=(date(2027, 1, 6), date(2027, 1, 6), date(2027, 2, 10)),
                skip=(date(2027, 2, 10),))  # fmt: skip
    assert all_days(when) == [date(2027, 1, 6)]


@given(
    st.dates(date(2020, 1, 1), date(2035, 1, 1)),
    st.integers(0, 370),
    st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=7, unique=True),
    st.sampled_from((1, 2)),
)
def test_a_series_is_on_its_weekdays_alone_within_its_days_and_in_order(
    first: date, length: int, weekdays: list[str], every: int
) -> None:
    when = When("weekly", first, first + timedelta(days=length), weekdays=tuple(weekdays), every=every)
    days = all_days(when)
    assert days == sorted(set(days))
    assert all(WEEKDAYS[day.weekday()] in weekdays and when.first_day <= day <= when.last_day for day in days)
    assert set(days) | {day for day, _ in left_out(when)} == set(series_days(when))
    assert days_between(when, first, first + timedelta(days=20)) == [
        d for d in days if d <= first + timedelta(days=20)
    ]


@pytest.mark.parametrize(
    ("day", "half"),
    [(date(2026, 7, 31), "2026-1"), (date(2026, 8, 1), "2026-2"), (date(2027, 1, 1), "2027-1")],
)
def test_a_half_year_is_january_to_july_or_august_to_december(day: date, half: str) -> None:
    assert half_of(day) == half
    first, last = half_days(half)
    assert first <= day <= last


def test_what_is_no_half_year_is_refused() -> None:
    with pytest.raises(ValueError, match="2026-3"):
        half_days("2026-3")
