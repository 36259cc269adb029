"""What somebody outside the circle is answered, beside what they would be answered were the shielded people not there."""

from __future__ import annotations

import difflib
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID, uuid4

import httpx
import pikepdf

from sammen.policy.roles import Role
from sammen.tenancy.context import PlaceKind
from tests.isolation.http_checks import readable, send
from tests.isolation.route_table import SLUGS, Page, Route, own_values, table_of
from tests.isolation.shielded_world import Shielded, Twins, hanging
from tests.worlds import Browser

HANGING = frozenset(table.name for table in hanging())
KNOCKS = ("form_knock", "campaign_knock", "course_knock")
KEY = re.compile(r'(name="_key" value=")[^"]+')
MOST_OPTIONS = 12


def shown(answer: httpx.Response) -> str:
    """All that an answer says, whatever it is packed in, without what is new each time."""
    if answer.content[:4] == b"%PDF":
        with pikepdf.open(io.BytesIO(answer.content)) as pdf:
            streams = [s.read_bytes() for s in pdf.objects if isinstance(s, pikepdf.Stream)]
        return b"\n".join(streams).decode("utf-8", "replace")
    return KEY.sub(r"\1", readable(answer))


def about_them(route: Route) -> list[str]:
    """The parameters of a route that lead to a row which hangs on a person or a case."""
    return [name for name in route.ids if table_of(name) in HANGING]


def searches(page: str, url: str, one: Shielded) -> Iterator[str]:
    """Every way a page's own forms let its reader look: each typed field with what tells of a person, each choice."""
    for form in Page(page).forms:
        if form.method != "get":
            continue
        where = form.action or url
        for name, values in form.fields.items():
            typed = [] if values else looked_for(one)
            for text in [*typed, *dict.fromkeys(values[:MOST_OPTIONS])]:
                yield f"{where}{'&' if '?' in where else '?'}{urlencode({name: text})}"


def looked_for(one: Shielded) -> list[str]:
    """What somebody who suspects might type."""
    return [
        one.owner.marker,
        one.owner.marker[:9].lower(),
        one.case_no,
        one.number,
        one.born.strftime("%d.%m.%Y"),
    ]


async def page_faults(
    twins: Twins, route: Route, place: str, role: Role,
    *, may_tell: frozenset[str] | None = None, alike: bool = True, asked: set[str] | None = None,
) -> list[str]:  # fmt: skip
    """One route as one role, plain, searched, filtered and paged: alike in both worlds, and nobody shielded on it.

    What it `may_tell` of them it tells (and the pages then differ); pages that are never `alike` are only read for that.
    `asked`: addresses that the role has asked for already, which are not asked for again and are added to: the search in
    the frame stands on every page.
    """
    asked = set() if asked is None else asked
    without, among = await twins.without.browser(place, role), await twins.among.browser(place, role)
    faults = []
    ahead = datetime.now(UTC) + timedelta(hours=1)
    for world in (twins.without, twins.among) if route.kind in (None, PlaceKind.SESSION) else ():
        # The doors without a session are closed to who knocks too often, and one world is knocked on once more.
        # When a login was last used is kept to the minute, which each world began at its own time: none is kept for now.
        # All in one statement, since each has a connection of its own, for every role and door.
        forgotten = ", ".join(f"{table}_gone AS (DELETE FROM {table})" for table in KNOCKS)
        await world.sql(f"WITH {forgotten} UPDATE web_session SET last_seen_at = $1", ahead)
    for url in dict.fromkeys(
        route.url(place, own_values(route, owner)) for owner in (twins.horten, twins.beside)
    ):
        first, addresses = await without.get(url), [url]
        if "text/html" in first.headers.get("content-type", "") and first.status_code == 200:
            one = twins.shielded[0]
            addresses += [] if route.ids else [f"{url}?side=2", f"{url}?q={one.owner.marker}"]
            addresses += searches(first.text, url, one)
        # A route's own page is read with the route's own exceptions, wherever it was met before.
        for address in dict.fromkeys([url, *(one for one in addresses if one not in asked)]):
            if alike and not may_tell:
                asked.add(address)
            faults += await _differs(twins, without, among, address, may_tell=may_tell, alike=alike)
    return [f"{fault} (as {role})" for fault in faults]


async def _differs(
    twins: Twins,
    without: Browser,
    among: Browser,
    address: str,
    *,
    may_tell: frozenset[str] | None,
    alike: bool,
) -> list[str]:
    for _ in range(
        4
    ):  # a page may show the minute of the reading before, and a minute may pass between the two
        expected, answer = await without.get(address), await among.get(address)
        told_of = set(twins.told_in(_but_for(address, shown(answer)))) - (may_tell or set())
        if told_of:
            return [f"{address} tells of {', '.join(sorted(told_of)[:6])}"]
        if answer.status_code >= 500:
            return [f"{address}: {answer.status_code}"]
        if may_tell or not alike or _told(expected) == _told(answer):
            return []
    lines = difflib.unified_diff(shown(expected).splitlines(), shown(answer).splitlines(), n=0, lineterm="")
    return [f"{address} differs: {' '.join(line[:200] for line in list(lines)[2:6])}"]


def _told(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, shown(answer)


def _but_for(address: str, text: str) -> str:
    """A search field repeats what was typed, and links carry it on: that tells nothing."""
    for typed in re.findall(r"=([^&]*)", address):
        for form in (typed, typed.replace("+", " ").replace("%20", " ")):
            if len(form) > 3:
                text = re.sub(re.escape(form), "", text, flags=re.IGNORECASE)
    return text


async def detail_faults(twins: Twins, route: Route, role: Role) -> list[str]:
    """An id of a shielded person's row in the path is answered as one that is nowhere, which no page shows."""
    assert route.kind is not None
    slug = SLUGS[route.kind]
    browser = await twins.among.browser(slug, role)
    values, faults = own_values(route, twins.horten), set()
    for name in about_them(route):
        nowhere = uuid4()
        absent = _but_for_id(await send(browser, route, route.url(slug, {**values, name: nowhere})), nowhere)
        if route.method == "GET" and absent[0] not in (404, 303):
            faults.add(f"{route} with an id that is nowhere as {role}: {absent[0]}")
        for one in twins.shielded:
            for table in sorted({str(table_of(name)), "case_file", "person"}):
                known = one.owner.id_in(table)
                answer = _but_for_id(
                    await send(browser, route, route.url(slug, {**values, name: known})), known
                )
                if answer != absent:
                    faults.add(
                        f"{route} with a shielded {table} as {role}: {answer[0]} instead of {absent[0]}"
                    )
    return sorted(faults)


def _but_for_id(answer: httpx.Response, identity: UUID) -> tuple[int, str]:
    return answer.status_code, shown(answer).replace(str(identity), "")


async def seen_by_circle(twins: Twins, route: Route, role: Role) -> bool:
    """Whether somebody named on the cases is shown any of the shielded on a route, by own ids in its path or in a list."""
    assert route.kind is not None
    slug = SLUGS[route.kind]
    browser = Browser(twins.among.app, twins.circle[role])
    for one in twins.shielded if about_them(route) else twins.shielded[:1]:
        answer = await browser.get(route.url(slug, own_values(route, one.owner)))
        if answer.status_code == 200 and twins.told_in(shown(answer)):
            return True
    return False


async def body_faults(twins: Twins, route: Route, role: Role) -> list[str]:
    """A shielded person's id in any field of a page's forms has no effect and is told nothing of."""
    assert route.kind is not None
    slug = SLUGS[route.kind]
    browser = await twins.among.browser(slug, role)
    url = route.url(slug, own_values(route, twins.horten))
    page = await browser.get(url)
    if "text/html" not in page.headers.get("content-type", ""):
        return []
    one, faults = twins.shielded[0], []
    for form in Page(page.text).forms:
        if form.method != "post" or form.action in ("/logg-ut", "/sprak"):
            continue
        for name in sorted(set(form.id_fields())):
            for table in ("person", "case_file", "assignment", "service_order", "decision", "application"):
                data = {**form.first_values(), "_key": uuid4().hex, name: str(one.owner.id_in(table))}
                answer = await browser.post(form.action or url, data=data)
                if answer.status_code not in (303, 403, 404, 409, 422):
                    faults.append(f"{form.action or url} {name}: {answer.status_code}")
                elif twins.told_in(shown(answer).replace(data[name], "")):
                    faults.append(f"{form.action or url} {name} tells of them")
    return faults
