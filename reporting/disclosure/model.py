"""What goes in and what comes out: axes with hierarchies, variables of inner cells, tables, rules, cells, the audit.

An *inner cell* is the finest cross of a variable's axes. A *table* is every sum of inner cells over some of the axes, at
every level of every hierarchy. A cell's key has one code for each axis of its table: a code, a group, or "" for all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Literal

Number = int | Decimal | float
Kind = Literal["count", "money"]
Key = tuple[str, ...]
Progress = Callable[[int, int], None]
"""Called with (done, of): how much of the work is behind us. `of` may grow."""

ALL: Final = ""
"""The code for "all of them" on an axis. No code or group may be called this."""


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """One way to gather the codes of an axis. `parent`: code → group, and group → higher group, any number of levels.

    A code without a parent stands in no group of this hierarchy; a code that is its own parent likewise.
    """

    name: str
    parent: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Axis:
    """One dimension: every code there is, and the hierarchies over them (county and group stand beside each other)."""

    name: str
    codes: tuple[str, ...]
    hierarchies: tuple[Hierarchy, ...] = ()


@dataclass(frozen=True, slots=True)
class Inner:
    """One inner cell. `key` in the order of the variable's axes; `owner` is the member that knows it from before.

    `contributors`, `largest` and `second` (the two largest parts) are used for money only; no one stands in two inner
    cells. An amount without contributors (a budget line) is nobody's secret, and is hidden only for the sake of others.
    `version` is the caller's own mark. Which number is meant follows from the value: a cell with the same value as in
    an earlier release is held to be the same number, whatever its version (the more careful reading), and one with
    another value is another number.
    """

    key: Key
    value: Number = field(repr=False)
    owner: str = ""
    contributors: int = field(default=0, repr=False)
    largest: Number = field(default=0, repr=False)
    second: Number = field(default=0, repr=False)
    version: int = 0


@dataclass(frozen=True, slots=True)
class Variable:
    """One number, by its axes. Inner cells that are not given are nought and known to be (see Rules.zeros_public)."""

    id: str
    kind: Kind
    axes: tuple[Axis, ...]
    inner: tuple[Inner, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A variable by some of its axes (by name), the others summed away. Its cells are the margins at every level."""

    id: str
    variable: str
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """What must be hidden, and how far from the truth every attacker must be left.

    threshold: counts 1..threshold−1 are hidden, and money that fewer than `threshold` contribute to.
    min_width: how wide a hidden count's interval must be (highest less lowest); the threshold where none is given.
    dominance_n, dominance_k: money where the n largest (1 or 2) have more than k percent of it. k = None: not used.
    p: money where the second largest contributor can tell the largest within p percent. None: not used.
    min_share: how far from the truth hidden money must stay in both directions, in percent.
    zeros_public: noughts are shown, so everyone knows that a hidden count is 1 at least. If not, inner cells that are
        *given* as nought are hidden too, and with them the full cells that they follow from.
    coalition: how many members may lay their own figures together (0: only outsiders are reckoned with).
    """

    threshold: int = 5
    dominance_n: int = 1
    dominance_k: float | None = 80
    p: float | None = 10
    min_width: int | None = None
    min_share: float = 10
    zeros_public: bool = True
    coalition: int = 2

    @property
    def width(self) -> int:
        """The interval a hidden count must have."""
        return self.threshold if self.min_width is None else self.min_width


@dataclass(frozen=True, slots=True, order=True)
class CellName:
    """Which cell: table and key, and in which variable."""

    table: str
    key: Key

    def __str__(self) -> str:
        return f"{self.table}({', '.join(code or '*' for code in self.key)})"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as it may be shown: its true value, or hidden. Which cells were hidden first is not told (one mark)."""

    table: str
    key: Key
    value: int | Decimal | None
    hidden: bool


Attacker = Literal["outsider", "rule", "member", "pair", "second"]


@dataclass(frozen=True, slots=True)
class Facts:
    """What one kind of attacker was left with.

    attacker: outsider; rule (knows that noughts are shown and what is hidden first); member; pair (two members
        together); second (the second largest contributor to an amount).
    attackers: how many of them were tried. cells: hidden cells tried against each, those they know themselves left out.
    determined, narrow: how many hidden cells one of them could tell exactly, or too closely. Both are 0, or there is no
        release. narrowest: the narrowest interval proved for a count; None where there was none.
    before: hidden sums that one of them could tell before this release, from earlier ones and their own figures. They are
        no small cells; others are still kept from them.
    """

    attacker: Attacker
    attackers: int
    cells: int
    determined: int
    narrow: int
    narrowest: int | None
    before: int = 0


@dataclass(frozen=True, slots=True)
class Audit:
    """What was hidden, what it cost, and that no attacker gets it back. Sums over all tables of the release.

    primary: hidden by the rules. secondary: hidden so that the former do not follow. forced: hidden on request.
    Values are of shown and hidden cells that are not nought, in the variable's own unit.
    witnesses: how many other worlds, with the same published numbers, prove it. solved: linear programs solved.
    """

    cells: int
    primary: int
    secondary: int
    forced: int
    value: Decimal
    secondary_value: Decimal
    witnesses: int
    solved: int
    facts: tuple[Facts, ...]


@dataclass(frozen=True, slots=True)
class Protected:
    """A release that may be shown. `state` is JSON-able, secret, and is handed in as `earlier` next time."""

    cells: tuple[Cell, ...]
    audit: Audit
    state: Mapping[str, object] = field(repr=False)


class BadInput(ValueError):
    """What was handed in cannot be read as tables; the message says what and where."""


class Unprotectable(Exception):
    """These cells can no longer be protected, whatever is hidden now, because of what is published already."""

    def __init__(self, cells: tuple[CellName, ...]) -> None:
        self.cells = cells
        shown = ", ".join(str(cell) for cell in cells[:20])
        more = f" and {len(cells) - 20} more" if len(cells) > 20 else ""
        super().__init__(f"cannot be protected any more: {shown}{more}")

    def __reduce__(self) -> tuple[type[Unprotectable], tuple[tuple[CellName, ...]]]:
        return type(self), (self.cells,)
