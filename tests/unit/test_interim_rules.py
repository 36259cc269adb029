"""The interim reply's dates (fvl. § 11 a; A5), on every kind of day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.letters.rules import draft_from, is_time, reply_by


@pytest.mark.parametrize(
    ("received", "limit"),
    [
        (date(2026, 11, 22), date(2026, 12, 22)),
        (date(2026, 1, 31), date(2026, 2, 28)),  # February has no 31st: the month is over on its last day
        (date(2024, 1, 31), date(2024, 2, 29)),
        (date(2026, 12, 31), date(2027, 1, 31)),
        (date(2026, 3, 28), date(2026, 4, 28)),  # the night summer time begins lies between
        (date(2026, 10, 25), date(2026, 11, 25)),  # received on the day summer time ends
        (date(2024, 2, 29), date(2024, 3, 29)),
    ],
)
def test_the_reply_must_be_sent_within_a_month_of_the_day_the_application_came(
    received: date, limit: date
) -> None:
    """Fvl. § 11 a third paragraph: an interim reply when the answer cannot be given within a month of receipt."""
    assert reply_by(received, None) == limit


def test_the_draft_is_there_ten_days_before_the_limit_and_not_a_day_earlier() -> None:
    """A5: drafted ten days before the limit of fvl. § 11 a, so that it can be sent in time."""
    received = date(2026, 11, 2)
    assert draft_from(reply_by(received, None), 10) == date(2026, 11, 22)
    assert not is_time(received, None, date(2026, 11, 21), 10)
    assert is_time(received, None, date(2026, 11, 22), 10)
    assert is_time(received, None, date(2026, 12, 24), 10), (
        "also when the limit has passed: late is better than never"
    )


def test_a_promised_day_is_the_new_limit() -> None:
    """Fvl. § 11 a: the reply says when an answer may be expected; who cannot keep that day must say so again."""
    assert reply_by(date(2026, 11, 2), date(2027, 1, 15)) == date(2027, 1, 15)
    assert not is_time(date(2026, 11, 2), date(2027, 1, 15), date(2027, 1, 4), 10)
    assert is_time(date(2026, 11, 2), date(2027, 1, 15), date(2027, 1, 5), 10)


@given(st.dates(date(2000, 1, 1), date(2090, 12, 31)), st.integers(1, 25))
def test_there_is_always_time_between_the_draft_and_the_limit(received: date, days_before: int) -> None:
    """Fvl. § 11 a: whatever the month, the draft comes after the application and before the limit."""
    limit = reply_by(received, None)
    assert received < draft_from(limit, days_before) + timedelta(days=1)
    assert draft_from(limit, days_before) < limit
    assert 28 <= (limit - received).days <= 31
