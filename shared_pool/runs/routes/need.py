"""A need beside the candidates that fit, and the step of proposing one of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response

from sammen.audit.trail import record_read
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from shared_pool.engine.api import Fit, Weights, rank
from shared_pool.matching.api import (
    fit_rows,
    need_profile,
    need_view,
    proposals_of_need,
    steps,
)
from shared_pool.matching.api import propose as propose_candidate
from shared_pool.matching.api import retract as retract_proposal
from shared_pool.needs.api import NeedCard, region_need
from shared_pool.recruitment.api import candidate_facts, describe, open_candidate
from shared_pool.runs import views
from shared_pool.runs.queries import lacks_of, newest_run, suggestions_of
from shared_pool.runs.routes.frame import HERE, WEIGHTS, WHY, crumbs
from shared_pool.runs.snapshot import Snapshot, read_pool
from shared_pool.weighing.api import weights_of

MOST_FITS = 10
# Of somebody who cannot be proposed to the need's municipality nothing is said, or the list would tell which it is.
UNTOLD = frozenset({"not_there"})
PLACES = {"best": N_("Forslaget i siste kjøring"), "backup": N_("Reserve i siste kjøring")}


def _ranked(pool: Snapshot, need: NeedCard, weights: Weights) -> list[Fit]:
    """Everybody in the pool by how well they fit; those with an obstacle last."""
    found = rank(
        need_profile(need),
        [pool.candidate_profile(candidate_id) for candidate_id in pool.everyone],
        weights,
        pool.distances,
        apart=pool.refused,
    )
    return [fit for fit in found if not _untold(fit)]


def _untold(fit: Fit) -> bool:
    return bool(UNTOLD & {reason.code for reason in fit.obstacles})


async def _of_run(desk: Desk, need: NeedCard) -> tuple[dict[UUID, str], dict[str, Any] | None]:
    """What the newest run says of a need: a word by candidate, and why when it got nobody."""
    newest = await newest_run(desk.uow)
    if newest is None:
        return {}, None
    named = (await suggestions_of(desk.uow, newest.id)).get(need.id)
    lack = (await lacks_of(desk.uow, newest.id)).get(need.id)
    words = {} if named is None else {named.backup: PLACES["backup"], named.best: PLACES["best"]}
    return (
        {candidate: desk.say(word) for candidate, word in words.items() if candidate is not None},
        views.lack_row(need, lack, desk.say, desk.language) if lack is not None else None,
    )


@page("/r/{slug:str}/formidling/{need_id:uuid}", Permission.POOL_READ)
async def show_need(desk: Desk) -> Response[str]:
    """A need beside the candidates that fit, ranked and explained; or beside the proposal it has."""
    uow = desk.uow
    need = await region_need(uow, desk.path_uuid("need_id"))
    proposals = await proposals_of_need(uow, need.id)
    live = next((card for card in proposals if card.live or card.state == "matched"), None)
    pool = await read_pool(uow)
    fits: list[Fit] = []
    named: dict[UUID, str] = {}
    lack = None
    if need.open and live is None:
        fits = _ranked(pool, need, await weights_of(uow, desk.context.region))
        named, lack = await _of_run(desk, need)
    names = {
        one.id: pool.homes[one.home_id].name for one in pool.everyone.values() if one.home_id in pool.homes
    }
    rows = fit_rows(fits[:MOST_FITS], names, pool.held, desk.say, desk.language)
    seen = [row["id"] for row in rows] + ([live.candidate_id] if live is not None else [])
    await record_read(uow, "matching.need", seen, why=WHY, object_kind="need", object_id=need.id)
    title = desk.say(N_("Behov %(code)s"), code=need.code)
    return await desk.render(
        "runs/need.html", title=title, current=HERE, crumbs=crumbs(desk, (title, None)),
        need=need_view(need, desk.say, desk.language), fits=rows, named=named,
        fitting=sum(1 for fit in fits if fit.proposable), lack=lack if not any(row["proposable"] for row in rows) else None,
        live=views.proposal_seen(live, pool, desk.say, desk.language) if live is not None else None,
        earlier=[views.proposal_seen(c, pool, desk.say, desk.language) for c in proposals if c is not live],
        steps=steps(desk.say), base=desk.url(f"{HERE}/{need.id}"), own=desk.url(HERE),
        may_propose=desk.context.may(Permission.PROPOSAL_MAKE),
        weights=desk.url(WEIGHTS) if desk.context.may(Permission.WEIGHTS_WRITE) else None,
    )  # fmt: skip


async def _propose_values(desk: Desk) -> tuple[Fit, dict[str, Any]]:
    uow = desk.uow
    need = await region_need(uow, desk.path_uuid("need_id"))
    candidate = await open_candidate(uow, desk.path_uuid("candidate_id"))
    if not need.open:
        raise Conflict(N_("Behovet er ikke lenger åpent."))
    pool = await read_pool(uow)
    fit = pool.judged(need, candidate, await weights_of(uow, desk.context.region))
    if _untold(fit):
        raise NotFound
    home = pool.homes[candidate.home_id].name if candidate.home_id in pool.homes else ""
    await record_read(
        uow, "matching.candidate", [candidate.id], why=WHY, object_kind="need", object_id=need.id
    )
    title = desk.say(N_("Foreslå %(candidate)s for behov %(need)s"), candidate=candidate.code, need=need.code)
    own = desk.url(f"{HERE}/{need.id}")
    return fit, {
        "title": title,
        "current": HERE,
        "crumbs": crumbs(desk, (desk.say(N_("Behov %(code)s"), code=need.code), own), (candidate.code, None)),
        "need": need_view(need, desk.say, desk.language),
        "fit": fit_rows([fit], {candidate.id: home}, frozenset(), desk.say, desk.language)[0],
        "facts": candidate_facts(describe(candidate, home), desk.say, desk.language),
        "back": own,
        "base": f"{own}/foresla/{candidate.id}",
    }


@page("/r/{slug:str}/formidling/{need_id:uuid}/foresla/{candidate_id:uuid}", Permission.PROPOSAL_MAKE)
async def propose_form(desk: Desk) -> Response[str]:
    """The candidate once more, and the reason, drafted from what was reckoned and free to change."""
    fit, values = await _propose_values(desk)
    return await desk.render("runs/propose.html", values={"grunn": views.draft_note(fit, desk.say)}, **values)


@action("/r/{slug:str}/formidling/{need_id:uuid}/foresla/{candidate_id:uuid}", Permission.PROPOSAL_MAKE)
async def propose(desk: Desk) -> Response[Any]:
    """Propose the candidate, and hold them."""
    _, values = await _propose_values(desk)
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


HANDLERS = [show_need, propose_form, propose, retract]
