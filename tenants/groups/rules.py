"""Rules of groups, without a database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from sammen.i18n_mark import N_
from sammen.series import day_off
from tenants.people.api import traits

LEADERS_NEEDED = 2
"""A meeting without two leaders is not held (C10: Grorud and Bjerke)."""
LONGEST_TRIAL = timedelta(days=90)
AUTUMN_WEEKS, WINTER_WEEKS = (39, 42), (7, 10)
"""The ISO weeks that municipalities lay the schools' autumn and winter holidays to, first and last."""
AUTUMN, WINTER = N_("høstferien"), N_("vinterferien")
_DAYS = tuple(traits.WEEKDAYS)
_MOST_WEEKS = 60


def rest_on(day: date, autumn_week: int | None, winter_week: int | None, *, easter_off: bool) -> str:
    """Why a group does not meet that day (a msgid), or "": public holidays, and the school holidays it rests in."""
    off = day_off(day, easter_week=easter_off)
    if off:
        return off
    week = day.isocalendar().week
    if autumn_week is not None and week == autumn_week:
        return AUTUMN
    return WINTER if winter_week is not None and week == winter_week else ""


def first_day(weekday: str, on_or_after: date) -> date:
    """The first such weekday, that day itself included. `weekday` is a code of traits.WEEKDAYS."""
    return on_or_after + timedelta(days=(_DAYS.index(weekday) - on_or_after.weekday()) % 7)


def next_meeting(
    weekday: str,
    ends: time,
    valid_from: date,
    valid_to: date | None,
    now: datetime,
    *,
    rests: Callable[[date], bool] = lambda _day: False,
) -> date | None:
    """The next day a group meets, seen from `now` (Norwegian clocks); None when its time is over.

    A meeting that is going on is the next one until it ends. Days it `rests` are passed over.
    """
    day = first_day(weekday, max(now.date(), valid_from))
    if day == now.date() and now.time() >= ends:
        day += timedelta(days=7)
    for _ in range(_MOST_WEEKS):
        if not rests(day):
            break
        day += timedelta(days=7)
    return day if valid_to is None or day <= valid_to else None
