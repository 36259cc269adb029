"""Blocks made from a board: charts of reports, tables of figures, and the notes that belong to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from reporting.papers.content import Chart, Line, Numbers
from reporting.releases.api import GROUP, REGION
from reporting.reports.api import (
    Board,
    Choice,
    Comparison,
    Drawing,
    Figure,
    Quantity,
    Report,
    available,
    known,
    number,
    period_name,
    view,
)
from sammen.i18n_mark import N_
from sammen.web.i18n import translate

TOGETHER = N_("Samarbeidet")
PLACE = N_("Kommune")


@dataclass(frozen=True, slots=True)
class Maker:
    """What every block is made from: the releases and the reader's language."""

    board: Board
    lang: str

    def say(self, message: str, **params: object) -> str:
        """A msgid in the reader's language."""
        return translate(self.lang, message, **params)

    @property
    def period(self) -> str:
        """The chosen period, as read in a sentence."""
        return period_name(self.board.period, self.lang)

    def has(self, *quantities: Quantity) -> bool:
        """Whether the release has a table for each part of every figure."""
        published = self.board.current
        return all(
            any(set(by) == set(part.codes) for by in published.tables(part.measure))
            for one in quantities
            for part in one.operands
            if part.measure in one.measures
        )

    def chart(self, report: Report) -> list[Chart]:
        """The chart of a report; none when the release has not what it charts. Maps are drawn as bars: a paper has many
        charts, and a map takes a page."""
        plain = replace(report, chart="bars") if report.chart == "map" else report
        if not self.may_draw(plain):
            return []
        return [Chart(view(Drawing(self.board, plain, Choice(), self.lang)))]

    def may_draw(self, report: Report) -> bool:
        """Whether the release has figures of a report, with the division its chart shows."""
        if not available(report, self.board):
            return False
        if not report.by:
            return True
        return all(
            (report.by,) in self.board.current.tables(name) for name in report.quantities if known(name)
        )

    def numbers(
        self, caption: str, quantities: Sequence[Quantity], heads: Sequence[str] = ()
    ) -> list[Numbers]:
        """A table of figures, a row a place; none when the release has none of them. `heads`: other names for them."""
        names = list(heads) or [self.say(one.name) for one in quantities]
        kept = [(one, name) for one, name in zip(quantities, names, strict=True) if self.has(one)]
        if not kept:
            return []
        framed = self.board.framed([one for one, _name in kept], whole=False)
        now = self.board.period.slug

        def line(place: str, name: str, kind: str) -> Line:
            figures = [(framed.at(now, place, one.id), one) for one, _name in kept]
            return Line(
                name, tuple(number(figure, one, self.lang) for figure, one in figures),
                tuple(figure.sign or figure.value for figure, _one in figures), kind,
            )  # fmt: skip

        lines = [line(place.id, place.name, "place") for place in framed.places]
        lines += [line(GROUP + code, name, "group") for code, name in self.board.current.groups]
        lines.append(line(REGION, self.say(TOGETHER), "region"))
        return [Numbers(caption, (self.say(PLACE), *(name for _one, name in kept)), tuple(lines))]

    def region(self, one: Quantity) -> Figure:
        """The region's own figure in the chosen period."""
        return self.board.framed([one], whole=False).at(self.board.period.slug, REGION, one.id)

    def beside(self, table: Comparison) -> Numbers:
        """A theme's comparison as a table: index and target under the number."""
        lines = [
            Line(
                row.name, tuple(text for text, _index, _state in row.texts),
                tuple(figure.sign or figure.value for figure in row.figures), row.kind,
                tuple(self._sub(index, state) for _text, index, state in row.texts),
            )
            for row in table.rows
        ]  # fmt: skip
        caption = self.say(N_("%(theme)s i hver kommune"), theme=table.title)
        return Numbers(caption, (self.say(PLACE), *(column.name for column in table.columns)), tuple(lines))

    def _sub(self, index: str, state: str) -> str:
        words = []
        if index:
            words.append(self.say(N_("indeks %(index)s"), index=index))
        if state:
            words.append(self.say(N_("mål nådd") if state == "ok" else N_("mål ikke nådd")))
        return ", ".join(words)
