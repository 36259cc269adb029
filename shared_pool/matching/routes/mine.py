"""The candidate's own pages: what they are asked, and their yes or no."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response

from sammen.audit.trail import record_read
from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from shared_pool.matching import service, views
from shared_pool.matching.queries import request_to, requests_to
from shared_pool.matching.routes.shared import place_names
from shared_pool.recruitment.api import CandidateCard, homes_of, own_candidate, own_pool
from tenants.api import contact_card, own_contact

REQUESTS = N_("Forespørsler")
HERE = "/foresporsler"


async def _me(desk: Desk) -> CandidateCard | None:
    """The candidate the reader is, if any."""
    contact_id: UUID | None = await own_contact(desk.uow)
    if contact_id is None:
        return None
    card = await contact_card(desk.uow, contact_id)
    await record_read(desk.uow, "requests.own", [card.person_id], why=N_("Egne forespørsler"))
    return await own_candidate(desk.uow, card.candidate_id)


@page("/min/{slug:str}/foresporsler", Permission.PROPOSAL_ANSWER)
async def my_requests(desk: Desk) -> Response[str]:
    """What I am asked, and what came of what I was."""
    me = await _me(desk)
    found = await requests_to(desk.uow, me.id if me is not None else None)
    places = await place_names(desk)
    shown = [
        (views.request_view(card, desk.say, desk.language), places.get(card.need_tenant_id, ""))
        for card in found
    ]
    return await desk.render(
        "matching/my_requests.html", title=desk.say(REQUESTS), current=HERE, base=desk.url(HERE),
        waiting=[one for one in shown if one[0]["answer"]], going=[one for one in shown if one[0]["going"]],
        past=[one for one in shown if not one[0]["answer"] and not one[0]["going"]],
        in_pool=me is not None and me.consents, pool_url=desk.url("/banken"),
    )  # fmt: skip


async def _my_values(desk: Desk) -> dict[str, Any]:
    me = await _me(desk)
    if me is None:
        raise NotFound
    card = await request_to(desk.uow, me.id, desk.path_uuid("proposal_id"))
    homes = await homes_of(desk.uow, (await own_pool(desk.uow)).id)
    asking = homes.get(card.need_tenant_id)
    place = asking.name if asking is not None else ""
    return {
        "title": desk.say(N_("Forespørsel fra %(place)s"), place=place),
        "current": HERE,
        "p": views.request_view(card, desk.say, desk.language),
        "place": place,
        "at_home": card.home_id == card.need_tenant_id,
        "home_place": desk.context.place_name,
        "there": f"/min/{asking.slug}" if asking is not None else None,
        "base": desk.url(f"{HERE}/{card.id}"),
        "back": desk.url(HERE),
    }


@page("/min/{slug:str}/foresporsler/{proposal_id:uuid}", Permission.PROPOSAL_ANSWER)
async def my_request(desk: Desk) -> Response[str]:
    """A need without a name, and whether I will."""
    return await desk.render("matching/my_request.html", values={"svar": ""}, **await _my_values(desk))


@action("/min/{slug:str}/foresporsler/{proposal_id:uuid}", Permission.PROPOSAL_ANSWER)
async def answer(desk: Desk) -> Response[Any]:
    """Yes or no."""
    values = await _my_values(desk)
    said = desk.form.text("svar")
    if said not in ("ja", "nei"):
        bad = Invalid.one("svar", N_("Velg ja eller nei."))
        return await desk.again("matching/my_request.html", bad, **values)
    await service.answer(desk.uow, desk.path_uuid("proposal_id"), yes=said == "ja")
    done = (
        N_("Takk. Kommunen får vite at du sa ja.")
        if said == "ja"
        else N_("Takk for svaret. Et nei koster deg ingenting.")
    )
    return desk.redirect(values["base"], flash=done)


HANDLERS = [my_requests, my_request, answer]
