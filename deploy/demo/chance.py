"""Chance that repeats itself: every draw comes from a stream with a name, so that one town's people stay the same
whichever other towns are made beside it.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TypeVar
from uuid import UUID

from sammen.clock import OSLO

SEED = "sammen-2009"
T = TypeVar("T")


class Chance(random.Random):
    """A named stream. Not for secrets."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{SEED}/{name}")

    def often(self, share: float) -> bool:
        """True in `share` of the cases."""
        return self.random() < share

    def one(self, weighted: Sequence[tuple[T, float]]) -> T:
        """One of several, by weight."""
        return self.choices([value for value, _ in weighted], [weight for _, weight in weighted])[0]

    def some(self, values: Sequence[T], fewest: int, most: int) -> list[T]:
        """Between `fewest` and `most` different ones, in the order they came."""
        count = min(len(values), self.randint(fewest, most))
        chosen = set(self.sample(range(len(values)), count))
        return [value for n, value in enumerate(values) if n in chosen]

    def day(self, first: date, last: date) -> date:
        """A day from `first` to `last`, both included."""
        return first + timedelta(days=self.randint(0, max(0, (last - first).days)))

    def workday(self, first: date, last: date) -> date:
        """A day that is no weekend, moved back to Friday when it would be (and may so come before `first`)."""
        found = self.day(first, last)
        return found - timedelta(days=max(0, found.weekday() - 4))

    def id_at(self, moment: date | datetime) -> UUID:
        """An id as a row made at that moment would have (UUIDv7), so that order by id is order by time."""
        known = moment if isinstance(moment, datetime) else at(moment, 12)
        millis = max(0, int(known.timestamp() * 1000))
        low = self.getrandbits(74)
        return UUID(int=millis << 80 | 7 << 76 | (low >> 62) << 64 | 2 << 62 | low & ((1 << 62) - 1))

    def id(self) -> UUID:
        """An id that tells nothing (UUIDv4)."""
        return UUID(int=self.getrandbits(128), version=4)


@lru_cache(maxsize=8192)
def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment of a Norwegian day, in UTC."""
    return datetime.combine(day, time(hour, minute), OSLO).astimezone(UTC)


def apportion(total: int, weights: Sequence[float]) -> list[int]:
    """Whole parts of `total` by weight, by largest remainder: they always add up."""
    if not weights or sum(weights) == 0:
        return [0] * len(weights)
    exact = [total * weight / sum(weights) for weight in weights]
    parts = [int(value) for value in exact]
    by_remainder = sorted(range(len(weights)), key=lambda n: (parts[n] - exact[n], n))
    for n in by_remainder[: total - sum(parts)]:
        parts[n] += 1
    return parts
