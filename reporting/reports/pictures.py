"""Charts for paper: the same layouts as the pages', drawn as pictures that carry their own colours and a text alternative.

A page's chart gets its colours from the style sheet; a picture in a PDF has none, so they are written into it here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

from reporting.reports.drawing import View
from sammen.i18n_mark import N_
from sammen.web.charts import bar_chart
from sammen.web.formats import decimal
from sammen.web.i18n import translate
from sammen.web.series_charts import Drawn, Line, line_chart, share_chart

FACE: Final = "Atkinson Hyperlegible Next"
WIDTH: Final = 620
SMALL: Final = 190
"""Width of one small line of many."""
INK, QUIET, EDGE, GRID = "#1e2b33", "#55504a", "#8b867f", "#e6e3de"
PETROL, PLUM = "#0f5468", "#6b3f77"
FILLS: Final[Mapping[str, str]] = {
    "b-own": PETROL, "b-region": PLUM, "b-other": "#bcb8b3", "b-tint": "#dbe8ec", "b-white": "#ffffff",
    "b-seq3": "#a6bfc8", "b-seq4": "#6f97a4",
}  # fmt: skip
STROKES: Final[Mapping[str, tuple[str, float, str]]] = {
    "own": (PETROL, 3, ""), "region": (PLUM, 2.5, "7 4"), "other": (QUIET, 2, "2 3"),
}  # fmt: skip


def _text(
    x: float, y: float, said: str, *, at: str = "start", fill: str = INK, weight: int = 400, size: int = 14
) -> str:
    return (
        f'<text x="{x}" y="{y}" text-anchor="{at}" fill="{fill}" font-weight="{weight}" font-size="{size}">'
        f"{escape(said)}</text>"
    )


def _line(x1: float, y1: float, x2: float, y2: float, stroke: str, width: float = 1, dash: str = "") -> str:
    broken = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{stroke}" stroke-width="{width}"{broken}/>'


def _rect(x: float, y: float, wide: float, high: float, css: str) -> str:
    edge = "" if css in ("b-own", "b-region") else f' stroke="{EDGE}" stroke-width="1"'
    return f'<rect x="{x}" y="{y}" width="{wide}" height="{high}" rx="2" fill="{FILLS[css]}"{edge}/>'


def _svg(width: float, height: float, marks: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        f' font-family="{FACE}">{"".join(marks)}</svg>'
    )


def bars(values: Mapping[str, Any], lang: str) -> str:
    """Municipalities beside each other. A hidden figure has a word and no bar."""
    chart = bar_chart(values["rows"], own=values["own"], mean=values["mean"], width=WIDTH)
    foot = chart.height - 6
    marks = [_line(x, 30, x, foot, GRID) for x in chart.grid]
    for row in chart.rows:
        weight, ink = (700, PETROL) if row.own else (400, INK)
        marks.append(_text(88, row.y + 14, row.label, at="end", fill=ink, weight=weight))
        if row.value is None:
            word = N_("uten tall") if row.text == "–" else N_("skjult")
            marks.append(_text(102, row.y + 14, translate(lang, word), fill=QUIET, size=13))
        else:
            marks.append(_rect(chart.left, row.y, row.width, 20, "b-own" if row.own else "b-other"))
        marks.append(_text(chart.width - 2, row.y + 14, row.text, at="end", fill=ink, weight=weight))
    marks.append(_line(chart.left, 30, chart.left, foot, EDGE))
    if chart.mean_x is not None:
        marks.append(_line(chart.mean_x, 26, chart.mean_x, foot, PLUM, 2, "6 4"))
        at = "end" if chart.mean_x > chart.width - 80 else "middle"
        marks.append(_text(chart.mean_x, 20, values["mean_text"], at=at, fill=PLUM, weight=600))
    return _svg(chart.width, chart.height, marks)


def _drawn(line: Drawn, dot: float) -> list[str]:
    stroke, width, dash = STROKES[line.css]
    broken = f' stroke-dasharray="{dash}"' if dash else ""
    marks = [
        f'<polyline points="{run}" fill="none" stroke="{stroke}" stroke-width="{width}" stroke-linejoin="round"{broken}/>'
        for run in line.runs
    ]
    ends = [*line.dots, *([line.end] if line.end else [])]
    marks += [f'<circle cx="{x}" cy="{y}" r="{dot}" fill="{stroke}"/>' for x, y in ends]
    return marks


def lines(values: Mapping[str, Any], lang: str) -> str:
    """Figures over time, with gaps where nothing is shown and a mark where they are counted otherwise."""
    marked = dict(values["breaks"])
    chart = line_chart(values["lines"], values["labels"], breaks=list(marked), width=WIDTH)
    marks = []
    for y, value in chart.grid:
        marks.append(_line(chart.left, y, chart.right, y, GRID))
        text = decimal(value, 0 if value == int(value) else 1, lang)
        marks.append(_text(chart.left - 8, y + 4, text, at="end", fill=QUIET, size=13))
    for x, text in zip(chart.breaks, [marked[at] for at in sorted(marked)], strict=False):
        marks += [_line(x, 18, x, chart.base, QUIET, 1.5, "2 3"), _text(x + 4, 14, text, fill=QUIET, size=13)]
    for line in chart.lines:
        marks += _drawn(line, 4)
        if line.end is not None:
            marks.append(
                _text(line.end[0] + 9, line.end_y + 5, line.end_text, fill=STROKES[line.css][0], weight=600)
            )
    marks += [_text(x, chart.height - 6, label, at="middle", fill=QUIET, size=13) for x, label in chart.ticks]
    return _svg(chart.width, chart.height, marks)


def shares(values: Mapping[str, Any], lang: str) -> str:
    """Wholes in parts, with the key of the shades over them."""
    chart = share_chart(values["shares"], width=WIDTH)
    marks: list[str] = []
    x, y = 0.0, 4.0
    for css, name in values["key"]:
        wide = 34 + 7.4 * len(name)
        if x and x + wide > WIDTH:
            x, y = 0.0, y + 24
        marks += [_rect(x, y, 20, 14, css), _text(x + 27, y + 12, name, size=13)]
        x += wide
    top = y + 30
    for row in chart.rows:
        at = top + row.y
        weight = 400 if row.css == "other" else 600
        marks.append(_text(chart.left - 10, at + 18, row.label, at="end", size=13, weight=weight))
        if row.sign:
            word = N_("skjult") if row.sign == ":" else N_("uten tall")
            marks.append(_text(chart.left + 4, at + 18, translate(lang, word), fill=QUIET, size=13))
        for part in row.parts:
            marks.append(_rect(part.x, at, part.width, 26, part.css))
            fill = "#ffffff" if part.dark else INK
            marks.append(_text(part.x + 7, at + 18, part.text, fill=fill, weight=600, size=13))
    return _svg(chart.width, top + chart.height, marks)


def multiples(values: Mapping[str, Any], lang: str) -> str:
    """A small line for every municipality, three beside each other, to one scale."""
    breaks = [at for at, _text_ in values["breaks"]]
    marks = []
    step, high, number = WIDTH / 3, 118, 0
    for number, (name, own, region, text, mine) in enumerate(values["places"]):
        # A line that is drawn nowhere holds the scale the same for all.
        scale = Line("other", "", values["top"].values)
        chart = line_chart([own, region, scale], values["labels"], breaks=breaks, width=SMALL, height=90)
        x, y = round(number % 3 * step, 1), number // 3 * high
        inside = [_line(chart.left, at, chart.right, at, GRID) for at, _v in (chart.grid[0], chart.grid[-1])]
        for line in chart.lines[:2]:
            inside += _drawn(line, 2.5)
        head = _text(x, y + 15, f"{name}: {text}", weight=700 if mine else 600, fill=PETROL if mine else INK)
        marks += [head, f'<g transform="translate({x},{y + 22})">{"".join(inside)}</g>']
    return _svg(WIDTH, (number // 3 + 1) * high, marks)


MADE: Final = {"bars": bars, "lines": lines, "shares": shares, "multiples": multiples}


def picture(view: View, lang: str) -> str:
    """The chart as SVG. A map is drawn as bars before it comes here."""
    return MADE[view.kind](view.values, lang)


def alternative(view: View, lang: str) -> str:
    """What is said instead of the picture: its heading, and every number that it shows."""
    if view.kind == "bars":
        # A colon is no word to whoever listens.
        words = {":": translate(lang, N_("skjult")), "–": translate(lang, N_("uten tall"))}
        pairs = [(name, words.get(text, text)) for name, _value, text in view.values["rows"]]
        if view.values["mean_text"]:
            return f"{view.title}. {_listed(pairs)} {view.values['mean_text']}."
        return f"{view.title}. {_listed(pairs)}"
    heads = view.values["heads"][1:]
    rows = [
        (row[0], ", ".join(f"{head} {text}" for head, text in zip(heads, row[1:], strict=True)))
        for row in view.values["rows"]
    ]
    return f"{view.title}. {_listed(rows)}"


def _listed(pairs: Sequence[tuple[str, str]]) -> str:
    return "; ".join(f"{name}: {text}" for name, text in pairs) + "."
