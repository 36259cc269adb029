"""Disclosure control: tables in, tables with holes out, that no attacker can fill (statistics.md; ADR 0070).

The package is pure: it reads no database, knows nothing of the domain, and gives the same answer for the same input.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from reporting.disclosure.apart import side_by_side
from reporting.disclosure.model import (
    ALL,
    Attacker,
    Audit,
    Axis,
    BadInput,
    Cell,
    CellName,
    Facts,
    Hierarchy,
    Inner,
    Key,
    Kind,
    Number,
    Progress,
    Protected,
    Rules,
    Table,
    Unprotectable,
    Variable,
)
from reporting.disclosure.release import release

__all__ = [
    "ALL",
    "Attacker",
    "Audit",
    "Axis",
    "BadInput",
    "Cell",
    "CellName",
    "Facts",
    "Hierarchy",
    "Inner",
    "Key",
    "Kind",
    "Number",
    "Progress",
    "Protected",
    "Rules",
    "Table",
    "Unprotectable",
    "Variable",
    "protect",
    "side_by_side",
]


def protect(
    variables: Sequence[Variable],
    tables: Sequence[Table],
    *,
    rules: Rules,
    earlier: Sequence[Mapping[str, object]] = (),
    forced: Iterable[tuple[str, Key]] = (),
    members: Collection[str] | None = None,
    progress: Progress | None = None,
    workers: int = 1,
) -> Protected:
    """Every cell of `tables`, hidden where it must be, with the audit.

    earlier: the `state` of every release made before (the last one alone is enough where releases follow each other).
    forced: cells (table id, key) to hide whatever. members: owners that attack; None: every owner that is named.
    workers: in how many processes, for several variables; the answer is the same.
    Raises BadInput, and Unprotectable with the cells that follow from what is already published.
    """
    return release(variables, tables, rules, earlier, forced, members, progress, workers)
