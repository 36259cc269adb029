"""The linear programs behind a move, over some of the unknowns: the whole one, and the one that only knows what is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import highspy
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
TOLD: Final = 8
"""So many sums are told to a program at a time."""


@dataclass(slots=True)
class Pieces:
    """The rows among some unknowns: `of` tells which piece each of `rows` is, the unknowns themselves being the first.

    inside, columns: the other pieces (from 0) and the unknowns in them, by unknown.
    """

    rows: Ints
    of: Ints
    count: int
    inside: Ints
    columns: Ints


@dataclass(slots=True)
class Quiet:
    """A program of the unknowns (by their place among the chosen) that can move while all that is shown stands still.

    place: of each of the chosen in the program, −1 where it cannot move.
    """

    columns: Ints
    place: Ints
    model: highspy.HighsLp


def whole(pieces: Pieces, n: int) -> highspy.HighsLp:
    """Every row: what the unknowns rise, less what they fall, is what the row rises less what it falls."""
    m, count = pieces.count - n, len(pieces.inside)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = 2 * n + 2 * m, m
    model.row_lower_ = model.row_upper_ = np.zeros(m)
    own = np.arange(m)
    starts = np.concatenate([[0], np.cumsum(np.bincount(pieces.columns, minlength=n))])
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = np.concatenate(
        [starts, count + starts[1:], 2 * count + 1 + np.arange(2 * m)]
    ).astype(np.int32)
    model.a_matrix_.index_ = np.concatenate([pieces.inside, pieces.inside, own, own]).astype(np.int32)
    model.a_matrix_.value_ = np.concatenate([np.ones(count), -np.ones(count), -np.ones(m), np.ones(m)])
    return model


def among(pieces: Pieces, shown: Bools, row: int, amount: int, slack: Floats) -> Quiet | None:
    """The fewest steps that move `row` by `amount` and nothing shown; None where it is plain that there are none.

    shown: of each of the pieces' rows. slack: how far each unknown may fall.
    """
    n = len(slack)
    still = np.zeros(pieces.count, dtype=bool)
    still[pieces.of[shown]] = True
    free = ~still[:n]
    known = still[n + pieces.inside]
    inside, columns = pieces.inside[known], pieces.columns[known]
    while True:
        live = free[columns]
        inside, columns = inside[live], columns[live]
        alone = np.bincount(inside, minlength=pieces.count - n)[inside] == 1
        if not alone.any():
            break
        free[columns[alone]] = False
    at = np.flatnonzero(pieces.rows == row)
    if not len(at):
        return None
    piece = int(pieces.of[at[0]])
    own = np.array([piece]) if piece < n else pieces.columns[pieces.inside == piece - n]
    own = own[free[own]]
    if not len(own):
        return None
    chosen = np.flatnonzero(free)
    place = np.full(n, -1, dtype=np.int64)
    place[chosen] = np.arange(len(chosen))
    rows, inside = np.unique(inside, return_inverse=True)
    m = len(rows)
    inside = np.concatenate([inside, np.full(len(own), m)])
    columns = np.concatenate([place[columns], place[own]])
    order = np.lexsort((inside, columns))
    bound = np.zeros(m + 1)
    bound[m] = amount
    return Quiet(chosen, place, _least_steps(inside[order], columns[order], bound, slack[chosen]))


def under(pieces: Pieces, quiet: Quiet, step: Floats, floor: Floats) -> list[tuple[float, Ints]]:
    """The sums that these steps take too low, the lowest first: the least they may move, and their places in the program."""
    n = len(quiet.place)
    full = np.zeros(n)
    full[quiet.columns] = step
    moved = np.bincount(pieces.inside, weights=full[pieces.columns], minlength=pieces.count - n)
    over = moved + floor[n:]
    low = np.flatnonzero(over < -1e-6)
    found = []
    for piece in low[np.argsort(over[low], kind="stable")][:TOLD].tolist():
        own = quiet.place[pieces.columns[pieces.inside == piece]]
        found.append((-float(floor[n + piece]), own[own >= 0].astype(np.int32)))
    return found


def _least_steps(inside: Ints, columns: Ints, bound: Floats, slack: Floats) -> highspy.HighsLp:
    """Rows of ones, each with its bound; every unknown may rise, and fall as far as its slack."""
    n, count = len(slack), len(columns)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = 2 * n, len(bound)
    model.row_lower_ = model.row_upper_ = bound
    model.col_cost_ = np.ones(2 * n)
    model.col_lower_ = np.zeros(2 * n)
    model.col_upper_ = np.concatenate([np.full(n, highspy.kHighsInf), slack])
    starts = np.concatenate([[0], np.cumsum(np.bincount(columns, minlength=n))])
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = np.concatenate([starts, count + starts[1:]]).astype(np.int32)
    model.a_matrix_.index_ = np.concatenate([inside, inside]).astype(np.int32)
    model.a_matrix_.value_ = np.concatenate([np.ones(count), -np.ones(count)])
    return model
