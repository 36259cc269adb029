"""Where the marks of a chart stand. Plain arithmetic; the drawing is `components/charts.html`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

ROW: Final = 27
TOP: Final = 30
LEFT: Final = 96
VALUE_SPACE: Final = 58
DIGIT: Final = 9
"""Width of a digit of the printed value, at most; a long value takes its room from the bars."""
Number = int | float | Decimal


@dataclass(frozen=True, slots=True)
class BarRow:
    """One municipality. `value` None means hidden: no bar, and nothing follows from where one would end."""

    label: str
    value: Number | None
    text: str
    own: bool
    y: int
    width: float


@dataclass(frozen=True, slots=True)
class BarChart:
    """A horizontal bar chart in pixels of its view box, `width` × `height`."""

    width: int
    height: int
    left: int
    grid: tuple[float, ...]
    rows: tuple[BarRow, ...]
    mean_x: float | None


def nice_step(top: float, parts: int = 5) -> float:
    """The smallest of 1, 2, 2.5, 5 × 10ⁿ that reaches `top` in at most `parts` steps; 1 for nothing."""
    if top < 1e-6:  # no figure of ours is this small, and dividing by it would leave the picture
        return 1.0
    rough = top / parts
    magnitude = 10.0 ** math.floor(math.log10(rough))
    return next(magnitude * n for n in (1, 2, 2.5, 5, 10) if magnitude * n >= rough - 1e-9 * magnitude)


def bar_chart(
    rows: Sequence[tuple[str, Number | None, str]], *, own: str | None, mean: Number | None, width: int
) -> BarChart:
    """Lay out bars for `rows` of (label, value or None when hidden, text as printed), in the order given.

    `own` is the label to highlight; `mean` the region's, drawn as a line. The scale starts at nought, always.
    A value below nought is an error: a bar cannot show it.
    """
    shown = [float(value) for _label, value, _text in rows if value is not None]
    if any(value < 0 for value in shown):
        raise ValueError("a bar chart shows nothing below nought")
    peak = max([*shown, float(mean) if mean is not None else 0.0], default=0.0)
    step = nice_step(peak)
    space = width - LEFT - max(VALUE_SPACE, max((len(text) for *_, text in rows), default=0) * DIGIT + DIGIT)
    top = max(peak, step)
    scale = space / top
    laid = tuple(
        BarRow(
            label=label,
            value=value,
            text=text,
            own=label == own,
            y=TOP + 7 + index * ROW,
            width=0.0 if value is None else round(float(value) * scale, 1),
        )
        for index, (label, value, text) in enumerate(rows)
    )
    ticks = math.floor(top / step + 1e-9)
    return BarChart(
        width=width,
        height=TOP + 10 + len(rows) * ROW,
        left=LEFT,
        grid=tuple(round(LEFT + n * step * scale, 1) for n in range(ticks + 1)),
        rows=laid,
        mean_x=None if mean is None else round(LEFT + float(mean) * scale, 1),
    )


@dataclass(frozen=True, slots=True)
class PairColumn:
    """Two columns side by side: `label` under them, blank where it would touch the next one."""

    label: str
    x: float
    first: tuple[float, float]
    """y and height of the first column, whose width is the chart's `bar`; the second stands right beside it."""
    second: tuple[float, float]


@dataclass(frozen=True, slots=True)
class PairChart:
    """Pairs of upright columns over time, in pixels of its view box. `grid` holds (y, the number it stands for)."""

    width: int
    height: int
    left: int
    base: int
    bar: float
    grid: tuple[tuple[float, int], ...]
    columns: tuple[PairColumn, ...]


PAIR_HEIGHT: Final = 150
PAIR_LEFT: Final = 30
PAIR_LABEL: Final = 46
"""How wide a date under a column may be."""


def pair_chart(rows: Sequence[tuple[str, int, int]], *, width: int) -> PairChart:
    """Lay out columns for `rows` of (label, first count, second count), in the order given.

    The scale is in whole numbers from nought. A count below nought is an error: a column cannot show it.
    """
    if any(first < 0 or second < 0 for _label, first, second in rows):
        raise ValueError("a column shows nothing below nought")
    peak = max([1, *(max(first, second) for _label, first, second in rows)])
    step = max(1, math.ceil(nice_step(peak, 4)))
    top = step * math.ceil(peak / step)
    base, space = PAIR_HEIGHT - 24, PAIR_HEIGHT - 24 - 12
    slot = (width - PAIR_LEFT) / max(1, len(rows))
    bar = round(min(16.0, slot * 0.36), 1)
    every = max(1, math.ceil(PAIR_LABEL / slot))

    def column(count: int) -> tuple[float, float]:
        height = round(space * count / top, 1)
        return round(base - height, 1), height

    return PairChart(
        width=width,
        height=PAIR_HEIGHT,
        left=PAIR_LEFT,
        base=base,
        bar=bar,
        grid=tuple((round(base - space * n / top, 1), n) for n in range(0, top + 1, step)),
        columns=tuple(
            PairColumn(
                label if (len(rows) - 1 - n) % every == 0 else "",
                round(PAIR_LEFT + slot * (n + 0.5), 1),
                column(first),
                column(second),
            )
            for n, (label, first, second) in enumerate(rows)
        ),
    )
