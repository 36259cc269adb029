"""What follows a form: the mail with its link, the enquiry in its municipality, what it says yes to, and the counts.

Each is idempotent: by the form's row, or because it counts anew.
"""

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
from shared_pool.campaigns.arrivals import follow_wishes, take_in
from shared_pool.campaigns.codes import COUNT, MAIL, TAKE_IN, WISHES
from shared_pool.campaigns.mailing import mail_text
from shared_pool.campaigns.numbers import count_here
from shared_pool.campaigns.sealing import open_token, open_who

LONGEST_SECONDS = 20
_MEMBERS = """
SELECT DISTINCT municipality_id AS id FROM sammen.region_membership
 WHERE valid_from <= sammen.norwegian_day() AND (valid_to IS NULL OR valid_to >= sammen.norwegian_day())
"""


@job(MAIL, seconds=120)
async def send_mail(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """`application`: in the region, hand over the newest mail about a form. Sent already: nothing happens.

    It goes past the municipalities' outboxes: until the link is pressed, the address is no municipality's.
    """
    form_id = UUID(args["application"])
    rows = await uow.call("SELECT * FROM sammen.candidate_mail($1)", form_id)
    if not rows:
        return
    row = rows[0]
    sender = sender_of("email")
    if sender is None:
        return  # it waits until somebody carries mail, or has lain for a week (visit_mail)
    _, email = open_who(uow.keys, uow.context.region, row["who"])
    token = open_token(uow.keys, row["mail"], row["bound_to"]) if row["mail"] else ""
    subject, body = mail_text(row["what"], row["language"], login_address(), token, uow.context.slug)
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            # A mailbox tells a second copy by the notice's id: the form's own, moved on by the count of mails.
            await sender.send(Notice(UUID(int=form_id.int ^ row["mailed"]), email, subject, body))
    except Undeliverable as refused:
        log.warning("mail to an applicant refused", kind=refused.kind)
        await uow.call("SELECT sammen.candidate_mailed($1, 'failed')", form_id)
    except Exception as later:  # whatever a sender may raise, the mail is tried again
        log.warning(
            "mail to an applicant put off",
            kind=later.kind if isinstance(later, TryLater) else type(later).__name__,
        )
    else:
        await uow.call("SELECT sammen.candidate_mailed($1, 'sent')", form_id)


@visitor("campaigns.mail", "*/10 * * * *")
async def visit_mail(connection: asyncpg.Connection[asyncpg.Record], keys: Keys) -> None:
    """Every ten minutes, in houses that can send: what a mail server would not take, or nobody carried, is tried again."""
    if sender_of("email") is None:
        return
    for row in await connection.fetch("SELECT * FROM sammen.applications_to_mail()"):
        order = Order(MAIL, {"application": str(row["id"])}, PlaceKind.REGION, row["region_id"])
        await put(connection, keys, order, once=f"{MAIL}:{row['id']}")


@job(TAKE_IN)
async def take_in_one(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """`application`: in the municipality, a confirmed form becomes an enquiry here, once."""
    await take_in(uow, UUID(args["application"]))


@job(WISHES)
async def follow_one(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """`application`: in the municipality, what the applicant has changed with their own link is followed."""
    await follow_wishes(uow, UUID(args["application"]))


@job(COUNT)
async def count(uow: UnitOfWork, _args: dict[str, Any]) -> None:
    """In a municipality: how far those have come who came from a campaign."""
    await count_here(uow)


@visitor("campaigns.municipalities", "35 3 * * *")
async def visit_municipalities(connection: asyncpg.Connection[asyncpg.Record], keys: Keys) -> None:
    """Every night: each municipality counts its own anew."""
    for row in await connection.fetch(_MEMBERS):
        order = Order(COUNT, {}, PlaceKind.MUNICIPALITY, row["id"])
        await put(connection, keys, order, once=f"{COUNT}:{row['id']}")
