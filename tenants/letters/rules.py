"""The interim reply's dates (fvl. § 11 a; A5). Pure: dates in, dates and verdicts out."""

from __future__ import annotations

from datetime import date, timedelta

from tenants.cases.api import decide_by


def reply_by(received: date, expected_on: date | None) -> date:
    """The last day to decide, or to have sent an interim reply.

    One month from the day the application was received (fvl. § 11 a third paragraph); when a reply has promised a day,
    that day: whoever cannot keep it must say so again.
    """
    return expected_on or decide_by(received)


def draft_from(limit: date, days_before: int) -> date:
    """The day the reply is drafted, so many days before the limit (A5; ten unless the municipality has set another)."""
    return limit - timedelta(days=days_before)


def is_time(received: date, expected_on: date | None, today: date, days_before: int) -> bool:
    """Whether an open application needs its reply drafted now. Past the limit too: late is better than never."""
    return today >= draft_from(reply_by(received, expected_on), days_before)
