"""The worker: takes jobs from the queue, checks whose they are, and runs each in its own context and transaction.

A worker may die at any step. Its heartbeats stop, the job is taken again, and its mark (`sammen.claim_job`), which
commits with the effect, keeps the effect to one.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from sammen.db.unit_of_work import DOWN, plain_transaction
from sammen.errors import SammenError
from sammen.jobs.order import Order, Refused, read
from sammen.jobs.queue import CHANNEL, ENTRYPOINT, pgqueuer_settings
from sammen.jobs.registry import JOBS, VISITORS, Job, Visitor
from sammen.jobs.tasks import fail_task
from sammen.keys import Keys
from sammen.logging import log
from sammen.tenancy.enter import enter_job
from sammen.traffic.metrics import Metrics

if TYPE_CHECKING:
    from pgqueuer import PgQueuer
    from pgqueuer.models import Job as QueueJob

GROWTH = 6
"""Each pause is so many times the last: 10 s, 1 min, 6 min."""
CRASHES = 3
"""Times a job may be taken without a word of how it ended before we believe that it is the job that kills workers."""
KILLER = "WorkerDied"
PICKS = """
SELECT count(*) FROM sammen.job_log WHERE job_id = $1 AND status = 'picked' AND id > coalesce(
  (SELECT max(id) FROM sammen.job_log WHERE job_id = $1 AND status = 'queued'), 0)
"""


class DeadLetter(Exception):
    """Tells pgqueuer to keep the job as failed. The message is an error's type; its text may quote a row."""


async def run_order(engine: AsyncEngine, keys: Keys, order: Order, known: Job) -> bool:
    """Run one job in its context and commit. False when its effect was there already. Raises what the job raises."""
    uow = await enter_job(
        engine, keys, order.kind, order.scope, job=order.name, user=order.user, seconds=known.seconds
    )
    uow.context = replace(uow.context, request_id=order.request)
    try:
        claimed = (await uow.call("SELECT sammen.claim_job($1) AS mine", order.id))[0]["mine"]
        if claimed:
            await known.work(uow, dict(order.args))
    except BaseException:
        await uow.rollback()
        raise
    await uow.commit()
    return bool(claimed)


def _marks(order: Order) -> dict[str, str]:
    """What ties a job's log line to the job, and to the click it came of."""
    return {"id": str(order.id)} | ({"request": str(order.request)} if order.request else {})


class _Quiet(logging.Handler):
    """pgqueuer's and asyncpg's log lines as ours: without the exceptions' text, and without our own dead letters, which are
    logged already.
    """

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if not isinstance(error, DeadLetter):
            log.warning("queue", said=str(record.msg), exc=error)


@dataclass
class Worker:
    """One worker process. `url` is the app role's address: the queue listens on connections of its own.

    `heartbeat`: how long a silent worker's job is left alone. `pause`: before the second try; later ones grow.
    `poll`: how often to look unasked; new jobs ring a bell, but a job that is due again does not.
    """

    engine: AsyncEngine
    keys: Keys
    url: str
    heartbeat: timedelta = timedelta(seconds=30)
    pause: timedelta = timedelta(seconds=10)
    poll: timedelta = timedelta(seconds=5)
    batch: int = 3
    metrics: Metrics = field(default_factory=Metrics)
    clocks: bool = True
    """Whether it starts the visitors when their time comes."""

    async def run(self, stop: asyncio.Event, *, drain: bool = False) -> None:
        """Work until `stop` is set; jobs under way are finished first. `drain`: until the queue is empty instead.

        Raises the connection's error when the database goes away: the caller starts again.
        """
        from pgqueuer.types import QueueExecutionMode

        for name in ("pgqueuer", "asyncpg"):
            logger = logging.getLogger(name)
            logger.handlers, logger.propagate = [_Quiet()], False
        address = make_url(self.url).set(drivername="postgresql").render_as_string(hide_password=False)
        settings = {"application_name": "sammen-queue"}
        async with asyncpg.create_pool(
            address, min_size=2, max_size=4, timeout=5, server_settings=settings
        ) as pool:
            queuer = self._queuer(pool, clocks=self.clocks and not drain)
            ending = asyncio.create_task(self._pass_on(stop, queuer))
            try:
                await queuer.run(
                    batch_size=self.batch,
                    max_concurrent_tasks=2 * self.batch,
                    mode=QueueExecutionMode.drain if drain else QueueExecutionMode.continuous,
                    heartbeat_timeout=self.heartbeat,
                    dequeue_timeout=self.poll,
                    # Its first probe may be sent before it listens and so be lost; the poll finds what no bell told.
                    shutdown_on_listener_failure=False,
                )
            finally:
                ending.cancel()

    @staticmethod
    async def _pass_on(stop: asyncio.Event, queuer: PgQueuer) -> None:
        await stop.wait()
        queuer.shutdown.set()

    def _queuer(self, pool: Any, *, clocks: bool) -> PgQueuer:
        from pgqueuer import PgQueuer
        from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver
        from pgqueuer.adapters.persistence import qb
        from pgqueuer.queries import Queries
        from pgqueuer.types import Channel

        names = pgqueuer_settings()
        driver = AsyncpgPoolDriver(pool)
        builders = (
            qb.QueryBuilderEnvironment(names),
            qb.QueryQueueBuilder(names),
            qb.QuerySchedulerBuilder(names),
        )
        queries = Queries(driver, *builders)
        queuer = PgQueuer(connection=driver, channel=Channel(CHANNEL), queries=queries)

        @queuer.entrypoint(ENTRYPOINT, on_failure="hold", accepts_context=False)
        async def handle(job: QueueJob) -> None:
            await self._handle(job)

        for one in VISITORS.values() if clocks else ():
            queuer.schedule(one.name, one.expression, accepts_context=False)(self._clock(one))
        return queuer

    def _clock(self, one: Visitor) -> Any:
        async def visit(_schedule: object) -> None:
            try:
                async with plain_transaction(self.engine) as connection:
                    await one.visit(connection, self.keys)
            except (asyncpg.PostgresError, SammenError, *DOWN) as error:
                log.error("visitor failed", visitor=one.name, exc=error)

        return visit

    async def _handle(self, job: QueueJob) -> None:
        """One delivery. Nothing of an error but its type leaves this function."""
        from pgqueuer.errors import RetryRequested

        try:
            order = read(job.payload, self.keys)
        except Refused:
            log.error("job refused", number=job.id)
            order = None
        known = JOBS.get(order.name) if order else None
        if order is None or known is None:
            raise DeadLetter("Refused" if order is None else "UnknownJob")
        began = time.perf_counter()
        failure = await self._try(job.id, order, known)
        again = failure not in (None, KILLER) and job.attempts + 1 < known.tries
        outcome = "done" if failure is None else "again" if again else "failed"
        self.metrics.jobs.labels(order.name, outcome).inc()
        self.metrics.job_seconds.labels(order.name).observe(time.perf_counter() - began)
        if failure is None:
            return
        if again:
            raise RetryRequested(delay=self.pause * GROWTH**job.attempts, reason=failure)
        await self._give_up(order)
        raise DeadLetter(failure)

    async def _try(self, number: int, order: Order, known: Job) -> str | None:
        """Run it; None, or the type of what went wrong, be it the job's fault or the database's."""
        try:
            if await self._crashed(number):
                return KILLER
            fresh = await run_order(self.engine, self.keys, order, known)
        except Exception as error:  # whatever a job may raise, the queue goes on
            log.error("job failed", job=order.name, exc=error, **_marks(order))
            return type(error).__name__
        log.info("job done" if fresh else "job done before", job=order.name, **_marks(order))
        return None

    async def _crashed(self, number: int) -> bool:
        async with plain_transaction(self.engine) as connection:
            return int(await connection.fetchval(PICKS, number)) > CRASHES

    async def _give_up(self, order: Order) -> None:
        task = order.args.get("task")
        if task is None:
            return
        with contextlib.suppress(ValueError, SammenError, asyncpg.PostgresError):
            await fail_task(self.engine, self.keys, order.kind, order.scope, UUID(str(task)))
