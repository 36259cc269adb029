"""Making, renewing and stopping one's own address."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from cryptography.exceptions import InvalidTag
from sqlalchemy import bindparam, select, update

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.ids import uuid7
from sammen.keys import Keys
from tenants.feeds.models import CalendarFeed

USE = "calendar-feed"
feed = CalendarFeed.__table__
_MINE = compile_query(
    select(feed.c.id, feed.c.lookup, feed.c.sealed, feed.c.created_at, feed.c.read_on).where(
        feed.c.tenant_id == bindparam("tenant"),
        feed.c.user_id == bindparam("user"),
        feed.c.stopped_on.is_(None),
    )
)


@dataclass(frozen=True, slots=True)
class OwnFeed:
    """One's own address: its secret, the day it was made, and the last day a program read it."""

    id: UUID
    secret: str
    made_on: date
    read_on: date | None


def lookup_of(keys: Keys, secret: str) -> bytes:
    """What the database finds an address by."""
    return keys.form_mark(USE, secret.encode("utf-8", "replace"))


async def own_feed(uow: UnitOfWork) -> OwnFeed | None:
    """The signed-in user's own address in this municipality, or None."""
    row = await uow.row(_MINE, tenant=uow.context.tenant, user=uow.context.user)
    if row is None:
        return None
    try:
        secret = uow.keys.unseal_form(row["sealed"], USE, row["lookup"])
    except InvalidTag:  # another key than it was made with: it opens nothing any more
        secret = ""
    return OwnFeed(row["id"], secret, row["created_at"].date(), row["read_on"])


async def make_feed(uow: UnitOfWork) -> None:
    """A new address for the signed-in user; one there was is stopped in the same moment."""
    await stop_feed(uow)
    secret = secrets.token_urlsafe(32)
    lookup = lookup_of(uow.keys, secret)
    made = CalendarFeed(
        tenant_id=uow.context.tenant, id=uuid7(), user_id=uow.context.user, lookup=lookup,
        sealed=uow.keys.seal_form(secret, USE, lookup), language=uow.context.language,
    )  # fmt: skip
    uow.session.add(made)
    await uow.session.flush()
    await record_change(uow, "calendar_feed.made", "calendar_feed", made.id)


async def stop_feed(uow: UnitOfWork) -> bool:
    """Stop the signed-in user's address: nothing is read from it from now on. False when there was none."""
    stopped = await uow.session.scalar(
        update(CalendarFeed)
        .where(
            CalendarFeed.tenant_id == uow.context.tenant,
            CalendarFeed.user_id == uow.context.user,
            CalendarFeed.stopped_on.is_(None),
        )
        .values(stopped_on=today())
        .returning(CalendarFeed.id)
    )
    if stopped is None:
        return False
    await record_change(uow, "calendar_feed.stopped", "calendar_feed", stopped)
    return True


async def note_read(uow: UnitOfWork, feed_id: UUID) -> None:
    """Note that the address was read today. Once a day: programs ask every minute."""
    await uow.session.execute(
        update(CalendarFeed)
        .where(
            CalendarFeed.tenant_id == uow.context.tenant,
            CalendarFeed.id == feed_id,
            CalendarFeed.read_on.is_distinct_from(today()),
        )
        .values(read_on=today(), changed_at=CalendarFeed.changed_at)
    )
