"""A worker that hangs in the middle of its work, to be killed there: run in a process of its own (test_payroll_killed.py).

To import the program takes seconds, so one process that has imported this module forks each of them.
"""

from __future__ import annotations

import asyncio
import importlib
import multiprocessing
import os
from datetime import timedelta
from functools import cache
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from typing import Any

import pytest

from deploy.worker import import_jobs
from sammen.db.unit_of_work import make_engine
from sammen.jobs.run import Worker
from tests.database import KEYS, ROOT

import_jobs()


def work_until(url: str, module: str, name: str, reached: Connection) -> None:
    """Do the waiting jobs of a database until the named function has done its work. There the process says so and hangs, with
    everything so far in an open transaction.
    """
    holder = importlib.import_module(module)
    whole = getattr(holder, name)

    async def last(*given: Any, **named: Any) -> Any:
        found = await whole(*given, **named)
        reached.send(name)
        await asyncio.sleep(60)
        return found

    setattr(holder, name, last)
    worker = Worker(make_engine(url), KEYS, url, heartbeat=timedelta(seconds=1))
    asyncio.run(worker.run(asyncio.Event(), drain=True))


@cache
def _processes() -> ForkServerContext:
    """Where such processes come from: a helper that has this module loaded, one for each test process."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", f"{ROOT}{os.pathsep}{ROOT / 'platform'}")
        from multiprocessing.forkserver import ensure_running

        ensure_running()
    return context


def kill_after(url: str, module: str, name: str) -> None:
    """A worker process, killed where the named function has just done its work."""
    mine, theirs = _processes().Pipe()
    process = _processes().Process(target=work_until, args=(url, module, name, theirs), daemon=True)
    process.start()
    theirs.close()  # so that a process that ends too early is noticed at once
    try:
        assert mine.poll(40), f"{name} was not reached"
        assert mine.recv() == name
    finally:
        process.kill()
        process.join()
