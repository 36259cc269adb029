"""Following one contact up: conversations planned and held, and wishes answered."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response

from sammen.audit.trail import record_read
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.forms import version_of
from tenants.contacts.api import contact_card, words_of
from tenants.followups import forms
from tenants.followups.meetings import invitations
from tenants.followups.queries import conversation_card, conversations_of, wishes
from tenants.followups.service import (
    HOWS,
    KINDS,
    answer_wish,
    cancel_conversation,
    hold_conversation,
    plan_conversation,
)
from tenants.followups.views import FOLLOW_UP, held_values

CONVERSATION = N_("Samtale med %(name)s")


async def _values(desk: Desk, conversation_id: UUID | None = None) -> dict[str, Any]:
    """What a contact's follow-up page shows, and the access log's row for it. Raises NotFound."""
    uow = desk.uow
    card = await contact_card(uow, desk.path_uuid("contact_id"))
    chosen = await conversation_card(uow, card.id, conversation_id) if conversation_id else None
    await record_read(
        uow, "followup.read", [card.person_id], why=N_("Oppfølging av støttekontakt"), object_kind="contact",
        object_id=card.id,
    )  # fmt: skip
    found = await conversations_of(uow, card.id)
    contact_url = desk.url(f"/kontakter/{card.id}")
    return {
        "current": "/oppfolging",
        "crumbs": [
            (desk.say(FOLLOW_UP), desk.url("/oppfolging")),
            (card.name, contact_url),
            (desk.say(FOLLOW_UP), ""),
        ],
        "card": card,
        "chosen": chosen,
        "planned": [one for one in found if one.open],
        "held": [one for one in found if one.held_on is not None],
        "asked": await wishes(uow, card.id, answered=True),
        "invited": await invitations(uow, card.id),
        "said": [one for one in await words_of(uow, card.id) if one.about == "going_on"][:3],
        "kinds": desk.options(KINDS),
        "hows": desk.options(HOWS),
        "kind_names": {value: desk.say(name) for value, name in KINDS.items()},
        "how_names": {value: desk.say(name) for value, name in HOWS.items()},
        "may_write": desk.context.may(Permission.FOLLOWUP_WRITE),
        "contact_url": contact_url,
        "base": f"{contact_url}/oppfolging",
    }


def _title(desk: Desk, shown: dict[str, Any]) -> str:
    return desk.say(CONVERSATION, name=shown["card"].name)


@page("/k/{slug:str}/kontakter/{contact_id:uuid}/oppfolging", Permission.FOLLOWUP_READ)
async def show(desk: Desk) -> Response[str]:
    """Conversations with a contact, what is planned, and what they asked for."""
    shown = await _values(desk)
    return await desk.render(
        "followups/contact.html", title=_title(desk, shown), values=held_values(None), which="", **shown
    )


@action("/k/{slug:str}/kontakter/{contact_id:uuid}/oppfolging/plan", Permission.FOLLOWUP_WRITE)
async def plan(desk: Desk) -> Response[Any]:
    """Agree on a day to talk."""
    shown = await _values(desk)
    try:
        await plan_conversation(desk.uow, shown["card"].id, forms.read_plan(desk.form))
    except Invalid as bad:
        return await desk.again(
            "followups/contact.html", bad, title=_title(desk, shown), which="plan", **shown
        )
    return desk.redirect(shown["base"], flash=N_("Samtalen er planlagt. Støttekontakten får varsel."))


@action("/k/{slug:str}/kontakter/{contact_id:uuid}/oppfolging", Permission.FOLLOWUP_WRITE)
async def hold(desk: Desk) -> Response[Any]:
    """Write down a conversation that came of itself."""
    shown = await _values(desk)
    try:
        await hold_conversation(desk.uow, shown["card"].id, forms.read_held(desk.form))
    except Invalid as bad:
        return await desk.again(
            "followups/contact.html", bad, title=_title(desk, shown), which="holdt", **shown
        )
    return desk.redirect(shown["base"], flash=N_("Samtalen er lagret."))


@page(
    "/k/{slug:str}/kontakter/{contact_id:uuid}/oppfolging/{conversation_id:uuid}", Permission.FOLLOWUP_WRITE
)
async def show_one(desk: Desk) -> Response[str]:
    """Write down a planned conversation, or correct what was written."""
    shown = await _values(desk, desk.path_uuid("conversation_id"))
    return await desk.render(
        "followups/conversation.html", title=_title(desk, shown), values=held_values(shown["chosen"]), **shown
    )


@action(
    "/k/{slug:str}/kontakter/{contact_id:uuid}/oppfolging/{conversation_id:uuid}", Permission.FOLLOWUP_WRITE
)
async def write(desk: Desk) -> Response[Any]:
    """Keep what came of it."""
    shown = await _values(desk, desk.path_uuid("conversation_id"))
    try:
        await hold_conversation(
            desk.uow, shown["card"].id, forms.read_held(desk.form), conversation_id=shown["chosen"].id,
            version=version_of(desk.form),
        )  # fmt: skip
    except Invalid as bad:
        return await desk.again("followups/conversation.html", bad, title=_title(desk, shown), **shown)
    return desk.redirect(shown["base"], flash=N_("Samtalen er lagret."))


@action(
    "/k/{slug:str}/kontakter/{contact_id:uuid}/oppfolging/{conversation_id:uuid}/avlys",
    Permission.FOLLOWUP_WRITE,
)
async def cancel(desk: Desk) -> Response[Any]:
    """Call a planned conversation off."""
    contact_id = desk.path_uuid("contact_id")
    await cancel_conversation(desk.uow, contact_id, desk.path_uuid("conversation_id"))
    return desk.redirect(desk.url(f"/kontakter/{contact_id}/oppfolging"), flash=N_("Samtalen er avlyst."))


@action("/k/{slug:str}/kontakter/{contact_id:uuid}/onsker/{guidance_wish_id:uuid}", Permission.FOLLOWUP_WRITE)
async def answer(desk: Desk) -> Response[Any]:
    """Answer what a contact asked for guidance about."""
    shown = await _values(desk)
    wish_id = desk.path_uuid("guidance_wish_id")
    try:
        await answer_wish(desk.uow, shown["card"].id, wish_id, desk.form.text("svar"))
    except Invalid as bad:
        return await desk.again(
            "followups/contact.html", bad, title=_title(desk, shown), which=str(wish_id), **shown
        )
    return desk.redirect(shown["base"], flash=N_("Svaret er sendt til støttekontakten."))


HANDLERS = [show, plan, hold, show_one, write, cancel, answer]
