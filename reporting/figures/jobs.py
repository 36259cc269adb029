"""Figures are computed by a job in the municipality's own context, since a year of timesheets takes its time."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from reporting.figures.service import compute
from reporting.periods import Period, parse
from reporting.sources import measures
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid
from sammen.i18n_mark import N_
from sammen.jobs.queue import enqueue
from sammen.jobs.registry import job
from sammen.jobs.tasks import advance, finish_task, start_task

JOB = "figures.compute"


async def start_computing(uow: UnitOfWork, period: Period) -> UUID:
    """Queue the computation of a period in the caller's municipality; returns the task that tells how far it is.

    Raises Conflict when one for the same period already waits or runs.
    """
    task = await start_task(uow, N_("Beregning av tall"), len(measures()))
    once = f"{JOB}:{uow.context.tenant}:{period.slug}"
    if await enqueue(uow, JOB, {"period": period.slug, "task": task}, once=once) is None:
        raise Conflict(N_("Tallene blir beregnet akkurat nå. Last siden på nytt om litt."))
    return task


@job(JOB, seconds=900)
async def compute_figures(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """Compute `args["period"]` as a new edition, moving the task `args["task"]` along.

    What stands in the way becomes the task's message, and then there is no edition.
    """
    period, task = parse(args["period"]), UUID(args["task"])
    found = measures()

    async def progress(done: int) -> None:
        await advance(uow, task, done, total=len(found))

    try:
        await compute(uow, period, found, progress=progress)
    except Invalid as bad:
        # Something a person can mend (a rate that is missing): told where they wait, and not tried again by itself.
        await finish_task(uow, task, message=" ".join(error.text() for error in bad.errors.values()))
        return
    await finish_task(uow, task, result_url=f"{uow.context.base_url}/tall/{period.slug}")
