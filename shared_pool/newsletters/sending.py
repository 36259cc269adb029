"""Sending a newsletter: who gets it is frozen in one transaction, and each address is one job and one row.

A job takes its row, hands the mail over and marks it, in one transaction, as the outbox does (decision 0040). A worker that
dies between the two leaves a row that says queued: that address gets the mail once more, with the same Message-ID, and
nobody else does. What is sent is what was frozen; a worker that dies while it freezes has frozen nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import any_, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.types import Text

from sammen.audit.trail import record_change
from sammen.clock import now
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict
from sammen.ids import uuid7
from sammen.jobs.queue import enqueue
from sammen.logging import log
from sammen.outbox.api import Notice, TryLater, Undeliverable, login_address, sender_of
from shared_pool.newsletters.codes import ONE, SEND
from shared_pool.newsletters.content import Content, mail_of
from shared_pool.newsletters.models import Newsletter, NewsletterRecipient, NewsletterSubscriber
from shared_pool.newsletters.sealing import LEAVE_PATH, leave_token, mark_of, open_email, seal_email
from shared_pool.newsletters.writing import SENT, STALE, composed, newsletter, sendable
from tenants.api import person

recipient, subscriber = NewsletterRecipient.__table__, NewsletterSubscriber.__table__
LONGEST_SECONDS: Final = 20
BATCH: Final = 100
"""So many go at a time, with a pause between, so that what waits for somebody in the outbox is not held behind a list."""
BETWEEN: Final = timedelta(seconds=2)
PAUSES: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 1440))
"""Between the tries of one address; then it is given up. A newsletter may be a day late, unlike a notice."""
_WANT = compile_query(
    select(
        subscriber.c.id, subscriber.c.person_id, subscriber.c.mark, subscriber.c.email_sealed, person.c.email,
        (person.c.protection != "none").label("protected"), person.c.died_on, person.c.merged_into,
    )
    .select_from(
        subscriber.outerjoin(
            person, (person.c.tenant_id == subscriber.c.tenant_id) & (person.c.id == subscriber.c.person_id)
        )
    )
    .where(
        subscriber.c.tenant_id == bindparam("tenant"), subscriber.c.state == "active",
        subscriber.c.segment == any_(bindparam("segments", type_=ARRAY(Text()))),
    )
    .order_by(subscriber.c.id)
)  # fmt: skip
_DUE = compile_query(
    select(recipient.c.id)
    .where(
        recipient.c.tenant_id == bindparam("tenant"), recipient.c.newsletter_id == bindparam("newsletter"),
        recipient.c.state == "queued", recipient.c.next_try_at <= func.now(),
    )
    .order_by(recipient.c.next_try_at, recipient.c.id)
    .limit(bindparam("most"))
)  # fmt: skip
_TAKE = compile_query(
    select(
        recipient.c.newsletter_id, recipient.c.subscriber_id, recipient.c.mark, recipient.c.address, recipient.c.attempts
    )
    .where(
        recipient.c.tenant_id == bindparam("tenant"), recipient.c.id == bindparam("recipient"),
        recipient.c.state == "queued", recipient.c.next_try_at <= func.now(),
    )
    .with_for_update(skip_locked=True)
)  # fmt: skip
_STANDS = compile_query(
    select(subscriber.c.state).where(
        subscriber.c.tenant_id == bindparam("tenant"), subscriber.c.id == bindparam("subscriber")
    )
)
_MARK = compile_query(
    update(NewsletterRecipient)
    .where(recipient.c.tenant_id == bindparam("tenant"), recipient.c.id == bindparam("recipient"))
    .values(
        state=bindparam("becomes"), attempts=recipient.c.attempts + bindparam("tried"), last_error=bindparam("said"),
        reason=bindparam("why"), sent_at=bindparam("left"), address=bindparam("keeps"),
        next_try_at=func.clock_timestamp() + bindparam("pause"),
    )
)  # fmt: skip
_LEFT = compile_query(
    select(func.count()).where(
        recipient.c.tenant_id == bindparam("tenant"),
        recipient.c.newsletter_id == bindparam("newsletter"),
        recipient.c.state == "queued",
    )
)
_COUNTS = compile_query(
    select(recipient.c.state, func.count().label("n"))
    .where(recipient.c.tenant_id == bindparam("tenant"), recipient.c.newsletter_id == bindparam("newsletter"))
    .group_by(recipient.c.state)
)


@dataclass(frozen=True, slots=True)
class Freezing:
    """One address to be: whose subscription, and why it gets none ("" when it does)."""

    subscriber_id: UUID
    person_id: UUID | None
    mark: bytes
    email: str
    reason: str


# Freezing --------------------------------------------------------------------------------------------------------------
async def send_newsletter(uow: UnitOfWork, newsletter_id: UUID, version: int, address: str) -> int:
    """Send a municipality's newsletter: what it says and who gets it stand from now on. How many it goes to.

    Raises NotFound, Conflict (sent, or changed since the page was shown), Invalid when something is missing.
    """
    row = await newsletter(uow, newsletter_id, hold=True)
    if row.state != "draft":
        raise Conflict(SENT)
    if row.version != version:
        raise Conflict(STALE)
    assert isinstance(row, Newsletter)
    content = await composed(uow, row, address)
    sendable(row, content)
    return await freeze(uow, row, content)


async def freeze(uow: UnitOfWork, row: Newsletter, content: Content) -> int:
    """Freeze content and addresses, and queue the first batch. How many will get it. The caller holds the row."""
    row.content, row.state = content.to_json(), "sending"
    row.sent_at, row.sent_by_name = now(), uow.context.user_name
    row.version = (row.version or 0) + 1
    await uow.session.flush()
    tenant = uow.context.tenant
    chosen = await _chosen(uow, row.segments)
    if chosen:
        await uow.session.execute(
            insert(NewsletterRecipient).on_conflict_do_nothing(
                index_elements=["tenant_id", "newsletter_id", "mark"]
            ),
            [
                {
                    "tenant_id": tenant, "id": uuid7(), "newsletter_id": row.id, "subscriber_id": one.subscriber_id,
                    "person_id": one.person_id, "mark": one.mark, "reason": one.reason,
                    "state": "left_out" if one.reason else "queued",
                    "address": None if one.reason else seal_email(uow.keys, tenant, one.mark, one.email),
                }
                for one in chosen
            ],
        )  # fmt: skip
    await record_change(uow, "newsletter.sent", "newsletter", row.id, segments=sorted(row.segments))
    await enqueue(uow, SEND, {"newsletter": row.id}, once=f"{SEND}:{row.id}")
    return sum(1 for one in chosen if not one.reason)


async def _chosen(uow: UnitOfWork, segments: Any) -> list[Freezing]:
    """One for each address: who is in two segments, or shares a mailbox, gets one mail. Those who get none come last."""
    tenant, keys = uow.context.tenant, uow.keys
    found: dict[bytes, Freezing] = {}
    none: list[Freezing] = []
    for row in await uow.rows(_WANT, tenant=tenant, segments=list(segments)):
        email = str(row["email"] or "").strip() if row["person_id"] else open_email(
            keys, tenant, row["mark"], row["email_sealed"]
        )  # fmt: skip
        gone = row["person_id"] and (row["protected"] or row["died_on"] or row["merged_into"])
        if gone or not email:
            # A mark of its own: what is kept of somebody who gets nothing is no address.
            mark = keys.form_mark("newsletter-nobody", row["id"].bytes)
            none.append(Freezing(row["id"], row["person_id"], mark, "", "unreachable"))
            continue
        mark = mark_of(keys, tenant, email)
        found.setdefault(mark, Freezing(row["id"], row["person_id"], mark, email, ""))
    return [*found.values(), *none]


# Handing over ----------------------------------------------------------------------------------------------------------
async def send_batch(uow: UnitOfWork, newsletter_id: UUID, turn: int) -> bool:
    """Queue a job for each of the next addresses, and this again; True when none is left and the newsletter is sent."""
    row = await newsletter(uow, newsletter_id, hold=True)
    if row.state != "sending":
        return row.state == "sent"
    where = {"tenant": uow.context.tenant, "newsletter": newsletter_id}
    if not await uow.value(_LEFT, **where):
        row.state = "sent"
        row.version += 1
        await uow.session.flush()
        return True
    if sender_of("email") is None:
        return False  # it waits until somebody carries mail (jobs.visit)
    due = await uow.rows(_DUE, **where, most=BATCH)
    for one in due:
        await enqueue(uow, ONE, {"recipient": one["id"]}, once=f"{ONE}:{one['id']}")
    if due:
        # Under a mark that this job does not hold itself.
        again = {"newsletter": newsletter_id, "turn": turn + 1}
        await enqueue(uow, SEND, again, delay=BETWEEN, once=f"{SEND}:{newsletter_id}:{turn + 1}")
    return False


async def send_one(uow: UnitOfWork, recipient_id: UUID) -> UUID | None:
    """Hand one mail over. Its newsletter's id; None when it was sent, given up, taken by another worker or not due."""
    where = {"tenant": uow.context.tenant, "recipient": recipient_id}
    row = await uow.row(_TAKE, **where)
    sender = sender_of("email")
    if row is None or sender is None:
        return None
    if await uow.value(_STANDS, tenant=uow.context.tenant, subscriber=row["subscriber_id"]) != "active":
        await _mark(uow, where, "left_out", why="ended")
        return row["newsletter_id"]  # type: ignore[no-any-return]  # asyncpg tells no types
    letter = await uow.session.get(Newsletter, (uow.context.tenant, row["newsletter_id"]))
    assert letter is not None
    assert letter.content is not None
    leave = leave_url(uow, row["subscriber_id"])
    made = mail_of(Content.of(letter.content), sender=uow.context.place_name, leave=leave)
    address = open_email(uow.keys, uow.context.tenant, row["mark"], row["address"])
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            await sender.send(Notice(recipient_id, address, made.subject, made.plain, made.html, leave))
    except Undeliverable as refused:
        log.warning("newsletter refused", kind=refused.kind)
        await _mark(uow, where, "failed", tried=1, said=refused.kind)
    except Exception as later:  # whatever a sender may raise, the mail is tried again
        kind = later.kind if isinstance(later, TryLater) else type(later).__name__
        tries = int(row["attempts"])
        if tries >= len(PAUSES):
            log.error("newsletter given up", kind=kind)
            await _mark(uow, where, "failed", tried=1, said=kind)
        else:
            await _mark(uow, where, "queued", tried=1, said=kind, keeps=row["address"], pause=PAUSES[tries])
    else:
        await _mark(uow, where, "sent", tried=1, left=now())
    return letter.id


def leave_url(uow: UnitOfWork, subscriber_id: UUID) -> str:
    """Where one click takes that subscriber off the list."""
    token = leave_token(uow.keys, uow.context.tenant, subscriber_id)
    return f"{login_address().rstrip('/')}{LEAVE_PATH}{token}"


async def counts(uow: UnitOfWork, newsletter_id: UUID) -> Mapping[str, int]:
    """All its addresses by state, for the region's row: nobody in the municipality is shown these."""
    rows = await uow.rows(_COUNTS, tenant=uow.context.tenant, newsletter=newsletter_id)
    return {row["state"]: row["n"] for row in rows}


async def _mark(
    uow: UnitOfWork, where: Mapping[str, Any], becomes: str, *, tried: int = 0, said: str = "", why: str = "",
    left: Any = None, keeps: bytes | None = None, pause: timedelta = timedelta(0),
) -> None:  # fmt: skip
    await uow.rows(
        _MARK, **where, becomes=becomes, tried=tried, said=said, why=why, left=left, keeps=keeps, pause=pause
    )


async def still_waiting(uow: UnitOfWork, newsletter_id: UUID) -> bool:
    """Whether an address of the newsletter waits still."""
    left: int = await uow.value(_LEFT, tenant=uow.context.tenant, newsletter=newsletter_id)
    return left > 0
