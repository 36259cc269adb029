"""The region's pages of the match: what a run suggests, a need beside its candidates, and the step of proposing."""

from __future__ import annotations

from typing import Any

from litestar import Response

from sammen.audit.trail import record_read
from sammen.errors import Conflict, Invalid
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from shared_pool.matching.api import (
    fit_rows,
    fits_for,
    need_view,
    proposal_view,
    proposals_of_need,
    region_proposals,
    steps,
)
from shared_pool.matching.api import propose as propose_candidate
from shared_pool.matching.api import retract as retract_proposal
from shared_pool.needs.api import open_needs, region_need
from shared_pool.recruitment.api import candidate_facts, describe, homes_of, open_candidate, open_candidates

MATCHING = N_("Formidling")
HERE = "/formidling"
WHY = N_("Formidling i den felles banken")
MOST_FITS = 10


def _crumbs(desk: Desk, *trail: tuple[str, str | None]) -> Any:
    return ((desk.say(MATCHING), desk.url(HERE)), *trail)


# The region ------------------------------------------------------------------------------------------------------------
@page("/r/{slug:str}", Permission.REGION_READ)
async def region_home(desk: Desk) -> Response[Any]:
    """To the work of one's role in the region."""
    if desk.context.may(Permission.POOL_READ):
        return desk.redirect(desk.url(HERE))
    if desk.context.may(Permission.DASHBOARD_READ):
        return desk.redirect(desk.url("/tall"))
    return await desk.render("runs/home.html", title=desk.context.place_name)


@page("/r/{slug:str}/formidling", Permission.POOL_READ)
async def region_list(desk: Desk) -> Response[str]:
    """Open needs, oldest first, and the proposals under way."""
    needs = await open_needs(desk.uow)
    under_way = [card for card in await region_proposals(desk.uow) if card.live]
    await record_read(desk.uow, "matching.list", [card.candidate_id for card in under_way], why=WHY)
    busy = {card.need_id for card in under_way}
    shown = [(need_view(need, desk.say, desk.language), need.id in busy) for need in needs]
    return await desk.render(
        "runs/plan.html", title=desk.say(MATCHING), current=HERE, needs=shown, base=desk.url(HERE),
        waiting=sum(1 for _, has in shown if not has),
        proposals=[proposal_view(card, desk.say, desk.language) for card in under_way],
    )  # fmt: skip


@page("/r/{slug:str}/formidling/{need_id:uuid}", Permission.POOL_READ)
async def region_need_page(desk: Desk) -> Response[str]:
    """A need beside the candidates that fit, ranked and explained; or beside the proposal it has."""
    uow = desk.uow
    need = await region_need(uow, desk.path_uuid("need_id"))
    proposals = await proposals_of_need(uow, need.id)
    live = next((card for card in proposals if card.live or card.state == "matched"), None)
    homes = await homes_of(uow, desk.context.region)
    candidates = list(await open_candidates(uow)) if need.open and live is None else []
    fits = fits_for(need, candidates, homes)
    held = frozenset(card.candidate_id for card in await region_proposals(uow) if card.live)
    names = {card.id: homes[card.home_id].name for card in candidates if card.home_id in homes}
    rows = fit_rows(fits[:MOST_FITS], names, held, desk.say)
    seen = [row["id"] for row in rows] + ([live.candidate_id] if live is not None else [])
    await record_read(uow, "matching.need", seen, why=WHY, object_kind="need", object_id=need.id)
    return await desk.render(
        "runs/need.html", title=desk.say(N_("Behov %(code)s"), code=need.code), current=HERE,
        crumbs=_crumbs(desk, (desk.say(N_("Behov %(code)s"), code=need.code), None)),
        need=need_view(need, desk.say, desk.language), fits=rows, fitting=sum(1 for fit in fits if fit.proposable),
        live=proposal_view(live, desk.say, desk.language) if live is not None else None,
        earlier=[proposal_view(c, desk.say, desk.language) for c in proposals if c is not live],
        steps=steps(desk.say), base=desk.url(f"{HERE}/{need.id}"), own=desk.url(HERE),
        may_propose=desk.context.may(Permission.PROPOSAL_MAKE),
    )  # fmt: skip


async def _propose_values(desk: Desk) -> dict[str, Any]:
    uow = desk.uow
    need = await region_need(uow, desk.path_uuid("need_id"))
    candidate = await open_candidate(uow, desk.path_uuid("candidate_id"))
    if not need.open:
        raise Conflict(N_("Behovet er ikke lenger åpent."))
    homes = await homes_of(uow, desk.context.region)
    fit = fits_for(need, [candidate], homes)[0]
    home = homes[candidate.home_id].name if candidate.home_id in homes else ""
    await record_read(
        uow, "matching.candidate", [candidate.id], why=WHY, object_kind="need", object_id=need.id
    )
    title = desk.say(N_("Foreslå %(candidate)s for behov %(need)s"), candidate=candidate.code, need=need.code)
    return {
        "title": title,
        "current": HERE,
        "crumbs": _crumbs(desk, (desk.say(N_("Behov %(code)s"), code=need.code), desk.url(f"{HERE}/{need.id}")),
                          (candidate.code, None)),
        "need": need_view(need, desk.say, desk.language),
        "fit": fit_rows([fit], {candidate.id: home}, frozenset(), desk.say)[0],
        "facts": candidate_facts(describe(candidate, home), desk.say, desk.language),
        "back": desk.url(f"{HERE}/{need.id}"),
        "base": desk.url(f"{HERE}/{need.id}/foresla/{candidate.id}"),
    }  # fmt: skip


@page("/r/{slug:str}/formidling/{need_id:uuid}/foresla/{candidate_id:uuid}", Permission.PROPOSAL_MAKE)
async def propose_form(desk: Desk) -> Response[str]:
    """The candidate once more, and room for a short reason."""
    return await desk.render("runs/propose.html", values={}, **await _propose_values(desk))


@action("/r/{slug:str}/formidling/{need_id:uuid}/foresla/{candidate_id:uuid}", Permission.PROPOSAL_MAKE)
async def propose(desk: Desk) -> Response[Any]:
    """Propose the candidate, and hold them."""
    values = await _propose_values(desk)
    try:
        await propose_candidate(
            desk.uow, desk.path_uuid("need_id"), desk.path_uuid("candidate_id"), desk.form.text("grunn")
        )
    except Invalid as bad:
        return await desk.again("runs/propose.html", bad, **values)
    return desk.redirect(values["back"], flash=N_("Forslaget er sendt. Kandidaten holdes av i tre dager."))


@action("/r/{slug:str}/formidling/forslag/{proposal_id:uuid}/trekk", Permission.PROPOSAL_MAKE)
async def retract(desk: Desk) -> Response[Any]:
    """Take a proposal back before it is answered."""
    await retract_proposal(desk.uow, desk.path_uuid("proposal_id"))
    return desk.redirect(desk.url(HERE), flash=N_("Forslaget er trukket. Kandidaten er ledig igjen."))


HANDLERS = [region_home, region_list, region_need_page, propose_form, propose, retract]
