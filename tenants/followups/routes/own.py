"""The contact's own page: what was agreed, what is planned, meetings to answer, and asking for guidance."""

from __future__ import annotations

from typing import Any

from litestar import Response

from sammen.clock import today
from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from tenants.contacts.api import contact_card, own_contact
from tenants.followups.meetings import ANSWERS, answer_invitation, invitations
from tenants.followups.queries import conversations_of, wishes
from tenants.followups.service import HOWS, KINDS, wish_guidance

OWN = N_("Oppfølging")


async def _values(desk: Desk) -> dict[str, Any]:
    uow = desk.uow
    contact_id = await own_contact(uow)
    if contact_id is None:
        raise NotFound
    card, found = await contact_card(uow, contact_id), await conversations_of(uow, contact_id)
    invited = await invitations(uow, contact_id)
    return {
        "card": card,
        "planned": [one for one in found if one.open],
        "held": [one for one in found if one.held_on is not None and one.agreed],
        "asked": await wishes(uow, contact_id, answered=True),
        "ahead": [one for one in reversed(invited) if one.meets_on >= today()],
        "behind": [one for one in invited if one.meets_on < today() and one.cancelled_on is None],
        "answers": desk.options(ANSWERS),
        "kind_names": {value: desk.say(name) for value, name in KINDS.items()},
        "how_names": {value: desk.say(name) for value, name in HOWS.items()},
        "base": desk.url("/oppfolging"),
    }


@page("/min/{slug:str}/oppfolging", Permission.CONTACT_OWN)
async def show(desk: Desk) -> Response[str]:
    """What the coordinator and I have agreed on, and what I am invited to."""
    return await desk.render("followups/own.html", title=desk.say(OWN), values={}, **await _values(desk))


@action("/min/{slug:str}/oppfolging/onske", Permission.CONTACT_OWN)
async def wish(desk: Desk) -> Response[Any]:
    """Ask for guidance."""
    shown = await _values(desk)
    try:
        await wish_guidance(desk.uow, desk.form.text("onske"))
    except Invalid as bad:
        return await desk.again("followups/own.html", bad, title=desk.say(OWN), **shown)
    return desk.redirect(shown["base"], flash=N_("Ønsket er sendt. Koordinatoren svarer deg her."))


@action("/min/{slug:str}/oppfolging/mote/{information_meeting_id:uuid}", Permission.CONTACT_OWN)
async def answer(desk: Desk) -> Response[Any]:
    """Say whether I come."""
    shown = await _values(desk)
    try:
        await answer_invitation(desk.uow, desk.path_uuid("information_meeting_id"), desk.form.text("svar"))
    except Invalid as bad:
        return await desk.again("followups/own.html", bad, title=desk.say(OWN), **shown)
    return desk.redirect(shown["base"], flash=N_("Svaret er lagret."))


HANDLERS = [show, wish, answer]
