"""The one-month clock, whose purchaser it is (A1, A5, A10, A16)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.cases.rules import add_months, decide_by, purchaser_for, start_by

START = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("received", "by"),
    [
        (date(2026, 11, 4), date(2026, 12, 4)),
        (date(2026, 1, 31), date(2026, 2, 28)),
        (date(2028, 1, 31), date(2028, 2, 29)),
        (date(2026, 12, 31), date(2027, 1, 31)),
    ],
)
def test_a_decision_is_due_a_month_after_receipt(received: date, by: date) -> None:
    assert decide_by(received) == by


@given(st.dates(date(2000, 1, 1), date(2080, 1, 1)), st.integers(0, 240))
def test_adding_months_never_leaves_the_month_meant(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day <= day.day


@pytest.mark.parametrize(
    ("born", "on", "child_welfare", "purchaser"),
    [
        (date(2008, 11, 22), date(2026, 11, 21), False, "child"),
        (date(2008, 11, 21), date(2026, 11, 21), False, "adult"),
        (date(2008, 2, 29), date(2026, 2, 28), False, "child"),
        (date(2008, 2, 29), date(2026, 3, 1), False, "adult"),
        (date(2015, 1, 1), date(2026, 1, 1), True, "child_welfare"),
        (None, date(2026, 1, 1), False, "adult"),
    ],
)
def test_the_purchaser_follows_the_birth_date_on_the_day(
    born: date | None, on: date, child_welfare: bool, purchaser: str
) -> None:
    assert purchaser_for(born, on, child_welfare=child_welfare) == purchaser


def test_a_municipality_may_promise_less_than_the_regions_longest_wait_but_never_more() -> None:
    assert start_by(START, 14) == date(2026, 1, 15)
    assert start_by(START, 90) == start_by(START) == date(2026, 1, 31)
