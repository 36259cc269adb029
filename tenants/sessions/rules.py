"""Rules of groups' meetings, without a database."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from sammen.series import moment, weekly
from tenants.groups.api import first_day

HORIZON = timedelta(weeks=26)
"""How far ahead a group that goes on has its meetings planned; each night adds what has come within it."""
AT_ONCE = 2
"""How many contacts are asked at once to lead a meeting."""
PRESENCE = ("present", "absent", "told")


@dataclass(frozen=True, slots=True)
class SeriesDay:
    """One of a group's days; `off` says why it does not meet (a msgid), or ""."""

    day: date
    off: str


@dataclass(frozen=True, slots=True)
class Rearranged:
    """What making a series anew does. Days by the meeting that keeps or gets them; `gone` no longer have a day."""

    keep: Mapping[UUID, date]
    move: Mapping[UUID, date]
    new: Sequence[date]
    gone: Sequence[UUID]


def series_days(
    weekday: str, valid_from: date, valid_to: date | None, on: date, rest: Callable[[date], str]
) -> list[SeriesDay]:
    """A group's days from `on` to its last day, or HORIZON ahead, with those it rests."""
    horizon = on + HORIZON
    last = horizon if valid_to is None else min(valid_to, horizon)
    return [SeriesDay(day, rest(day)) for day in weekly(first_day(weekday, max(on, valid_from)), last)]


def rearrange(wanted: Collection[date], there: Mapping[UUID, date], taken: Collection[date]) -> Rearranged:
    """Which meetings keep their day, which move within their week, which days are new and which meetings go.

    `there`: meetings nobody has touched, by their day. `taken`: days of those somebody has moved or cancelled, or that
    have been: they are left as they are, and their week gets no other.
    """
    days = set(wanted)
    keep = {one: day for one, day in there.items() if day in days}
    weeks = {day.isocalendar()[:2] for day in taken}
    missing = sorted(day for day in days - set(keep.values()) if day.isocalendar()[:2] not in weeks)
    by_week = {day.isocalendar()[:2]: day for day in missing}
    move: dict[UUID, date] = {}
    gone: list[UUID] = []
    for one, day in sorted(there.items(), key=lambda item: (item[1], str(item[0]))):
        if one in keep:
            continue
        new_day = by_week.pop(day.isocalendar()[:2], None)
        if new_day is None:
            gone.append(one)
        else:
            move[one] = new_day
    return Rearranged(keep, move, [day for day in missing if day not in move.values()], gone)


def times_on(day: date, starts: time, ends: time) -> tuple[datetime, datetime]:
    """A day and two Norwegian clocks as moments: 17:30 stays 17:30 when summer time begins or ends."""
    return moment(day, starts).astimezone(UTC), moment(day, ends).astimezone(UTC)


def length(starts_at: datetime, ends_at: datetime) -> Decimal:
    """How long a meeting lasts, in hours with two decimals. The moments have zones, so a changed clock counts rightly."""
    return (Decimal(int((ends_at - starts_at).total_seconds())) / 3600).quantize(Decimal("0.01"))


def first_names(people: Sequence[tuple[str, str]]) -> list[str]:
    """(given, family) names as leaders read them: the first name, and the family name's letter where two share it.

    >>> first_names([("Ida", "Moe"), ("Ida", "Lie"), ("Tor", "Vik")])
    ['Ida M.', 'Ida L.', 'Tor']
    """
    given = [one for one, _ in people]
    return [f"{one} {family[:1]}." if given.count(one) > 1 and family else one for one, family in people]
