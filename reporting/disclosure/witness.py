"""Other worlds with the same published numbers, and whether they leave every attacker in doubt.

A *witness* is a direction: whole numbers to move some unknowns by, that leave every published row as it is. The truth
moved `up` times along it, or `down` times against it, is a world that could be; the attacker sees no difference. It
counts against every attacker who knows none of the unknowns that it moves. So one sparse witness holds against nearly
all members and pairs of them, and only those it touches must be looked at one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from reporting.disclosure.primary import Need

Reach = int | Fraction


@dataclass(slots=True)
class Witness:
    """columns, steps: the unknowns and what each moves by. rows: what each touched row moves by (not nought).

    up, down: how far it may go without an unknown falling under the least it can be; `up` is a fraction where no world
    in whole numbers was found near by. owners: a bit for each member whose unknowns it moves. bad: how many touched
    rows are shown; it counts only while there are none.
    """

    columns: tuple[int, ...]
    steps: tuple[int, ...]
    rows: dict[int, int]
    up: int | Fraction
    down: int
    owners: int
    bad: int = 0

    def span(self, row: int) -> tuple[Reach, Reach]:
        """The least and the most a row moves by: (≤ 0, ≥ 0)."""
        step = self.rows[row]
        return (-self.down * step, self.up * step) if step > 0 else (self.up * step, -self.down * step)


@dataclass(frozen=True, slots=True)
class Gap:
    """A hidden row that some attackers can tell too closely: they together know `known` (bits), and what room is left."""

    row: int
    known: int
    low: Reach
    high: Reach
    need: Need


def room(row: int, known: int, witnesses: Sequence[Witness], need: Need) -> tuple[Reach, Reach, int]:
    """(low, high, owners): how far the row may move as far as an attacker can tell, and whose unknowns the proof moves.

    Stops as soon as the need is met, so that the proof stays small.
    """
    low, high, used = reached(row, known, witnesses, need)
    owners = 0
    for witness in used:
        owners |= witness.owners
    return low, high, owners


def reached(
    row: int, known: int, witnesses: Sequence[Witness], need: Need
) -> tuple[Reach, Reach, tuple[Witness, ...]]:
    """As `room`, with the one or two witnesses that reach so far instead of whom they move."""
    low: Reach = 0
    high: Reach = 0
    down: Witness | None = None
    up: Witness | None = None
    for witness in witnesses:
        if witness.bad or witness.owners & known:
            continue
        least, most = witness.span(row)
        if least >= low and most <= high:
            continue
        if least < low:
            low, down = least, witness
        if most > high:
            high, up = most, witness
        if met(low, high, need):
            break
    if down is None or down is up:
        return low, high, () if up is None else (up,)
    return low, high, (down,) if up is None else (down, up)


def met(low: Reach, high: Reach, need: Need) -> bool:
    """Is the room enough?"""
    return high >= need.up and -low >= need.down and high - low >= need.width


def bits(mask: int) -> list[int]:
    """The members in a mask, in order."""
    found = []
    while mask:
        least = mask & -mask
        found.append(least.bit_length() - 1)
        mask ^= least
    return found
