"""Norwegian working days: deadlines never end on a day when nobody can act."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sammen.workdays import easter_sunday, holidays, is_workday, next_workday


@pytest.mark.parametrize(
    ("year", "month", "day"),
    [(2008, 3, 23), (2016, 3, 27), (2019, 4, 21), (2024, 3, 31), (2026, 4, 5), (2027, 3, 28), (2038, 4, 25)],
)
def test_easter_falls_where_the_almanac_has_it(year: int, month: int, day: int) -> None:
    assert easter_sunday(year) == date(year, month, day)


def test_a_year_has_its_public_holidays() -> None:
    """Lov om helligdager § 2, and 1 and 17 May: the year 2026 as the almanac prints it."""
    assert sorted(holidays(2026)) == [
        date(2026, 1, 1), date(2026, 3, 29), date(2026, 4, 2), date(2026, 4, 3), date(2026, 4, 5), date(2026, 4, 6),
        date(2026, 5, 1), date(2026, 5, 14), date(2026, 5, 17), date(2026, 5, 24), date(2026, 5, 25),
        date(2026, 12, 25), date(2026, 12, 26),
    ]  # fmt: skip


def test_christmas_eve_and_new_years_eve_are_working_days() -> None:
    assert is_workday(date(2026, 12, 24))
    assert is_workday(date(2026, 12, 31))


@given(st.dates(date(1900, 1, 1), date(2199, 12, 1)))
def test_the_next_working_day_is_the_first_one_that_is(day: date) -> None:
    found = next_workday(day)
    assert is_workday(found)
    assert found >= day
    assert not any(is_workday(day + timedelta(days=n)) for n in range((found - day).days))
