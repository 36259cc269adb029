"""Which deviations a night's look opens, marks as put right, and marks as late once more (A10). Pure."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.quality.rules import Key, compare, evaluation_late_by, follow_up_by
from tenants.quality.words import RULES

KEYS = st.builds(
    Key,
    st.sampled_from(sorted(RULES)),
    st.sampled_from(["a", "b", "c"]),
    st.sampled_from([date(2026, 1, 1), date(2026, 6, 1)]),
)
SETS = st.frozensets(KEYS, max_size=8)


def key(rule: str = "not_started", thing: str = "a", on: date = date(2026, 1, 1)) -> Key:
    return Key(rule, thing, on)


def test_what_is_late_is_opened_once() -> None:
    first = compare({key()}, [], [], [], {"not_started"})
    assert first.opened == {key()}
    again = compare({key()}, [key()], [], [key()], {"not_started"})
    assert (again.opened, again.put_right, again.late_again) == (frozenset(), frozenset(), frozenset())


def test_the_same_thing_late_another_time_is_another_deviation() -> None:
    later = key(on=date(2026, 6, 1))
    assert compare({later}, [], [], [key()], {"not_started"}).opened == {later}


def test_a_closed_deviation_is_not_opened_again_by_its_rule() -> None:
    assert compare({key()}, [], [], [key()], {"not_started"}).opened == frozenset()


def test_put_right_and_late_once_more() -> None:
    right = compare(set(), [key()], [], [key()], {"not_started"})
    assert right.put_right == {key()}
    late = compare({key()}, [], [key()], [key()], {"not_started"})
    assert late.late_again == {key()}


def test_a_rule_that_did_not_look_says_nothing_of_what_is_put_right() -> None:
    assert compare(set(), [key()], [], [key()], {"complaint"}).put_right == frozenset()


@given(SETS, SETS, SETS)
def test_a_look_followed_by_the_same_look_changes_nothing(
    found: frozenset[Key], still_open: frozenset[Key], marked: frozenset[Key]
) -> None:
    still_open = still_open - marked
    known = still_open | marked
    first = compare(found, still_open, marked, known, set(RULES))
    open_now = (still_open - first.put_right) | first.opened | first.late_again
    marked_now = (marked - first.late_again) | first.put_right
    again = compare(found, open_now, marked_now, known | first.opened, set(RULES))
    assert (again.opened, again.put_right, again.late_again) == (frozenset(), frozenset(), frozenset())


@pytest.mark.parametrize(
    ("day", "due"),
    [(date(2026, 2, 20), date(2026, 3, 6)), (date(2026, 12, 24), date(2027, 1, 7))],
)
def test_a_deviation_is_to_be_followed_up_within_two_weeks(day: date, due: date) -> None:
    assert follow_up_by(day) == due


def test_an_evaluation_is_a_deviation_when_it_is_two_weeks_late() -> None:
    """A7: every decision is evaluated each year; the meeting may be moved a little."""
    assert evaluation_late_by(date(2026, 11, 22)) == date(2026, 11, 8)
