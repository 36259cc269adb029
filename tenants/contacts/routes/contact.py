"""One contact's page: what is next, vetting, what is said, courses, what has happened."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.norwegian import format_date
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from tenants.contacts import forms, views
from tenants.contacts.competences import COMPETENCES, add_competence, competence_list, remove_competence
from tenants.contacts.contributions import missing
from tenants.contacts.engagements import engagements_of
from tenants.contacts.leaving import spells_of
from tenants.contacts.pipeline import interviews_of, steps_of
from tenants.contacts.queries import STATES, contact_card
from tenants.contacts.references import COMING, references_of
from tenants.contacts.routes.lists import CONTACTS
from tenants.contacts.service import choose_follow_up, coordinators, pause_contact
from tenants.contacts.vetting import ask_again, ask_for_vetting, grounds_to_ask, record_vetting, requests_of
from tenants.contacts.words import ABOUT, NOTED, mark_seen, note_word, words_of

OPENED = N_("Leste om støttekontakten")
CHANGED = N_("Endret støttekontakten")
"""One reason for every change on the page, so that the log does not tell one from another."""


async def contact_values(desk: Desk, contact_id: UUID, why: str) -> dict[str, Any]:
    """What a contact's page shows, and the access log's row for it."""
    uow, say = desk.uow, desk.say
    card = await contact_card(uow, contact_id)
    steps, requests = await steps_of(uow, card.id), await requests_of(uow, card.id)
    told = views.Story(steps, requests, await engagements_of(uow, card.id))
    interviews, words = await interviews_of(uow, card.id), await words_of(uow, card.id)
    panels = [
        (panel.template, values)
        for panel in sorted(desk.house.contributions.contact_panels, key=lambda p: p.order)
        if (panel.coming or card.state not in ("enquiry", "interview"))
        and desk.context.may(panel.permission)
        and (values := await panel.read(uow, card.id)) is not None
    ]
    await record_read(
        uow, "contact.read", [card.person_id], why=why, object_kind="contact", object_id=card.id
    )
    may, waits = desk.context.may, next((one for one in interviews if one.held_on is None), None)
    changes, staff = may(Permission.CONTACT_WRITE), await coordinators(uow)
    return {
        "current": "/kontakter",
        "crumbs": [(say(CONTACTS), desk.url("/kontakter")), (card.name, "")],
        "card": card,
        "about": views.about(card, desk.language),
        "lacks": missing(card, desk.language) if card.state == "vetting" else "",
        "next": views.next_step(card, waits, desk.language),
        "coming": card.state in ("enquiry", "interview"),
        "here": card.state != "ended",
        "state": (say(STATES[card.state]), views.STATE_SHAPES[card.state]),
        "panels": panels,
        "events": views.story(card, told, desk.language),
        "spells": views.spell_lines(card, await spells_of(uow, card.id), desk.language),
        "interviews": [
            (one, [(say(label), text) for label, text in one.told]) for one in interviews if one.held_on is not None
        ],
        "references": await references_of(uow, card.id),
        "asks_references": card.state in COMING,
        "words": words,
        "unread": sum(1 for one in words if one.by_contact and one.seen_on is None),
        "about_names": {code: say(name) for code, name in ABOUT.items()},
        "noted": desk.options(NOTED),
        "competences": await competence_list(uow, card.id),
        "competence_names": {code: say(name) for code, name in COMPETENCES.items()},
        "courses": desk.options(COMPETENCES),
        "requests": requests,
        "asked_again": any(one.shown_on is None for one in requests),
        "grounds": [
            (one.code, one.text(desk.language), one.source) for one in (await grounds_to_ask(uow, today())).values()
        ],
        "goes_on": desk.options(forms.GOES_ON),
        "owners": [(str(one), name) for one, name in staff],
        "follower": card.follow_up_name or next((name for one, name in staff if one == card.follow_up_owner), ""),
        "base": desk.url(f"/kontakter/{card.id}"),
        "may_vet": may(Permission.VETTING_RECORD),
        "may_change": changes,
        "may_share": may(Permission.CANDIDATE_SHARE) and card.state in ("interview", "vetting", "engaged"),
        "today": today(),
    }  # fmt: skip


def beginning(shown: dict[str, Any]) -> dict[str, Any]:
    """What the page's forms begin with."""
    owner = shown["card"].follow_up_owner
    return {
        "holdt": format_date(today()),
        "ref_ja": format_date(today()),
        "ref_spurt": format_date(today()),
        "sagt": format_date(today()),
        "oppfolger": str(owner) if owner else "",
    }


@page("/k/{slug:str}/kontakter/{contact_id:uuid}", Permission.CONTACT_READ)
async def show_contact(desk: Desk) -> Response[str]:
    """One contact: what is missing, what they like, their assignments, what has happened."""
    shown = await contact_values(desk, desk.path_uuid("contact_id"), OPENED)
    return await desk.render(
        "contacts/contact.html", title=shown["card"].name, values=beginning(shown), **shown
    )


async def again(desk: Desk, bad: Invalid, shown: dict[str, Any]) -> Response[str]:
    """The contact's page with the errors of the one form that was sent."""
    return await desk.again("contacts/contact.html", bad, title=shown["card"].name, **shown)


@action("/k/{slug:str}/kontakter/{contact_id:uuid}/godkjenning", Permission.VETTING_RECORD)
async def vet(desk: Desk) -> Response[Any]:
    """Note that politiattest was asked for or shown, confidentiality handed out or signed."""
    shown = await contact_values(desk, desk.path_uuid("contact_id"), CHANGED)
    card = shown["card"]
    try:
        days = forms.read_vetting(desk.form)
        if days["bedt_om"] or days["utlevert"]:
            await ask_for_vetting(
                desk.uow, card.id, police_asked_on=days["bedt_om"], confidentiality_given_on=days["utlevert"]
            )
        if days["politiattest"] or days["taushet"]:
            await record_vetting(
                desk.uow,
                card.id,
                police_shown_on=days["politiattest"],
                confidentiality_signed_on=days["taushet"],
            )
    except Invalid as bad:
        return await again(desk, bad, shown)
    return desk.redirect(shown["base"], flash=N_("Godkjenningen er lagret."))


@action("/k/{slug:str}/kontakter/{contact_id:uuid}/ny-attest", Permission.VETTING_RECORD)
async def ask_anew(desk: Desk) -> Response[Any]:
    """Ask for politiattest again, on a legal ground."""
    shown = await contact_values(desk, desk.path_uuid("contact_id"), CHANGED)
    try:
        await ask_again(desk.uow, shown["card"].id, desk.form.text("grunnlag"), desk.form.text("hvorfor"))
    except Invalid as bad:
        return await again(desk, bad, shown)
    return desk.redirect(
        shown["base"] + "#godkjenning",
        flash=N_("Grunnlaget er lagret. Be støttekontakten søke om ny attest."),
    )


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


@action("/k/{slug:str}/kontakter/{contact_id:uuid}/oppfolger", Permission.CONTACT_WRITE)
async def choose_owner(desk: Desk) -> Response[Any]:
    """Choose who follows the contact up."""
    shown = await contact_values(desk, desk.path_uuid("contact_id"), CHANGED)
    try:
        owner = dict(shown["owners"])
        chosen = desk.form.text("oppfolger")
        if chosen not in owner:
            raise Invalid.one("oppfolger", N_("Velg hvem som følger opp, fra lista."))
        name = await choose_follow_up(desk.uow, shown["card"].id, UUID(chosen))
    except Invalid as bad:
        return await again(desk, bad, shown)
    return desk.redirect(shown["base"], flash=N_("%(name)s følger opp."), name=name)


@action("/k/{slug:str}/kontakter/{contact_id:uuid}/kurs", Permission.CONTACT_WRITE)
async def add_course(desk: Desk) -> Response[Any]:
    """Note a completed course or education."""
    shown = await contact_values(desk, desk.path_uuid("contact_id"), CHANGED)
    try:
        code, done, until, place = forms.read_competence(desk.form)
        await add_competence(desk.uow, shown["card"].id, code, done, valid_to=until, place=place)
    except Invalid as bad:
        return await again(desk, bad, shown)
    return desk.redirect(shown["base"] + "#kurs", flash=N_("Lagret under kurs og utdanning."))


@action(
    "/k/{slug:str}/kontakter/{contact_id:uuid}/kurs/{contact_competence_id:uuid}", Permission.CONTACT_WRITE
)
async def take_away_course(desk: Desk) -> Response[Any]:
    """Take away a course that was noted by mistake."""
    card = await contact_card(desk.uow, desk.path_uuid("contact_id"))
    await remove_competence(desk.uow, card.id, desk.path_uuid("contact_competence_id"))
    return desk.redirect(desk.url(f"/kontakter/{card.id}#kurs"), flash=N_("Kurset er tatt bort."))


@action("/k/{slug:str}/kontakter/{contact_id:uuid}/ord", Permission.CONTACT_WRITE)
async def note_said(desk: Desk) -> Response[Any]:
    """Write down what the contact said of going on, or wished."""
    shown = await contact_values(desk, desk.path_uuid("contact_id"), CHANGED)
    try:
        about, words, said_on = forms.read_word(desk.form)
        await note_word(desk.uow, shown["card"].id, about, words, said_on=said_on)
    except Invalid as bad:
        return await again(desk, bad, shown)
    return desk.redirect(shown["base"] + "#sagt", flash=N_("Lagret. Støttekontakten kan lese og rette det."))


@action("/k/{slug:str}/kontakter/{contact_id:uuid}/ord/sett", Permission.CONTACT_WRITE)
async def read_said(desk: Desk) -> Response[Any]:
    """What the contact has written has been read."""
    card = await contact_card(desk.uow, desk.path_uuid("contact_id"))
    await mark_seen(desk.uow, card.id)
    return desk.redirect(desk.url(f"/kontakter/{card.id}#sagt"), flash=N_("Merket som lest."))


HANDLERS = [
    show_contact, vet, ask_anew, pause, choose_owner, add_course, take_away_course, note_said, read_said,
]  # fmt: skip
