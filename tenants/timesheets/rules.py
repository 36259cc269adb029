"""Hours as they are counted: from two clock times, against what a decision gives in a month (B8).

Pure: times and amounts in, hours out. Hours are decimals with at most two decimals, never floats.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

MINUTES_A_DAY = 24 * 60
CENT = Decimal("0.01")
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def hours_between(starts: time, ends: time) -> Decimal | None:
    """Hours from `starts` to `ends` on one day; None unless it ends after it starts. Midnight as an end is 24:00."""
    last = _minutes(ends) or MINUTES_A_DAY
    minutes = last - _minutes(starts)
    return (Decimal(minutes) / 60).quantize(CENT, ROUND_HALF_UP) if minutes > 0 else None


def overlaps(starts: time, ends: time, other_starts: time, other_ends: time) -> bool:
    """Whether two times of one day share a minute; one may begin when the other ends."""
    last, other_last = _minutes(ends) or MINUTES_A_DAY, _minutes(other_ends) or MINUTES_A_DAY
    return _minutes(starts) < other_last and _minutes(other_starts) < last


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month."""

    year: int
    month: int

    @classmethod
    def of(cls, day: date) -> Month:
        """The month a day falls in."""
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> Month | None:
        """Read "2026-11"; None for anything else."""
        found = _MONTH.fullmatch(text)
        if found and 1900 <= int(found[1]) <= 2199 and 1 <= int(found[2]) <= 12:
            return cls(int(found[1]), int(found[2]))
        return None

    @property
    def first(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        return date(self.year, self.month, calendar.monthrange(self.year, self.month)[1])

    @property
    def before(self) -> Month:
        return Month.of(self.first - timedelta(days=1))

    @property
    def after(self) -> Month:
        return Month.of(self.last + timedelta(days=1))

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


def month_hours(
    amount: Decimal | None,
    unit: str,
    month: Month,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Decimal | None:
    """How many hours a decision gives in a month; None when it names none (a group).

    Hours a week count for each of the month's days that the decision covers, a seventh each, so that November (30
    days) gives 4 h × 30/7 = 17 h and February (28) 16 h. Hours a month are the amount, or the covered days' share of
    it. Both are rounded to the nearest half hour. KPR's ÷ 4 belongs to that report and is not used here (D10).
    """
    if amount is None:
        return None
    first, last = max(month.first, valid_from or month.first), min(month.last, valid_to or month.last)
    days = max(0, (last - first).days + 1)
    whole = (month.last - month.first).days + 1
    hours = amount * days / 7 if unit == "week" else amount * days / whole
    return (hours * 2).quantize(Decimal(1), ROUND_HALF_UP) / 2


def shares_of_years(start: date, end: date) -> dict[int, Decimal]:
    """How much of each year a period covers, by days: a sum for the year is spread evenly over its days."""
    found = {}
    for year in range(start.year, end.year + 1):
        first, last = max(start, date(year, 1, 1)), min(end, date(year, 12, 31))
        found[year] = Decimal((last - first).days + 1) / (366 if calendar.isleap(year) else 365)
    return found
