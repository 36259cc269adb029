"""The interim rule for small numbers, in force until disclosure control over linked tables exists (D4).

What it allows is little, on purpose: single tables by municipality, without totals; counts of 1–4 and
averages over fewer than 5 people hidden. That is safe only while nothing shown can be subtracted from, or
divided by, anything else shown. So this module decides hiding per *municipality*, not per table:

- **Users 1–4: every measure of that municipality is hidden**: users, hours, cost and cost per user. Cost
  per user must go because users = cost ÷ cost per user. Cost must go because the members know each other's
  hourly rate and administration sum, and hours = (cost - administration) ÷ rate. Hours must go because the
  hours of one to four people are close to being each one's own hours (of one person they are exactly that),
  and because hours ÷ an ordinary grant of 3–4 hours a week is a good guess at the hidden count.
- **Hours from 1–4 people, although there are more users: hours, cost and cost per user are hidden.** The
  count of users may stand; cost per user may not, since with users shown it gives back the cost and so the
  hours.
- **Zero is shown as 0.** It says that there is nobody to recognise. An average over nobody is no figure at
  all, neither shown nor hidden.
- **No mean for the region while a cell of the table is hidden.** With eleven of twelve values and the mean of
  twelve, the last one follows; with two hidden, each of those two members can work out the other.
- **Alphabetical order while a cell is hidden.** A place in an order by value is an interval for the value.
- **A hidden cell holds no value**: the tables made here keep nothing of their input that is not shown.

What a page must not do with these tables, since no single table can prevent it: show a whole beside its
parts. Users in all beside users by age band or service form is a total; so are a half-year beside its
months and a year beside its half-years (`clashing_periods` finds those).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from typing import Final

from reporting.periods import Period

THRESHOLD: Final = 5
"""The fewest people a shown number may rest on, zero apart. A region may ask for more, never for fewer."""

# SSB's sign for a hidden number, and its sign for one that does not exist.
HIDDEN_SIGN: Final = ":"
ABSENT_SIGN: Final = "–"


class Measure(Enum):
    """What a table by municipality may show. The value is the code in addresses and catalogues."""

    USERS = "users"
    HOURS = "hours"
    COST = "cost"
    COST_PER_USER = "cost_per_user"


_EXPONENT: Final = {
    Measure.USERS: Decimal(1),
    Measure.HOURS: Decimal("0.1"),
    Measure.COST: Decimal(1),
    Measure.COST_PER_USER: Decimal(1),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One number as it may be shown. A hidden cell has no value; `None` without `hidden` means no such
    figure.
    """

    value: Decimal | int | None
    hidden: bool = False

    def __post_init__(self) -> None:
        if self.hidden and self.value is not None:
            # The message must not carry the value: it may end in a log.
            raise ValueError("a hidden cell cannot hold a value")

    @property
    def sign(self) -> str | None:
        """What stands in the place of a number: ":" when hidden, "–" when there is none, else `None`."""
        if self.hidden:
            return HIDDEN_SIGN
        return ABSENT_SIGN if self.value is None else None


HIDDEN: Final = Cell(None, hidden=True)
ABSENT: Final = Cell(None)


@dataclass(frozen=True, slots=True)
class MunicipalityFigures:
    """One municipality's approved figures for one period: the whole set, since hiding is decided over the
    set.

    users: people with the service, the number cost is divided by. hours: approved hours. served: how many
    people those hours were given to. cost: kroner, hours times the dated rate plus the administration sum.
    Raw: kept out of repr, never handed to a template. ValueError when a number is negative, or when there
    are hours but nobody they were given to.
    """

    municipality: str
    users: int = field(repr=False)
    hours: Decimal = field(repr=False)
    served: int = field(repr=False)
    cost: Decimal = field(repr=False)

    def __post_init__(self) -> None:
        if min(self.users, self.served) < 0 or min(self.hours, self.cost) < 0:
            raise ValueError(f"a negative figure for {self.municipality}")
        if self.hours > 0 and self.served == 0:
            raise ValueError(f"hours without anyone they were given to, for {self.municipality}")


@dataclass(frozen=True, slots=True)
class TableRow:
    """A municipality's name and the one cell the table shows for it."""

    municipality: str
    cell: Cell


@dataclass(frozen=True, slots=True)
class SingleTable:
    """One measure by municipality, safe for a chart and the table beside it. `region_mean` may be absent."""

    measure: Measure
    rows: tuple[TableRow, ...]
    region_mean: Decimal | None

    @property
    def has_hidden(self) -> bool:
        """Whether a cell is hidden; then the page explains the colon and offers no order by value."""
        return any(row.cell.hidden for row in self.rows)


def hide_count(count: int, *, threshold: int = THRESHOLD) -> Cell:
    """A number of people as it may be shown: 0 as 0, 1 up to `threshold` - 1 hidden. ValueError on bad
    input.
    """
    _check(threshold, count)
    return HIDDEN if 0 < count < threshold else Cell(count)


def hide_counts(counts: Mapping[str, int], *, threshold: int = THRESHOLD) -> dict[str, Cell]:
    """`hide_count` for each key, the keys in alphabetical order. For one table without totals, and no
    other.
    """
    return {key: hide_count(counts[key], threshold=threshold) for key in sorted(counts, key=alphabetical)}


def hide_mean(
    total: Decimal | int, n: int, *, threshold: int = THRESHOLD, exponent: Decimal = Decimal("0.1")
) -> Cell:
    """The mean of `total` over `n` people, rounded to `exponent`; hidden over 1–4, absent over none."""
    _check(threshold, n)
    if n == 0:
        return ABSENT
    return HIDDEN if n < threshold else Cell(_rounded(Decimal(total) / n, exponent))


def single_table(
    measure: Measure,
    rows: Sequence[MunicipalityFigures],
    *,
    by_value: bool = False,
    threshold: int = THRESHOLD,
) -> SingleTable:
    """The table of one measure, with hiding decided over all the measures, so that tables may stand together.

    `by_value` asks for largest first; while a cell is hidden the order stays alphabetical. ValueError when a
    municipality comes twice or the threshold is below 5.
    """
    _check(threshold, 0)
    names = [row.municipality for row in rows]
    if len(set(names)) != len(names):
        raise ValueError("a municipality comes twice in the table")
    ordered = sorted(rows, key=lambda row: alphabetical(row.municipality))
    shown = [TableRow(row.municipality, _cell(measure, row, threshold)) for row in ordered]
    if any(row.cell.hidden for row in shown):
        return SingleTable(measure, tuple(shown), None)
    if by_value:
        shown.sort(key=_largest_first)
    return SingleTable(measure, tuple(shown), _region_mean(measure, rows))


def clashing_periods(period: Period, shown: Iterable[Period]) -> tuple[Period, ...]:
    """The periods already shown that share days with `period` without being it, earliest first.

    Figures for both would be a whole beside its parts: a half-year minus its five open months gives the
    sixth. A page shows the tables of `period` only when the answer is empty.
    """
    clashes = {other for other in shown if other != period and other.overlaps(period)}
    return tuple(sorted(clashes, key=lambda other: (other.start, other.end)))


def alphabetical(name: str) -> str:
    """A sort key in the order of the Norwegian alphabet, where æ, ø and å come last."""
    return name.casefold().translate(_NORWEGIAN_ORDER)


# "{", "|" and "}" follow z in Unicode.
_NORWEGIAN_ORDER: Final = str.maketrans({"æ": "{", "ä": "{", "ø": "|", "ö": "|", "å": "}"})


def _cell(measure: Measure, row: MunicipalityFigures, threshold: int) -> Cell:
    """The one place that decides what a municipality shows. The rule stands at the top of the module."""
    if hide_count(row.users, threshold=threshold).hidden:
        return HIDDEN
    if measure is Measure.USERS:
        return Cell(row.users)
    if hide_count(row.served, threshold=threshold).hidden:
        return HIDDEN
    if measure is Measure.COST_PER_USER:
        return hide_mean(row.cost, row.users, threshold=threshold, exponent=_EXPONENT[measure])
    return Cell(_rounded(row.hours if measure is Measure.HOURS else row.cost, _EXPONENT[measure]))


def _region_mean(measure: Measure, rows: Sequence[MunicipalityFigures]) -> Decimal | None:
    """The line across the chart: per user over all users, otherwise per municipality.

    Municipalities without users have no cost per user; their administration is left out of that mean as well,
    since the line must be a mean of the bars it crosses.
    """
    if measure is Measure.COST_PER_USER:
        counted = [row for row in rows if row.users]
        total, n = sum((row.cost for row in counted), Decimal(0)), sum(row.users for row in counted)
    else:
        values = {Measure.USERS: "users", Measure.HOURS: "hours", Measure.COST: "cost"}
        total = sum((Decimal(getattr(row, values[measure])) for row in rows), Decimal(0))
        n = len(rows)
    # A mean of counts with one decimal, as "84,3 brukere": whole users would look like a count of people.
    exponent = Decimal("0.1") if measure is Measure.USERS else _EXPONENT[measure]
    return _rounded(total / n, exponent) if n else None


def _largest_first(row: TableRow) -> tuple[bool, Decimal, str]:
    value = row.cell.value
    return value is None, -Decimal(value or 0), alphabetical(row.municipality)


def _rounded(value: Decimal, exponent: Decimal) -> Decimal:
    return value.quantize(exponent, rounding=ROUND_HALF_UP)


def _check(threshold: int, count: int) -> None:
    if threshold < THRESHOLD:
        raise ValueError(f"the threshold may not be below {THRESHOLD}")
    if count < 0:
        raise ValueError("a count of people cannot be negative")
