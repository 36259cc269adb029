"""A municipality's own figures: periods, one period, its editions; computing, commenting and approving."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Response

from reporting.figures import views
from reporting.figures.hooks import ranges
from reporting.figures.jobs import start_computing
from reporting.figures.own import PeriodState, checks, figures_of, period_states, rows, year_before
from reporting.figures.population import denominators
from reporting.figures.queries import (
    Edition,
    Values,
    comments_of,
    due_on,
    offered_kinds,
    own_editions,
    own_values,
    parse_or_none,
    regions_of,
    reminded,
)
from reporting.figures.service import approve, comment
from reporting.measures.api import DEFINITIONS
from reporting.periods import Period, PeriodKind
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.jobs.tasks import TaskView, read_task
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.formats import listed

FIGURES = N_("Tall")
KINDS = {
    "maned": PeriodKind.MONTH,
    "tertial": PeriodKind.TERTIAL,
    "halvar": PeriodKind.HALF_YEAR,
    "ar": PeriodKind.YEAR,
}
KIND_TEXTS = {"maned": N_("Måneder"), "tertial": N_("Tertialer"), "halvar": N_("Halvår"), "ar": N_("År")}
PERIOD = "/k/{slug:str}/tall/{period:str}"


def tabs(desk: Desk, current: str) -> list[tuple[str, str, bool]]:
    """The lines over a municipality's figures, those its reader may follow."""
    lines = [
        (N_("Våre tall"), "/tall", Permission.FIGURE_READ),
        (N_("Sammenlign"), "/tall/sammenlign", Permission.FIGURE_COMPARE),
        (N_("Ordninger"), "/ordninger", Permission.SCHEME_WRITE),
    ]
    return [
        (desk.say(label), desk.url(path), path == current)
        for label, path, permission in lines
        if desk.context.may(permission)
    ]


@page("/k/{slug:str}/tall", Permission.FIGURE_READ)
async def own_list(desk: Desk) -> Response[str]:
    """The periods, and how far each has come."""
    uow, lang = desk.uow, desk.language
    regions = await regions_of(uow)
    wanted = KINDS.get(desk.query.get("lengde", ""))
    editions, asked = await own_editions(uow), await reminded(uow)
    kinds = {wanted} if wanted else await offered_kinds(uow)
    states = period_states(kinds, editions, today())
    return await desk.render(
        "figures/list.html",
        title=desk.say(FIGURES),
        current="/tall",
        tabs=tabs(desk, "/tall"),
        states=[
            (state, views.period_name(state.period, lang), due_on(state.period, regions), asked.get(state.period.slug))
            for state in states
        ],
        lengths=[
            (desk.say(KIND_TEXTS[code]), desk.url(f"/tall?lengde={code}"), None, kinds == {kind})
            for code, kind in KINDS.items()
        ],
        regions=listed([region.name for region in regions], lang),
        today=today(),
        # A deadline of long ago is history: nobody is to hurry for it.
        hurry_from=today() - timedelta(days=365),
        base=desk.url("/tall"),
    )  # fmt: skip


async def _state(uow: UnitOfWork, period: Period) -> PeriodState:
    return PeriodState(period, tuple((await own_editions(uow)).get(period.slug, ())))


async def _names(uow: UnitOfWork) -> dict[str, str]:
    rows_ = await uow.call("SELECT user_id, display_name FROM sammen.colleagues()")
    return {str(row["user_id"]): row["display_name"] for row in rows_}


async def _known(uow: UnitOfWork, edition: Edition | None) -> Values:
    """The edition's cells; a measure it was computed for that has none is nought."""
    if edition is None:
        return {}
    return {measure: {} for measure in edition.measures} | await own_values(uow, edition.id)


async def _people(uow: UnitOfWork, year: int) -> tuple[dict[str, int], int, str]:
    """The municipality's inhabitants by band, of which year, and where from."""
    known = await denominators(uow, year)
    mine = {
        band: number for (place, band), number in known.inhabitants.items() if place == uow.context.tenant
    }
    return mine, known.year, known.source


async def _values(desk: Desk, period: Period) -> dict[str, Any]:
    """Everything the page of a period needs, read before anything is written."""
    uow, lang = desk.uow, desk.language
    every = await own_editions(uow)

    def state_of(one: Period) -> PeriodState:
        return PeriodState(one, tuple(every.get(one.slug, ())))

    state, last = state_of(period), state_of(period.previous)
    ago = year_before(period)
    ago = None if ago == period.previous else ago
    now = await _known(uow, state.current)
    before = await _known(uow, last.compared)
    long_ago = await _known(uow, state_of(ago).compared) if ago else {}
    people, people_year, source = await _people(uow, period.year)
    around = await ranges(uow, period)
    figures = figures_of(now, people)
    earlier = [figures_of(one, (await _people(uow, when.year))[0]) if one else {} for one, when in
               ((before, period.previous), (long_ago, ago or period))]  # fmt: skip
    table = rows(figures, earlier[0], earlier[1], around)
    names = await _names(uow)
    regions = [region for region in await regions_of(uow) if region.kind is period.kind]
    return {
        "current": "/tall",
        "tabs": tabs(desk, "/tall"),
        "crumbs": [(desk.say(FIGURES), desk.url("/tall")), (views.period_name(period, lang), "")],
        "period_name": views.period_name(period, lang),
        "last_name": views.period_name(period.previous, lang) if before else "",
        "ago_name": views.period_name(ago, lang) if ago and long_ago else "",
        "state": state,
        "parts": views.parts(table, now, lang, home=False),
        "home": views.parts(table, now, lang, home=True),
        "has_range": bool(around),
        "big_names": [desk.say(row.said.name) for row in table if row.big],
        "checks": [desk.say(one.message, **one.params) for one in checks(now, before)] if now else [],
        "people_note": desk.say(
            N_("Folketallet er per 1. januar %(year)s. Kilde: %(source)s."), year=people_year, source=desk.say(source)
        ) if people else "",
        "comments": views.comment_rows(await comments_of(uow, period), state.editions, names, lang),
        "measure_options": [(one.id, desk.say(one.name)) for one in DEFINITIONS.values() if one.id in now],
        "regions": listed([region.name for region in regions], lang),
        "due": due_on(period, regions),
        "may_approve": desk.context.may(Permission.FIGURE_APPROVE),
        "earlier_note": next((one.note for one in state.editions if one.note), ""),
        "url": desk.url(f"/tall/{period.slug}"),
        "method_url": desk.url("/tall/slik"),
    }  # fmt: skip


async def _show(desk: Desk, period: Period, shown: dict[str, Any], **more: Any) -> Response[str]:
    return await desk.render(
        "figures/period.html",
        title=desk.say(N_("Tall for %(period)s"), period=shown["period_name"]),
        **{"task": None, "values": {"kommentar": shown["earlier_note"]}, **shown, **more},
    )


@page(PERIOD, Permission.FIGURE_READ)
async def own_period(desk: Desk) -> Response[str]:
    """One period: its figures beside earlier ones and the region's, what does not look right, computing and approving."""
    period = _ended_period(desk)
    task = await _task(desk)
    if desk.request.headers.get("hx-request") and task is not None:
        return await _progress(desk, task)
    return await _show(desk, period, await _values(desk, period), task=task)


async def _progress(desk: Desk, task: TaskView) -> Response[str]:
    """The piece of the page that asks again; when the job has ended, the browser loads the whole page."""
    ended = task.state in ("done", "failed")
    response = await desk.render(
        "figures/progress.html", title="", task=task, url=f"{desk.path}?jobb={task.id}"
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


@page(f"{PERIOD}/utgaver", Permission.FIGURE_READ)
async def history(desk: Desk) -> Response[str]:
    """Every edition of a period, and what changed from one to the next."""
    period, uow = _ended_period(desk), desk.uow
    state = await _state(uow, period)
    if not state.editions:
        raise NotFound
    values = {one.edition: await own_values(uow, one.id) for one in state.editions}
    name = views.period_name(period, desk.language)
    return await desk.render(
        "figures/history.html",
        title=desk.say(N_("Utgaver for %(period)s"), period=name),
        current="/tall",
        crumbs=[
            (desk.say(FIGURES), desk.url("/tall")), (name, desk.url(f"/tall/{period.slug}")),
            (desk.say(N_("Utgaver")), ""),
        ],
        period_name=name,
        stories=views.stories(state.editions, values, await _names(uow), desk.language),
    )  # fmt: skip


@action(f"{PERIOD}/beregn", Permission.FIGURE_APPROVE)
async def start(desk: Desk) -> Response[Any]:
    """Queue the computation, and show how far it has come."""
    period = _ended_period(desk)
    task = await start_computing(desk.uow, period)
    return desk.redirect(desk.url(f"/tall/{period.slug}?jobb={task}"))


def _edition_on_page(desk: Desk) -> UUID:
    try:
        return UUID(desk.form.text("utgave"))
    except ValueError:
        raise NotFound from None


@action(f"{PERIOD}/godkjenn", Permission.FIGURE_APPROVE)
async def approve_figures(desk: Desk) -> Response[Any]:
    """Approve the edition that was on the page, with what goes with it to the region."""
    period = _ended_period(desk)
    chosen = _edition_on_page(desk)
    shown = await _values(desk, period)
    if chosen not in {one.id for one in shown["state"].editions}:
        raise NotFound
    try:
        await approve(
            desk.uow, chosen, note=desk.form.text("kommentar").strip(), reason=desk.form.text("grunn").strip()
        )
    except Invalid as bad:
        return await _show(desk, period, shown, status=422, errors=bad.errors, values=desk.form.values())
    return desk.redirect(desk.url(f"/tall/{period.slug}"), flash=N_("Tallene er godkjent."))


@action(f"{PERIOD}/kommentar", Permission.FIGURE_READ)
async def add_comment(desk: Desk) -> Response[Any]:
    """Say something about the edition that was on the page."""
    period = _ended_period(desk)
    chosen = _edition_on_page(desk)
    shown = await _values(desk, period)
    if chosen not in {one.id for one in shown["state"].editions}:
        raise NotFound
    try:
        await comment(desk.uow, chosen, desk.form.text("tekst").strip(), measure=desk.form.text("om"))
    except Invalid as bad:
        return await _show(desk, period, shown, status=422, errors=bad.errors, values=desk.form.values())
    return desk.redirect(desk.url(f"/tall/{period.slug}#kommentarer"), flash=N_("Kommentaren er lagret."))


HANDLERS = [own_list, own_period, history, start, approve_figures, add_comment]
