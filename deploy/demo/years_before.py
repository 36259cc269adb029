"""Figures from the years before the demo's history: what the municipalities handed in while they still counted by hand.

A model, and a small one. Each half-year is the first computed one of the same season, made smaller the further back it is,
with a little chance of its own for every municipality and cell. Only what yearly reports had is there: the other measures
are missing in those years, and nobody had a target group.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from deploy.demo.chance import Chance
from deploy.demo.editions import Cells, Edition, write_edition
from deploy.demo.town import Making, Town
from reporting.measures.api import DEFINITIONS
from reporting.periods import Period, PeriodKind
from sammen.figures import UNKNOWN, Reading

FIRST_YEAR: Final = 2018
LATER: Final = {"0714": 2020, "0728": 2020}
"""Municipalities that counted nothing before a year: the region's line is broken there."""
MEASURES: Final = (
    "users", "services", "new_decisions", "waiting", "waited", "hours", "contacts", "contacts_mean", "cost",
)  # fmt: skip
GROWTH, PRICES = 0.04, 0.025
"""What the service has grown by each year, and the prices with it."""
STIR: Final = 0.06
QUEUE: Final = 0.12
"""Those who wait were more before: the queue has shrunk by this each year."""
CENT: Final = Decimal("0.01")


def periods_before(first: Period) -> list[Period]:
    """The half-years from 2018 up to the first that Sammen has computed."""
    found, period = [], Period(PeriodKind.HALF_YEAR, FIRST_YEAR, 1)
    while period.end < first.start:
        found.append(period)
        period = period.next
    return found


def write_years_before(
    making: Making, town: Town, computed: Sequence[Period], read: dict[Period, Cells]
) -> None:
    """An approved edition for every half-year before the computed ones that the municipality has figures of."""
    chance = Chance(f"years before/{town.place.code}")
    for period in periods_before(computed[0]):
        like = next(one for one in computed if one.number == period.number)
        if period.year >= LATER.get(town.place.code, FIRST_YEAR):
            back = like.year - period.year
            found = {
                name: list(_back(chance, name, read[like][name], back))
                for name in MEASURES
                if name in read[like]
            }
            write_edition(making, town, Edition(period, "approved"), found)


def _back(chance: Chance, measure: str, cells: Sequence[Reading], years: int) -> Iterator[Reading]:
    """A measure's cells as they were some years before."""
    definition = DEFINITIONS[measure]
    factor = (1 + QUEUE) ** years if measure == "waiting" else (1 + GROWTH) ** -years
    if definition.unit == "kroner":
        factor *= (1 + PRICES) ** -years
    factor *= 1 + chance.uniform(-STIR, STIR)
    target = next((n for n, one in enumerate(definition.dimensions) if one.id == "target"), None)
    joined: dict[tuple[str, ...], list[Reading]] = {}
    for cell in cells:
        key = cell.key if target is None else (*cell.key[:target], UNKNOWN, *cell.key[target + 1 :])
        joined.setdefault(key, []).append(cell)
    for key, some in joined.items():
        value = sum((one.value for one in some), Decimal(0))
        if definition.kind in ("count", "banded"):
            number = _whole(chance, float(value) * factor)
            if number:
                yield Reading(key, Decimal(number), number, Decimal(1), Decimal(1 if number > 1 else 0))
            continue
        part = Decimal(str(factor * (1 + chance.uniform(-STIR, STIR) / 2)))
        largest = sorted((n for one in some for n in (one.largest, one.second)), reverse=True)[:2]
        sums = [(n * part).quantize(CENT, ROUND_HALF_UP) for n in (value, *largest)]
        people = max(1, round(sum(one.contributors for one in some) * min(factor, 1.0))) if sums[1] else 0
        if sums[0]:
            yield _consistent(key, sums, people)


def _consistent(key: tuple[str, ...], sums: Sequence[Decimal], people: int) -> Reading:
    """One contributor has it all, two share it: what rounding and fewer people must not contradict."""
    value, largest, second = sums
    if people == 1:
        return Reading(key, value, 1, value, Decimal(0))
    if people == 2:
        largest = max(largest, value - largest)
        return Reading(key, value, 2, largest, value - largest)
    return Reading(key, value, people, largest, second)


def _whole(chance: Chance, value: float) -> int:
    """A whole number near the value, so that many small cells keep their sum."""
    below = int(value)
    return below + (chance.random() < value - below)
