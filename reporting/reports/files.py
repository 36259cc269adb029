"""Reports as files: a workbook and a PDF that say what the page says, with source, period, release and method."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from reporting.reports.comparison import Comparison
from reporting.reports.engine import ReportResult, words_of
from reporting.reports.pictures import alternative, picture
from reporting.reports.wording import unbroken
from sammen.clock import today
from sammen.documents.blocks import Block, Facts, Heading, Paragraph, Picture, Points, Table
from sammen.documents.pdf import WORDS, Document, Sender, render_pdf
from sammen.documents.tables_out import Cell, write_xlsx
from sammen.i18n_mark import N_
from sammen.web.i18n import translate

METHOD: Final = N_("Slik er tallene laget")
COLUMNS: Final = 4
"""How many figures stand beside each other on a page; one fewer when a head has a word that is too long for that."""
LONG_WORD: Final = 14


def report_sheet(result: ReportResult, lang: str) -> bytes:
    """The report's table as a workbook: the numbers as printed, signs where there is none, and the notes under it."""
    rows: list[list[Cell]] = [
        [row.name, *(figure.sign or figure.value for figure in row.figures)] for row in result.rows
    ]
    rows.append([])
    rows += [[f"{label}: {text}"] for label, text in words_of(result.choice, result.report, lang)]
    rows += [[note] for note in result.notes]
    return write_xlsx(list(result.heads), rows, sheet=result.period)


def comparison_sheet(tables: Sequence[Comparison], notes: Sequence[str], period: str, lang: str) -> bytes:
    """All the themes' tables side by side, one row a place."""
    header = [translate(lang, N_("Kommune")), *(column.name for table in tables for column in table.columns)]
    rows: list[list[Cell]] = [
        [parts[0].name, *(f.sign or f.value for part in parts for f in part.figures)]
        for parts in zip(*(table.rows for table in tables), strict=True)
    ]
    rows.append([])
    for table in tables:
        for column in table.columns:
            said = translate(
                lang,
                N_("%(name)s: %(definition)s"),
                name=column.name,
                definition=translate(lang, column.one.definition),
            )
            rows.append([said])
    rows += [[note] for note in notes]
    return write_xlsx(header, rows, sheet=period)


async def report_pdf(result: ReportResult, sender: str, lang: str) -> bytes:
    """The report on paper: the finding, its chart, the table, and how it was made. PDF/UA."""

    def say(message: str, **params: object) -> str:
        return translate(lang, message, **params)

    blocks: list[Block] = [
        Facts([(say(N_("Periode")), result.period), *words_of(result.choice, result.report, lang)]),
        Paragraph(result.question),
        Heading(result.chart.title),
        Paragraph(result.chart.definition),
        *_chart(result, lang),
        *_tables(result.heads, [(row.name, *row.texts) for row in result.rows]),
        *_series(result),
        Heading(say(METHOD)),
        Points(result.notes),
    ]
    return await render_pdf(_document(result.title, sender, blocks, lang))


def _chart(result: ReportResult, lang: str) -> list[Block]:
    """The chart, when there is anything to draw; a map is drawn as bars before it comes here."""
    if result.chart.blank or result.chart.kind == "map":
        return []
    return [Picture(picture(result.chart, lang), alternative(result.chart, lang))]


def _tables(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[Block]:
    """A wide table as several, each with the places: heads are long words, and a page is narrow."""
    long = any(len(word) > LONG_WORD for head in heads[1:] for word in head.split())
    parts = max(1, math.ceil((len(heads) - 1) / (COLUMNS - long)))
    wide = math.ceil((len(heads) - 1) / parts)
    return [
        Table(
            [heads[0], *map(unbroken, heads[at : at + wide])], [[row[0], *row[at : at + wide]] for row in rows],
            widths=[3, *[2] * len(heads[at : at + wide])], numeric=True,
        )
        for at in range(1, len(heads), max(1, wide))
    ]  # fmt: skip


def _series(result: ReportResult) -> list[Block]:
    """What the chart shows over time, when its table is another than the report's."""
    values = result.chart.values
    if result.chart.kind not in ("lines", "shares") or not values.get("rows"):
        return []
    return _tables(list(values["heads"]), [list(row) for row in values["rows"]])


async def comparison_pdf(
    tables: Sequence[Comparison], notes: Sequence[str], title: str, sender: str, lang: str
) -> bytes:
    """The comparison on paper: a table for each theme."""
    blocks: list[Block] = []
    head = translate(lang, N_("Kommune"))
    for table in tables:
        rows = [(row.name, *(text for text, _index, _state in row.texts)) for row in table.rows]
        names = [head, *(column.name for column in table.columns)]
        blocks += [Heading(table.title), *_tables(names, rows)]
    blocks += [Heading(translate(lang, METHOD)), Points(list(notes))]
    return await render_pdf(_document(title, sender, blocks, lang))


def _document(title: str, sender: str, blocks: Sequence[Block], lang: str) -> Document:
    return Document(
        kind="report", language=lang, title=title, date=today(), sender=Sender(sender), blocks=blocks, about=title,
        words={name: translate(lang, text) for name, text in WORDS.items()},
    )  # fmt: skip
