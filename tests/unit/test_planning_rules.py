"""Rules of plans: half-years, when they are asked about, and numbers that give nobody away."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tenants.planning.rules import (
    QUESTIONS,
    asked_half,
    before,
    due_by,
    due_half,
    half_code,
    half_end,
    half_of,
    read_half,
    tally,
    told,
)


@given(st.dates(date(2001, 1, 1), date(2198, 12, 31)))
def test_every_day_lies_in_one_half_year_and_its_address_leads_back(day: date) -> None:
    half = half_of(day)
    assert half <= day <= half_end(half)
    assert half_end(before(half)) + timedelta(days=1) == half
    assert read_half(half_code(half)) == half


def test_a_half_year_is_asked_about_in_its_last_weeks_and_the_three_months_after() -> None:
    assert asked_half(date(2026, 11, 19)) is None
    assert asked_half(date(2026, 11, 20)) == date(2026, 7, 1)
    assert asked_half(date(2027, 1, 15)) == date(2026, 7, 1)
    assert asked_half(date(2027, 3, 31)) == date(2026, 7, 1)
    assert asked_half(date(2027, 4, 1)) is None
    assert asked_half(date(2027, 6, 1)) == date(2027, 1, 1)


def test_an_evaluation_is_due_in_january_and_july() -> None:
    assert due_half(date(2026, 12, 31)) is None
    assert due_half(date(2027, 1, 1)) == date(2026, 7, 1)
    assert due_by(date(2026, 7, 1)) == date(2027, 1, 31)
    assert due_by(date(2026, 1, 1)) == date(2026, 7, 31)


def test_what_is_no_half_year_is_none() -> None:
    for code in ("", "2026", "2026-3", "26-1", "2026-1-1", "２０２６-1", "1999-1", "9999-2"):
        assert read_half(code) is None


def test_fewer_than_three_answers_are_told_to_nobody() -> None:
    said = dict.fromkeys(QUESTIONS, "yes")
    numbers = tally([said, {**said, "safe": "no"}])
    assert numbers["safe"] == (1, 0, 1)
    assert told(numbers, 2) is None
    assert told(numbers, 3) == numbers
