"""Pages of the scenarios: choose a lever, try assumptions over a release, and keep one for the steering group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from litestar import Response

from reporting.releases.api import ReleaseCard, Released, released, releases_shown
from reporting.reports.api import period_name
from reporting.scenarios import views
from reporting.scenarios.forms import Typed, fields, has_choice, is_asked, read, read_name, unsaved, usual
from reporting.scenarios.model import LEVERS, MODELS, Lever
from reporting.scenarios.reading import CHOICES, Outcome, offered_rates, reckon
from reporting.scenarios.service import ScenarioRow, save_scenario, scenario_row, scenarios
from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.forms import Form

TITLE = N_("Hva om …")
TOGETHER = N_("Samarbeidet samlet")
HERE = "/hva-om"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _lever(desk: Desk) -> Lever:
    """The lever of the address. Raises NotFound."""
    try:
        return LEVERS[str(desk.request.path_params["lever"])]
    except KeyError:
        raise NotFound from None


async def _release(desk: Desk, wanted: str) -> tuple[list[ReleaseCard], Released | None]:
    """Every release shown, and the one of a period's slug or the newest; NotFound for a period that is not shown."""
    cards = await releases_shown(desk.uow)
    card = next((one for one in cards if not wanted or one.period.slug == wanted), None)
    if card is None and wanted:
        raise NotFound
    return cards, None if card is None else await released(desk.uow, card)


@page("/r/{slug:str}/hva-om", Permission.DASHBOARD_READ)
async def index(desk: Desk) -> Response[str]:
    """The levers, and what has been saved."""
    cards, rows = await releases_shown(desk.uow), await scenarios(desk.uow)
    return await desk.render(
        "scenarios/index.html", title=desk.say(TITLE), current=HERE,
        levers=[(desk.say(one.name), desk.url(f"{HERE}/{one.id}"), desk.say(one.question)) for one in LEVERS.values()],
        rows=[(row, desk.say(LEVERS[row.lever].name), desk.url(f"{HERE}/lagret/{row.id}")) for row in rows],
        any=bool(cards), count=views.saved_count(len(rows), desk.language),
        may_write=desk.context.may(Permission.SCENARIO_WRITE),
    )  # fmt: skip


def _frame(desk: Desk, lever: Lever, cards: list[ReleaseCard], release: Released) -> dict[str, Any]:
    """What a lever's page shows besides the result."""
    lang = desk.language
    title = desk.say(lever.name)
    rates = offered_rates(release, lever) if has_choice(lever) else {}
    return {
        "title": title, "current": HERE, "lever": lever, "address": desk.url(f"{HERE}/{lever.id}"),
        "crumbs": [(desk.say(TITLE), desk.url(HERE)), (title, "")],
        "periods": [(card.period.slug, period_name(card.period, lang)) for card in cards],
        "period": release.card.period.slug, "period_name": period_name(release.card.period, lang),
        "choices": [
            (name, desk.say(text)) for name, text in CHOICES.items() if name == "typed" or name in rates
        ] if has_choice(lever) else [],
        "rates": views.rates_text(rates, lang) if has_choice(lever) else "",
        "may_write": desk.context.may(Permission.SCENARIO_WRITE),
    }  # fmt: skip


def _reckon(desk: Desk, release: Released, lever: Lever, typed: Typed) -> Outcome:
    return reckon(release, lever, typed.inputs, typed.choice, desk.say(TOGETHER))


@page("/r/{slug:str}/hva-om/{lever:str}", Permission.DASHBOARD_READ)
async def try_lever(desk: Desk) -> Response[str]:
    """A lever with its assumptions and its result. What is typed stands in the address, so that it can be shared."""
    lever = _lever(desk)
    cards, release = await _release(desk, desk.query.get("periode", ""))
    if release is None:
        title = desk.say(lever.name)
        return await desk.render(
            "scenarios/empty.html",
            title=title,
            current=HERE,
            crumbs=[(desk.say(TITLE), desk.url(HERE)), (title, "")],
        )
    form = Form({name: [text] for name, text in desk.query.items()})
    errors: Mapping[str, Any] = {}
    typed = usual(lever)
    values: Mapping[str, Any] = fields(typed, chosen=has_choice(lever))
    if is_asked(lever, form):
        values = {**form.values()}
        try:
            typed = read(lever, form, offered_rates(release, lever))
            values = fields(typed, chosen=has_choice(lever))
        except Invalid as bad:
            errors = bad.errors
    shown = _frame(desk, lever, cards, release)
    result = None if errors else views.shown(_reckon(desk, release, lever, typed), release, desk.language)
    kept = urlencode({"periode": shown["period"], **(values if not errors else {})})
    return await desk.render(
        "scenarios/lever.html", values={"periode": shown["period"], **values}, errors=errors,
        status=422 if errors else 200, result=result, kept=kept, **shown,
    )  # fmt: skip


@action("/r/{slug:str}/hva-om/{lever:str}", Permission.SCENARIO_WRITE)
async def keep(desk: Desk) -> Response[Any]:
    """Keep a scenario under a name, reckoned anew from what was sent."""
    lever = _lever(desk)
    cards, release = await _release(desk, desk.form.text("periode"))
    if release is None:
        raise NotFound
    shown = _frame(desk, lever, cards, release)
    result = None
    try:
        typed = read(lever, desk.form, offered_rates(release, lever))
        outcome = _reckon(desk, release, lever, typed)
        result = views.shown(outcome, release, desk.language)
        made = await save_scenario(desk.uow, release, typed, outcome, read_name(desk.form))
    except Invalid as bad:
        title = shown.pop("title")
        return await desk.again("scenarios/lever.html", bad, title=title, result=result, kept="", **shown)
    return desk.redirect(desk.url(f"{HERE}/lagret/{made}"), flash=N_("Scenarioet er lagret."))


@page("/r/{slug:str}/hva-om/{lever:str}/regnet.xlsx", Permission.DASHBOARD_READ)
async def workbook(desk: Desk) -> Response[bytes]:
    """The result as a spreadsheet, with the assumptions of the address. Those that make no sense are refused (422)."""
    lever = _lever(desk)
    _, release = await _release(desk, desk.query.get("periode", ""))
    if release is None:
        raise NotFound
    form = Form({name: [text] for name, text in desk.query.items()})
    typed = read(lever, form, offered_rates(release, lever)) if is_asked(lever, form) else usual(lever)
    content = views.sheet(_reckon(desk, release, lever, typed), release, desk.language)
    name = f"hva-om-{lever.id}-{desk.context.slug}-{release.card.period.slug}.xlsx"
    await desk.uow.finish()
    return desk.download(name, content, XLSX)


async def _again(desk: Desk, row: ScenarioRow) -> tuple[Released | None, Outcome | None, Typed | None]:
    """A saved scenario reckoned anew from its own release and sums; None for what can no longer be had."""
    lever = MODELS.get(row.model_version, {}).get(row.lever)
    try:
        release = await released(desk.uow, row.release_id)
    except NotFound:
        return None, None, None
    typed = unsaved(lever, row.inputs) if lever is not None else None
    if lever is None or typed is None:
        return release, None, None
    return release, _reckon(desk, release, lever, typed), typed


@page("/r/{slug:str}/hva-om/lagret/{scenario_id:uuid}", Permission.DASHBOARD_READ)
async def saved_one(desk: Desk) -> Response[str]:
    """A saved scenario, reckoned again, and whether it gives the same as when it was saved."""
    row = await scenario_row(desk.uow, desk.path_uuid("scenario_id"))
    release, outcome, typed = await _again(desk, row)
    lang = desk.language
    more: dict[str, Any] = {
        "withdrawn": release is None,
        "result": None,
        "newer": None,
        "same": False,
        "period_name": "",
    }
    if release is not None and outcome is not None and typed is not None:
        card = views.newer(release.card, await releases_shown(desk.uow))
        query = fields(typed, chosen=has_choice(outcome.lever))
        more |= {
            "result": views.shown(outcome, release, lang), "same": outcome.results() == row.results,
            "period_name": period_name(release.card.period, lang),
            "newer": None if card is None else (
                period_name(card.period, lang),
                desk.url(f"{HERE}/{row.lever}?{urlencode({'periode': card.period.slug, **query})}"),
            ),
            "change_url": desk.url(f"{HERE}/{row.lever}?{urlencode({'periode': release.card.period.slug, **query})}"),
        }  # fmt: skip
    return await desk.render(
        "scenarios/saved.html", title=row.name, current=HERE, row=row, lever=LEVERS[row.lever],
        crumbs=[(desk.say(TITLE), desk.url(HERE)), (row.name, "")], address=desk.url(f"{HERE}/lagret/{row.id}"), **more,
    )  # fmt: skip


@page("/r/{slug:str}/hva-om/lagret/{scenario_id:uuid}/regnet.xlsx", Permission.DASHBOARD_READ)
async def saved_workbook(desk: Desk) -> Response[Any]:
    """A saved scenario as a spreadsheet; back to its page, which says why, when it can no longer be reckoned."""
    row = await scenario_row(desk.uow, desk.path_uuid("scenario_id"))
    release, outcome, _ = await _again(desk, row)
    if release is None or outcome is None:
        return desk.redirect(desk.url(f"{HERE}/lagret/{row.id}"))
    content = views.sheet(outcome, release, desk.language)
    await desk.uow.finish()
    return desk.download(f"hva-om-{row.lever}-{desk.context.slug}.xlsx", content, XLSX)


HANDLERS = [index, try_lever, keep, workbook, saved_one, saved_workbook]
