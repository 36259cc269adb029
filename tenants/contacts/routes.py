"""The slice's pages: contacts, one contact, a new one, vetting. HTTP in, template or redirect out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.settings import Environment
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.paging import PAGE_SIZE, last_page
from tenants.contacts import forms, views
from tenants.contacts.contributions import missing
from tenants.contacts.engagements import engagements_of
from tenants.contacts.listing import ContactFilter, list_contacts
from tenants.contacts.queries import STATES, contact_card
from tenants.contacts.service import change_contact, pause_contact, register_contact
from tenants.contacts.vetting import record_vetting
from tenants.people.api import find_person, keep_number, register_person, traits

CONTACTS = N_("Støttekontakter")
NEW = N_("Registrer støttekontakt")
CHANGE = N_("Endre det som er registrert")


@page("/k/{slug:str}/kontakter", Permission.CONTACT_READ)
async def show_list(desk: Desk) -> Response[str]:
    """The municipality's contacts, by name."""
    wanted = ContactFilter.of(desk.query)
    found = await list_contacts(desk.uow, wanted)
    return await desk.render(
        "contacts/list.html",
        title=desk.say(CONTACTS),
        current="/kontakter",
        rows=[(row, views.labels(row.interests, traits.INTERESTS, desk.language)) for row in found.rows],
        total=found.total,
        wanted=wanted,
        page_size=PAGE_SIZE,
        last=last_page(found.total),
        chips=views.chosen_filters(wanted, dict(desk.query), desk.language),
        states=desk.options(STATES),
        state_names={value: desk.say(name) for value, name in STATES.items()},
        state_shapes=views.STATE_SHAPES,
        interests=desk.options(traits.INTERESTS),
        base=desk.url("/kontakter"),
        may_register=desk.context.may(Permission.CONTACT_WRITE),
    )


async def _contact_values(desk: Desk, contact_id: UUID, why: str) -> dict[str, Any]:
    """What a contact's page shows, and the access log's row for it."""
    uow = desk.uow
    card = await contact_card(uow, contact_id)
    engagements = await engagements_of(uow, card.id)
    panels = [
        (panel.template, values)
        for panel in sorted(desk.house.contributions.contact_panels, key=lambda p: p.order)
        if desk.context.may(panel.permission) and (values := await panel.read(uow, card.id)) is not None
    ]
    await record_read(
        uow, "contact.read", [card.person_id], why=why, object_kind="contact", object_id=card.id
    )
    may = desk.context.may
    return {
        "current": "/kontakter",
        "crumbs": [(desk.say(CONTACTS), desk.url("/kontakter")), (card.name, "")],
        "card": card,
        "about": views.about(card, desk.language),
        "lacks": missing(card, desk.language),
        "state": (desk.say(STATES[card.state]), views.STATE_SHAPES[card.state]),
        "panels": panels,
        "events": views.story(card, engagements, desk.language),
        "base": desk.url(f"/kontakter/{card.id}"),
        "may_vet": may(Permission.VETTING_RECORD),
        "may_change": may(Permission.CONTACT_WRITE) and card.state != "ended",
        "may_share": may(Permission.CANDIDATE_SHARE) and card.state == "engaged",
        "today": today(),
    }


@page("/k/{slug:str}/kontakter/{contact_id:uuid}", Permission.CONTACT_READ)
async def show_contact(desk: Desk) -> Response[str]:
    """One contact: what is missing, what they like, their assignments, what has happened."""
    shown = await _contact_values(desk, desk.path_uuid("contact_id"), N_("Leste om støttekontakten"))
    return await desk.render("contacts/contact.html", title=shown["card"].name, values={}, **shown)


@action("/k/{slug:str}/kontakter/{contact_id:uuid}/godkjenning", Permission.VETTING_RECORD)
async def vet(desk: Desk) -> Response[Any]:
    """Note that politiattest was shown or confidentiality signed."""
    shown = await _contact_values(desk, desk.path_uuid("contact_id"), N_("Registrerte godkjenning"))
    card = shown["card"]
    try:
        police, signed = forms.read_vetting(desk.form)
        await record_vetting(desk.uow, card.id, police_shown_on=police, confidentiality_signed_on=signed)
    except Invalid as bad:
        return await desk.again("contacts/contact.html", bad, title=card.name, **shown)
    return desk.redirect(shown["base"], flash=N_("Godkjenningen er lagret."))


@action("/k/{slug:str}/kontakter/{contact_id:uuid}/pause", Permission.CONTACT_WRITE)
async def pause(desk: Desk) -> Response[Any]:
    """Take a contact out of suggestions for a while, or back in, as the button said: two who press it want the same."""
    card = await contact_card(desk.uow, desk.path_uuid("contact_id"))
    wanted = desk.form.text("pause")
    if wanted not in ("ja", "nei"):
        raise Invalid.one("pause", N_("Skjemaet er for gammelt. Last siden på nytt og prøv igjen."))
    paused = wanted == "ja"
    await pause_contact(desk.uow, card.id, paused=paused)
    flash = N_("%(name)s har pause og foreslås ikke.") if paused else N_("%(name)s kan foreslås igjen.")
    return desk.redirect(desk.url(f"/kontakter/{card.id}"), flash=flash, name=card.name)


# Forms for what a contact likes and can ------------------------------------------------------------------
def _form_values(desk: Desk, last: str) -> dict[str, Any]:
    days, parts = traits.WEEKDAYS, traits.DAY_PARTS
    return {
        "current": "/kontakter",
        "crumbs": [(desk.say(CONTACTS), desk.url("/kontakter")), (last, "")],
        "interests": desk.options(traits.INTERESTS),
        "skills": desk.options(forms.SKILLS),
        "languages": desk.options(traits.LANGUAGES),
        "commitments": desk.options(forms.COMMITMENTS),
        "slots": [(f"{d}-{p}", f"{desk.say(days[d])}, {desk.say(parts[p])}") for d in days for p in parts],
        "today": today(),
    }


@page("/k/{slug:str}/kontakter/ny", Permission.CONTACT_WRITE)
async def new_form(desk: Desk) -> Response[str]:
    """The empty form for a contact."""
    return await desk.render(
        "contacts/form.html", title=desk.say(NEW), values={"binder_seg": "0"}, card=None,
        action=desk.url("/kontakter/ny"), back=desk.url("/kontakter"), **_form_values(desk, desk.say(NEW)),
    )  # fmt: skip


@action("/k/{slug:str}/kontakter/ny", Permission.CONTACT_WRITE)
async def register(desk: Desk) -> Response[Any]:
    """Register a contact; a person known by number, or by name and birth date, is the same."""
    synthetic = desk.house.settings.environment is not Environment.PRODUCTION
    try:
        person, facts = forms.read_new(desk.form, accept_synthetic=synthetic)
        known = await find_person(desk.uow, person)
        if known is not None:
            await keep_number(desk.uow, known, person.number)
        contact_id = await register_contact(desk.uow, known or await register_person(desk.uow, person), facts)
    except Invalid as bad:
        return await desk.again(
            "contacts/form.html", bad, title=desk.say(NEW), card=None, action=desk.url("/kontakter/ny"),
            back=desk.url("/kontakter"), **_form_values(desk, desk.say(NEW)),
        )  # fmt: skip
    url = desk.url(f"/kontakter/{contact_id}")
    if known is not None:
        # Somebody else may have registered the person, with a protected address: what is known is not overwritten.
        flash = N_(
            "Personen var kjent i kommunen fra før. Det som sto om navn, telefon og adresse, er ikke endret."
        )
        return desk.redirect(url, flash=flash, state="info")
    return desk.redirect(
        url, flash=N_("Støttekontakten er registrert. Be om politiattest og taushetserklæring.")
    )


@page("/k/{slug:str}/kontakter/{contact_id:uuid}/endre", Permission.CONTACT_WRITE)
async def change_form(desk: Desk) -> Response[str]:
    """What is registered of a contact, to be changed."""
    card = await contact_card(desk.uow, desk.path_uuid("contact_id"))
    await record_read(desk.uow, "contact.read", [card.person_id], why=N_("Endret støttekontakt"))
    url = desk.url(f"/kontakter/{card.id}")
    return await desk.render(
        "contacts/form.html", title=desk.say(CHANGE), values=views.form_values(card), card=card, back=url,
        action=f"{url}/endre", **_form_values(desk, card.name),
    )  # fmt: skip


@action("/k/{slug:str}/kontakter/{contact_id:uuid}/endre", Permission.CONTACT_WRITE)
async def change(desk: Desk) -> Response[Any]:
    """Keep the changes, unless somebody else was first."""
    card = await contact_card(desk.uow, desk.path_uuid("contact_id"))
    url = desk.url(f"/kontakter/{card.id}")
    try:
        await change_contact(
            desk.uow, card.id, forms.read_facts(desk.form), version=forms.version_of(desk.form)
        )
    except Invalid as bad:
        return await desk.again(
            "contacts/form.html", bad, title=desk.say(CHANGE), card=card, back=url, action=f"{url}/endre",
            **_form_values(desk, card.name),
        )  # fmt: skip
    return desk.redirect(url, flash=N_("Endringene er lagret."))


HANDLERS = [show_list, show_contact, vet, pause, new_form, register, change_form, change]
