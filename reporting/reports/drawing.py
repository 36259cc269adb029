"""From framed figures to what a chart component draws, with a heading that says what the figures say.

Nothing here knows a number that is not shown: hidden ones arrive as ":".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from reporting.releases.api import Place
from reporting.reports.board import Board
from reporting.reports.choice import Choice, chosen
from reporting.reports.frame import Figure
from reporting.reports.quantities import Quantity
from reporting.reports.spec import Report
from reporting.reports.wording import CREDIT, said
from sammen.i18n_mark import N_
from sammen.web.formats import listed
from sammen.web.i18n import translate

TOGETHER: Final = N_("Samarbeidet")


@dataclass(frozen=True, slots=True)
class View:
    """One chart with its table, ready for the component `kind` names. `values` are the component's arguments.

    `blank`: the sentence that stands in the picture's place when too little is shown to draw it.
    """

    kind: str
    id: str
    title: str
    definition: str
    desc: str
    values: Mapping[str, Any] = field(repr=False)
    has_hidden: bool = False
    url: str = ""
    blank: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """What every kind of chart is drawn from."""

    board: Board
    report: Report
    choice: Choice
    lang: str

    def say(self, message: str, **params: Any) -> str:
        """A msgid in the reader's language."""
        return translate(self.lang, message, **params)

    @property
    def id(self) -> str:
        """The chart's id on its page."""
        return f"tall-{self.report.id}"

    @property
    def charted(self) -> Quantity:
        """The figure that is charted."""
        return chosen(self.report, self.choice)[0]


def neutral(drawing: Drawing, one: Quantity) -> str:
    """What the chart shows, with the codes it is narrowed to."""
    codes = dict(drawing.report.fixed) | dict(drawing.choice.codes)
    if not codes or drawing.report.fixed:
        return drawing.say(drawing.report.title)
    names = [
        drawing.say(name)
        for dimension in one.dimensions
        for code, name in dimension.codes
        if code in one.above.codes.get(dimension.id, ())
    ]
    return drawing.say(
        N_("%(title)s: %(names)s"), title=drawing.say(drawing.report.title), names=listed(names, drawing.lang)
    )


def definition_of(drawing: Drawing, one: Quantity, column: Sequence[tuple[Place, Figure]]) -> str:
    """What stands under the heading: the meaning, the order, who is missing, and whose the population is."""
    texts = [drawing.say(one.definition)]
    if any(figure.hidden for _place, figure in column):
        texts.append(
            drawing.say(N_("Kommunene står alfabetisk, slik at rekkefølgen ikke røper skjulte tall."))
        )
    absent = [place.name for place, figure in column if figure.value is None and not figure.hidden]
    if absent:
        texts.append(
            drawing.say(N_("Uten tall for denne perioden: %(names)s."), names=listed(absent, drawing.lang))
        )
    texts.extend(population_note(drawing, one))
    return " ".join(texts)


def population_note(drawing: Drawing, one: Quantity) -> list[str]:
    """From when and whom the population is, where the figure rests on it."""
    known = drawing.board.population.get(drawing.board.period.slug)
    if len(one.measures) == len(one.operands) or known is None or not known.year:
        return []
    source = drawing.say(known.source)
    return [
        drawing.say(
            N_("Folketallet er per 1. januar %(year)s. Kilde: %(source)s."),
            year=known.year,
            source=source.rstrip("."),
        ),
        drawing.say(CREDIT),
    ]


def description(drawing: Drawing, one: Quantity, rows: Sequence[tuple[Place, Figure]]) -> str:
    """The picture in words: only what is shown."""
    texts = [
        drawing.say(N_("%(name)s har %(value)s."), name=place.name, value=said(figure, one, drawing.lang))
        for place, figure in rows
        if figure.value is not None
    ]
    hidden = [place.name for place, figure in rows if figure.hidden]
    if hidden:
        texts.append(drawing.say(N_("Tall er skjult for %(names)s."), names=listed(hidden, drawing.lang)))
    return " ".join(texts)
