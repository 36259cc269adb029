"""The one-month clock, whose purchaser it is, and the decision's checklist (A1, A5, A6, A16)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.cases.rules import add_months, decide_by, purchaser_for, start_by
from tenants.decisions.rules import GrantFacts, checklist

START, END = date(2026, 1, 1), date(2026, 12, 31)
GRANT = GrantFacts("individual", Decimal(3), "week", "mandager", START, END)


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


def missing(**changes: object) -> set[str]:
    facts: dict[str, object] = {
        "kind": "grant", "grants": [GRANT], "goal": "en venn", "reasons": "fordi", "legal_ground": "x", "evaluate_on": END,
        **changes,
    }  # fmt: skip
    return {answer.label for answer in checklist(**facts) if not answer.done}  # type: ignore[arg-type]  # varied on purpose


def test_a_whole_decision_lacks_nothing() -> None:
    assert missing() == set()


@pytest.mark.parametrize(
    ("changes", "lacks"),
    [
        ({"grants": []}, {"Hvilken tjeneste", "Hvor mye", "Når", "Hvor lenge"}),
        ({"grants": [GrantFacts("individual", None, "week", "x", START, END)]}, {"Hvor mye"}),
        ({"grants": [GrantFacts("group", None, "week", "tirsdager", START, END)]}, set()),
        ({"grants": [GRANT, GrantFacts("group", None, "week", " ", START, None)]}, {"Når", "Hvor lenge"}),
        ({"goal": "  "}, {"Mot hvilket mål"}),
        ({"reasons": ""}, {"Hvorfor"}),
        ({"legal_ground": None}, {"Lovhjemmel"}),
        ({"evaluate_on": None}, {"Dato for evaluering"}),
        ({"kind": "refusal", "grants": [], "goal": "", "evaluate_on": None}, set()),
        ({"kind": "refusal", "grants": [], "reasons": ""}, {"Hvorfor"}),
    ],
)
def test_the_checklist_names_what_is_missing(changes: dict[str, object], lacks: set[str]) -> None:
    assert missing(**changes) == lacks
