"""Which rows to hide: every hidden row gets witnesses against every attacker, the cheapest first, and what no witness
needs is shown again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil, floor
from typing import Final

import numpy as np

from reporting.disclosure.eliminate import suppressed
from reporting.disclosure.model import CellName
from reporting.disclosure.moves import Move, Moves
from reporting.disclosure.primary import Need
from reporting.disclosure.problem import Problem
from reporting.disclosure.witness import Gap, Witness, bits, met, reached

EFFORT: Final = 12_000
"""How much may be spent on trying to show more: programs solved times unknowns in each (a count, not a time, so that it is
the same everywhere)."""
LARGE: Final = 1000
"""In tables of more unknowns the elimination leaves room for the whole width at once."""
SEEDED: Final = 200
"""Tables of more unknowns than this begin with the elimination's pattern; smaller ones do better without."""
COARSER: Final = 3
"""How many times dearer a row is to hide for each axis that is summed up in it."""
FREE: Final = float("inf")
GONE: Final = 1 << 30
"""What is wrong with a witness that was taken back: more than can be mended."""
Proof = tuple[Witness, ...]


class Pattern:
    """The rows of a problem as shown or hidden, with the witnesses so far.

    lost: rows that must be hidden and cannot be protected. open: rows hidden for others' sake that some attackers (bits)
    know whatever else is hidden, from earlier releases and their own figures; they are no secret in themselves, and are
    kept from everybody else.
    """

    def __init__(
        self, problem: Problem, coalition: int, tick: Callable[[int, int], None], width: int = 3
    ) -> None:
        self.problem = problem
        self.coalition = coalition
        self.width = width
        self.tick = tick
        totals = np.array(problem.total, dtype=np.float64)
        middle = float(np.median(totals[totals > 0])) if (totals > 0).any() else 1.0
        cost = np.maximum(totals, 0) / middle + 1.0
        if len(problem.value) <= LARGE:
            cost *= [_breadth(names) for names in problem.names]
        self.moves = Moves(problem, cost)
        self.hidden = self.moves.hidden
        self.witnesses: list[Witness] = []
        self.touching: list[list[Witness]] = [[] for _ in problem.rows]
        self.standing = [self._members(row) for row in problem.rows]
        self.owned = [self._owned(row) for row in problem.rows]
        self.parts: dict[int, dict[int, int]] = {}
        self.proofs: list[dict[int, Proof]] = [{} for _ in problem.rows]
        """By row and what attackers know: a proof that held. It holds as long as its witnesses count."""
        self.sure: list[Proof | None] = [None] * len(problem.rows)
        """By row: all the witnesses that proved it the last time, against everybody."""
        self.missed = [0] * len(problem.rows)
        """By row: how often another could not be shown for its sake. Such rows are looked at first."""
        self.lost: set[int] = set()
        self.open: dict[int, list[int]] = {row: list(told) for row, told in problem.held.items()}

    def _members(self, row: tuple[int, ...]) -> int:
        """The members with a part in the row."""
        return sum({1 << self.problem.owner[column] for column in row if self.problem.owner[column] >= 0})

    def _owned(self, row: tuple[int, ...]) -> int:
        """The members that together know the whole row; −1 where somebody else has a part in it."""
        mask = 0
        for column in row:
            owner = self.problem.owner[column]
            if owner < 0:
                return -1
            mask |= 1 << owner
        return mask

    def need(self, row: int) -> Need:
        """The room a row wants when it is hidden."""
        return self.problem.need[row] or self.problem.later[row]

    def wanted(self, row: int, known: int) -> Need:
        """The room against attackers that know a part of the row: it cannot fall by more than they do not know."""
        need = self.need(row)
        if not known or not need.down:
            return need
        if row not in self.parts:
            self.parts[row] = {}
            for one in self.problem.rows[row]:
                owner = self.problem.owner[one]
                self.parts[row][owner] = self.parts[row].get(owner, 0) + self.problem.value[one]
        unknown = self.problem.total[row] - sum(self.parts[row].get(one, 0) for one in bits(known))
        return Need(need.up, min(need.down, unknown), min(need.width, max(unknown, need.up)))

    def gap(self, row: int) -> Gap | None:
        """The first attackers that can tell the row too closely. Only those whose unknowns the proof moves can."""
        sure = self.sure[row]
        if sure is not None and not any(witness.bad for witness in sure):
            return None
        tried: dict[int, Proof] = {}
        found = self._gap(row, 0, self.coalition, tried)
        used = {id(witness): witness for proof in tried.values() for witness in proof}
        self.sure[row] = None if found else tuple(used.values())
        return found

    def _gap(self, row: int, known: int, depth: int, tried: dict[int, Proof]) -> Gap | None:
        """As `gap`, among those who know `known` and more. `tried`: by what they know, those who were left in doubt."""
        if self.told(row, known):
            return None
        proof = self.proofs[row].get(known)
        if proof is None or any(witness.bad for witness in proof):
            need = self.wanted(row, known)
            low, high, proof = reached(row, known, self.touching[row], need)
            if not met(low, high, need):
                return Gap(row, known, low, high, need)
            self.proofs[row][known] = proof
        tried[known] = proof
        owners = 0
        for witness in proof if depth else ():
            owners |= witness.owners
        for member in bits(owners):
            together = known | 1 << member
            if together not in tried and (self.owned[row] < 0 or self.owned[row] & ~together):
                found = self._gap(row, together, depth - 1, tried)
                if found:
                    return found
        return None

    def told(self, row: int, known: int) -> bool:
        """Whether those who know `known` knew the row before this release, or follow it from what they know."""
        return any(told & ~known == 0 for told in self.open.get(row, ()))

    def hide(self, row: int) -> None:
        """Hide a row; witnesses that waited for it count again."""
        self.hidden[row] = True
        for witness in self.touching[row]:
            witness.bad -= 1

    def show(self, row: int) -> None:
        """Show a row; witnesses that move it count no more."""
        self.hidden[row] = False
        for witness in self.touching[row]:
            witness.bad += 1

    def add(self, witness: Witness) -> None:
        """Keep a witness. Shown rows that it moves make it wait."""
        witness.bad = sum(1 for row in witness.rows if not self.hidden[row])
        self.witnesses.append(witness)
        for row in witness.rows:
            self.touching[row].append(witness)

    def best(self, gap: Gap) -> Move | None:
        """The cheapest move that makes the gap smaller; smaller moves where the wanted one is impossible."""
        need = gap.need
        if gap.high < need.up:
            amounts = [need.up]
        elif -gap.low < need.down:
            amounts = [-need.down]
        else:
            amounts = [ceil(gap.low + need.width), floor(gap.high - need.width)]
        found = self._cheapest(gap, amounts)
        if found is None and len(amounts) == 2:
            for less in range(need.width - 1, 0, -max(1, need.width // 8)):
                found = self._cheapest(gap, [one for one in (less, -less) if one > gap.high or one < gap.low])
                if found:
                    break
        return found

    def _cheapest(self, gap: Gap, amounts: list[int]) -> Move | None:
        best: Move | None = None
        for amount in amounts:
            if amount < 0 and -amount > self.problem.total[gap.row]:
                continue
            move = self.moves.find(gap.row, gap.known, amount)
            if (
                move is not None
                and self._helps(gap, move.witness)
                and (best is None or move.cost < best.cost - 1e-9)
            ):
                best = move
                if not move.rows:
                    break
        return best

    def _helps(self, gap: Gap, witness: Witness) -> bool:
        least, most = witness.span(gap.row) if gap.row in witness.rows else (0, 0)
        return least < gap.low or most > gap.high

    def build(self) -> None:
        """Hide until every hidden row has its room against everyone. What cannot be protected is in `lost`."""
        size = len(self.problem.value)
        if size > SEEDED and self.hidden.any():
            for row in suppressed(self.problem, 1 if size <= LARGE else self.width):
                self.hidden[row] = True
        queue = [row for row in range(len(self.hidden)) if self.hidden[row]]
        queue.sort(key=lambda row: (self.problem.total[row], len(self.problem.rows[row]), row))
        done = 0
        while done < len(queue):
            queue += self._protect(queue[done])
            done += 1
            self.tick(done, len(queue))

    def _protect(self, row: int) -> list[int]:
        fresh: list[int] = []
        while gap := self.gap(row):
            move = self.best(gap)
            if move is None:
                if not self._give_up(row, gap.known):
                    break
                continue
            for one in move.rows:
                self.hide(one)
                fresh.append(one)
            self.add(move.witness)
        return fresh

    def _give_up(self, row: int, known: int) -> bool:
        """A row that these attackers can tell, whatever is hidden. Was it hidden for others' sake only, it is no secret.

        Then it is shown, if others can do without it; else it stays hidden, and True comes back: they may tell it, and
        there may be others who must not.
        """
        if self.problem.need[row] is not None:
            self.lost.add(row)
            return False
        effort = max(10, EFFORT // max(1, len(self.problem.value)))
        if row not in self.problem.held and self._without(row, self.moves.solved + effort, FREE):
            return False
        self.open.setdefault(row, []).append(known)
        return True

    def tidy(self) -> None:
        """Show again what the witnesses can do without, the most valuable first; found anew where that is cheaper."""
        secondary = [
            row
            for row in range(len(self.hidden))
            if self.hidden[row] and self.problem.need[row] is None and row not in self.problem.held
        ]
        secondary.sort(key=lambda row: (-self.problem.total[row], -len(self.problem.rows[row]), row))
        until = self.moves.solved + max(10, EFFORT // max(1, len(self.problem.value)))
        for number, row in enumerate(secondary):
            if self.hidden[row]:
                self._without(row, until, float(self.moves.cost[row]) * 0.999)
            self.tick(number + 1, len(secondary))

    def _without(self, row: int, until: int, limit: float) -> bool:
        """Try to show a hidden row and hide cheaper ones in its place. False: all is as it was."""
        moved = set[int]().union(*(witness.rows for witness in self.touching[row] if not witness.bad))
        affected = sorted(moved - {row})
        affected.sort(key=self.missed.__getitem__, reverse=True)
        self.show(row)
        self.moves.frozen[row] = True
        spent, fresh, kept = 0.0, list[int](), len(self.witnesses)
        holds = True
        while affected and holds:
            target = affected.pop(0)
            while holds and self.hidden[target] and (gap := self.gap(target)):
                move = self.best(gap) if self.moves.solved < until else None
                holds = move is not None and spent + move.cost < limit
                self.missed[target] += not holds
                if move is not None and holds:
                    spent += move.cost
                    for one in move.rows:
                        self.hide(one)
                    fresh += move.rows
                    affected += move.rows
                    self.add(move.witness)
        self.moves.frozen[row] = self.problem.fixed[row]
        if not holds:
            for one in fresh:
                self.show(one)
            for witness in self.witnesses[kept:]:
                witness.bad = GONE
                for one in witness.rows:
                    self.touching[one].pop()
            del self.witnesses[kept:]
            self.hide(row)
        return holds


def _breadth(names: Sequence[CellName]) -> float:
    """How much more a row is worth for being a total of totals: what is summed up is what most readers came for."""
    return max((float(COARSER ** name.key.count("")) for name in names), default=1.0)
