"""The slice's pages: the waiting list with its forecast, stability, and respite noted on a case."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.documents.tables_out import write_xlsx
from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.formats import date_short
from sammen.web.forms import version_of
from sammen.web.paging import PAGE_SIZE, last_page, page_number
from sammen.web.render import with_query
from tenants.cases.api import (
    FORM_NAMES,
    PURCHASERS,
    case_crumbs,
    own_case,
    purchasers_seen,
    start_limits,
)
from tenants.waiting import forms, views
from tenants.waiting.changes import VIEWS, sees_respite, stability_list, stability_of
from tenants.waiting.queries import BANDS, LIMITS, WaitingFilter, waiting_list, weekly
from tenants.waiting.rules import WEEKS, forecast
from tenants.waiting.service import OUTCOMES, change_respite, note_respite, remove_respite
from tenants.waiting.stability import RESPITE_MONTHS

WAITING = N_("Venteliste")
STABILITY = N_("Stabilitet")
RESPITE = N_("Avlastning")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _tabs(desk: Desk, current: str) -> list[tuple[str, str, bool]]:
    pages = (("/venteliste", WAITING), ("/venteliste/stabilitet", STABILITY))
    return [(desk.say(name), desk.url(path), path == current) for path, name in pages]


@page("/k/{slug:str}/venteliste", Permission.WAITING_READ)
async def show_list(desk: Desk) -> Response[str]:
    """Who waits, the longest first, and how long it will take at this rate."""
    uow, wanted = desk.uow, WaitingFilter.of(desk.query)
    found = await waiting_list(uow, wanted)
    weeks = await weekly(uow, today() - timedelta(days=7 * (WEEKS + 1)))
    limits = await start_limits(uow)
    expected = forecast(found.everybody, weeks)
    seen = purchasers_seen(desk.context)
    return await desk.render(
        "waiting/list.html",
        title=desk.say(WAITING),
        current="/venteliste",
        found=found,
        wanted=wanted,
        last=last_page(found.total),
        page_size=PAGE_SIZE,
        chips=views.chosen_filters(wanted, dict(desk.query), desk.language),
        done={row.order_id: views.done_for(row, desk.language) for row in found.rows},
        limit=limits.on(today()),
        longest_allowed=limits.longest,
        expected=expected,
        told=views.told(expected, desk.language),
        weeks=views.week_rows(weeks, desk.language),
        period=views.period_text(weeks[0].monday, weeks[-1].monday, desk.language) if weeks else "",
        service_forms=desk.options(FORM_NAMES),
        form_names={value: desk.say(name) for value, name in FORM_NAMES.items()},
        bands=desk.options(BANDS),
        purchasers=[(value, desk.say(name)) for value, name in PURCHASERS.items() if value in seen],
        purchaser_names={value: desk.say(name) for value, name in PURCHASERS.items()},
        limit_options=desk.options(LIMITS),
        tabs=_tabs(desk, "/venteliste"),
        base=desk.url("/venteliste"),
        orders=desk.url("/bestillinger"),
    )


@page("/k/{slug:str}/venteliste/liste.xlsx", Permission.WAITING_READ)
async def download_list(desk: Desk) -> Response[bytes]:
    """The list as filtered, as a spreadsheet. It holds no addresses."""
    found = await waiting_list(desk.uow, WaitingFilter.of(desk.query), export=True)
    header = [desk.say(name) for name in (N_("Person"), N_("Alder"), N_("Sak"), N_("Tjeneste"), N_("Bestiller"),
                                          N_("Venter siden"), N_("Dager"), N_("Grense i dager"), N_("Frist"),
                                          N_("Hva som skjer"), N_("Mistet støttekontakten"))]  # fmt: skip
    rows = [
        (row.name, row.age, row.case_no, desk.say(FORM_NAMES[row.form]), desk.say(PURCHASERS[row.purchaser]),
         row.wait.since, row.wait.days, row.wait.limit, row.wait.due, views.done_for(row, desk.language)[0],
         desk.say(N_("Ja")) if row.again else "")
        for row in found.rows
    ]  # fmt: skip
    await desk.uow.finish()
    name = f"venteliste-{desk.context.slug}.xlsx"
    return desk.download(name, write_xlsx(header, rows, sheet=desk.say(WAITING)), XLSX)


@page("/k/{slug:str}/venteliste/stabilitet", Permission.WAITING_READ)
async def show_stability(desk: Desk) -> Response[str]:
    """Whose contacts have not stayed, the least stable first (A12)."""
    found = await stability_list(desk.uow, desk.query)
    told = sees_respite(desk.context)
    chosen = desk.query.get("vis", "alle")
    chosen = chosen if chosen in found.counts and (told or chosen != "avlastning") else "alle"
    return await desk.render(
        "waiting/stability.html",
        title=desk.say(STABILITY),
        current="/venteliste",
        crumbs=[(desk.say(WAITING), desk.url("/venteliste")), (desk.say(STABILITY), "")],
        found=found,
        told=told,
        kinds=[
            (desk.say(name), with_query({}, vis=view) or desk.url("/venteliste/stabilitet"), found.counts[view],
             view == chosen)
            for view, name in VIEWS.items()
            if told or view != "avlastning"
        ],
        months=RESPITE_MONTHS,
        current_page=page_number(desk.query),
        last=last_page(found.total),
        page_size=PAGE_SIZE,
        purchaser_names={value: desk.say(name) for value, name in PURCHASERS.items()},
        tabs=_tabs(desk, "/venteliste/stabilitet"),
        cases=desk.url("/saker"),
    )  # fmt: skip


# Respite --------------------------------------------------------------------------------------------------------------
async def _respite_values(desk: Desk, respite_id: UUID | None = None) -> dict[str, Any]:
    """What the respite page needs besides what was typed; raises NotFound for a note of another case."""
    case, person = await own_case(desk)
    found, cards = await stability_of(desk.uow, case.id)
    card = next((one for one in cards if one.id == respite_id), None)
    if respite_id is not None and card is None:
        raise NotFound
    await record_read(
        desk.uow,
        "respite.read",
        [case.person_id],
        why=N_("Avlastning"),
        object_kind="case",
        object_id=case.id,
    )
    base = desk.url(f"/saker/{case.id}/avlastning")
    return {
        "current": "/saker",
        "crumbs": case_crumbs(desk, case, person, RESPITE),
        "person": person,
        "cards": cards,
        "card": card,
        "found": found,
        "outcomes": desk.options(OUTCOMES),
        "outcome_names": {value: desk.say(name) for value, name in OUTCOMES.items()},
        "months": RESPITE_MONTHS,
        "base": base,
        "action": f"{base}/{card.id}" if card else base,
        "case_url": desk.url(f"/saker/{case.id}"),
    }


@page("/k/{slug:str}/saker/{case_id:uuid}/avlastning", Permission.CASE_WRITE)
async def respite_form(desk: Desk) -> Response[str]:
    """What has been noted of respite, and the form for one more."""
    shown = await _respite_values(desk)
    values = {"sokt": "", "svart": "", "utfall": "pending", "notat": ""}
    return await desk.render("waiting/respite.html", title=desk.say(RESPITE), values=values, **shown)


@action("/k/{slug:str}/saker/{case_id:uuid}/avlastning", Permission.CASE_WRITE)
async def save_respite(desk: Desk) -> Response[Any]:
    """Note it."""
    shown = await _respite_values(desk)
    try:
        await note_respite(desk.uow, desk.path_uuid("case_id"), forms.read_respite(desk.form))
    except Invalid as bad:
        return await desk.again("waiting/respite.html", bad, title=desk.say(RESPITE), **shown)
    return desk.redirect(shown["case_url"], flash=N_("Søknaden om avlastning er notert."))


@page("/k/{slug:str}/saker/{case_id:uuid}/avlastning/{respite_application_id:uuid}", Permission.CASE_WRITE)
async def respite_page(desk: Desk) -> Response[str]:
    """One note, to correct it or to add how it went."""
    shown = await _respite_values(desk, desk.path_uuid("respite_application_id"))
    card = shown["card"]
    values = {
        "sokt": date_short(card.applied_on), "svart": date_short(card.answered_on) if card.answered_on else "",
        "utfall": card.outcome, "notat": card.note, "versjon": str(card.version),
    }  # fmt: skip
    return await desk.render("waiting/respite.html", title=desk.say(RESPITE), values=values, **shown)


@action("/k/{slug:str}/saker/{case_id:uuid}/avlastning/{respite_application_id:uuid}", Permission.CASE_WRITE)
async def update_respite(desk: Desk) -> Response[Any]:
    """Keep what was corrected."""
    respite_id = desk.path_uuid("respite_application_id")
    shown = await _respite_values(desk, respite_id)
    try:
        facts, version = forms.read_respite(desk.form), version_of(desk.form)
        await change_respite(desk.uow, desk.path_uuid("case_id"), respite_id, facts, version=version)
    except Invalid as bad:
        return await desk.again("waiting/respite.html", bad, title=desk.say(RESPITE), **shown)
    return desk.redirect(shown["case_url"], flash=N_("Notatet er lagret."))


@action(
    "/k/{slug:str}/saker/{case_id:uuid}/avlastning/{respite_application_id:uuid}/fjern", Permission.CASE_WRITE
)
async def drop_respite(desk: Desk) -> Response[Any]:
    """Take a note away that does not belong here."""
    case_id = desk.path_uuid("case_id")
    await remove_respite(desk.uow, case_id, desk.path_uuid("respite_application_id"))
    return desk.redirect(desk.url(f"/saker/{case_id}"), flash=N_("Notatet er fjernet."))


HANDLERS = [
    show_list,
    download_list,
    show_stability,
    respite_form,
    save_respite,
    respite_page,
    update_respite,
    drop_respite,
]
