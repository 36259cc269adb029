"""When a decision is evaluated, how thoroughly, and what an outcome means for it (A7, A11)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.cases.api import add_months
from tenants.evaluations.rules import (
    ScopeFacts,
    latest_next,
    next_due,
    scope_for,
    settled_outcome,
    turns_grown_by,
)

FINE = ScopeFacts(
    evaluated=True, last_scope="full", last_goal="yes", last_form="yes", last_hours="fits", last_lonely="no"
)
DAYS = st.dates(date(2015, 1, 1), date(2035, 12, 31))


def due(decided: date, evaluate: date | None = None, held: date | None = None, following: date | None = None,
        months: int = 12) -> date:  # fmt: skip
    return next_due(since=decided, evaluate_on=evaluate, held_on=held, next_on=following, months=months)


def test_the_decisions_own_day_counts_until_it_is_evaluated() -> None:
    assert due(date(2026, 2, 3), date(2026, 8, 1)) == date(2026, 8, 1)


def test_no_decision_waits_longer_than_a_year_whatever_it_says() -> None:
    """A7: every decision at least yearly, also one whose own day is later or missing."""
    assert due(date(2026, 2, 3), date(2028, 1, 31)) == date(2027, 2, 3)
    assert due(date(2026, 2, 3)) == date(2027, 2, 3)


def test_a_decision_of_29_february_is_due_on_28_february() -> None:
    assert due(date(2028, 2, 29)) == date(2029, 2, 28)


def test_after_an_evaluation_its_own_next_day_counts() -> None:
    assert due(date(2024, 2, 3), date(2024, 8, 1), date(2026, 1, 31), date(2026, 7, 31)) == date(2026, 7, 31)
    assert due(date(2024, 2, 3), date(2024, 8, 1), date(2026, 1, 31), None) == date(2027, 1, 31)


def test_a_municipality_may_go_shorter_and_never_longer() -> None:
    assert due(date(2026, 8, 31), months=6) == date(2027, 2, 28)
    assert due(date(2026, 8, 31), months=24) == date(2027, 8, 31)


@given(DAYS, st.none() | DAYS, st.none() | DAYS, st.none() | DAYS, st.integers(1, 12))
def test_it_is_never_due_later_than_the_rule(
    decided: date, evaluate: date | None, held: date | None, following: date | None, months: int
) -> None:
    assert due(decided, evaluate, held, following, months) <= add_months(held or decided, months)


def test_when_nothing_has_changed_and_all_fitted_a_light_one_is_enough() -> None:
    scope, reasons = scope_for(FINE)
    assert scope == "light"
    assert len(reasons) == 1


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"evaluated": False}, "ikke evaluert før"),
        ({"ran_out": True}, "gått ut"),
        ({"changed_decision": True}, "endret siden sist"),
        ({"contact_changes": 1}, "byttet"),
        ({"has_contact": False}, "ingen støttekontakt"),
        ({"turns_grown": True}, "18 år"),
        ({"last_goal": "no"}, "ikke nådd"),
        ({"last_form": "no"}, "passet ikke"),
        ({"last_hours": "too_few"}, "passet ikke"),
        ({"last_lonely": "unsure"}, "ensomhet"),
        ({"last_scope": "light"}, "lett"),
    ],
)
def test_each_thing_that_calls_for_a_full_evaluation_is_said(changes: dict[str, object], says: str) -> None:
    scope, reasons = scope_for(replace(FINE, **changes))  # type: ignore[arg-type]  # fields by name
    assert scope == "full"
    assert any(says in reason for reason in reasons)


@pytest.mark.parametrize(
    ("born", "grown"),
    [
        (date(2008, 11, 22), False),  # is 18 today
        (date(2008, 11, 23), True),
        (date(2009, 11, 22), True),
        (date(2009, 11, 23), False),
        (date(2012, 5, 1), False),
        (None, False),
    ],
)
def test_an_18th_birthday_before_the_next_evaluation_is_seen(born: date | None, grown: bool) -> None:
    assert turns_grown_by(born, date(2026, 11, 22)) is grown


def test_somebody_born_on_29_february_turns_18_on_1_march() -> None:
    leap = date(2012, 2, 29)
    assert not turns_grown_by(leap, date(2029, 2, 28))  # the birthday is a year and a day away
    assert turns_grown_by(leap, date(2029, 3, 1))
    assert turns_grown_by(leap, date(2030, 2, 28))
    assert not turns_grown_by(leap, date(2030, 3, 1))


def test_to_continue_past_the_decisions_end_prolongs_it() -> None:
    last = date(2027, 1, 31)
    assert settled_outcome("continue", next_on=last, last_day=last, agrees=True) == "continue"
    assert (
        settled_outcome("continue", next_on=last + timedelta(days=1), last_day=last, agrees=True) == "prolong"
    )
    assert settled_outcome("continue", next_on=date(2030, 1, 1), last_day=None, agrees=True) == "continue"


def test_to_end_against_the_users_wish_is_never_done_at_once() -> None:
    """Fvl. § 16: a reduction against somebody's wish needs notice, so it becomes a draft decision."""
    assert settled_outcome("end", next_on=None, last_day=None, agrees=False) == "end_contested"
    assert settled_outcome("end", next_on=None, last_day=None, agrees=True) == "end"


def test_the_next_evaluation_is_at_most_a_year_away() -> None:
    assert latest_next(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert latest_next(date(2026, 11, 22), 36) == date(2027, 11, 22)
