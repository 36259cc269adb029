"""Background work that a person waits for: started in the request, moved along by the job, read by the page.

Progress must be seen before the job's own transaction ends, so each step is a short transaction of its own. A job
finds its task by the argument `task`; the worker marks that task failed when the job becomes a dead letter.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from sammen.db.unit_of_work import UnitOfWork
from sammen.ids import uuid7
from sammen.jobs.queue import own_place
from sammen.keys import Keys
from sammen.tenancy.context import PlaceKind
from sammen.tenancy.enter import enter_job

TABLE = {PlaceKind.MUNICIPALITY: ("task", "tenant_id"), PlaceKind.REGION: ("region_task", "region_id")}
SHOWN = "id, title, state, done, total, message, result_url, ended_at"
STEP_SECONDS = 30


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task as its page shows it. `state`: waiting, running, done or failed."""

    id: UUID
    title: str
    state: str
    done: int
    total: int
    message: str
    result_url: str | None
    ended_at: datetime | None


async def start_task(uow: UnitOfWork, title: str, total: int = 0) -> UUID:
    """A task in the caller's place, in the caller's transaction. `total` is its number of steps, 0 while unknown.

    `title` is a plain Bokmål phrase without names ("Import av saksliste"). Give the id to the job as `task`.
    """
    kind, scope = own_place(uow)
    table, owner = TABLE[kind]
    task = uuid7()
    await uow.call(
        f"INSERT INTO sammen.{table} ({owner}, id, title, total, asked_by) VALUES ($1, $2, $3, $4, $5)",  # noqa: S608 - fixed names
        scope, task, title, total, uow.context.user_id,
    )  # fmt: skip
    return task


async def read_task(uow: UnitOfWork, task: UUID) -> TaskView | None:
    """The task in the caller's own place, or None."""
    kind, scope = own_place(uow)
    table, owner = TABLE[kind]
    rows = await uow.call(
        f"SELECT {SHOWN} FROM sammen.{table} WHERE {owner} = $1 AND id = $2",  # noqa: S608 - fixed names
        scope, task,
    )  # fmt: skip
    return TaskView(**dict(rows[0])) if rows else None


def _update(kind: PlaceKind, changes: str) -> str:
    table, owner = TABLE[kind]
    return f"UPDATE sammen.{table} SET {changes}, changed_at = now() WHERE {owner} = $1 AND id = $2"  # noqa: S608 - fixed names


async def _step(
    engine: AsyncEngine, keys: Keys, kind: PlaceKind, scope: UUID, task: UUID, changes: str, *values: Any
) -> None:
    uow = await enter_job(engine, keys, kind, scope, job="task.step", seconds=STEP_SECONDS)
    try:
        await uow.call(_update(kind, changes), scope, task, *values)
    except BaseException:
        await uow.rollback()
        raise
    await uow.commit()


async def advance(
    uow: UnitOfWork, task: UUID, done: int, *, total: int | None = None, message: str = ""
) -> None:
    """From inside a job: the task has come to step `done` (of `total`). Seen at once, also if the job then fails."""
    kind, scope = own_place(uow)
    await _step(
        uow.engine, uow.keys, kind, scope, task,
        "state = 'running', done = $3, total = coalesce($4, total), message = $5", done, total, message,
    )  # fmt: skip


async def finish_task(
    uow: UnitOfWork, task: UUID, *, message: str = "", result_url: str | None = None
) -> None:
    """The task is done: written in the job's own transaction, so that it is done exactly when its effect is.

    The last thing a job does, since `advance` would wait for it. `result_url` is a path in Sammen, such as
    `/k/horten/import/<id>`.
    """
    if result_url is not None and (not result_url.startswith("/") or result_url.startswith("//")):
        raise ValueError("a result lies in Sammen")
    kind, scope = own_place(uow)
    changes = "state = 'done', done = greatest(done, total), message = $3, result_url = $4, ended_at = now()"
    await uow.call(_update(kind, changes), scope, task, message, result_url)


async def fail_task(engine: AsyncEngine, keys: Keys, kind: PlaceKind, scope: UUID, task: UUID) -> None:
    """The job has given up. The reason is the operator's to see; the person is told what they can do."""
    await _step(engine, keys, kind, scope, task, "state = 'failed', ended_at = now()")
