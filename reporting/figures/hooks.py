"""What higher slices tell this one: a municipality reads the region's published range beside its own figures."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal

from reporting.periods import Period
from sammen.db.unit_of_work import UnitOfWork

Range = tuple[Decimal, Decimal]
ReadRanges = Callable[[UnitOfWork, Period], Awaitable[Mapping[str, Range]]]
_RANGES: list[ReadRanges] = []


def on_ranges(read: ReadRanges) -> ReadRanges:
    """Register who knows the lowest and highest published value of each measure in a period, by measure id.

    Runs in a municipality's context; only what a release shows may be in it.
    """
    if read not in _RANGES:
        _RANGES.append(read)
    return read


async def ranges(uow: UnitOfWork, period: Period) -> dict[str, Range]:
    """The region's published ranges, by measure id; empty when nothing is published."""
    found: dict[str, Range] = {}
    for read in _RANGES:
        found |= await read(uow, period)
    return found
