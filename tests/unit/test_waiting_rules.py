"""The waiting list's arithmetic (A10, D8, D9): waits against limits, weeks, and the forecast."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sammen.figures import AGE_BANDS, UNKNOWN, age_band
from sammen.web import charts
from tenants.cases.api import StartLimits
from tenants.cases.start_limits import longest_of
from tenants.waiting.rules import (
    FEWEST_STARTS,
    FEWEST_WEEKS,
    WEEKS,
    Week,
    forecast,
    last_weeks,
    monday_of,
    wait_of,
    waits_since,
)

SUNDAY = date(2026, 11, 22)
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
TWENTY_FROM_JUNE = StartLimits([(date(2026, 6, 1), 20), (date(2025, 1, 1), 25)], 30)


@pytest.mark.parametrize(
    ("waited", "over", "near"),
    [(0, False, False), (22, False, False), (23, False, True), (30, False, True), (31, True, False)],
)
def test_a_service_is_over_the_limit_the_day_after_it_and_near_in_its_last_week(
    waited: int, over: bool, near: bool
) -> None:
    """A10: the municipality's own limit, here 30 days."""
    wait = wait_of(SUNDAY - timedelta(days=waited), StartLimits([], 30), SUNDAY)
    assert (wait.days, wait.over, wait.near) == (waited, over, near)
    assert wait.days_left == 30 - waited


def test_the_limit_is_the_one_in_force_the_day_the_wait_began_and_never_longer_than_the_regions() -> None:
    """A10: a limit is dated, and no municipality's is longer than the regional maximum."""
    assert [TWENTY_FROM_JUNE.on(day) for day in (date(2024, 1, 1), date(2026, 5, 31), date(2026, 6, 1))] == [
        30, 25, 20,
    ]  # fmt: skip
    assert StartLimits([(date(2020, 1, 1), 90)], 30).on(SUNDAY) == 30


def test_the_strictest_region_decides_and_nonsense_in_a_setting_is_the_ordinary_limit() -> None:
    assert longest_of([]) == 30
    assert longest_of(['{"start_limit_days": 21}', {"start_limit_days": 28}]) == 21
    assert longest_of([{"start_limit_days": "snart"}, '{"start_limit_days": -4}', "[]", {}]) == 30
    assert longest_of([{"start_limit_days": True}]) == 30


def test_nobody_waits_for_a_day_that_has_not_come() -> None:
    granted_from = date(2027, 1, 4)
    assert waits_since(SUNDAY, granted_from) == granted_from
    assert waits_since(SUNDAY, date(2026, 1, 1)) == SUNDAY
    assert waits_since(SUNDAY, None) == SUNDAY
    wait = wait_of(granted_from, StartLimits([], 30), SUNDAY)
    assert (wait.days, wait.over, wait.days_left) == (0, False, 73)


@given(st.integers(0, 150))
def test_every_age_is_in_exactly_one_band(age: int) -> None:
    """D9: Kongsberg's age bands."""
    bands = [band for band, (low, high) in AGE_BANDS.items() if low <= age <= high]
    assert bands == [age_band(age)]


def test_an_unknown_age_is_in_no_band() -> None:
    assert age_band(None) == UNKNOWN
    assert age_band(-1) == UNKNOWN


# Weeks ----------------------------------------------------------------------------------------------------------------
def test_the_week_that_is_not_over_is_left_out_and_so_is_what_came_before_anything_was_known() -> None:
    first = date(2026, 11, 3)  # a Tuesday: its week is not whole
    weeks = last_weeks([SUNDAY, date(2026, 11, 10)], [date(2026, 11, 15)], first, SUNDAY)
    assert weeks == [Week(date(2026, 11, 9), 1, 1)]
    assert last_weeks([], [], None, SUNDAY) == []
    assert [week.monday for week in last_weeks([], [], date(2026, 11, 2), SUNDAY)] == [
        date(2026, 11, 2), date(2026, 11, 9),
    ]  # fmt: skip


def test_weeks_are_norwegian_weeks_across_new_year_and_the_clock_change() -> None:
    weeks = last_weeks([date(2026, 12, 28), date(2027, 1, 3)], [], date(2026, 1, 1), date(2027, 1, 4))
    assert weeks[-1] == Week(date(2026, 12, 28), 2, 0)
    assert len(weeks) == WEEKS
    spring = last_weeks([date(2027, 3, 28)], [], date(2026, 1, 1), date(2027, 3, 29))
    assert spring[-1] == Week(date(2027, 3, 22), 1, 0)


@given(st.lists(DAYS, max_size=40), DAYS)
def test_every_day_of_the_shown_weeks_is_counted_once(days: list[date], on: date) -> None:
    weeks = last_weeks(days, days, date(2019, 1, 1), on)
    assert len(weeks) == WEEKS
    shown = [day for day in days if weeks[0].monday <= day < monday_of(on)]
    assert sum(week.arrivals for week in weeks) == sum(week.starts for week in weeks) == len(shown)


# Forecast -------------------------------------------------------------------------------------------------------------
def _weeks(arrivals: int, starts: int, count: int = WEEKS) -> list[Week]:
    first = Week(date(2026, 8, 17), arrivals, starts)
    return [first, *(Week(first.monday + timedelta(days=7 * n), 0, 0) for n in range(1, count))]


def test_at_this_rate_seven_weeks() -> None:
    """Fourteen wait, and two begin each week: the last of them in seven weeks."""
    found = forecast(14, _weeks(20, 26))
    assert (found.wait, found.empty_in, found.growing) == (7, 31, False)
    assert found.shortest is not None
    assert found.longest is not None
    assert found.shortest < 7 < found.longest


def test_a_list_that_grows_is_never_said_to_become_empty() -> None:
    found = forecast(14, _weeks(30, 26))
    assert (found.wait, found.empty_in, found.growing) == (7, None, True)
    assert forecast(14, _weeks(26, 26)).empty_in is None


@pytest.mark.parametrize(
    ("waiting", "starts", "weeks", "why"),
    [
        (0, 26, WEEKS, "nobody"),
        (14, 26, FEWEST_WEEKS - 1, "weeks"),
        (14, FEWEST_STARTS - 1, WEEKS, "starts"),
        (14, 0, WEEKS, "starts"),
        (14, 26, 0, "weeks"),
        (14, FEWEST_STARTS, FEWEST_WEEKS, ""),
    ],
)
def test_there_is_no_number_where_the_weeks_say_too_little(
    waiting: int, starts: int, weeks: int, why: str
) -> None:
    found = forecast(waiting, _weeks(3, starts, weeks) if weeks else [])
    assert found.why == why
    assert (found.wait is None) is (why != "")
    assert (found.shortest is None) is (why != "")


@given(st.integers(1, 500), st.integers(0, 200), st.integers(FEWEST_STARTS, 200))
def test_the_range_holds_the_number_and_more_starts_never_make_it_longer(
    waiting: int, arrivals: int, starts: int
) -> None:
    found, quicker = (
        forecast(waiting, _weeks(arrivals, starts)),
        forecast(waiting, _weeks(arrivals, starts + 1)),
    )
    assert found.wait
    assert found.shortest
    assert found.longest
    assert quicker.wait
    assert 1 <= found.shortest <= found.wait <= found.longest
    assert quicker.wait <= found.wait


@given(
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), max_size=13), st.sampled_from([350, 540])
)
def test_columns_fit_their_picture_and_keep_their_proportions(
    counts: list[tuple[int, int]], width: int
) -> None:
    chart = charts.pair_chart(
        [(f"{n}.11.", first, second) for n, (first, second) in enumerate(counts)], width=width
    )
    for column, (first, second) in zip(chart.columns, counts, strict=True):
        for (y, height), count in ((column.first, first), (column.second, second)):
            assert 0 <= y <= chart.base
            assert y + height == pytest.approx(chart.base, abs=0.11)
            assert (height == 0) is (count == 0)
        assert chart.left - 0.1 <= column.x - chart.bar
        assert column.x + chart.bar <= width + 0.1
    assert all(isinstance(number, int) for _, number in chart.grid)
    if counts:
        assert chart.columns[-1].label


def test_a_column_shows_nothing_below_nought() -> None:
    with pytest.raises(ValueError, match="below nought"):
        charts.pair_chart([("a", -1, 0)], width=350)
