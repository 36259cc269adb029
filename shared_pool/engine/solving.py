"""Who gets whom: as many needs as possible, then those who waited longest, then the best fit. scipy solves it.

**One weight for three wishes.** The sets of needs that can be met together form a transversal matroid. In a matroid the
heaviest sets depend on the *order* of the weights alone, not on how far they lie apart, so a need's weight is the place of
its waiting time among those of its component: 1, 2, 3 … and nothing exponential. Every weight is above zero, so the
heaviest set is also as large as can be; and it is best class by class, from the longest waiting. Each place is worth more
than all scores together can be, so the score only chooses among such sets (ADR 0050).

Whole numbers all the way: the solver reckons in doubles, and every sum it can form stays under 2⁵³.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, min_weight_full_bipartite_matching

from shared_pool.engine.columns import Ints
from shared_pool.engine.pairs import Pairs, Progress

NOBODY: Final = -1
EXACT: Final = 2**53


def assign(pairs: Pairs, waited: Ints, candidates: int, progress: Progress) -> Ints:
    """For each need the pair it gets, as its place in `pairs`, or NOBODY. `waited`: weeks, by need.

    `progress(done, needs)` after each component. The same pairs always give the same answer: components, needs (longest
    waiting first) and candidates stand in one order, and the solver has no chance in it.
    """
    needs = len(waited)
    chosen = np.full(needs, NOBODY, np.int64)
    wanted = np.flatnonzero(np.diff(pairs.first))
    done = needs - len(wanted)
    for members in _components(pairs, needs, candidates):
        chosen[members] = _best(pairs, members, waited)
        done += len(members)
        progress(done, needs)
    progress(needs, needs)
    return chosen


def _components(pairs: Pairs, needs: int, candidates: int) -> list[Ints]:
    """The needs of each group of needs and candidates that share nobody with another group."""
    size = needs + candidates
    links = csr_array(
        (np.ones(len(pairs.need), np.int8), (pairs.need, pairs.candidate + np.int32(needs))),
        shape=(size, size),
    )
    _, label = connected_components(links, directed=False)
    wanted = np.flatnonzero(np.diff(pairs.first))
    by_label = wanted[np.argsort(label[wanted], kind="stable")]
    parts = np.split(by_label, np.flatnonzero(np.diff(label[by_label])) + 1)
    return sorted((part for part in parts if len(part)), key=lambda part: int(part[0]))


def _best(pairs: Pairs, members: Ints, waited: Ints) -> Ints:
    """The best assignment of one component. `members`: its needs, longest waiting first."""
    counts = pairs.first[members + 1] - pairs.first[members]
    starts = np.concatenate(([0], np.cumsum(counts)))
    place = np.arange(starts[-1]) + np.repeat(pairs.first[members] - starts[:-1], counts)
    if len(members) == 1:
        return place[[int(np.argmax(pairs.value[place]))]]
    people, column = np.unique(pairs.candidate[place], return_inverse=True)
    values = pairs.value[place].astype(np.int64)
    _, rank = np.unique(waited[members], return_inverse=True)
    # More than the values of a whole assignment together.
    step = min(len(members), len(people)) * int(values.max()) + 1
    weight = (np.repeat(rank, counts) + 1) * step + values
    if (2 * len(members) + 1) * (int(weight.max()) + 1) >= EXACT:
        raise ValueError("too many needs, waiting times and points for exact numbers")
    taken = _solve(starts, column, weight, len(people))
    own = np.where(taken < len(people), taken, NOBODY)
    rows = np.repeat(np.arange(len(members)), counts)
    hit = np.flatnonzero(column == own[rows])
    chosen = np.full(len(members), NOBODY, np.int64)
    chosen[rows[hit]] = place[hit]
    met = own[own != NOBODY]
    # What the solver says is checked, not believed: nobody twice, and only pairs that are there.
    if len(np.unique(met)) != len(met) or len(hit) != len(met):
        raise RuntimeError("the solver gave somebody twice")
    return chosen


def _solve(starts: Ints, column: Ints, weight: Ints, people: int) -> NDArray[np.intp]:
    """A column for each row. Each row has a column of its own beside, worth next to nothing: to get nobody.

    Rows with the longest waiting come first, which is not only for order's sake: a row that will be left over finds it
    out at once when those before it hold what they are to have (41 seconds became 5 for a country in want).
    """
    rows = len(starts) - 1
    ends = starts[1:]
    data = np.insert((weight + 1).astype(np.float64), ends, 1.0)
    indices = np.insert(column, ends, people + np.arange(rows)).astype(np.int32)
    indptr = (starts + np.arange(rows + 1)).astype(np.int32)
    graph = csr_array((data, indices, indptr), shape=(rows, people + rows))
    _, taken = min_weight_full_bipartite_matching(graph, maximize=True)
    found: NDArray[np.intp] = taken
    return found
