"""Carrying letters about accounts out of the house, and finding those that were left lying."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import asyncpg

from sammen.db.unit_of_work import UnitOfWork
from sammen.identity.letters import NOTICE, open_words
from sammen.jobs.order import Order
from sammen.jobs.queue import put
from sammen.jobs.registry import job, visitor
from sammen.keys import Keys
from sammen.logging import log
from sammen.outbox.api import Notice, TryLater, Undeliverable, login_address, sender_of
from sammen.outbox.texts import say
from sammen.tenancy.context import PlaceKind

LONGEST_SECONDS = 20


@job(NOTICE, seconds=120)
async def send_letter(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """`notice`: hand one letter over. Sent, too old, or never there: nothing happens. Nothing of the place is read."""
    notice = UUID(args["notice"])
    rows = await uow.call("SELECT * FROM sammen.account_notice_take($1)", notice)
    if not rows:
        return
    row = rows[0]
    sender = sender_of(row["channel"])
    if sender is None:
        return  # it waits until somebody carries the channel, or is too old
    number = open_words(uow.keys, notice, row["sealed"]) if row["sealed"] else ""
    subject, body = say(row["code"], row["language"], login_address(), number)
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            await sender.send(Notice(notice, row["address"], subject, body))
    except Undeliverable as refused:
        log.warning("letter about an account refused", kind=refused.kind)
        await uow.call("SELECT sammen.account_noticed($1, 'failed')", notice)
    except Exception as later:  # whatever a sender may raise, the letter is tried again while it is good
        log.warning(
            "letter about an account put off",
            kind=later.kind if isinstance(later, TryLater) else type(later).__name__,
        )
    else:
        await uow.call("SELECT sammen.account_noticed($1, 'sent')", notice)


@visitor("identity.letters", "* * * * *")
async def visit_letters(connection: asyncpg.Connection[asyncpg.Record], keys: Keys) -> None:
    """Every minute, in houses that can send: what a mail server would not take, or nobody carried, is tried again."""
    if sender_of("email") is None:
        return
    for row in await connection.fetch("SELECT * FROM sammen.account_notices_due()"):
        order = Order(NOTICE, {"notice": row["id"]}, PlaceKind(row["kind"]), row["scope_id"])
        await put(connection, keys, order, once=f"{NOTICE}:{row['id']}")
