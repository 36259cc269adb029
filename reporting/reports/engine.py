"""Running a report: from its declaration and a reader's choices to a frame, a table, a chart and notes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reporting.releases.api import GROUP, REGION, Place
from reporting.reports.bar_charts import ordered
from reporting.reports.board import Board, open_board
from reporting.reports.charting import view
from reporting.reports.choice import FIELDS, LABELS, Choice, chosen, read_choice
from reporting.reports.drawing import TOGETHER, Drawing, View, population_note
from reporting.reports.frame import Figure, Framed
from reporting.reports.quantities import Quantity, known, quantity
from reporting.reports.spec import Report
from reporting.reports.wording import CREDIT, HIDDEN_MEANS, NONE_MEANS, cell, period_name
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from sammen.i18n_mark import N_
from sammen.web.formats import date_long, upper_first
from sammen.web.i18n import translate

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class TableRow:
    """A municipality, group or the region: its figures as printed, and the same as texts."""

    name: str
    kind: str
    figures: tuple[Figure, ...] = field(repr=False)
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportResult:
    """A report for what is chosen. `frame` has every period; `heads` and `rows` are the table of the page and of files."""

    report: Report
    title: str
    question: str
    chart: View
    heads: tuple[str, ...]
    rows: tuple[TableRow, ...]
    notes: tuple[str, ...]
    period: str
    choice: Choice
    quantities: tuple[Quantity, ...]
    frame: pd.DataFrame = field(repr=False)

    @property
    def may_sort(self) -> bool:
        """Whether an order by value tells nothing of a hidden figure: there is none in the column it goes by."""
        return not any(row.figures[0].hidden for row in self.rows)

    @property
    def has_hidden(self) -> bool:
        """Whether the colon must be explained."""
        return self.chart.has_hidden or any(figure.hidden for row in self.rows for figure in row.figures)


def available(report: Report, board: Board) -> bool:
    """Whether the chosen release has what the report charts."""
    if not all(known(name) for name in report.quantities[:1]):
        return False
    return board.has(chosen(report, Choice())[0], report.by)


async def run_report(
    uow: UnitOfWork, report: Report, filters: Mapping[str, str], lang: str, *, own: str = ""
) -> ReportResult:
    """Run a report for the filters of an address (periode, kommune, alder, …). `own`: slug of the municipality to
    highlight, whatever the filters say.

    Raises NotFound for an unknown period or municipality, and when the release has not what the report is about; Invalid
    with a sentence for each filter that makes no sense.
    """
    board = await open_board(uow, filters.get("periode", ""))
    if board is None:
        raise NotFound
    return build(board, report, filters, lang, own=board.place(own) if own else None)


def build(
    board: Board, report: Report, filters: Mapping[str, str], lang: str, *, own: Place | None = None
) -> ReportResult:
    """`run_report` on releases that are read already."""
    if not available(report, board):
        raise NotFound
    choice = read_choice(report, filters, board.current, own=own)
    quantities = [one for one in chosen(report, choice) if set(one.measures) <= set(board.current.measures)]
    drawing = Drawing(board, report, choice, lang)
    framed = board.framed(quantities)
    heads, rows = _table(drawing, framed, quantities)
    return ReportResult(
        report, translate(lang, report.title), translate(lang, report.question), view(drawing), heads, rows,
        notes(drawing, quantities), period_name(board.period, lang), choice, tuple(quantities),
        framed.numbers.where(framed.signs == 0),
    )  # fmt: skip


def _table(
    drawing: Drawing, framed: Framed, quantities: list[Quantity]
) -> tuple[tuple[str, ...], tuple[TableRow, ...]]:
    """Every place: the charted figure now and the period before, its index when it is fair, and the other figures."""
    board, lang, first = drawing.board, drawing.lang, quantities[0]
    now, before = board.period, board.before
    earlier = any(release.card.period == before for release in board.series)
    heads = [drawing.say(N_("Kommune")), drawing.say(first.name)]
    if earlier:
        heads.append(upper_first(period_name(before, lang)))
    if first.below is not None:
        heads.append(drawing.say(N_("Samarbeidet = 100")))
    heads += [drawing.say(one.name) for one in quantities[1:]]
    own = drawing.choice.place
    places = [
        (p.id, p.name, "own" if own is not None and p.id == own.id else "place")
        for p, _f in ordered(drawing, framed.column(now.slug, first.id))
    ]
    places += [(GROUP + code, name, "group") for code, name in board.current.groups]
    places.append((REGION, drawing.say(TOGETHER), "region"))
    rows = []
    for place, name, kind in places:
        cells: list[tuple[Figure, str]] = []

        def add(figure: Figure, one: Quantity, into: list[tuple[Figure, str]] = cells) -> None:
            into.append((figure, cell(figure, one, lang)))

        add(framed.at(now.slug, place, first.id), first)
        if earlier:
            add(framed.at(before.slug, place, first.id), first)
        if first.below is not None:
            index = framed.index(now.slug, place, first.id)
            cells.append((index, index.sign or str(index.value)))
        for one in quantities[1:]:
            add(framed.at(now.slug, place, one.id), one)
        rows.append(TableRow(name, kind, tuple(f for f, _t in cells), tuple(t for _f, t in cells)))
    return tuple(heads), tuple(rows)


def notes(drawing: Drawing, quantities: list[Quantity]) -> tuple[str, ...]:
    """What a page or a file says under the figures: meanings, source, release, and what the signs mean."""
    board, say = drawing.board, drawing.say
    texts = [
        say(N_("%(name)s: %(definition)s"), name=say(q.name), definition=say(q.definition))
        for q in quantities
    ]
    texts.append(say(HIDDEN_MEANS))
    texts.append(say(NONE_MEANS))
    texts.append(release_note(board, drawing.lang))
    for one in quantities:
        texts += [note for note in population_note(drawing, one) if note not in texts and note != say(CREDIT)]
    if any(len(one.measures) < len(one.operands) for one in quantities):
        texts.append(say(CREDIT))
    return tuple(texts)


def release_note(board: Board, lang: str) -> str:
    """Which release the figures are from, for files that leave the house."""
    card = board.current.card
    return translate(
        lang, N_("Tallene er fra publisering %(edition)s for %(period)s, godkjent %(day)s. Hentet %(today)s."),
        edition=card.edition, period=period_name(card.period, lang), day=date_long(card.approved_at.date(), lang),
        today=date_long(today(), lang),
    )  # fmt: skip


def words_of(choice: Choice, report: Report, lang: str) -> list[tuple[str, str]]:
    """What is chosen, as (field, text), for the head of a file."""
    names = {
        (FIELDS.get(dimension.id), code): name
        for dimension in quantity(report.quantities[0]).dimensions
        for code, name in dimension.codes
    }
    return [
        (translate(lang, LABELS[field]), translate(lang, names[field, code]))
        for field, code in choice.codes.items()
    ]
