"""What the region's pages and the municipality's have in common: the same engine, the same templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlencode

from litestar import Response

from reporting.measures.api import THEMES
from reporting.releases.api import Place
from reporting.reports.board import Board
from reporting.reports.charting import view
from reporting.reports.choice import LABELS, Choice, fields_of
from reporting.reports.comparison import Comparison, comparisons
from reporting.reports.declared import REPORTS, reports_of
from reporting.reports.drawing import Drawing, View
from reporting.reports.engine import ReportResult, available, build, release_note
from reporting.reports.files import comparison_pdf, comparison_sheet, report_pdf, report_sheet
from reporting.reports.glance import reported_text
from reporting.reports.spec import Report
from reporting.reports.targets import in_force, target_rows
from reporting.reports.wording import HIDDEN_MEANS, period_name
from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.web.desk import Desk
from sammen.web.formats import listed

FIGURES: Final = N_("Tall")
COMPARE: Final = N_("Sammenlign kommunene")
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF: Final = "application/pdf"


def periods_of(desk: Desk, board: Board) -> list[tuple[str, str]]:
    """Every period that is shown, for the choice at the top."""
    return [(card.period.slug, period_name(card.period, desk.language)) for card in board.cards]


def ask(board: Board, **more: str) -> str:
    """The end of an address that keeps the period, when it is not the newest, and adds `more`."""
    said = {} if board.period == board.cards[0].period else {"periode": board.period.slug}
    said.update({name: value for name, value in more.items() if value})
    return f"?{urlencode(said)}" if said else ""


def common(desk: Desk, board: Board) -> dict[str, Any]:
    """What every page of figures shows: the period, the choice of it, who is in, and who is not."""
    lang = desk.language
    return {
        "period": board.period,
        "period_name": period_name(board.period, lang),
        "periods": periods_of(desk, board),
        "reported": reported_text(board, lang),
        "board": board,
        "query_end": ask(board),
        "missing_names": listed(board.missing, lang),
    }


def views_of(
    desk: Desk, board: Board, reports: Sequence[Report], place: Place | None, address: str
) -> list[View]:
    """The charts of some reports, those the release has no figures for left out. `address`: of a report, before its id."""
    found = []
    for report in reports:
        if available(report, board):
            made = view(Drawing(board, report, Choice(place=place), desk.language))
            slug = place.slug if place is not None and desk.context.tenant_id is None else ""
            found.append(replace(made, url=f"{address}/{report.id}{ask(board, kommune=slug)}"))
    return found


def themes_of(board: Board) -> list[tuple[str, str]]:
    """(theme, msgid) of the themes the release has a report of."""
    return [
        (theme, name)
        for theme, name in THEMES.items()
        if any(available(report, board) for report in reports_of(theme))
    ]


def declared(desk: Desk) -> Report:
    """The report of the address. Raises NotFound."""
    try:
        return REPORTS[str(desk.request.path_params["report"])]
    except KeyError:
        raise NotFound from None


async def report_page(
    desk: Desk, board: Board, address: str, crumbs: Sequence[tuple[str, str]], *, own: Place | None = None
) -> Response[str]:
    """One report with its choices; a choice that makes no sense comes back with what is wrong, and 422."""
    report = declared(desk)
    errors: Mapping[str, Any] = {}
    try:
        result = build(board, report, desk.query, desk.language, own=own)
    except Invalid as bad:
        errors = bad.errors
        result = build(board, report, {}, desk.language, own=own)
    options = {
        name: [("", desk.say(N_("Alle"))), *((code, desk.say(text)) for code, text in codes)]
        for name, codes in fields_of(report, board.current).items()
    }
    chosen = {name: desk.query.get(name, "") for name in ("periode", "kommune", "sorter", *options)}
    kept = result.choice.query(periode=board.period.slug)
    if own is not None:
        kept.pop("kommune", None)
    return await desk.render(
        "reports/report.html", title=result.title, current="/tall", crumbs=[*crumbs, (result.title, "")],
        status=422 if errors else 200, errors=errors, result=result,
        options=[(name, desk.say(LABELS[name]), codes) for name, codes in options.items()],
        chosen={**chosen, "periode": board.period.slug},
        places=None if own is not None else [(p.slug, p.name) for p in board.current.places],
        address=f"{address}/{report.id}", kept=kept, **common(desk, board),
    )  # fmt: skip


async def report_file(desk: Desk, board: Board, kind: str, *, own: Place | None = None) -> Response[bytes]:
    """The report as a file, with the choices of its page. A choice that makes no sense is refused (422)."""
    report = declared(desk)
    if kind == "pdf" and report.chart == "map":
        # A map without its table beside it says little on paper; bars carry their numbers.
        report = replace(report, chart="bars")
    result: ReportResult = build(board, report, desk.query, desk.language, own=own)
    name = f"{report.id}-{desk.context.slug}-{board.period.slug}"
    await desk.uow.finish()
    if kind == "xlsx":
        return desk.download(f"{name}.xlsx", report_sheet(result, desk.language), XLSX)
    content = await report_pdf(result, desk.context.place_name, desk.language)
    return desk.download(f"{name}.pdf", content, PDF)


async def tables_of(desk: Desk, board: Board, place: Place | None) -> list[Comparison]:
    """The comparison's tables, with the targets in force when the period ended."""
    targets = in_force(await target_rows(desk.uow), board.period.end)
    return comparisons(board, place, targets, desk.language)


async def comparison_file(
    desk: Desk, board: Board, kind: str, *, own: Place | None = None
) -> Response[bytes]:
    """The whole comparison as a file."""
    tables = await tables_of(desk, board, own)
    await desk.uow.finish()
    lang = desk.language
    notes = [desk.say(HIDDEN_MEANS), reported_text(board, lang), release_note(board, lang)]
    name = f"tall-{desk.context.slug}-{board.period.slug}"
    period = period_name(board.period, lang)
    if kind == "xlsx":
        return desk.download(f"{name}.xlsx", comparison_sheet(tables, notes, period, lang), XLSX)
    title = desk.say(N_("Kommunene ved siden av hverandre, %(period)s"), period=period)
    content = await comparison_pdf(tables, notes, title, desk.context.place_name, lang)
    return desk.download(f"{name}.pdf", content, PDF)
