"""The link that confirms a sign-up, newsletters on their way, the joint one at home, and service letters.

Each is idempotent by its row.
"""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.jobs.order import Order
from sammen.jobs.queue import enqueue, put
from sammen.jobs.registry import job, visitor
from sammen.keys import Keys
from sammen.logging import log
from sammen.outbox.api import Notice, TryLater, Undeliverable, login_address, sender_of
from sammen.tenancy.context import PlaceKind
from sammen.web.i18n import translate
from shared_pool.newsletters.codes import JOINT, LETTER, ONE, SEND, SIGNUP, TEST
from shared_pool.newsletters.content import mail_of
from shared_pool.newsletters.joint import report_back, take_delivery
from shared_pool.newsletters.models import Newsletter
from shared_pool.newsletters.sealing import CONFIRM_PATH, LEAVE_PATH, open_email, open_link
from shared_pool.newsletters.sending import LONGEST_SECONDS, send_batch, send_one, still_waiting
from shared_pool.newsletters.service_letters import deliver_letter
from shared_pool.newsletters.writing import composed, newsletter

SUBJECT = N_("Bekreft at du vil ha nyhetsbrevet")
BODY = N_(
    "Hei!\n\nNoen har bedt om nyhetsbrev til denne e-postadressen. Åpne lenken og trykk på knappen, så får du det:\n\n"
    "%(link)s\n\nLenken virker i sju dager. Var det ikke deg, trenger du ikke gjøre noe. Da får du ingenting."
)


@job(SIGNUP, seconds=120)
async def send_link(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """`signup`: in the municipality, hand over the mail with the link. Sent already: nothing happens.

    It goes past the outbox: until the link is pressed, the address is on nobody's list.
    """
    signup = UUID(args["signup"])
    rows = await uow.call("SELECT * FROM sammen.newsletter_mail($1)", signup)
    sender = sender_of("email")
    if not rows or sender is None:
        return
    row = rows[0]
    address = open_email(uow.keys, uow.context.tenant, row["mark"], row["sealed"])
    link = f"{login_address().rstrip('/')}{CONFIRM_PATH}{open_link(uow.keys, row['lookup'], row['mail'])}"
    language = row["language"]
    notice = Notice(signup, address, translate(language, SUBJECT), translate(language, BODY, link=link))
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            await sender.send(notice)
    except Undeliverable as refused:
        log.warning("link to a subscriber refused", kind=refused.kind)
        await uow.call("SELECT sammen.newsletter_mailed($1, 'failed')", signup)
    except Exception as later:  # whatever a sender may raise, the mail is tried again
        kind = later.kind if isinstance(later, TryLater) else type(later).__name__
        log.warning("link to a subscriber put off", kind=kind)
    else:
        await uow.call("SELECT sammen.newsletter_mailed($1, 'sent')", signup)


@job(SEND)
async def send(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """`newsletter`, `turn`: queue the next addresses; when none is left, the newsletter is sent, and the region told."""
    newsletter_id = UUID(args["newsletter"])
    if await send_batch(uow, newsletter_id, int(args.get("turn", 0))):
        row = await uow.session.get(Newsletter, (uow.context.tenant, newsletter_id))
        if row is not None:
            await report_back(uow, row)


@job(ONE, seconds=120)
async def send_to_one(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """`recipient`: hand one mail over. The last one asks for the newsletter to be closed."""
    newsletter_id = await send_one(uow, UUID(args["recipient"]))
    if newsletter_id is not None and not await still_waiting(uow, newsletter_id):
        await enqueue(uow, SEND, {"newsletter": newsletter_id, "turn": 0}, once=f"{SEND}:{newsletter_id}:end")


@job(TEST, seconds=120)
async def send_test(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """`newsletter`: in its place, hand a draft over to the one who asked for a test, and to nobody else."""
    sender = sender_of("email")
    address = (await uow.call("SELECT sammen.newsletter_tester() AS email"))[0]["email"]
    if sender is None or not address:
        return
    row = await newsletter(uow, UUID(args["newsletter"]))
    content = await composed(uow, row, login_address().rstrip("/"))
    made = mail_of(
        content, sender=uow.context.place_name, leave=f"{login_address().rstrip('/')}{LEAVE_PATH}prove"
    )
    subject = translate(row.language, N_("Prøve: %(subject)s"), subject=made.subject)
    async with asyncio.timeout(LONGEST_SECONDS):
        await sender.send(Notice(uuid4(), address, subject, made.plain, made.html))


@job(JOINT)
async def take_joint(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """`delivery`: in the municipality, the region's newsletter becomes one to send, or is held back."""
    await take_delivery(uow, UUID(args["delivery"]))


@job(LETTER)
async def deliver(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """`letter`: find everybody a service letter concerns, and tell those who read it in Sammen."""
    await deliver_letter(uow, UUID(args["letter"]))


@visitor("newsletters.send", "*/5 * * * *")
async def visit(connection: asyncpg.Connection[asyncpg.Record], keys: Keys) -> None:
    """Every five minutes, in houses that can send: what was left lying is taken up again."""
    if sender_of("email") is None:
        return
    for row in await connection.fetch("SELECT * FROM sammen.newsletters_to_send()"):
        name = SIGNUP if row["what"] == "signup" else SEND
        order = Order(name, {row["what"]: str(row["id"])}, PlaceKind.MUNICIPALITY, row["place_id"])
        await put(connection, keys, order, once=f"{name}:{row['id']}")
