"""Ranges as bars around nought: where each lies, and how long it is. Order is the caller's, and says nothing of values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from reporting.scenarios.model import Range
from sammen.web.formats import decimal

ROW: Final = 32
STACKED: Final = 42
"""A row whose label stands over its bar: sentences, which no column at the side would hold."""
TOP: Final = 26
BAR: Final = 14
NAMES: Final = 96
"""What names at the side need: "Holmestrand"."""
SIDE: Final = 34
LEAST: Final = 3.0
"""A bar is never thinner than can be seen."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, or what is said in its place (`text`)."""

    label: str
    y: int
    x: float
    width: float
    text: str


@dataclass(frozen=True, slots=True)
class Bars:
    """`ticks`: (x, text) along the top; `zero`: where nought is."""

    width: int
    height: int
    bars: tuple[Bar, ...]
    ticks: tuple[tuple[float, str], ...]
    zero: float
    stacked: bool


def range_bars(
    rows: Sequence[tuple[str, Range | None, str]], width: int, lang: str, *, stacked: bool = False
) -> Bars:
    """Lay out (label, range or None, what is said instead) in the order given. `stacked`: labels over the bars."""
    known = [said for _, said, _ in rows if said is not None]
    low = min([Decimal(0), *(one.low for one in known)])
    high = max([Decimal(0), *(one.high for one in known)])
    if low == high:
        high = low + 1000
    left = SIDE if stacked else NAMES + SIDE
    scale = (width - left - SIDE) / float(high - low)
    step, drop = (STACKED, 20) if stacked else (ROW, 4)

    def x(value: Decimal) -> float:
        return round(left + float(value - low) * scale, 1)

    bars = tuple(
        Bar(
            label, TOP + drop + at * step, x(said.low) if said else left,
            max(LEAST, round(x(said.high) - x(said.low), 1)) if said else 0.0, "" if said else text,
        )
        for at, (label, said, text) in enumerate(rows)
    )  # fmt: skip
    # Nought is always told; an end too near it is not.
    ticks = tuple(
        (x(one), decimal(one, 0, lang))
        for one in sorted({low, Decimal(0), high})
        if one == 0 or abs(x(one) - x(Decimal(0))) > 60
    )
    return Bars(width, TOP + len(rows) * step + 8, bars, ticks, x(Decimal(0)), stacked)
