"""The need's municipality: its needs, the proposals for them, its yes and no, and the trial."""

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
from shared_pool.matching import forms, service, standing_in, trial, views
from shared_pool.matching.deciders import may_decide
from shared_pool.matching.queries import ProposalCard, lent_proposals, own_proposal, own_proposals
from shared_pool.matching.routes.shared import HERE, MATCHING, WHY, crumbs, decider_values, place_names
from shared_pool.needs.api import own_needs
from tenants.api import contact_card, order_of_need

MOST_PAST = 20
REST = {
    "grunn": "",
    "ord": "",
    "ja_dato": "",
    "politiattest": "",
    "taushet": "",
    "laert": "",
    "traff": "",
    "ja_av": "",
}


@page("/k/{slug:str}/formidling", Permission.NEED_READ)
async def own_list(desk: Desk) -> Response[str]:
    """The municipality's own needs, the proposals for them, and where its candidates are asked for."""
    uow = desk.uow
    needs = await own_needs(uow)
    proposals = await own_proposals(uow)
    lent = await lent_proposals(uow)
    await record_read(uow, "matching.own", [card.candidate_id for card in (*proposals, *lent)], why=WHY)
    places = await place_names(desk)
    live = [card for card in proposals if card.live]
    tried = [card for card in proposals if card.state == "matched"]
    past = [card for card in proposals if not card.live and card.state != "matched"]
    show = partial(views.proposal_view, say=desk.say, language=desk.language, side="need")

    def at_home(card: ProposalCard) -> tuple[dict[str, Any], str]:
        view = views.proposal_view(card, desk.say, desk.language, side="home")
        return view, places.get(card.need_tenant_id, "")

    return await desk.render(
        "matching/own_list.html", title=desk.say(MATCHING), current=HERE, base=desk.url(HERE),
        needs=[views.need_view(card, desk.say, desk.language) for card in needs],
        live=[show(card) for card in live], tried=[show(card) for card in tried],
        past=[show(card) for card in past[:MOST_PAST]],
        asked=[at_home(card) for card in lent if views.home_waits(card)],
        lent=[at_home(card) for card in lent if not views.home_waits(card)],
        **await decider_values(desk),
        groups_url=desk.url(f"{HERE}/gruppeforslag") if desk.context.may(Permission.GATHERING_ANSWER) else None,
    )  # fmt: skip


async def _own_values(desk: Desk) -> dict[str, Any]:
    uow = desk.uow
    card = await own_proposal(uow, desk.path_uuid("proposal_id"))
    tried = await trial.trial_of(uow, card.id)
    stand_in = await standing_in.stand_in_of(uow, card.id)
    met = (
        tried.assignment.contact_id
        if tried is not None
        else stand_in.contact_id
        if stand_in is not None
        else None
    )
    contact = await contact_card(uow, met) if met is not None else None
    seen = [card.candidate_id] if contact is None else [card.candidate_id, contact.person_id]
    await record_read(uow, "matching.proposal", seen, why=WHY, object_kind="proposal", object_id=card.id)
    order_id = await order_of_need(uow, card.need_id)
    view = views.proposal_view(card, desk.say, desk.language, side="need")
    title = desk.say(N_("Forslag til behov %(code)s"), code=view["need_code"])
    may = desk.context.may
    return {
        "title": title,
        "current": HERE,
        "crumbs": crumbs(desk, (title, None)),
        "p": view,
        "steps": views.steps(desk.say),
        "base": desk.url(f"{HERE}/{card.id}"),
        "order_url": desk.url(f"/bestillinger/{order_id}") if order_id is not None else None,
        "own_proposal": card.proposed_by == desk.context.user_id,
        "may_decide": await may_decide(uow),
        "may_write": may(Permission.PROPOSAL_DECIDE),
        "may_vet": may(Permission.VETTING_RECORD),
        "may_try": may(Permission.ASSIGNMENT_WRITE),
        "declines": desk.options(service.DECLINES),
        "lessons": desk.options({code: trial.LEARNED[code] for code in trial.CHOICES}),
        "trial": views.trial_view(tried, desk.say, desk.language) if tried is not None else None,
        "late": trial.drags_on(card),
        "stand_in": stand_in,
        "contact_url": desk.url(f"/kontakter/{stand_in.contact_id}") if stand_in is not None else "",
        "contact_name": contact.name if contact is not None else "",
        "assignment_url": desk.url(f"/oppdrag/{tried.assignment.id}") if tried is not None else "",
        **await decider_values(desk),
    }


@page("/k/{slug:str}/formidling/{proposal_id:uuid}", Permission.NEED_READ)
async def own_page(desk: Desk) -> Response[str]:
    """A candidate without a name, why, and what remains; when the names are shown, how the trial stands."""
    return await desk.render("matching/own_proposal.html", values=REST, **await _own_values(desk))


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
    """The municipality says no, and why."""
    take = partial(service.decline, desk.uow, desk.path_uuid("proposal_id"), *forms.read_no(desk.form))
    return await _step(desk, N_("Dere har sagt nei. Kandidaten er ledig igjen, og behovet er åpent."), take)


@action("/k/{slug:str}/formidling/{proposal_id:uuid}/bruker", Permission.PROPOSAL_DECIDE)
async def user_yes(desk: Desk) -> Response[Any]:
    """The service user's yes."""

    async def take() -> None:
        on = forms.read_user_yes(desk.form)
        await service.record_user_yes(desk.uow, desk.path_uuid("proposal_id"), on)

    return await _step(desk, N_("Brukerens ja er registrert."), take)


@action("/k/{slug:str}/formidling/{proposal_id:uuid}/bruker/nei", Permission.PROPOSAL_DECIDE)
async def user_no(desk: Desk) -> Response[Any]:
    """The service user's no, for which no reason is asked."""
    take = partial(service.record_user_no, desk.uow, desk.path_uuid("proposal_id"))
    return await _step(desk, N_("Brukerens nei er registrert. Behovet venter på et nytt forslag."), take)


@action("/k/{slug:str}/formidling/{proposal_id:uuid}/politiattest", Permission.VETTING_RECORD)
async def vetted(desk: Desk) -> Response[Any]:
    """Politiattest was shown here, and confidentiality signed."""

    async def take() -> None:
        shown, signed = forms.read_vetting(desk.form)
        await service.record_pool_vetting(
            desk.uow, desk.path_uuid("proposal_id"), police_shown_on=shown, confidentiality_signed_on=signed
        )

    return await _step(desk, N_("Politiattest og taushetserklæring er registrert."), take)


@action("/k/{slug:str}/formidling/{proposal_id:uuid}/kjent", Permission.ASSIGNMENT_WRITE)
async def known(desk: Desk) -> Response[Any]:
    """The substitute and the service user have met, and the user wants them."""

    async def take() -> None:
        met_on, by = forms.read_known(desk.form)
        await standing_in.known_now(desk.uow, desk.path_uuid("proposal_id"), met_on=met_on, said_yes_by=by)

    return await _step(desk, N_("Vikaren er kjent, og kan spørres når støttekontakten ikke kan."), take)


@action("/k/{slug:str}/formidling/{proposal_id:uuid}/ikke-riktig", Permission.ASSIGNMENT_WRITE)
async def not_right(desk: Desk) -> Response[Any]:
    """The trial led nowhere: what was learned."""
    proposal_id = desk.path_uuid("proposal_id")
    stood_in = await standing_in.stand_in_of(desk.uow, proposal_id) is not None
    end_it = standing_in.not_known if stood_in else trial.end_trial
    take = partial(end_it, desk.uow, proposal_id, desk.form.text("laert"))
    done = N_("Takk for at dere prøvde. Behovet er åpent igjen og har ventet like lenge som før.")
    return await _step(desk, done, take)


HANDLERS = [own_list, own_page, accept, decline, user_yes, user_no, vetted, known, not_right]
