"""Series over periods: which are there, what they are called under a chart, and where a series is broken."""

from __future__ import annotations

from collections.abc import Sequence

from reporting.periods import Period, PeriodKind
from reporting.reports.board import Board
from reporting.reports.drawing import Drawing
from reporting.reports.quantities import Quantity
from reporting.reports.wording import period_name
from sammen.i18n_mark import N_
from sammen.web.formats import listed

Breaks = list[tuple[int, str]]
"""Index of the first period after the break, and the words in the chart."""


def labels(axis: Sequence[Period]) -> list[str]:
    """Under the chart: the year, at its first period in the chart; the table says which period it is."""
    return [
        str(p.year) if n == 0 or p.kind is PeriodKind.YEAR or p.number == 1 else ""
        for n, p in enumerate(axis)
    ]


def end_years(axis: Sequence[Period]) -> list[str]:
    """Under a chart so small that only its ends have room: the years of the first and the last period, each its own."""
    return [str(p.year) if n in (0, len(axis) - 1) else "" for n, p in enumerate(axis)]


def breaks(drawing: Drawing, one: Quantity, *, region: bool = True) -> tuple[Breaks, list[str]]:
    """Where the series of a figure is broken, for the chart, and why, in sentences.

    Its own definition changed, or (`region`) other municipalities are behind the region's figure than before.
    """
    axis = drawing.board.axis
    found: dict[int, str] = {}
    said: list[str] = []
    for day, why in one.breaks:
        at = next((n for n, p in enumerate(axis) if n and axis[n - 1].end < day <= p.end), None)
        if at is None:
            continue
        name = period_name(axis[at], drawing.lang)
        found[at] = drawing.say(N_("Brudd i %(year)s"), year=axis[at].year)
        said.append(
            drawing.say(why)
            if why
            else drawing.say(
                N_("Inndelingen er en annen fra %(period)s. Periodene før og etter kan ikke sammenlignes."),
                period=name,
            )
        )
    others = _other_members(drawing.board, axis) if region else []
    for at in others:
        found.setdefault(at, drawing.say(N_("Brudd i %(year)s"), year=axis[at].year))
    if others:
        names = listed([period_name(axis[at], drawing.lang) for at in others], drawing.lang)
        said.append(
            drawing.say(
                N_("Fra %(periods)s er ikke de samme kommunene med i samarbeidets tall som før."),
                periods=names,
            )
        )
    return sorted(found.items()), said


def _other_members(board: Board, axis: Sequence[Period]) -> list[int]:
    """Where the municipalities behind the region's figure are others than in the release before."""
    index = {period: number for number, period in enumerate(axis)}
    found = []
    for before, after in zip(board.series, board.series[1:], strict=False):
        if {p.id for p in before.reported} != {p.id for p in after.reported}:
            found.append(index[after.card.period])
    return found
