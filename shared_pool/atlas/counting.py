"""What may be told of an area: a count in fives, or that it is fewer than the limit. Pure.

Three rules, and what each is against (D4, docs/decisions/0057):

* fewer than the region's limit is not told: nobody is one of three;
* the rest are rounded to the nearest five: a member municipality that takes its own away is left with a span, never
  with one person somewhere else, and a week's change of one is seldom seen;
* no total is given: it would tell what was left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

STEP: Final = 5


def told(count: int, least: int) -> int | None:
    """The count as it may be published: rounded to fives, None under the limit. ValueError for fewer than none."""
    if count < 0:
        raise ValueError("nobody is fewer than none")
    if count < max(least, STEP):
        return None
    return (count + STEP // 2) // STEP * STEP


@dataclass(frozen=True, slots=True)
class AreaCount:
    """One area: open needs and candidates as they may be told; None is fewer than the limit."""

    area: str
    needs: int | None
    candidates: int | None

    @property
    def short(self) -> bool:
        """Whether it can be seen that more wait than there are candidates for."""
        return (self.needs or 0) > (self.candidates or 0)


def by_area(
    areas: Iterable[str], needs: Iterable[str], candidates: Iterable[str], least: int
) -> list[AreaCount]:
    """Every area with what may be told of it, from the area of each need and of each candidate."""
    waiting, ready = Counter(needs), Counter(candidates)
    return [AreaCount(area, told(waiting[area], least), told(ready[area], least)) for area in areas]


def most(counts: Sequence[AreaCount], of: str) -> str | None:
    """The one area with most `needs` or `candidates`; None when two are alike as far as may be told, or none is told."""
    found: Mapping[str, int] = {
        count.area: value for count in counts if (value := getattr(count, of)) is not None
    }
    top = [area for area, value in found.items() if value == max(found.values())]
    return top[0] if len(top) == 1 else None
