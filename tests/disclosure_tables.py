"""Made-up tables in the shape of the real ones, for disclosure control to be tried on.

Neutral: neither the package under test nor its types are used here, so that what is built on this (the attacker, the
benchmark's baselines) can be written from the design alone. Everything is decided by a `Pick`, a seeded random generator or
a hypothesis draw, so that one builder serves both.

A cross of codes that has no row is nought, and known to be. Rows of value 0 may stand among the others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Literal

import numpy as np

Pick = Callable[[int, int], int]
"""A whole number from the first to the second, both included."""
Parents = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Axis:
    """A dimension: its finest codes, and for each of its hierarchies the parent of every code that has one."""

    name: str
    codes: tuple[str, ...]
    hierarchies: tuple[Parents, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """An inner cell. Of counts `contributors` is the value, `largest` and `second` 1. `version` grows when it is corrected."""

    key: tuple[str, ...]
    value: int
    owner: str
    contributors: int
    largest: int
    second: int
    version: int = 0


@dataclass(frozen=True, slots=True)
class Made:
    """One variable of one release: its rows and which tables over which axes are to be shown."""

    name: str
    kind: Literal["count", "money"]
    axes: tuple[Axis, ...]
    rows: tuple[Row, ...]
    tables: tuple[tuple[str, ...], ...]

    @property
    def owners(self) -> tuple[str, ...]:
        return tuple(sorted({row.owner for row in self.rows}))


def by_seed(seed: int) -> Pick:
    """A seeded generator as a Pick."""
    rng = np.random.default_rng(seed)
    return lambda low, high: int(rng.integers(low, high + 1))


def leaves(axis: Axis, code: str) -> frozenset[str]:
    """The finest codes under a code of any level of any hierarchy; under "" all of them."""
    if code == "":
        return frozenset(axis.codes)
    under = {code}
    for parents in axis.hierarchies:
        for leaf in axis.codes:
            node = leaf
            while node in parents:
                node = parents[node]
                if node == code:
                    under.add(leaf)
    return frozenset(under) & frozenset(axis.codes)


def nodes(axis: Axis) -> tuple[str, ...]:
    """Every code a margin may have on this axis: the finest, all groups over them, and "" for all."""
    groups = {
        parent for parents in axis.hierarchies for leaf in axis.codes for parent in _ancestors(parents, leaf)
    }
    return (*axis.codes, *sorted(groups - set(axis.codes)), "")


def _ancestors(parents: Parents, leaf: str) -> list[str]:
    found, node = [], leaf
    while node in parents:
        node = parents[node]
        found.append(node)
    return found


def margins(made: Made) -> dict[tuple[int, tuple[str, ...]], tuple[int, ...]]:
    """(table's place, key in the table's axes) → the places of the rows it sums: every cell of every table."""
    index = {axis.name: place for place, axis in enumerate(made.axes)}
    found: dict[tuple[int, tuple[str, ...]], tuple[int, ...]] = {}
    for place, by in enumerate(made.tables):
        axes = [made.axes[index[name]] for name in by]
        over = [{} for _ in axes]  # type: list[dict[str, list[str]]]
        for axis, reached in zip(axes, over, strict=True):
            for node in nodes(axis):
                for leaf in leaves(axis, node):
                    reached.setdefault(leaf, []).append(node)
        cells: dict[tuple[str, ...], list[int]] = {key: [] for key in product(*map(nodes, axes))}
        for at, row in enumerate(made.rows):
            codes = [row.key[index[name]] for name in by]
            for key in product(*(reached[code] for reached, code in zip(over, codes, strict=True))):
                cells[key].append(at)
        found |= {(place, key): tuple(rows) for key, rows in cells.items()}
    return found


def all_tables(names: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """The one table over all axes: its margins are every smaller table as well."""
    return (tuple(names),)


def real_shape(
    seed: int,
    regions: int,
    *,
    further: Mapping[str, int] | None = None,
    mean: float = 2.6,
    counties: int | None = None,
    groups: int | None = None,
    kind: Literal["count", "money"] = "count",
    name: str = "users",
) -> Made:
    """Municipalities as they are: a few large, many small; two hierarchies that cut across each other.

    `mean` is an inner cell's average in a region of the middle size; about a fifth of the cells then hold 1 or 2.
    """
    rng = np.random.default_rng(seed)
    codes = tuple(f"r{number:03}" for number in range(regions))
    county = {
        c: f"county{n}"
        for c, n in zip(codes, _cut(rng, regions, counties or max(2, regions // 28)), strict=True)
    }
    group = {
        c: f"group{n}"
        for c, n in zip(codes, rng.integers(0, groups or max(2, min(16, regions // 4)), regions), strict=True)
    }
    more = tuple(
        Axis(axis, tuple(f"{axis}{n}" for n in range(size)))
        for axis, size in (further or {"age": 4, "gender": 3}).items()
    )
    size = rng.lognormal(0.0, 0.9, regions)
    shares = [rng.dirichlet(np.full(len(axis.codes), 1.2)) * len(axis.codes) for axis in more]
    rows = []
    for at, region in enumerate(codes):
        for cross in product(*(range(len(axis.codes)) for axis in more)):
            expected = mean * size[at] * np.prod([share[c] for share, c in zip(shares, cross, strict=True)])
            count = int(rng.poisson(expected))
            if count:
                key = (region, *(axis.codes[c] for axis, c in zip(more, cross, strict=True)))
                rows.append(counted(key, count, region) if kind == "count" else paid(rng, key, count, region))
    axes = (Axis("region", codes, (county, group)), *more)
    return Made(name, kind, axes, tuple(rows), all_tables([axis.name for axis in axes]))


def counted(key: tuple[str, ...], count: int, owner: str) -> Row:
    return Row(key, count, owner, count, min(1, count), 1 if count > 1 else 0)


def paid(rng: np.random.Generator, key: tuple[str, ...], contributors: int, owner: str) -> Row:
    """What `contributors` people were paid, a few of them much more than the others; whole kroner."""
    parts = np.sort(np.round(rng.lognormal(9.0, 0.8, contributors)).astype(int) + 1)[::-1]
    second = int(parts[1]) if contributors > 1 else 0
    return Row(key, int(parts.sum()), owner, contributors, int(parts[0]), second)


def _cut(rng: np.random.Generator, regions: int, parts: int) -> list[int]:
    """Neighbours together: regions in order, cut into parts of different sizes."""
    ends = np.sort(rng.choice(np.arange(1, regions), min(parts, regions) - 1, replace=False))
    return [int(np.searchsorted(ends, at, side="right")) for at in range(regions)]


def only(made: Made, regions: Sequence[str]) -> Made:
    """The same without the other regions: a municipality that is late, or has left, is in no table at all."""
    kept = set(regions)
    first = made.axes[0]
    axis = Axis(
        first.name,
        tuple(code for code in first.codes if code in kept),
        tuple(
            {c: p for c, p in parents.items() if c in kept or c not in first.codes}
            for parents in first.hierarchies
        ),
    )
    return replace(
        made, axes=(axis, *made.axes[1:]), rows=tuple(row for row in made.rows if row.key[0] in kept)
    )


def corrected(made: Made, pick: Pick, number: int) -> Made:
    """Up to `number` rows with another value: a new version each, and so another unknown."""
    rows = list(made.rows)
    for _ in range(min(number, len(rows))):
        at = pick(0, len(rows) - 1)
        row = rows[at]
        value = max(0 if row.value == 0 else 1, row.value + pick(-2, 3))
        if value != row.value and made.kind == "count":
            rows[at] = replace(counted(row.key, value, row.owner), version=row.version + 1)
        elif made.kind == "money" and row.contributors:
            more = pick(1, 5_000)
            rows[at] = replace(
                row, value=row.value + more, largest=row.largest + more, version=row.version + 1
            )
    return replace(made, rows=tuple(rows))


def series(made: Made, seed: int) -> tuple[Made, Made, Made]:
    """Three releases of the same: one region late, then in, with corrections; then another has left."""
    pick = by_seed(seed)
    codes = made.axes[0].codes
    late, leaver = codes[pick(0, len(codes) // 2 - 1)], codes[pick(len(codes) // 2, len(codes) - 1)]
    first = only(made, [code for code in codes if code != late])
    second = corrected(made, pick, max(2, len(made.rows) // 60))
    third = only(second, [code for code in codes if code != leaver])
    return first, second, third


VALUES: Mapping[str, tuple[int, ...]] = {
    "ones": (1, 1, 1, 0),
    "small": (0, 1, 1, 2, 2, 3, 4),
    "skewed": (0, 0, 1, 1, 2, 3, 5, 8, 40, 300),
    "ties": (3, 3, 3, 2),
    "large": (50, 60, 70, 80),
}


def any_shape(pick: Pick, *, money: bool = False, regions: int = 7) -> Made:
    """A small table with all the awkwardness there is: see `_parents` and VALUES for what may happen."""
    codes = tuple(f"r{number}" for number in range(pick(1, regions)))
    hierarchies = [_parents(pick, codes, f"h{number}_") for number in range(pick(0, 2))]
    if hierarchies and pick(0, 5) == 0:  # a group that is exactly a county, under another name
        hierarchies.append(
            {code: f"same_{parent}" for code, parent in hierarchies[0].items() if code in codes}
        )
    more = tuple(
        Axis(f"d{n}", tuple(f"d{n}_{c}" for c in range(pick(1, 4))))
        for n in range(pick(0 if len(codes) > 2 else 1, 2))
    )
    axes = (Axis("region", codes, tuple(hierarchies)), *more)
    sole = pick(0, 9) == 0  # one owner has everything
    empty = [axis.codes[0] if pick(0, 5) == 0 else None for axis in more]  # a column of noughts
    values = VALUES[sorted(VALUES)[pick(0, len(VALUES) - 1)]]
    rows = []
    for key in product(*(axis.codes for axis in axes)):
        count = values[pick(0, len(values) - 1)]
        if any(code == nought for code, nought in zip(key[1:], empty, strict=True)):
            count = 0
        if count or pick(0, 1):  # a nought may stand as a row or be left out
            owner = "one" if sole else key[0]
            rows.append(_few_paid(pick, key, min(count, 6), owner) if money else counted(key, count, owner))
    names = tuple(axis.name for axis in axes)
    return Made("v", "money" if money else "count", axes, tuple(rows), _some_tables(pick, names))


def _parents(pick: Pick, codes: Sequence[str], prefix: str) -> dict[str, str]:
    """Each code in a group: perhaps alone, perhaps all in one; perhaps with a level above, perhaps some without a parent."""
    number = pick(1, max(1, len(codes)))
    parents = {code: f"{prefix}{pick(1, number)}" for code in codes if pick(0, 11)}
    if pick(0, 3) == 0:
        parents |= {group: f"{prefix}top{pick(1, 2)}" for group in sorted(set(parents.values()))}
    return parents


def _some_tables(pick: Pick, names: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Mostly the full cross; else linked smaller tables, the finest cross not among them."""
    if len(names) < 3 or pick(0, 2):
        return all_tables(names)
    smaller = ((names[0], names[1]), (names[0], names[2]), (names[1], names[2]))
    return smaller[: pick(2, 3)]


def _few_paid(pick: Pick, key: tuple[str, ...], contributors: int, owner: str) -> Row:
    parts = sorted((pick(1, 4) ** pick(1, 6) * 10 for _ in range(contributors)), reverse=True)
    padded = [*parts, 0, 0]
    return Row(key, sum(parts), owner, contributors, padded[0], padded[1])
