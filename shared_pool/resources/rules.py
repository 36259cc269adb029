"""Rules of lending, without a database: quarters, opening hours, how long and how far ahead, and when it is free."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from sammen.clock import OSLO
from sammen.series import moment

QUARTER = timedelta(minutes=15)
SEARCHED = timedelta(days=14)
"""How far ahead a free time is looked for."""
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Span = tuple[datetime, datetime]
Hours = Mapping[str, Sequence[str]]


def to_quarters(starts: datetime, ends: datetime) -> Span:
    """The time in whole quarters, in UTC: the beginning down, the end up, so that nobody has less than they asked for."""
    first = starts.astimezone(UTC).replace(second=0, microsecond=0)
    last = ends.astimezone(UTC)
    over = timedelta(minutes=last.minute % 15, seconds=last.second, microseconds=last.microsecond)
    return first - timedelta(minutes=first.minute % 15), last + (QUARTER - over if over else timedelta())


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def open_from_to(hours: Hours, day: date) -> tuple[int, int] | None:
    """When it opens and closes that day, in minutes from midnight; None when it is closed. Always open without hours."""
    if not hours:
        return 0, 24 * 60
    found = hours.get(WEEKDAYS[day.weekday()])
    if not found:
        return None
    opens, closes = (_minutes(time.fromisoformat(one)) for one in found)
    return opens, closes or 24 * 60


def is_open(hours: Hours, starts: datetime, ends: datetime) -> bool:
    """Whether it can be fetched when the time begins and brought back when it ends. In between it is with the borrower."""
    first, last = starts.astimezone(OSLO), ends.astimezone(OSLO)
    end_day, end_minute = last.date(), _minutes(last.time())
    if end_minute == 0:
        end_day, end_minute = end_day - timedelta(days=1), 24 * 60
    opening, closing = open_from_to(hours, first.date()), open_from_to(hours, end_day)
    return (
        opening is not None
        and closing is not None
        and opening[0] <= _minutes(first.time()) < opening[1]
        and closing[0] < end_minute <= closing[1]
    )


def _next_opening(hours: Hours, after: datetime) -> datetime | None:
    """The next time it opens after a moment."""
    day = after.astimezone(OSLO).date()
    for _ in range(8):
        found = open_from_to(hours, day)
        if found is not None:
            opens = moment(day, time(found[0] // 60, found[0] % 60))
            if opens > after:
                return opens.astimezone(UTC)
        day += timedelta(days=1)
    return None


def next_free(busy: Sequence[Span], hours: Hours, starts: datetime, ends: datetime) -> datetime | None:
    """When an equally long time is free next, from `starts` on; None when there is none in a fortnight. `busy` is sorted."""
    wanted, at = ends - starts, starts.astimezone(UTC)
    last = at + SEARCHED
    while at <= last:
        taken = next((span for span in busy if span[0] < at + wanted and at < span[1]), None)
        if taken is not None:
            at = taken[1].astimezone(UTC)
        elif is_open(hours, at, at + wanted):
            return at
        else:
            opens = _next_opening(hours, at)
            if opens is None:
                return None
            at = opens
    return None


def day_parts(starts: datetime, ends: datetime, days: Sequence[date]) -> list[tuple[date, time, time]]:
    """What a time takes of each of those days, on Norwegian clocks; until midnight is until 00:00."""
    parts = []
    for day in days:
        midnight, next_midnight = moment(day, time()), moment(day + timedelta(days=1), time())
        first, last = max(starts, midnight), min(ends, next_midnight)
        if first < last:
            parts.append((day, first.astimezone(OSLO).time(), last.astimezone(OSLO).time()))
    return parts
