"""When a group meets next."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sammen.clock import OSLO
from tenants.groups.rules import next_meeting
from tenants.people.api import traits

ENDS = time(19, 30)
LONG_AGO = date(2020, 1, 1)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=OSLO)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (at(23, 9), date(2026, 11, 24)),
        (at(24, 19, 29), date(2026, 11, 24)),  # going on
        (at(24, 19, 30), date(2026, 12, 1)),  # over for today
        (at(25, 0), date(2026, 12, 1)),
    ],
)
def test_the_next_meeting_is_the_one_that_has_not_ended(now: datetime, expected: date) -> None:
    assert next_meeting("tue", ENDS, LONG_AGO, None, now) == expected


def test_a_group_that_begins_later_meets_first_on_its_own_weekday() -> None:
    assert next_meeting("tue", ENDS, date(2026, 12, 2), None, at(23, 9)) == date(2026, 12, 8)


def test_there_is_no_meeting_after_the_last_day() -> None:
    assert next_meeting("tue", ENDS, LONG_AGO, date(2026, 11, 24), at(24, 12)) == date(2026, 11, 24)
    assert next_meeting("tue", ENDS, LONG_AGO, date(2026, 11, 24), at(24, 20)) is None


@given(
    st.sampled_from(list(traits.WEEKDAYS)),
    st.dates(date(2024, 1, 1), date(2030, 1, 1)),
    st.times(),
)
def test_it_is_always_on_the_weekday_and_within_a_week(weekday: str, day: date, clock: time) -> None:
    now = datetime.combine(day, clock, OSLO)
    found = next_meeting(weekday, ENDS, LONG_AGO, None, now)
    assert found is not None
    assert list(traits.WEEKDAYS)[found.weekday()] == weekday
    assert timedelta(0) <= found - now.date() <= timedelta(days=7)
