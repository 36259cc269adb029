"""One variable as a problem: unknowns, rows over them, what is shown already, what must be hidden and how well."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from reporting.disclosure.cells import Ident, Margins, Unknown
from reporting.disclosure.model import CellName, Rules, Unprotectable
from reporting.disclosure.primary import Need, forced, primary, secondary
from reporting.disclosure.state import Known, Tellers


@dataclass(slots=True)
class Problem:
    """Rows are sums of unknowns, each inner set once. An unknown may stand for several that always go together.

    value, low, owner: of each unknown: the truth, the least it can be, and which member knows it (−1: none). What no row
    gives alone can be nought for all that anybody outside knows.
    rows: the unknowns of each row. least: what each row is at least, where noughts are shown. fixed: shown in an earlier
    release, so shown for ever. need: rows hidden from the start and the room they want. later: the room a row wants once
    it is hidden for others' sake.
    """

    value: list[int]
    low: list[int]
    owner: list[int]
    members: tuple[str, ...]
    rows: list[tuple[int, ...]]
    total: list[int]
    least: list[int]
    fixed: list[bool]
    need: list[Need | None]
    later: list[Need]
    names: list[list[CellName]]
    unknowns: list[list[Unknown]] = field(default_factory=list)
    asked: set[int] = field(default_factory=set)
    """Rows that are hidden on request or of old, not by a rule."""
    held: dict[int, list[int]] = field(default_factory=dict)
    """Rows that an earlier release kept from all but some, who could tell them: those (bits, one for each who could)."""


def build(
    margin: Margins, known: Known | None, kind: str, rules: Rules, *,
    forced_names: Collection[CellName], members: Collection[str] | None,
) -> Problem:  # fmt: skip
    """The problem of this release together with all earlier ones. Raises Unprotectable where a rule hides the shown."""
    every: dict[Ident, Unknown] = {one.ident: one for one in (known.unknowns if known else ())}
    every |= {one.ident: one for one in margin.unknowns}
    order = sorted(every)
    place = {ident: number for number, ident in enumerate(order)}
    unknowns = [every[ident] for ident in order]
    sets: dict[tuple[int, ...], list[CellName]] = {}
    for name, columns in margin.cells.items():
        if columns:
            sets.setdefault(tuple(sorted(place[margin.unknowns[one].ident] for one in columns)), []).append(
                name
            )
    shown, hidden, told = _known_rows(known, place)
    for old in (*shown, *hidden, *told):
        sets.setdefault(old, [])
    rows = list(sets)
    needs: list[Need | None] = []
    asked: set[int] = set()
    wanted = set(forced_names)
    for number, row in enumerate(rows):
        need = primary((unknowns[one] for one in row), kind, rules) if sets[row] else None
        if need is None and wanted.intersection(sets[row]):
            need = forced(sum(unknowns[one].value for one in row), kind, rules)
            asked.add(number)
        if row in hidden:
            if need is None:
                asked.add(number)
            need = _wider(need, hidden[row])
        needs.append(need)
    lost = [number for number, row in enumerate(rows) if needs[number] and row in shown]
    if lost:
        raise Unprotectable(tuple(sorted(name for number in lost for name in sets[rows[number]])))
    totals = [sum(unknowns[one].value for one in row) for row in rows]
    return _merged(
        unknowns, rows, members, rules, kind,
        total=totals, fixed=[row in shown for row in rows], need=needs,
        later=[secondary(total, kind, rules) for total in totals], names=[sets[row] for row in rows], asked=asked,
        told={number: told[row] for number, row in enumerate(rows) if row in told and needs[number] is None},
    )  # fmt: skip


def _wider(need: Need | None, old: Need) -> Need:
    if need is None:
        return old
    return Need(max(need.up, old.up), max(need.down, old.down), max(need.width, old.width))


def _known_rows(
    known: Known | None, place: Mapping[Ident, int]
) -> tuple[set[tuple[int, ...]], dict[tuple[int, ...], Need], dict[tuple[int, ...], Tellers]]:
    """Earlier releases' rows over the unknowns of this problem: shown, hidden, and kept from all but some."""
    if known is None:
        return set(), {}, {}
    where = [place[one.ident] for one in known.unknowns]
    shown = {tuple(sorted(where[one] for one in row)) for row in known.shown}
    hidden = {tuple(sorted(where[one] for one in row)): need for row, need in known.hidden.items()}
    told = {tuple(sorted(where[one] for one in row)): who for row, who in known.told.items()}
    return shown, hidden, {row: who for row, who in told.items() if row not in shown and row not in hidden}


def _merged(
    unknowns: Sequence[Unknown], rows: Sequence[tuple[int, ...]], members: Collection[str] | None, rules: Rules,
    kind: str, *, total: list[int], fixed: list[bool], need: list[Need | None], later: list[Need],
    names: list[list[CellName]], asked: set[int], told: Mapping[int, Tellers],
) -> Problem:  # fmt: skip
    """Unknowns of one owner that stand in the same rows become one: no attacker and no table can part them."""
    standing: list[list[int]] = [[] for _ in unknowns]
    for number, row in enumerate(rows):
        for column in row:
            standing[column].append(number)
    attackers = {one.owner for one in unknowns if one.owner and (members is None or one.owner in members)}
    ordered = tuple(sorted(attackers)) if rules.coalition else ()
    index = {name: number for number, name in enumerate(ordered)}
    group: dict[tuple[int, tuple[int, ...]], int] = {}
    gathered: list[list[Unknown]] = []
    new: list[int] = []
    for one, inside in zip(unknowns, standing, strict=True):
        number = group.setdefault((index.get(one.owner, -1), tuple(inside)), len(group))
        if number == len(gathered):
            gathered.append([])
        gathered[number].append(one)
        new.append(number)
    least = 1 if kind == "count" and rules.zeros_public else 0
    merged = [tuple(sorted({new[one] for one in row})) for row in rows]
    alone = {row[0] for row in merged if len(row) == 1}
    return Problem(
        value=[sum(one.value for one in parts) for parts in gathered],
        low=[least if number in alone else 0 for number in range(len(gathered))],
        owner=[index.get(parts[0].owner, -1) for parts in gathered],
        members=ordered,
        rows=merged, least=[min(least, one) for one in total],
        total=total, fixed=fixed, need=need, later=later, names=names, unknowns=gathered, asked=asked,
        held={
            row: [sum(1 << index[one] for one in each) for each in who if index.keys() >= set(each)]
            for row, who in told.items()
        },
    )  # fmt: skip
