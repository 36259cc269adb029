"""A municipality's own figures as its page weighs them: periods with their state, and each figure beside earlier ones."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from reporting.figures.cells import changed_cells, total
from reporting.figures.hooks import Range
from reporting.figures.queries import Edition, Values, parse_or_none
from reporting.measures.api import DEFINITIONS, DERIVED, INHABITANTS, Definition, Derived
from reporting.periods import FIRST_YEAR, Period, PeriodKind
from sammen.figures import UNKNOWN
from sammen.i18n_mark import N_

LISTED: Final = {PeriodKind.MONTH: 12, PeriodKind.TERTIAL: 6, PeriodKind.HALF_YEAR: 6, PeriodKind.YEAR: 5}
"""How many ended periods of a kind the list offers."""
BIG_PERCENT, BIG_LEAST = 20, 5
"""A change above twenty per cent, and of at least five, is pointed out before anybody approves it."""
Said = Definition | Derived


@dataclass(frozen=True, slots=True)
class PeriodState:
    """A period with its editions, newest first. `current` is the newest, `approved` the one the region has."""

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
class Beside:
    """A figure and an earlier one. `percent` is whole, None when there is nothing to divide by; `big` is pointed out."""

    before: Decimal
    percent: int | None
    big: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of the page: its value, None when it cannot be formed, beside earlier ones and the region's range."""

    said: Said
    value: Decimal | None
    last: Beside | None
    year_ago: Beside | None
    range: Range | None

    @property
    def big(self) -> bool:
        """Whether somebody should look at it before approving."""
        return any(one is not None and one.big for one in (self.last, self.year_ago))


@dataclass(frozen=True, slots=True)
class Check:
    """Something that does not look right: a sentence (a msgid) with its parameters."""

    message: str
    params: Mapping[str, str] = field(default_factory=dict)


def ended_periods(kind: PeriodKind, day: date, count: int | None = None) -> list[Period]:
    """The last `count` periods of a kind that had ended before `day`, newest first."""
    wanted = LISTED[kind] if count is None else count
    found = [Period.of(kind, day).previous]
    while len(found) < wanted and found[-1].start.year > FIRST_YEAR:
        found.append(found[-1].previous)
    return found


def period_states(
    kinds: Iterable[PeriodKind], editions: Mapping[str, Sequence[Edition]], day: date
) -> list[PeriodState]:
    """The periods of some kinds to offer, newest first: the latest, and every one that was ever computed."""
    wanted = set(kinds)
    periods = {period for kind in wanted for period in ended_periods(kind, day)}
    known = {period for period in map(parse_or_none, editions) if period is not None}
    ordered = sorted(
        periods | {period for period in known if period.kind in wanted},
        key=lambda p: (p.end, p.start),
        reverse=True,
    )
    return [PeriodState(period, tuple(editions.get(period.slug, ()))) for period in ordered]


def year_before(period: Period) -> Period | None:
    """The same period a year earlier; None before the first year."""
    return Period(period.kind, period.year - 1, period.number) if period.year > FIRST_YEAR else None


def beside(value: Decimal | None, before: Decimal | None) -> Beside | None:
    """A figure beside an earlier one; None when either is missing. From nought, five or more is a big change."""
    if value is None or before is None:
        return None
    moved = abs(value - before)
    if not before:
        return Beside(before, None, moved >= BIG_LEAST)
    percent = int(((value - before) * 100 / before).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    return Beside(before, percent, moved >= BIG_LEAST and moved * 100 > BIG_PERCENT * before)


def derive(one: Derived, values: Values, people: Mapping[str, int]) -> Decimal | None:
    """A derived figure from the municipality's own cells and its inhabitants by band; None when it cannot be formed."""

    def part(measure: str, where: Mapping[str, tuple[str, ...]]) -> Decimal | None:
        name, _, band = measure.partition(":")
        if name == INHABITANTS:
            found = [number for code, number in people.items() if band in ("", code)]
            return Decimal(sum(found)) if found else None
        if name not in values or name not in DEFINITIONS:
            return None
        places = {dimension.id: at for at, dimension in enumerate(DEFINITIONS[name].dimensions)}
        if not where.keys() <= places.keys():
            return None
        return sum(
            (
                value
                for key, value in values[name].items()
                if not key or all(key[places[by]] in codes for by, codes in where.items())
            ),
            Decimal(0),
        )

    above, below = part(one.numerator, one.where), part(one.denominator, one.where_below)
    return above / below * one.factor if above is not None and below else None


def figures_of(values: Values, people: Mapping[str, int]) -> dict[str, Decimal]:
    """Every figure that can be formed of an edition: each measure's sum, and what is derived from them."""
    found = {measure: total(cells) for measure, cells in values.items()}
    for one in DERIVED.values():
        if (value := derive(one, values, people)) is not None:
            found[one.id] = value
    return found


def rows(
    now: Mapping[str, Decimal],
    last: Mapping[str, Decimal],
    year_ago: Mapping[str, Decimal],
    ranges: Mapping[str, Range],
) -> list[Row]:
    """Each figure the registry knows and the edition has, in the registry's order, measures first."""
    said: list[Said] = [*DEFINITIONS.values(), *DERIVED.values()]
    return [
        Row(
            one, now[one.id], beside(now[one.id], last.get(one.id)), beside(now[one.id], year_ago.get(one.id)),
            ranges.get(one.id),
        )
        for one in said
        if one.id in now
    ]  # fmt: skip


def changed(
    now: Values, before: Values, only: Collection[str] = ()
) -> list[tuple[str, Decimal, Decimal, int]]:
    """(measure, value before, value now, cells that differ) of each measure that two editions tell differently."""
    found = []
    for measure in only or sorted(now.keys() | before.keys()):
        new, old = now.get(measure, {}), before.get(measure, {})
        if cells := changed_cells(new, old):
            found.append((measure, total(old), total(new), cells))
    return found


def checks(values: Values, before: Values) -> list[Check]:
    """What does not look right in an edition, before it is approved: sentences to read, never a refusal."""
    now = {measure: total(cells) for measure, cells in values.items()}
    then = {measure: total(cells) for measure, cells in before.items()}
    found = []

    def both(first: str, second: str) -> bool:
        return first in now and second in now

    if both("users", "hours") and now["users"] and not now["hours"]:
        found.append(Check(N_("Noen hadde tilbud, men ingen timer er godkjent. Er timelistene godkjent?")))
    if both("users", "hours") and now["hours"] and not now["users"]:
        found.append(Check(N_("Timer er godkjent, men ingen hadde tilbud. Se etter om oppdrag mangler.")))
    if both("hours", "cost") and now["hours"] and not now["cost"]:
        found.append(Check(N_("Timer er godkjent, men kostnaden er null. Se etter om satsene mangler.")))
    if both("hours", "hours_granted") and now["hours"] > now["hours_granted"] > 0:
        found.append(
            Check(N_("Det er godkjent flere timer enn det er innvilget. Se etter om vedtak er gått ut."))
        )
    if (
        {"waiting", "users"} <= now.keys() & then.keys()
        and now["waiting"] > then["waiting"]
        and now["users"] < then["users"]
    ):
        found.append(
            Check(N_("Flere venter og færre har tilbud enn i forrige periode. Stemmer det med det dere ser?"))
        )
    found += _unknown(values)
    return found


def _unknown(values: Values) -> list[Check]:
    """People of unknown age, more than one in ten, weaken every table by age."""
    cells = values.get("users", {})
    definition = DEFINITIONS.get("users")
    if definition is None or not cells:
        return []
    at = next((place for place, one in enumerate(definition.dimensions) if one.id == "age"), None)
    unknown = sum(
        (v for key, v in cells.items() if at is not None and key and key[at] == UNKNOWN), Decimal(0)
    )
    if unknown * 10 <= total(cells):
        return []
    return [
        Check(
            N_("%(count)s brukere mangler fødselsdato. Tallene etter alder blir mangelfulle."),
            {"count": str(int(unknown))},
        )
    ]
