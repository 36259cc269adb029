"""From approved inner cells to numbers that may be shown: disclosure control over every chosen table, and what ties them.

Pure: no database. Each measure is protected by itself, since no sum runs across two. Measures that give one another, such
as hours and what they cost (tables.SAME), are then held together: what a place hides of one it hides of the others, until
nothing changes. And where one is a small count, those that are a good guess at it (tables.TELLING) are hidden too.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from reporting.disclosure.api import (
    Axis,
    Cell,
    Facts,
    Hierarchy,
    Inner,
    Key,
    Protected,
    Rules,
    Table,
    Unprotectable,
    Variable,
    protect,
)
from reporting.releases.people import too_few
from reporting.releases.shown import GROUP
from reporting.releases.tables import (
    MORE_THAN,
    PLACE,
    Spot,
    divisions,
    largest,
    table_id,
    table_of,
    told,
    told_by,
)
from reporting.releases.together import CannotProtect as CannotProtect  # noqa: PLC0414 - read from here
from reporting.releases.together import Progress, hold_together
from sammen.figures import Reading

PATIENCE_S: Final = 30.0
"""So long may the counting of what each table costs take; it is left out when protecting alone took longer."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A measure as disclosure control needs it: how small numbers are told, and its dimensions with their codes."""

    kind: str
    dimensions: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The dimensions' ids."""
        return tuple(name for name, _ in self.dimensions)


@dataclass(frozen=True, slots=True)
class Material:
    """What a release is made from. `figures`: place → measure → inner cells; a place without a measure has not reported it.

    `groups`: place → code of its group. `earlier`: what the last release of the period left for this one (see `Made`).
    `outside`: cells by measure that are hidden for what the period before hides.
    """

    shapes: Mapping[str, Shape]
    figures: Mapping[str, Mapping[str, Sequence[Reading]]] = field(repr=False)
    groups: Mapping[str, str]
    tables: tuple[str, ...]
    threshold: int
    earlier: Mapping[str, Any] = field(default_factory=dict, repr=False)
    outside: Mapping[str, Collection[Spot]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OutCell:
    """A number that may be shown, or a mark in its place."""

    measure: str
    by: tuple[str, ...]
    place: str
    key: tuple[str, ...]
    value: Decimal | None = field(repr=False)
    hidden: bool


@dataclass(frozen=True, slots=True)
class Made:
    """A protected release: cells without noughts, plain facts, and what the next one must take as known."""

    cells: tuple[OutCell, ...]
    report: dict[str, Any]
    state: dict[str, Any] = field(repr=False)


class OtherShape(Exception):
    """A measure has other dimensions than in the period's last release: its numbers can no longer be compared."""

    def __init__(self, measure: str) -> None:
        super().__init__(measure)
        self.measure = measure


def rules_of(threshold: int) -> Rules:
    """The rules of every release: counts below the threshold, dominance and p percent for sums, two members together."""
    return Rules(threshold=threshold)


class _Measure:
    """One measure on its way through: what it is made of, what must be hidden of it, and what came out."""

    def __init__(self, name: str, material: Material) -> None:
        shape = material.shapes[name]
        self.name, self.shape = name, shape
        self.tables = [table_of(one)[1] for one in largest(material.tables) if table_of(one)[0] == name]
        places = tuple(sorted(place for place, held in material.figures.items() if name in held))
        grouped = {place: GROUP + material.groups[place] for place in places if material.groups.get(place)}
        axes = (
            Axis(PLACE, places, (Hierarchy("group", grouped),) if grouped else ()),
            *(Axis(dimension, codes) for dimension, codes in _codes(shape, material, name)),
        )
        counted = shape.kind in ("count", "banded")
        inner = tuple(
            _inner(place, reading, counted)
            for place in places
            for reading in sorted(material.figures[place][name], key=lambda one: one.key)
            if reading.value
        )
        self.variable = Variable(name, "count" if counted else "money", axes, inner)
        before = material.earlier.get(name)
        self.earlier = [before["state"]] if before else []
        self.rules = rules_of(material.threshold)
        self.sums = _margins(name, material, self.tables)
        self.apart: frozenset[Spot] = frozenset()
        """Hidden for the sake of a difference: it tells nothing of the cells of others."""
        self.forced = {spot for spot in material.outside.get(name, ()) if self.sums.get(spot)}
        held = {place: material.figures[place][name] for place in places}
        self.forced |= too_few(name, held, shape.names, grouped, self.sums, self.rules)
        self.out: Protected | None = None
        self.cells: dict[Spot, Cell] = {}
        """What came out, each cell once, however many tables have it."""

    def run(self, progress: Progress | None = None) -> None:
        """Protect it with what is forced now."""
        self.out = self.protected(self.tables, self.forced, progress)
        self.cells = {spot_of(cell.table, cell.key): cell for cell in self.out.cells}

    def protected(
        self, tables: Sequence[tuple[str, ...]], forced: Iterable[Spot], progress: Progress | None = None
    ) -> Protected:
        """The measure's `tables`, protected. Raises CannotProtect."""
        wanted = [Table(table_id(self.name, by), self.name, (PLACE, *by)) for by in tables]
        try:
            return protect(
                [self.variable], wanted, rules=self.rules, earlier=self.earlier,
                forced=sorted(self._address(spot, tables) for spot in forced), progress=progress,
            )  # fmt: skip
        except Unprotectable as error:
            raise CannotProtect([(self.name, spot_of(one.table, one.key)) for one in error.cells]) from None

    def _address(self, spot: Spot, tables: Sequence[tuple[str, ...]]) -> tuple[str, Key]:
        by, place, key = spot
        codes = dict(zip(by, key, strict=True))
        table = next(one for one in tables if set(by) <= set(one))
        return table_id(self.name, table), (place, *(codes.get(name, "") for name in table))

    def ready(self) -> bool:
        """Whether it has been protected."""
        return self.out is not None

    def hidden(self) -> set[Spot]:
        """The cells that are hidden."""
        return {spot for spot, cell in self.cells.items() if cell.hidden}

    def tells(self) -> set[Spot]:
        """Those of them that others must not tell."""
        return self.hidden() - self.apart

    def known(self, spot: Spot) -> bool:
        """Whether this measure has the cell, and it is not nought: that is shown."""
        return bool(self.sums.get(spot))


def _margins(name: str, material: Material, tables: Sequence[tuple[str, ...]]) -> dict[Spot, Decimal]:
    """Every number of a measure's tables, as it is."""
    found: dict[Spot, Decimal] = {}
    dimensions = material.shapes[name].names
    wanted = divisions(table_id(name, by) for by in tables).get(name, frozenset())
    for place, held in material.figures.items():
        above = ["", place, *([GROUP + material.groups[place]] if material.groups.get(place) else [])]
        for one in held.get(name, ()):
            codes = dict(zip(dimensions, one.key, strict=True))
            for by in wanted:
                key = tuple(codes[dimension] for dimension in by)
                for where in above:
                    found[by, where, key] = found.get((by, where, key), Decimal(0)) + one.value
    return found


def _small_differences(run: Mapping[str, _Measure], name: str) -> frozenset[Spot]:
    """Totals of this measure that, less another's, tell of few people (tables.MORE_THAN); at every level of place."""
    found: set[Spot] = set()
    for few in (few for many, few in MORE_THAN if many == name and few in run):
        for spot, value in run[name].sums.items():
            if not spot[0] and 0 < abs(value - run[few].sums.get(spot, 0)) < run[name].rules.threshold:
                found.add(spot)
    return frozenset(found)


def _small_counts(run: Mapping[str, _Measure], name: str) -> set[Spot]:
    """The cells of this measure that would be a good guess at another's small count (tables.TELLING)."""
    found: set[Spot] = set()
    for other in told_by(name) & run.keys():
        if run[other].variable.kind == "count":
            for spot, number in run[other].sums.items():
                found |= told(other, spot, name) if 0 < number < run[other].rules.threshold else set()
    return {spot for spot in found if run[name].known(spot)}


def _codes(shape: Shape, material: Material, name: str) -> list[tuple[str, tuple[str, ...]]]:
    """The dimensions' codes, and those that an older edition of somebody's has beside them."""
    met: list[set[str]] = [set() for _ in shape.dimensions]
    for held in material.figures.values():
        for reading in held.get(name, ()):
            for codes, code in zip(met, reading.key, strict=True):
                codes.add(code)
    return [
        (dimension, (*codes, *sorted(more - set(codes))))
        for (dimension, codes), more in zip(shape.dimensions, met, strict=True)
    ]


def _inner(place: str, reading: Reading, counted: bool) -> Inner:
    value = int(reading.value) if counted else reading.value
    return Inner((place, *reading.key), value, place, reading.contributors, reading.largest, reading.second)


def spot_of(table: str, key: Key) -> Spot:
    """Which cell a table's key means, whichever table it stands in: dimensions that are summed away are left out."""
    _, by = table_of(table)
    kept = [(name, code) for name, code in zip(by, key[1:], strict=True) if code]
    return tuple(name for name, _ in kept), key[0], tuple(code for _, code in kept)


def protect_release(
    material: Material, progress: Progress | None = None, *, costs: bool = True, workers: int = 2
) -> Made:
    """Protect everything that was chosen; `costs`: and count what each table costs. Raises CannotProtect, OtherShape."""
    began = time.perf_counter()
    names = sorted({table_of(one)[0] for one in material.tables})
    for name in names:
        before = material.earlier.get(name)
        if before is not None and list(material.shapes[name].names) != before["shape"]:
            raise OtherShape(name)
    run = {name: _Measure(name, material) for name in names}
    for name in names:
        run[name].apart = _small_differences(run, name)
        run[name].forced |= {*run[name].apart, *_small_counts(run, name)}
    run = hold_together(run, progress, workers)
    cells = [_out(name, spot, cell) for name in names for spot, cell in sorted(run[name].cells.items())]
    report = _report(material, run, time.perf_counter() - began)
    if any(fact["determined"] or fact["narrow"] for fact in report["facts"]):
        raise CannotProtect(())
    if costs and report["seconds"] < PATIENCE_S:
        report["costs"] = _costs(run, began)
    state = dict(material.earlier)
    for name in names:
        out = run[name].out
        assert out is not None
        state[name] = {"shape": list(run[name].shape.names), "state": dict(out.state)}
    return Made(tuple(one for one in cells if one.hidden or one.value), report, state)


def _out(name: str, spot: Spot, cell: Cell) -> OutCell:
    by, place, key = spot
    return OutCell(name, by, place, key, None if cell.hidden else Decimal(str(cell.value)), cell.hidden)


# What is told of it -----------------------------------------------------------------------------------------------
def _report(material: Material, run: Mapping[str, _Measure], seconds: float) -> dict[str, Any]:
    """Plain facts: numbers of cells, never a value, and nothing that tells which were hidden first."""
    tables = []
    for text in largest(material.tables):
        name, by = table_of(text)
        inside = [cell for spot, cell in run[name].cells.items() if spot[0] == by]
        tables.append({"id": text, "cells": len(inside), "hidden": sum(cell.hidden for cell in inside)})
    all_cells = [cell for one in run.values() for cell in one.cells.values()]
    return {
        "tables": tables,
        "cells": len(all_cells),
        "hidden": sum(cell.hidden for cell in all_cells),
        "facts": _facts([one.out for one in run.values() if one.out is not None]),
        "measures": len(run),
        "seconds": round(seconds, 1),
    }


def _facts(found: Sequence[Protected]) -> list[dict[str, Any]]:
    """What each kind of attacker was left with, over all measures."""
    together: dict[str, list[Facts]] = {}
    for one in found:
        for fact in one.audit.facts:
            together.setdefault(fact.attacker, []).append(fact)
    return [
        {
            "attacker": attacker,
            "attackers": max(fact.attackers for fact in facts),
            "cells": sum(fact.cells for fact in facts),
            "determined": sum(fact.determined for fact in facts),
            "narrow": sum(fact.narrow for fact in facts),
            "narrowest": min((f.narrowest for f in facts if f.narrowest is not None), default=None),
            "before": sum(fact.before for fact in facts),
        }
        for attacker, facts in together.items()
    ]


def _costs(run: Mapping[str, _Measure], began: float) -> list[dict[str, Any]]:
    """For each table beside others of its measure: how many numbers elsewhere would be shown without it, most first."""
    found: list[tuple[int, str]] = []
    for name in sorted(run):
        one = run[name]
        hidden = one.hidden()
        for by in one.tables if len(one.tables) > 1 and hidden else ():
            if time.perf_counter() - began > PATIENCE_S:
                break
            others = [other for other in one.tables if other != by]
            stays = {spot for spot in hidden if any(set(spot[0]) <= set(other) for other in others)}
            try:
                out = one.protected(others, one.forced & stays)
            except CannotProtect:
                continue
            still = {spot_of(cell.table, cell.key) for cell in out.cells if cell.hidden}
            found.append((len(stays) - len(still), table_id(name, by)))
    return [
        {"id": text, "saved": saved}
        for saved, text in sorted(found, key=lambda o: (-o[0], o[1]))
        if saved > 0
    ]
