"""Figures: the municipality's own, and the steering group's dashboard. HTTP in, template or redirect out."""

from __future__ import annotations

from litestar import Response

from reporting import views
from reporting.dashboard import Dashboard, Raw, assemble
from reporting.definitions import ALL, USERS_PER_1000
from reporting.figures.queries import parse_or_none
from reporting.frames import figures_of, per_thousand, period_frame, warm
from reporting.hiding import alphabetical
from reporting.periods import Period
from reporting.queries import inhabitants, members, region_reports, shown_periods, threshold_from
from sammen.clock import today
from sammen.documents.tables_out import write_xlsx
from sammen.errors import NotFound
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import page
from sammen.web.formats import listed

FIGURES = N_("Tall")
METHOD = N_("Slik er tallene laget")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


# The region's -----------------------------------------------------------------------------------------------------
async def _dashboard(desk: Desk) -> tuple[Period | None, list[Period], Dashboard | None]:
    """The chosen period, every period there is, and its tables, hidden where they must be."""
    uow = desk.uow
    periods = await shown_periods(uow)
    if not periods:
        return None, [], None
    wanted = parse_or_none(desk.query["periode"]) if desk.query.get("periode") else periods[0]
    if wanted not in periods:
        raise NotFound
    await warm()
    frame = period_frame(await region_reports(uow, wanted))
    year, people = await inhabitants(uow, frame.index, wanted.year)
    raw = Raw(figures_of(frame), per_thousand(frame, people))
    board = assemble(
        raw,
        await members(uow, wanted.end),
        threshold=threshold_from(desk.context.settings),
        population_year=year,
    )
    return wanted, periods, board


@page("/r/{slug:str}/tall", Permission.DASHBOARD_READ)
async def dashboard(desk: Desk) -> Response[str]:
    """The steering group's figures for a period."""
    period, periods, board = await _dashboard(desk)
    title = desk.say(FIGURES)
    if period is None or board is None:
        expected = await members(desk.uow, today())
        return await desk.render(
            "reporting/region_empty.html",
            title=title,
            current="/tall",
            expected=listed(sorted(expected.values(), key=alphabetical), desk.language),
        )
    lang = desk.language
    name = views.period_name(period, lang)
    region_map = views.map_figure(board, lang)
    bars = [t for t in board.tables if region_map is None or t.measure is not USERS_PER_1000]
    return await desk.render(
        "reporting/region.html",
        title=desk.say(N_("Tall for %(period)s"), period=name),
        current="/tall",
        board=board,
        missing=listed(board.missing, lang),
        period=period,
        period_name=name,
        last_day=period.end,
        periods=[(p.slug, views.period_name(p, lang)) for p in periods],
        figures=[views.bar_figure(table, lang) for table in bars],
        region_map=region_map,
        base=desk.url("/tall"),
    )


@page("/r/{slug:str}/tall/tall.xlsx", Permission.DASHBOARD_READ)
async def download(desk: Desk) -> Response[bytes]:
    """Exactly what the page shows, as a spreadsheet."""
    period, _periods, board = await _dashboard(desk)
    if period is None or board is None:
        raise NotFound
    header, rows = views.sheet(board, desk.language)
    await desk.uow.finish()
    content = write_xlsx(header, rows, sheet=views.period_name(period, desk.language))
    return desk.download(f"tall-{desk.context.slug}-{period.slug}.xlsx", content, XLSX)


@page("/r/{slug:str}/tall/slik", Permission.DASHBOARD_READ)
async def method(desk: Desk) -> Response[str]:
    """How each figure was made, in the words of its definition."""
    return await desk.render(
        "reporting/method.html",
        title=desk.say(METHOD),
        current="/tall",
        crumbs=[(desk.say(FIGURES), desk.url("/tall")), (desk.say(METHOD), "")],
        measures=[
            (m.id, desk.say(m.name), desk.say(m.definition), [desk.say(step) for step in m.computed],
             desk.say(m.source), desk.say(m.hidden))
            for m in ALL.values()
        ],
        credit=desk.say(views.CREDIT),
    )  # fmt: skip


HANDLERS = [dashboard, download, method]
