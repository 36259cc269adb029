"""Putting a notice in the outbox, in the caller's own transaction, and what the operator sees of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.ids import uuid7
from sammen.jobs.queue import enqueue
from sammen.outbox.house import CHANNELS
from sammen.outbox.models import Outgoing
from sammen.outbox.texts import carries_number, is_text

outgoing = Outgoing.__table__
SEND = "outbox.send"
LONGEST_MARK = 120
_PUT = compile_query(
    insert(Outgoing)
    .values({
        name: bindparam(name)
        for name in (
            "tenant_id", "id", "channel", "address", "code", "language", "once", "person_id", "sealed", "good_until",
        )
    })
    .on_conflict_do_nothing(index_elements=["tenant_id", "once"])
    .returning(outgoing.c.id)
)  # fmt: skip
_LAST = compile_query(
    select(outgoing.c.channel, outgoing.c.state, outgoing.c.queued_at, outgoing.c.sent_at)
    .where(outgoing.c.tenant_id == bindparam("tenant"), outgoing.c.person_id == bindparam("person"))
    .order_by(outgoing.c.queued_at.desc(), outgoing.c.id.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class LastNotice:
    """How the newest notice to a person went, for their own page. `state`: queued, sent, failed or given_up."""

    channel: str
    state: str
    queued_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class OutboxCount:
    """How many notices of a channel are in a state, over all municipalities, and since when the oldest."""

    channel: str
    state: str
    notices: int
    oldest: datetime


async def put(
    uow: UnitOfWork,
    *,
    channel: str,
    address: str,
    code: str,
    language: str = "nb",
    once: str,
    person_id: UUID | None = None,
    number: str = "",
    good_until: datetime | None = None,
) -> UUID | None:
    """Put a notice in the outbox of the caller's municipality: it leaves if, and only if, the caller commits.

    `code` is a registered text (texts.register_text). `once` is the notice's mark, of ids and codes: a second notice with
    the same mark in the same municipality is none, and None is returned. `number` is a one-time code, for a text that has
    room for one; it is kept encrypted, and only until it has left. After `good_until` the notice is not sent. ValueError
    for a channel, code or mark that cannot be, LookupError outside a municipality.
    """
    if channel not in CHANNELS or not is_text(code):
        raise ValueError(f"no such notice: {channel} {code}")
    if not once or len(once) > LONGEST_MARK:
        raise ValueError("a notice needs a mark, of ids and codes")
    if bool(number) != carries_number(code):
        raise ValueError(f"the text {code} and its number do not belong together")
    id_ = uuid7()
    found: UUID | None = await uow.value(
        _PUT, tenant_id=uow.context.tenant, id=id_, channel=channel, address=address, code=code,
        language=language, once=once, person_id=person_id, good_until=good_until,
        sealed=uow.keys.seal(number, bound_to=id_.bytes) if number else None,
    )  # fmt: skip
    if found is not None:
        await enqueue(uow, SEND, {"id": found}, once=f"{SEND}:{found}")
    return found


async def last_notice(uow: UnitOfWork, person_id: UUID) -> LastNotice | None:
    """The newest notice to a person here, or None."""
    row = await uow.row(_LAST, tenant=uow.context.tenant, person=person_id)
    return LastNotice(**dict(row)) if row else None


async def outbox_counts(uow: UnitOfWork) -> list[OutboxCount]:
    """For operations: what waits and what has failed, by channel. No place, no address, no person."""
    rows = await uow.call("SELECT * FROM sammen.operations_outbox()")
    return [OutboxCount(row["channel"], row["state"], row["notices"], row["oldest"]) for row in rows]
