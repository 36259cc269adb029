"""A municipality's own figures as its page shows them: periods with their state, and each figure beside the last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from reporting.definitions import COST, COST_PER_USER, HOME, REPORTED, USERS, Definition
from reporting.figures.queries import Edition, Values, parse_or_none
from reporting.periods import FIRST_YEAR, Period, PeriodKind

LISTED: Final = 6
"""How many ended periods of a kind the list offers: three years of half-years."""
BIG_CHANGE: Final = 25
"""Per cent: a change above this is pointed out before anybody approves it."""


@dataclass(frozen=True, slots=True)
class PeriodState:
    """A period with its editions, newest first. `current` is the newest, `approved` the one the region sees."""

    period: Period
    editions: tuple[Edition, ...]

    @property
    def current(self) -> Edition | None:
        return self.editions[0] if self.editions else None

    @property
    def approved(self) -> Edition | None:
        return next((edition for edition in self.editions if edition.state == "approved"), None)

    @property
    def waiting(self) -> bool:
        """Whether the newest edition waits for approval."""
        return self.current is not None and self.current.state == "computed"

    @property
    def compared(self) -> Edition | None:
        """The edition that later periods are compared with."""
        return self.approved or self.current


@dataclass(frozen=True, slots=True)
class Change:
    """One figure and the one before it. `percent` is whole, None when there is nothing to divide by."""

    measure: Definition
    value: Decimal
    before: Decimal | None
    percent: int | None
    big: bool


def ended_periods(kind: PeriodKind, day: date, count: int = LISTED) -> list[Period]:
    """The last `count` periods of a kind that had ended before `day`, newest first."""
    found = [Period.of(kind, day).previous]
    while len(found) < count and found[-1].start.year > FIRST_YEAR:
        found.append(found[-1].previous)
    return found


def period_states(
    kinds: Iterable[PeriodKind], editions: Mapping[str, Sequence[Edition]], day: date
) -> list[PeriodState]:
    """The periods to offer, newest first: the latest of each kind, and every one that was ever computed."""
    periods = {period for kind in kinds for period in ended_periods(kind, day)}
    periods |= {period for period in map(parse_or_none, editions) if period is not None}
    ordered = sorted(periods, key=lambda p: (p.end, p.start), reverse=True)
    return [PeriodState(period, tuple(editions.get(period.slug, ()))) for period in ordered]


def changes(values: Mapping[str, Decimal], before: Mapping[str, Decimal]) -> list[Change]:
    """Each figure beside the previous period's, cost per user last. A change from nought is always big."""
    now, then = _with_mean(values), _with_mean(before)
    found = []
    for measure in (*REPORTED, COST_PER_USER):
        if measure.id not in now:
            continue
        value, old = now[measure.id], then.get(measure.id)
        percent = None
        if old:
            percent = int(((value - old) * 100 / old).quantize(Decimal(1), rounding=ROUND_HALF_UP))
            big = abs(value - old) * 100 > BIG_CHANGE * abs(old)
        else:
            big = old is not None and value != 0
        found.append(Change(measure, value, old, percent, big))
    return found


def _with_mean(values: Mapping[str, Decimal]) -> dict[str, Decimal]:
    known = dict(values)
    if known.get(USERS.id) and COST.id in known:
        known[COST_PER_USER.id] = known[COST.id] / known[USERS.id]
    return known


def home_rows(values: Values) -> list[tuple[Definition, list[tuple[str, Decimal]]]]:
    """The figures that stay at home, each with (name of the cell, value); those that were not computed are left out."""
    found = []
    for measure in HOME:
        cells = {"|".join(key): value for key, value in values.get(measure.id, {}).items()}
        named = measure.cells or (("", measure.name),)
        rows = [(name, cells[code]) for code, name in named if code in cells]
        if rows:
            found.append((measure, rows))
    return found
