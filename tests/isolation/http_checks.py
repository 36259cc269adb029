"""What is tried on one route, as functions that return faults: used on the real routes and on leaky ones."""

from __future__ import annotations

import io
import re
import zipfile
from uuid import UUID, uuid4
from zlib import crc32

import httpx

from sammen.db.base import Kind
from sammen.keys import token_hash
from sammen.policy.roles import Role
from sammen.tenancy.context import PlaceKind
from tests.database import KEYS
from tests.isolation.canaries import walled_tables
from tests.isolation.conftest import Filled
from tests.isolation.route_table import ABSENT, SLUGS, Route, own_values, table_of, told
from tests.worlds import Browser

OTHER_SLUGS = {PlaceKind.MUNICIPALITY: "re", PlaceKind.OWN: "re", PlaceKind.REGION: "grenland"}
MUNICIPAL_TABLES = "|".join(table.name for table in walled_tables(Kind.MUNICIPAL))


async def browser_of(lively: Filled, route: Route, role: Role) -> Browser:
    """Somebody with the role in Horten, Vestfold or operations."""
    assert route.kind is not None
    return await lively.world.browser(SLUGS[route.kind], role)


async def send(
    browser: Browser, route: Route, url: str, data: dict[str, str] | None = None
) -> httpx.Response:
    """The request, with a true token and a fresh key where it is a POST."""
    if route.method == "GET":
        return await browser.get(url)
    csrf = KEYS.csrf_token(token_hash(browser.cookies["sammen"]))
    return await browser.post(url, data={"_csrf": csrf, "_key": uuid4().hex, **(data or {})})


def readable(answer: httpx.Response) -> str:
    """An answer's text; a spreadsheet is unpacked first."""
    if answer.content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
            return "".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
    return answer.text


def readers_of(route: Route) -> list[tuple[str, Role]]:
    """Everybody of Horten and Vestfold who may open a route; for one that is in no place, a few."""
    if route.kind is None or route.kind is PlaceKind.SESSION:
        return [
            ("horten", Role.MANAGER),
            ("horten", Role.CONTACT),
            ("vestfold", Role.SHARED_COORDINATOR),
            ("drift", Role.OPERATOR),
        ]
    return [(SLUGS[route.kind], role) for role in route.roles(holding=True)]


def foreign_text(place: str, text: str) -> list[str]:
    """Canaries that a place must not be shown. A region sees shared rows of its own, and no municipality's caseload."""
    if place == "horten":
        return re.findall(r"KANARI(?:RE|SKIEN)\b[^<&]{0,60}", text)
    inside = (
        rf"KANARI[A-Z]+ (?:{MUNICIPAL_TABLES})\b[^<&]{{0,40}}"
        if place == "vestfold"
        else r"KANARI[A-Z]+[^<&]{0,60}"
    )
    return re.findall(rf"KANARISKIEN[^<&]{{0,60}}|{inside}", text)


async def stranger_faults(route: Route, lively: Filled) -> list[str]:
    """Nobody without a session is answered with anything but where to log in."""
    assert route.kind is not None
    url = route.url(SLUGS[route.kind], own_values(route, lively.horten))
    faults = []
    for token in (None, "no-such-session"):
        stranger = Browser(lively.world.app, token)
        answer = await stranger.request(route.method, url)
        program = await stranger.request(route.method, url, headers={"Accept": "application/json"})
        if answer.status_code != 303 or not answer.headers["location"].startswith("/logg-inn"):
            faults.append(f"{route}: a stranger gets {answer.status_code}")
        if program.status_code != 401 or "KANARI" in answer.text + program.text:
            faults.append(f"{route}: a program without a session gets {program.status_code}")
    return faults


async def outsider_faults(route: Route, lively: Filled) -> list[str]:
    """Somebody with the permission elsewhere gets what is absent."""
    assert route.kind is not None
    browser = await browser_of(lively, route, route.roles(holding=True)[0])
    absent = told(await browser.get(ABSENT))
    outsiders = (
        [(browser, OTHER_SLUGS[route.kind]), (browser, "finnes-ikke")] if route.kind in OTHER_SLUGS else []
    )
    if route.kind is PlaceKind.OPERATIONS:
        outsiders = [(await lively.world.browser("horten", Role.MANAGER), "drift")]
    faults = [] if absent[0] == 404 else [f"{ABSENT} answers {absent[0]}"]
    for someone, slug in outsiders:
        for owner in (lively.re, lively.horten):
            answer = await send(someone, route, route.url(slug, own_values(route, owner)))
            if told(answer) != absent:
                faults.append(f"{route} at {slug}: {answer.status_code}, not as absent")
    return faults


async def permission_faults(route: Route, lively: Filled) -> list[str]:
    """A member without the permission gets 403 and no content."""
    assert route.kind is not None
    faults = []
    for role in route.roles(holding=False):
        browser = await browser_of(lively, route, role)
        answer = await send(browser, route, route.url(SLUGS[route.kind], own_values(route, lively.horten)))
        if answer.status_code != 403 or "KANARI" in readable(answer):
            faults.append(f"{route} as {role}: {answer.status_code}")
    return faults


SHARE = 16
"""Of the tables that a parameter does not point into, one in so many is tried with it: which ones, its route decides, so
that each table is met by some sixteenth of all parameters and none of them is chosen by hand."""


def _foreign_ids(route: Route, parameter: str, lively: Filled, *, wide: bool) -> list[UUID]:
    """Ids of others' rows for a parameter: of the table it points into always, and, if `wide`, one each of a share of the
    rest.
    """
    start = crc32(f"{route} {parameter}".encode()) % SHARE
    names = [table.name for table in walled_tables()]
    rest = names[start::SHARE] if wide else []
    pointed = table_of(parameter) or names[start]
    tried = dict.fromkeys([pointed, *rest])
    owners = (lively.skien,) if route.kind is PlaceKind.REGION else (lively.re, lively.skien)
    # Of its own table everybody's; of the others, in turns: to the wall one stranger's row is as foreign as another's.
    found = [owner.id_in(pointed) for owner in owners]
    found += [owners[turn % len(owners)].id_in(name) for turn, name in enumerate(tried) if name != pointed]
    if (
        route.kind is PlaceKind.REGION
    ):  # where it sees its own rows alone, a municipality's beside them are foreign
        found += [lively.horten.id_in(name) for name in tried if name in lively.canaries.regions_own]
    return found


async def path_id_faults(route: Route, lively: Filled) -> list[str]:
    """A foreign id in any parameter is answered as one that is nowhere: byte for byte as absent."""
    assert route.kind is not None
    own = own_values(route, lively.horten)
    faults = []
    for number, role in enumerate(route.roles(holding=True)[:2]):
        browser = await browser_of(lively, route, role)
        absent = told(await browser.get(ABSENT))
        for name in route.ids:
            for identity in (*_foreign_ids(route, name, lively, wide=number == 0), uuid4()):
                answer = await send(browser, route, route.url(SLUGS[route.kind], {**own, name: identity}))
                if told(answer) != absent:
                    faults.append(f"{route} {name} as {role}: {answer.status_code}, not as absent")
    return faults


async def shown_faults(route: Route, lively: Filled) -> list[str]:
    """No role of Horten's or the region's is shown a foreign canary, and nothing is kept in caches."""
    faults = []
    for place, role in readers_of(route):
        browser = await lively.world.browser(place, role)
        url = route.url(place, own_values(route, lively.horten))
        crossed = f"?tenant_id={lively.re.tenant}&region_id={lively.skien.region}&slug=re&kommune=re&side=2&sok=a&q=a"
        for query in ("", crossed):
            headers = {"X-Tenant": "re", "X-Forwarded-Host": "re.example"} if query else {}
            answer = await browser.get(url + query, headers=headers)
            who = f"{url}{query} as {role}"
            if answer.status_code >= 500:
                faults.append(f"{who}: {answer.status_code}")
            # What is kept in a browser or on the way there is shown to whoever comes next.
            if route.permission is not None and "no-store" not in answer.headers["cache-control"]:
                faults.append(f"{who}: may be kept")
            # The calendar's public pages and the interface's description are the same for everybody, and are told again
            # by their mark (0063, 0085).
            if "etag" in answer.headers and not (
                route.permission is None and url.startswith(("/aktivitetskalender", "/api/v1/openapi.json"))
            ):
                faults.append(f"{who}: has an ETag")
            faults += [f"{who}: shows {text}" for text in foreign_text(place, readable(answer))]
    return faults
