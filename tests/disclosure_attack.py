"""Somebody who wants to know: finds what can be worked out of everything ever released.

Written from the design's list of attackers and from nothing else: no line of the package under test is used. An unknown is
an inner cell with one value. Everything published is an equation over the unknowns, which are never negative; for each
hidden cell the attacker finds the least and the greatest value that agree with every equation, by a linear program
(scipy's, cold), by whole-number programs, or, on tiny tables, by trying every table there is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array, vstack

from tests.disclosure_tables import Made, Row, margins

Shown = Mapping[tuple[int, tuple[str, ...]], int | None]
"""(table's place, key) → what stands there; None where a colon stands."""
Unknown = tuple[str, tuple[str, ...], int]
"""Variable, key and value: a number that comes back is known to be the same, and a corrected one is another unknown."""
Cell = frozenset[int]
FAR = 20.0
"""How far the attacker looks beyond the truth, in times of the largest value: what nothing bounds would else be endless."""


FLOOR = 0.01
"""An øre: what a hidden amount is at least, where noughts are shown."""


@dataclass(frozen=True, slots=True)
class Attacker:
    """Who it is: the owners whose rows they know, and whether they use the rule that a nought is never hidden."""

    owners: frozenset[str] = frozenset()
    knows_rule: bool = False

    @property
    def name(self) -> str:
        who = " + ".join(sorted(self.owners)) or "outsider"
        return f"{who}, who knows the rule" if self.knows_rule else who


@dataclass(frozen=True, slots=True)
class Range:
    """What the attacker knows of a hidden cell."""

    name: str
    truth: int
    low: float
    high: float

    @property
    def determined(self) -> bool:
        return self.high - self.low < 1e-6 * max(1, abs(self.truth))

    @property
    def width(self) -> float:
        return self.high - self.low


@dataclass(slots=True)
class Knowledge:
    """Everything ever released, as sets of unknowns. `truth` and `owner` are by unknown."""

    kind: str
    truth: np.ndarray
    owner: list[str]
    published: dict[Cell, int]
    hidden: dict[Cell, str]
    noughts_hidden: bool
    lost: list[str] = field(default_factory=list)
    """Hidden cells that are published elsewhere under another name."""

    def value(self, cell: Cell) -> int:
        return int(sum(self.truth[at] for at in cell))

    def others(self, cell: Cell, attacker: Attacker) -> bool:
        """Whether anybody but the attacker has something in the cell; else it is the attacker's own to know."""
        return any(self.truth[at] for at in cell if self.owner[at] not in attacker.owners)


def gather(releases: Sequence[tuple[Made, Shown]]) -> Knowledge:
    """All releases of one variable, oldest first. AssertionError when a published number is not the true one."""
    unknowns: dict[Unknown, int] = {}
    truth: list[int] = []
    owner: list[str] = []
    published: dict[Cell, int] = {}
    hidden: dict[Cell, str] = {}
    noughts_hidden = False
    for number, (made, shown) in enumerate(releases):
        places = []
        for row in made.rows:
            unknown = (made.name, row.key, row.value)
            if unknown not in unknowns:
                unknowns[unknown] = len(truth)
                truth.append(row.value)
                owner.append(row.owner)
            places.append(unknowns[unknown])
        cells = margins(made)
        assert cells.keys() == shown.keys(), "a release shows other cells than its tables have"
        for at, rows in cells.items():
            cell = frozenset(places[row] for row in rows)
            value = sum(made.rows[row].value for row in rows)
            told = shown[at]
            if told is None:
                hidden.setdefault(cell, f"release {number + 1}, {made.tables[at[0]]} {at[1]}")
                noughts_hidden |= value == 0
            else:
                assert told == value, f"{at} is published as {told} and is {value}"
                published[cell] = value
    lost = [name for cell, name in hidden.items() if cell in published]
    made = releases[-1][0]
    return Knowledge(made.kind, np.array(truth, float), owner, published, hidden, noughts_hidden, lost)


def outsiders() -> list[Attacker]:
    return [Attacker(), Attacker(knows_rule=True)]


def members(known: Knowledge, *, pairs: bool, most: int | None = None) -> list[Attacker]:
    """Every owner alone and, if asked, every two together; each knows the rule. `most` takes an even sample of each."""
    owners = sorted(set(known.owner))
    groups: list[Sequence[tuple[str, ...]]] = [[(owner,) for owner in owners]]
    if pairs:
        groups.append(list(combinations(owners, 2)))
    chosen = []
    for group in groups:
        step = 1 if most is None else max(1, -(-len(group) // most))
        chosen += [Attacker(frozenset(each), knows_rule=True) for each in group[::step]]
    return chosen


@dataclass(frozen=True, slots=True)
class _Program:
    """The attacker's equations in y, the distance of each free unknown from the truth: A y = 0, low ≤ y ≤ high."""

    columns: list[int]
    place: dict[int, int]
    equations: csr_array
    low: np.ndarray
    high: np.ndarray
    at_least: csr_array | None
    """Sums that are at least `least`, each `room` in truth: what hides, where noughts never do."""
    room: np.ndarray
    least: float


def _program(known: Knowledge, attacker: Attacker) -> _Program:
    """What is known for certain leaves the unknowns: own rows, and what stands under a nought.

    Who knows the rule knows that a cell is not nought where a colon stands. It says nothing of an inner cell that stands in
    sums alone: where no table has it by itself, nobody outside can tell whether anybody is in it.
    """
    certain = {at for at, owner in enumerate(known.owner) if owner in attacker.owners}
    certain |= {at for cell, value in known.published.items() if value == 0 for at in cell}
    rule = attacker.knows_rule and not known.noughts_hidden
    columns = [at for at in range(len(known.truth)) if at not in certain]
    place = {at: n for n, at in enumerate(columns)}
    truth = known.truth[columns] if columns else np.zeros(0)
    rows = {frozenset(place[at] for at in cell if at in place) for cell in known.published}
    far = FAR * (float(known.truth.max(initial=0)) + 10)
    least = 1.0 if known.kind == "count" else FLOOR
    not_nought = {
        frozenset(place[at] for at in cell if at in place)
        for cell in known.hidden
        if rule and not any(known.truth[at] for at in cell if at in certain)
    }
    alone = {next(iter(cell)) for cell in not_nought if len(cell) == 1 and known.kind == "count"}
    floors = sorted(sorted(cell) for cell in not_nought if len(cell) > 1)
    low = np.array([1.0 if n in alone else 0.0 for n in range(len(columns))]) - truth
    return _Program(
        columns, place, _matrix([sorted(row) for row in rows if row], len(columns)),
        np.minimum(0.0, low), np.full(len(columns), far),
        _matrix_in_order(floors, len(columns)) if floors else None,
        np.array([sum(truth[at] for at in floor) for floor in floors], float), least,
    )  # fmt: skip


def _matrix(rows: Iterable[Iterable[int]], width: int) -> csr_array:
    return _matrix_in_order(sorted(sorted(row) for row in rows), width)


def attack(
    known: Knowledge,
    attacker: Attacker,
    *,
    wanted: float | Mapping[Cell, float],
    apart: Collection[Cell] = (),
    sample: int | None = None,
    only: Collection[str] | None = None,
) -> Iterator[Range]:
    """Each hidden cell that the attacker knows better than within `wanted`, with its exact range.

    `apart`: cells that must also be able to be a tenth more and a tenth less; less only as far as others than the attacker
    have a part in it.

    Every solution of a program is a table that agrees with all that is published, so it widens the range of every cell; only
    the cells that no solution has widened enough are asked for one by one. `sample`: ask for at most so many of those. Cells
    that rest on the attacker's own rows alone are theirs to know. Equal sets stand once. `only`: ask for these alone, by name.
    """
    program = _program(known, attacker)
    targets: dict[Cell, Cell] = {}
    for cell, name in known.hidden.items():
        if only is not None and name not in only:
            continue
        free = frozenset(program.place[at] for at in cell if at in program.place)
        if not attacker.owners or known.others(cell, attacker):
            targets[cell] = free
    cells = list(targets)
    if not cells:
        return
    sums = _matrix_in_order([sorted(targets[cell]) for cell in cells], len(program.columns))
    seen = _Seen(np.zeros(len(cells)), np.zeros(len(cells)))
    want = np.array([wanted[cell] if isinstance(wanted, Mapping) else wanted for cell in cells], float)
    rng = np.random.default_rng(7)
    for _ in range(6 if len(cells) > 12 else 0):
        _solve(program, rng.normal(size=len(program.columns)), sums, seen)
    asked = 0
    for at, cell in enumerate(cells):
        if seen.high[at] - seen.low[at] >= want[at] - 1e-6 and (
            cell not in apart or _both_ways(known, seen, at, cell, attacker)
        ):
            continue
        if sample is not None and asked >= sample:
            return
        asked += 1
        line = sums[[at], :].toarray().ravel()
        for way in (1.0, -1.0):
            _solve(program, way * line, sums, seen)
        truth = known.value(cell)
        found = Range(known.hidden[cell], truth, truth + seen.low[at], truth + seen.high[at])
        if found.width < want[at] - 1e-6 or (
            cell in apart and not _both_ways(known, seen, at, cell, attacker)
        ):
            yield found


def _matrix_in_order(rows: Sequence[Sequence[int]], width: int) -> csr_array:
    at = [n for n, row in enumerate(rows) for _ in row]
    return csr_array((np.ones(len(at)), (at, [c for row in rows for c in row])), shape=(len(rows), width))


@dataclass(slots=True)
class _Seen:
    low: np.ndarray
    high: np.ndarray


def _both_ways(known: Knowledge, seen: _Seen, at: int, cell: Cell, attacker: Attacker) -> bool:
    """Whether the cell may be a tenth more and a tenth less."""
    tenth = 0.1 * known.value(cell)
    others = sum(known.truth[one] for one in cell if known.owner[one] not in attacker.owners)
    near = max(0.5, 1e-6 * tenth)  # the øre of the other hidden cells add up
    return bool(seen.high[at] >= tenth - near and -seen.low[at] >= min(tenth, others) - near)


def _solve(program: _Program, objective: np.ndarray, sums: csr_array, seen: _Seen) -> None:
    if not program.columns:
        return
    found = linprog(
        -objective, A_eq=program.equations if program.equations.shape[0] else None,
        b_eq=np.zeros(program.equations.shape[0]) if program.equations.shape[0] else None,
        A_ub=-program.at_least if program.at_least is not None else None,
        b_ub=program.room - program.least if program.at_least is not None else None,
        bounds=np.column_stack([program.low, program.high]), method="highs",
    )  # fmt: skip
    assert found.status == 0, found.message
    moved = sums @ found.x
    np.minimum(seen.low, moved, out=seen.low)
    np.maximum(seen.high, moved, out=seen.high)


def whole_ranges(known: Knowledge, attacker: Attacker, *, told_only: bool = False) -> Iterator[Range]:
    """The ranges of every hidden cell when the attacker reasons in whole numbers: two whole-number programs each.

    told_only: those alone that can be one thing only. Each answer of a program is a table that agrees with all that is
    published, so a cell that is something else there than in truth needs no program of its own.
    """
    program = _program(known, attacker)
    if not program.columns:
        return
    rules = [LinearConstraint(program.equations, 0, 0)] if program.equations.shape[0] else []
    if program.at_least is not None:
        rules.append(LinearConstraint(program.at_least, 1 - program.room, np.inf))
    cells = [
        (cell, name, sorted(program.place[at] for at in cell if at in program.place))
        for cell, name in known.hidden.items()
        if not attacker.owners or known.others(cell, attacker)
    ]
    cells = [each for each in cells if each[2]]
    sums = _matrix_in_order([free for _, _, free in cells], len(program.columns))
    other = np.zeros(len(cells), dtype=bool)
    for at, (cell, name, free) in enumerate(cells):
        line = np.zeros(len(program.columns))
        line[free] = 1
        ends = []
        for way in (1, -1):
            if told_only and other[at]:
                break
            found = milp(
                way * line,
                constraints=rules,
                integrality=np.ones(len(line)),
                bounds=Bounds(program.low, program.high),
            )
            assert found.status == 0, found.message
            ends.append(way * round(found.fun))
            other |= np.rint(sums @ np.rint(found.x)) != 0
        truth = known.value(cell)
        if len(ends) == 2 and not (told_only and other[at]):
            yield Range(name, truth, truth + ends[0], truth + ends[1])


def every_table(known: Knowledge, attacker: Attacker, most: int = 200_000) -> list[np.ndarray] | None:
    """All whole-number tables that agree with everything published, as values by unknown; None when there are too many.

    Depth first over the unknowns, cut off as soon as a published sum is passed.
    """
    program = _program(known, attacker)
    rows = (
        vstack([program.equations]).toarray().astype(int)
        if program.equations.shape[0]
        else np.zeros((0, len(program.columns)), int)
    )
    truth = known.truth[program.columns].astype(int)
    total = rows @ truth
    width = len(program.columns)
    least = truth + program.low.astype(int)
    ceiling = [
        int(min([total[r] for r in range(len(total)) if rows[r, c]], default=int(truth.max(initial=0)) + 6))
        for c in range(width)
    ]
    inside = [np.flatnonzero(rows[:, c]).tolist() for c in range(width)]
    last = [max((c for c in range(width) if rows[r, c]), default=-1) for r in range(len(total))]
    closing = [[r for r in inside[c] if last[r] == c] for c in range(width)]
    left = [int(one) for one in total]
    values = [0] * width
    found: list[np.ndarray] = []
    steps = 0

    def fill(column: int) -> bool:
        nonlocal steps
        steps += 1
        if len(found) > most or steps > 20 * most:
            return False
        if column == width:
            whole = known.truth.copy()
            whole[program.columns] = values
            found.append(whole)
            return True
        own = inside[column]
        lowest = int(least[column])
        for value in range(lowest, min([ceiling[column], *(left[r] for r in own)]) + 1):
            if all(left[r] == value for r in closing[column]):
                values[column] = value
                for r in own:
                    left[r] -= value
                within = fill(column + 1)
                for r in own:
                    left[r] += value
                if not within:
                    return False
        return True

    if not fill(0):
        return None
    if program.at_least is not None:
        floors = program.at_least.toarray()
        found = [t for t in found if (floors @ t[program.columns] >= 1).all()]
    return found


def second_contributors(releases: Sequence[tuple[Made, Shown]], p: float) -> Iterator[tuple[str, float]]:
    """Money: hidden inner cells whose second-largest contributor gets the largest within p percent.

    They subtract their own part from the most the cell can be; what is left is the most the largest can have had. The
    name, and how many percent above the truth that bound is.
    """
    known = gather(releases)
    at: dict[Unknown, int] = {}
    place: dict[int, Row] = {}
    for made, _ in releases:
        for row in made.rows:
            at.setdefault((made.name, row.key, row.value), len(at))
            place[at[(made.name, row.key, row.value)]] = row
    wanted: dict[Cell, float] = {cell: np.inf for cell in known.hidden if len(cell) == 1}
    inner = Knowledge(
        known.kind, known.truth, known.owner, known.published,
        {cell: name for cell, name in known.hidden.items() if cell in wanted}, known.noughts_hidden,
    )  # fmt: skip
    names = {name: place[next(iter(cell))] for cell, name in inner.hidden.items()}
    for found in attack(inner, Attacker(), wanted=wanted):
        row = names[found.name]
        if row.largest and (
            row.contributors < 2 or found.high - row.second < row.largest * (1 + p / 100) - 1e-6
        ):
            above = 100 * ((found.high - row.second) / row.largest - 1)
            if above < p - 1e-6:
                yield found.name, above


def primary_only(
    made: Made, threshold: int, *, p: float = 10.0
) -> dict[tuple[int, tuple[str, ...]], int | None]:
    """What hiding the small cells alone would publish: the negative control."""
    shown: dict[tuple[int, tuple[str, ...]], int | None] = {}
    for at, rows in margins(made).items():
        value = sum(made.rows[row].value for row in rows)
        if made.kind == "count":
            small = 0 < value < threshold
        else:
            parts = sorted(
                (part for row in rows for part in (made.rows[row].largest, made.rows[row].second)),
                reverse=True,
            )
            two = [*parts, 0, 0][:2]
            small = 0 < sum(made.rows[row].contributors for row in rows) < threshold or (
                value > 0 and value - sum(two) < p / 100 * two[0]
            )
        shown[at] = None if small else value
    return shown
