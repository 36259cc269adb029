"""When a granted service waited, looked back on from any day (A10, D8)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.decisions.rules import hours_between
from tenants.waiting.waits import Had, Service, wait_band

DAY = date(2026, 3, 2)


def days(count: int) -> timedelta:
    return timedelta(days=count)


def service(*contacts: Had, until: date | None = None, over: bool = False) -> Service:
    return Service(DAY, until, over, contacts)


def test_it_waits_from_its_first_day_until_a_contact_comes_and_again_from_when_one_is_lost() -> None:
    one = service(Had(DAY + days(30), DAY + days(60), "contact_left"), Had(DAY + days(100), None, ""))
    assert one.waiting_since(DAY - days(1)) is None
    assert one.waiting_since(DAY) == DAY
    assert one.waiting_since(DAY + days(29)) == DAY
    assert one.waiting_since(DAY + days(60)) is None
    assert one.waiting_since(DAY + days(61)) == DAY + days(60)
    assert one.waiting_since(DAY + days(100)) is None
    assert list(one.starts(DAY, DAY + days(365))) == [30, 40]


def test_nobody_waits_after_the_service_has_ended_for_whatever_reason() -> None:
    assert service(until=DAY + days(10)).waiting_since(DAY + days(11)) is None
    moved = service(Had(DAY, DAY + days(5), "service_ended"), over=True)
    assert moved.waiting_since(DAY + days(6)) is None
    assert service(over=True).waiting_since(DAY + days(6)) is None
    assert service(over=True, until=DAY + days(9)).waiting_since(DAY + days(6)) == DAY


def test_a_contact_who_comes_while_another_is_there_or_the_day_after_ends_no_wait() -> None:
    for gap, waits in ((-3, []), (1, []), (2, [2])):
        one = service(Had(DAY, DAY + days(20), "contact_left"), Had(DAY + days(20 + gap), None, ""))
        assert list(one.starts(DAY + days(1), DAY + days(99))) == waits


@pytest.mark.parametrize(
    ("count", "band"),
    [(0, "0-28"), (28, "0-28"), (29, "29-91"), (91, "29-91"), (92, "92-182"), (182, "92-182"), (183, "183")],
)
def test_four_weeks_a_quarter_and_half_a_year_are_the_bands(count: int, band: str) -> None:
    assert wait_band(count) == band


@given(st.dates(date(2023, 1, 1), date(2026, 1, 1)), st.integers(0, 500), st.integers(0, 500))
def test_hours_of_two_periods_that_meet_are_those_of_the_whole(first: date, one: int, other: int) -> None:
    middle, last = first + days(one), first + days(one + other + 1)
    for unit in ("week", "month"):
        parts = hours_between(Decimal(4), unit, first, middle) + hours_between(
            Decimal(4), unit, middle + days(1), last
        )
        assert round(parts, 9) == round(hours_between(Decimal(4), unit, first, last), 9)
    assert hours_between(Decimal(4), "month", date(2024, 2, 1), date(2024, 2, 29)) == 4
    assert hours_between(Decimal(7), "week", last, first) == 0
