"""The jobs and schedules there are. A slice keeps its own in its `jobs.py`; `deploy/worker.py` imports them all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import asyncpg

from sammen.db.unit_of_work import UnitOfWork
from sammen.keys import Keys

Work = Callable[[UnitOfWork, dict[str, Any]], Awaitable[None]]
Visit = Callable[["asyncpg.Connection[asyncpg.Record]", Keys], Awaitable[None]]
LONGEST_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Job:
    """`tries` in all before it is a dead letter; `seconds` is how long its ticket to the database holds."""

    name: str
    work: Work
    tries: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Visitor:
    """Something a clock starts. It has no context, so it can read no municipality: it queues jobs that can."""

    name: str
    expression: str
    visit: Visit


JOBS: dict[str, Job] = {}
VISITORS: dict[str, Visitor] = {}


def job(name: str, *, tries: int = 3, seconds: int = 300) -> Callable[[Work], Work]:
    """Register `async def work(uow, args)` under `name`, such as `reports.compute`.

    It runs in the context that was signed with it, in one transaction that the worker commits. Raising rolls back and
    tries again after a pause that grows; the last failure makes it a dead letter. ValueError for a name taken twice.
    """
    if not 1 <= seconds <= LONGEST_SECONDS or tries < 1:
        raise ValueError(f"job {name}: 1 to {LONGEST_SECONDS} seconds, at least one try")

    def register(work: Work) -> Work:
        known = JOBS.get(name)
        if known is not None and known.work.__module__ != work.__module__:
            raise ValueError(f"two jobs are called {name}")
        JOBS[name] = Job(name, work, tries, seconds)
        return work

    return register


def visitor(name: str, expression: str) -> Callable[[Visit], Visit]:
    """Register `async def visit(connection, keys)`, started by the cron `expression` in one worker of all.

    The connection is a plain transaction of the app role without a ticket: it sees no municipality's rows.
    """

    def register(visit: Visit) -> Visit:
        VISITORS[name] = Visitor(name, expression, visit)
        return visit

    return register
