"""Every admissible pair of a need and a candidate with its score, made in blocks that stay small in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from shared_pool.engine.columns import HISTORY_PARTS, REFUSALS, TOLD_SLOTS, UNKNOWN_KM, Bools, Ints, Table
from shared_pool.engine.ranking import OWN_LEAD
from shared_pool.engine.weights import NEAR_KM, PARTS

CELLS: Final = 2_000_000
"""How many pairs a block asks about at once."""
# These are the same for all needs of one municipality in one area, so they are asked once for each of those.
_BY_PLACE: Final = ("consent", "load", "there", "area")
_BY_PAIR: Final = tuple(code for code in REFUSALS if code not in {*_BY_PLACE, "before"})

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Admissible pairs by the table's places, in order of need and candidate. `value` is the score with the own
    municipality's lead; `first[need]` to `first[need + 1]` are a need's pairs.
    """

    need: NDArray[np.int32]
    candidate: NDArray[np.int32]
    score: NDArray[np.int16]
    value: NDArray[np.int16]
    first: Ints


def make_pairs(table: Table, progress: Progress) -> Pairs:
    """All admissible pairs. `progress(done, needs)` after each block."""
    found = [_scored(table, i, j) for i, j in _admissible(table, progress)]
    columns = [np.concatenate(column) for column in zip(*found, strict=True)] if found else []
    if not columns:
        nothing = np.zeros(0, np.int32)
        columns = [nothing, nothing, np.zeros(0, np.int16), np.zeros(0, np.int16)]
    order = np.argsort(columns[0], kind="stable")
    need, candidate, score, value = (column[order] for column in columns)
    first = np.searchsorted(need, np.arange(len(table.needs) + 1)).astype(np.int64)
    return Pairs(need, candidate, score, value, first)


def _admissible(table: Table, progress: Progress) -> Iterator[tuple[Ints, Ints]]:
    """(needs, candidates) of the admissible pairs, block by block; a need is in one block only."""
    municipality, area = table.n["municipality"], table.n["area"]
    group = municipality * (int(area.max(initial=0)) + 1) + area
    order = np.argsort(group, kind="stable")
    done, everyone = 0, np.arange(len(table.candidates))
    for needs in np.split(order, np.flatnonzero(np.diff(group[order])) + 1):
        if not len(needs):
            continue
        kept = everyone
        for code in _BY_PLACE:
            kept = kept[~REFUSALS[code](table, needs[0], kept)]
        for block in np.array_split(needs, max(1, len(needs) * len(kept) // CELLS)):
            yield _without_rest(table, block, kept)
            done += len(block)
            progress(done, len(order))


def _without_rest(table: Table, needs: Ints, candidates: Ints) -> tuple[Ints, Ints]:
    refused = np.zeros((len(needs), len(candidates)), np.bool_)
    column = needs[:, None]
    for code in _BY_PAIR:
        refused |= REFUSALS[code](table, column, candidates)
    at, beside = np.nonzero(~refused)
    i, j = needs[at], candidates[beside]
    if len(table.apart):
        fresh = ~REFUSALS["before"](table, i, j)
        i, j = i[fresh], j[fresh]
    return i, j


def _scored(table: Table, i: Ints, j: Ints) -> tuple[Any, ...]:
    score = np.zeros(len(i), np.int64)
    level = table.n["predictability"][i]
    for part, (share, whole) in _shares(table, i, j).items():
        most = np.array([0, *(table.weights.most(step, part) for step in (1, 2, 3))], np.int64)[level]
        # Halves upwards, as in ranking.py: (2 × share × most + whole) / (2 × whole), rounded down.
        score += (2 * share * most + whole) // (2 * whole)
    lead = OWN_LEAD * (table.n["municipality"][i] == table.c["home"][j]) if table.weights.own_first else 0
    return i.astype(np.int32), j.astype(np.int32), score.astype(np.int16), (score + lead).astype(np.int16)


def _shares(table: Table, i: Ints, j: Ints) -> dict[str, tuple[Any, Any]]:
    """Each part's share as (so many, of so many): whole numbers."""
    n, c = table.n, table.c
    interests, likes, slots = n["interests"][i], c["likes"][j], n["slots"][i]
    months = n["months"][i]
    limit = table.weights.max_km
    km = table.km[j, n["area"][i]]
    near = np.where(km == UNKNOWN_KM, 0, np.clip(limit - km, 0, limit - NEAR_KM)).astype(np.int64)
    shared, related = _count(interests & likes), _count(interests & ~likes & c["near"][j])
    found = {
        "interests": _or_all(2 * shared + related, 2 * _count(interests)),
        "times": _times(n["told"][i], slots & c["weekly"][j], slots & c["alternate"][j], slots == 0),
        # Three fifths for what is promised, two for what has been.
        "stability": (
            3 * np.minimum(c["offered"][j], months) * HISTORY_PARTS + 2 * c["history"][j] * months,
            5 * HISTORY_PARTS * months,
        ),
        "distance": (near, limit - NEAR_KM),
        "courses": (c["courses"][j], 10),
    }
    return {part: found[part] for part in PARTS}


def _times(told: Ints, weekly: Ints, alternate: Ints, none_asked: Bools) -> tuple[Ints, Ints]:
    """Halves of the days told: two where they have a time in common every week, one where every other."""
    share = np.zeros(len(told), np.int64)
    for bit, slots in TOLD_SLOTS.items():
        sure = (weekly & slots) != 0
        share += np.where((told & bit) != 0, np.where(sure, 2, (alternate & slots) != 0), 0)
    return np.where(none_asked, 1, share), np.where(none_asked, 1, 2 * _count(told))


def _count(masks: Ints) -> Ints:
    return np.bitwise_count(masks).astype(np.int64)


def _or_all(share: Ints, whole: Ints) -> tuple[Ints, Ints]:
    """A need that names nothing takes nothing from anyone."""
    nothing = whole == 0
    return np.where(nothing, 1, share), np.where(nothing, 1, whole)
