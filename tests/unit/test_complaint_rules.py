"""Every deadline of a complaint, on fixed days, with its section of law (A9)."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sammen.workdays import is_workday
from tenants.complaints.rules import (
    DECIDED_IT,
    WROTE_IT,
    Hands,
    answer_by,
    complaint_deadline,
    due_on,
    given_on,
    interim_by,
    is_late,
    may_be_accepted_late,
    reached_by_post,
    refusal_to_conclude,
)

ADULT, CHILD_WELFARE = 4, 3


@pytest.mark.parametrize(
    ("reached", "weeks", "last"),
    [
        (date(2026, 11, 2), ADULT, date(2026, 11, 30)),  # Monday to Monday
        (date(2026, 11, 2), CHILD_WELFARE, date(2026, 11, 23)),
        (date(2026, 1, 30), ADULT, date(2026, 2, 27)),  # over a month's end
        (date(2028, 2, 1), ADULT, date(2028, 2, 29)),  # into a leap day
        (date(2026, 11, 7), CHILD_WELFARE, date(2026, 11, 30)),  # ends on a Saturday: Monday
        (date(2026, 11, 8), CHILD_WELFARE, date(2026, 11, 30)),  # ends on a Sunday: Monday
        (
            date(2026, 12, 4),
            CHILD_WELFARE,
            date(2026, 12, 28),
        ),  # ends on Christmas Day, a Friday: the Monday after
        (date(2026, 3, 12), CHILD_WELFARE, date(2026, 4, 7)),  # ends on Maundy Thursday: Tuesday after Easter
        (date(2027, 4, 26), CHILD_WELFARE, date(2027, 5, 18)),  # ends on Whit Monday, which is 17 May
        (date(2026, 10, 1), ADULT, date(2026, 10, 29)),  # the clocks go back in between
    ],
)
def test_the_deadline_is_weeks_from_the_day_word_came(reached: date, weeks: int, last: date) -> None:
    """Fvl. § 29 and pasient- og brukerrettighetsloven § 7-5; counted as domstolloven §§ 148 and 149 count."""
    assert complaint_deadline(reached, weeks) == last


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 8))
def test_a_deadline_is_never_shorter_than_its_weeks_and_ends_on_a_working_day(
    reached: date, weeks: int
) -> None:
    """Domstolloven § 149 only ever lengthens."""
    last = complaint_deadline(reached, weeks)
    assert timedelta(0) <= last - (reached + timedelta(weeks=weeks)) <= timedelta(days=6)
    assert is_workday(last)


@pytest.mark.parametrize(
    ("sent", "reached"),
    [
        (date(2026, 11, 16), date(2026, 11, 19)),
        (date(2026, 11, 18), date(2026, 11, 23)),  # three days on is a Saturday
        (date(2026, 3, 30), date(2026, 4, 7)),  # sent before Easter
        (date(2026, 12, 23), date(2026, 12, 28)),  # over Christmas
    ],
)
def test_a_letter_is_taken_to_arrive_three_days_on_and_never_on_a_holiday(sent: date, reached: date) -> None:
    """Fvl. § 29 counts from the day word has come to the party."""
    assert reached_by_post(sent) == reached


def test_the_day_it_was_posted_counts_and_not_the_day_it_came() -> None:
    """Fvl. § 30: handed to the post within the deadline is in time."""
    deadline = date(2026, 11, 30)
    assert not is_late(given_on(date(2026, 12, 3), date(2026, 11, 30), by_letter=True), deadline)
    assert is_late(given_on(date(2026, 12, 3), date(2026, 12, 1), by_letter=True), deadline)


def test_a_letter_without_a_stamp_was_three_days_in_the_post() -> None:
    """Fvl. § 30; an assumption in the complainant's favour."""
    deadline = date(2026, 11, 30)
    assert not is_late(given_on(date(2026, 12, 3), None, by_letter=True), deadline)
    assert is_late(given_on(date(2026, 12, 4), None, by_letter=True), deadline)
    assert is_late(given_on(date(2026, 12, 1), None, by_letter=False), deadline)


def test_nothing_is_late_before_a_deadline_has_begun_to_run() -> None:
    """Fvl. § 29: it runs from the day word came; a letter still in the queue has come to nobody."""
    assert not is_late(date(2030, 1, 1), None)


@pytest.mark.parametrize(
    ("decided", "came", "may"),
    [
        (date(2025, 11, 22), date(2026, 11, 22), True),
        (date(2025, 11, 22), date(2026, 11, 23), False),
        (date(2024, 2, 29), date(2025, 2, 28), True),
        (date(2024, 2, 29), date(2025, 3, 1), False),
    ],
)
def test_a_late_one_may_be_accepted_within_a_year_of_the_decision(
    decided: date, came: date, may: bool
) -> None:
    """Fvl. § 31 third paragraph: not after one year."""
    assert may_be_accepted_late(decided, came) is may


@pytest.mark.parametrize(
    ("received", "last"),
    [(date(2026, 1, 31), date(2026, 2, 28)), (date(2026, 11, 22), date(2026, 12, 22)), (date(2028, 1, 30), date(2028, 2, 29))],
)  # fmt: skip
def test_an_interim_reply_is_due_within_a_month(received: date, last: date) -> None:
    """Fvl. § 11 a second and third paragraph."""
    assert interim_by(received) == last


def test_the_municipalitys_own_limit_binds_until_something_else_is_promised() -> None:
    """Fvl. § 33: sent on as soon as it is prepared; § 11 a: who cannot answer in a month says when."""
    received = date(2026, 11, 2)
    own, month = answer_by(received, 21), interim_by(received)
    assert due_on(state="received", answer_by=own, interim_by=month, expected_on=None) == date(2026, 11, 23)
    long = answer_by(received, 60)
    assert due_on(state="received", answer_by=long, interim_by=month, expected_on=None) == month
    promised = date(2027, 1, 15)
    assert due_on(state="proposed", answer_by=long, interim_by=month, expected_on=promised) == promised
    for state in ("appealed", "closed"):
        assert due_on(state=state, answer_by=own, interim_by=month, expected_on=None) is None


def test_with_four_eyes_neither_the_writer_nor_who_decided_concludes() -> None:
    """Fvl. § 6 second paragraph asks for trust; two people in a small municipality can still do it between them."""
    writer, decider, third = uuid4(), uuid4(), uuid4()
    assert refusal_to_conclude(Hands(decider, writer, writer), four_eyes=True) == WROTE_IT
    assert refusal_to_conclude(Hands(decider, writer, decider), four_eyes=True) == DECIDED_IT
    assert refusal_to_conclude(Hands(decider, writer, third), four_eyes=True) is None
    assert refusal_to_conclude(Hands(decider, decider, writer), four_eyes=True) is None
    assert refusal_to_conclude(Hands(decider, writer, writer), four_eyes=False) is None
