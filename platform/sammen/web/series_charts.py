"""Where the marks of charts over time and of shares stand. Plain arithmetic; `components/series.html` draws them.

Hidden and missing points arrive as `None`: the line has a gap there, and nothing tells where it would have gone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from sammen.web.charts import Number, nice_step

LINE_LEFT: Final = 52
LINE_TOP: Final = 26
LINE_FOOT: Final = 26
LABEL_GAP: Final = 18
"""Least distance between two labels at the lines' ends, in pixels."""
LETTER: Final = 9
"""Width of a letter of the label at a line's end, which is bold."""
DIGIT: Final = 8
"""Width of a letter under the chart, at most; a label that would touch the next is left out."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line to draw: `css` own, region or other; `values` one a label, None where there is no figure to show.

    `cut`: where this line is broken, when that is not at all of the chart's breaks.
    """

    css: str
    label: str
    values: tuple[Number | None, ...]
    end_text: str = ""
    cut: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """One line as it stands: its unbroken runs as points for a polyline, its lone points, and its end's label."""

    css: str
    runs: tuple[str, ...]
    dots: tuple[tuple[float, float], ...]
    end: tuple[float, float] | None
    end_y: float
    end_text: str


@dataclass(frozen=True, slots=True)
class LineChart:
    """Lines over time in pixels of the view box. `grid`: (y, value); `ticks`: (x, label or blank); `breaks`: x."""

    width: int
    height: int
    left: int
    right: float
    base: float
    grid: tuple[tuple[float, float], ...]
    ticks: tuple[tuple[float, str], ...]
    breaks: tuple[float, ...]
    lines: tuple[Drawn, ...]


def _scale(lines: Sequence[Line], parts: int) -> tuple[float, float, float]:
    """(lowest, highest, step) of the axis: from nought unless all the figures lie far from it."""
    known = [float(value) for line in lines for value in line.values if value is not None]
    if any(value < 0 for value in known):
        raise ValueError("a line of figures shows nothing below nought")
    low, high = min(known, default=0.0), max(known, default=1.0)
    if low < (high - low) * 2 or low == high:
        low = 0.0
    step = nice_step(max(high - low, 1e-6), parts)
    bottom = math.floor(low / step) * step
    top = max(math.ceil(high / step - 1e-9) * step, bottom + step)
    return bottom, top, step


def _end_places(wanted: Sequence[float], top: float, base: float) -> list[float]:
    """The labels' heights, each near its line's end and none on another."""
    placed = [0.0] * len(wanted)
    below = -math.inf
    for at in sorted(range(len(wanted)), key=lambda n: (wanted[n], n)):
        placed[at] = below = max(wanted[at], below + LABEL_GAP, top)
    over = max(placed, default=base) - base
    return [round(y - max(0.0, over), 1) for y in placed]


def line_chart(
    lines: Sequence[Line], labels: Sequence[str], *, breaks: Sequence[int] = (), width: int, height: int = 220
) -> LineChart:
    """Lay out `lines` over `labels`. `breaks`: indexes of the first label after a break; no line crosses one
    that is its own.

    ValueError for a value below nought or a line that has not one value a label.
    """
    if any(len(line.values) != len(labels) for line in lines):
        raise ValueError("a line must have one value for each label")
    bottom, top, step = _scale(lines, 4)
    longest = max((len(line.end_text) for line in lines), default=0)
    right = width - max(20, min(longest * LETTER + 14, width * 2 // 5))
    base = height - LINE_FOOT
    gap = (right - LINE_LEFT) / max(1, len(labels) - 1)

    def x_of(index: int) -> float:
        return round(LINE_LEFT + index * gap, 1) if len(labels) > 1 else round((LINE_LEFT + right) / 2, 1)

    def y_of(value: float) -> float:
        return round(base - (value - bottom) / (top - bottom) * (base - LINE_TOP), 1)

    drawn = [_draw(line, set(breaks if line.cut is None else line.cut), x_of, y_of) for line in lines]
    ends = _end_places([line.end[1] if line.end else base for line in drawn], LINE_TOP, base)
    count = round((top - bottom) / step)
    return LineChart(
        width=width, height=height, left=LINE_LEFT, right=right, base=base,
        grid=tuple((y_of(bottom + n * step), bottom + n * step) for n in range(count + 1)),
        ticks=tuple(_ticks([(x_of(n), label) for n, label in enumerate(labels)])),
        breaks=tuple(round(x_of(n) - gap / 2, 1) for n in sorted(set(breaks)) if 0 < n < len(labels)),
        lines=tuple(
            Drawn(line.css, line.runs, line.dots, line.end, end_y, line.end_text)
            for line, end_y in zip(drawn, ends, strict=True)
        ),
    )  # fmt: skip


def _ticks(labels: Sequence[tuple[float, str]]) -> list[tuple[float, str]]:
    """The labels that have room, the newest first."""
    free = math.inf
    kept = []
    for x, label in reversed(labels):
        half = len(label) * DIGIT / 2
        if label and x + half <= free:
            kept.append((x, label))
            free = x - half
    return kept[::-1]


def _draw(
    line: Line, breaks: set[int], x_of: Callable[[int], float], y_of: Callable[[float], float]
) -> Drawn:
    runs: list[list[tuple[float, float]]] = [[]]
    for index, value in enumerate(line.values):
        if (value is None or index in breaks) and runs[-1]:
            runs.append([])
        if value is not None:
            runs[-1].append((x_of(index), y_of(float(value))))
    known = [run for run in runs if run]
    lone = tuple(run[0] for run in known if len(run) == 1)
    end = known[-1][-1] if known and line.values[-1] is not None else None
    points = tuple(" ".join(f"{x},{y}" for x, y in run) for run in known if len(run) > 1)
    return Drawn(line.css, points, lone, end, 0.0, line.end_text if end else "")


SHARE_ROW: Final = 34
SHARE_GROUP: Final = 12
SHARE_LEFT: Final = 150
SHARE_TEXT: Final = 46
"""How wide a part must be to hold its own text."""


@dataclass(frozen=True, slots=True)
class SharePart:
    """One part of a whole: `x` and `width` in pixels, `css` of its colour, `text` blank where it has no room."""

    x: float
    width: float
    css: str
    text: str
    dark: bool


@dataclass(frozen=True, slots=True)
class ShareRow:
    """One whole. No parts: the figures are hidden or missing, and `sign` stands in their place."""

    label: str
    css: str
    y: int
    parts: tuple[SharePart, ...]
    sign: str


@dataclass(frozen=True, slots=True)
class ShareChart:
    """Wholes divided in parts, one row each."""

    width: int
    height: int
    left: int
    rows: tuple[ShareRow, ...]


SHADES: Final = ("b-other", "b-tint", "b-white", "b-seq4", "b-seq3")
"""Colours of the parts after the first: each has an edge, and tells itself from its neighbours in grey."""


def share_chart(
    rows: Sequence[tuple[str, str, Sequence[tuple[Number, str]] | None, str]], *, width: int
) -> ShareChart:
    """Lay out `rows` of (label, css own|region|other, parts as (share, text) or None, sign when None).

    Shares are of the row's own sum; the first part has the row's colour, the rest go through SHADES.
    """
    longest = max((len(label) for label, *_rest in rows), default=0)
    left = min(max(SHARE_LEFT if width > 400 else 96, longest * LETTER), width // 2)
    space = width - left
    laid = []
    y = 2
    last = ""
    for label, css, parts, sign in rows:
        if last and css != last:
            y += SHARE_GROUP
        last = css
        laid.append(ShareRow(label, css, y, _parts(css, parts or (), left, space), "" if parts else sign))
        y += SHARE_ROW
    return ShareChart(width, y, left, tuple(laid))


def _parts(css: str, parts: Sequence[tuple[Number, str]], left: int, space: int) -> tuple[SharePart, ...]:
    whole = sum(float(share) for share, _text in parts)
    if whole <= 0:
        return ()
    found = []
    x = float(left)
    for number, (share, text) in enumerate(parts):
        wide = float(share) / whole * space
        shade = f"b-{css}" if number == 0 else SHADES[(number - 1) % len(SHADES)]
        found.append(
            SharePart(
                round(x, 1), round(max(0.0, wide - 2), 1), shade, text if wide >= SHARE_TEXT else "",
                number == 0 and css in ("own", "region"),
            )
        )  # fmt: skip
        x += wide
    return tuple(found)
