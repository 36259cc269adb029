"""The slice's pages: list, case, application, mapping, decision. HTTP in, template or redirect out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.documents.tables_out import write_xlsx
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.norwegian import format_date
from sammen.policy.permissions import Permission
from sammen.web.contributions import Step
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.formats import date_short
from sammen.web.forms import Reader, version_of
from sammen.web.paging import PAGE_SIZE, last_page
from tenants.cases import forms, ruling, views
from tenants.cases.access import may_decide_for, purchasers_seen
from tenants.cases.applications import AnothersApplication, hand_over_application, register_application
from tenants.cases.forms_proposal import AIMS, TRANSPORT
from tenants.cases.listing import DUE, FORM_NAMES, PURCHASERS, STATES, WHOSE, CaseFilter, list_cases
from tenants.cases.mapped import mapping_page
from tenants.cases.pages import (
    APPLICATIONS,
    CASES,
    PURCHASER_TITLES,
    accepts_synthetic,
    application_values,
    case_crumbs,
    mapping_panels,
    own_case,
)
from tenants.cases.queries import (
    CaseCard,
    applications_of,
    case_card,
    mappings_of,
)
from tenants.cases.service import choose_forms, record_mapping
from tenants.cases.target_page import GROUP, read_target, target_aside, target_page
from tenants.cases.targets import choose_target
from tenants.cases.trail import readers_of
from tenants.people.api import (
    PersonCard,
    age_rules,
    person_card,
    representatives_of,
    traits,
    who_gets_letters,
)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TIMELINE_SHOWN = 8
RULES = N_("Regler for tildeling")


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
        whose=desk.options(WHOSE),
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
         date_short(row.deadline, desk.language) if row.deadline else "")
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
    letters = who_gets_letters(
        await age_rules(uow, today()), child_welfare=case.purchaser == "child_welfare",
        birth_date=person.birth_date, on=today(), acting=[one.acting for one in representatives],
    )  # fmt: skip
    applications, mappings = await applications_of(uow, case.id), await mappings_of(uow, case.id)
    panels = [
        (panel.template, values)
        for panel in sorted(desk.house.contributions.panels, key=lambda p: p.order)
        if desk.context.may(panel.permission) and (values := await panel.read(uow, case.id)) is not None
    ]
    events = views.own_timeline(applications, mappings, desk.language)
    for source in desk.house.contributions.timeline:
        if desk.context.may(source.permission):
            events += await source.read(uow, case.id, desk.language)
    readers = await readers_of(uow, case.person_id)
    await record_read(
        uow, "case.read", [case.person_id], why=N_("Leste saken"), object_kind="case", object_id=case.id
    )
    day = today()
    # What stands ahead comes last, also when its day has passed.
    events.sort(key=lambda event: (not (event.done and event.on <= day), event.on, event.order))
    everything = desk.query.get("alt") == "1"
    mine = may_decide_for(desk.context, case.purchaser)
    return await desk.render(
        "cases/case.html",
        title=person.name,
        current="/saker",
        crumbs=[(desk.say(CASES), desk.url("/saker")), (person.name, "")],
        case=case,
        person=person,
        letters_to=views.who_gets_letters_lines(person, representatives, letters, desk.language),
        letters_source=letters.source,
        unwritten=mine and case.state != "closed" and views.nobody_gets_letters(person, letters),
        represented=bool(representatives),
        adult_on=views.handover_day(person, case),
        person_url=desk.url(f"/personer/{person.id}") if desk.context.may(Permission.PERSON_READ) else None,
        application=applications[0] if applications else None,
        mapping=mappings[0] if mappings else None,
        step=await _next_step(desk, case, person, mapped=bool(mappings)),
        links=await _links(desk, case, answers=False),
        answer_links=await _links(desk, case, answers=True),
        panels=panels,
        events=events if everything else events[-TIMELINE_SHOWN:],
        hidden_events=0 if everything else max(0, len(events) - TIMELINE_SHOWN),
        readers=readers,
        mine=mine,
        target=await target_aside(desk, case),
        base=desk.url(f"/saker/{case.id}"),
        state_name=desk.say(STATES[case.state]),
        purchaser_name=desk.say(PURCHASERS[case.purchaser]),
        interests=views.interest_labels(mappings[0].interests, desk.language) if mappings else "",
        today=today(),
    )  # fmt: skip


async def _links(desk: Desk, case: CaseCard, *, answers: bool) -> list[tuple[str, str]]:
    """What the reader may do in the case as it stands, the most used first: (label, address)."""
    mine = may_decide_for(desk.context, case.purchaser)
    return [
        (desk.say(link.label), desk.url(f"/saker/{case.id}{link.path}"))
        for link in sorted(desk.house.contributions.case_links, key=lambda one: one.order)
        if link.answers == answers
        and desk.context.may(link.permission)
        and (mine or not link.purchaser)
        and (not link.states or case.state in link.states)
        and (link.when is None or await link.when(desk.uow, case.id))
    ]


async def _next_step(desk: Desk, case: CaseCard, person: PersonCard, *, mapped: bool) -> Step | None:
    """The first contributed step that answers; before a decision is begun, the case's own."""
    for source in sorted(desk.house.contributions.case_steps, key=lambda one: one.order):
        if desk.context.may(source.permission):
            step = await source.read(desk.uow, case.id, desk.language)
            if step is not None:
                return step
    mine = may_decide_for(desk.context, case.purchaser)
    return views.own_step(
        case, person, desk.url(f"/saker/{case.id}"), desk.language, mine=mine, mapped=mapped
    )


# Applications ---------------------------------------------------------------------------------------------------------
async def _register_values(desk: Desk) -> dict[str, Any]:
    """What the application form needs besides what was typed."""
    return {
        "current": "/soknader",
        "crumbs": [(desk.say(APPLICATIONS), desk.url("/soknader")), (desk.say(N_("Registrer søknad")), "")],
        **await application_values(desk, action=desk.url("/soknader/ny")),
    }


@page("/k/{slug:str}/soknader/ny", Permission.APPLICATION_REGISTER)
async def application_form(desk: Desk) -> Response[str]:
    """The empty application form."""
    shown = await _register_values(desk)
    values = {"mottatt": date_short(today()), "kanal": "letter", "soker": "self", "adressesperre": "none"}
    return await desk.render(
        "cases/application.html", title=desk.say(N_("Registrer søknad")), values=values, **shown
    )


@action("/k/{slug:str}/soknader/ny", Permission.APPLICATION_REGISTER)
async def register(desk: Desk) -> Response[Any]:
    """Register an application and open its case; one that belongs to another purchaser is handed to them."""
    shown = await _register_values(desk)
    title = desk.say(N_("Registrer søknad"))
    try:
        facts = forms.read_application(desk.form, accept_synthetic=accepts_synthetic(desk))
        if desk.form.text("gjor") == "overlat":
            receiver = forms.read_receiver(desk.form)
            purchaser = await hand_over_application(desk.uow, facts, receiver=receiver)
            return desk.redirect(
                desk.url("/soknader"),
                flash=N_("Søknaden er gitt videre til %(purchaser)s. Du ser den ikke lenger."),
                purchaser=desk.say(PURCHASER_TITLES[purchaser]),
            )
        case_id = await register_application(desk.uow, facts)
    except Invalid as bad:
        return await desk.again("cases/application.html", bad, title=title, **shown)
    except AnothersApplication as bad:
        shown |= {"anothers": desk.say(bad.message), "give_to": bad.purchaser}
        return await desk.render(
            "cases/application.html", title=title, status=422, values=desk.form.values(), **shown
        )
    return desk.redirect(
        desk.url(f"/saker/{case_id}"),
        flash=N_("Søknaden er registrert. Kartlegg ønskene før du skriver vedtak."),
    )


# Mapping --------------------------------------------------------------------------------------------------------------
async def _mapping_values(desk: Desk) -> tuple[UUID, dict[str, Any]]:
    case, person = await own_case(desk)
    await record_read(
        desk.uow, "case.read", [case.person_id], why=N_("Kartlegging"), object_kind="case", object_id=case.id
    )
    days, parts = traits.WEEKDAYS, traits.DAY_PARTS
    return case.id, {
        "current": "/saker",
        "crumbs": case_crumbs(desk, case, person, N_("Kartlegging")),
        "person": person,
        "interests": desk.options(dict(traits.INTERESTS)),
        "skills": desk.options({code: trait.label for code, trait in traits.SKILLS.items()}),
        "aims": desk.options(AIMS),
        "transports": desk.options(TRANSPORT),
        "slots": [(f"{d}-{p}", f"{desk.say(days[d])}, {desk.say(parts[p])}") for d in days for p in parts],
        "action": desk.url(f"/saker/{case.id}/kartlegging"),
        "case_url": desk.url(f"/saker/{case.id}"),
        "panels": await mapping_panels(desk, case),
    }


@page("/k/{slug:str}/saker/{case_id:uuid}/kartlegging", Permission.MAPPING_WRITE)
async def mapping_form(desk: Desk) -> Response[str]:
    """The mapping form, empty: a new conversation is a new mapping."""
    _, shown = await _mapping_values(desk)
    values = {"dato": format_date(today())}
    return await desk.render("cases/mapping.html", title=desk.say(N_("Kartlegging")), values=values, **shown)


@action("/k/{slug:str}/saker/{case_id:uuid}/kartlegging", Permission.MAPPING_WRITE)
async def save_mapping(desk: Desk) -> Response[Any]:
    """Keep the conversation, and show which forms it points to."""
    case_id, shown = await _mapping_values(desk)
    try:
        mapping_id = await record_mapping(desk.uow, case_id, forms.read_mapping(desk.form))
    except Invalid as bad:
        return await desk.again("cases/mapping.html", bad, title=desk.say(N_("Kartlegging")), **shown)
    return desk.redirect(
        desk.url(f"/saker/{case_id}/kartlegging/{mapping_id}"),
        flash=N_("Kartleggingen er lagret. Velg hvilke tjenester dere er enige om."),
    )


@page("/k/{slug:str}/saker/{case_id:uuid}/kartlegging/{mapping_id:uuid}", Permission.CASE_READ)
async def show_mapping(desk: Desk) -> Response[str]:
    """A conversation as it was, and the forms it points to with their reasons."""
    mapping, shown = await mapping_page(desk)
    return await desk.render(
        "cases/mapped.html",
        title=desk.say(N_("Kartlegging")),
        values={"former": mapping.suggested_forms or [one.form for one in shown["proposed"]]},
        **shown,
    )


@action("/k/{slug:str}/saker/{case_id:uuid}/kartlegging/{mapping_id:uuid}", Permission.MAPPING_WRITE)
async def choose(desk: Desk) -> Response[Any]:
    """Note the services that were agreed, and go on to the decision."""
    mapping, shown = await mapping_page(desk)
    case_id = desk.path_uuid("case_id")
    try:
        chosen = Reader(desk.form).choices("former", FORM_NAMES)
        await choose_forms(desk.uow, case_id, mapping.id, chosen, version=version_of(desk.form))
    except Invalid as bad:
        return await desk.again("cases/mapped.html", bad, title=desk.say(N_("Kartlegging")), **shown)
    # The decision is what comes next; later mappings, of a service that runs, go back to the case.
    next_page = "/vedtak" if shown["case"].state in ("received", "mapping", "deciding") else ""
    return desk.redirect(
        desk.url(f"/saker/{case_id}{next_page}"), flash=N_("Valget er lagret. Nå kan du skrive vedtaket.")
    )


# The target group -----------------------------------------------------------------------------------------------------
@page("/k/{slug:str}/saker/{case_id:uuid}/maalgruppe", Permission.CASE_WRITE)
async def target_form(desk: Desk) -> Response[str]:
    """Which target group the case is counted in, and what was chosen before."""
    shown, values = await target_page(desk)
    return await desk.render("cases/target.html", title=desk.say(GROUP), values=values, **shown)


@action("/k/{slug:str}/saker/{case_id:uuid}/maalgruppe", Permission.CASE_WRITE)
async def save_target(desk: Desk) -> Response[Any]:
    """Choose the target group from a day on."""
    shown, _ = await target_page(desk)
    try:
        code, day = read_target(desk.form)
        new = await choose_target(desk.uow, desk.path_uuid("case_id"), code, valid_from=day)
    except Invalid as bad:
        return await desk.again("cases/target.html", bad, title=desk.say(GROUP), **shown)
    flash = N_("Målgruppa er lagret.") if new else N_("Målgruppa er den samme som før.")
    on_to = shown["next_url"] if desk.form.text("gjor") == "neste" else ""
    return desk.redirect(on_to or shown["case_url"], flash=flash)


# The municipality's own limits ------------------------------------------------------------------------------------------
@page("/k/{slug:str}/regler", Permission.RULES_WRITE)
async def show_rules(desk: Desk) -> Response[str]:
    """The limits in force, what each means, and a form for new ones."""
    shown = await ruling.rules_page(desk)
    values = ruling.first_values(shown["rules"])
    return await desk.render("cases/rules.html", title=desk.say(RULES), values=values, **shown)


@action("/k/{slug:str}/regler", Permission.RULES_WRITE)
async def save_rules(desk: Desk) -> Response[Any]:
    """Set new limits from a day on."""
    shown = await ruling.rules_page(desk)
    try:
        facts = ruling.read_rules(desk.form)
        await ruling.set_rules(desk.uow, facts)
    except Invalid as bad:
        return await desk.again("cases/rules.html", bad, title=desk.say(RULES), **shown)
    return desk.redirect(
        shown["action"], flash=N_("Reglene gjelder fra %(day)s."), day=format_date(facts.valid_from)
    )


HANDLERS = [
    show_list,
    download_list,
    show_case,
    application_form,
    register,
    mapping_form,
    save_mapping,
    show_mapping,
    choose,
    target_form,
    save_target,
    show_rules,
    save_rules,
]
