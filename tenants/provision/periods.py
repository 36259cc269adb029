"""Pay periods: a calendar month, or a month from another day, such as the 21st to the 20th (B8, B9). Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

_KEY = re.compile(r"([0-9]{4})-([0-9]{2})")


def _month_after(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


@dataclass(frozen=True, slots=True, order=True)
class PayPeriod:
    """A month's length from `first` to `last`, both included; the next one begins the day after.

    It is named by the month it ends in: from 21 October to 20 November is 2026-11.
    """

    first: date
    last: date

    @classmethod
    def of(cls, day: date, from_day: int = 1) -> PayPeriod:
        """The period a day falls in. `from_day` is 1 to 28, so that every month has it."""
        if not 1 <= from_day <= 28:
            raise ValueError(f"a pay period begins on day 1 to 28, not {from_day}")
        begins = day.replace(day=from_day)
        if begins > day:
            begins = (begins.replace(day=1) - timedelta(days=1)).replace(day=from_day)
        return cls(begins, _month_after(begins).replace(day=from_day) - timedelta(days=1))

    @classmethod
    def parse(cls, text: str, from_day: int = 1) -> PayPeriod | None:
        """Read a period's name, "2026-11"; None for anything else."""
        found = _KEY.fullmatch(text)
        if found is None or not 1900 <= int(found[1]) <= 2199 or not 1 <= int(found[2]) <= 12:
            return None
        ends_in = date(int(found[1]), int(found[2]), 1)
        return cls.of(ends_in, from_day)

    @property
    def before(self) -> PayPeriod:
        return PayPeriod.of(self.first - timedelta(days=1), self.first.day)

    @property
    def after(self) -> PayPeriod:
        return PayPeriod.of(self.last + timedelta(days=1), self.first.day)

    def deadline(self, hand_in_day: int) -> date:
        """The first day of that number after the period's last day: by then its hours are handed in."""
        same_month = self.last.replace(day=hand_in_day)
        return same_month if same_month > self.last else _month_after(self.last).replace(day=hand_in_day)

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __str__(self) -> str:
        return f"{self.last.year:04d}-{self.last.month:02d}"
