"""The slice's pages: list, case, application, mapping, decision. HTTP in, template or redirect out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.documents.tables_out import write_xlsx
from sammen.errors import Forbidden, Invalid
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.settings import Environment
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.formats import date_short
from sammen.web.paging import PAGE_SIZE, last_page
from tenants.cases import forms, views
from tenants.cases.access import may_decide_for, purchasers_seen
from tenants.cases.listing import DUE, FORM_NAMES, PURCHASERS, STATES, CaseFilter, list_cases
from tenants.cases.queries import (
    CaseCard,
    applications_of,
    case_card,
    decisions_of,
    grants_of,
    grounds_on,
    mappings_of,
)
from tenants.cases.service import (
    NOT_YOURS,
    issue_decision,
    record_mapping,
    register_application,
    save_decision,
)
from tenants.cases.trail import readers_of
from tenants.people.api import PersonCard, person_card, representatives_of, traits

CASES = N_("Saker")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TIMELINE_SHOWN = 8


@page("/k/{slug:str}/saker", Permission.CASE_READ)
async def show_list(desk: Desk) -> Response[str]:
    """The case list with its filters."""
    wanted = CaseFilter.of(desk.query)
    found = await list_cases(desk.uow, wanted)
    last = last_page(found.total)
    seen = purchasers_seen(desk.context)
    return await desk.render(
        "cases/list.html",
        title=desk.say(CASES),
        current="/saker",
        found=found,
        wanted=wanted,
        last=last,
        page_size=PAGE_SIZE,
        chips=views.chosen_filters(wanted, dict(desk.query), desk.language),
        states=desk.options(STATES),
        form_options=desk.options(FORM_NAMES),
        purchasers=[(value, desk.say(name)) for value, name in PURCHASERS.items() if value in seen],
        due=desk.options(DUE),
        base=desk.url("/saker"),
        state_names={value: desk.say(name) for value, name in STATES.items()},
        form_names={value: desk.say(name) for value, name in FORM_NAMES.items()},
        purchaser_names={value: desk.say(name) for value, name in PURCHASERS.items()},
        deadline_texts={value: desk.say(text, day="%s") for value, text in views.DEADLINE_TEXTS.items()},
        register_url=desk.url("/soknader/ny") if desk.context.may(Permission.APPLICATION_REGISTER) else None,
        import_url=desk.url("/import") if desk.context.may(Permission.IMPORT_RUN) else None,
    )


@page("/k/{slug:str}/saker/liste.xlsx", Permission.CASE_READ)
async def download_list(desk: Desk) -> Response[bytes]:
    """The list as filtered, as a spreadsheet. Protected addresses were never in it."""
    found = await list_cases(desk.uow, CaseFilter.of(desk.query), export=True)
    header = [desk.say(name) for name in (N_("Person"), N_("Alder"), N_("Sak"), N_("Tjeneste"), N_("Bestiller"),
                                          N_("Status"), N_("Ansvarlig"), N_("Frist"))]  # fmt: skip
    rows = [
        (row.name, row.age, row.case_no, ", ".join(desk.say(FORM_NAMES[form]) for form in row.forms),
         desk.say(PURCHASERS[row.purchaser]), desk.say(STATES[row.state]), row.responsible,
         date_short(row.deadline) if row.deadline else "")
        for row in found.rows
    ]  # fmt: skip
    await desk.uow.finish()
    return desk.download(
        f"saker-{desk.context.slug}.xlsx", write_xlsx(header, rows, sheet=desk.say(CASES)), XLSX
    )


@page("/k/{slug:str}/saker/{case_id:uuid}", Permission.CASE_READ)
async def show_case(desk: Desk) -> Response[str]:
    """A case as a story: who, which decision, which contact, what happened, what is next."""
    uow = desk.uow
    case = await case_card(uow, desk.path_uuid("case_id"))
    person = await person_card(uow, case.person_id)
    representatives = await representatives_of(uow, case.person_id)
    applications, mappings = await applications_of(uow, case.id), await mappings_of(uow, case.id)
    decisions, grants = await decisions_of(uow, case.id), await grants_of(uow, case.id)
    panels = [
        (panel.template, values)
        for panel in sorted(desk.house.contributions.panels, key=lambda p: p.order)
        if desk.context.may(panel.permission) and (values := await panel.read(uow, case.id)) is not None
    ]
    events = views.own_timeline(applications, mappings, decisions, desk.language)
    for source in desk.house.contributions.timeline:
        if desk.context.may(source.permission):
            events += await source.read(uow, case.id, desk.language)
    readers = await readers_of(uow, case.person_id)
    await record_read(
        uow, "case.read", [case.person_id], why=N_("Leste saken"), object_kind="case", object_id=case.id
    )
    events.sort(key=lambda event: event.on)
    everything = desk.query.get("alt") == "1"
    grounds = {ground.code: ground.text(desk.language) for ground in await grounds_on(uow, today())}
    return await desk.render(
        "cases/case.html",
        title=person.name,
        current="/saker",
        crumbs=[(desk.say(CASES), desk.url("/saker")), (person.name, "")],
        case=case,
        person=person,
        representatives=[(desk.say(views.REPRESENTATIVE_ROLES[r.role]), r) for r in representatives],
        application=applications[0] if applications else None,
        mapping=mappings[0] if mappings else None,
        draft=next((d for d in decisions if d.state == "draft"), None),
        issued=[
            (d, [(desk.say(FORM_NAMES[g.form]), views.extent(g, desk.language)) for g in grants if g.decision_id == d.id],
             grounds.get(d.legal_ground or "", ""))
            for d in decisions
            if d.state != "draft"
        ],
        panels=panels,
        events=events if everything else events[-TIMELINE_SHOWN:],
        hidden_events=0 if everything else max(0, len(events) - TIMELINE_SHOWN),
        readers=readers,
        mine=may_decide_for(desk.context, case.purchaser),
        base=desk.url(f"/saker/{case.id}"),
        state_name=desk.say(STATES[case.state]),
        purchaser_name=desk.say(PURCHASERS[case.purchaser]),
        interests=views.interest_labels(mappings[0].interests, desk.language) if mappings else "",
        today=today(),
    )  # fmt: skip


# Applications ---------------------------------------------------------------------------------------------------------
async def _application_values(desk: Desk) -> dict[str, Any]:
    """What the application form needs besides what was typed."""
    grounds = await grounds_on(desk.uow, today())
    return {
        "current": "/saker",
        "crumbs": [(desk.say(CASES), desk.url("/saker")), (desk.say(N_("Registrer søknad")), "")],
        "channels": desk.options(forms.CHANNELS),
        "applicants": desk.options(forms.APPLICANTS),
        "protections": desk.options(forms.PROTECTIONS),
        "grounds": [(ground.code, ground.text(desk.language)) for ground in grounds],
        "action": desk.url("/soknader/ny"),
    }


@page("/k/{slug:str}/soknader/ny", Permission.APPLICATION_REGISTER)
async def application_form(desk: Desk) -> Response[str]:
    """The empty application form."""
    shown = await _application_values(desk)
    values = {"mottatt": date_short(today()), "kanal": "letter", "soker": "self", "adressesperre": "none"}
    return await desk.render(
        "cases/application.html", title=desk.say(N_("Registrer søknad")), values=values, **shown
    )


@action("/k/{slug:str}/soknader/ny", Permission.APPLICATION_REGISTER)
async def register(desk: Desk) -> Response[Any]:
    """Register an application and open its case."""
    shown = await _application_values(desk)
    synthetic = desk.house.settings.environment is not Environment.PRODUCTION
    try:
        facts = forms.read_application(desk.form, accept_synthetic=synthetic)
        case_id = await register_application(desk.uow, facts)
    except Invalid as bad:
        return await desk.again(
            "cases/application.html", bad, title=desk.say(N_("Registrer søknad")), **shown
        )
    return desk.redirect(
        desk.url(f"/saker/{case_id}"),
        flash=N_("Søknaden er registrert. Kartlegg ønskene før du skriver vedtak."),
    )


# Mapping --------------------------------------------------------------------------------------------------------------
async def _own_case(desk: Desk) -> tuple[CaseCard, PersonCard]:
    """The case of a form, if it is the reader's to decide. 404 for a case not seen, 403 for somebody else's."""
    case = await case_card(desk.uow, desk.path_uuid("case_id"))
    if not may_decide_for(desk.context, case.purchaser):
        raise Forbidden(NOT_YOURS)
    return case, await person_card(desk.uow, case.person_id)


def _crumbs(desk: Desk, case: CaseCard, person: PersonCard, last: str) -> list[tuple[str, str]]:
    return [
        (desk.say(CASES), desk.url("/saker")),
        (person.name, desk.url(f"/saker/{case.id}")),
        (desk.say(last), ""),
    ]


async def _mapping_values(desk: Desk) -> tuple[UUID, dict[str, Any]]:
    case, person = await _own_case(desk)
    await record_read(
        desk.uow, "case.read", [case.person_id], why=N_("Kartlegging"), object_kind="case", object_id=case.id
    )
    days, parts = traits.WEEKDAYS, traits.DAY_PARTS
    return case.id, {
        "current": "/saker",
        "crumbs": _crumbs(desk, case, person, N_("Kartlegging")),
        "person": person,
        "interests": desk.options(dict(traits.INTERESTS)),
        "slots": [(f"{d}-{p}", f"{desk.say(days[d])}, {desk.say(parts[p])}") for d in days for p in parts],
        "form_options": desk.options(FORM_NAMES),
        "action": desk.url(f"/saker/{case.id}/kartlegging"),
        "case_url": desk.url(f"/saker/{case.id}"),
    }


@page("/k/{slug:str}/saker/{case_id:uuid}/kartlegging", Permission.MAPPING_WRITE)
async def mapping_form(desk: Desk) -> Response[str]:
    """The mapping form, empty: a new conversation is a new mapping."""
    _, shown = await _mapping_values(desk)
    values = {"dato": date_short(today())}
    return await desk.render("cases/mapping.html", title=desk.say(N_("Kartlegging")), values=values, **shown)


@action("/k/{slug:str}/saker/{case_id:uuid}/kartlegging", Permission.MAPPING_WRITE)
async def save_mapping(desk: Desk) -> Response[Any]:
    """Keep the conversation."""
    case_id, shown = await _mapping_values(desk)
    try:
        await record_mapping(desk.uow, case_id, forms.read_mapping(desk.form))
    except Invalid as bad:
        return await desk.again("cases/mapping.html", bad, title=desk.say(N_("Kartlegging")), **shown)
    return desk.redirect(
        desk.url(f"/saker/{case_id}"), flash=N_("Kartleggingen er lagret. Nå kan du skrive vedtaket.")
    )


# Decision -------------------------------------------------------------------------------------------------------------
async def _decision_values(desk: Desk) -> tuple[CaseCard, dict[str, Any], dict[str, Any]]:
    """(case, values of the stored draft, what the page needs besides)."""
    case, person = await _own_case(desk)
    await record_read(
        desk.uow, "case.read", [case.person_id], why=N_("Skrev vedtak"), object_kind="case", object_id=case.id
    )
    applications, mappings = await applications_of(desk.uow, case.id), await mappings_of(desk.uow, case.id)
    draft = next((d for d in await decisions_of(desk.uow, case.id) if d.state == "draft"), None)
    grants = [
        g for g in await grants_of(desk.uow, case.id) if draft is not None and g.decision_id == draft.id
    ]
    grounds = await grounds_on(desk.uow, today())
    ground = applications[0].legal_ground if applications else ""
    stored = views.decision_values(draft, grants, mappings[0] if mappings else None, ground)
    return (
        case,
        stored,
        {
            "current": "/saker",
            "crumbs": _crumbs(desk, case, person, N_("Skriv vedtak")),
            "person": person,
            "case": case,
            "mapping": mappings[0] if mappings else None,
            "application": applications[0] if applications else None,
            "kinds": desk.options(forms.KINDS),
            "form_options": desk.options(FORM_NAMES),
            "units": desk.options(forms.UNITS),
            "grounds": [(g.code, g.text(desk.language)) for g in grounds],
            "complaint_weeks": next(
                (g.complaint_weeks for g in grounds if g.code == stored["hjemmel"]), None
            ),
            "evaluation_hint": views.evaluation_hints(desk.language),
            "action": desk.url(f"/saker/{case.id}/vedtak"),
            "case_url": desk.url(f"/saker/{case.id}"),
            "most": forms.MOST_GRANTS,
        },
    )


def _decision_page(desk: Desk, values: dict[str, Any]) -> dict[str, Any]:
    """The parts that follow from what stands in the form: services shown and the checklist."""
    answers = views.typed_checklist(values)
    return {
        "services": min(forms.MOST_GRANTS, views.shown_services(values) + (desk.query.get("flere") == "1")),
        "answers": [(desk.say(answer.label), answer.done, answer.field) for answer in answers],
        "answered": sum(answer.done for answer in answers),
    }


@page("/k/{slug:str}/saker/{case_id:uuid}/vedtak", Permission.DECISION_DRAFT)
async def decision_form(desk: Desk) -> Response[str]:
    """The decision form with its checklist."""
    _, stored, shown = await _decision_values(desk)
    return await desk.render(
        "cases/decision.html",
        title=desk.say(N_("Skriv vedtak")),
        values=stored,
        **_decision_page(desk, stored),
        **shown,
    )


@action("/k/{slug:str}/saker/{case_id:uuid}/vedtak", Permission.DECISION_DRAFT)
async def write_decision(desk: Desk) -> Response[Any]:
    """Save the draft, add a service, or issue the decision, by the button that was pressed."""
    case, _, shown = await _decision_values(desk)
    pressed = desk.form.text("gjor")
    if pressed == "fatt" and not desk.context.may(Permission.DECISION_ISSUE):
        raise Forbidden(NOT_YOURS)
    try:
        facts = forms.read_decision(desk.form, grounds=frozenset(code for code, _ in shown["grounds"]))
        version = forms.version_of(desk.form)
        if pressed == "fatt":
            await issue_decision(desk.uow, case.id, facts, version=version)
        else:
            await save_decision(desk.uow, case.id, facts, version=version)
    except Invalid as bad:
        typed = _decision_page(desk, views.form_values(desk.form))
        return await desk.again(
            "cases/decision.html", bad, title=desk.say(N_("Skriv vedtak")), **typed, **shown
        )
    match pressed:
        case "fatt":
            return desk.redirect(
                shown["case_url"],
                flash=N_("Vedtaket er fattet. Utføreren har fått en bestilling for hver tjeneste."),
            )
        case "flere":
            return desk.redirect(shown["action"] + "?flere=1")
        case _:
            return desk.redirect(shown["action"], flash=N_("Kladden er lagret."))


HANDLERS = [
    show_list,
    download_list,
    show_case,
    application_form,
    register,
    mapping_form,
    save_mapping,
    decision_form,
    write_decision,
]
