"""What payroll does in the background. Each is one transaction and does nothing the second time."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sammen.db.unit_of_work import UnitOfWork
from sammen.jobs.registry import job
from sammen.jobs.tasks import advance, finish_task
from tenants.messages.api import notify_person
from tenants.payroll.filing import keep_files, persons_of
from tenants.payroll.runs import COMPUTE, FILES, STEPS, TELL, compute


@job(COMPUTE, seconds=1800)
async def compute_run(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """Compute `args["run"]`, moving the task `args["task"]` along. A run that no longer waits for it is left alone."""
    run_id, task = UUID(args["run"]), UUID(args["task"])

    async def progress(done: int) -> None:
        await advance(uow, task, done, total=STEPS)

    await compute(uow, run_id, progress=progress)
    await finish_task(uow, task, result_url=f"{uow.context.base_url}/lonn/{run_id}")


@job(FILES, tries=5, seconds=900)
async def make_run_files(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """The files of the closed run `args["run"]`."""
    await keep_files(uow, UUID(args["run"]))


@job(TELL, seconds=900)
async def tell_of_pay(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """Tell everybody the closed run `args["run"]` pays that there is a receipt, once each."""
    run_id = UUID(args["run"])
    for person_id in await persons_of(uow, run_id):
        await notify_person(uow, person_id, "paid", once=f"paid:{run_id}:{person_id}")
