"""Ranges as bars around nought: where each lies, and how long it is. Order is the caller's, and says nothing of values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from reporting.scenarios.model import Range
from sammen.web.formats import decimal

ROW: Final = 42
TOP: Final = 30
BAR: Final = 14
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
    region: bool


@dataclass(frozen=True, slots=True)
class Bars:
    """`ticks`: (x, text) along the top; `zero`: where nought is."""

    width: int
    height: int
    bars: tuple[Bar, ...]
    ticks: tuple[tuple[float, str], ...]
    zero: float


def range_bars(
    rows: Sequence[tuple[str, Range | None, str]], width: int, lang: str, *, region: str = ""
) -> Bars:
    """Lay out (label, range or None, what is said instead) in the order given. `region`: the label drawn in plum."""
    known = [said for _, said, _ in rows if said is not None]
    low = min([Decimal(0), *(one.low for one in known)])
    high = max([Decimal(0), *(one.high for one in known)])
    if low == high:
        high = low + 1000
    side = 34
    scale = (width - 2 * side) / float(high - low)

    def x(value: Decimal) -> float:
        return round(side + float(value - low) * scale, 1)

    bars = tuple(
        Bar(
            label, TOP + 16 + at * ROW, x(said.low) if said else side,
            max(LEAST, round(x(said.high) - x(said.low), 1)) if said else 0.0, "" if said else text, label == region,
        )
        for at, (label, said, text) in enumerate(rows)
    )  # fmt: skip
    ends = sorted({low, Decimal(0), high})
    # Nought is always told; an end too near it is not.
    ticks = tuple((x(one), _short(one, lang)) for one in ends if one == 0 or abs(x(one) - x(Decimal(0))) > 60)
    return Bars(width, TOP + len(rows) * ROW + 8, bars, ticks, x(Decimal(0)))


def _short(value: Decimal, lang: str) -> str:
    return decimal(value, 0, lang)
