"""A first pattern for large tables: publish the valuable rows one by one, as long as none reveals a protected one.

Published rows are kept as a reduced basis in exact arithmetic modulo 2^61 − 1. What is left of a row when the published
ones are taken out of it (its residual) tells what it would add: a row whose residual is a multiple of a protected row's
would reveal it, and is suppressed. Unknowns that can hardly fall are *shadows*: they are never taken out, and a row of
which only shadows are left is suppressed, for sums of ones collapse at their bound. The witnesses come afterwards: what
this leaves too open for them is repaired there.
"""

from __future__ import annotations

from typing import Final

from reporting.disclosure.problem import Problem

PRIME: Final = 2**61 - 1
Vector = dict[int, int]


class Basis:
    """Published rows, fully reduced: every pivot stands in its own row only."""

    def __init__(self, protected: list[Vector], shadow: list[bool]) -> None:
        self.rows: dict[int, Vector] = {}
        self.inside: dict[int, set[int]] = {}
        self.protected = protected
        self.shadow = shadow
        self.held: dict[int, set[int]] = {}
        for number, vector in enumerate(protected):
            for column in vector:
                self.held.setdefault(column, set()).add(number)
        self.marks = {mark(vector) for vector in protected}

    def residual(self, row: tuple[int, ...]) -> Vector:
        """What is left of a row of ones when the published rows are taken out of it."""
        left = {column: 1 for column in row if column not in self.rows}
        for column in row:
            taken = self.rows.get(column)
            if taken is not None:
                for other, factor in taken.items():
                    if other != column:
                        add(left, other, -factor)
        return left

    def reveals(self, left: Vector) -> bool:
        """Would publishing this residual tell a protected row, or leave shadows only?"""
        return all(self.shadow[column] for column in left) or mark(left) in self.marks

    def publish(self, left: Vector) -> None:
        """Take a residual into the basis. Its pivot is no shadow, and stands in the fewest protected residuals."""
        pivot = min(
            (column for column in left if not self.shadow[column]),
            key=lambda column: (len(self.held.get(column, ())), len(self.inside.get(column, ())), column),
            default=min(left),
        )
        scale = pow(left[pivot], -1, PRIME)
        left = {column: factor * scale % PRIME for column, factor in left.items()}
        for number in sorted(self.inside.pop(pivot, ())):
            row = self.rows[number]
            factor = row.pop(pivot)
            for column, share in left.items():
                if column != pivot:
                    add(row, column, -factor * share)
                    self._note(number, column, row)
        self.rows[pivot] = left
        for column in left:
            if column != pivot:
                self.inside.setdefault(column, set()).add(pivot)
        for number in sorted(self.held.pop(pivot, ())):
            vector = self.protected[number]
            self.marks.discard(mark(vector))
            factor = vector.pop(pivot)
            for column, share in left.items():
                if column != pivot:
                    add(vector, column, -factor * share)
                    if column in vector:
                        self.held.setdefault(column, set()).add(number)
                    else:
                        self.held.get(column, set()).discard(number)
            self.marks.add(mark(vector))

    def _note(self, number: int, column: int, row: Vector) -> None:
        if column in row:
            self.inside.setdefault(column, set()).add(number)
        else:
            self.inside.get(column, set()).discard(number)


def add(vector: Vector, column: int, amount: int) -> None:
    """Add to one entry; an entry that becomes nought goes."""
    new = (vector.get(column, 0) + amount) % PRIME
    if new:
        vector[column] = new
    else:
        vector.pop(column, None)


def mark(vector: Vector) -> int:
    """The same number for vectors that are multiples of each other."""
    if not vector:
        return 0
    first = min(vector)
    scale = pow(vector[first], -1, PRIME)
    return hash(tuple(sorted((column, factor * scale % PRIME) for column, factor in vector.items())))


def suppressed(problem: Problem, slack_wanted: int) -> list[int]:
    """Rows to suppress so that no protected row follows from the others by adding and subtracting.

    slack_wanted: an unknown that cannot fall by so much is a shadow.
    """
    shadow = [value - low < slack_wanted for value, low in zip(problem.value, problem.low, strict=True)]
    kept = [row for row, need in enumerate(problem.need) if need is not None]
    basis = Basis([dict.fromkeys(problem.rows[row], 1) for row in kept], shadow)
    order = [row for row in range(len(problem.rows)) if problem.need[row] is None]
    order.sort(key=lambda row: (not problem.fixed[row], -problem.total[row], -len(problem.rows[row]), row))
    found = []
    for row in order:
        left = basis.residual(problem.rows[row])
        if not left:
            continue
        if not problem.fixed[row] and basis.reveals(left):
            found.append(row)
        else:
            basis.publish(left)
    return found
