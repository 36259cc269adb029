"""The slice's pages: lists of agreements, one contact's, one agreement from draft to end, and the contact's own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response

from sammen.audit.trail import record_read
from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.norwegian import format_date
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.forms import version_of
from tenants.agreements import forms, pages, views
from tenants.agreements.queries import file_bytes, files_of
from tenants.agreements.service import (
    agreement_of_contact,
    assess,
    change_agreement,
    make_agreement,
    send_to_signing,
    sign_many,
)
from tenants.contacts.api import (
    ContactCard,
    end_engagement,
    engagements_of,
    own_contact,
    sign_engagement,
)

PDF = "application/pdf"
NEW, CHANGE = N_("Ny avtale"), N_("Endre avtalen")
OWN = N_("Avtalen min")


# The lists ------------------------------------------------------------------------------------------------------------
@page("/k/{slug:str}/kontakter/avtaler", Permission.CONTACT_READ)
async def show_list(desk: Desk) -> Response[str]:
    """Agreements that lack a signature or run out, contacts without one, and contractors."""
    shown = await pages.list_values(desk)
    return await desk.render("agreements/list.html", title=desk.say(pages.AGREEMENTS), values={}, **shown)


@action("/k/{slug:str}/kontakter/avtaler", Permission.CONTACT_WRITE)
async def sign_chosen(desk: Desk) -> Response[Any]:
    """Note that the chosen agreements are signed by both."""
    shown = await pages.list_values(desk)
    try:
        chosen, day = forms.read_signed(desk.form)
        signed = await sign_many(desk.uow, chosen, day)
    except Invalid as bad:
        return await desk.again("agreements/list.html", bad, title=desk.say(pages.AGREEMENTS), **shown)
    return desk.redirect(shown["base"], flash=N_("Registrert som underskrevet: %(count)s."), count=signed)


# One contact's agreements -----------------------------------------------------------------------------------------------
@page("/k/{slug:str}/kontakter/{contact_id:uuid}/avtaler", Permission.CONTACT_READ)
async def show_contact(desk: Desk) -> Response[str]:
    """Every agreement of a contact."""
    card = await pages.seen_contact(desk)
    shown = await pages.contact_values(desk, card)
    return await desk.render("agreements/contact.html", title=desk.say(pages.AGREEMENTS), **shown)


@page("/k/{slug:str}/kontakter/{contact_id:uuid}/avtaler/ny", Permission.CONTACT_WRITE)
async def new_form(desk: Desk) -> Response[str]:
    """A new agreement."""
    card = await pages.seen_contact(desk)
    title = desk.say(NEW)
    shown = await pages.form_page(desk, card, None, title)
    return await desk.render(
        "agreements/form.html", title=title, values=views.form_values(None, card), **shown
    )


async def _again(
    desk: Desk, card: ContactCard, bad: Invalid, title: str, shown: dict[str, Any]
) -> Response[str]:
    """The form with its errors; when it must be weighed, with what points to employment."""
    if "vurdert" in bad.errors:
        facts = forms.read_agreement(desk.form)
        found = await assess(desk.uow, card.id, facts, first=card.since)
        shown = {**shown, "weighed": views.weighed(found, desk.language)}
    return await desk.again("agreements/form.html", bad, title=title, **shown)


@action("/k/{slug:str}/kontakter/{contact_id:uuid}/avtaler/ny", Permission.CONTACT_WRITE)
async def make(desk: Desk) -> Response[Any]:
    """Keep a new agreement; the one that runs ends the day before."""
    card = await pages.seen_contact(desk)
    title = desk.say(NEW)
    shown = await pages.form_page(desk, card, None, title)
    try:
        made = await make_agreement(desk.uow, card.id, forms.read_agreement(desk.form))
    except Invalid as bad:
        return await _again(desk, card, bad, title, shown)
    return desk.redirect(
        desk.url(f"/kontakter/{card.id}/avtaler/{made}"),
        flash=N_("Avtalen er lagret. Send den til underskrift."),
    )


@page("/k/{slug:str}/kontakter/{contact_id:uuid}/avtaler/{engagement_id:uuid}", Permission.CONTACT_READ)
async def show_agreement(desk: Desk) -> Response[str]:
    """One agreement."""
    card = await pages.seen_contact(desk)
    agreement = await agreement_of_contact(desk.uow, card.id, desk.path_uuid("engagement_id"))
    shown = await pages.agreement_values(desk, card, agreement)
    return await desk.render("agreements/agreement.html", title=shown["heading"], **shown)


@page(
    "/k/{slug:str}/kontakter/{contact_id:uuid}/avtaler/{engagement_id:uuid}/endre", Permission.CONTACT_WRITE
)
async def change_form(desk: Desk) -> Response[Any]:
    """An agreement nobody has signed, to be changed."""
    card = await pages.seen_contact(desk)
    agreement = await agreement_of_contact(desk.uow, card.id, desk.path_uuid("engagement_id"))
    if agreement.touched:
        return desk.redirect(
            desk.url(f"/kontakter/{card.id}/avtaler/{agreement.id}"), state="info",
            flash=N_("Avtalen er underskrevet. Lag en ny avtale fra den dagen endringen gjelder."),
        )  # fmt: skip
    title = desk.say(CHANGE)
    shown = await pages.form_page(desk, card, agreement, title)
    return await desk.render(
        "agreements/form.html", title=title, values=views.form_values(agreement, card), **shown
    )


@action(
    "/k/{slug:str}/kontakter/{contact_id:uuid}/avtaler/{engagement_id:uuid}/endre", Permission.CONTACT_WRITE
)
async def change(desk: Desk) -> Response[Any]:
    """Keep the changes, unless somebody signed or changed it first."""
    card = await pages.seen_contact(desk)
    agreement = await agreement_of_contact(desk.uow, card.id, desk.path_uuid("engagement_id"))
    title = desk.say(CHANGE)
    shown = await pages.form_page(desk, card, agreement, title)
    try:
        facts = forms.read_agreement(desk.form)
        await change_agreement(desk.uow, agreement, facts, version=version_of(desk.form))
    except Invalid as bad:
        return await _again(desk, card, bad, title, shown)
    return desk.redirect(shown["back"], flash=N_("Avtalen er endret."))


@action(
    "/k/{slug:str}/kontakter/{contact_id:uuid}/avtaler/{engagement_id:uuid}/fil", Permission.CONTACT_WRITE
)
async def send(desk: Desk) -> Response[Any]:
    """Set the agreement as a file to sign, and tell the contact."""
    card = await pages.seen_contact(desk)
    agreement = await agreement_of_contact(desk.uow, card.id, desk.path_uuid("engagement_id"))
    await send_to_signing(desk.uow, agreement)
    return desk.redirect(
        desk.url(f"/kontakter/{card.id}/avtaler/{agreement.id}"),
        flash=N_(
            "Avtalen ligger klar. Støttekontakten kan hente den på siden sin, eller du kan skrive den ut."
        ),
    )


@page(
    "/k/{slug:str}/kontakter/{contact_id:uuid}/avtaler/fil/{agreement_file_id:uuid}", Permission.CONTACT_READ
)
async def download(desk: Desk) -> Response[Any]:
    """The file as it was sent."""
    card = await pages.seen_contact(desk)
    content = await file_bytes(desk.uow, card.id, desk.path_uuid("agreement_file_id"))
    await record_read(
        desk.uow, "contact.read", [card.person_id], why=N_("Hentet en avtale"), object_kind="contact", object_id=card.id
    )  # fmt: skip
    await desk.uow.finish()
    return desk.download(f"avtale-{card.family_name}.pdf", content, PDF)


@action(
    "/k/{slug:str}/kontakter/{contact_id:uuid}/avtaler/{engagement_id:uuid}/underskrift",
    Permission.CONTACT_WRITE,
)
async def sign(desk: Desk) -> Response[Any]:
    """Note who has signed, and when."""
    card = await pages.seen_contact(desk)
    agreement = await agreement_of_contact(desk.uow, card.id, desk.path_uuid("engagement_id"))
    shown = await pages.agreement_values(desk, card, agreement)
    try:
        contact, municipality = forms.read_signing(desk.form)
        await sign_engagement(desk.uow, agreement.id, by_contact_on=contact, by_municipality_on=municipality)
    except Invalid as bad:
        return await _agreement_again(desk, bad, shown)
    return desk.redirect(shown["here"], flash=N_("Underskriften er registrert."))


@action(
    "/k/{slug:str}/kontakter/{contact_id:uuid}/avtaler/{engagement_id:uuid}/slutt", Permission.CONTACT_WRITE
)
async def end(desk: Desk) -> Response[Any]:
    """End an agreement on its last day."""
    card = await pages.seen_contact(desk)
    agreement = await agreement_of_contact(desk.uow, card.id, desk.path_uuid("engagement_id"))
    shown = await pages.agreement_values(desk, card, agreement)
    try:
        last_day, reason = forms.read_ending(desk.form)
        await end_engagement(
            desk.uow, agreement.id, last_day=last_day, reason=reason, version=version_of(desk.form)
        )
    except Invalid as bad:
        return await _agreement_again(desk, bad, shown)
    return desk.redirect(shown["here"], flash=N_("Avtalen slutter %(day)s."), day=format_date(last_day))


async def _agreement_again(desk: Desk, bad: Invalid, shown: dict[str, Any]) -> Response[str]:
    """The agreement's page with a form's errors; the other form keeps what it began with."""
    rest = {name: value for name, value in shown.items() if name != "values"}
    return await desk.again("agreements/agreement.html", bad, title=shown["heading"], **rest)


# The contact's own ------------------------------------------------------------------------------------------------------
async def _own(desk: Desk) -> UUID:
    contact_id = await own_contact(desk.uow)
    if contact_id is None:
        raise NotFound
    return contact_id


@page("/min/{slug:str}/avtale", Permission.CONTACT_OWN)
async def show_own(desk: Desk) -> Response[str]:
    """The contact's own agreements, with the file to sign or to keep."""
    contact_id = await own_contact(desk.uow)
    agreements = await engagements_of(desk.uow, contact_id) if contact_id is not None else []
    files = await files_of(desk.uow, contact_id) if contact_id is not None else {}
    return await desk.render(
        "agreements/own.html",
        title=desk.say(OWN),
        rows=[
            (one, views.title_of(one, desk.language), views.standing(one, desk.language),
             views.terms(one, desk.language), files.get(one.id))
            for one in agreements
        ],
        base=desk.url("/avtale"),
        home=desk.url(),
    )  # fmt: skip


@page("/min/{slug:str}/avtale/{agreement_file_id:uuid}", Permission.CONTACT_OWN)
async def download_own(desk: Desk) -> Response[Any]:
    """One's own agreement as a file."""
    contact_id = await _own(desk)
    content = await file_bytes(desk.uow, contact_id, desk.path_uuid("agreement_file_id"))
    await desk.uow.finish()
    return desk.download("avtale.pdf", content, PDF)


HANDLERS = [
    show_list,
    sign_chosen,
    show_contact,
    new_form,
    make,
    show_agreement,
    change_form,
    change,
    send,
    download,
    sign,
    end,
    show_own,
    download_own,
]
