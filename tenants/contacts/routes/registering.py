"""Registering: an enquiry on the telephone, a whole contact, and what is registered changed."""

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
from sammen.web.forms import version_of
from tenants.contacts import forms, views
from tenants.contacts.pipeline import note_enquiry
from tenants.contacts.queries import contact_card
from tenants.contacts.reaching import complete_person, known_to
from tenants.contacts.routes.lists import CONTACTS
from tenants.contacts.rules import KINDS
from tenants.contacts.service import change_contact, register_contact
from tenants.people.api import keep_number, register_person, traits

NEW = N_("Registrer støttekontakt")
CHANGE = N_("Endre det som er registrert")
CHANGE_SHORT = N_("Endre")
ENQUIRY = N_("Ny henvendelse")


def _synthetic(desk: Desk) -> bool:
    return desk.house.settings.environment is not Environment.PRODUCTION


def _form_values(desk: Desk, last: str) -> dict[str, Any]:
    days, parts = traits.WEEKDAYS, traits.DAY_PARTS
    return {
        "current": "/kontakter",
        "crumbs": [(desk.say(CONTACTS), desk.url("/kontakter")), (last, "")],
        "interests": desk.options(traits.INTERESTS),
        "skills": desk.options(forms.SKILLS),
        "languages": desk.options(traits.LANGUAGES),
        "commitments": desk.options(forms.COMMITMENTS),
        "kinds": desk.options(KINDS),
        "areas": desk.options(traits.AREAS),
        "slots": [(f"{d}-{p}", f"{desk.say(days[d])}, {desk.say(parts[p])}") for d in days for p in parts],
        "today": today(),
    }


def _change_values(desk: Desk, name: str, url: str) -> dict[str, Any]:
    crumbs = [(desk.say(CONTACTS), desk.url("/kontakter")), (name, url), (desk.say(CHANGE_SHORT), "")]
    return {**_form_values(desk, name), "crumbs": crumbs}


@page("/k/{slug:str}/kontakter/ny", Permission.CONTACT_WRITE)
async def new_form(desk: Desk) -> Response[str]:
    """The empty form for a contact."""
    return await desk.render(
        "contacts/form.html", title=desk.say(NEW), values={"binder_seg": "0"}, card=None,
        action=desk.url("/kontakter/ny"), back=desk.url("/kontakter"), **_form_values(desk, desk.say(NEW)),
    )  # fmt: skip


@action("/k/{slug:str}/kontakter/ny", Permission.CONTACT_WRITE)
async def register(desk: Desk) -> Response[Any]:
    """Register a contact; a person known by number, or by name and birth date, is the same, unless they are hidden."""
    try:
        person, facts = forms.read_new(desk.form, accept_synthetic=_synthetic(desk))
        known = await known_to(desk.uow, person)
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
        action=f"{url}/endre", **_change_values(desk, card.name, url),
    )  # fmt: skip


@action("/k/{slug:str}/kontakter/{contact_id:uuid}/endre", Permission.CONTACT_WRITE)
async def change(desk: Desk) -> Response[Any]:
    """Keep the changes, unless somebody else was first."""
    card = await contact_card(desk.uow, desk.path_uuid("contact_id"))
    url = desk.url(f"/kontakter/{card.id}")
    try:
        person, facts = forms.read_change(desk.form, accept_synthetic=_synthetic(desk))
        await change_contact(desk.uow, card.id, facts, version=version_of(desk.form))
        if person is not None:
            await complete_person(desk.uow, card.person_id, person)
    except Invalid as bad:
        return await desk.again(
            "contacts/form.html", bad, title=desk.say(CHANGE), card=card, back=url, action=f"{url}/endre",
            **_change_values(desk, card.name, url),
        )  # fmt: skip
    return desk.redirect(url, flash=N_("Endringene er lagret."))


@page("/k/{slug:str}/kontakter/henvendelse", Permission.CONTACT_WRITE)
async def enquiry_form(desk: Desk) -> Response[str]:
    """Somebody is on the telephone: a name and a number are enough."""
    return await desk.render(
        "contacts/enquiry.html", title=desk.say(ENQUIRY), values={}, **_enquiry_values(desk)
    )


def _enquiry_values(desk: Desk) -> dict[str, Any]:
    return {
        "current": "/kontakter",
        "crumbs": [(desk.say(CONTACTS), desk.url("/kontakter")), (desk.say(ENQUIRY), "")],
        "action": desk.url("/kontakter/henvendelse"),
        "back": desk.url("/kontakter"),
    }


@action("/k/{slug:str}/kontakter/henvendelse", Permission.CONTACT_WRITE)
async def enquire(desk: Desk) -> Response[Any]:
    """Keep an enquiry; who has called before is shown instead."""
    try:
        contact_id, new = await note_enquiry(desk.uow, forms.read_enquiry(desk.form))
    except Invalid as bad:
        return await desk.again(
            "contacts/enquiry.html", bad, title=desk.say(ENQUIRY), **_enquiry_values(desk)
        )
    url = desk.url(f"/kontakter/{contact_id}")
    if not new:
        return desk.redirect(
            url,
            flash=N_("En med samme navn og nummer er registrert fra før. Her er det som står."),
            state="info",
        )
    return desk.redirect(url, flash=N_("Henvendelsen er lagret. Ingen har svart ennå."))


HANDLERS = [new_form, register, enquiry_form, enquire, change_form, change]
