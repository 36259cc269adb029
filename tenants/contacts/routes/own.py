"""A contact's own page on the phone: everything noted about them, to read, change and answer (B12)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from litestar import Response

from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.forms import version_of
from tenants.contacts import forms, views
from tenants.contacts.competences import COMPETENCES, competence_list
from tenants.contacts.leaving import spells_of
from tenants.contacts.pipeline import interviews_of
from tenants.contacts.queries import STATES, ContactCard, own_card, own_contact
from tenants.contacts.reaching import change_reach
from tenants.contacts.references import references_of
from tenants.contacts.service import change_contact
from tenants.contacts.words import ABOUT, say_oneself, words_of
from tenants.people.api import traits

ABOUT_ME = N_("Opplysninger om meg")
CHANGE_ME = N_("Endre opplysninger om meg")
WHY = N_("Leste opplysninger om seg selv")


async def _shown(desk: Desk, card: ContactCard) -> dict[str, Any]:
    uow, say = desk.uow, desk.say
    return {
        "current": "/meg",
        "card": card,
        "about": views.about(card, desk.language),
        # Who is suspended hears why from a person, not from a page (B19).
        "state": say(N_("Koordinatoren tar kontakt med deg"))
        if card.state == "suspended"
        else say(STATES[card.state]),
        "shape": "info" if card.state == "suspended" else views.STATE_SHAPES[card.state],
        "commitment": views.commitment(card, desk.language),
        "spells": views.spell_lines(card, await spells_of(uow, card.id), desk.language),
        "words": await words_of(uow, card.id),
        "about_names": {code: say(name) for code, name in ABOUT.items()},
        "choices": desk.options(ABOUT),
        "competences": await competence_list(uow, card.id),
        "competence_names": {code: say(name) for code, name in COMPETENCES.items()},
        "interviews": [
            (one.held_on, [(say(label), text) for label, text in one.told])
            for one in await interviews_of(uow, card.id)
            if one.held_on is not None
        ],
        # Their names and days: what somebody else said of them in confidence is asked for as innsyn (fvl. § 19).
        "references": await references_of(uow, card.id),
        "pool": desk.url("/banken"),
        "base": desk.url("/meg"),
        "agreement": desk.url("/avtale"),
    }


@page("/min/{slug:str}/meg", Permission.CONTACT_OWN)
async def about_me(desk: Desk) -> Response[str]:
    """What the municipality has noted about the contact who reads it."""
    contact_id = await own_contact(desk.uow)
    if contact_id is None:
        return await desk.render(
            "contacts/own.html", title=desk.say(ABOUT_ME), current="/meg", card=None, values={}
        )
    card = await own_card(desk.uow, WHY)
    values = {"om": "going_on"}
    return await desk.render(
        "contacts/own.html", title=desk.say(ABOUT_ME), values=values, **await _shown(desk, card)
    )


@action("/min/{slug:str}/meg/ord", Permission.CONTACT_OWN)
async def say_something(desk: Desk) -> Response[Any]:
    """The contact's own words: on going on, a wish, or a correction of something noted."""
    card = await own_card(desk.uow, WHY)
    shown = await _shown(desk, card)
    try:
        answers = desk.form.text("svar_paa")
        known = {str(one.id): one.id for one in shown["words"]}
        if answers and answers not in known:
            raise NotFound
        answered: UUID | None = known.get(answers)
        about = "correction" if answered else desk.form.text("om")
        await say_oneself(desk.uow, card.id, about, desk.form.text("ord"), answers=answered)
    except Invalid as bad:
        return await desk.again("contacts/own.html", bad, title=desk.say(ABOUT_ME), **shown)
    return desk.redirect(desk.url("/meg#sagt"), flash=N_("Takk. Koordinatoren får se det du skrev."))


def _form_values(desk: Desk, card: ContactCard) -> dict[str, Any]:
    days, parts = traits.WEEKDAYS, traits.DAY_PARTS
    return {
        "current": "/meg",
        "card": card,
        "interests": desk.options(traits.INTERESTS),
        "skills": desk.options(forms.SKILLS),
        "languages": desk.options(traits.LANGUAGES),
        "areas": desk.options(traits.AREAS),
        "slots": [(f"{d}-{p}", f"{desk.say(days[d])}, {desk.say(parts[p])}") for d in days for p in parts],
        "action": desk.url("/meg/endre"),
        "back": desk.url("/meg"),
    }


@page("/min/{slug:str}/meg/endre", Permission.CONTACT_OWN)
async def change_me_form(desk: Desk) -> Response[str]:
    """What the contact may change themselves."""
    card = await own_card(desk.uow, WHY)
    return await desk.render(
        "contacts/own_form.html",
        title=desk.say(CHANGE_ME),
        values=views.form_values(card),
        **_form_values(desk, card),
    )


@action("/min/{slug:str}/meg/endre", Permission.CONTACT_OWN)
async def change_me(desk: Desk) -> Response[Any]:
    """Keep what the contact changed. What was agreed, how long and as what, is changed together with the coordinator."""
    card = await own_card(desk.uow, WHY)
    try:
        reach, told = forms.read_own(desk.form)
        facts = replace(told, commits_months=card.commits_months, kinds=card.kinds)
        await change_contact(desk.uow, card.id, facts, version=version_of(desk.form))
        await change_reach(desk.uow, card.person_id, reach)
    except Invalid as bad:
        return await desk.again(
            "contacts/own_form.html", bad, title=desk.say(CHANGE_ME), **_form_values(desk, card)
        )
    return desk.redirect(desk.url("/meg"), flash=N_("Endringene er lagret."))


HANDLERS = [about_me, say_something, change_me_form, change_me]
