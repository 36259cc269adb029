"""Rules of contacts: how long they stay, what they promised, and which endings are their own choice (B1, B12)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.contacts.rules import (
    OWN_CHOICE,
    REASONS,
    add_months,
    broken_by_choice,
    committed_until,
    tenure_months,
    turnover,
)

DAYS = st.dates(date(2000, 1, 1), date(2050, 1, 1))


@pytest.mark.parametrize(
    ("since", "until", "months"),
    [
        (date(2024, 1, 15), date(2024, 2, 14), 0), (date(2024, 1, 15), date(2024, 2, 15), 1),
        (date(2024, 1, 31), date(2024, 2, 29), 1), (date(2024, 1, 1), date(2026, 1, 1), 24),
        (date(2024, 3, 1), date(2024, 2, 1), 0),
    ],
)  # fmt: skip
def test_tenure_is_whole_months(since: date, until: date, months: int) -> None:
    assert tenure_months(since, until) == months


@given(DAYS, st.integers(0, 120))
def test_somebody_has_been_a_contact_as_many_months_as_have_gone(since: date, months: int) -> None:
    until = add_months(since, months)
    assert tenure_months(since, until) == months
    assert tenure_months(since, until - timedelta(days=1)) == max(0, months - 1)


def test_only_own_choice_before_the_promised_day_is_a_broken_promise() -> None:
    began, early, late = date(2025, 1, 1), date(2025, 6, 1), date(2026, 1, 1)
    for reason in REASONS:
        assert broken_by_choice(began, 12, early, reason) == (reason in OWN_CHOICE)
        assert not broken_by_choice(began, 12, late, reason)
        assert not broken_by_choice(began, 0, early, reason)
        assert not broken_by_choice(None, 12, early, reason)


def test_illness_birth_study_moving_and_the_municipalitys_own_ending_are_never_own_choice() -> None:
    assert not OWN_CHOICE & {"illness", "parental_leave", "studies", "moved", "municipality", "not_relevant"}


def test_a_promise_lasts_from_the_first_day() -> None:
    assert committed_until(date(2025, 8, 31), 6) == date(2026, 2, 28)
    assert committed_until(None, 6) is None


@pytest.mark.parametrize(("at_start", "left", "share"), [(0, 0, None), (4, 1, 25), (3, 1, 33), (10, 0, 0)])
def test_turnover_is_of_those_who_were_there(at_start: int, left: int, share: int | None) -> None:
    assert turnover(at_start, left) == share
