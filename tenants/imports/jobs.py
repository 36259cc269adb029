"""Confirming a long list in the background, with progress that the import's page shows."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sammen.db.unit_of_work import UnitOfWork
from sammen.jobs.registry import job
from sammen.jobs.tasks import advance, finish_task
from tenants.imports.service import JOB, confirm


@job(JOB, tries=2, seconds=1800)
async def confirm_list(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """`import` and `task` are ids. All rows in one transaction: a worker that dies leaves none of them behind."""
    import_id, task = UUID(args["import"]), UUID(args["task"])

    async def progress(done: int, total: int) -> None:
        await advance(uow, task, done, total=total)

    await confirm(uow, import_id, progress=progress)
    await finish_task(uow, task, result_url=f"{uow.context.base_url}/import/{import_id}")
