"""Everything a form or an address can be sent that no person means: never a crash, and a refusal changes nothing.

The forms are found, not listed: the fields that a page's form shows, and those that the handler asks for. A new route
comes under the test by itself.
"""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote_from_bytes
from uuid import uuid4

import asyncpg
import httpx
import pytest

from deploy.database import administrator
from sammen.clock import today
from sammen.keys import token_hash
from sammen.policy.roles import Role
from sammen.web import door
from sammen.web.desk import Desk
from sammen.web.forms import Form
from tests.database import KEYS
from tests.isolation import conftest as isolation
from tests.isolation.conftest import Filled
from tests.isolation.route_table import SLUGS, Page, Route, all_routes, own_values
from tests.isolation.touched import heard, listen
from tests.worlds import Browser

lively = isolation.lively

POSTS = [route for route in all_routes() if route.method == "POST"]
GETS = [route for route in all_routes() if route.method == "GET"]
EACH = 4
"""How many of the values one field meets: chosen by the field's name, so that all are met by some field of a kind."""
ANSWERS = {303, 403, 404, 409, 422}
SAYS_THE_SAME = {"/kursbevis/{code:str}", "/nyhetsbrev/av/{token:str}", "/nyhetsbrev/{slug:str}"}
"""Doors for everybody that answer with a page, the same whether anything was found or not: there is nowhere to send on to."""

VALUES: tuple[bytes, ...] = tuple(
    value.encode() if isinstance(value, str) else value
    for value in (
        b"a\x00b", b"\xed\xa0\x80", b"\xff\xfe", "😀👩‍👩‍👧", "'; DROP TABLE sammen.person; --", "<script>alert(1)</script>",
        "x" * 20_001, "x" * 20_000, "9" * 60, "9" * 5_000, "٣", "²", "½", "31.02.2026", "0000-00-00", "99.99.9999",
        "31.12.2199", "01.01.1850", "-1", "0", "1e309", "NaN", "-Infinity", "9999999999", "0,001", "\u200f\u202eabc",
        "=1+1", "../../etc/passwd", "//elsewhere.example", "a\r\nSet-Cookie: x=1", "", "   ", "{}", "[]", "null",
        "00000000-0000-0000-0000-000000000000", "{00000000-0000-0000-0000-000000000000}", "25:61", "%s %(x)s", "{{ 7*7 }}",
        "é" * 3_000,
    )
)  # fmt: skip
YESTERDAY, NEXT_WEEK = (f"{today() + timedelta(days=days):%d.%m.%Y}" for days in (-1, 7))
GOOD: dict[str, str] = {
    "fornavn": "Ola", "etternavn": "Vik", "fodselsdato": "04.05.1990", "egne_ord": "Vil gå tur.", "grunn": "Passer ikke.",
    "sats": "250", "sum": "1000", "rettet": "251", "svar": "ja", "politiattest": YESTERDAY, "taushet": YESTERDAY,
    "ja_dato": YESTERDAY, "samtykke": YESTERDAY, "begynner": "17:30", "slutter": "19:30", "sted": "Hallen",
    "navn": "Klatregruppa", "start": NEXT_WEEK, "versjon": "1", "hva": "Gikk tur.", "status": "approved", "sprak": "nb",
    "maal": "Komme ut.", "begrunnelse": "Fordi.",
}  # fmt: skip
UNKNOWN = {
    "tenant_id": str(uuid4()),
    "region_id": "x",
    "role": "operator",
    "state": "approved",
    "version": "-1",
    "id": "1",
}
# What a refusal may write all the same, and what every request touches. A wrong password is counted.
APART = {"audit_entry", "region_audit_entry", "system_audit_entry", "access_index", "web_session"}


def slug_of(route: Route) -> str:
    """Where a route is tried; one that is in no place is tried by somebody in Horten."""
    return SLUGS.get(route.kind, "horten") if route.kind is not None else "horten"


def answers_of(route: Route) -> set[int]:
    """What a route's form may be answered with."""
    return ANSWERS | {200} if route.path in SAYS_THE_SAME else ANSWERS


def some(values: Sequence[bytes], of: str, count: int = EACH) -> list[bytes]:
    """`count` of the values, the same for the same `of`."""
    start = zlib.crc32(of.encode()) % len(values)
    return [values[(start + step * 7) % len(values)] for step in range(min(count, len(values)))]


class Records:
    """The database behind the pages: what is in it, and back to what was in it. Only tables that tell are compared."""

    def __init__(self, admin: asyncpg.Connection[asyncpg.Record], names: list[str]) -> None:
        self.admin, self.names = admin, names
        self.before: dict[str, str | None] = {}
        self.touched: set[str] = set()
        self.forms: dict[tuple[str, object], dict[str, dict[str, str]]] = {}
        """What each person's pages have for forms, once they have been opened."""

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


@pytest.fixture(scope="module")
async def records(lively: Filled) -> AsyncIterator[Records]:
    async with administrator(lively.database.admin_url) as admin:
        found = await admin.fetch(
            "SELECT relname FROM pg_class WHERE relnamespace = 'sammen'::regnamespace AND relkind = 'r' ORDER BY 1"
        )
        # Everybody who will come is logged in first: a session is a row.
        for user in lively.world.users.values():
            await lively.world.token(user)
        made = Records(admin, [row["relname"] for row in found if row["relname"] not in APART])
        await made.keep()
        yield made


async def test_whatever_changes_a_table_is_noticed_and_undone(lively: Filled, records: Records) -> None:
    # Others may have been here first, and who knocks at a public door is counted.
    await records.restore()
    assert await records.changed() == []
    listening = "SELECT count(*) FROM pg_trigger WHERE tgname = 'zz_told' AND tgenabled = 'O'"
    assert await records.admin.fetchval(listening) == len(records.names)
    async with lively.world.at("horten", Role.MANAGER) as uow:
        await uow.raw.execute("UPDATE sammen.task SET done = done + 1")
    await lively.world.sql("DELETE FROM case_member")
    assert await records.changed() == ["case_member", "task"]
    assert await records.changed() == ["case_member", "task"]
    await records.restore()
    assert await records.changed() == []
    assert await records.state(records.names) == records.before


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

    async def send(self, fields: Sequence[tuple[str, bytes]]) -> httpx.Response:
        """The fields in this order, with a true token and a fresh key, as bytes that no client library would let through."""
        csrf = KEYS.csrf_token(token_hash(self.browser.cookies["sammen"]))
        whole = [("_csrf", csrf.encode()), ("_key", uuid4().hex.encode()), *fields]
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
    return {name: value for name, value in fields.items() if name not in ("_csrf", "_key")}


# The attempts ---------------------------------------------------------------------------------------------------------
def attempts(route: Route, form: dict[str, str], each: int = EACH) -> Iterator[list[tuple[str, bytes]]]:
    """Whole forms to send: one field bad at a time, all bad at once, missing, doubled, and with what was not asked for."""
    good = [(name, value.encode()) for name, value in form.items()]
    for name in form:
        for value in some(VALUES, f"{route} {name}", each):
            yield [(n, value if n == name else v) for n, v in good]
        yield [(n, v) for n, v in good if n != name]
    for value in some(VALUES, str(route), each):
        yield [(name, value) for name in form]
    yield []
    yield good + good
    yield [*good, *((name, b"x") for name in form)]
    yield [(f"{name}[]", value) for name, value in good]
    yield [*good, *((name, value.encode()) for name, value in UNKNOWN.items() if name not in form)]
    yield [*good, ("a\x00b", b"1"), ("\U0001f600", b"1"), ("x" * 5_000, b"1"), ("", b"1")]


@pytest.mark.slow
@pytest.mark.parametrize("route", POSTS, ids=str)
async def test_a_form_of_nonsense_is_refused_and_changes_nothing(
    route: Route, lively: Filled, records: Records
) -> None:
    # Who tries passwords or links is counted, whatever else is refused.
    login = route.path == "/logg-inn"
    knocks = {"campaign_knock", "course_knock"}
    apart = {"user_account"} if login else knocks
    for sender in (await senders(route, lively))[:1]:
        form = await form_of(sender, lively, records)
        for fields in attempts(route, form, 1 if login else EACH):
            answer = await sender.send(fields)
            said = f"{route} {[(n, v[:40]) for n, v in fields]}: {answer.status_code}"
            assert answer.status_code in answers_of(route), said
            assert "Traceback" not in answer.text, said
            touched = set(await records.changed())
            changed = touched - apart
            if knocks & touched:
                await records.restore()
            if answer.status_code >= 400:
                assert not changed, f"{said} changed {changed}"
            elif answer.status_code == 200:  # it may have been a good one: a mail to an address is on its way
                await records.restore()
            elif changed or route.path in ("/logg-ut", "/logg-inn", "/demo", "/innlogginger/avslutt"):
                assert answer.headers["location"].startswith("/"), said
                assert not answer.headers["location"].startswith("//"), said
                await records.restore()


@pytest.mark.slow
@pytest.mark.parametrize("route", GETS, ids=str)
async def test_an_address_of_nonsense_is_answered_calmly(route: Route, lively: Filled) -> None:
    for sender in (await senders(route, lively))[:1]:
        with overheard() as asked:
            shown = await sender.browser.get(sender.url)
        names = {"side", "sorter", "q"} | asked
        for form in Page(shown.text).forms if "html" in shown.headers.get("content-type", "") else ():
            names |= set(form.fields) if form.method == "get" else set()
        for name in sorted(names):
            for value in some(VALUES, f"{route} {name}"):
                query = f"{name}={quote_from_bytes(value[:3_000])}&{name}[]=1"
                answer = await sender.browser.get(f"{sender.url}?{query}")
                assert answer.status_code < 500, (route, query[:200], answer.status_code)
