"""Today's plan: whom the newest run suggests for each need, one click or many ticks from being proposed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import now
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.paging import page_number
from shared_pool.matching.api import back_in_pool, region_proposals
from shared_pool.matching.api import propose as propose_candidate
from shared_pool.needs.api import open_needs
from shared_pool.runs import views
from shared_pool.runs.plan import Plan, todays_plan
from shared_pool.runs.queries import run_under_way
from shared_pool.runs.routes.frame import HERE, MATCHING, WHY, colleagues, tabs
from shared_pool.runs.service import TITLE, ask_for_run

DAYS_BACK = 7
SHOWN = 25
"""Suggestions on a page, and the most that are proposed at once."""
NEEDS = "/behov"
WAITING = N_("Venter på tur")


@page("/r/{slug:str}", Permission.REGION_READ)
async def region_home(desk: Desk) -> Response[Any]:
    """To the work of one's role in the region."""
    for needed, path in (
        (Permission.POOL_READ, HERE),
        (Permission.DASHBOARD_READ, "/tall"),
        (Permission.NEED_SEE, NEEDS),
    ):
        if desk.context.may(needed):
            return desk.redirect(desk.url(path))
    return await desk.render("runs/home.html", title=desk.context.place_name)


@page("/r/{slug:str}/behov", Permission.NEED_SEE)
async def show_needs(desk: Desk) -> Response[str]:
    """Open needs without a name, to those who may know what is asked for and nothing of who could do it (C18)."""
    needs = await open_needs(desk.uow)
    return await desk.render(
        "runs/needs.html", title=desk.say(N_("Behov")), current=NEEDS,
        needs=[views.need_row(need, desk.say, desk.language) for need in needs],
        coordinates=desk.context.may(Permission.POOL_READ), plan=desk.url(HERE),
    )  # fmt: skip


@page("/r/{slug:str}/formidling", Permission.POOL_READ)
async def show_plan(desk: Desk) -> Response[str]:
    """Who is suggested for whom, who gets nobody and why, what is under way, and who is free again."""
    uow = desk.uow
    plan = await todays_plan(uow)
    proposals = await region_proposals(uow)
    under_way = [card for card in proposals if card.live]
    free_again = [
        card
        for card in (*await back_in_pool(uow, now() - timedelta(days=DAYS_BACK)), *proposals)
        if (card.state == "expired" or card.overdue) and card.candidate_id in plan.pool.candidates
    ]
    last = max(1, -(-len(plan.suggested) // SHOWN))
    number = min(page_number(desk.query), last)
    rows = [plan.suggestion(need) for need in plan.suggested[(number - 1) * SHOWN : number * SHOWN]]
    shown = [row for row in rows if row is not None]
    seen = [fit.candidate_id for row in shown for fit in (row.best, row.backup) if fit is not None]
    seen += [card.candidate_id for card in (*under_way, *free_again)]
    await record_read(uow, "matching.list", sorted(set(seen), key=str), why=WHY)
    task = await run_under_way(uow, TITLE)
    names = await colleagues(desk)
    say, language = desk.say, desk.language
    return await desk.render(
        "runs/plan.html", title=say(MATCHING), current=HERE, tabs=tabs(desk, HERE), base=desk.url(HERE),
        counts={HERE: len(plan.suggested) + len(plan.unseen)},
        numbers=views.numbers(plan, under_way, free_again, say, language),
        told=views.run_status(plan, names, say, language),
        task=task, task_url=desk.url(f"/oppgaver/{task.id}") if task is not None else "",
        task_text=say(task.message or WAITING) if task is not None else "",
        may_run=desk.context.may(Permission.MATCHING_RUN), may_propose=desk.context.may(Permission.PROPOSAL_MAKE),
        rows=[views.suggestion_row(row, plan.pool, say, language) for row in shown],
        total=len(plan.suggested), number=number, last=last, page_size=SHOWN,
        lacking=[views.lack_row(need, plan.lacks[need.id], say, language) for need in plan.lacking],
        unseen=[views.need_row(need, say, language) for need in plan.unseen],
        under_way=[views.proposal_seen(card, plan.pool, say, language) for card in under_way],
        free_again=[views.free_again_text(card, say) for card in free_again],
        order=views.order_text(plan.weights, say),
    )  # fmt: skip


@action("/r/{slug:str}/formidling/kjor", Permission.MATCHING_RUN)
async def run(desk: Desk) -> Response[Any]:
    """Ask for a run of all needs and candidates."""
    await ask_for_run(desk.uow)
    return desk.redirect(
        desk.url(HERE), flash=N_("Formidlingen er i gang. Du kan gjøre noe annet så lenge."), state="info"
    )


@page("/r/{slug:str}/formidling/foresla", Permission.PROPOSAL_MAKE)
async def after_many(desk: Desk) -> Response[Any]:
    """The answer to many proposals is shown once; who reloads it comes to the plan, where they stand."""
    return desk.redirect(desk.url(HERE))


@action("/r/{slug:str}/formidling/foresla", Permission.PROPOSAL_MAKE)
async def propose_many(desk: Desk) -> Response[Any]:
    """Propose every pair that was ticked; each is answered on its own, so that one refused stops no other."""
    uow = desk.uow
    plan = await todays_plan(uow)
    chosen = _chosen(desk, plan)
    if not chosen:
        return desk.redirect(
            desk.url(HERE), flash=N_("Du krysset ikke av for noen. Velg minst ett forslag."), state="warning"
        )
    told = []
    # In one order for everybody: two coordinators who tick the same rows then wait for each other, and never both.
    for need_id, candidate_id in sorted(chosen):
        told.append(await _one_of_many(desk, plan, need_id, candidate_id))
    await record_read(uow, "matching.many", [candidate_id for _, candidate_id in chosen], why=WHY)
    return await desk.render(
        "runs/proposed.html", title=desk.say(N_("Forslag")), current=HERE, told=told, base=desk.url(HERE),
        sent=sum(row["ok"] for row in told),
    )  # fmt: skip


def _chosen(desk: Desk, plan: Plan) -> set[tuple[UUID, UUID]]:
    """The ticked pairs that can be read, at most a page of them."""
    found = set()
    for text in desk.form.all("par")[:SHOWN]:
        need, _, candidate = text.partition(".")
        try:
            found.add((UUID(need), UUID(candidate)))
        except ValueError:
            continue
    return found


async def _one_of_many(desk: Desk, plan: Plan, need_id: UUID, candidate_id: UUID) -> dict[str, Any]:
    """Propose one pair inside a transaction of its own in this one, and say how it went."""
    uow = desk.uow
    need, candidate = plan.pool.needs.get(need_id), plan.pool.candidates.get(candidate_id)
    row = {
        "need": need.code if need is not None else "",
        "candidate": candidate.code if candidate is not None else "",
        "ok": False,
        "text": desk.say(
            N_("Behovet eller kandidaten er ikke ledig lenger. Noen kan ha foreslått dem før deg.")
        ),
    }
    fit = plan.fit(need_id, candidate_id) if need is not None else None
    if fit is None:
        return row
    try:
        async with uow.session.begin_nested():
            await propose_candidate(uow, need_id, candidate_id, views.draft_note(fit, desk.say))
    except NotFound:
        return row
    except (Conflict, Invalid) as refused:
        return row | {"text": desk.say(refused.message, **refused.params)}
    return row | {"ok": True, "text": desk.say(N_("Kandidaten holdes av i tre dager."))}


HANDLERS = [region_home, show_needs, show_plan, run, after_many, propose_many]
