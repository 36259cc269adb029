"""`sammen disclose`: disclosure control on any table, without a database and without our domain.

The files are read in reporting/disclosure/files.py. Here they become variables and tables, and the answer becomes a table
with holes and a report. Exit codes: 0 protected, 1 a cell cannot be protected, 2 a file cannot be used.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from reporting.disclosure import state
from reporting.disclosure.api import (
    ALL,
    Attacker,
    Axis,
    BadInput,
    Cell,
    Hierarchy,
    Inner,
    Protected,
    Rules,
    Table,
    Unprotectable,
    Variable,
    protect,
)
from reporting.disclosure.cells import SCALE
from reporting.disclosure.files import (
    TOTAL,
    BadFile,
    Columns,
    Line,
    Sheet,
    codes_of,
    plain,
    read_lines,
    read_sheet,
    sums_among,
    why_unread,
    write_cells,
    write_text,
)
from reporting.disclosure.groups import read_hierarchy
from reporting.disclosure.renamed import renamed

ATTACKERS: Final[Mapping[Attacker, str]] = {
    "outsider": "En utenfor, som regner på alt som er vist",
    "rule": "En som også kjenner regelen",
    "member": "En eier som kjenner sine egne tall",
    "pair": "To eiere som legger tallene sine sammen",
    "second": "Den nest største bidragsyteren til et beløp",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for on the command line. `hierarchies` and `tables` in the order they were given."""

    table: Path
    columns: Columns
    rules: Rules
    out: Path
    hierarchies: tuple[tuple[str, Path], ...] = ()
    tables: tuple[tuple[str, ...], ...] = ()
    report: Path | None = None
    earlier: tuple[Path, ...] = ()
    state: Path | None = None
    total: str = TOTAL


@dataclass(frozen=True, slots=True)
class Job:
    """The same, read: what `protect` takes, and what the answer is written with."""

    asked: Asked
    sheet: Sheet
    dimensions: tuple[str, ...]
    variable: Variable = field(repr=False)
    tables: tuple[Table, ...] = ()
    earlier: tuple[Mapping[str, object], ...] = field(default=(), repr=False)
    notes: tuple[str, ...] = ()
    """What may not be meant so, in words."""


def disclose(asked: Asked) -> int:
    """Read, protect, write. Returns the exit code; what went wrong is told on stderr."""
    try:
        job = read(asked)
        for note in job.notes:
            print(note, file=sys.stderr)
        done = protect(
            [job.variable],
            job.tables,
            rules=asked.rules,
            earlier=job.earlier,
            progress=_Shown(sys.stderr.isatty()),
        )
        _write(job, done)
    except BadFile as bad:
        print(bad, file=sys.stderr)
        return 2
    except BadInput as bad:
        print(f"{asked.table}: {bad}", file=sys.stderr)
        return 2
    except Unprotectable as cannot:
        return _refused(job, cannot)
    for line in _told(done):
        print(line)
    return 0


def read(asked: Asked) -> Job:
    """The files as variables and tables. Raises BadFile."""
    sheet = read_sheet(asked.table)
    dimensions, lines = read_lines(sheet, asked.columns, total=asked.total)
    axes, notes = _axes(asked, sheet, dimensions, lines)
    variable = Variable(
        asked.columns.value,
        "money" if asked.columns.contributors else "count",
        axes,
        tuple(map(_inner, lines)) if asked.columns.contributors else tuple(map(_counted, lines)),
    )
    for by in asked.tables:
        for name in by:
            if name not in dimensions:
                raise BadFile(sheet.path, f"--by kan bruke {', '.join(dimensions)}.", 1, name)
    tables = tuple(
        Table(f"table{number}", variable.id, by)
        for number, by in enumerate(asked.tables or (dimensions,), start=1)
    )
    earlier = tuple(map(_state, asked.earlier))
    _under_new_names(sheet, dimensions, variable, earlier)
    return Job(asked, sheet, dimensions, variable, tables, earlier, notes)


def _under_new_names(
    sheet: Sheet, dimensions: Sequence[str], variable: Variable, earlier: Sequence[Mapping[str, object]]
) -> None:
    """BadFile where a number of an earlier release would not be known again: other columns, or a code that is others of
    that release in a new name. What is hidden of those could then be told.
    """
    known = [one for one in state.read(earlier).items() if one[0] == variable.id]
    before = [
        (one.key, one.value) for _, each in known for one in each.unknowns if len(one.key) == len(dimensions)
    ]
    for axes in {each.axes for _, each in known if each.axes} - {tuple(dimensions)}:
        raise BadFile(
            sheet.path,
            f"Kolonnene er {', '.join(dimensions)}, og var {', '.join(axes)} i en tidligere utgave. Bruk de samme, i samme "
            "rekkefølge.",
            1,
        )
    now = {one.key: int(Decimal(one.value) * SCALE[variable.kind]) for one in variable.inner}
    for place, name in enumerate(dimensions):
        for code, parts in renamed(now, before, place):
            some = " og ".join(f"«{each}»" for each in parts)
            raise BadFile(
                sheet.path,
                f"«{code}» har overalt tallene til {some}, som er vist før. Behold {some} i tabellen, og gi «{code}» som "
                "gruppe med --hierarchy.",
                column=name,
            )


def _axes(
    asked: Asked, sheet: Sheet, dimensions: Sequence[str], lines: Sequence[Line]
) -> tuple[tuple[Axis, ...], tuple[str, ...]]:
    """The axes, and what may not be meant so. Raises BadFile."""
    for column, _ in asked.hierarchies:
        if column not in dimensions:
            raise BadFile(sheet.path, f"--hierarchy kan bruke {', '.join(dimensions)}.", 1, column)
    axes, notes = [], []
    for place, name in enumerate(dimensions):
        codes = codes_of(lines, place)
        files = [path for column, path in asked.hierarchies if column == name]
        over = [read_hierarchy(path, codes, name, total=asked.total) for path in files]
        _apart(files, over, codes)
        notes += [
            f"{path}: {_some(outside)} i kolonnen «{name}» er ikke i noen gruppe her."
            for path, parents in zip(files, over, strict=True)
            if (outside := [code for code in codes if code not in parents])
        ]
        notes += [
            f"{sheet.path}, kolonnen «{name}»: «{code}» er overalt summen av de andre. Er den en sum, ta den ut av tabellen."
            for code in sums_among(lines, place)
        ]
        hierarchies = (Hierarchy(f"{name}{n}", parents) for n, parents in enumerate(over, start=1))
        axes.append(Axis(name, codes, tuple(hierarchies)))
    return tuple(axes), tuple(notes)


def _some(codes: Sequence[str]) -> str:
    """A few codes by name, and how many more there are."""
    named = ", ".join(f"«{code}»" for code in codes[:5])
    return named if len(codes) <= 5 else f"{named} og {len(codes) - 5} til"


def _apart(files: Sequence[Path], over: Sequence[Mapping[str, str]], codes: Sequence[str]) -> None:
    """A group name in two hierarchies must mean the same group, since a cell is known by the name alone."""
    seen: dict[str, frozenset[str]] = {}
    for path, parents in zip(files, over, strict=True):
        for group in sorted(set(parents.values())):
            inside = frozenset(code for code in codes if group in _above(parents, code))
            if seen.setdefault(group, inside) != inside:
                raise BadFile(
                    path, f"«{group}» er en annen gruppe i et annet hierarki. Gi gruppene hvert sitt navn."
                )


def _above(parents: Mapping[str, str], code: str) -> set[str]:
    found = set()
    while code in parents:
        code = parents[code]
        found.add(code)
    return found


def _counted(line: Line) -> Inner:
    return Inner(line.key, int(line.value), line.owner, int(line.value), 1, 1, line.version)


def _inner(line: Line) -> Inner:
    return Inner(line.key, line.value, line.owner, line.contributors, line.largest, line.second, line.version)


def _state(path: Path) -> Mapping[str, object]:
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise BadFile(path, why_unread(error)) from error
    except ValueError as error:
        raise BadFile(path, "Dette er ikke en fil fra --state: den er ikke JSON.") from error
    try:
        state.read([found])
    except (BadInput, AttributeError) as error:
        raise BadFile(path, "Dette er ikke en fil fra --state, eller den er ikke hel.") from error
    return dict(found)


class _Shown:
    """Progress on stderr: one line that is written over on a screen, a line for each quarter in a file."""

    def __init__(self, screen: bool) -> None:
        self.screen = screen
        self.told = -1

    def __call__(self, done: int, total: int) -> None:
        share = min(100, 100 * done // max(1, total))
        step = share if self.screen else share // 25 * 25
        if step <= self.told:
            return
        self.told = step
        print(
            f"\rBeskytter tabellene: {step} %" if self.screen else f"Beskytter tabellene: {step} %",
            end=("\n" if step == 100 else "") if self.screen else "\n", file=sys.stderr, flush=True,
        )  # fmt: skip


def _key(job: Job, cell: Cell) -> tuple[str, ...]:
    """The cell's codes over all dimensions: those that its table sums away are "all"."""
    by = next(table.by for table in job.tables if table.id == cell.table)
    codes = dict(zip(by, cell.key, strict=True))
    return tuple(codes.get(name, ALL) for name in job.dimensions)


def _write(job: Job, done: Protected) -> None:
    asked = job.asked
    cells: dict[tuple[str, ...], Decimal | None] = {}
    for cell in done.cells:
        cells.setdefault(_key(job, cell), None if cell.value is None else Decimal(cell.value))
    told = (([code or asked.total for code in key], value) for key, value in cells.items())
    write_cells(asked.out, [*job.dimensions, asked.columns.value], told, job.sheet.separator)
    if asked.report is not None:
        write_text(asked.report, _json(report(job, done)))
    if asked.state is not None:
        write_text(asked.state, _json(done.state))


def _json(found: object) -> str:
    return json.dumps(found, ensure_ascii=False, indent=1, sort_keys=False) + "\n"


def report(job: Job, done: Protected) -> dict[str, Any]:
    """The audit as plain JSON: the rules used, what was hidden and what it cost, and what each attacker was left with."""
    audit = done.audit
    return {
        "protected": True,
        "table": str(job.asked.table),
        "rules": _rules(job),
        "cells": audit.cells,
        "primary": audit.primary,
        "secondary": audit.secondary,
        "value": plain(audit.value),
        "secondary_value": plain(audit.secondary_value),
        "attackers": [
            {
                "attacker": facts.attacker,
                "text": ATTACKERS[facts.attacker],
                "attackers": facts.attackers,
                "cells": facts.cells,
                "determined": facts.determined,
                "narrow": facts.narrow,
                "narrowest": facts.narrowest,
                "before": facts.before,
            }
            for facts in audit.facts
        ],
        "linear_programs": audit.solved,
    }


def _rules(job: Job) -> dict[str, Any]:
    rules = job.asked.rules
    money = {
        "dominance_n": rules.dominance_n, "dominance_k": rules.dominance_k, "p": rules.p, "min_share": rules.min_share,
    }  # fmt: skip
    return {
        "threshold": rules.threshold,
        "width": rules.width,
        **(money if job.variable.kind == "money" else {}),
        "coalition": rules.coalition,
        "earlier_releases": [str(path) for path in job.asked.earlier],
    }


def _told(done: Protected) -> list[str]:
    audit = done.audit
    lines = [
        f"{audit.cells} celler, {audit.primary + audit.secondary} skjult: {audit.primary} etter regelen og {audit.secondary} "
        "for at de ikke skal kunne regnes ut."
    ]
    for facts in audit.facts:
        left = (
            "fant ingen" if not facts.determined + facts.narrow else f"fant {facts.determined + facts.narrow}"
        )
        before = f" {facts.before} kunne regnes ut allerede av tidligere utgaver." if facts.before else ""
        lines.append(f"{ATTACKERS[facts.attacker]}: {left} av {facts.cells} skjulte celler.{before}")
    return lines


def _refused(job: Job, cannot: Unprotectable) -> int:
    """Name the cells that follow from what is published already; nothing is written but the report."""
    names = {table.id: table.by for table in job.tables}
    total = job.asked.total
    told = []
    for cell in cannot.cells:
        by = names.get(cell.table, ())
        codes = [f"{name} {code or total}" for name, code in zip(by, cell.key, strict=False)]
        told.append(", ".join(codes) or str(cell))
    if job.asked.report is not None:
        write_text(
            job.asked.report,
            _json(
                {
                    "protected": False,
                    "table": str(job.asked.table),
                    "rules": _rules(job),
                    "unprotectable": told,
                }
            ),
        )
    print("Disse cellene kan ikke beskyttes lenger, hva vi enn skjuler nå:", file=sys.stderr)
    for line in told:
        print(f"  {line}", file=sys.stderr)
    print("Ingen tabell er skrevet. Ta cellene ut av tabellen, eller slå grupper sammen.", file=sys.stderr)
    return 1
