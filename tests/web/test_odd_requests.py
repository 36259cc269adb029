"""Requests that no browser sends: odd hosts, origins, cookies, bodies, methods and addresses. Never a crash.

They are put to the application as a server would, past every client library that would straighten them.
"""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import unquote

import pytest

from sammen.keys import token_hash
from sammen.policy.roles import Role
from tests.database import KEYS
from tests.worlds import World

Headers = list[tuple[bytes, bytes]]
FORM = (b"content-type", b"application/x-www-form-urlencoded")
FIELD = b'--b\r\nContent-Disposition: form-data; name="a"'
MULTIPART = b"multipart/form-data; boundary=b"


class Asked:
    """Somebody who sends bytes. `ask` gives status and body."""

    def __init__(self, world: World, token: str) -> None:
        self.app: Any = world.app
        self.cookie = (b"cookie", f"sammen={token}".encode())
        self.csrf = KEYS.csrf_token(token_hash(token)).encode()

    async def ask(
        self, method: str, path: bytes, headers: Headers, body: bytes = b"", query: bytes = b""
    ) -> tuple[int, bytes]:
        """One request. A host is added where the headers name none."""
        named = (
            headers if any(name == b"host" for name, _ in headers) else [(b"host", b"testserver"), *headers]
        )
        scope = {
            "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "method": method,
            "scheme": "http", "path": unquote(path.decode("latin-1")), "raw_path": path, "query_string": query,
            "root_path": "", "headers": named, "client": ("127.0.0.1", 1), "server": ("testserver", 80), "state": {},
        }  # fmt: skip
        waiting, sent = [{"type": "http.request", "body": body, "more_body": False}], []

        async def receive() -> dict[str, Any]:
            if not waiting:
                await asyncio.sleep(60)
            return waiting.pop()

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])

    async def calm(
        self, method: str, path: bytes, headers: Headers, body: bytes = b"", query: bytes = b""
    ) -> int:
        """The status, which is no crash and shows nothing of the inside."""
        status, shown = await self.ask(method, path, headers, body, query)
        assert status < 500, (method, path[:100], headers, body[:100], query[:100])
        assert b"Traceback" not in shown
        assert b"site-packages" not in shown
        return status


@pytest.fixture
async def asked(shared_world: World) -> Asked:
    return Asked(shared_world, await shared_world.token(shared_world.user("horten", Role.MANAGER)))


@pytest.mark.parametrize(
    "host", [b"", b"elsewhere.example", b"[", b"[::1", b"\xff\xfe", b"a" * 5_000, b"testserver:99999", b"x y"]
)
async def test_an_odd_host_is_answered_calmly(host: bytes, asked: Asked) -> None:
    assert await asked.calm("GET", b"/k/horten", [(b"host", host), asked.cookie]) in (200, 422)
    await asked.calm(
        "POST", b"/sprak", [(b"host", host), asked.cookie, FORM], b"sprak=nb&_csrf=" + asked.csrf
    )


@pytest.mark.parametrize(
    "headers",
    [
        [(b"origin", b"null")], [(b"origin", b"http://[")], [(b"origin", b"http://[::1")], [(b"origin", b"\xff")],
        [(b"origin", b"")], [(b"origin", b"http://a:b:c")], [(b"origin", b"https://testserver.elsewhere.example")],
        [(b"sec-fetch-site", b"cross-site")], [(b"sec-fetch-site", b"same-site")], [(b"sec-fetch-site", b"\xff")],
        [(b"origin", b"null"), (b"sec-fetch-site", b"cross-site")],
    ],
)  # fmt: skip
async def test_a_form_that_does_not_say_it_is_ours_is_refused(headers: Headers, asked: Asked) -> None:
    sent = [asked.cookie, FORM, *headers]
    for path in (b"/sprak", b"/logg-inn", b"/k/horten/soknader/ny"):
        assert await asked.calm("POST", path, sent, b"sprak=nb&_key=1&_csrf=" + asked.csrf) == 403


async def test_our_own_form_is_taken_in_also_where_the_origin_is_hidden(asked: Asked) -> None:
    body = b"sprak=nb&_csrf=" + asked.csrf
    for headers in (
        [],
        [(b"origin", b"http://testserver")],
        [(b"origin", b"null"), (b"sec-fetch-site", b"same-origin")],
    ):
        assert await asked.calm("POST", b"/sprak", [asked.cookie, FORM, *headers], body) == 303


@pytest.mark.parametrize(
    "cookie",
    [
        b"sammen=\xff\xfe", b"sammen=" + b"x" * 9_000, b";;;=;", b"sammen", b"sprak=\xff; sammen-beskjed=a.b",
        b"sammen-beskjed=W10=.\xc3\xa6", b'sammen="', b"sammen=%00", b"sammen=%ED%A0%80", b"sammen=\\udcff",
    ],
)  # fmt: skip
async def test_an_odd_cookie_is_nobodys(cookie: bytes, asked: Asked) -> None:
    assert await asked.calm("GET", b"/k/horten", [(b"cookie", cookie)]) == 303
    assert await asked.calm("GET", b"/logg-inn", [(b"cookie", cookie)]) == 200
    assert await asked.calm("POST", b"/logg-ut", [(b"cookie", cookie), FORM], b"_key=1") == 303


@pytest.mark.parametrize(
    "accept",
    [b"", b"*/*", b"application/json", b"text/html;q=oops", b"\xff", b",,,;;", b"application/xml", b"json"],
)
async def test_whatever_is_accepted_a_place_that_is_foreign_looks_like_one_that_is_not(
    accept: bytes, asked: Asked
) -> None:
    headers = [asked.cookie, (b"accept", accept)]
    absent = await asked.ask("GET", b"/finnes-ikke", headers)
    assert absent[0] == 404
    assert await asked.ask("GET", b"/k/re", headers) == absent
    assert await asked.ask("GET", b"/k/re/saker", headers) == absent
    assert await asked.ask("GET", b"/k/finnes-ikke", headers) == absent


BODIES = [
    (b"application/json", b"{"), (b"application/json", b'{"a": 1}'), (b"application/json", b"[]"),
    (b"application/json", b'{"_csrf": {"a": [1]}}'), (b"multipart/form-data", b"x"),
    (b"multipart/form-data; boundary=", b"x"), (MULTIPART, FIELD + b"\r\n\r\nx"), (MULTIPART, b"--b\r\n\r\n\r\n--b--"),
    (MULTIPART, b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n"),
    (MULTIPART, FIELD + b'; filename="\xff\x00.csv"\r\nContent-Type: \xff\r\n\r\nx\r\n--b--\r\n'),
    (MULTIPART, FIELD + b"\r\nContent-Type: text/plain; charset=utf-99\r\n\r\nx\r\n--b--\r\n"),
    (MULTIPART, FIELD + b"\r\nContent-Type: application/json\r\n\r\n{\r\n--b--\r\n"),
    (MULTIPART, FIELD + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n*\r\n--b--\r\n"),
    (MULTIPART, b"--b\r\nContent-Disposition: form-data; name*=utf-8''%ff\r\n\r\n\xff\r\n--b--\r\n"),
    (MULTIPART, FIELD + b"\r\n\r\n\xff\xfe\r\n--b--\r\n"), (MULTIPART, (FIELD + b"\r\n\r\nx\r\n") * 3_000 + b"--b--"),
    (b"", b"x"), (b"\xff", b"x"), (b"text/plain", b"a=b"), (FORM[1], b"%"), (FORM[1], b"&&&==="), (FORM[1], b"\xff=\xff"),
    (FORM[1] + b"; charset=utf-99", b"a=%ff"), (FORM[1], b"a=1&" * 20_000), (b"application/x-msgpack", b"\xc1"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "body"), BODIES)
async def test_a_body_that_is_no_form_of_ours_is_refused(kind: bytes, body: bytes, asked: Asked) -> None:
    for path in (b"/k/horten/soknader/ny", b"/k/horten/import", b"/logg-inn", b"/sprak"):
        assert await asked.calm("POST", path, [asked.cookie, (b"content-type", kind)], body) in (403, 422)


@pytest.mark.parametrize(
    "method", ["HEAD", "OPTIONS", "PUT", "DELETE", "TRACE", "PATCH", "CONNECT", "get", "X" * 100]
)
async def test_another_method_opens_nothing(method: str, asked: Asked) -> None:
    headers = [asked.cookie, (b"x-http-method-override", b"POST")]
    for path in (
        b"/",
        b"/k/horten",
        b"/k/horten/saker",
        b"/logg-inn",
        b"/finnes-ikke",
        b"/static/",
        b"/logg-ut",
    ):
        status, body = await asked.ask(method, path, headers)
        assert status in ((200, 204, 404) if method == "OPTIONS" else (404,)), (path, status)
        assert method != "OPTIONS" or status == 404 or not body
    assert await asked.calm("GET", b"/k/horten", [asked.cookie]) == 200


ADDRESSES = [
    b"/" + b"a" * 100_000, b"/k/%2e%2e", b"/k/horten%2fsaker/x", b"/k/..%2f..", b"//elsewhere.example/k/horten", b"/K/horten",
    b"/k/HORTEN", b"/k/h%c3%b8rten", b"/k/%00", b"/min/%00", b"/r/%00", b"/k/horten/saker/%00", b"/k/%ED%A0%80", b"/k/%ff",
    b"/k/" + b"x" * 5_000, b"/k/horten/saker/ikke-en-id", b"/drift/jobber/" + b"9" * 5_000 + b"/prov-igjen",
    b"/static/%2e%2e/%2e%2e/etc/passwd", b"/static/..%2fx", b"/static/%00", b"/static/" + b"a" * 500,
    b"/k/horten/tall/%00", b"/k/horten/tall/" + b"9" * 200, b"/k/\xff", b"/k/%F0%9F%98%80", b"*", b"",
]  # fmt: skip


@pytest.mark.parametrize("path", ADDRESSES)
async def test_an_odd_address_is_nowhere(path: bytes, asked: Asked) -> None:
    absent = await asked.ask("GET", b"/finnes-ikke", [asked.cookie])
    if path:
        assert await asked.ask("GET", path, [asked.cookie]) == absent
    for headers in ([asked.cookie, FORM], [FORM]):
        await asked.calm("POST", path, headers, b"_key=1&_csrf=" + asked.csrf)
        await asked.calm("GET", path, headers)


@pytest.mark.parametrize(
    "query", [b"\xff", b"%", b"a=%ff", b"neste=%00", b"neste=%ED%A0%80", b"&" * 10_000, b"q=" + b"%00" * 900]
)
async def test_an_odd_query_changes_no_page_into_an_error(query: bytes, asked: Asked) -> None:
    for path in (b"/logg-inn", b"/k/horten/saker"):
        assert await asked.calm("GET", path, [asked.cookie], query=query) == 200


@pytest.mark.parametrize("number", [b"9" * 60, b"9" * 19, b"-1", b"0", b"1_0", b"%D9%A3", b"+1"])
async def test_a_job_number_beyond_all_jobs_is_nowhere(number: bytes, shared_world: World) -> None:
    operator = Asked(shared_world, await shared_world.token(shared_world.user("drift", Role.OPERATOR)))
    headers = [operator.cookie, FORM]
    path = b"/drift/jobber/" + number + b"/prov-igjen"
    assert await operator.calm("POST", path, headers, b"_key=1&_csrf=" + operator.csrf) == 404
