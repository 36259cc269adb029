"""The lender: its own contact is asked for by another municipality, for so many hours a week, never for whom."""

from __future__ import annotations

from functools import partial
from typing import Any

from litestar import Response

from sammen.audit.trail import record_read
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from shared_pool.matching import forms, views
from shared_pool.matching.deciders import may_decide
from shared_pool.matching.lending import REFUSALS, lend, refuse_loan
from shared_pool.matching.queries import loan_asked
from shared_pool.matching.routes.shared import HERE, WHY, crumbs, decider_values, place_names
from tenants.api import contact_card, contact_of_candidate


async def _values(desk: Desk) -> dict[str, Any]:
    uow = desk.uow
    card = await loan_asked(uow, desk.path_uuid("proposal_id"))
    contact_id = await contact_of_candidate(uow, card.candidate_id)
    contact = await contact_card(uow, contact_id) if contact_id is not None else None
    seen = [card.candidate_id] if contact is None else [contact.person_id]
    await record_read(uow, "matching.loan", seen, why=WHY, object_kind="proposal", object_id=card.id)
    place = (await place_names(desk)).get(card.need_tenant_id, "")
    view = views.proposal_view(card, desk.say, desk.language, side="home")
    name = contact.name if contact is not None else view["code"]
    title = desk.say(N_("%(place)s spør om %(name)s"), place=place, name=name)
    return {
        "title": title,
        "current": HERE,
        "crumbs": crumbs(desk, (title, None)),
        "p": view,
        "place": place,
        "contact_name": name,
        "lent_hours": contact.lent_hours if contact is not None else 0,
        "contact_url": desk.url(f"/kontakter/{contact.id}")
        if contact is not None and desk.context.may(Permission.CONTACT_READ)
        else "",
        "base": desk.url(f"{HERE}/utlaan/{card.id}"),
        "waits": views.home_waits(card),
        "own_proposal": card.proposed_by == desk.context.user_id,
        "may_decide": await may_decide(uow),
        "refusals": desk.options(REFUSALS),
        **await decider_values(desk),
    }


@page("/k/{slug:str}/formidling/utlaan/{proposal_id:uuid}", Permission.NEED_READ)
async def loan_page(desk: Desk) -> Response[str]:
    """Who is asked for, by whom and for how many hours."""
    return await desk.render("matching/loan.html", values={"grunn": "", "ord": ""}, **await _values(desk))


async def _step(desk: Desk, done: str, take: Any) -> Response[Any]:
    values = await _values(desk)
    try:
        await take()
    except Invalid as bad:
        return await desk.again("matching/loan.html", bad, **values)
    return desk.redirect(values["base"], flash=done)


@action("/k/{slug:str}/formidling/utlaan/{proposal_id:uuid}/ja", Permission.PROPOSAL_DECIDE)
async def yes(desk: Desk) -> Response[Any]:
    """The home says yes."""
    take = partial(lend, desk.uow, desk.path_uuid("proposal_id"))
    return await _step(desk, N_("Dere har sagt ja til utlånet."), take)


@action("/k/{slug:str}/formidling/utlaan/{proposal_id:uuid}/nei", Permission.PROPOSAL_DECIDE)
async def no(desk: Desk) -> Response[Any]:
    """The home says no, and why."""
    take = partial(refuse_loan, desk.uow, desk.path_uuid("proposal_id"), *forms.read_no(desk.form))
    return await _step(desk, N_("Dere har sagt nei. Støttekontakten får vite at det ikke ble noe av."), take)


HANDLERS = [loan_page, yes, no]
