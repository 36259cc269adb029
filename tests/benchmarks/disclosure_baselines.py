"""What disclosure control is compared with: two simpler ways to choose what to hide, both weaker than what is wanted.

(a) `eliminated`: elimination as Statistics Norway's own package does it, without shadow columns: largest cells published
first, and one is hidden when a small cell would follow from it by adding and subtracting. It knows nothing of noughts, of
bounds or of members.
(b) `outsider_only`: for each small cell in turn the cheapest set of cells that must be hidden for an outsider not to come
nearer than wanted, by a linear program in which what is hidden already costs nothing; then what turned out not to be needed
is shown again. It knows nothing of members or of the rule.

Both take cells as sets of inner rows, merged where the sets are equal, with noughts shown.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import highspy
import numpy as np
from scipy.sparse import csr_array

from tests.disclosure_tables import Made, margins

PRIME = (1 << 61) - 1
Place = tuple[int, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Cells:
    """Every different cell that is not nought: the rows it sums, its value, and whether it is small by itself."""

    rows: tuple[tuple[int, ...], ...]
    value: tuple[int, ...]
    small: frozenset[int]
    names: Mapping[Place, int]
    inner: tuple[int, ...]


def cells_of(made: Made, threshold: int) -> Cells:
    """The cells of a count, merged."""
    rows: dict[tuple[int, ...], int] = {}
    names: dict[Place, int] = {}
    for place, under in margins(made).items():
        there = tuple(row for row in under if made.rows[row].value)
        if there:
            names[place] = rows.setdefault(there, len(rows))
    value = tuple(sum(made.rows[row].value for row in each) for each in rows)
    small = frozenset(at for at, each in enumerate(value) if each < threshold)
    return Cells(tuple(rows), value, small, names, tuple(row.value for row in made.rows))


def shown(made: Made, cells: Cells, hidden: frozenset[int]) -> dict[Place, int | None]:
    """The pattern as a release."""
    return {
        place: None if cells.names.get(place) in hidden else sum(made.rows[row].value for row in under)
        for place, under in margins(made).items()
    }


def cost(cells: Cells, hidden: frozenset[int]) -> tuple[int, int]:
    """(secondary cells, their value), each name of a cell counted, as readers count."""
    named = [at for at in cells.names.values() if at in hidden and at not in cells.small]
    return len(named), sum(cells.value[at] for at in named)


Line = dict[int, int]


def _reduced(line: Line, pivot: int, basis: Line) -> None:
    """Take the basis line (1 at its pivot) off so that nothing is left there."""
    factor = line[pivot]
    for column, entry in basis.items():
        left = (line.get(column, 0) - factor * entry) % PRIME
        if left:
            line[column] = left
        else:
            line.pop(column, None)


def _direction(line: Line) -> int:
    """A hash that parallel lines share."""
    first = min(line)
    one = pow(line[first], -1, PRIME)
    return hash(tuple(sorted((column, entry * one % PRIME) for column, entry in line.items())))


def eliminated(cells: Cells) -> frozenset[int]:
    """(a): the hidden cells."""
    left = {at: dict.fromkeys(cells.rows[at], 1) for at in sorted(cells.small)}
    holding: dict[int, set[int]] = {}
    for at, line in left.items():
        for column in line:
            holding.setdefault(column, set()).add(at)
    directions: dict[int, int] = {}
    parallel: dict[int, int] = {}
    for at, line in left.items():
        directions[at] = _direction(line)
        parallel[directions[at]] = parallel.get(directions[at], 0) + 1
    basis: dict[int, Line] = {}
    hidden = set(cells.small)
    others = [at for at in range(len(cells.rows)) if at not in cells.small]
    for at in sorted(others, key=lambda at: (-cells.value[at], -len(cells.rows[at]), at)):
        line = _against(dict.fromkeys(cells.rows[at], 1), basis)
        if not line:
            continue
        if parallel.get(_direction(line)):
            hidden.add(at)
            continue
        pivot = min(line, key=lambda column: (len(holding.get(column, ())), column))
        one = pow(line[pivot], -1, PRIME)
        line = {column: entry * one % PRIME for column, entry in line.items()}
        basis[pivot] = line
        for small in sorted(holding.pop(pivot, ())):
            residual = left[small]
            before = set(residual)
            _reduced(residual, pivot, line)
            parallel[directions[small]] -= 1
            directions[small] = _direction(residual)
            parallel[directions[small]] = parallel.get(directions[small], 0) + 1
            for column in before - residual.keys() - {pivot}:
                holding[column].discard(small)
            for column in residual.keys() - before:
                holding.setdefault(column, set()).add(small)
    return frozenset(hidden)


def _against(line: Line, basis: Mapping[int, Line]) -> Line:
    """What is left of a line when everything that stands in the basis has been taken off it."""
    while pivots := [column for column in line if column in basis]:
        for pivot in pivots:
            if pivot in line:
                _reduced(line, pivot, basis[pivot])
    return line


@dataclass(slots=True)
class _Moves:
    """Min Σ cost·|change of a cell| over moves of inner cells that lift one cell by what is wanted."""

    solver: highspy.Highs
    inner: int
    matrix: csr_array

    @classmethod
    def of(cls, cells: Cells) -> _Moves:
        """Columns: the inner moves up and down, then each cell's change up and down; a row ties each cell to its moves."""
        matrix = _matrix(cells)
        count, inner = matrix.shape
        solver = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in (("output_flag", False), ("threads", 1), ("solver", "simplex")):
            solver.setOptionValue(option, value)
        endless = highspy.kHighsInf
        low = [-float(value) for value in cells.inner]
        solver.addVars(inner, np.array(low), np.full(inner, endless))
        solver.addVars(2 * count, np.zeros(2 * count), np.full(2 * count, endless))
        for at in range(count):
            columns = [*cells.rows[at], inner + at, inner + count + at]
            entries = [1.0] * len(cells.rows[at]) + [-1.0, 1.0]
            solver.addRow(0.0, 0.0, len(columns), np.array(columns, np.int32), np.array(entries))
        return cls(solver, inner, matrix)

    def cheapest(self, at: int, wanted: float, price: np.ndarray) -> np.ndarray:
        """The change of every cell in the cheapest move that lifts cell `at` by `wanted`."""
        count = len(price)
        columns = np.arange(self.inner, self.inner + 2 * count, dtype=np.int32)
        self.solver.changeColsCost(2 * count, columns, np.concatenate([price, price]))
        up, down = self.inner + at, self.inner + count + at
        self.solver.changeColBounds(up, wanted, highspy.kHighsInf)
        self.solver.changeColBounds(down, 0.0, 0.0)
        self.solver.run()
        values = np.array(self.solver.getSolution().col_value)
        self.solver.changeColBounds(up, 0.0, highspy.kHighsInf)
        self.solver.changeColBounds(down, 0.0, highspy.kHighsInf)
        change: np.ndarray = self.matrix @ values[: self.inner]
        return change


def _matrix(cells: Cells) -> csr_array:
    at = [n for n, rows in enumerate(cells.rows) for _ in rows]
    entries = [row for rows in cells.rows for row in rows]
    return csr_array((np.ones(len(at)), (at, entries)), shape=(len(cells.rows), len(cells.inner)))


def outsider_only(cells: Cells, width: int) -> frozenset[int]:
    """(b): the hidden cells. Each small cell can be `width` more than it is; the widest need goes first."""
    moves = _Moves.of(cells)
    value = np.array(cells.value, float)
    hidden = set(cells.small)
    support: list[frozenset[int]] = []
    for at in sorted(cells.small, key=lambda at: (-cells.value[at], zlib.crc32(str(at).encode()))):
        price = np.where(np.isin(np.arange(len(value)), sorted(hidden)), 1e-6, value)
        change = moves.cheapest(at, float(width), price)
        found = frozenset(np.flatnonzero(np.abs(change) > 1e-7).tolist())
        support.append(found)
        hidden |= found
    return _cleaned(cells, hidden, support)


def _cleaned(cells: Cells, hidden: set[int], support: Sequence[frozenset[int]]) -> frozenset[int]:
    """Only what some move needs; a small cell's moves are all that protects it."""
    needed = set(cells.small).union(*support)
    return frozenset(hidden & needed)
