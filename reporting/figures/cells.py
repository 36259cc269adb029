"""Inner cells: how a reading is checked before it is kept, how its key is written, and how cells are summed again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from sammen.figures import Measure, Reading

CENT: Final = Decimal("0.01")
SEPARATOR: Final = "|"
COUNTED: Final = frozenset({"count", "banded"})
Key = tuple[str, ...]


def join_key(key: Sequence[str]) -> str:
    """The key as it is kept: codes in the measure's order, "" for a measure that is not divided."""
    return SEPARATOR.join(key)


def split_key(text: str) -> Key:
    """The codes of a kept key."""
    return tuple(text.split(SEPARATOR)) if text else ()


def checked(measure: Measure, readings: Sequence[Reading]) -> list[Reading]:
    """The readings as they may be kept: øre, nothing for nought, and who stands behind a count filled in.

    Raises ValueError when the measure's own code is wrong: a key of the wrong length or with an unknown code, a cell told
    twice, a negative value, or a contribution larger than the cell. Such numbers could not be protected (D4).
    """
    seen: set[Key] = set()
    found = []
    for reading in readings:
        key = reading.key
        if len(key) != len(measure.dimensions) or any(
            code not in dimension.code_set for code, dimension in zip(key, measure.dimensions, strict=True)
        ):
            raise ValueError(f"measure {measure.id}: {key} is not one of its cells")
        if key in seen:
            raise ValueError(f"measure {measure.id}: {key} told twice")
        seen.add(key)
        if reading.value < 0 or reading.second > reading.largest or reading.largest > reading.value:
            raise ValueError(f"measure {measure.id}: {key} is no sum of what its contributors have in it")
        if reading.value:
            found.append(_filled(measure, reading))
    return found


def _filled(measure: Measure, reading: Reading) -> Reading:
    value = reading.value.quantize(CENT)
    if measure.kind in COUNTED and not reading.contributors:
        one, two = Decimal(1), Decimal(1) if value >= 2 else Decimal(0)
        return Reading(reading.key, value, int(value), one, two)
    largest, second = reading.largest.quantize(CENT), reading.second.quantize(CENT)
    return Reading(reading.key, value, reading.contributors, largest, second)


def total(cells: Mapping[Key, Decimal]) -> Decimal:
    """The sum of a measure's cells."""
    return sum(cells.values(), Decimal(0))


def by_dimension(cells: Mapping[Key, Decimal], place: int) -> dict[str, Decimal]:
    """A measure's cells summed over all dimensions but the one at `place`, by code."""
    found: dict[str, Decimal] = {}
    for key, value in cells.items():
        if len(key) > place:
            found[key[place]] = found.get(key[place], Decimal(0)) + value
    return found


def changed_cells(now: Mapping[Key, Decimal], before: Mapping[Key, Decimal]) -> int:
    """How many cells have another value in one edition than in another; a cell that is not there is nought."""
    keys: Iterable[Key] = now.keys() | before.keys()
    return sum(1 for key in keys if now.get(key, Decimal(0)) != before.get(key, Decimal(0)))
