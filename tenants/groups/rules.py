"""Rules of groups, without a database."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from tenants.people.api import traits

LEADERS_NEEDED = 2
"""A meeting without two leaders is not held (C10: Grorud and Bjerke)."""
_DAYS = tuple(traits.WEEKDAYS)


def next_meeting(
    weekday: str, ends: time, valid_from: date, valid_to: date | None, now: datetime
) -> date | None:
    """The next day a group meets, seen from `now` (Norwegian clocks); None when its time is over.

    A meeting that is going on is the next one until it ends.
    """
    first = max(now.date(), valid_from)
    day = first + timedelta(days=(_DAYS.index(weekday) - first.weekday()) % 7)
    if day == now.date() and now.time() >= ends:
        day += timedelta(days=7)
    return day if valid_to is None or day <= valid_to else None
