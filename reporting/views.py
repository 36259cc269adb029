"""From tables that may be shown to what the templates and the spreadsheet draw, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from reporting.dashboard import STEPS, Dashboard, ShownTable, map_steps
from reporting.definitions import USERS_PER_1000, Definition
from reporting.hiding import Cell
from reporting.periods import Language, Period
from sammen.documents.tables_out import Cell as SheetCell
from sammen.i18n_mark import N_
from sammen.web.formats import decimal, listed, money
from sammen.web.i18n import LANGUAGES, SOURCE_LANGUAGE, translate
from sammen.web.region_map import REGION_MAP

CREDIT = N_("Inneholder data fra Statistisk sentralbyrå.")
HIDDEN_MEANS = N_("Et kolon betyr at tallet er skjult, fordi få personer ligger bak. Kolon betyr ikke null.")
Bar = tuple[str, Decimal | int | None, str]


@dataclass(frozen=True, slots=True)
class Figure:
    """One chart with its table, ready for `ui.bar_figure`."""

    id: str
    title: str
    definition: str
    rows: tuple[Bar, ...]
    mean: Decimal | None
    mean_text: str
    desc: str
    value_label: str


@dataclass(frozen=True, slots=True)
class MapFigure:
    """The region's map, ready for `ui.region_map`, with its legend and the table beside it."""

    id: str
    title: str
    definition: str
    figures: dict[str, tuple[int | None, str]]
    legend: tuple[tuple[str, str], ...]
    desc: str
    value_label: str
    rows: tuple[tuple[str, str], ...]


def period_name(period: Period, lang: str) -> str:
    """The period as read in a sentence."""
    return period.label(cast("Language", lang if lang in LANGUAGES else SOURCE_LANGUAGE))


def figure_text(value: Decimal | int, measure: Definition, lang: str) -> str:
    """A number with the decimals its measure has."""
    return decimal(value, measure.decimals, lang)


def own_text(value: Decimal, measure: Definition, lang: str) -> str:
    """A number on the municipality's own page, where hours keep a decimal and kroner are told to be that."""
    if measure.unit == "kroner":
        return money(value, measure.decimals, lang)
    return decimal(value, 1 if measure.unit == "hours" else measure.decimals, lang)


def cell_text(cell: Cell, measure: Definition, lang: str) -> str:
    """What stands in a table: the number, ":" when hidden, "–" when there is none."""
    return cell.sign or figure_text(cell.value or 0, measure, lang)


def heading(table: ShownTable, lang: str) -> str:
    """The figure's heading: its finding when the figures carry one, else what it shows."""
    if table.leader is not None:
        return translate(lang, table.measure.finding, name=table.leader)
    return translate(lang, table.measure.heading)


def _definition(table: ShownTable, lang: str) -> str:
    said = [translate(lang, table.measure.definition)]
    if table.has_hidden:
        said.append(
            translate(lang, N_("Kommunene står alfabetisk, slik at rekkefølgen ikke røper skjulte tall."))
        )
    if table.absent:
        said.append(
            translate(lang, N_("Uten tall for denne perioden: %(names)s."), names=listed(table.absent, lang))
        )
    return " ".join(said)


def _description(table: ShownTable, lang: str) -> str:
    """The picture in words: only what is shown."""
    said = [
        translate(lang, N_("%(name)s har %(value)s."), name=name, value=cell_text(cell, table.measure, lang))
        for name, cell in table.bars
        if not cell.hidden
    ]
    hidden = [name for name, cell in table.bars if cell.hidden]
    if hidden:
        said.append(translate(lang, N_("Tall er skjult for %(names)s."), names=listed(hidden, lang)))
    return " ".join(said)


def bar_figure(table: ShownTable, lang: str) -> Figure:
    """The table as a bar chart."""
    mean = table.mean
    shown_mean = ""
    if mean is not None:
        # A mean of counts keeps a decimal: whole users would look like a count of people.
        value = decimal(mean, 1 if table.measure.unit == "count" else table.measure.decimals, lang)
        shown_mean = translate(lang, N_("Gjennomsnitt %(value)s"), value=value)
    return Figure(
        id=f"tall-{table.measure.id}".replace("_", "-"),
        title=heading(table, lang),
        definition=_definition(table, lang),
        rows=tuple((name, cell.value, cell_text(cell, table.measure, lang)) for name, cell in table.bars),
        mean=mean,
        mean_text=shown_mean,
        desc=_description(table, lang),
        value_label=translate(lang, table.measure.name),
    )


def map_figure(board: Dashboard, lang: str) -> MapFigure | None:
    """Users per 1 000 inhabitants on the map, when the region is the one the map draws and population is known."""
    table = board.table(USERS_PER_1000)
    drawn = {outline.name for outline in REGION_MAP if outline.member}
    if table is None or not drawn & set(board.reported):
        return None
    cuts, placed = map_steps(table)
    measure = table.measure
    figures = {
        name: (step, "" if value is None else figure_text(value, measure, lang))
        for name, step, value in placed
    }
    year = translate(lang, N_("Folketallet er per 1. januar %(year)s."), year=board.population_year)
    return MapFigure(
        id=f"tall-{measure.id}".replace("_", "-"),
        title=heading(table, lang),
        definition=f"{_definition(table, lang)} {year} {translate(lang, CREDIT)}",
        figures=figures,
        legend=tuple(_legend(cuts, table.has_hidden, set(board.reported) >= drawn, lang)),
        desc=_description(table, lang),
        value_label=translate(lang, measure.name),
        rows=tuple((name, cell_text(cell, measure, lang)) for name, cell in table.rows),
    )


def _legend(cuts: Sequence[Decimal], hidden: bool, whole: bool, lang: str) -> Iterator[tuple[str, str]]:
    """A line for each step, highest first; none when all are equal, since the map then has one shade."""
    ends = [figure_text(cut, USERS_PER_1000, lang) for cut in reversed(cuts)]
    for place, low in enumerate(ends):
        shade = f"m{STEPS - place}"
        if place == 0:
            yield shade, translate(lang, N_("%(low)s eller mer"), low=low)
        else:
            yield shade, translate(lang, N_("fra %(low)s til %(high)s"), low=low, high=ends[place - 1])
    if ends:
        yield f"m{STEPS - len(ends)}", translate(lang, N_("under %(high)s"), high=ends[-1])
    if hidden:
        yield "mx", translate(lang, N_(": skjult"))
    if not whole:
        yield "m0", translate(lang, N_("uten tall"))


def sheet(board: Dashboard, lang: str) -> tuple[list[str], list[list[SheetCell]]]:
    """Heading and rows of the spreadsheet: the tables of the page side by side, and what they mean."""
    header = [translate(lang, N_("Kommune")), *(translate(lang, t.measure.name) for t in board.tables)]
    columns = [table.by_name for table in board.tables]
    rows: list[list[SheetCell]] = [
        [name, *(column[name].sign or column[name].value for column in columns)] for name in board.reported
    ]
    late = translate(lang, N_("ikke levert"))
    rows += [[name, *(late for _column in columns)] for name in board.missing]
    rows.append([])
    rows += [
        [f"{translate(lang, t.measure.name)}: {translate(lang, t.measure.definition)}"] for t in board.tables
    ]
    if board.has_hidden:
        rows.append([translate(lang, HIDDEN_MEANS)])
    if board.population_year is not None:
        year = translate(lang, N_("Folketallet er per 1. januar %(year)s."), year=board.population_year)
        rows.append([f"{year} {translate(lang, CREDIT)}"])
    return header, rows
