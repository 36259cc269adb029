"""On which days something is (C14): pure rules over Norwegian days, so that no change of the clock moves anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sammen.series import day_off
from shared_pool.calendar.codes import WEEKDAYS

_WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class When:
    """What `CalendarEvent` says of its days."""

    kind: str
    first_day: date
    last_day: date
    dates: Sequence[date] = ()
    weekdays: Sequence[str] = ()
    every: int = 1
    skip: Sequence[date] = ()
    on_holidays: bool = False
    in_holy_week: bool = False


def series_days(when: When) -> list[date]:
    """Every day a weekly series would be on, holidays and skipped days too."""
    monday = when.first_day - timedelta(days=when.first_day.weekday())
    numbers = sorted(WEEKDAYS.index(code) for code in when.weekdays)
    found: list[date] = []
    while monday <= when.last_day:
        found += [
            day
            for day in (monday + timedelta(days=number) for number in numbers)
            if when.first_day <= day <= when.last_day
        ]
        monday += when.every * _WEEK
    return found


def left_out(when: When) -> list[tuple[date, str]]:
    """The days of a series it is not on, each with the holiday's name (a msgid), or "" for one that was skipped."""
    skipped = frozenset(when.skip)
    out = []
    for day in series_days(when):
        name = "" if when.on_holidays else day_off(day, easter_week=not when.in_holy_week)
        if name or day in skipped:
            out.append((day, name))
    return out


def all_days(when: When) -> list[date]:
    """Every day it is on, in order."""
    if when.kind == "once":
        return [when.first_day]
    if when.kind == "dates":
        return sorted(set(when.dates) - set(when.skip))
    out = {day for day, _ in left_out(when)}
    return [day for day in series_days(when) if day not in out]


def days_between(when: When, first: date, last: date) -> list[date]:
    """The days it is on, from `first` to `last`, both with."""
    return [day for day in all_days(when) if first <= day <= last]


def half_of(day: date) -> str:
    """The half-year a day is in: "2026-1" is January to July, "2026-2" August to December."""
    return f"{day.year}-{1 if day.month <= 7 else 2}"


def half_days(half: str) -> tuple[date, date]:
    """The first and last day of a half-year. ValueError for what is no half-year."""
    year, part = half.split("-")
    if part not in ("1", "2"):
        raise ValueError(half)
    first, last = ((1, 1), (7, 31)) if part == "1" else ((8, 1), (12, 31))
    return date(int(year), *first), date(int(year), *last)
