"""How a group's series is made and made anew, without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from sammen.clock import OSLO
from tenants.groups.rules import AUTUMN, WINTER, rest_on
from tenants.sessions.rules import first_names, length, rearrange, series_days, times_on

DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))


def test_a_group_rests_on_holidays_always_and_in_school_holidays_when_it_says_so() -> None:
    assert rest_on(date(2026, 5, 17), None, None, easter_off=False)
    assert rest_on(date(2027, 3, 25), None, None, easter_off=False)
    assert not rest_on(date(2027, 3, 23), None, None, easter_off=False)
    assert rest_on(date(2027, 3, 23), None, None, easter_off=True)
    assert rest_on(date(2026, 9, 29), 40, None, easter_off=True) == AUTUMN
    assert rest_on(date(2027, 2, 23), 40, 8, easter_off=True) == WINTER
    assert not rest_on(date(2027, 2, 23), None, None, easter_off=True)


@given(DAYS)
def test_half_past_five_stays_half_past_five(day: date) -> None:
    starts_at, ends_at = times_on(day, time(17, 30), time(19))
    assert starts_at.astimezone(OSLO).time() == time(17, 30)
    assert length(starts_at, ends_at) == Decimal("1.50")


def test_a_night_when_the_clock_is_changed_is_as_long_as_it_was() -> None:
    starts_at, ends_at = times_on(date(2026, 10, 25), time(1), time(4))
    assert length(starts_at, ends_at) == 4
    assert starts_at == datetime(2026, 10, 24, 23, tzinfo=UTC)


@given(DAYS, st.integers(0, 400))
def test_a_series_is_one_day_a_week_from_the_first_to_the_last(first: date, days: int) -> None:
    last = first + timedelta(days=days)
    found = [one.day for one in series_days("tue", first, last, first, lambda _: "")]
    assert all(day.weekday() == 1 and first <= day <= last for day in found)
    assert len({day.isocalendar()[:2] for day in found}) == len(found)


@given(st.lists(DAYS, max_size=12), st.lists(DAYS, max_size=12), st.lists(DAYS, max_size=5))
def test_a_series_made_anew_loses_no_meeting_and_makes_none_twice(
    wanted: list[date], there: list[date], taken: list[date]
) -> None:
    rows = {uuid4(): day for day in set(there)}
    plan = rearrange(wanted, rows, taken)
    assert set(plan.keep) | set(plan.move) | set(plan.gone) == set(rows)
    given_days = [*plan.keep.values(), *plan.move.values(), *plan.new]
    assert len(given_days) == len(set(given_days))
    assert set(given_days) <= set(wanted)
    again = rearrange(wanted, {**plan.keep, **plan.move, **{uuid4(): day for day in plan.new}}, taken)
    assert not again.move
    assert not again.new
    assert not again.gone


def test_two_who_share_a_first_name_are_told_apart_and_nobody_else() -> None:
    assert first_names([("Ida", "Moe"), ("Ida", "Lie"), ("Tor", "Vik")]) == ["Ida M.", "Ida L.", "Tor"]
    assert first_names([]) == []
