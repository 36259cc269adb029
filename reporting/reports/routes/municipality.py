"""A municipality beside the others, made of the same published figures as the region's pages."""

from __future__ import annotations

from litestar import Response

from reporting.figures.api import regions_of
from reporting.releases.api import Place
from reporting.reports.board import Board, open_board
from reporting.reports.declared import FRONT, KEYS, REPORTS
from reporting.reports.engine import available
from reporting.reports.glance import lead, tiles
from reporting.reports.own import own_figures
from reporting.reports.routes.shared import (
    FIGURES,
    ask,
    common,
    comparison_file,
    report_file,
    report_page,
    tables_of,
    views_of,
)
from reporting.reports.targets import in_force, target_rows
from reporting.reports.wording import period_name
from sammen.errors import NotFound
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import page

HERE = "/tall/sammenlign"


async def _board(desk: Desk) -> tuple[Board, Place]:
    """The figures and the municipality's own place in them. Raises NotFound when it has none."""
    board = await open_board(desk.uow, desk.query.get("periode", ""))
    if board is None:
        raise NotFound
    return board, board.place(desk.context.slug)


@page("/k/{slug:str}/tall/sammenlign", Permission.FIGURE_COMPARE)
async def beside(desk: Desk) -> Response[str]:
    """The municipality's key figures beside the region's, and every municipality's side by side."""
    title = desk.say(N_("Sammenlign med de andre"))
    crumbs = [(desk.say(FIGURES), desk.url("/tall")), (title, "")]
    board = await open_board(desk.uow, desk.query.get("periode", ""))
    if board is None or not board.shows(desk.context.slug):
        alone = not await regions_of(desk.uow)
        return await desk.render(
            "reports/empty_own.html",
            title=title,
            current="/tall",
            crumbs=crumbs,
            alone=alone,
            others=board is not None,
        )
    place, lang = board.place(desk.context.slug), desk.language
    targets = in_force(await target_rows(desk.uow), board.period.end)
    own = await own_figures(desk.uow, board, place, KEYS)
    address = desk.url(f"{HERE}/rapport")
    return await desk.render(
        "reports/beside.html",
        title=desk.say(N_("%(name)s og samarbeidet, %(period)s"), name=place.name, period=period_name(board.period, lang)),
        current="/tall", crumbs=crumbs, lead=lead(board, KEYS, place, lang),
        tiles=tiles(board, KEYS, place, targets, lang, own),
        views=views_of(desk, board, [REPORTS[name] for name in FRONT if name in REPORTS], place, address),
        tables=await tables_of(desk, board, place), base=desk.url("/tall"), address=desk.url(HERE), place=place,
        place_base=None, own=place,
        reports=[(desk.say(report.title), f"{address}/{report.id}{ask(board)}") for report in REPORTS.values()
                 if available(report, board)],
        **common(desk, board),
    )  # fmt: skip


@page("/k/{slug:str}/tall/sammenlign/tall.xlsx", Permission.FIGURE_COMPARE)
async def beside_workbook(desk: Desk) -> Response[bytes]:
    """The comparison as a spreadsheet."""
    board, place = await _board(desk)
    return await comparison_file(desk, board, "xlsx", own=place)


@page("/k/{slug:str}/tall/sammenlign/tall.pdf", Permission.FIGURE_COMPARE)
async def beside_paper(desk: Desk) -> Response[bytes]:
    """The comparison on paper."""
    board, place = await _board(desk)
    return await comparison_file(desk, board, "pdf", own=place)


@page("/k/{slug:str}/tall/sammenlign/rapport/{report:str}", Permission.FIGURE_COMPARE)
async def beside_report(desk: Desk) -> Response[str]:
    """A report with the municipality marked."""
    board, place = await _board(desk)
    crumbs = [
        (desk.say(FIGURES), desk.url("/tall")),
        (desk.say(N_("Sammenlign")), desk.url(HERE) + ask(board)),
    ]
    return await report_page(desk, board, desk.url(f"{HERE}/rapport"), crumbs, own=place)


@page("/k/{slug:str}/tall/sammenlign/rapport/{report:str}/tall.xlsx", Permission.FIGURE_COMPARE)
async def beside_report_workbook(desk: Desk) -> Response[bytes]:
    """The report as a spreadsheet."""
    board, place = await _board(desk)
    return await report_file(desk, board, "xlsx", own=place)


@page("/k/{slug:str}/tall/sammenlign/rapport/{report:str}/rapport.pdf", Permission.FIGURE_COMPARE)
async def beside_report_paper(desk: Desk) -> Response[bytes]:
    """The report on paper."""
    board, place = await _board(desk)
    return await report_file(desk, board, "pdf", own=place)


HANDLERS = [beside, beside_workbook, beside_paper, beside_report, beside_report_workbook, beside_report_paper]
