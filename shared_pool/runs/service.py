"""A run: asked for by a coordinator or the night, reckoned aside, and written whole or not at all."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import delete

from sammen.audit.trail import record_change
from sammen.clock import now
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from sammen.jobs.queue import enqueue
from sammen.jobs.tasks import advance, finish_task, start_task
from shared_pool.engine.api import Match, Weights
from shared_pool.runs.models import MatchLack, MatchRun, MatchSuggestion
from shared_pool.runs.queries import newest_run, suggestions_of
from shared_pool.runs.snapshot import Snapshot, plan_of, read_pool, what_is_in_the_way
from shared_pool.weighing.api import weights_in_force

if TYPE_CHECKING:
    from shared_pool.engine.api import Plan

TITLE = N_("Formidling for hele samarbeidet")
JOB = "runs.match"
ALTERNATIVES = 3
SECONDS_BETWEEN_STEPS = 0.5
READING = N_("Leser behov og kandidater")
RECKONING = N_("Regner ut hvem som passer sammen")


async def ask_for_run(uow: UnitOfWork) -> UUID:
    """Queue a run of the whole region, as its coordinator; the task to watch. Raises Conflict when one is under way."""
    task = await start_task(uow, TITLE)
    if await enqueue(uow, JOB, {"task": task}, once=mark_of(uow.context.region)) is None:
        raise Conflict(N_("Formidlingen er allerede i gang. Vent til den er ferdig."))
    await record_change(uow, "matching.run_asked", "region_task", task)
    return task


def mark_of(region_id: UUID) -> str:
    """What keeps two runs of one region from waiting or running at once."""
    return f"{JOB}:{region_id}"


async def run_plan(uow: UnitOfWork, task: UUID | None = None) -> UUID:
    """Match all that waits with all that are free, and keep what it came to in the caller's transaction; the run's id.

    In a region's context or job. The suggestions of the run before go. `task`: shows how far it has come.
    """
    started, clock = now(), time.perf_counter()
    held = await weights_in_force(uow, uow.context.region)
    if task is not None:
        await advance(uow, task, 0, message=READING)
    pool = await read_pool(uow)
    plan, alone = await _reckoned(uow, task, pool, held.weights)
    before = await _pairs_before(uow)
    pairs = {pair.need_id: pair.candidate_id for pair in plan.pairs}
    row = MatchRun(
        region_id=uow.context.region, id=uuid7(), started_at=started, asked_by=uow.context.user_id,
        weights=held.weights.to_json(), weights_number=held.number, needs=len(pool.needs),
        candidates=len(pool.candidates), matched=len(pairs),
        changed=sum(before[need] != pairs.get(need) for need in before if need in pool.needs),
        seconds=Decimal(str(round(time.perf_counter() - clock, 2))),
    )  # fmt: skip
    for table in (MatchSuggestion, MatchLack):
        await uow.session.execute(delete(table).where(table.region_id == uow.context.region))
    uow.session.add(row)
    await uow.session.flush()
    uow.session.add_all(_suggestions(row, plan, pool))
    uow.session.add_all(
        MatchLack(
            region_id=row.region_id, id=uuid7(), run_id=row.id, need_id=need, why=why, alone=alone[need]
        )
        for need, why in plan.unmatched.items()
    )
    await uow.session.flush()
    await record_change(
        uow, "matching.run", "match_run", row.id, needs=row.needs, candidates=row.candidates, matched=row.matched,
        weights=row.weights_number,
    )  # fmt: skip
    if task is not None:
        await finish_task(
            uow, task, message=N_("Formidlingen er ferdig."), result_url=f"{uow.context.base_url}/formidling"
        )
    return row.id


async def _pairs_before(uow: UnitOfWork) -> dict[UUID, UUID]:
    before = await newest_run(uow)
    if before is None:
        return {}
    found = await suggestions_of(uow, before.id)
    return {need: one.best for need, one in found.items() if one.best is not None}


def _suggestions(row: MatchRun, plan: Plan, pool: Snapshot) -> list[MatchSuggestion]:
    """The rows of a plan: for each need its best, its backup and, matched or not, its alternatives."""
    named: list[tuple[UUID, Match, str, int]] = [(one.need_id, one, "best", 0) for one in plan.pairs]
    for need_id in pool.needs:
        backup = plan.backup(need_id)
        if backup is not None:
            named.append((need_id, backup, "backup", 0))
        others = plan.alternatives(need_id, ALTERNATIVES)
        named += [(need_id, one, "alternative", rank) for rank, one in enumerate(others, 1)]
    return [
        MatchSuggestion(
            region_id=row.region_id, id=uuid7(), run_id=row.id, need_id=need_id, candidate_id=one.candidate_id,
            place=place, rank=rank, score=one.score,
        )
        for need_id, one, place, rank in named
    ]  # fmt: skip


@dataclass
class _Steps:
    """How far the reckoning has come, written by its thread and read by the job."""

    done: int = 0
    total: int = 0

    def note(self, done: int, total: int) -> None:
        self.done, self.total = done, total


async def _reckoned(
    uow: UnitOfWork, task: UUID | None, pool: Snapshot, weights: Weights
) -> tuple[Plan, dict[UUID, dict[str, int]]]:
    """The plan, and what is in the way of those who got nobody, with progress that is seen while it is reckoned."""
    steps = _Steps()

    def reckon() -> tuple[Plan, dict[UUID, dict[str, int]]]:
        plan = plan_of(pool, weights, steps.note)
        return plan, what_is_in_the_way(pool, list(plan.unmatched), weights)

    work = asyncio.create_task(asyncio.to_thread(reckon))
    shown = -1
    while True:
        done, _ = await asyncio.wait({work}, timeout=SECONDS_BETWEEN_STEPS)
        if done:
            return work.result()
        if task is not None and steps.done != shown:
            shown = steps.done
            await advance(uow, task, shown, total=steps.total, message=RECKONING)
