"""Codes that are others of an earlier release under a new name: what has been merged, or called something else.

A number is known again by its codes and its value. Where two municipalities have become one, everybody knows that the
new one's numbers are the sums of the old ones', but the package does not, unless the old codes are kept and the new
one is a group of them. So such tables must be found before they are protected.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import combinations, product
from typing import Final, TypeVar

from reporting.disclosure.model import Key

T = TypeVar("T")
MOST_TOGETHER: Final = 3
MOST_GONE: Final = 40
SURE: Final = 2
"""In so many crosses that are not nought the numbers must agree: in one they may do so by chance."""


def renamed(
    now: Mapping[Key, int], before: Iterable[tuple[Key, int]], place: int
) -> list[tuple[str, tuple[str, ...]]]:
    """New codes of one dimension (by its place), each with the codes that are gone and whose numbers it has in all crosses.

    now: this release's inner cells. before: those of earlier ones, corrected numbers too. Noughts may be left out of both.
    """
    old: dict[Key, set[int]] = {}
    for key, value in before:
        old.setdefault(key, set()).add(value)
    codes = {key[place] for key in now}
    gone = sorted({key[place] for key in old} - codes)
    if not gone or len(gone) > MOST_GONE:
        return []
    return [
        (code, parts)
        for code in sorted(codes - {key[place] for key in old})
        if (parts := _parts(_of(now, code, place), {each: _of(old, each, place) for each in gone}))
    ]


def _of(cells: Mapping[Key, T], code: str, place: int) -> dict[Key, T]:
    return {(*key[:place], *key[place + 1 :]): each for key, each in cells.items() if key[place] == code}


def _parts(mine: Mapping[Key, int], gone: Mapping[str, Mapping[Key, Collection[int]]]) -> tuple[str, ...]:
    for size in range(1, MOST_TOGETHER + 1):
        for some in combinations(gone, size):
            crosses = set(mine).union(*(gone[code] for code in some))
            told = sum(1 for cross in crosses if mine.get(cross, 0))
            if told >= SURE and all(
                mine.get(cross, 0) in {sum(each) for each in product(*(gone[code].get(cross, (0,)) for code in some))}
                for cross in crosses
            ):  # fmt: skip
                return some
    return ()
