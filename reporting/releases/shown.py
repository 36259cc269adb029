"""A release as it is shown: what every page, file and chart of the figures is made from, and nothing else.

A plain value without a database, so that a report can be tried on made-up figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from reporting.periods import Period

REGION: Final = ""
"""The place of the region's own figures."""
GROUP: Final = "g:"
"""What the place of a group of municipalities begins with."""
SIGN: Final = ":"
"""Statistics Norway's mark for a number that exists and is not shown."""
NONE_SIGN: Final = "–"
"""And its mark for one that does not exist."""

CellKey = tuple[str, tuple[str, ...], str, tuple[str, ...]]
"""Measure id, dimension ids (without the place), place, and a code for each of the dimensions."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One number as it may be read. `value` is None when it is hidden, and when there is none (`missing`)."""

    value: Decimal | None
    hidden: bool = False
    missing: bool = False

    def __post_init__(self) -> None:
        if (self.hidden or self.missing) and self.value is not None:
            # The message must not carry the value: it may end in a log.
            raise ValueError("a cell that is not shown cannot hold a value")

    @property
    def sign(self) -> str:
        """What stands in a number's place: ":" when hidden, "–" when there is none, "" when the number is there."""
        if self.hidden:
            return SIGN
        return NONE_SIGN if self.value is None else ""


HIDDEN: Final = Shown(None, hidden=True)
MISSING: Final = Shown(None, missing=True)
NOUGHT: Final = Shown(Decimal(0))


@dataclass(frozen=True, slots=True)
class ReleaseCard:
    """A release by itself. `edition` counts the releases of its period; `replaced`: a newer one is shown instead."""

    id: UUID
    period: Period
    edition: int
    approved_at: datetime
    replaced: bool = False
    state: str = "shown"


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality in a release. `group`: the code of its group of municipalities, "" when it is in none.

    `edition`: which of the municipality's own approved editions the figures are; 0 when it had approved none.
    """

    id: str
    name: str
    slug: str
    group: str = ""
    edition: int = 0


@dataclass(frozen=True, slots=True)
class Released:
    """One release's figures. `places`: every member then, by name, those without figures (`missing`) too.

    `tables`: which divisions each measure has. Only what is not nought is kept in `cells`.
    """

    card: ReleaseCard
    places: tuple[Place, ...]
    missing: frozenset[str]
    cells: Mapping[CellKey, Shown] = field(repr=False)
    divided: Mapping[str, frozenset[tuple[str, ...]]]
    groups: tuple[tuple[str, str], ...] = ()
    """Code (without its mark) and name of each group of municipalities, by name."""
    absent: frozenset[tuple[str, str]] = frozenset()
    """(measure, place) of municipalities that have figures, but not of this measure."""

    def cell(
        self, measure: str, by: tuple[str, ...] = (), place: str = REGION, key: tuple[str, ...] = ()
    ) -> Shown:
        """The number; MISSING when the release has no such table, or the place has no figures."""
        if by not in self.divided.get(measure, ()) or len(key) != len(by):
            return MISSING
        if place in self.missing or (measure, place) in self.absent:
            return MISSING
        return self.cells.get((measure, by, place, key), NOUGHT)

    def tables(self, measure: str) -> tuple[tuple[str, ...], ...]:
        """The divisions the release has of a measure, the plainest first; none when it has no such measure."""
        return tuple(sorted(self.divided.get(measure, ()), key=lambda by: (len(by), by)))

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures it has figures of, by id."""
        return tuple(sorted(self.divided))

    @property
    def reported(self) -> tuple[Place, ...]:
        """The municipalities that have figures in it, by name."""
        return tuple(place for place in self.places if place.id not in self.missing)

    def hidden_at(self, place: str) -> int:
        """How many of a place's numbers are hidden."""
        return sum(1 for (_, _, where, _), shown in self.cells.items() if where == place and shown.hidden)
