"""A release from end to end: variables one by one, the pattern, the audit, and what is kept for the next time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import get_args

from reporting.disclosure import state
from reporting.disclosure.apart import Tell, side_by_side
from reporting.disclosure.audit import Tally, attack
from reporting.disclosure.cells import Margins, finished, margins, shown_value
from reporting.disclosure.model import (
    Attacker,
    Audit,
    BadInput,
    Cell,
    CellName,
    Key,
    Progress,
    Protected,
    Rules,
    Table,
    Unprotectable,
    Variable,
)
from reporting.disclosure.pattern import Pattern
from reporting.disclosure.primary import Need
from reporting.disclosure.problem import Problem, build
from reporting.disclosure.witness import Witness, bits

UNSEEN = "(earlier release)"


@dataclass(slots=True)
class _Sums:
    """The audit as it is added up over variables."""

    tallies: dict[Attacker, Tally] = field(
        default_factory=lambda: {name: Tally() for name in get_args(Attacker)}
    )
    cells: int = 0
    primary: int = 0
    secondary: int = 0
    forced: int = 0
    value: Decimal = Decimal(0)
    secondary_value: Decimal = Decimal(0)
    witnesses: int = 0
    solved: int = 0

    def add(self, more: _Sums) -> None:
        """Another variable's audit."""
        for name, tally in more.tallies.items():
            self.tallies[name].add(tally)
        for number in (
            "cells",
            "primary",
            "secondary",
            "forced",
            "witnesses",
            "solved",
            "value",
            "secondary_value",
        ):
            setattr(self, number, getattr(self, number) + getattr(more, number))


@dataclass(frozen=True, slots=True)
class _Task:
    """One variable, and all that is needed to protect it by itself."""

    variable: Variable
    margin: Margins
    known: state.Known | None
    rules: Rules
    wanted: list[CellName]
    members: Collection[str] | None


def release(
    variables: Sequence[Variable], tables: Sequence[Table], rules: Rules, earlier: Sequence[Mapping[str, object]],
    forced: Iterable[tuple[str, Key]], members: Collection[str] | None, progress: Progress | None,
    workers: int,
) -> Protected:  # fmt: skip
    """See api.protect."""
    _sensible(variables, tables, rules)
    known = state.read(earlier)
    wanted = [CellName(table, tuple(key)) for table, key in forced]
    made: dict[str, Margins] = {}
    for variable in variables:
        own = [table for table in tables if table.variable == variable.id]
        made[variable.id] = margins(variable, own, keep_noughts=not rules.zeros_public)
        if variable.id in known and known[variable.id].kind != variable.kind:
            raise BadInput(f"{variable.id} was {known[variable.id].kind} in an earlier release")
        if variable.id in known:
            _divided_alike(variable, known[variable.id])
    missing = sorted(name for name in wanted if not any(name in margin.cells for margin in made.values()))
    if missing:
        raise BadInput(f"no such cell to hide: {missing[0]}")
    tasks = [
        _Task(one, made[one.id], known.get(one.id), rules, wanted, members) for one in variables
    ]  # fmt: skip
    sums, hidden, lost = _Sums(), set[CellName](), list[CellName]()
    sizes = [len(task.margin.unknowns) for task in tasks]
    for task, (found, part) in zip(
        tasks, side_by_side(_one, tasks, sizes, workers=workers, told=_told(progress)), strict=True
    ):
        if isinstance(found, Unprotectable):
            lost += found.cells
        else:
            covered, known[task.variable.id] = found
            hidden |= covered
            sums.add(part)
    if lost:
        raise Unprotectable(tuple(sorted(set(lost))))
    cells = _in_order(tables, made, {variable.id: variable.kind for variable in variables}, hidden)
    facts = tuple(tally.facts(name) for name, tally in sums.tallies.items() if tally.attackers)
    audit = Audit(
        sums.cells, sums.primary, sums.secondary, sums.forced, sums.value, sums.secondary_value, sums.witnesses,
        sums.solved, facts,
    )  # fmt: skip
    return Protected(cells, audit, state.write(known))


def _divided_alike(variable: Variable, known: state.Known) -> None:
    """BadInput where an earlier release was divided otherwise: its numbers would not be known again."""
    names = tuple(axis.name for axis in variable.axes)
    if known.axes not in ((), names) or any(len(one.key) != len(names) for one in known.unknowns):
        raise BadInput(
            f"{variable.id} is divided by {', '.join(names)}, and was divided by {', '.join(known.axes) or 'others'} before"
        )


def _sensible(variables: Sequence[Variable], tables: Sequence[Table], rules: Rules) -> None:
    """Raises BadInput for names given twice or missing, and rules that make no sense."""
    for what, names in (("variable", [one.id for one in variables]), ("table", [one.id for one in tables])):
        if len(set(names)) < len(names):
            raise BadInput(f"two {what}s have the same name")
    for table in tables:
        if table.variable not in {one.id for one in variables}:
            raise BadInput(f"table {table.id}: no variable {table.variable}")
    for variable in variables:
        if variable.kind not in ("count", "money"):
            raise BadInput(f"{variable.id}: {variable.kind} is neither count nor money")
    if (
        rules.threshold < 1
        or rules.width < 1
        or not 0 <= rules.coalition <= 2
        or rules.dominance_n not in (1, 2)
    ):
        raise BadInput("the threshold and the width are 1 at least, the coalition 0, 1 or 2, and n is 1 or 2")


def _told(progress: Progress | None) -> Tell:
    """How much is done, in thousandths."""

    def tell(part: float) -> None:
        if progress is not None:
            progress(int(1000 * part), 1000)

    return tell


def _one(task: _Task, tell: Tell) -> tuple[tuple[set[CellName], state.Known] | Unprotectable, _Sums]:
    """One variable by itself: its hidden cells, what is known of it now, and its part of the audit."""
    sums = _Sums()
    try:
        return _protected(task, sums, tell), sums
    except Unprotectable as error:
        return error, sums


def _protected(task: _Task, sums: _Sums, tell: Tell) -> tuple[set[CellName], state.Known]:
    kind, rules = task.variable.kind, task.rules
    problem = build(task.margin, task.known, kind, rules, forced_names=task.wanted, members=task.members)
    pattern = Pattern(
        problem, rules.coalition, lambda done, total: tell(done / max(1, total) / 2), rules.width
    )  # fmt: skip
    pattern.build()
    if pattern.lost:
        raise Unprotectable(_names(problem, pattern.lost))
    pattern.tick = lambda done, total: tell(0.5 + done / max(1, total) / 2)
    pattern.tidy()
    proof, fallen = attack(pattern, kind, sums.tallies)
    if fallen:
        raise Unprotectable(_names(problem, fallen))
    _add_up(problem, pattern, task.variable, sums, len(proof))
    hidden = {name for row, names in enumerate(problem.names) if pattern.hidden[row] for name in names}
    return hidden, _after(problem, pattern, kind, tuple(axis.name for axis in task.variable.axes), proof)


def _names(problem: Problem, rows: Iterable[int]) -> tuple[CellName, ...]:
    """What to call rows in an error: the cells, or for one that only an earlier release had, its first inner cell."""
    found = []
    for row in rows:
        found += problem.names[row] or [CellName(UNSEEN, problem.unknowns[problem.rows[row][0]][0].key)]
    return tuple(sorted(set(found)))


def _add_up(problem: Problem, pattern: Pattern, variable: Variable, sums: _Sums, proof: int) -> None:
    for row, names in enumerate(problem.names):
        value = len(names) * Decimal(shown_value(problem.total[row], variable.kind))
        sums.cells += len(names)
        sums.value += value
        if not pattern.hidden[row]:
            continue
        if problem.need[row] is None:
            sums.secondary += len(names)
            sums.secondary_value += value
        elif row in problem.asked:
            sums.forced += len(names)
        else:
            sums.primary += len(names)
    sums.witnesses += proof
    sums.solved += pattern.moves.solved


def _after(
    problem: Problem, pattern: Pattern, kind: str, axes: tuple[str, ...], proof: Sequence[Witness]
) -> state.Known:
    """All that is now known of a variable: every row of this problem, over the unknowns before they were merged."""
    unknowns = [one for parts in problem.unknowns for one in parts]
    starts, count = [], 0
    for parts in problem.unknowns:
        starts.append((count, count + len(parts)))
        count += len(parts)
    shown: set[state.Row] = set()
    hidden: dict[state.Row, Need] = {}
    told: dict[state.Row, state.Tellers] = {}
    for number, row in enumerate(problem.rows):
        spread = tuple(sorted(one for column in row for one in range(*starts[column])))
        if pattern.hidden[number] and number in pattern.open:
            if all(pattern.open[number]):
                told[spread] = [[problem.members[one] for one in bits(who)] for who in pattern.open[number]]
        elif pattern.hidden[number]:
            hidden[spread] = pattern.need(number)
        else:
            shown.add(spread)
    worlds = [
        [
            [starts[one][0] for one in witness.columns],
            list(witness.steps),
            [str(witness.up), str(witness.down)],
        ]
        for witness in proof
    ]
    return state.Known(kind, unknowns, axes, shown, hidden, told, worlds)


def _in_order(
    tables: Sequence[Table], made: Mapping[str, Margins], kinds: Mapping[str, str], hidden: set[CellName]
) -> tuple[Cell, ...]:
    """The cells, table by table in the order asked for."""
    by_table: dict[str, list[Cell]] = {table.id: [] for table in tables}
    for name, margin in made.items():
        for cell in finished(margin, hidden, kinds[name]):
            by_table[cell.table].append(cell)
    return tuple(cell for table in tables for cell in by_table[table.id])
