"""The way in and the way out: answered, interviewed, let go, left, come back."""

from __future__ import annotations

from typing import Any

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.norwegian import format_date
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from tenants.contacts import forms
from tenants.contacts.leaving import come_back, decline, leave
from tenants.contacts.pipeline import answer_enquiry, hold_interview, plan_interview
from tenants.contacts.queries import ContactCard, contact_card
from tenants.contacts.references import drop_reference, name_reference, note_reference
from tenants.contacts.routes.contact import CHANGED, again, contact_values
from tenants.contacts.routes.lists import CONTACTS
from tenants.contacts.rules import REASONS

LEAVING = N_("Avslutt som støttekontakt")


@action("/k/{slug:str}/kontakter/{contact_id:uuid}/svar", Permission.CONTACT_WRITE)
async def answered(desk: Desk) -> Response[Any]:
    """Note that the enquiry has been answered."""
    card = await contact_card(desk.uow, desk.path_uuid("contact_id"))
    await answer_enquiry(desk.uow, card.id, desk.form.text("svar")[:2_000])
    return desk.redirect(desk.url(f"/kontakter/{card.id}"), flash=N_("Lagret at dere har svart."))


@action("/k/{slug:str}/kontakter/{contact_id:uuid}/intervju", Permission.CONTACT_WRITE)
async def plan(desk: Desk) -> Response[Any]:
    """Agree on an interview."""
    shown = await contact_values(desk, desk.path_uuid("contact_id"), CHANGED)
    try:
        day, clock, place = forms.read_plan(desk.form)
        await plan_interview(desk.uow, shown["card"].id, day, clock, place)
    except Invalid as bad:
        return await again(desk, bad, shown)
    return desk.redirect(shown["base"], flash=N_("Intervjuet er avtalt."))


@action("/k/{slug:str}/kontakter/{contact_id:uuid}/intervju/holdt", Permission.CONTACT_WRITE)
async def held(desk: Desk) -> Response[Any]:
    """Note an interview that was held, and whether the two go on."""
    shown = await contact_values(desk, desk.path_uuid("contact_id"), CHANGED)
    try:
        day, told, notes, goes_on = forms.read_held(desk.form)
        await hold_interview(desk.uow, shown["card"].id, day, notes, goes_on=goes_on, told=told)
    except Invalid as bad:
        return await again(desk, bad, shown)
    flash = N_("Lagret. Be om politiattest og taushetserklæring.") if goes_on else N_("Intervjuet er lagret.")
    return desk.redirect(shown["base"], flash=flash)


@action("/k/{slug:str}/kontakter/{contact_id:uuid}/referanser", Permission.CONTACT_WRITE)
async def add_reference(desk: Desk) -> Response[Any]:
    """Somebody the applicant has said may be asked."""
    shown = await contact_values(desk, desk.path_uuid("contact_id"), CHANGED)
    try:
        name, phone, relation, agreed = forms.read_reference(desk.form)
        await name_reference(
            desk.uow, shown["card"].id, name=name, phone=phone, relation=relation, consent_on=agreed
        )
    except Invalid as bad:
        return await again(desk, bad, shown)
    return desk.redirect(shown["base"] + "#referanser", flash=N_("Referansen er lagret."))


@action(
    "/k/{slug:str}/kontakter/{contact_id:uuid}/referanser/{contact_reference_id:uuid}", Permission.CONTACT_WRITE
)  # fmt: skip
async def asked_reference(desk: Desk) -> Response[Any]:
    """The reference was asked; or is taken away, by the button that was pressed."""
    shown = await contact_values(desk, desk.path_uuid("contact_id"), CHANGED)
    reference_id, contact_id = desk.path_uuid("contact_reference_id"), shown["card"].id
    if reference_id not in {one.id for one in shown["references"]}:
        raise NotFound
    if desk.form.text("gjor") == "bort":
        await drop_reference(desk.uow, contact_id, reference_id)
        return desk.redirect(shown["base"] + "#referanser", flash=N_("Referansen er tatt bort."))
    try:
        day, said = forms.read_asked(desk.form)
        await note_reference(desk.uow, contact_id, reference_id, asked_on=day, said=said)
    except Invalid as bad:
        return await again(desk, bad, shown)
    return desk.redirect(shown["base"] + "#referanser", flash=N_("Lagret hva referansen sa."))


def _leaving_values(desk: Desk, card: ContactCard) -> dict[str, Any]:
    url = desk.url(f"/kontakter/{card.id}")
    return {
        "current": "/kontakter",
        "crumbs": [(desk.say(CONTACTS), desk.url("/kontakter")), (card.name, url), (desk.say(LEAVING), "")],
        "card": card,
        "reasons": desk.options(REASONS),
        "base": url,
    }


async def _seen(desk: Desk) -> ContactCard:
    card = await contact_card(desk.uow, desk.path_uuid("contact_id"))
    await record_read(
        desk.uow, "contact.read", [card.person_id], why=CHANGED, object_kind="contact", object_id=card.id
    )
    return card


@page("/k/{slug:str}/kontakter/{contact_id:uuid}/slutt", Permission.CONTACT_WRITE)
async def leaving_form(desk: Desk) -> Response[str]:
    """Last day and reason; or not going to be a contact, without a reason."""
    card = await _seen(desk)
    return await desk.render(
        "contacts/leaving.html", title=desk.say(LEAVING), values={"siste_dag": format_date(today())},
        **_leaving_values(desk, card),
    )  # fmt: skip


@action("/k/{slug:str}/kontakter/{contact_id:uuid}/slutt", Permission.CONTACT_WRITE)
async def stop(desk: Desk) -> Response[Any]:
    """The contact has left."""
    card = await _seen(desk)
    try:
        day, reason = forms.read_leaving(desk.form)
        await leave(desk.uow, card.id, day, reason)
    except Invalid as bad:
        return await desk.again(
            "contacts/leaving.html", bad, title=desk.say(LEAVING), **_leaving_values(desk, card)
        )
    return desk.redirect(
        desk.url(f"/kontakter/{card.id}"),
        flash=N_("%(name)s er avsluttet som støttekontakt."),
        name=card.name,
    )


@action("/k/{slug:str}/kontakter/{contact_id:uuid}/ikke-aktuell", Permission.CONTACT_WRITE)
async def let_go(desk: Desk) -> Response[Any]:
    """Not going to be a contact: for every reason the same, and none is kept."""
    card = await contact_card(desk.uow, desk.path_uuid("contact_id"))
    await decline(desk.uow, card.id)
    return desk.redirect(desk.url("/kontakter"), flash=N_("%(name)s er ikke lenger aktuell."), name=card.name)


@action("/k/{slug:str}/kontakter/{contact_id:uuid}/tilbake", Permission.CONTACT_WRITE)
async def take_in(desk: Desk) -> Response[Any]:
    """Somebody who left wants to come back."""
    card = await contact_card(desk.uow, desk.path_uuid("contact_id"))
    await come_back(desk.uow, card.id)
    return desk.redirect(
        desk.url(f"/kontakter/{card.id}"),
        flash=N_("%(name)s er tatt inn igjen. Politiattest og taushetserklæring må på plass på nytt."), name=card.name,
    )  # fmt: skip


HANDLERS = [answered, plan, held, add_reference, asked_reference, leaving_form, stop, let_go, take_in]
