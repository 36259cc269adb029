"""The public pages as they were last drawn, for one process (docs/decisions/0063-public-pages-without-a-cookie.md).

The database is asked at most once a second whether anything has changed, however many people read. What is kept has a
most, in pages and in bytes, so that addresses without end push each other out and nothing else.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy.ext.asyncio import AsyncEngine

from sammen.errors import NotFound, Unavailable
from sammen.i18n_mark import N_
from sammen.logging import log
from sammen.web.visitor import asking
from shared_pool.calendar.published import Event, event_of

CHECK_SECONDS: Final = 1.0
MOST_PAGES: Final = 500
MOST_BYTES: Final = 24 * 1024 * 1024
_WAIT = N_("Kalenderen svarer ikke akkurat nå. Vent litt og prøv igjen.")
_STAMPS = "SELECT * FROM sammen.calendar_stamps()"
_EVENTS = "SELECT * FROM sammen.calendar_published($1)"
_EDITIONS = "SELECT * FROM sammen.calendar_editions($1)"
_PLACES = """
SELECT DISTINCT m.id, m.slug, m.name FROM sammen.municipality m
  JOIN sammen.region_membership r ON r.municipality_id = m.id AND r.region_id = $1
 WHERE r.valid_from <= sammen.norwegian_day() AND (r.valid_to IS NULL OR r.valid_to >= sammen.norwegian_day()) ORDER BY m.name
"""


@dataclass(frozen=True, slots=True)
class Region:
    """A region there is today. `stamp` is another when anything anybody may read of its calendar has changed."""

    id: UUID
    slug: str
    name: str
    stamp: str


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality of a region."""

    id: UUID
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class Edition:
    """A printed half-year one may fetch. `host_id` None: the whole region's."""

    id: UUID
    host_id: UUID | None
    half: str
    target: str
    language: str
    made_at: datetime
    bytes: int


@dataclass(frozen=True, slots=True)
class Almanac:
    """All that is public of a region's calendar, as of one stamp and day."""

    region: Region
    day: date
    events: Sequence[Event]
    places: Sequence[Place]
    editions: Sequence[Edition]

    @property
    def names(self) -> Mapping[UUID, str]:
        return {place.id: place.name for place in self.places}

    def place(self, slug: str) -> Place:
        """A municipality by its slug. Raises NotFound."""
        found = next((place for place in self.places if place.slug == slug), None)
        if found is None:
            raise NotFound
        return found

    def event(self, event_id: UUID) -> Event:
        """An event by its id. Raises NotFound."""
        found = next((one for one in self.events if one.id == event_id), None)
        if found is None:
            raise NotFound
        return found


@dataclass(frozen=True, slots=True)
class Kept:
    """A drawn answer with its strong ETag: a digest of the very bytes."""

    body: bytes
    etag: str
    media_type: str


class Shelf:
    """What one process keeps of one database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._regions: dict[str, Region] = {}
        self._asked = -CHECK_SECONDS
        self._turn = asyncio.Lock()
        self._almanacs: dict[UUID, Almanac] = {}
        self._pages: OrderedDict[tuple[object, ...], Kept] = OrderedDict()
        self._bytes = 0

    async def regions(self) -> Sequence[Region]:
        """The regions there are, at most a second old; older while the database is away."""
        if time.monotonic() - self._asked >= CHECK_SECONDS:
            async with self._turn:
                if time.monotonic() - self._asked >= CHECK_SECONDS:
                    await self._ask()
        return list(self._regions.values())

    async def _ask(self) -> None:
        try:
            async with asking(self._engine, _WAIT) as raw:
                rows = await raw.fetch(_STAMPS)
        except Unavailable:
            if not self._regions:
                raise
            log.warning("calendar shown as it was", seconds=round(time.monotonic() - self._asked))
        else:
            self._regions = {row["slug"]: Region(**dict(row)) for row in rows}
        self._asked = time.monotonic()

    async def region(self, slug: str) -> Region:
        """A region by its slug. Raises NotFound without asking the database for each name somebody thinks of."""
        await self.regions()
        found = self._regions.get(slug)
        if found is None:
            raise NotFound
        return found

    async def almanac(self, region: Region) -> Almanac:
        """All that is public of a region's calendar now: read anew when its stamp is another."""
        found = self._almanacs.get(region.id)
        if found is not None and found.region.stamp == region.stamp:
            return found
        async with self._turn:
            found = self._almanacs.get(region.id)
            if found is None or found.region.stamp != region.stamp:
                found = await self._read(region)
                self._almanacs[region.id] = found
        return found

    async def _read(self, region: Region) -> Almanac:
        async with asking(self._engine, _WAIT) as raw:
            day = await raw.fetchval("SELECT sammen.norwegian_day()")
            events = [event_of(row) for row in await raw.fetch(_EVENTS, region.id)]
            places = [Place(**dict(row)) for row in await raw.fetch(_PLACES, region.id)]
            editions = [Edition(**dict(row)) for row in await raw.fetch(_EDITIONS, region.id)]
        return Almanac(region, day, events, places, editions)

    def page(
        self, almanac: Almanac, key: tuple[object, ...], media_type: str, draw: Callable[[], bytes]
    ) -> Kept:
        """The answer kept under `key` for this almanac, drawn when there is none."""
        whole = (almanac.region.id, almanac.region.stamp, *key)
        found = self._pages.get(whole)
        if found is not None:
            self._pages.move_to_end(whole)
            return found
        body = draw()
        found = Kept(body, f'"{hashlib.sha256(body).hexdigest()[:32]}"', media_type)
        self._pages[whole] = found
        self._bytes += len(body)
        while len(self._pages) > MOST_PAGES or self._bytes > MOST_BYTES:
            _, gone = self._pages.popitem(last=False)
            self._bytes -= len(gone.body)
        return found

    @property
    def size(self) -> tuple[int, int]:
        """How many pages are kept, and their bytes."""
        return len(self._pages), self._bytes


_SHELVES: WeakKeyDictionary[AsyncEngine, Shelf] = WeakKeyDictionary()


def shelf_of(engine: AsyncEngine) -> Shelf:
    """The shelf of a house's database; made the first time, and gone with the engine."""
    found = _SHELVES.get(engine)
    if found is None:
        found = _SHELVES[engine] = Shelf(engine)
    return found
