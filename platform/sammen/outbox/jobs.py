"""Sending: one job a notice, tried again with growing pauses, and a clock that finds what was left lying.

A job takes the notice's row, hands it over, and marks it in one transaction. A worker killed between the two leaves a
notice that says queued, so it goes out once more: at most one copy too many for each death, with the same Message-ID,
and never one too few.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import bindparam, case, func, select, update

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.jobs.order import Order
from sammen.jobs.queue import enqueue
from sammen.jobs.queue import put as put_job
from sammen.jobs.registry import job, visitor
from sammen.keys import Keys
from sammen.logging import log
from sammen.outbox.house import any_sender, login_address, sender_of
from sammen.outbox.models import Outgoing
from sammen.outbox.queue import SEND, outgoing
from sammen.outbox.senders import LONGEST_SECONDS, Notice, TryLater, Undeliverable
from sammen.outbox.texts import is_text, say
from sammen.tenancy.context import PlaceKind

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720, 1440, 1440))
"""Between the tries: a greylisting server wants minutes, one that is down over a weekend days. Then it is given up."""
NO_NEWS = timedelta(days=7)
"""A notice that nobody could carry for a week says nothing any more: it is not sent when somebody can."""
PUMP = "outbox.pump"
MOST_AT_ONCE = 500

_TAKE = compile_query(
    select(
        outgoing.c.channel,
        outgoing.c.address,
        outgoing.c.code,
        outgoing.c.language,
        outgoing.c.attempts,
        outgoing.c.sealed,
        (outgoing.c.good_until < func.clock_timestamp()).label("run_out"),
        (func.now() - outgoing.c.queued_at).label("lay"),
    )
    .where(
        outgoing.c.tenant_id == bindparam("tenant"),
        outgoing.c.id == bindparam("notice"),
        outgoing.c.state == "queued",
        outgoing.c.next_try_at <= func.now(),
    )
    .with_for_update(skip_locked=True)
)
_SENT = compile_query(
    update(Outgoing)
    .where(outgoing.c.tenant_id == bindparam("tenant"), outgoing.c.id == bindparam("notice"))
    .values(
        state="sent",
        sent_at=func.clock_timestamp(),
        attempts=outgoing.c.attempts + 1,
        last_error="",
        sealed=None,
    )
)
_NOT_SENT = compile_query(
    update(Outgoing)
    .where(outgoing.c.tenant_id == bindparam("tenant"), outgoing.c.id == bindparam("notice"))
    .values(
        state=bindparam("becomes"), attempts=outgoing.c.attempts + 1, last_error=bindparam("said"),
        next_try_at=func.clock_timestamp() + bindparam("pause"),
        sealed=case((bindparam("becomes") == "queued", outgoing.c.sealed), else_=None),
    )
)  # fmt: skip
_DUE = compile_query(
    select(outgoing.c.id)
    .where(
        outgoing.c.tenant_id == bindparam("tenant"),
        outgoing.c.state == "queued",
        outgoing.c.next_try_at <= func.now(),
    )
    .order_by(outgoing.c.next_try_at)
    .limit(MOST_AT_ONCE)
)


@job(SEND, seconds=120)
async def send(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """Hand one notice over. Sent, given up, taken by another worker or not due: nothing happens."""
    where = {"tenant": uow.context.tenant, "notice": UUID(args["id"])}
    row = await uow.row(_TAKE, **where)
    if row is None:
        return
    if row["lay"] > NO_NEWS or row["run_out"]:
        await uow.rows(_NOT_SENT, **where, becomes="given_up", said="too_old", pause=timedelta(0))
        return
    sender = sender_of(row["channel"])
    if sender is None or not is_text(row["code"]):
        return  # It waits until somebody carries the channel; operations shows how many do.
    number = uow.keys.unseal(row["sealed"], bound_to=where["notice"].bytes) if row["sealed"] else ""
    subject, body = say(row["code"], row["language"], login_address(), number)
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            await sender.send(Notice(where["notice"], row["address"], subject, body))
    except Undeliverable as refused:
        await uow.rows(_NOT_SENT, **where, becomes="failed", said=refused.kind, pause=timedelta(0))
        log.warning("notice refused", channel=row["channel"], kind=refused.kind)
    except Exception as later:  # whatever a sender may raise, the notice is tried again and never lost
        kind = later.kind if isinstance(later, TryLater) else type(later).__name__
        await _again(uow, where, int(row["attempts"]), kind)
    else:
        await uow.rows(_SENT, **where)


async def _again(uow: UnitOfWork, where: dict[str, Any], attempts: int, kind: str) -> None:
    """Put it off, or give it up when every pause has been used."""
    if attempts >= len(PAUSES):
        await uow.rows(_NOT_SENT, **where, becomes="given_up", said=kind, pause=timedelta(0))
        log.error("notice given up", kind=kind)
        return
    pause = PAUSES[attempts]
    await uow.rows(_NOT_SENT, **where, becomes="queued", said=kind, pause=pause)
    # A little after it is due by the row's clock, and under a mark of its own: this job's still holds the other.
    await enqueue(uow, SEND, {"id": where["notice"]}, delay=pause + timedelta(seconds=1),
                  once=f"{SEND}:{where['notice']}:{attempts + 1}")  # fmt: skip


@job(PUMP)
async def pump(uow: UnitOfWork, _args: dict[str, Any]) -> None:
    """In a municipality: a job for each notice that is due and has none. One that has, finds its work done."""
    for row in await uow.rows(_DUE, tenant=uow.context.tenant):
        await enqueue(uow, SEND, {"id": row["id"]}, once=f"{SEND}:{row['id']}")


@visitor("outbox.places", "*/5 * * * *")
async def visit_places(connection: asyncpg.Connection[asyncpg.Record], keys: Keys) -> None:
    """Every five minutes, in houses that can send: the municipalities where a notice has lain longer than it should."""
    if not any_sender():
        return
    for row in await connection.fetch("SELECT scope_id FROM sammen.places_to_send()"):
        order = Order(PUMP, {}, PlaceKind.MUNICIPALITY, row["scope_id"])
        await put_job(connection, keys, order, once=f"{PUMP}:{row['scope_id']}")
