"""For everybody: the calendar of a region and of a municipality, one event, feeds, and printed half-years.

No cookie is read or set, and nothing depends on who asks: each answer may be kept for a minute by anyone, and is told
again by its ETag (docs/decisions/0063-public-pages-without-a-cookie.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from litestar import Response

from sammen.errors import NotFound
from sammen.i18n_mark import N_
from sammen.web.desk import Desk
from sammen.web.door import public_page
from sammen.web.i18n import translate
from sammen.web.paging import page_number
from sammen.web.visitor import asking
from shared_pool.calendar import public_views as views
from shared_pool.calendar.door import WAIT
from shared_pool.calendar.feed import feed
from shared_pool.calendar.filters import Filters, read_filters
from shared_pool.calendar.published import Event
from shared_pool.calendar.shelf import Almanac, Kept, Shelf, shelf_of
from shared_pool.calendar.views import BASE, public_url

HTML, ICS = "text/html", "text/calendar"
KEEP = "public, max-age=60"
KEEP_FILE = "public, max-age=86400"
MOST_FIELDS = 60
LONGEST_QUERY = 2_000
MOST_SIDES = 40
_FILE = "SELECT * FROM sammen.calendar_edition_file($1, $2)"


def _query(desk: Desk) -> Mapping[str, Sequence[str]]:
    """What stands after the question mark, each name with its values; nothing of one that no form of ours sent."""
    raw = desk.request.scope["query_string"]
    if len(raw) > LONGEST_QUERY:
        return {}
    try:
        return parse_qs(raw.decode("latin-1"), errors="replace", max_num_fields=MOST_FIELDS)
    except ValueError:
        return {}


def answered(desk: Desk, kept: Kept, headers: Mapping[str, str] | None = None) -> Response[bytes]:
    """What is kept, or 304 to who has it already."""
    said = {"ETag": kept.etag, "Cache-Control": KEEP, **(headers or {})}
    known = [
        one.strip().removeprefix("W/") for one in desk.request.headers.get("if-none-match", "").split(",")
    ]
    if kept.etag in known or "*" in known:
        return Response(b"", status_code=304, headers=said, media_type=kept.media_type)
    return Response(kept.body, headers=said, media_type=kept.media_type)


async def _almanac(desk: Desk, slug: str) -> tuple[Shelf, Almanac]:
    shelf = shelf_of(desk.house.engine)
    return shelf, await shelf.almanac(await shelf.region(slug))


@public_page(BASE)
async def regions(desk: Desk) -> Response[Any]:
    """Which regions there are; straight in when there is one."""
    shelf = shelf_of(desk.house.engine)
    found = await shelf.regions()
    if len(found) == 1:
        return desk.redirect(f"{BASE}/{found[0].slug}")
    language = views.language_of(_query(desk))
    title = translate(language, N_("Aktivitetskalender"))
    body = views.draw(
        desk.house.templates, "calendar/regions.html", language, title, views.language_links(BASE, {}),
        regions=[(one.name, f"{BASE}/{one.slug}") for one in found],
    )  # fmt: skip
    return Response(body, media_type=HTML, headers={"Cache-Control": KEEP})


@public_page(f"{BASE}/{{slug:str}}")
async def of_region(desk: Desk) -> Response[Any]:
    """A region's calendar, or its feed when the address ends in .ics."""
    slug = str(desk.request.path_params["slug"])
    if slug.endswith(".ics"):
        return await _feed(desk, slug.removesuffix(".ics"), "")
    return await _list(desk, slug, "")


@public_page(f"{BASE}/{{slug:str}}/{{place:str}}")
async def of_place(desk: Desk) -> Response[Any]:
    """A municipality's calendar, or its feed."""
    slug, place = (str(desk.request.path_params[name]) for name in ("slug", "place"))
    if place.endswith(".ics"):
        return await _feed(desk, slug, place.removesuffix(".ics"))
    return await _list(desk, slug, place)


async def _list(desk: Desk, slug: str, place: str) -> Response[Any]:
    shelf, almanac = await _almanac(desk, slug)
    filters, language = _asked(desk, almanac, place)
    # A page past the last one is the last one, and no more pages are kept than there can be.
    side = min(page_number({"side": (_query(desk).get("side") or [""])[-1]}), MOST_SIDES)

    def draw() -> bytes:
        shown = views.list_values(almanac, filters, side, language)
        path, query = shown["path"], filters.query()
        return views.draw(
            desk.house.templates, "calendar/public.html", language, shown["heading"],
            views.language_links(path, query), almanac=almanac, **shown,
        )  # fmt: skip

    return answered(desk, shelf.page(almanac, ("list", filters, side, language), HTML, draw))


def _asked(desk: Desk, almanac: Almanac, place: str) -> tuple[Filters, str]:
    query = _query(desk)
    named = (query.get("kommune") or [""])[-1]
    if not place and any(one.slug == named for one in almanac.places):
        place = named
    if place:
        almanac.place(place)
    return read_filters(query, almanac.day, place), views.language_of(query)


async def _feed(desk: Desk, slug: str, place: str) -> Response[Any]:
    shelf, almanac = await _almanac(desk, slug)
    filters, language = _asked(desk, almanac, place)
    at = almanac.place(filters.place) if filters.place else None

    def draw() -> bytes:
        events = views.chosen(almanac.events, filters, almanac)
        if filters.month is not None:
            first, last = filters.period(almanac.day)
            events = [e for e in events if any(first <= day <= last for day in e.days)]
        return _ical(desk, almanac, events, views.title_of(almanac, at, language), language)

    kept = shelf.page(almanac, ("feed", filters, language), ICS, draw)
    return answered(desk, kept, _inline(f"aktivitetskalender-{filters.place or slug}.ics"))


def _ical(desk: Desk, almanac: Almanac, events: Sequence[Event], name: str, language: str) -> bytes:
    house = desk.house.settings.address
    return feed(
        events, name=name, host=urlsplit(house).hostname or "sammen", language=language, names=almanac.names,
        url=lambda event: house + public_url(almanac.region.slug, event, language),
    )  # fmt: skip


def _inline(filename: str) -> dict[str, str]:
    return {"Content-Disposition": f'inline; filename="{filename}"'}


@public_page(f"{BASE}/{{slug:str}}/hendelse/{{calendar_event_id:uuid}}")
async def one(desk: Desk) -> Response[Any]:
    """An event's own page. What is no longer public is not found."""
    shelf, almanac = await _almanac(desk, str(desk.request.path_params["slug"]))
    event = almanac.event(desk.path_uuid("calendar_event_id"))
    language = views.language_of(_query(desk))

    def draw() -> bytes:
        path = public_url(almanac.region.slug, event)
        return views.draw(
            desk.house.templates, "calendar/event.html", language, event.title, views.language_links(path, {}),
            **views.event_values(almanac, event, language),
        )  # fmt: skip

    return answered(desk, shelf.page(almanac, ("one", event.id, language), HTML, draw))


@public_page(f"{BASE}/{{slug:str}}/hendelse/{{calendar_event_id:uuid}}/kalender.ics")
async def one_feed(desk: Desk) -> Response[Any]:
    """One event, for one's own calendar."""
    shelf, almanac = await _almanac(desk, str(desk.request.path_params["slug"]))
    event = almanac.event(desk.path_uuid("calendar_event_id"))
    language = views.language_of(_query(desk))
    kept = shelf.page(
        almanac, ("one-feed", event.id, language), ICS, lambda: _ical(desk, almanac, [event], event.title, language)
    )  # fmt: skip
    return answered(desk, kept, _inline("aktivitet.ics"))


@public_page(f"{BASE}/{{slug:str}}/utgaver/{{calendar_edition_id:uuid}}")
async def edition(desk: Desk) -> Response[Any]:
    """A printed half-year. An edition never changes, so its id is its mark; a new printing has a new one."""
    _, almanac = await _almanac(desk, str(desk.request.path_params["slug"]))
    wanted = desk.path_uuid("calendar_edition_id")
    if all(one.id != wanted for one in almanac.editions):
        raise NotFound
    mark = Kept(b"", f'"{wanted.hex}"', "application/pdf")
    if mark.etag in desk.request.headers.get("if-none-match", ""):
        return answered(desk, mark, {"Cache-Control": KEEP_FILE})
    async with asking(desk.house.engine, WAIT) as raw:
        row = await raw.fetchrow(_FILE, almanac.region.id, wanted)
    if row is None:
        raise NotFound
    kept = Kept(row["content"], mark.etag, "application/pdf")
    name = f"aktivitetskalender-{row['half']}-{row['target']}-{row['language']}.pdf"
    return answered(desk, kept, {"Cache-Control": KEEP_FILE, **_inline(name)})


HANDLERS = [regions, of_region, of_place, one, one_feed, edition]
