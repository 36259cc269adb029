"""Putting a job in the queue, in the caller's own transaction: the job exists if and only if the change does.

Written as plain SQL on the queue's own table, since a web process that imported pgqueuer would pay 0.8 s at its first
job; tests/integration/test_jobs.py holds the table against the installed pgqueuer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from sammen.db.unit_of_work import UnitOfWork
from sammen.jobs.order import Order, sign
from sammen.keys import Keys
from sammen.tenancy.context import PlaceKind

if TYPE_CHECKING:
    from pgqueuer.domain.settings import DBSettings

QUEUE_TABLES = ("job_queue", "job_log", "job_schedule", "job_statistics")
"""The tables the app role uses freely, without row-level security: they hold ids and signed contexts only."""
ENTRYPOINT = "sammen"
"""pgqueuer's name for our only kind of work: which job it is stands inside the signature."""
CHANNEL = "sammen_jobs"
INSERT = """
INSERT INTO sammen.job_queue (priority, entrypoint, payload, execute_after, dedupe_key, headers, status)
VALUES (0, 'sammen', $1, now() + $2::interval, $3, $4, 'queued')
ON CONFLICT (dedupe_key) WHERE (status IN ('queued', 'picked') AND dedupe_key IS NOT NULL) DO NOTHING
RETURNING id
"""
NOW = timedelta(0)


def install_statements() -> list[str]:
    """The statements that make the queue's tables, for the migration."""
    text = files("sammen.jobs").joinpath("queue.sql").read_text(encoding="utf-8")
    return [part.strip() for part in text.split("\n--;\n") if part.strip()]


def pgqueuer_settings() -> DBSettings:
    """pgqueuer's names for the tables of queue.sql. All are given, so that no environment variable decides."""
    from pgqueuer.domain.settings import DBSettings
    from pgqueuer.domain.types import Channel

    return DBSettings(
        prefix="", db_schema="sammen", channel=Channel(CHANNEL), function="job_queue_changed",
        trigger="job_queue_changed", queue_status_type="job_status", queue_table="job_queue", queue_table_log="job_log",
        statistics_table="job_statistics", schedules_table="job_schedule",
    )  # fmt: skip


async def put(
    connection: asyncpg.Connection[asyncpg.Record],
    keys: Keys,
    order: Order,
    *,
    delay: timedelta = NOW,
    once: str | None = None,
) -> int | None:
    """Queue an order on any connection, in its transaction. Returns the queue's number.

    With `once`, None when a job with the same mark already waits or runs. What the operator may see (name and kind of
    place) is repeated outside the signature; it decides nothing.
    """
    shown = json.dumps({"name": order.name, "kind": order.kind.value})
    number: int | None = await connection.fetchval(INSERT, sign(order, keys), delay, once, shown)
    return number


def own_place(uow: UnitOfWork) -> tuple[PlaceKind, UUID]:
    """Where a job of this context runs. A person's own pages lie in a municipality; LookupError outside any place."""
    context = uow.context
    if context.tenant_id is not None:
        return PlaceKind.MUNICIPALITY, context.tenant_id
    if context.region_id is not None:
        return PlaceKind.REGION, context.region_id
    raise LookupError("a job needs a municipality or a region")


async def enqueue(
    uow: UnitOfWork,
    name: str,
    args: Mapping[str, Any] | None = None,
    *,
    delay: timedelta = NOW,
    once: str | None = None,
) -> int | None:
    """Queue job `name` in the caller's own place, as the caller. It starts when the caller's transaction commits.

    `args` are ids, numbers, days and codes (ValueError for anything else). `once`: a mark such as `seal:<id>`, of which
    only one may wait or run at a time; returns None when there is one already.
    """
    kind, scope = own_place(uow)
    return await enqueue_for(uow, kind, scope, name, args, delay=delay, once=once)


async def enqueue_for(
    uow: UnitOfWork,
    kind: PlaceKind,
    scope: UUID,
    name: str,
    args: Mapping[str, Any] | None = None,
    *,
    nameless: bool = False,
    delay: timedelta = NOW,
    once: str | None = None,
) -> int | None:
    """Queue a job in another place: the effect, in each party's own context, of a change in a shared row.

    The job acts in the caller's name there, which that place's trail then shows; `nameless` leaves the name out, for
    places that must not learn whose coordinator it was.
    """
    user = None if nameless else uow.context.user_id
    # Another place's log has no use for it, and two logs that share a number could be laid side by side.
    here = scope in (uow.context.tenant_id, uow.context.region_id)
    order = Order(name, args or {}, kind, scope, user, request=uow.context.request_id if here else None)
    return await put(uow.raw, uow.keys, order, delay=delay, once=once)
