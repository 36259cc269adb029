"""Reading a calendar by its secret address: no session, no cookie, and little work for who asks every minute."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from sammen.clock import today
from sammen.errors import NotFound
from sammen.i18n_mark import N_
from sammen.keys import Keys
from sammen.tenancy.context import PlaceKind
from sammen.tenancy.enter import enter_job
from sammen.web.contributions import FeedEvent, FeedSource
from sammen.web.i18n import translate
from sammen.web.visitor import asking, visitors_proof
from tenants.feeds.service import lookup_of, note_read
from tenants.feeds.writing import calendar_text

WAIT = N_("Kalenderen kan ikke hentes akkurat nå. Prøv igjen om litt.")
NAME = N_("Avtaler")
KEPT_SECONDS: Final = 300
MOST_KEPT: Final = 2_000
BACK, AHEAD = timedelta(days=30), timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Feed:
    """An address that is open: whose it is, and where."""

    id: UUID
    tenant_id: UUID
    user_id: UUID
    language: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Body:
    """A calendar as it was made, with the mark a program sends back to ask whether it has changed."""

    text: bytes
    etag: str
    made: float


class Reader:
    """One process's readings. What was made is kept for five minutes, the addresses that were asked for last only;
    whether an address is still open is asked at every reading.
    """

    def __init__(self, engine: AsyncEngine, keys: Keys, sources: list[FeedSource]) -> None:
        self._engine, self._keys, self._sources = engine, keys, sources
        self._kept: OrderedDict[UUID, Body] = OrderedDict()
        self._making: dict[UUID, asyncio.Task[Body]] = {}

    async def read(self, secret: str) -> Body:
        """The calendar of an address. Raises NotFound alike for unknown and stopped ones, and for an owner who is not
        let in any more.
        """
        feed = await self._open(secret)
        kept = self._kept.get(feed.id)
        if kept is not None and time.monotonic() - kept.made < KEPT_SECONDS:
            self._kept.move_to_end(feed.id)
            return kept
        # Many who ask at once wait for one making.
        task = self._making.get(feed.id)
        if task is None:
            task = asyncio.create_task(self._make(feed))
            self._making[feed.id] = task
            task.add_done_callback(lambda _: self._making.pop(feed.id, None))
        body = await asyncio.shield(task)
        self._kept[feed.id] = body
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return body

    async def _open(self, secret: str) -> Feed:
        lookup = lookup_of(self._keys, secret[:100])
        expires, proof = visitors_proof(self._keys, f"feed.of|{lookup.hex()}")
        async with asking(self._engine, WAIT) as raw:
            row = await raw.fetchrow("SELECT * FROM sammen.feed_of($1, $2, $3)", lookup, expires, proof)
        if row is None:
            raise NotFound
        return Feed(**dict(row))

    async def _make(self, feed: Feed) -> Body:
        events: list[FeedEvent] = []
        uow = await enter_job(
            self._engine, self._keys, PlaceKind.MUNICIPALITY, feed.tenant_id, job="calendar_feed.read",
            user=feed.user_id, seconds=30,
        )  # fmt: skip
        try:
            for source in self._sources:
                events += await source.read(uow, feed.user_id, today() - BACK, today() + AHEAD, feed.language)
            await note_read(uow, feed.id)
            await uow.commit()
        except BaseException:
            await uow.rollback()
            raise
        text = calendar_text(feed.id, feed.made_at, translate(feed.language, NAME), events)
        return Body(text, f'"{hashlib.sha256(text).hexdigest()[:32]}"', time.monotonic())
