"""The slice's pages: deviations, one of them, and the forms to report, follow up, close and open again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.documents.tables_out import write_xlsx
from sammen.errors import Conflict, Invalid
from sammen.i18n_mark import C_, N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.formats import date_long, date_short
from sammen.web.forms import version_of
from sammen.web.paging import PAGE_SIZE, last_page
from tenants.cases.api import CaseCard, case_crumbs, seen_case
from tenants.people.api import PersonCard
from tenants.quality import forms, views
from tenants.quality.queries import (
    DeviationFilter,
    deviation_card,
    events_of,
    late_measures,
    list_deviations,
    measures_of,
)
from tenants.quality.responsible import who_may_follow_up
from tenants.quality.service import (
    add_measure,
    close_deviation,
    finish_measure,
    follow_up,
    may_be_given,
    open_deviation,
    reopen_deviation,
)
from tenants.quality.words import EVENTS, HORIZONS, KINDS, RULE_SINCE, RULE_SOURCES, SOURCES, STATES

DEVIATIONS = C_("flere", "Avvik")
REPORT = N_("Meld avvik")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@page("/k/{slug:str}/avvik", Permission.DEVIATION_READ)
async def show_list(desk: Desk) -> Response[str]:
    """Deviations, what binds first on top, and measures that are late."""
    uow, wanted = desk.uow, DeviationFilter.of(desk.query)
    found = await list_deviations(uow, wanted)
    late = await late_measures(uow)
    behind = {one.deviation_id: await deviation_card(uow, one.deviation_id) for one in late}
    shown = [*found.rows, *behind.values()]
    await record_read(
        uow, "deviation.list", sorted({card.person_id for card in shown if card.person_id}), why=N_("Avvik")
    )
    base = desk.url("/avvik")
    return await desk.render(
        "quality/list.html",
        title=desk.say(DEVIATIONS),
        current="/avvik",
        found=found,
        wanted=wanted,
        rows=[
            (card, views.title_of(card, desk.language), views.state_of(card, desk.language))
            for card in found.rows
        ],
        late=[(one, views.title_of(behind[one.deviation_id], desk.language)) for one in late],
        last=last_page(found.total),
        page_size=PAGE_SIZE,
        chips=views.chosen_filters(wanted, dict(desk.query), desk.language),
        kinds=views.rule_kinds(found, wanted, base, desk.language),
        states=desk.options(STATES),
        sources=desk.options(SOURCES),
        kind_options=desk.options(KINDS),
        source_names={value: desk.say(name) for value, name in SOURCES.items()},
        kind_names={value: desk.say(name) for value, name in KINDS.items()},
        report_url=f"{base}/nytt" if desk.context.may(Permission.DEVIATION_WRITE) else None,
        base=base,
    )


@page("/k/{slug:str}/avvik/liste.xlsx", Permission.DEVIATION_READ)
async def download_list(desk: Desk) -> Response[bytes]:
    """The page of the list as filtered, as a spreadsheet, without descriptions: they may tell of people."""
    found = await list_deviations(desk.uow, DeviationFilter.of(desk.query))
    persons = sorted({card.person_id for card in found.rows if card.person_id})
    await record_read(desk.uow, "deviation.export", persons, why=N_("Avvik"))
    header = [desk.say(name) for name in (N_("Avvik"), N_("Sak"), N_("Hva slags"), N_("Meldt av"), N_("Oppdaget"),
                                          N_("Ansvarlig"), N_("Frist"), N_("Rettet"), N_("Lukket"))]  # fmt: skip
    rows = [
        (views.title_of(card, desk.language), card.case_no or "", desk.say(KINDS[card.kind]),
         desk.say(SOURCES[card.source]), card.found_on, card.responsible_name, card.next_day, card.put_right_on,
         card.closed_on)
        for card in found.rows
    ]  # fmt: skip
    await desk.uow.finish()
    name = f"avvik-{desk.context.slug}.xlsx"
    return desk.download(name, write_xlsx(header, rows, sheet=desk.say(DEVIATIONS)), XLSX)


# Reporting ------------------------------------------------------------------------------------------------------------
async def _report_values(
    desk: Desk, case: CaseCard | None = None, person: PersonCard | None = None
) -> dict[str, Any]:
    """What the form for a new deviation needs besides what was typed."""
    if case is not None and person is not None:
        await record_read(
            desk.uow, "case.read", [case.person_id], why=REPORT, object_kind="case", object_id=case.id
        )
        crumbs, back = case_crumbs(desk, case, person, REPORT), desk.url(f"/saker/{case.id}")
    else:
        crumbs = [(desk.say(DEVIATIONS), desk.url("/avvik")), (desk.say(REPORT), "")]
        back = desk.url("/avvik")
    return {
        "current": "/saker" if case else "/avvik",
        "crumbs": crumbs,
        "person": person,
        "sources": desk.options(SOURCES),
        "kind_options": desk.options(KINDS),
        "colleagues": views.colleague_options(await who_may_follow_up(desk.uow, case)),
        "action": desk.url(f"/saker/{case.id}/avvik" if case else "/avvik/nytt"),
        "back": back,
    }


FIRST = {"kilde": "own", "slag": "", "tittel": "", "hendelse": "", "ansvarlig": "", "frist": "", "myndighet": "",
         "svarfrist": ""}  # fmt: skip


@page("/k/{slug:str}/avvik/nytt", Permission.DEVIATION_WRITE)
async def report_form(desk: Desk) -> Response[str]:
    """The form for a deviation that hangs on no case."""
    shown = await _report_values(desk)
    values = {**FIRST, "oppdaget": date_short(today())}
    return await desk.render("quality/report.html", title=desk.say(REPORT), values=values, **shown)


@action("/k/{slug:str}/avvik/nytt", Permission.DEVIATION_WRITE)
async def report(desk: Desk) -> Response[Any]:
    """Keep it."""
    return await _report(desk, await _report_values(desk), None)


@page("/k/{slug:str}/saker/{case_id:uuid}/avvik", Permission.DEVIATION_WRITE)
async def case_report_form(desk: Desk) -> Response[str]:
    """The form for a deviation in a case: whoever sees the case may report it, the provider too."""
    shown = await _report_values(desk, *await seen_case(desk))
    values = {**FIRST, "oppdaget": date_short(today())}
    return await desk.render("quality/report.html", title=desk.say(REPORT), values=values, **shown)


@action("/k/{slug:str}/saker/{case_id:uuid}/avvik", Permission.DEVIATION_WRITE)
async def case_report(desk: Desk) -> Response[Any]:
    """Keep it."""
    case, person = await seen_case(desk)
    return await _report(desk, await _report_values(desk, case, person), case.id)


async def _report(desk: Desk, shown: dict[str, Any], case_id: UUID | None) -> Response[Any]:
    try:
        made = await open_deviation(desk.uow, forms.read_report(desk.form, case_id))
    except Invalid as bad:
        return await desk.again("quality/report.html", bad, title=desk.say(REPORT), **shown)
    return desk.redirect(
        desk.url(f"/avvik/{made}"),
        flash=N_("Avviket er meldt. Legg inn tiltak når dere vet hva som må gjøres."),
    )


# One deviation --------------------------------------------------------------------------------------------------------
async def _values(desk: Desk) -> dict[str, Any]:
    """What a deviation's page shows, and the access log's row for it."""
    uow = desk.uow
    card = await deviation_card(uow, desk.path_uuid("deviation_id"))
    title = views.title_of(card, desk.language)
    await record_read(
        uow, "deviation.read", [card.person_id] if card.person_id else [], why=N_("Leste avviket"),
        object_kind="deviation", object_id=card.id,
    )  # fmt: skip
    return {
        "current": "/avvik",
        "crumbs": [(desk.say(DEVIATIONS), desk.url("/avvik")), (title, "")],
        "card": card,
        "heading": title,
        "state": views.state_of(card, desk.language),
        "measures": await measures_of(uow, card.id),
        "events": [(desk.say(EVENTS[one.what]), one) for one in await events_of(uow, card.id)],
        "kind_name": desk.say(KINDS[card.kind]),
        "source_name": desk.say(SOURCES[card.source]),
        "rule_source": desk.say(RULE_SOURCES[card.rule]) if card.rule else "",
        "rule_since": desk.say(RULE_SINCE[card.rule], day=date_long(card.began_on, desk.language))
        if card.rule and card.began_on
        else "",
        "order_url": desk.url(f"/bestillinger/{card.object_id}") if card.rule == "not_started" else None,
        "horizons": desk.options(HORIZONS),
        "horizon_names": {value: desk.say(name) for value, name in HORIZONS.items()},
        "colleagues": views.colleague_options(await may_be_given(uow, card)),
        "mine": desk.context.may(Permission.DEVIATION_WRITE),
        "case_url": desk.url(f"/saker/{card.case_id}") if card.case_id else None,
        "base": desk.url(f"/avvik/{card.id}"),
    }


BLANK = {"tiltak": "", "tiltak_naar": "short", "tiltak_ansvarlig": "", "tiltak_frist": "", "lukket_med": "",
         "brev_dato": "", "brev_tekst": "", "hvorfor": ""}  # fmt: skip


@page("/k/{slug:str}/avvik/{deviation_id:uuid}", Permission.DEVIATION_READ)
async def show(desk: Desk) -> Response[str]:
    """One deviation: what happened, why, what is done, and its story."""
    shown = await _values(desk)
    return await desk.render("quality/deviation.html", title=shown["heading"], values=dict(BLANK), **shown)


async def _again(desk: Desk, bad: Invalid, shown: dict[str, Any]) -> Response[str]:
    """The page with the one form's errors and what was typed; the other forms begin empty."""
    typed = {**BLANK, **desk.form.values()}
    return await desk.render(
        "quality/deviation.html", title=shown["heading"], status=422, errors=bad.errors, values=typed, **shown
    )


@action("/k/{slug:str}/avvik/{deviation_id:uuid}/tiltak", Permission.DEVIATION_WRITE)
async def new_measure(desk: Desk) -> Response[Any]:
    """Add something to do."""
    shown = await _values(desk)
    try:
        await add_measure(desk.uow, shown["card"].id, forms.read_measure(desk.form))
    except Invalid as bad:
        return await _again(desk, bad, shown)
    return desk.redirect(shown["base"], flash=N_("Tiltaket er lagt til."))


@action("/k/{slug:str}/avvik/{deviation_id:uuid}/tiltak/{measure_id:uuid}/gjort", Permission.DEVIATION_WRITE)
async def measure_done(desk: Desk) -> Response[Any]:
    """It is done."""
    deviation_id = desk.path_uuid("deviation_id")
    await finish_measure(desk.uow, deviation_id, desk.path_uuid("measure_id"))
    return desk.redirect(desk.url(f"/avvik/{deviation_id}"), flash=N_("Tiltaket er merket som gjort."))


@action("/k/{slug:str}/avvik/{deviation_id:uuid}/lukk", Permission.DEVIATION_WRITE)
async def close(desk: Desk) -> Response[Any]:
    """Close it with what was done."""
    shown = await _values(desk)
    card = shown["card"]
    try:
        facts = forms.read_closing(desk.form, supervision=card.source == "supervision")
        await close_deviation(desk.uow, card.id, facts, version=version_of(desk.form))
    except Invalid as bad:
        return await _again(desk, bad, shown)
    return desk.redirect(shown["base"], flash=N_("Avviket er lukket."))


@action("/k/{slug:str}/avvik/{deviation_id:uuid}/apne", Permission.DEVIATION_WRITE)
async def reopen(desk: Desk) -> Response[Any]:
    """Open it again, with the reason."""
    shown = await _values(desk)
    try:
        await reopen_deviation(desk.uow, shown["card"].id, forms.read_why(desk.form))
    except Invalid as bad:
        return await _again(desk, bad, shown)
    return desk.redirect(shown["base"], flash=N_("Avviket er åpnet igjen."))


FOLLOW_UP = N_("Følg opp avviket")


@page("/k/{slug:str}/avvik/{deviation_id:uuid}/endre", Permission.DEVIATION_WRITE)
async def follow_up_form(desk: Desk) -> Response[str]:
    """Cause, responsible and deadline."""
    shown = await _values(desk)
    if shown["card"].closed_on is not None:
        raise Conflict(N_("Avviket er lukket. Åpne det igjen hvis det skal endres."))
    values = views.first_values(shown["card"])
    return await desk.render("quality/follow_up.html", title=desk.say(FOLLOW_UP), values=values, **shown)


@action("/k/{slug:str}/avvik/{deviation_id:uuid}/endre", Permission.DEVIATION_WRITE)
async def save_follow_up(desk: Desk) -> Response[Any]:
    """Keep it."""
    shown = await _values(desk)
    card = shown["card"]
    try:
        facts = forms.read_follow_up(
            desk.form, by_rule=bool(card.rule), supervision=card.source == "supervision"
        )
        await follow_up(desk.uow, card.id, facts, version=version_of(desk.form))
    except Invalid as bad:
        return await desk.again("quality/follow_up.html", bad, title=desk.say(FOLLOW_UP), **shown)
    return desk.redirect(shown["base"], flash=N_("Oppfølgingen er lagret."))


HANDLERS = [
    show_list,
    download_list,
    report_form,
    report,
    case_report_form,
    case_report,
    show,
    new_measure,
    measure_done,
    close,
    reopen,
    follow_up_form,
    save_follow_up,
]
