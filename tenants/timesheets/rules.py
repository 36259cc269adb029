"""Hours as they are counted: from two clock times, against what a decision gives in a month (B8).

Pure: times and amounts in, hours out. Hours are decimals with at most two decimals, never floats.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

from sammen.clock import OSLO
from tenants.cases.api import add_months
from tenants.provision.api import PayPeriod, ProvisionRules

CENT = Decimal("0.01")
LONGEST_NIGHT = Decimal(16)
"""Hours a meeting may last when it ends on the next day: longer is a slip of the thumb, not a meeting."""
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute


@dataclass(frozen=True, slots=True)
class Span:
    """A meeting by the clock in Norway. `begins` and `ends` are moments in UTC; `hours` is the time that passed between
    them, so that a night when the clock is moved is as long as it was (00:00 to 06:00 on 25 October 2026 is 7 hours).
    """

    begins: datetime
    ends: datetime
    over_midnight: bool

    @property
    def hours(self) -> Decimal:
        """Hours with two decimals."""
        seconds = int((self.ends - self.begins).total_seconds())
        return (Decimal(seconds) / 3600).quantize(CENT, ROUND_HALF_UP)

    def overlaps(self, other: Span) -> bool:
        """Whether the two share a minute; one may begin when the other ends."""
        return self.begins < other.ends and other.begins < self.ends


def span(day: date, starts: time, ends: time) -> Span | None:
    """The meeting from `starts` on `day`; an end before the start is on the next day. Midnight as an end is 24:00 of the
    day. None when it begins and ends at the same minute, or lasts over midnight for more than sixteen hours. An hour the
    clock shows twice counts as the first of them.
    """
    whole_day = _minutes(ends) == 0
    if starts == ends and not whole_day:
        return None
    next_day = ends < starts or whole_day
    begins = datetime.combine(day, starts, OSLO).astimezone(UTC)
    until = datetime.combine(day + timedelta(days=1) if next_day else day, ends, OSLO).astimezone(UTC)
    found = Span(begins, until, next_day and not whole_day)
    if until <= begins or (found.over_midnight and found.hours > LONGEST_NIGHT):
        return None
    return found


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


def is_late(worked_on: date, sent_on: date, rules: ProvisionRules) -> bool:
    """Whether hours are handed in after the municipality's deadline for their period, or older than it allows (B8).

    Late hours are still taken: the contact has worked them. The coordinator sees that they are late.
    """
    deadline = PayPeriod.of(worked_on, rules.period_from_day).deadline(rules.hand_in_day)
    return sent_on > min(deadline, add_months(worked_on, rules.hand_in_months))


@dataclass(frozen=True, slots=True)
class Given:
    """What one decision gives in a month. `last_day` is the decision's last day; None while it runs without end."""

    month: Month
    hours: Decimal
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class Balance:
    """A month's hours: what the decision gives for it, what is carried into it from earlier months, and what is used."""

    given: Decimal
    carried: Decimal
    used: Decimal

    @property
    def left(self) -> Decimal:
        """Hours that may still be used this month."""
        return max(Decimal(0), self.given + self.carried - self.used)

    @property
    def over(self) -> Decimal:
        """Hours used beyond what the month gives and what was carried into it."""
        return max(Decimal(0), self.used - self.given - self.carried)


def carry_over(given: Sequence[Given], used: Mapping[Month, Decimal], months: int) -> dict[Month, Balance]:
    """Each month's balance when unused hours may be used up to `months` later (B19; 0: never).

    Within the calendar year, and within the decision that gave them. The oldest hours are used first, so that the
    fewest are lost; hours beyond what there is are never taken from later months. The months answered for are those of
    `given`, and the first month of each year must be among them for that year's carry-over to be right.
    """
    found: dict[Month, Balance] = {}
    waiting: list[tuple[Given, Decimal]] = []
    for month in sorted({one.month for one in given}):
        waiting = [(one, left) for one, left in waiting if _may_carry(one, month, months)]
        carried = sum((left for _, left in waiting), Decimal(0))
        own = [(one, one.hours) for one in given if one.month == month]
        spent = used.get(month, Decimal(0))
        found[month] = Balance(sum((hours for _, hours in own), Decimal(0)), carried, spent)
        waiting = _spend([*waiting, *own], spent)
    return found


def _may_carry(one: Given, month: Month, months: int) -> bool:
    if one.month.year != month.year or month.month - one.month.month > months:
        return False
    return one.last_day is None or one.last_day >= month.first


def _spend(waiting: Sequence[tuple[Given, Decimal]], hours: Decimal) -> list[tuple[Given, Decimal]]:
    left = []
    for one, there in waiting:
        taken = min(there, hours)
        hours -= taken
        if there > taken:
            left.append((one, there - taken))
    return left
