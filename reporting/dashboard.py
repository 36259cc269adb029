"""The steering group's figures, from raw approved values to what a page or a file may show. Pure; hiding comes first.

Everything below `assemble` works on tables that hiding.py has made: nothing hidden is left in them to leak.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Final
from uuid import UUID

from reporting.definitions import COST_PER_USER, HOURS, SHOWN, USERS, USERS_PER_1000, Definition
from reporting.hiding import ABSENT, HIDDEN, Cell, Measure, MunicipalityFigures, alphabetical, single_table

_TABLES: Final = {USERS.id: Measure.USERS, HOURS.id: Measure.HOURS, COST_PER_USER.id: Measure.COST_PER_USER}
TENTH: Final = Decimal("0.1")
STEPS: Final = 4


@dataclass(frozen=True, slots=True)
class ShownTable:
    """One measure by municipality, as it may be shown. `mean` is the region's, None when there must be none.

    `leader` is the municipality with the highest value, when nothing is hidden or missing and it stands alone.
    """

    measure: Definition
    rows: tuple[tuple[str, Cell], ...]
    mean: Decimal | None
    leader: str | None

    @property
    def has_hidden(self) -> bool:
        """Whether the page must explain the colon."""
        return any(cell.hidden for _name, cell in self.rows)

    @property
    def absent(self) -> tuple[str, ...]:
        """Municipalities for which there is no such figure, which is not the same as a hidden one."""
        return tuple(name for name, cell in self.rows if not cell.hidden and cell.value is None)

    @property
    def bars(self) -> tuple[tuple[str, Cell], ...]:
        """The rows that a chart can show: with a value, or hidden."""
        return tuple((name, cell) for name, cell in self.rows if cell.hidden or cell.value is not None)

    @property
    def by_name(self) -> dict[str, Cell]:
        """Cell by municipality."""
        return dict(self.rows)


@dataclass(frozen=True, slots=True)
class Dashboard:
    """The tables of one period, and who has not reported. `population_year` is None when no population is known."""

    tables: tuple[ShownTable, ...]
    reported: tuple[str, ...]
    missing: tuple[str, ...]
    population_year: int | None = None

    @property
    def has_hidden(self) -> bool:
        """Whether any table hides a cell."""
        return any(table.has_hidden for table in self.tables)

    def table(self, measure: Definition) -> ShownTable | None:
        """The table of one measure, or None when the page has none."""
        return next((table for table in self.tables if table.measure.id == measure.id), None)


@dataclass(frozen=True, slots=True)
class Raw:
    """What the dashboard is made of: figures and users per 1 000 by municipality, kept out of every repr."""

    figures: Mapping[UUID, MunicipalityFigures] = field(repr=False)
    rates: Mapping[UUID, Decimal] = field(repr=False)


def assemble(
    raw: Raw, members: Mapping[UUID, str], *, threshold: int, population_year: int | None = None
) -> Dashboard:
    """Hide, then build every table. `members` (id → name) are those expected to report."""
    rows = list(raw.figures.values())
    missing = sorted((name for place, name in members.items() if place not in raw.figures), key=alphabetical)
    tables = [_table(measure, rows, not missing, threshold) for measure in SHOWN if measure.id in _TABLES]
    if raw.rates:
        tables.append(_rate_table(raw, not missing, threshold))
    reported = tuple(sorted((row.municipality for row in rows), key=alphabetical))
    return Dashboard(tuple(tables), reported, tuple(missing), population_year if raw.rates else None)


def _table(
    measure: Definition, rows: Sequence[MunicipalityFigures], complete: bool, threshold: int
) -> ShownTable:
    made = single_table(_TABLES[measure.id], rows, by_value=True, threshold=threshold)
    shown = tuple((row.municipality, _rounded(row.cell, measure)) for row in made.rows)
    # A mean of one is that one again, and says nothing.
    mean = made.region_mean if len(rows) > 1 else None
    return ShownTable(measure, shown, mean, _leader(shown, complete))


def _rounded(cell: Cell, measure: Definition) -> Cell:
    """The value with the decimals that are printed, so that file and chart tell no more than the page."""
    if cell.value is None:
        return cell
    return Cell(Decimal(cell.value).quantize(Decimal(1).scaleb(-measure.decimals), rounding=ROUND_HALF_UP))


def _rate_table(raw: Raw, complete: bool, threshold: int) -> ShownTable:
    """Users per 1 000: the population is public, so a rate is as telling as the count and is hidden with it."""
    users = single_table(Measure.USERS, list(raw.figures.values()), threshold=threshold)
    counts = {row.municipality: row.cell for row in users.rows}
    rates = {
        raw.figures[place].municipality: rate for place, rate in raw.rates.items() if place in raw.figures
    }
    rows = tuple((name, _rate_cell(cell, rates.get(name))) for name, cell in counts.items())
    return ShownTable(USERS_PER_1000, rows, None, _leader(rows, complete))


def _rate_cell(count: Cell, rate: Decimal | None) -> Cell:
    if count.hidden:
        return HIDDEN
    return ABSENT if rate is None else _rounded(Cell(rate), USERS_PER_1000)


def _leader(rows: Sequence[tuple[str, Cell]], complete: bool) -> str | None:
    """Who has the highest value, if the figures can carry a heading that says so."""
    if not complete or len(rows) < 2:
        return None
    values = [cell.value for _name, cell in rows]
    if any(value is None for value in values):
        return None
    known = [Decimal(value) for value in values if value is not None]
    top = max(known)
    return next(name for name, cell in rows if cell.value == top) if known.count(top) == 1 else None


def map_steps(
    table: ShownTable,
) -> tuple[Sequence[Decimal], list[tuple[str, int | None, Decimal | None]]]:
    """Where the map's steps divide, and (name, step 1–4 or None when hidden, value) for each municipality.

    A quarter of the municipalities in each step, so that the map shows differences where the figures lie close; from
    the figures that are shown only. Equal figures share a step, so there may be fewer; the highest stand in the fourth.
    A municipality without a figure is left out.
    """
    values = sorted(Decimal(cell.value) for _name, cell in table.rows if cell.value is not None)
    quarters = {values[len(values) * part // STEPS] for part in range(1, STEPS)} if values else set()
    cuts = sorted(cut for cut in quarters if cut > values[0])
    placed: list[tuple[str, int | None, Decimal | None]] = []
    for name, cell in table.bars:
        value = None if cell.value is None else Decimal(cell.value)
        placed.append((name, None if value is None else STEPS - sum(value < cut for cut in cuts), value))
    return cuts, placed
