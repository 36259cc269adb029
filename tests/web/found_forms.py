"""The forms of all pages, found rather than listed: the fields a page's form shows, and those its handler asks for; and the
database behind them, put back after every attempt. Shared by the tests that send them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote_from_bytes
from uuid import uuid4

import asyncpg
import httpx
import pytest

from sammen.clock import today
from sammen.keys import token_hash
from sammen.policy.roles import Role
from sammen.web import door
from sammen.web.desk import Desk
from sammen.web.forms import Form
from tests.database import KEYS
from tests.isolation.conftest import Filled
from tests.isolation.route_table import SLUGS, Page, Route, all_routes, own_values
from tests.isolation.touched import heard, listen
from tests.worlds import Browser

POSTS = [route for route in all_routes() if route.method == "POST"]
GETS = [route for route in all_routes() if route.method == "GET"]
ANSWERS = {303, 403, 404, 409, 422}
SAYS_THE_SAME = {"/glemt", "/kursbevis/{code:str}", "/nyhetsbrev/av/{token:str}", "/nyhetsbrev/{slug:str}"}
"""Doors for everybody that answer with a page, the same whether anything was found or not: there is nowhere to send on to."""
SHOWN_ONCE = {
    "/k/{slug:str}/kontakter/{contact_id:uuid}/tilgang", "/k/{slug:str}/saker/{case_id:uuid}/egne-sider",
    "/k/{slug:str}/programmer/{program_client_id:uuid}",
}  # fmt: skip
"""Forms that answer with what is shown or printed once: a code, a secret."""

YESTERDAY, NEXT_WEEK = (f"{today() + timedelta(days=days):%d.%m.%Y}" for days in (-1, 7))
GOOD: dict[str, str] = {
    "fornavn": "Ola", "etternavn": "Vik", "fodselsdato": "04.05.1990", "egne_ord": "Vil gå tur.", "grunn": "Passer ikke.",
    "sats": "250", "sum": "1000", "rettet": "251", "svar": "ja", "politiattest": YESTERDAY, "taushet": YESTERDAY,
    "ja_dato": YESTERDAY, "samtykke": YESTERDAY, "begynner": "17:30", "slutter": "19:30", "sted": "Hallen",
    "navn": "Klatregruppa", "start": NEXT_WEEK, "versjon": "1", "hva": "Gikk tur.", "status": "approved", "sprak": "nb",
    "maal": "Komme ut.", "begrunnelse": "Fordi.",
}  # fmt: skip
# What a refusal may write all the same, and what every request touches. A wrong password is counted.
APART = {"audit_entry", "region_audit_entry", "system_audit_entry", "access_index", "web_session"}


def slug_of(route: Route) -> str:
    """Where a route is tried; one that is in no place is tried by somebody in Horten."""
    return SLUGS.get(route.kind, "horten") if route.kind is not None else "horten"


def answers_of(route: Route) -> set[int]:
    """What a route's form may be answered with."""
    if route.path == "/api/v1/token":
        return ANSWERS | {400, 401}  # what a program is told (RFC 6749)
    return ANSWERS | {200} if route.path in SAYS_THE_SAME | SHOWN_ONCE else ANSWERS


class Records:
    """The database behind the pages: what is in it, and back to what was in it. Only tables that tell are compared."""

    def __init__(self, admin: asyncpg.Connection[asyncpg.Record], names: list[str]) -> None:
        self.admin, self.names = admin, names
        self.before: dict[str, str | None] = {}
        self.touched: set[str] = set()
        self.forms: dict[tuple[str, object], dict[str, dict[str, str]]] = {}
        """What each person's pages have for forms, once they have been opened."""
        self.filled_in: dict[str, dict[str, str]] = {}
        """What a route's form holds, once it has been found."""

    async def state(self, names: Iterable[str]) -> dict[str, str | None]:
        digest = " UNION ALL ".join(
            f"SELECT '{name}' AS name, md5(string_agg(t::text, '' ORDER BY t::text)) AS state FROM sammen.{name} t"
            for name in names
        )
        return {row["name"]: row["state"] for row in await self.admin.fetch(digest)}

    async def keep(self) -> None:
        """Remember all of it."""
        await listen(self.admin, self.names)
        for name in self.names:
            await self.admin.execute(f"CREATE TABLE kept.{name} AS SELECT * FROM sammen.{name}")
        self.before = await self.state(self.names)

    async def changed(self) -> list[str]:
        """Tables that differ from what is kept."""
        self.touched |= await heard(self.admin)
        if self.touched:
            now = await self.state(sorted(self.touched))
            self.touched = {name for name, state in now.items() if state != self.before[name]}
        return sorted(self.touched)

    async def restore(self) -> None:
        """Undo what a form that was taken in has done, so that the next one meets the same."""
        await self.admin.execute("UPDATE sammen.web_session SET ended_at = NULL WHERE ended_at IS NOT NULL")
        for name in await self.changed():
            columns = await self.admin.fetchval(
                "SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute"
                " WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
                f"sammen.{name}",
            )
            await self.admin.execute(
                f"DELETE FROM sammen.{name};"
                f" INSERT INTO sammen.{name} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM kept.{name}"
            )
        self.touched.clear()


# Finding the forms ----------------------------------------------------------------------------------------------------
@contextmanager
def overheard() -> Iterator[set[str]]:
    """Note the names of fields and query parameters that handlers ask for, as long as it is open."""
    names: set[str] = set()
    patch = pytest.MonkeyPatch()
    text, every, desk_of = Form.text, Form.all, door._desk

    class Query(dict[str, str]):
        def get(self, name: str, default: Any = None) -> Any:
            names.add(name)
            return super().get(name, default)

    def listening(request: Any) -> Desk:
        desk = desk_of(request)
        desk.query = Query(desk.query)
        return desk

    def one(form: Form, name: str) -> str:
        names.add(name)
        return text(form, name)

    def several(form: Form, name: str) -> list[str]:
        names.add(name)
        return every(form, name)

    patch.setattr(Form, "text", one)
    patch.setattr(Form, "all", several)
    patch.setattr(door, "_desk", listening)
    try:
        yield names
    finally:
        patch.undo()


@dataclass(frozen=True, slots=True)
class Sender:
    """Somebody who may send a route's form, and where to."""

    browser: Browser
    url: str
    route: Route

    async def send(self, fields: Sequence[tuple[str, bytes]], key: str = "") -> httpx.Response:
        """The fields in this order, with a true token and a fresh key unless one is given, as bytes that no client library
        would let through.
        """
        csrf = KEYS.csrf_token(token_hash(self.browser.cookies["sammen"]))
        whole = [("_csrf", csrf.encode()), ("_key", (key or uuid4().hex).encode()), *fields]
        body = "&".join(f"{quote_from_bytes(n.encode())}={quote_from_bytes(v)}" for n, v in whole)
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return await self.browser.post(self.url, content=body, headers=headers)


async def senders(route: Route, lively: Filled) -> list[Sender]:
    """Two of those who may send the form to their own row."""
    slug = slug_of(route)
    roles = route.roles(holding=True) if route.permission else [Role.MANAGER]
    url = route.url(slug, own_values(route, lively.horten))
    return [Sender(await lively.world.browser(slug, role), url, route) for role in roles[:2]]


def good_value(route: Route, name: str, lively: Filled) -> str:
    """What a field whose form is shown empty may well hold, so that one bad field is not hidden behind another."""
    ids = {
        "kontakt": "support_contact",
        "leder": "support_contact",
        "linje": "timesheet_line",
        "deltaker": "case_file",
    }
    if name in ids:
        return str(lively.horten.id_in(ids[name]))
    if name in ("fra", "til"):
        times = "timer" in route.path
        return {"fra": "17:00", "til": "19:00"}[name] if times else {"fra": NEXT_WEEK, "til": ""}[name]
    return GOOD.get(name, "")


async def forms_shown(sender: Sender, lively: Filled, records: Records) -> dict[str, dict[str, str]]:
    """The forms on all pages that somebody is shown, by where they are sent: each person's pages are opened once, since
    what is in the database is put back after every attempt.
    """
    who = (sender.browser.cookies["sammen"], sender.route.kind)
    if who not in records.forms:
        found: dict[str, dict[str, str]] = {}
        for route in GETS:
            if route.kind is sender.route.kind:
                shown = await sender.browser.get(route.url(slug_of(route), own_values(route, lively.horten)))
                for form in Page(shown.text).forms if "html" in shown.headers.get("content-type", "") else ():
                    if form.method == "post":
                        action = form.action or str(shown.url.path)
                        found[action] = {**form.first_values(), **found.get(action, {})}
        records.forms[who] = found
    return records.forms[who]


async def form_of(sender: Sender, lively: Filled, records: Records) -> dict[str, str]:
    """The fields of a route's form, with a value for each: shown on a page, or asked for by the handler."""
    if str(sender.route) in records.filled_in:
        return dict(records.filled_in[str(sender.route)])
    fields = dict((await forms_shown(sender, lively, records)).get(sender.url, {}))
    for _ in range(3):
        fields = {name: value or good_value(sender.route, name, lively) for name, value in fields.items()}
        with overheard() as asked:
            answer = await sender.send([(name, value.encode()) for name, value in fields.items()])
        assert answer.status_code in answers_of(sender.route), (
            sender.url,
            answer.status_code,
            answer.text[:500],
        )
        await records.restore()
        if asked <= fields.keys():
            break
        fields = {**dict.fromkeys(sorted(asked), ""), **fields}
    made = {name: value for name, value in fields.items() if name not in ("_csrf", "_key")}
    records.filled_in[str(sender.route)] = made
    return dict(made)
