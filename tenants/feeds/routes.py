"""One's own page for the address, and the address itself."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

from litestar import Response

from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk, House
from sammen.web.door import action, page, public_page
from tenants.feeds.door import Reader
from tenants.feeds.service import make_feed, own_feed, stop_feed

TITLE = N_("Kalenderen min")
ICAL = "text/calendar"
_readers: WeakKeyDictionary[Any, Reader] = WeakKeyDictionary()


def _reader(house: House) -> Reader:
    """The process's reader for this house's database."""
    found = _readers.get(house.engine)
    if found is None:
        found = _readers[house.engine] = Reader(house.engine, house.keys, house.contributions.feeds)
    return found


@page("/min/{slug:str}/kalender", Permission.OWN_READ)
async def show(desk: Desk) -> Response[str]:
    """One's own address, how it is used, and how it is stopped."""
    mine = await own_feed(desk.uow)
    address = f"{desk.house.settings.address}/kalender/{mine.secret}.ics" if mine and mine.secret else ""
    return await desk.render(
        "feeds/own.html", title=desk.say(TITLE), current="/kalender", feed=mine, address=address,
        base=desk.url("/kalender"),
    )  # fmt: skip


@action("/min/{slug:str}/kalender", Permission.OWN_READ)
async def make(desk: Desk) -> Response[Any]:
    """A new address; the old one stops."""
    await make_feed(desk.uow)
    return desk.redirect(
        desk.url("/kalender"), flash=N_("Adressen er klar. Kopier den inn i kalenderen din.")
    )


@action("/min/{slug:str}/kalender/stopp", Permission.OWN_READ)
async def stop(desk: Desk) -> Response[Any]:
    """Stop the address."""
    stopped = await stop_feed(desk.uow)
    said = N_("Adressen er stoppet. Ingen kan hente noe fra den mer.")
    return desk.redirect(
        desk.url("/kalender"), flash=said if stopped else N_("Adressen var stoppet fra før.")
    )


@public_page("/kalender/{token:str}")
async def read(desk: Desk) -> Response[Any]:
    """The calendar of a secret address, for programs. Unchanged since last time: 304 and nothing more."""
    secret = str(desk.request.path_params["token"]).removesuffix(".ics")
    body = await _reader(desk.house).read(secret)
    headers = {"ETag": body.etag, "Cache-Control": "private, max-age=300", "X-Robots-Tag": "noindex"}
    if body.etag in desk.request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers, media_type=ICAL)
    return Response(body.text, headers=headers, media_type=ICAL)


HANDLERS = [show, make, stop, read]
