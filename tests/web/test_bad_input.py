"""Everything a form or an address can be sent that no person means: never a crash, and a refusal changes nothing.

The forms are found, not listed: the fields that a page's form shows, and those that the handler asks for. A new route
comes under the test by itself.
"""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Iterator, Sequence
from urllib.parse import quote_from_bytes
from uuid import uuid4

import pytest

from deploy.database import administrator
from sammen.policy.roles import Role
from tenants.oversight.routes import log
from tests.isolation import conftest as isolation
from tests.isolation.conftest import Filled
from tests.isolation.route_table import Page, Route
from tests.web.found_forms import (
    APART,
    GETS,
    POSTS,
    Records,
    answers_of,
    form_of,
    overheard,
    senders,
)
from tests.web.unsafe_forms import sent_twice

lively = isolation.lively

EACH = 4
"""How many of the values one field meets: chosen by the field's name, so that all are met by some field of a kind."""
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
UNKNOWN = {
    "tenant_id": str(uuid4()),
    "region_id": "x",
    "role": "operator",
    "state": "approved",
    "version": "-1",
    "id": "1",
}


def some(values: Sequence[bytes], of: str, count: int = EACH) -> list[bytes]:
    """`count` of the values, the same for the same `of`."""
    start = zlib.crc32(of.encode()) % len(values)
    return [values[(start + step * 7) % len(values)] for step in range(min(count, len(values)))]


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
    knocks = {"campaign_knock", "course_knock", "account_knock"}
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


@pytest.fixture(scope="module")
def short_papers() -> Iterator[None]:
    """The log of who has read, set with few lines: each of these addresses is a reading more, and what is tried is how the
    address is read.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(log, "ON_PAPER", 20)
        yield


@pytest.mark.slow
@pytest.mark.usefixtures("short_papers")
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


@pytest.mark.slow
@pytest.mark.parametrize("route", [route for route in POSTS if route.kind is not None], ids=str)
async def test_a_form_that_is_taken_in_is_taken_in_once_and_from_one_editor(
    route: Route, lively: Filled, records: Records
) -> None:
    for sender in (await senders(route, lively))[:1]:
        form = await form_of(sender, lively, records)
        try:
            tried = await sent_twice(sender, form, records)
        finally:
            await records.restore()
        assert tried.faults == []
