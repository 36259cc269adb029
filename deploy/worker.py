"""`sammen worker`: one process that runs jobs and starts the clock's visitors. Any number may run side by side."""

from __future__ import annotations

import asyncio
import importlib
import signal
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from deploy.checks import check_start
from deploy.leash import wait_for_word
from deploy.measured import serve_metrics
from sammen.db.unit_of_work import make_engine
from sammen.jobs.run import Worker
from sammen.keys import Keys
from sammen.logging import configure, log
from sammen.outbox.api import configure_outbox
from sammen.settings import Settings
from sammen.traffic.metrics import Metrics
from sammen.traffic.pulse import keep_pulse

ROOT = Path(__file__).resolve().parents[1]
FLOORS = ("platform/sammen", "tenants", "shared_pool", "reporting", "deploy/archive")
LEAST_POOL = 12
"""Six jobs at a time, each with its own transaction and at most one more for its progress."""
LONGEST_PAUSE_S = 30


def import_jobs() -> list[str]:
    """Import every slice's `jobs.py`, so that its jobs and visitors are known. Returns the modules' names."""
    found: list[str] = []
    for floor in FLOORS:
        root = ROOT / "platform" if floor.startswith("platform/") else ROOT
        paths = sorted((ROOT / floor).rglob("jobs.py"))
        found += [".".join(path.relative_to(root).with_suffix("").parts) for path in paths]
    for name in found:
        importlib.import_module(name)
    return found


async def work(
    settings: Settings, stop: asyncio.Event, *, timing: Mapping[str, timedelta] | None = None,
    longest_pause: float = LONGEST_PAUSE_S, clocks: bool = True,
) -> None:  # fmt: skip
    """Run jobs until `stop` is set. A database that goes away is waited for, with pauses of at most half a minute.

    `timing`: the worker's `heartbeat`, `pause` and `poll`, where they are to be other than in operation; so also
    `longest_pause`, in seconds. `clocks`: whether the visitors come, too.
    """
    engine = make_engine(
        settings.app_url, pool_size=max(settings.pool_size, LEAST_POOL), application="sammen-worker",
        pooled=bool(settings.pooler),
    )  # fmt: skip
    configure_outbox(settings)
    chosen: Any = timing or {}
    # Listening is a session's business, which a pooler in transaction mode has none of.
    keys, metrics = Keys.of(settings), Metrics()
    worker = Worker(
        engine, keys, settings.direct_url or settings.app_url, metrics=metrics, clocks=clocks, **chosen
    )
    measured = serve_metrics(metrics, settings)
    pulse = asyncio.create_task(keep_pulse(engine, keys, metrics)) if measured else None
    pause = 1.0
    log.info("worker started")
    try:
        while not stop.is_set():
            began = time.monotonic()
            try:
                await worker.run(stop)
            except (
                Exception
            ) as error:  # a database that goes away shows in many ways; a worker outlives them all
                if time.monotonic() - began > longest_pause:
                    pause = 1.0  # that was another time: it had worked since
                log.error("worker interrupted", exc=error, pause=pause)
                try:
                    await asyncio.wait_for(stop.wait(), pause)
                except TimeoutError:
                    pause = min(2 * pause, longest_pause)
    finally:
        if pulse is not None:
            pulse.cancel()
        await engine.dispose()
        log.info("worker stopped")


async def _main(settings: Settings) -> None:
    await check_start(settings)
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    await work(settings, stop)


def run(settings: Settings, *, wait: bool = False) -> None:
    """The process: until SIGTERM or SIGINT, when jobs under way are finished. Raises SettingsError, StartError."""
    settings.check()
    configure(settings.log_level)
    import_jobs()
    if wait:
        wait_for_word()
    asyncio.run(_main(settings))
