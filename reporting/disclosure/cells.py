"""From tables to rows over unknowns: all margins at all levels of all hierarchies, the same inner set met once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from typing import Final

from reporting.disclosure.model import (
    ALL,
    Axis,
    BadInput,
    Cell,
    CellName,
    Inner,
    Key,
    Number,
    Table,
    Variable,
)

SCALE: Final = {"count": 1, "money": 100}
"""Numbers are whole inside: counts by one, money by hundredths."""

MOST: Final = 10**12
"""No number is larger: the programs reckon in binary fractions, and sums of larger ones would not be exact there."""

Ident = tuple[Key, int]
"""Which number an unknown is: its inner cell and its value (see Inner: the version does not tell them apart)."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """An inner cell that is part of a shown table, in whole units."""

    key: Key
    value: int
    owner: str
    contributors: int = 0
    largest: int = 0
    second: int = 0

    @property
    def ident(self) -> Ident:
        """What tells it from other numbers in this and earlier releases."""
        return self.key, self.value


def whole(number: Number, kind: str, where: str) -> int:
    """A number in whole units; raises BadInput where it is negative, not a number, or too large; a count also with decimals.

    An amount of more than two decimals is what binary fractions make of it, and is the nearest hundredth.
    """
    try:
        exact = Decimal(str(number)) * SCALE[kind]
        if exact > MOST * SCALE[kind]:
            raise BadInput(f"{where}: {number} is more than {MOST}")
        units = int(exact)
    except (ArithmeticError, ValueError) as error:
        raise BadInput(f"{where}: {number!r} is not a number") from error
    if exact < 0:
        raise BadInput(f"{where}: {number} is negative")
    if kind == "count" and exact != units:
        raise BadInput(f"{where}: {number} is not a whole number")
    return units if exact == units else round(exact)


def shown_value(units: int, kind: str) -> int | Decimal:
    """Whole units as the caller knows them: an int for counts, two decimals for money."""
    return units if kind == "count" else Decimal(units).scaleb(-2)


def nodes(axis: Axis) -> dict[str, tuple[str, ...]]:
    """Every node of an axis, "" first, then groups as they are met, then codes: the codes below it."""
    if len(set(axis.codes)) < len(axis.codes):
        twice = sorted({code for code in axis.codes if axis.codes.count(code) > 1})
        raise BadInput(f"axis {axis.name}: {', '.join(twice)} given twice")
    if ALL in axis.codes:
        raise BadInput(f"axis {axis.name}: a code may not be empty")
    own = set(axis.codes)
    groups: dict[str, list[str]] = {}
    for hierarchy in axis.hierarchies:
        below: dict[str, list[str]] = defaultdict(list)
        for code in axis.codes:
            for group in _above(code, hierarchy.parent, f"axis {axis.name}, hierarchy {hierarchy.name}"):
                below[group].append(code)
        for group, members in below.items():
            if group in own or groups.setdefault(group, members) != members:
                raise BadInput(
                    f"axis {axis.name}, hierarchy {hierarchy.name}: {group!r} already means something else"
                )
    return (
        {ALL: axis.codes}
        | {name: tuple(codes) for name, codes in groups.items()}
        | {c: (c,) for c in axis.codes}
    )


def _above(code: str, parent: Mapping[str, str], where: str) -> Iterator[str]:
    """The groups a code stands in, nearest first."""
    seen = {code}
    while (above := parent.get(code, ALL)) not in (ALL, code):
        if above in seen:
            raise BadInput(f"{where}: {above!r} stands above itself")
        seen.add(above)
        yield above
        code = above


@dataclass(frozen=True, slots=True)
class Margins:
    """A variable's shown cells: the unknowns, and for every cell the unknowns that it is the sum of."""

    unknowns: tuple[Unknown, ...]
    cells: Mapping[CellName, tuple[int, ...]]


def read_unknowns(variable: Variable, *, keep_noughts: bool) -> tuple[Unknown, ...]:
    """The inner cells in the order of their keys; noughts are dropped unless they are hidden too."""
    codes = [set(axis.codes) for axis in variable.axes]
    found: dict[Key, Unknown] = {}
    for inner in variable.inner:
        where = f"{variable.id}{inner.key}"
        if len(inner.key) != len(codes):
            raise BadInput(f"{where}: {len(codes)} codes wanted")
        for code, allowed, axis in zip(inner.key, codes, variable.axes, strict=True):
            if code not in allowed:
                raise BadInput(f"{where}: axis {axis.name} has no code {code!r}")
        if inner.key in found:
            raise BadInput(f"{where}: given twice")
        found[inner.key] = _unknown(inner, variable.kind, where)
    return tuple(found[key] for key in sorted(found) if keep_noughts or found[key].value)


def _unknown(inner: Inner, kind: str, where: str) -> Unknown:
    value = whole(inner.value, kind, where)
    if kind == "count":
        return Unknown(inner.key, value, inner.owner)
    largest, second = (whole(part, kind, where) for part in (inner.largest, inner.second))
    if inner.contributors < 0 or (not inner.contributors and largest):
        raise BadInput(f"{where}: an amount needs contributors")
    if second > largest or largest + second > value:
        raise BadInput(f"{where}: the largest parts do not fit the amount")
    return Unknown(inner.key, value, inner.owner, inner.contributors, largest, second)


def margins(variable: Variable, tables: Sequence[Table], *, keep_noughts: bool) -> Margins:
    """All cells of a variable's tables. Raises BadInput for what does not hang together."""
    names = [axis.name for axis in variable.axes]
    if len(set(names)) < len(names):
        raise BadInput(f"{variable.id}: two axes have the same name")
    tree = {axis.name: nodes(axis) for axis in variable.axes}
    above: dict[str, dict[str, list[str]]] = {name: defaultdict(list) for name in names}
    for name, below in tree.items():
        for node, codes in below.items():
            for code in codes:
                above[name][code].append(node)
    unknowns = read_unknowns(variable, keep_noughts=keep_noughts)
    cells: dict[CellName, list[int]] = {}
    for table in tables:
        if len(set(table.by)) < len(table.by) or not set(table.by) <= set(names):
            raise BadInput(
                f"table {table.id}: {', '.join(table.by)} are not axes of {variable.id}, each once"
            )
        for key in product(*(tree[name] for name in table.by)):
            cells[CellName(table.id, key)] = []
        places = [names.index(name) for name in table.by]
        for number, unknown in enumerate(unknowns):
            ways = (above[names[place]][unknown.key[place]] for place in places)
            for key in product(*ways):
                cells[CellName(table.id, key)].append(number)
    return Margins(unknowns, {name: tuple(columns) for name, columns in cells.items()})


def finished(margin: Margins, hidden: set[CellName], kind: str) -> Iterator[Cell]:
    """The cells as they may be shown."""
    for name, columns in margin.cells.items():
        value = sum(margin.unknowns[column].value for column in columns)
        covered = name in hidden
        yield Cell(name.table, name.key, None if covered else shown_value(value, kind), covered)
