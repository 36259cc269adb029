"""What follows a submission and an edition: the mail with its link, and the file. Each is idempotent by its row."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import asyncpg

from sammen.db.unit_of_work import UnitOfWork
from sammen.jobs.order import Order
from sammen.jobs.queue import put
from sammen.jobs.registry import job, visitor
from sammen.keys import Keys
from sammen.logging import log
from sammen.outbox.api import Notice, TryLater, Undeliverable, login_address, sender_of
from sammen.tenancy.context import PlaceKind
from shared_pool.calendar.codes import EDITION, MAIL
from shared_pool.calendar.editions import make_edition
from shared_pool.calendar.mailing import mail_text
from shared_pool.calendar.sealing import open_email, open_token

LONGEST_SECONDS = 20
_DONE = "SELECT sammen.calendar_mailed($1, $2)"


@job(MAIL, seconds=120)
async def send_mail(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """`submission`: in the region, hand over the newest mail about it. Sent already: nothing happens."""
    submission = UUID(args["submission"])
    rows = await uow.call("SELECT * FROM sammen.calendar_mail($1)", submission)
    sender = sender_of("email")
    if not rows or sender is None:
        return  # it waits until somebody carries mail, or has lain for a week (visit_mail)
    row = rows[0]
    email = open_email(uow.keys, uow.context.region, row["who"])
    token = open_token(uow.keys, row["mail"], row["bound_to"]) if row["mail"] else ""
    subject, body = mail_text(
        row["what"], row["language"], login_address(), token, title=row["title"], reason=row["reason"]
    )
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            # A mailbox tells a second copy by the notice's id: the row's own, moved on by the count of mails.
            await sender.send(Notice(UUID(int=submission.int ^ row["mailed"]), email, subject, body))
    except Undeliverable as refused:
        log.warning("mail about the calendar refused", kind=refused.kind)
        await uow.call(_DONE, submission, "failed")
    except Exception as later:  # whatever a sender may raise, the mail is tried again
        kind = later.kind if isinstance(later, TryLater) else type(later).__name__
        log.warning("mail about the calendar put off", kind=kind)
    else:
        await uow.call(_DONE, submission, "sent")


@visitor("calendar.mail", "*/10 * * * *")
async def visit_mail(connection: asyncpg.Connection[asyncpg.Record], keys: Keys) -> None:
    """Every ten minutes, in houses that can send: what a mail server would not take, or nobody carried, is tried again."""
    if sender_of("email") is None:
        return
    for row in await connection.fetch("SELECT * FROM sammen.calendar_to_mail()"):
        order = Order(MAIL, {"submission": str(row["id"])}, PlaceKind.REGION, row["region_id"])
        await put(connection, keys, order, once=f"{MAIL}:{row['id']}")


@job(EDITION, seconds=120)
async def print_edition(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """`half`, `target`, `language`, `task`: print a half-year of the place's calendar, in place of an earlier one."""
    await make_edition(uow, args["half"], args["target"], args["language"], UUID(args["task"]))
