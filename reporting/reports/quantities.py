"""What a report may show of one thing: a measure as it is, or one measure divided by another, narrowed or not.

Whatever is shown is worked out from published cells alone. When one of them is hidden, so is what rests on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Final, Literal

from reporting.measures.api import DEFINITIONS, DERIVED, INHABITANTS, Definition, Derived
from sammen.figures import Dimension

BANDS: Final = ("0-17", "18-66", "67-79", "80")
AGE: Final = "age"
Where = tuple[tuple[str, tuple[str, ...]], ...]
"""Dimension and the codes that are added together, by dimension id."""
Unit = Literal["count", "hours", "kroner", "percent", "rate"]


@dataclass(frozen=True, slots=True)
class Part:
    """A sum of published cells of one measure, or of the inhabitants."""

    measure: str
    where: Where = ()

    @property
    def codes(self) -> dict[str, tuple[str, ...]]:
        """Codes by dimension."""
        return dict(self.where)


@dataclass(frozen=True, slots=True)
class Quantity:
    """One figure of a report: `above`, or `factor` × `above` ÷ `below`, with `decimals` as printed.

    `name` and `definition` are msgids. `better` is "more", "fewer" or "" when neither is good in itself. `breaks` are
    days from which the figure means something else than before, each with a msgid that says why.
    """

    id: str
    name: str
    definition: str
    unit: Unit
    decimals: int
    theme: str
    above: Part
    below: Part | None = None
    factor: Decimal = Decimal(1)
    better: str = ""
    breaks: tuple[tuple[date, str], ...] = ()
    dimensions: tuple[Dimension, ...] = ()
    """What it can be narrowed by; of a measure also what it can be divided by."""
    heading: str = ""
    finding: str = ""
    stock: bool = False

    @property
    def operands(self) -> tuple[Part, ...]:
        """The parts it rests on."""
        return (self.above,) if self.below is None else (self.above, self.below)

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures behind it, by id."""
        return tuple(part.measure for part in self.operands if part.measure != INHABITANTS)


class NoSuchDivision(ValueError):
    """The figure is not divided by that dimension, or not into that code."""


def where_of(codes: Mapping[str, tuple[str, ...]]) -> Where:
    """Codes by dimension in the one order that makes equal conditions equal."""
    return tuple(sorted((dimension, tuple(chosen)) for dimension, chosen in codes.items() if chosen))


@cache
def quantity(wanted: str) -> Quantity:
    """The measure or derived figure with this id. LookupError when there is none."""
    if wanted in DERIVED:
        return _derived(DERIVED[wanted])
    return _plain(DEFINITIONS[wanted])


def known(wanted: str) -> bool:
    """Whether there is such a figure."""
    return wanted in DERIVED or wanted in DEFINITIONS


def _plain(said: Definition) -> Quantity:
    return Quantity(
        said.id, said.name, said.definition, said.unit, said.decimals, said.theme, Part(said.id),
        better=said.better, breaks=said.breaks, dimensions=said.dimensions, heading=said.heading, finding=said.finding,
        stock=said.stock,
    )  # fmt: skip


def _derived(said: Derived) -> Quantity:
    above = _part(said.numerator, said.where)
    below = _part(said.denominator, said.where_below) if said.denominator else None
    own = DEFINITIONS[said.numerator]
    under = DEFINITIONS.get(said.denominator)
    breaks = own.breaks + (under.breaks if under else ())
    return Quantity(
        said.id, said.name, said.definition, said.unit, said.decimals, said.theme, above, below, said.factor,
        better=said.better, breaks=tuple(sorted(set(breaks))), dimensions=_common(own, said), heading=said.heading,
        finding=said.finding, stock=own.stock,
    )  # fmt: skip


def _part(named: str, where: Mapping[str, tuple[str, ...]]) -> Part:
    """`inhabitants:0-17` is the inhabitants of a band; anything else a measure."""
    name, _, band = named.partition(":")
    codes = dict(where) | ({AGE: (band,)} if band else {})
    return Part(name, where_of(codes))


def _common(own: Definition, said: Derived) -> tuple[Dimension, ...]:
    """The dimensions that both parts have, code against the same code."""
    # Where a part is narrowed already, narrowing it again would say something else.
    taken = {*said.where, *said.where_below}
    return tuple(d for d in own.dimensions if d.id in said.shared and d.id not in taken)


def narrowed(whole: Quantity, chosen: Mapping[str, str]) -> Quantity:
    """The figure for one code of each chosen dimension. Raises NoSuchDivision."""
    if not chosen:
        return whole
    for dimension, code in chosen.items():
        known_codes = next((d.code_set for d in whole.dimensions if d.id == dimension), frozenset())
        if code not in known_codes:
            raise NoSuchDivision(dimension)
    extra = {dimension: (code,) for dimension, code in chosen.items()}
    above = Part(whole.above.measure, where_of({**whole.above.codes, **extra}))
    below = whole.below and Part(whole.below.measure, where_of({**whole.below.codes, **extra}))
    days = tuple((day, "") for d in whole.dimensions if d.id in chosen for day in d.breaks)
    return replace(whole, above=above, below=below, breaks=tuple(sorted({*whole.breaks, *days})))


def parts_of(whole: Quantity, dimension_id: str, *, first: str = "") -> list[tuple[str, str, Quantity]]:
    """A measure's parts along a dimension as (code, name, figure), `first` first. NoSuchDivision for a derived figure."""
    dimension = next((d for d in whole.dimensions if d.id == dimension_id), None)
    if dimension is None or whole.below is not None:
        raise NoSuchDivision(dimension_id)
    codes = sorted(dimension.codes, key=lambda pair: pair[0] != first)
    return [
        (code, name, replace(narrowed(whole, {dimension_id: code}), id=f"{whole.id}@{code}"))
        for code, name in codes
    ]
