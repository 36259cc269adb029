"""Pages of the survey of schemes: a municipality answers for itself, and the region sees who has what."""

from __future__ import annotations

from typing import Any

from litestar import Response

from reporting.figures.api import members, regions_of
from reporting.schemes.catalogue import GROUPS, NOT_ANSWERED, SCHEMES, STATES, Scheme, asked
from reporting.schemes.held import held, hint
from reporting.schemes.queries import all_answers, own_answers, standing
from reporting.schemes.service import field_of, give_answers, read_list, read_one
from reporting.schemes.views import TAGS, Spot, day_of, matrix, sheet, years
from sammen.clock import today
from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.norwegian import format_date
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.formats import date_long, listed
from sammen.web.i18n import ntranslate

TITLE = N_("Ordninger")
QUESTION = N_("Hvilke ordninger har dere?")
OVERVIEW = N_("Hvilke ordninger kommunene har")
HERE = "/ordninger"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _scheme(desk: Desk) -> Scheme:
    """The scheme of the address. Raises NotFound."""
    try:
        return SCHEMES[str(desk.request.path_params["scheme"])]
    except KeyError:
        raise NotFound from None


def _tabs(desk: Desk) -> list[tuple[str, str, bool]]:
    """The lines over a municipality's figures that its reader may follow; none when this is the only one."""
    lines = [
        (N_("Våre tall"), "/tall", Permission.FIGURE_READ),
        (N_("Sammenlign"), "/tall/sammenlign", Permission.FIGURE_COMPARE),
        (TITLE, HERE, Permission.SCHEME_WRITE),
    ]
    found = [
        (desk.say(text), desk.url(path), path == HERE) for text, path, may in lines if desk.context.may(may)
    ]
    return found if len(found) > 1 else []


async def _list_values(desk: Desk) -> dict[str, Any]:
    uow, lang = desk.uow, desk.language
    now = standing(await own_answers(uow), today())
    counts = await held(uow)
    regions = await regions_of(uow)
    rows = [(one, now.get((uow.context.tenant, one.id))) for one in asked()]
    missing = sum(1 for _, card in rows if card is None)
    return {
        "groups": [
            (group, desk.say(name), [
                (one, card, hint(one.counted, counts, lang), field_of(one.id), desk.url(f"{HERE}/{one.id}"))
                for one, card in rows if one.group == group
            ])
            for group, name in GROUPS.items()
        ],
        "options": [("", desk.say(NOT_ANSWERED)), *desk.options(STATES)],
        "chosen": {field_of(one.id): card.state for one, card in rows if card is not None},
        "missing": missing,
        "left": ntranslate(lang, "Én ordning er ikke svart på.", "%(num)s ordninger er ikke svart på.", missing),
        "regions": listed([region.name for region in regions], lang),
        "tabs": _tabs(desk),
        "action": desk.url(HERE),
    }  # fmt: skip


@page("/k/{slug:str}/ordninger", Permission.SCHEME_WRITE)
async def own_list(desk: Desk) -> Response[str]:
    """The checklist with the municipality's answers."""
    shown = await _list_values(desk)
    values = {**shown["chosen"], "fra": format_date(today())}
    return await desk.render(
        "schemes/list.html", title=desk.say(QUESTION), current=HERE, values=values, **shown
    )


@action("/k/{slug:str}/ordninger", Permission.SCHEME_WRITE)
async def save_list(desk: Desk) -> Response[Any]:
    """Keep the answers that are new."""
    shown = await _list_values(desk)
    try:
        count = await give_answers(desk.uow, read_list(desk.form), whole=True)
    except Invalid as bad:
        return await desk.again("schemes/list.html", bad, title=desk.say(QUESTION), current=HERE, **shown)
    said = (
        N_("Svarene er lagret. Samarbeidet ser dem nå.")
        if count
        else N_("Ingenting var endret. Svarene står som før.")
    )
    return desk.redirect(desk.url(HERE), flash=said)


async def _one_values(desk: Desk) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a scheme's page shows, and what its form begins with."""
    scheme = _scheme(desk)
    mine = [one for one in await own_answers(desk.uow) if one.scheme == scheme.id]
    now = standing(mine, today()).get((desk.uow.context.tenant, scheme.id))
    # The same answer goes to each region: it is one line here.
    history = {(one.valid_from, one.state, one.note, one.ask, one.created_at): one for one in mine}
    title = desk.say(scheme.name)
    shown = {
        "scheme": scheme, "now": now, "states": desk.options(STATES), "names": STATES, "tags": TAGS,
        "history": list(history.values()), "hint": hint(scheme.counted, await held(desk.uow), desk.language),
        "action": desk.url(f"{HERE}/{scheme.id}"), "title": title, "current": HERE,
        "crumbs": [(desk.say(TITLE), desk.url(HERE)), (title, "")],
    }  # fmt: skip
    begin = {
        "svar": now.state if now else "", "fra": format_date(today()), "merknad": now.note if now else "",
        "sporre": now.ask if now else "",
    }  # fmt: skip
    return shown, begin


@page("/k/{slug:str}/ordninger/{scheme:str}", Permission.SCHEME_WRITE)
async def own_one(desk: Desk) -> Response[str]:
    """One scheme: the answer with its note, and every answer before it."""
    shown, begin = await _one_values(desk)
    return await desk.render("schemes/one.html", values=begin, **shown)


@action("/k/{slug:str}/ordninger/{scheme:str}", Permission.SCHEME_WRITE)
async def save_one(desk: Desk) -> Response[Any]:
    """Keep one answer."""
    shown, _ = await _one_values(desk)
    try:
        count = await give_answers(desk.uow, read_one(desk.form, shown["scheme"].id), whole=False)
    except Invalid as bad:
        return await desk.again("schemes/one.html", bad, **shown)
    said = (
        N_("Svaret er lagret. Samarbeidet ser det nå.")
        if count
        else N_("Ingenting var endret. Svaret står som før.")
    )
    return desk.redirect(desk.url(HERE), flash=said)


async def _overview(desk: Desk) -> dict[str, Any]:
    """The matrix of the address's year; an unknown year is this one."""
    answers, day = await all_answers(desk.uow), today()
    known = years(answers, day)
    asked_for = desk.query.get("aar", "")
    year = next((one for one in known if str(one) == asked_for), day.year)
    on = day_of(year, day)
    places = await members(desk.uow, on)
    return {
        "groups": matrix(answers, places, on), "places": places, "day": on, "year": year, "any": bool(answers),
        "years": [(str(one), desk.url(f"{HERE}?aar={one}"), None, one == year) for one in known],
        "base": desk.url(HERE), "ask": "" if year == day.year else f"?aar={year}",
    }  # fmt: skip


@page("/r/{slug:str}/ordninger", Permission.DASHBOARD_READ)
async def overview(desk: Desk) -> Response[str]:
    """Who has what, on a day."""
    return await desk.render(
        "schemes/matrix.html", title=desk.say(OVERVIEW), current="/tall",
        crumbs=[(desk.say(N_("Tall")), desk.url("/tall")), (desk.say(TITLE), "")], **await _overview(desk),
    )  # fmt: skip


@page("/r/{slug:str}/ordninger/ordninger.xlsx", Permission.DASHBOARD_READ)
async def workbook(desk: Desk) -> Response[bytes]:
    """The matrix as a spreadsheet."""
    shown = await _overview(desk)
    await desk.uow.finish()
    note = desk.say(
        N_("Slik kommunene selv har svart, per %(day)s. Ikke svart er ikke et nei."),
        day=date_long(shown["day"], desk.language),
    )
    content = sheet(shown["groups"], shown["places"], note, desk.language)
    return desk.download(f"ordninger-{desk.context.slug}-{shown['year']}.xlsx", content, XLSX)


@page("/r/{slug:str}/ordninger/{scheme:str}", Permission.DASHBOARD_READ)
async def one_scheme(desk: Desk) -> Response[str]:
    """One scheme in every municipality: since when, in its own words, and whom to ask."""
    scheme = _scheme(desk)
    answers, day = await all_answers(desk.uow), today()
    now = standing(answers, day)
    spots = [Spot(place, now.get((place.id, scheme.id))) for place in await members(desk.uow, day)]
    title = desk.say(scheme.name)
    return await desk.render(
        "schemes/scheme.html", title=title, current="/tall", scheme=scheme, spots=spots,
        crumbs=[(desk.say(N_("Tall")), desk.url("/tall")), (desk.say(TITLE), desk.url(HERE)), (title, "")],
    )  # fmt: skip


HANDLERS = [own_list, save_list, own_one, save_one, overview, workbook, one_scheme]
