"""The region's figures: at a glance, theme by theme, one municipality, one report, and all of them side by side."""

from __future__ import annotations

from litestar import Response

from reporting.figures.api import members
from reporting.releases.api import any_withdrawn
from reporting.reports.board import Board, open_board
from reporting.reports.declared import FRONT, KEYS, REPORTS, reports_of
from reporting.reports.glance import lead, tiles
from reporting.reports.routes.shared import (
    COMPARE,
    FIGURES,
    ask,
    common,
    comparison_file,
    report_file,
    report_page,
    tables_of,
    themes_of,
    views_of,
)
from reporting.reports.targets import in_force, target_rows
from reporting.reports.wording import period_name
from sammen.clock import today
from sammen.errors import NotFound
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import page
from sammen.web.formats import listed


async def _board(desk: Desk) -> Board:
    """The figures of the address's period. Raises NotFound when nothing is published."""
    board = await open_board(desk.uow, desk.query.get("periode", ""))
    if board is None:
        raise NotFound
    return board


def _tabs(desk: Desk, board: Board, here: str) -> list[tuple[str, str, bool]]:
    """The pages of the region's figures."""
    end = ask(board)
    items = [
        (desk.say(N_("Oversikt")), "/tall", ""),
        (desk.say(N_("Sammenlign")), "/tall/sammenlign", "sammenlign"),
    ]
    items += [(desk.say(name), f"/tall/tema/{theme}", theme) for theme, name in themes_of(board)]
    lines = [(text, desk.url(path) + end, name == here) for text, path, name in items]
    # The survey of schemes is as of a day, not of a period.
    return [*lines, (desk.say(N_("Ordninger")), desk.url("/ordninger"), False)]


@page("/r/{slug:str}/tall", Permission.DASHBOARD_READ)
async def glance(desk: Desk) -> Response[str]:
    """The region at a glance: what has changed, six key figures, and the charts a meeting begins with."""
    board = await open_board(desk.uow, desk.query.get("periode", ""))
    if board is None:
        expected = await members(desk.uow, today())
        return await desk.render(
            "reports/empty.html", title=desk.say(FIGURES), current="/tall",
            expected=listed([one.name for one in expected], desk.language),
            may_release=desk.context.may(Permission.RELEASE_WRITE), withdrawn=await any_withdrawn(desk.uow),
        )  # fmt: skip
    targets = in_force(await target_rows(desk.uow), board.period.end)
    lang = desk.language
    views = views_of(
        desk, board, [REPORTS[name] for name in FRONT if name in REPORTS], None, desk.url("/tall/rapport")
    )
    return await desk.render(
        "reports/glance.html", title=desk.say(N_("Tall for %(period)s"), period=period_name(board.period, lang)),
        current="/tall", lead=lead(board, KEYS, None, lang), tiles=tiles(board, KEYS, None, targets, lang), views=views,
        tabs=_tabs(desk, board, ""), base=desk.url("/tall"), place=None,
        places=[(p.name, desk.url(f"/tall/kommune/{p.slug}") + ask(board)) for p in board.current.places],
        **common(desk, board),
    )  # fmt: skip


@page("/r/{slug:str}/tall/tema/{theme:str}", Permission.DASHBOARD_READ)
async def theme_page(desk: Desk) -> Response[str]:
    """Every report of a theme."""
    board = await _board(desk)
    theme = str(desk.request.path_params["theme"])
    names = dict(themes_of(board))
    if theme not in names:
        raise NotFound
    title = desk.say(names[theme])
    return await desk.render(
        "reports/theme.html", title=title, current="/tall", crumbs=[(desk.say(FIGURES), desk.url("/tall")), (title, "")],
        views=views_of(desk, board, reports_of(theme), None, desk.url("/tall/rapport")), tabs=_tabs(desk, board, theme),
        address=desk.url(f"/tall/tema/{theme}"), base=desk.url("/tall"), **common(desk, board),
    )  # fmt: skip


@page("/r/{slug:str}/tall/kommune/{place:str}", Permission.DASHBOARD_READ)
async def place_page(desk: Desk) -> Response[str]:
    """One municipality beside the region: the same figures, with its own marked."""
    board = await _board(desk)
    place = board.place(str(desk.request.path_params["place"]))
    targets = in_force(await target_rows(desk.uow), board.period.end)
    lang = desk.language
    title = desk.say(
        N_("%(name)s og samarbeidet, %(period)s"), name=place.name, period=period_name(board.period, lang)
    )
    reports = [REPORTS[name] for name in FRONT if name in REPORTS]
    return await desk.render(
        "reports/glance.html", title=title, current="/tall",
        crumbs=[(desk.say(FIGURES), desk.url("/tall")), (place.name, "")], lead=lead(board, KEYS, place, lang),
        tiles=tiles(board, KEYS, place, targets, lang),
        views=views_of(desk, board, reports, place, desk.url("/tall/rapport")), tabs=_tabs(desk, board, "kommune"),
        base=desk.url("/tall"), place=place,
        places=[(p.name, desk.url(f"/tall/kommune/{p.slug}") + ask(board)) for p in board.current.places],
        **common(desk, board),
    )  # fmt: skip


@page("/r/{slug:str}/tall/sammenlign", Permission.DASHBOARD_READ)
async def compare(desk: Desk) -> Response[str]:
    """Every municipality beside the others, the region's mean and spread, theme by theme."""
    board = await _board(desk)
    title = desk.say(COMPARE)
    return await desk.render(
        "reports/compare.html", title=title, current="/tall", crumbs=[(desk.say(FIGURES), desk.url("/tall")), (title, "")],
        tables=await tables_of(desk, board, None), tabs=_tabs(desk, board, "sammenlign"), base=desk.url("/tall"),
        address=desk.url("/tall/sammenlign"), place_base=desk.url("/tall/kommune"), own=None, **common(desk, board),
    )  # fmt: skip


@page("/r/{slug:str}/tall/tall.xlsx", Permission.DASHBOARD_READ)
async def workbook(desk: Desk) -> Response[bytes]:
    """The comparison as a spreadsheet."""
    return await comparison_file(desk, await _board(desk), "xlsx")


@page("/r/{slug:str}/tall/tall.pdf", Permission.DASHBOARD_READ)
async def paper(desk: Desk) -> Response[bytes]:
    """The comparison on paper."""
    return await comparison_file(desk, await _board(desk), "pdf")


@page("/r/{slug:str}/tall/rapport/{report:str}", Permission.DASHBOARD_READ)
async def one_report(desk: Desk) -> Response[str]:
    """A report; its address is all there is to share."""
    board = await _board(desk)
    crumbs = [(desk.say(FIGURES), desk.url("/tall"))]
    return await report_page(desk, board, desk.url("/tall/rapport"), crumbs)


@page("/r/{slug:str}/tall/rapport/{report:str}/tall.xlsx", Permission.DASHBOARD_READ)
async def report_workbook(desk: Desk) -> Response[bytes]:
    """The report as a spreadsheet."""
    return await report_file(desk, await _board(desk), "xlsx")


@page("/r/{slug:str}/tall/rapport/{report:str}/rapport.pdf", Permission.DASHBOARD_READ)
async def report_paper(desk: Desk) -> Response[bytes]:
    """The report on paper."""
    return await report_file(desk, await _board(desk), "pdf")


HANDLERS = [
    glance, theme_page, place_page, compare, workbook, paper, one_report, report_workbook, report_paper,
]  # fmt: skip
