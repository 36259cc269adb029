"""The waiting list's arithmetic: how long somebody has waited against the limit, and how long it will take (A10, D8)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tenants.cases.api import StartLimits

WEEKS = 13
"""A quarter of a year: long enough to see a rate, short enough to be about now."""
FEWEST_WEEKS = 6
FEWEST_STARTS = 5
"""With fewer, the range of what may come is wider than the answer is worth."""
NEAR_DAYS = 7


def waits_since(ordered: date, granted_from: date | None) -> date:
    """The day a service began to be late from: when it was decided (or the contact stopped), or the first day it was
    granted for when that is later. Nobody waits in October for what was granted from January.
    """
    return max(ordered, granted_from) if granted_from is not None else ordered


@dataclass(frozen=True, slots=True)
class Wait:
    """How long a service has waited on a day. `limit` in days; `due` the last day within it."""

    since: date
    limit: int
    on: date

    @property
    def days(self) -> int:
        """Whole days waited; 0 before the wait begins."""
        return max(0, (self.on - self.since).days)

    @property
    def due(self) -> date:
        return self.since + timedelta(days=self.limit)

    @property
    def days_left(self) -> int:
        """Days to the limit, negative when it is passed."""
        return (self.due - self.on).days

    @property
    def over(self) -> bool:
        """Whether the limit is passed: then it is a deviation (A10)."""
        return self.on > self.due

    @property
    def near(self) -> bool:
        """Whether the limit comes within a week."""
        return not self.over and self.days_left <= NEAR_DAYS


def wait_of(since: date, limits: StartLimits, on: date) -> Wait:
    """The wait that began on `since`, by the limit that was in force that day."""
    return Wait(since, limits.on(since), on)


# The forecast ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Week:
    """What happened in a week that begins on a Monday: services that began to wait, and services that began."""

    monday: date
    arrivals: int
    starts: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """What the last weeks say of the next. Weeks are whole; None where the weeks say too little.

    `wait`: how long one who comes last in the queue must expect, with `shortest` and `longest` around it.
    `empty_in`: when the queue is gone if more begin than come; None when it does not get shorter.
    `why`: "" for a forecast, else what is missing: `weeks`, `starts`, or `nobody` when nobody waits.
    """

    waiting: int
    weeks: int
    arrivals: int
    starts: int
    wait: int | None = None
    shortest: int | None = None
    longest: int | None = None
    empty_in: int | None = None
    why: str = ""

    @property
    def growing(self) -> bool:
        return self.arrivals > self.starts


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def last_weeks(
    arrivals: Sequence[date], starts: Sequence[date], first: date | None, on: date
) -> Sequence[Week]:
    """The last whole weeks before `on`, oldest first: at most WEEKS, and none before the first day anything is known of.

    The week of `on` is not over and is left out; so is the week of `first`, unless it was a Monday.
    """
    if first is None:
        return []
    this = monday_of(on)
    begin = monday_of(first) if first.weekday() == 0 else monday_of(first) + timedelta(days=7)
    mondays = [this - timedelta(days=7 * n) for n in range(WEEKS, 0, -1)]
    return [
        Week(
            monday,
            sum(1 for day in arrivals if monday_of(day) == monday),
            sum(1 for day in starts if monday_of(day) == monday),
        )
        for monday in mondays
        if monday >= begin
    ]


def forecast(waiting: int, weeks: Sequence[Week]) -> Forecast:
    """How long at this rate: those who wait, divided by how many begin each week.

    Starts come one by one and by chance, so that a count of n may as well have been about √n fewer or more: that gives
    the range. A range from too few weeks or starts would only look like knowledge, so then there is no number.
    """
    arrived, started = sum(week.arrivals for week in weeks), sum(week.starts for week in weeks)
    known = Forecast(waiting, len(weeks), arrived, started)
    if waiting == 0:
        return _because(known, "nobody")
    if len(weeks) < FEWEST_WEEKS:
        return _because(known, "weeks")
    if started < FEWEST_STARTS:
        return _because(known, "starts")
    count, spread = len(weeks), math.sqrt(started)
    return Forecast(
        waiting, count, arrived, started,
        wait=max(1, round(waiting * count / started)),
        shortest=max(1, math.floor(waiting * count / (started + spread))),
        longest=max(1, math.ceil(waiting * count / (started - spread))),
        empty_in=max(1, math.ceil(waiting * count / (started - arrived))) if started > arrived else None,
    )  # fmt: skip


def _because(known: Forecast, why: str) -> Forecast:
    return Forecast(known.waiting, known.weeks, known.arrivals, known.starts, why=why)
