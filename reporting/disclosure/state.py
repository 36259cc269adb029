"""What a release leaves behind for the next one, as JSON: every row it showed or hid, and the proof (secret)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

from reporting.disclosure.cells import Unknown
from reporting.disclosure.model import BadInput
from reporting.disclosure.primary import Need

FORMAT: Final = 1
Row = tuple[int, ...]
Tellers = list[list[str]]
"""Members who, all those of one list together, can tell a hidden row whatever else is hidden."""


@dataclass(slots=True)
class Known:
    """All that earlier releases said about one variable. Rows are sums of its unknowns, by their place in the list."""

    kind: str
    unknowns: list[Unknown] = field(default_factory=list)
    axes: tuple[str, ...] = ()
    """The names of what the unknowns' codes are of; none where an older version wrote the state."""
    shown: set[Row] = field(default_factory=set)
    hidden: dict[Row, Need] = field(default_factory=dict)
    told: dict[Row, Tellers] = field(default_factory=dict)
    proof: list[Any] = field(default_factory=list)
    """Other worlds with the same published numbers: unknowns, what each moves by, and how often up and down."""


def read(states: Sequence[Mapping[str, object]]) -> dict[str, Known]:
    """Earlier states laid together, by variable. A row that any of them showed is shown, whatever others hid."""
    found: dict[str, Known] = {}
    for state in states:
        if state.get("format") != FORMAT:
            raise BadInput("an earlier release is not in the format this version writes")
        try:
            variables = cast("dict[str, dict[str, Any]]", state["variables"])
            read_now = {name: _read_one(facts) for name, facts in variables.items()}
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise BadInput("an earlier release is not whole") from error
        for name, one in read_now.items():
            found[name] = _laid_together(found[name], one, name) if name in found else one
    return found


def _read_one(facts: dict[str, Any]) -> Known:
    return Known(
        kind=str(facts["kind"]),
        axes=tuple(facts.get("axes", ())),
        unknowns=[Unknown(tuple(key), int(value), str(owner)) for key, value, owner in facts["unknowns"]],
        shown={tuple(row) for row in facts["shown"]},
        hidden={tuple(row): Need(*need) for row, need in facts["hidden"]},
        told={tuple(row): who for row, who in facts.get("told", ())},
        proof=facts["proof"],
    )


def _laid_together(first: Known, then: Known, name: str) -> Known:
    if first.kind != then.kind:
        raise BadInput(f"{name} was {first.kind} in one earlier release and {then.kind} in another")
    if first.axes and then.axes and first.axes != then.axes:
        raise BadInput(f"{name} was divided otherwise in one earlier release than in another")
    unknowns = list(first.unknowns)
    place = {one.ident: number for number, one in enumerate(unknowns)}
    for one in then.unknowns:
        if place.setdefault(one.ident, len(unknowns)) == len(unknowns):
            unknowns.append(one)
    where = [place[one.ident] for one in then.unknowns]
    shown = first.shown | {tuple(sorted(where[one] for one in row)) for row in then.shown}
    hidden = dict(first.hidden)
    for row, need in then.hidden.items():
        moved = tuple(sorted(where[one] for one in row))
        old = hidden.get(moved, need)
        hidden[moved] = Need(max(old.up, need.up), max(old.down, need.down), max(old.width, need.width))
    told = dict(first.told)
    for row, who in then.told.items():
        told.setdefault(tuple(sorted(where[one] for one in row)), []).extend(who)
    return Known(
        first.kind,
        unknowns,
        then.axes or first.axes,
        shown,
        {row: need for row, need in hidden.items() if row not in shown},
        {row: who for row, who in told.items() if row not in shown},
        then.proof,
    )


def write(known: Mapping[str, Known]) -> dict[str, object]:
    """The state to keep: lists, text and whole numbers only, in a fixed order."""
    return {
        "format": FORMAT,
        "variables": {
            name: {
                "kind": one.kind,
                "axes": list(one.axes),
                "unknowns": [[list(unknown.key), unknown.value, unknown.owner] for unknown in one.unknowns],
                "shown": [list(row) for row in sorted(one.shown)],
                "hidden": [
                    [list(row), [need.up, need.down, need.width]] for row, need in sorted(one.hidden.items())
                ],
                "told": [[list(row), who] for row, who in sorted(one.told.items())],
                "proof": one.proof,
            }
            for name, one in sorted(known.items())
        },
    }
