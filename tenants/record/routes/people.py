"""Search, a person's page, and correcting what is known."""

from __future__ import annotations

from typing import Any

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.settings import Environment
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.paging import PAGE_SIZE, last_page, page_number
from tenants.cases.api import FORM_NAMES, PURCHASERS, STATES, readers_of
from tenants.people.api import PersonCard, age_rules, all_representatives, correct_person, representatives_of
from tenants.record import forms, views
from tenants.record.access import may_change, own_person, seen_person
from tenants.record.queries import cases_of, consents_of, search_people, wards_of

PEOPLE = N_("Personer")
CHANGE = N_("Endre opplysningene")


def accepts_synthetic(desk: Desk) -> bool:
    """Whether synthetic national numbers may be typed: everywhere but in production."""
    return desk.house.settings.environment is not Environment.PRODUCTION


def person_crumbs(desk: Desk, card: PersonCard, last: str = "") -> list[tuple[str, str]]:
    """Personer › the person › this page (a msgid)."""
    crumbs = [(desk.say(PEOPLE), desk.url("/personer"))]
    if not last:
        return [*crumbs, (card.name, "")]
    return [*crumbs, (card.name, desk.url(f"/personer/{card.id}")), (desk.say(last), "")]


async def frame_of(desk: Desk, card: PersonCard, last: str) -> dict[str, Any]:
    """What every form about a person is framed by, and the access log's row for showing it.

    The row says that somebody looked, whatever the form is for: a death that nobody registered must not be read about.
    """
    await record_read(
        desk.uow, "person.read", [card.id], why=N_("Så på personen"), object_kind="person", object_id=card.id
    )  # fmt: skip
    return {
        "current": "/personer",
        "crumbs": person_crumbs(desk, card, last),
        "person": card,
        "person_url": desk.url(f"/personer/{card.id}"),
    }


@page("/k/{slug:str}/personer", Permission.PERSON_READ)
async def search(desk: Desk) -> Response[str]:
    """Search by the words of a name, a birth date or a national number; nobody is listed without one."""
    text = desk.query.get("q", "").strip()
    number = page_number(desk.query)
    rows, total = await search_people(desk.uow, text, number)
    if rows:
        await record_read(
            desk.uow, "person.list", [row.id for row in rows], why=N_("Søkte etter personer"), object_kind="person"
        )  # fmt: skip
    return await desk.render(
        "record/search.html",
        title=desk.say(PEOPLE),
        current="/personer",
        text=text,
        rows=rows,
        total=total,
        number=number,
        size=PAGE_SIZE,
        last=last_page(total),
        base=desk.url("/personer"),
        alike_url=desk.url("/personer/like") if desk.context.may(Permission.PERSON_WRITE) else None,
    )


@page("/k/{slug:str}/personer/{person_id:uuid}", Permission.PERSON_READ)
async def show_person(desk: Desk) -> Response[Any]:
    """One person across the cases the reader may see: who acts for them, what the law says at their age, who has read."""
    uow = desk.uow
    card = await seen_person(uow, desk.path_uuid("person_id"))
    if card.merged_into is not None:
        return desk.redirect(desk.url(f"/personer/{card.merged_into}"))
    cases, wards = await cases_of(uow, card.id), await wards_of(uow, card.id)
    acting, everybody = await representatives_of(uow, card.id), await all_representatives(uow, card.id)
    rules = await age_rules(uow, today())
    welfare = any(case.purchaser == "child_welfare" for case in cases)
    care = not cases or any(case.purchaser != "child_welfare" for case in cases)
    laws = [
        (child_welfare, *views.rule_lines(card, acting, rules, desk.language, child_welfare=child_welfare))
        for child_welfare in (False, True)
        if (welfare if child_welfare else care)
    ]
    readers = await readers_of(uow, card.id)
    shown = [card.id, *(one.person_id for one in everybody), *(ward.person_id for ward in wards)]
    await record_read(
        uow, "person.read", list(dict.fromkeys(shown)), why=N_("Så på personen"), object_kind="person",
        object_id=card.id,
    )  # fmt: skip
    changes = await may_change(uow, card.id)
    return await desk.render(
        "record/person.html",
        title=card.name,
        current="/personer",
        crumbs=person_crumbs(desk, card),
        person=card,
        cases=[
            (case, desk.say(PURCHASERS[case.purchaser]), desk.say(STATES[case.state]),
             ", ".join(desk.say(FORM_NAMES[form]) for form in case.forms))
            for case in cases
        ],
        wards=[(ward, desk.say(forms.ROLES[ward.role])) for ward in wards],
        representatives=views.representative_lines(everybody, desk.language),
        laws=laws if cases else [],
        grown=views.grown_with_parents(card, acting),
        consents=await consents_of(uow, card.id) if changes else [],
        readers=readers,
        changes=changes,
        speaks=views.spoken(card.speaks, desk.language),
        language_form=desk.say(forms.LANGUAGE_FORMS[card.language_form]),
        given_by=dict(desk.options(forms.GIVEN_BY)),
        base=desk.url(f"/personer/{card.id}"),
        cases_url=desk.url("/saker"),
        people_url=desk.url("/personer"),
        today=today(),
    )  # fmt: skip


async def _form_values(desk: Desk, card: PersonCard) -> dict[str, Any]:
    return {
        **await frame_of(desk, card, CHANGE),
        "protections": desk.options(forms.PROTECTIONS),
        "language_forms": desk.options(forms.LANGUAGE_FORMS),
        "action": desk.url(f"/personer/{card.id}/endre"),
    }


@page("/k/{slug:str}/personer/{person_id:uuid}/endre", Permission.PERSON_WRITE)
async def person_form(desk: Desk) -> Response[str]:
    """What is known of the person, for correcting. A protected address is not shown."""
    card = await own_person(desk.uow, desk.path_uuid("person_id"))
    shown = await _form_values(desk, card)
    return await desk.render(
        "record/person_form.html", title=desk.say(CHANGE), values=views.person_values(card), **shown
    )


@action("/k/{slug:str}/personer/{person_id:uuid}/endre", Permission.PERSON_WRITE)
async def save_person(desk: Desk) -> Response[Any]:
    """Correct what is known; a protected address shields the person's cases at once."""
    card = await own_person(desk.uow, desk.path_uuid("person_id"))
    shown = await _form_values(desk, card)
    try:
        facts = forms.read_person(desk.form, card, accept_synthetic=accepts_synthetic(desk))
        await correct_person(desk.uow, card.id, facts, version=forms.version_in(desk.form))
    except Invalid as bad:
        return await desk.again("record/person_form.html", bad, title=desk.say(CHANGE), **shown)
    shielded = facts.protection != "none" and not card.protected
    flash = (
        N_("Opplysningene er lagret. Sakene er skjermet: bare de som er nevnt på dem, kan åpne dem.")
        if shielded
        else N_("Opplysningene er lagret.")
    )
    return desk.redirect(desk.url(f"/personer/{card.id}"), flash=flash)


HANDLERS = [search, show_person, person_form, save_person]
