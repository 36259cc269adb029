"""A contact's own page: what they are invited to, their answers, checking in, and what was said."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response

from sammen.errors import Forbidden, Invalid
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from shared_pool.assemblies import views
from shared_pool.assemblies.answering import answer_own
from shared_pool.assemblies.attending import WRONG, check_in
from shared_pool.assemblies.queries import contact_meetings
from shared_pool.assemblies.routes.lists import ASSEMBLIES, desk_kinds
from shared_pool.courses.api import course_tabs
from tenants.api import own_contact


async def _values(desk: Desk) -> dict[str, Any]:
    contact = await own_contact(desk.uow)
    found = await contact_meetings(desk.uow, contact) if contact is not None else []
    rows = [(one, views.when(one.card.starts_at, one.card.ends_at, desk.language)) for one in found]
    return {
        "current": "/kurs",
        "tabs": course_tabs(desk, "samlinger"),
        "kinds": desk_kinds(desk),
        "today": [row for row in rows if row[0].card.door_open],
        "coming": [row for row in rows if not row[0].card.begun],
        "held": [row for row in reversed(rows) if row[0].card.begun and row[0].card.on],
        "base": desk.url("/samlinger"),
    }


async def _contact(desk: Desk) -> UUID:
    contact = await own_contact(desk.uow)
    if contact is None:
        raise Forbidden(N_("Bare støttekontakter i kommunen kan svare."))
    return contact


@page("/min/{slug:str}/samlinger", Permission.CONTACT_OWN)
async def show_own(desk: Desk) -> Response[str]:
    """What one is invited to."""
    return await desk.render(
        "assemblies/own.html", title=desk.say(ASSEMBLIES), values={}, **await _values(desk)
    )


@action("/min/{slug:str}/samlinger/{assembly_meeting_id:uuid}/svar", Permission.CONTACT_OWN)
async def answer(desk: Desk) -> Response[Any]:
    """Say whether one comes."""
    contact, shown = await _contact(desk), await _values(desk)
    said = desk.form.text("svar")
    try:
        await answer_own(desk.uow, desk.path_uuid("assembly_meeting_id"), contact, said)
    except Invalid as bad:
        return await desk.again("assemblies/own.html", bad, title=desk.say(ASSEMBLIES), **shown)
    done = N_("Takk. Vi regner med deg.") if said == "yes" else N_("Takk for at du sa fra.")
    return desk.redirect(desk.url("/samlinger"), flash=done)


@action("/min/{slug:str}/samlinger/{assembly_meeting_id:uuid}/mott", Permission.CONTACT_OWN)
async def arrive(desk: Desk) -> Response[Any]:
    """Check in with the code on the board. A wrong one is counted, so the answer undoes nothing."""
    contact = await _contact(desk)
    if not await check_in(
        desk.uow, desk.path_uuid("assembly_meeting_id"), contact, desk.form.text("kode")[:20]
    ):
        return desk.redirect(desk.url("/samlinger"), flash=WRONG, state="danger")
    return desk.redirect(desk.url("/samlinger"), flash=N_("Du er registrert som møtt."))


HANDLERS = [show_own, answer, arrive]
