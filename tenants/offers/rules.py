"""Rules of open offers, without a database: which days they have, and which half year a day is in."""

from __future__ import annotations

from datetime import date, timedelta

from sammen.series import day_off, weekly

AHEAD = timedelta(weeks=26)
"""How far ahead the days of an offer without an end are laid out."""
LONGEST_TRIP = 31


def planned_days(weekday: str, valid_from: date, valid_to: date | None, until: date) -> list[date]:
    """An offer's days from its first to `until` or its last: weekly, without holidays and the Easter week; of an offer
    without a weekday, such as a trip, each day.
    """
    last = until if valid_to is None else min(until, valid_to)
    if not weekday:
        length = min((last - valid_from).days + 1, LONGEST_TRIP)
        return [valid_from + timedelta(days=n) for n in range(max(0, length))]
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    first = valid_from + timedelta(days=(names.index(weekday) - valid_from.weekday()) % 7)
    return [day for day in weekly(first, last) if not day_off(day)]


def half_of(day: date) -> tuple[date, date]:
    """The first and last day of the half year a day is in."""
    return (
        (date(day.year, 1, 1), date(day.year, 6, 30))
        if day.month <= 6
        else (date(day.year, 7, 1), date(day.year, 12, 31))
    )
