"""Figures: the municipality's own, and the steering group's dashboard. HTTP in, template or redirect out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response

from reporting import views
from reporting.dashboard import Dashboard, Raw, assemble
from reporting.definitions import ALL, USERS_PER_1000
from reporting.figures.jobs import start_computing
from reporting.figures.queries import (
    offered_kinds,
    own_editions,
    own_totals,
    own_values,
    parse_or_none,
    regions_of,
)
from reporting.figures.service import approve
from reporting.frames import figures_of, per_thousand, period_frame, warm
from reporting.hiding import alphabetical
from reporting.own import PeriodState, changes, home_rows, period_states
from reporting.periods import Period
from reporting.queries import inhabitants, members, region_reports, shown_periods, threshold_from
from sammen.clock import today
from sammen.documents.tables_out import write_xlsx
from sammen.errors import NotFound
from sammen.i18n_mark import N_
from sammen.jobs.tasks import TaskView, read_task
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.formats import listed, lower_first

FIGURES = N_("Tall")
METHOD = N_("Slik er tallene laget")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


# The municipality's own -------------------------------------------------------------------------------------------
@page("/k/{slug:str}/tall", Permission.FIGURE_READ)
async def own_list(desk: Desk) -> Response[str]:
    """The periods, and how far each has come."""
    regions = await regions_of(desk.uow)
    states = period_states(await offered_kinds(desk.uow), await own_editions(desk.uow), today())
    return await desk.render(
        "reporting/own_list.html",
        title=desk.say(FIGURES),
        current="/tall",
        states=[(state, views.period_name(state.period, desk.language)) for state in states],
        regions=listed([region.name for region in regions], desk.language),
        base=desk.url("/tall"),
    )


@page("/k/{slug:str}/tall/{period:str}", Permission.FIGURE_READ)
async def own_period(desk: Desk) -> Response[str]:
    """One period: its figures beside the previous period's, computing and approving."""
    uow = desk.uow
    period = _ended_period(desk)
    task = await _task(desk)
    if desk.request.headers.get("hx-request") and task is not None:
        return await _progress(desk, task)
    editions = await own_editions(uow)
    state = PeriodState(period, tuple(editions.get(period.slug, ())))
    last = PeriodState(period.previous, tuple(editions.get(period.previous.slug, ())))
    values = await own_totals(uow, state.current.id) if state.current else {}
    before = await own_totals(uow, last.compared.id) if last.compared else {}
    home = home_rows(await own_values(uow, state.current.id)) if state.current else []
    regions = [region for region in await regions_of(uow) if region.kind is period.kind]
    found = changes(values, before)
    name = views.period_name(period, desk.language)
    return await desk.render(
        "reporting/own_period.html",
        title=desk.say(N_("Tall for %(period)s"), period=name),
        current="/tall",
        crumbs=[(desk.say(FIGURES), desk.url("/tall")), (name, "")],
        period_name=name,
        previous_name=views.period_name(last.period, desk.language),
        state=state,
        rows=[
            (desk.say(c.measure.name), views.own_text(c.value, c.measure, desk.language),
             None if c.before is None else views.own_text(c.before, c.measure, desk.language), c.percent, c.big)
            for c in found
        ],
        home=[
            (desk.say(measure.name), desk.say(measure.definition),
             [(desk.say(cell), views.own_text(value, measure, desk.language)) for cell, value in cells])
            for measure, cells in home
        ],
        meanings=[(desk.say(c.measure.name), desk.say(c.measure.definition)) for c in found],
        big_names=listed([lower_first(desk.say(c.measure.name)) for c in found if c.big], desk.language),
        regions=listed([region.name for region in regions], desk.language),
        may_approve=desk.context.may(Permission.FIGURE_APPROVE),
        task=task,
        url=desk.url(f"/tall/{period.slug}"),
    )  # fmt: skip


async def _progress(desk: Desk, task: TaskView) -> Response[str]:
    """The piece of the page that asks again; when the job has ended, the browser loads the whole page."""
    ended = task.state in ("done", "failed")
    response = await desk.render(
        "reporting/progress.html", title="", task=task, url=f"{desk.path}?jobb={task.id}"
    )
    if ended:
        response.headers["HX-Refresh"] = "true"
    return response


async def _task(desk: Desk) -> TaskView | None:
    try:
        wanted = UUID(desk.query.get("jobb", ""))
    except ValueError:
        return None
    return await read_task(desk.uow, wanted)


def _ended_period(desk: Desk) -> Period:
    """The period of the address. NotFound when it is none, or not over yet."""
    text = str(desk.request.path_params["period"])
    period = parse_or_none(text)
    # One period has one address; "1. halvår 2026" is a name of it, not an address.
    if period is None or period.slug != text or period.end >= today():
        raise NotFound
    return period


@action("/k/{slug:str}/tall/{period:str}/beregn", Permission.FIGURE_APPROVE)
async def start(desk: Desk) -> Response[Any]:
    """Queue the computation, and show how far it has come."""
    period = _ended_period(desk)
    task = await start_computing(desk.uow, period)
    return desk.redirect(desk.url(f"/tall/{period.slug}?jobb={task}"))


@action("/k/{slug:str}/tall/{period:str}/godkjenn", Permission.FIGURE_APPROVE)
async def approve_figures(desk: Desk) -> Response[Any]:
    """Approve the edition that was on the page."""
    period = _ended_period(desk)
    try:
        chosen = UUID(desk.form.text("utgave"))
    except ValueError:
        raise NotFound from None
    await approve(desk.uow, chosen, note=desk.form.text("kommentar"), reason=desk.form.text("grunn"))
    return desk.redirect(desk.url(f"/tall/{period.slug}"), flash=N_("Tallene er godkjent."))


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


HANDLERS = [own_list, own_period, start, approve_figures, dashboard, download, method]
