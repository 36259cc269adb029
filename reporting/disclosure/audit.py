"""The attackers, after the pattern is made: every witness checked anew from the rows alone, and what each was left with.

A witness is a proof that anyone can check by adding up: it keeps every published sum, no number falls under the least it
can be, and the attacker's own figures stand still. What is counted here is counted from checked witnesses only, so a
fault in the search can make a release fail but never make it pass.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import floor

from reporting.disclosure.model import Attacker, Facts
from reporting.disclosure.pattern import Pattern
from reporting.disclosure.problem import Problem
from reporting.disclosure.witness import Witness, bits, met, room


@dataclass(slots=True)
class Tally:
    """What the attackers of one kind were left with, added up over variables."""

    attackers: int = 0
    cells: int = 0
    determined: set[int] = field(default_factory=set)
    narrow: set[int] = field(default_factory=set)
    before: set[int] = field(default_factory=set)
    narrowest: int | None = None

    def add(self, more: Tally) -> None:
        """Those of another variable, whose rows are others."""
        start = 1 + max(self.determined | self.narrow | self.before, default=-1)
        self.attackers = max(self.attackers, more.attackers)
        self.cells += more.cells
        self.determined |= {start + row for row in more.determined}
        self.narrow |= {start + row for row in more.narrow}
        self.before |= {start + row for row in more.before}
        known = [one for one in (self.narrowest, more.narrowest) if one is not None]
        self.narrowest = min(known, default=None)

    def facts(self, attacker: Attacker) -> Facts:
        """As it is told."""
        return Facts(
            attacker, self.attackers, self.cells, len(self.determined), len(self.narrow), self.narrowest,
            len(self.before),
        )  # fmt: skip


def checked(problem: Problem, hidden: Sequence[bool], witnesses: Sequence[Witness]) -> list[Witness]:
    """The witnesses that hold, worked out from the rows: not from what the search remembers of them."""
    standing: list[list[int]] = [[] for _ in problem.value]
    for number, inside in enumerate(problem.rows):
        for one in inside:
            standing[one].append(number)
    good = []
    for witness in witnesses:
        moved: Counter[int] = Counter()
        owners = 0
        for column, step in zip(witness.columns, witness.steps, strict=True):
            for row in standing[column]:
                moved[row] += step
            if problem.owner[column] >= 0:
                owners |= 1 << problem.owner[column]
        keeps = all(hidden[row] for row, step in moved.items() if step)
        stays = all(
            problem.value[column] + times * step >= problem.low[column]
            for column, step in zip(witness.columns, witness.steps, strict=True)
            for times in (witness.up, -witness.down)
        ) and all(
            problem.total[row] + times * step >= problem.least[row]
            for row, step in moved.items()
            for times in (witness.up, -witness.down)
        )
        if keeps and stays and owners == witness.owners:
            rows = {row: step for row, step in moved.items() if step}
            good.append(Witness(witness.columns, witness.steps, rows, witness.up, witness.down, owners))
    return good


def attack(pattern: Pattern, kind: str, tallies: dict[Attacker, Tally]) -> tuple[list[Witness], set[int]]:
    """Every attacker on every hidden row; adds to the tallies. Gives the witnesses that hold, and the rows that fell."""
    problem = pattern.problem
    hidden = [bool(one) for one in pattern.hidden]
    good = checked(problem, hidden, [one for one in pattern.witnesses if not one.bad])
    touching: list[list[Witness]] = [[] for _ in problem.rows]
    for witness in good:
        for row in witness.rows:
            touching[row].append(witness)
    for row in sorted(row for row in pattern.open if hidden[row] and problem.names[row]):
        # No world moves it, so it follows from what is shown: a colon there would say less than is known.
        if not touching[row]:
            pattern.show(row)
            hidden[row] = False
    members = len(problem.members)
    rows = [row for row in range(len(hidden)) if hidden[row] and not pattern.told(row, 0)]
    for size in range(pattern.coalition + 1):
        for name in _kinds(size, kind):
            tally = tallies[name]
            tally.attackers = max(tally.attackers, (1, members, members * (members - 1) // 2)[size])
            tally.cells += len(rows)
    return good, {row for row in rows if _falls(pattern, row, touching[row], kind, tallies)}


def _kinds(size: int, kind: str) -> tuple[Attacker, ...]:
    """Who knows the figures of so many members. The second contributor's doubt is part of the room an amount needs."""
    if size:
        return ("member",) if size == 1 else ("pair",)
    return ("outsider", "rule") if kind == "count" else ("outsider", "rule", "second")


def _falls(
    pattern: Pattern, row: int, witnesses: list[Witness], kind: str, tallies: dict[Attacker, Tally],
    known: int = 0, size: int = 0,
) -> bool:  # fmt: skip
    """One hidden row against attackers that know `known`, and against all that know more.

    Whoever knows nothing that the proof moves is left where those who know `known` are, and needs no trial of their own.
    """
    if pattern.told(row, known):
        for name in _kinds(size, kind):
            tallies[name].before.add(row)
        return False
    need = pattern.wanted(row, known)
    low, high, owners = room(row, known, witnesses, need)
    fell = not met(low, high, need)
    for name in _kinds(size, kind):
        tally = tallies[name]
        if fell:
            (tally.determined if high == low else tally.narrow).add(row)
        if kind == "count":
            wide = floor(high - low)
            tally.narrowest = wide if tally.narrowest is None else min(wide, tally.narrowest)
    if size < pattern.coalition:
        for member in bits(owners):
            together = known | 1 << member
            if pattern.owned[row] < 0 or pattern.owned[row] & ~together:
                fell |= _falls(pattern, row, witnesses, kind, tallies, together, size + 1)
    return fell
