"""The cheapest move: a linear program that finds another world in which one hidden row has another value.

Every unknown may go up or down, every row that is shown pays for being changed (its cost, for then it must be hidden),
hidden rows pay next to nothing, and rows shown in earlier releases may not change at all. Where tables are large the
program looks among the unknowns near the row first, and further out only when it must.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import gcd
from typing import Any, Final

import highspy
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from reporting.disclosure import programs
from reporting.disclosure.problem import Problem
from reporting.disclosure.programs import Floats, Ints, Pieces
from reporting.disclosure.witness import Witness, bits

WHOLE: Final = 400
"""Tables of so many unknowns at most are looked at whole."""
NEAR: Final = (60, 200, 600)
"""Of larger ones: how many unknowns are looked at first, and next, and then; at last all."""
STALE: Final = 40
"""After how many programs it is looked up anew what is near."""
MARKS: Final = 20261122
"""Where the marks that tell sets of unknowns apart begin: sums of 64 bits, the same everywhere."""
DEPTH: Final = 25
"""How many unknowns are held, one after another, where the plain program gives halves and whole numbers are wanted."""
DEAR: Final = 8.0
"""A row that costs more than this stays shown where large tables can be protected without it."""
FLOORS: Final = 6
"""How many times hidden sums that a program takes too low are told to it."""
KEPT: Final = 100
"""How many programs are kept, those used last."""
HIDDEN_COST: Final = 0.01
FAR: Final = 1e15
DENOMINATORS: Final = (1, 2, 3, 4, 5, 6, 8, 12)
LIMIT: Final = 10**9
"""How many steps a witness may go where nothing stops it."""


@dataclass(slots=True)
class Move:
    """A witness, what hiding it costs, and the rows that must be hidden for it."""

    witness: Witness
    cost: float
    rows: list[int]


class Moves:
    """Finds moves for one problem. `hidden` and `frozen` are the caller's, and may change between calls."""

    def __init__(self, problem: Problem, cost: Floats) -> None:
        self.problem = problem
        self.cost = cost
        self.solved = 0
        self.work = 0
        n, m = len(problem.value), len(problem.rows)
        lengths = np.array([len(row) for row in problem.rows], dtype=np.int64)
        columns = np.fromiter(
            (one for row in problem.rows for one in row), dtype=np.int64, count=int(lengths.sum())
        )
        numbers = np.repeat(np.arange(m, dtype=np.int64), lengths)
        self.lengths = lengths
        self.by_row = sp.csr_matrix((np.ones(len(columns)), (numbers, columns)), shape=(m, n))
        self.by_column = self.by_row.tocsc()
        self.by_column.sort_indices()
        self.marks = np.random.default_rng(MARKS).integers(1, 2**63, n, dtype=np.uint64) * np.uint64(
            2
        ) + np.uint64(1)
        self.value = np.array(problem.value, dtype=np.float64)
        self.slack = self.value - np.array(problem.low, dtype=np.float64)
        self.row_slack = np.array(problem.total, dtype=np.float64) - np.array(problem.least, dtype=np.float64)
        self.owner = np.array(problem.owner, dtype=np.int64)
        self.hidden: NDArray[np.bool_] = np.array([need is not None for need in problem.need], dtype=bool)
        self.hidden[list(problem.held)] = True
        self.frozen: NDArray[np.bool_] = np.array(problem.fixed, dtype=bool)
        self.standing = [
            self.by_column.indices[self.by_column.indptr[one] : self.by_column.indptr[one + 1]].tolist()
            for one in range(n)
        ]
        self.order: tuple[int, int, Ints] = (-1, 0, np.empty(0, dtype=np.int64))
        """The row last looked at, how many programs had been solved then, and the unknowns nearest to it first."""
        self.programs: dict[bytes, tuple[Pieces, list[highspy.HighsLp]]] = {}
        self.highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, setting in (
            ("output_flag", False), ("threads", 1), ("parallel", "off"), ("solver", "simplex"), ("presolve", "off"),
            ("random_seed", 0),
        ):  # fmt: skip
            self.highs.setOptionValue(option, setting)

    def find(self, row: int, known: int, amount: int) -> Move | None:
        """The cheapest move of `row` by `amount` (up or down) that leaves what `known` members know. None: there is none."""
        free = np.ones(len(self.value), dtype=bool)
        for member in bits(known):
            free &= self.owner != member
        if len(free) <= WHOLE:
            chosen = np.flatnonzero(free)
            return self._quiet(row, amount, chosen) or self._solve(row, amount, chosen)
        order = self._nearest(row)
        order = order[free[order]]
        sizes = [size for size in NEAR if size < len(order)]
        for size in sizes[:2]:
            found = self._quiet(row, amount, np.sort(order[:size]))
            if found is not None:
                return found
        least, further = sizes[:2], sizes[2:]
        plan = [
            *((size, True) for size in least), *((size, False) for size in least),
            *((size, True) for size in further), *((size, False) for size in [*further, len(order)]),
        ]  # fmt: skip
        for size, strict in plan:
            found = self._solve(row, amount, np.sort(order[:size]), strict=strict)
            if found is not None:
                return found
        return None

    def _nearest(self, row: int) -> Ints:
        """The unknowns, nearest first, looked up anew for another row, or when much has been hidden since."""
        at, since, order = self.order
        if at != row or self.solved - since > STALE:
            order = self._near(row)
            self.order = row, self.solved, order
        return order

    def _near(self, row: int) -> Ints:
        """The unknowns, nearest first: rows with few open unknowns bring near, and open unknowns are nearer."""
        far = np.full(len(self.value), FAR)
        far[list(self.problem.rows[row])] = 0
        opened = self._open_columns()
        weight = np.where(opened, 1.0, 5.0)
        rows, columns = self.by_row, self.by_column
        lengths = rows @ opened + 0.02 * self.lengths
        for _ in range(4):
            reach = np.minimum.reduceat(far[rows.indices], rows.indptr[:-1]) + lengths
            near = np.minimum.reduceat(reach[columns.indices], columns.indptr[:-1]) * weight
            far = np.minimum(far, near)
        found: Ints = np.argsort(far, kind="stable")
        return found

    def _open_columns(self) -> NDArray[np.bool_]:
        """Unknowns that no shown row gives alone."""
        alone = np.zeros(len(self.value), dtype=bool)
        single = (self.lengths == 1) & ~self.hidden
        alone[self.by_row.indices[self.by_row.indptr[:-1][single]]] = True
        return ~alone

    def _quiet(self, row: int, amount: int, chosen: Ints) -> Move | None:
        """A move of few unknowns that hides nothing more; None where there is none, or none in whole numbers.

        Only what is shown stands in its program, so it is the smaller the more is hidden. Hidden sums that it takes under the
        least they can be come in when they are met.
        """
        pieces = self._known_pieces(chosen)[0]
        floor = np.full(pieces.count, np.inf)
        np.minimum.at(floor, pieces.of, self.row_slack[pieces.rows])
        floor[: len(chosen)] = np.minimum(floor[: len(chosen)], self.slack[chosen])
        quiet = programs.among(pieces, ~self.hidden[pieces.rows], row, amount, floor[: len(chosen)])
        if quiet is None:
            return None
        n = len(quiet.columns)
        step = self._run(quiet.model, n)
        for _ in range(FLOORS):
            under = [] if step is None else programs.under(pieces, quiet, step, floor)
            if not under:
                break
            for least, own in under:
                signs = np.concatenate([np.ones(len(own)), -np.ones(len(own))])
                self.highs.addRow(
                    least, highspy.kHighsInf, 2 * len(own), np.concatenate([own, n + own]), signs
                )
            step = self._run(None, n)
        if step is not None and np.abs(step - np.rint(step)).max(initial=0) > 1e-6:
            step = self._dive(step, n)
        return None if step is None else self._move(chosen[quiet.columns], step, row, amount)

    def _solve(self, row: int, amount: int, chosen: Ints, *, strict: bool = False) -> Move | None:
        """The cheapest move among the chosen unknowns; in whole numbers where the plain program gives halves.

        strict: dear rows stay shown, which makes a smaller program.
        """
        n = len(chosen)
        pieces, model = self._program(chosen)
        price = np.where(self.hidden, HIDDEN_COST, self.cost)
        held = self.frozen | (self.cost > DEAR) if strict else self.frozen
        price[held & ~self.hidden] = highspy.kHighsInf
        cost = np.full(pieces.count, HIDDEN_COST)
        cost[n:] = 0.0
        np.add.at(cost, pieces.of, price[pieces.rows])
        at = np.flatnonzero(pieces.rows == row)
        if not len(at):
            return None
        target = int(pieces.of[at[0]])
        stuck = np.isinf(cost)
        cost[stuck] = 0.0
        room = np.where(stuck, 0.0, highspy.kHighsInf)
        fall = room.copy()
        fall[:n] = np.where(stuck[:n], 0.0, self.slack[chosen])
        np.minimum.at(fall, pieces.of, self.row_slack[pieces.rows])
        low = np.zeros((2, pieces.count))
        high = np.stack([room, fall])
        way = 0 if amount > 0 else 1
        if high[way, target] < abs(amount):
            return None
        low[way, target], high[1 - way, target] = abs(amount), 0.0
        model.col_cost_ = np.concatenate([cost[:n], cost[:n], cost[n:], cost[n:]])
        model.col_lower_ = np.concatenate([low[0, :n], low[1, :n], low[0, n:], low[1, n:]])
        model.col_upper_ = np.concatenate([high[0, :n], high[1, :n], high[0, n:], high[1, n:]])
        step = self._run(model, n)
        if step is None:
            return None
        move = self._move(chosen, step, row, amount)
        if move is None or isinstance(move.witness.up, Fraction):
            whole = self._dive(step, n)
            move = (self._move(chosen, whole, row, amount) if whole is not None else None) or move
        return move

    def _program(self, chosen: Ints) -> tuple[Pieces, highspy.HighsLp]:
        """The program over the chosen unknowns without its costs and bounds."""
        pieces, model = self._known_pieces(chosen)
        if not model:
            model.append(programs.whole(pieces, len(chosen)))
        return pieces, model[0]

    def _known_pieces(self, chosen: Ints) -> tuple[Pieces, list[highspy.HighsLp]]:
        """The pieces, and their program once it has been made; kept, for the next one often has the same unknowns."""
        key = chosen.tobytes()
        found = self.programs.pop(key, None)
        if found is None:
            found = self._pieces(chosen), []
            if len(self.programs) >= KEPT:
                del self.programs[next(iter(self.programs))]
        self.programs[key] = found
        return found

    def _pieces(self, chosen: Ints) -> Pieces:
        """The rows as they look among the chosen unknowns. Those that look alike are one; one unknown alone is itself."""
        n = len(chosen)
        indices, starts = _slice(self.by_column, chosen)
        columns = np.repeat(np.arange(n), np.diff(starts))
        rows, place = np.unique(indices, return_inverse=True)
        marks = np.zeros(len(rows), dtype=np.uint64)
        np.add.at(marks, place, self.marks[chosen[columns]])
        known, first, same = np.unique(
            np.concatenate([self.marks[chosen], marks]), return_index=True, return_inverse=True
        )
        number = np.full(len(known), -1, dtype=np.int64)
        number[same[:n]] = np.arange(n)
        several = np.flatnonzero(number < 0)
        number[several] = n + np.arange(len(several))
        of = number[same[n:]]
        keep = np.full(len(rows), -1, dtype=np.int64)
        keep[first[several] - n] = np.arange(len(several))
        inside = keep[place] >= 0
        return Pieces(rows, of, n + len(several), keep[place[inside]], columns[inside])

    def _run(self, model: highspy.HighsLp | None, n: int) -> Floats | None:
        """The steps of the cheapest move, of a new program or of the last one with new bounds; None: there is none."""
        if model is not None:
            self.highs.passModel(model)
        self.highs.run()
        self.solved += 1
        self.work += max(1, int(self.highs.getInfo().simplex_iteration_count))
        if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        solution = np.asarray(self.highs.getSolution().col_value)
        step: Floats = solution[:n] - solution[n : 2 * n]
        return step

    def _dive(self, step: Floats, n: int) -> Floats | None:
        """Whole steps near a solution with halves: one unknown after another is held at a whole number."""
        for _ in range(DEPTH):
            off = np.abs(step - np.rint(step))
            if off.max(initial=0) < 1e-6:
                return step
            one = int(np.argmax(off))
            nearest = float(np.rint(step[one]))
            other = nearest + (1.0 if step[one] > nearest else -1.0)
            for held in (nearest, other):
                self.highs.changeColBounds(one, max(held, 0.0), max(held, 0.0))
                self.highs.changeColBounds(n + one, max(-held, 0.0), max(-held, 0.0))
                found = self._run(None, n)
                if found is not None:
                    break
            if found is None:
                return None
            step = found
        return None

    def _move(self, chosen: Ints, step: Floats, row: int, amount: int) -> Move | None:
        """The exact move behind a solution in floating numbers; None where there is none in small fractions."""
        for denominator in DENOMINATORS:
            scaled = step * denominator
            near = np.rint(scaled)
            if np.abs(scaled - near).max(initial=0) > 1e-5 * denominator:
                continue
            moving = np.flatnonzero(near)
            witness = self.witness(
                [int(one) for one in chosen[moving]], [int(one) for one in near[moving]], row, amount
            )
            if witness is None:
                continue
            rows = [one for one in witness.rows if not self.hidden[one]]
            if any(self.frozen[one] for one in rows):
                continue
            return Move(witness, float(self.cost[rows].sum()) if rows else 0.0, rows)
        return None

    def witness(self, columns: list[int], steps: list[int], row: int, amount: int) -> Witness | None:
        """A direction as a witness, in its smallest whole steps, that moves `row` by `amount`; None where it cannot."""
        shared = gcd(*steps) if steps else 0
        if not shared:
            return None
        steps = [step // shared for step in steps]
        rows: dict[int, int] = {}
        owners = 0
        for column, step in zip(columns, steps, strict=True):
            for one in self.standing[column]:
                rows[one] = rows.get(one, 0) + step
            if self.problem.owner[column] >= 0:
                owners |= 1 << self.problem.owner[column]
        moved = {one: step for one, step in sorted(rows.items()) if step}
        if row not in moved:
            return None
        problem = self.problem
        slack = [
            (problem.value[one] - problem.low[one], step) for one, step in zip(columns, steps, strict=True)
        ]
        slack += [(problem.total[one] - problem.least[one], step) for one, step in moved.items()]
        wanted = Fraction(amount, moved[row])
        if wanted <= 0:
            return None
        up: int | Fraction = min((room // -step for room, step in slack if step < 0), default=LIMIT)
        if up < wanted:
            up = min((Fraction(room, -step) for room, step in slack if step < 0), default=Fraction(LIMIT))
            if up < wanted:
                return None
        down = min((room // step for room, step in slack if step > 0), default=LIMIT)
        return Witness(tuple(columns), tuple(steps), moved, up, down, owners)


def _slice(matrix: sp.csc_matrix, chosen: Ints) -> tuple[Ints, Ints]:
    """Some columns of a matrix of ones: the rows they stand in, and where each column starts."""
    first, last = matrix.indptr[chosen].astype(np.int64), matrix.indptr[chosen + 1].astype(np.int64)
    starts = np.concatenate([[0], np.cumsum(last - first)])
    place = np.arange(starts[-1]) - np.repeat(starts[:-1] - first, last - first)
    return matrix.indices[place].astype(np.int64), starts
