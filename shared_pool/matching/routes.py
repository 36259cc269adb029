"""The match's pages: the need's municipality decides, the candidate answers. What the region does is in runs/."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response

from sammen.audit.trail import record_read
from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.norwegian import parse_date
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.forms import Reader
from shared_pool.matching import service, views
from shared_pool.matching.queries import (
    lent_proposals,
    own_proposal,
    own_proposals,
    request_to,
    requests_to,
)
from shared_pool.needs.api import own_needs
from shared_pool.recruitment.api import (
    CandidateCard,
    candidate_facts,
    describe,
    homes_of,
    own_candidate,
    own_pool,
)
from tenants.api import contact_card, order_of_need, own_contact

MATCHING = N_("Formidling")
REQUESTS = N_("Forespørsler")
HERE = "/formidling"
WHY = N_("Formidling i den felles banken")


def _crumbs(desk: Desk, *trail: tuple[str, str | None]) -> Any:
    return ((desk.say(MATCHING), desk.url(HERE)), *trail)


# The need's municipality -----------------------------------------------------------------------------------------------
@page("/k/{slug:str}/formidling", Permission.NEED_READ)
async def own_list(desk: Desk) -> Response[str]:
    """The municipality's own needs, the proposals for them, and where its candidates are asked for."""
    uow = desk.uow
    needs = await own_needs(uow)
    proposals = await own_proposals(uow)
    lent = await lent_proposals(uow)
    await record_read(uow, "matching.own", [card.candidate_id for card in (*proposals, *lent)], why=WHY)
    homes = await homes_of(uow, (await own_pool(uow)).id)
    live = [card for card in proposals if card.live]
    return await desk.render(
        "matching/own_list.html", title=desk.say(MATCHING), current=HERE, base=desk.url(HERE),
        needs=[views.need_view(card, desk.say, desk.language) for card in needs],
        live=[views.proposal_view(card, desk.say, desk.language, own=True) for card in live],
        past=[views.proposal_view(card, desk.say, desk.language) for card in proposals if not card.live][:20],
        lent=[
            (views.proposal_view(card, desk.say, desk.language),
             homes[card.need_tenant_id].name if card.need_tenant_id in homes else "")
            for card in lent
        ],
        may_post=desk.context.may(Permission.NEED_POST),
    )  # fmt: skip


async def _own_values(desk: Desk) -> dict[str, Any]:
    card = await own_proposal(desk.uow, desk.path_uuid("proposal_id"))
    await record_read(
        desk.uow, "matching.proposal", [card.candidate_id], why=WHY, object_kind="proposal", object_id=card.id
    )
    order_id = await order_of_need(desk.uow, card.need_id)
    view = views.proposal_view(card, desk.say, desk.language)
    title = desk.say(N_("Forslag til behov %(code)s"), code=view["need_code"])
    return {
        "title": title,
        "current": HERE,
        "crumbs": _crumbs(desk, (title, None)),
        "p": view,
        "steps": views.steps(desk.say),
        "base": desk.url(f"{HERE}/{card.id}"),
        "order_url": desk.url(f"/bestillinger/{order_id}") if order_id is not None else None,
        "own_proposal": card.proposed_by == desk.context.user_id,
        "may_decide": desk.context.may(Permission.PROPOSAL_DECIDE),
        "may_vet": desk.context.may(Permission.VETTING_RECORD),
    }


@page("/k/{slug:str}/formidling/{proposal_id:uuid}", Permission.NEED_READ)
async def own_page(desk: Desk) -> Response[str]:
    """A candidate without a name, why, and what remains."""
    return await desk.render("matching/own_proposal.html", values={}, **await _own_values(desk))


async def _step(desk: Desk, done: str, take: Any) -> Response[Any]:
    """Take a step and come back to the proposal; with bad fields, the page again as it was typed."""
    values = await _own_values(desk)
    try:
        await take()
    except Invalid as bad:
        return await desk.again("matching/own_proposal.html", bad, **values)
    return desk.redirect(values["base"], flash=done)


@action("/k/{slug:str}/formidling/{proposal_id:uuid}/ja", Permission.PROPOSAL_DECIDE)
async def accept(desk: Desk) -> Response[Any]:
    """The municipality says yes."""
    take = partial(service.accept, desk.uow, desk.path_uuid("proposal_id"))
    return await _step(desk, N_("Kommunen har sagt ja. Nå spør vi kandidaten."), take)


@action("/k/{slug:str}/formidling/{proposal_id:uuid}/nei", Permission.PROPOSAL_DECIDE)
async def decline(desk: Desk) -> Response[Any]:
    """The municipality or its service user says no."""
    take = partial(service.decline, desk.uow, desk.path_uuid("proposal_id"), desk.form.text("grunn"))
    return await _step(desk, N_("Dere har takket nei. Kandidaten er ledig igjen."), take)


@action("/k/{slug:str}/formidling/{proposal_id:uuid}/bruker", Permission.PROPOSAL_DECIDE)
async def user_yes(desk: Desk) -> Response[Any]:
    """The service user's yes."""

    async def take() -> None:
        reader = Reader(desk.form)
        on = reader.take(
            "ja_dato", partial(parse_date, field="ja_dato"), required=N_("Skriv dagen brukeren sa ja.")
        )
        reader.done()
        assert on is not None
        await service.record_user_yes(desk.uow, desk.path_uuid("proposal_id"), on)

    return await _step(desk, N_("Brukerens ja er registrert."), take)


@action("/k/{slug:str}/formidling/{proposal_id:uuid}/politiattest", Permission.VETTING_RECORD)
async def vetted(desk: Desk) -> Response[Any]:
    """Politiattest was shown here, and confidentiality signed."""

    async def take() -> None:
        reader = Reader(desk.form)
        shown = reader.take(
            "politiattest",
            partial(parse_date, field="politiattest"),
            required=N_("Skriv dagen politiattesten ble vist."),
        )
        signed = reader.take(
            "taushet",
            partial(parse_date, field="taushet"),
            required=N_("Skriv dagen taushetserklæringen ble underskrevet."),
        )
        reader.done()
        assert shown is not None
        assert signed is not None
        await service.record_pool_vetting(
            desk.uow, desk.path_uuid("proposal_id"), police_shown_on=shown, confidentiality_signed_on=signed
        )

    return await _step(desk, N_("Politiattest og taushetserklæring er registrert."), take)


# The candidate ---------------------------------------------------------------------------------------------------------
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
    """What I am asked, and how others see me."""
    me = await _me(desk)
    found = await requests_to(desk.uow, me.id if me is not None else None)
    homes = await homes_of(desk.uow, (await own_pool(desk.uow)).id)
    facts = (
        candidate_facts(describe(me, desk.context.place_name), desk.say, desk.language)
        if me is not None
        else ()
    )
    return await desk.render(
        "matching/my_requests.html", title=desk.say(REQUESTS), current="/foresporsler", base=desk.url("/foresporsler"),
        requests=[
            (views.proposal_view(card, desk.say, desk.language),
             homes[card.need_tenant_id].name if card.need_tenant_id in homes else "")
            for card in found
        ],
        me=me, facts=facts, home=desk.url(),
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
        "current": "/foresporsler",
        "p": views.proposal_view(card, desk.say, desk.language),
        "place": place,
        "there": f"/min/{asking.slug}" if asking is not None else None,
        "base": desk.url(f"/foresporsler/{card.id}"),
        "back": desk.url("/foresporsler"),
    }


@page("/min/{slug:str}/foresporsler/{proposal_id:uuid}", Permission.PROPOSAL_ANSWER)
async def my_request(desk: Desk) -> Response[str]:
    """A need without a name, and whether I will."""
    return await desk.render("matching/my_request.html", values={}, **await _my_values(desk))


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


HANDLERS = [own_list, own_page, accept, decline, user_yes, vetted, my_requests, my_request, answer]
