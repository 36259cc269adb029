"""The outermost layer: request id, security headers, one log line, how often anybody may ask, and a net under every unit
of work.
"""

from __future__ import annotations

import asyncio
import string
import time
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from litestar.types import ASGIApp, Message, Receive, Scope, Send

from sammen.keys import token_hash
from sammen.logging import log
from sammen.machine.operations import PREFIX
from sammen.traffic.limits import Refusal
from sammen.web.busy import too_many
from sammen.web.desk import House

CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = [
    (b"content-security-policy", CSP.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
]
LONGEST_PATH, LONGEST_STEP = 1_000, 200
NOWHERE = "/-"
HSTS = (b"strict-transport-security", b"max-age=63072000; includeSubDomains")


def _readable(scope: dict[str, Any]) -> None:
    """Lead an address that can be nobody's to where nothing is, before the router, the database or a disk meets it."""
    path: str = scope["path"]
    odd = "\x00" in path or any("\ud800" <= char <= "\udfff" for char in path)
    if odd or len(path) > LONGEST_PATH or any(len(step) > LONGEST_STEP for step in path.split("/")):
        # Who asks for nothing among the programs' addresses is answered as they are.
        nowhere = f"{PREFIX}{NOWHERE}" if path.startswith(f"{PREFIX}/") else NOWHERE
        scope["path"], scope["raw_path"] = nowhere, nowhere.encode()
    query: bytes = scope.get("query_string", b"")
    if not query.isascii():
        # What a browser would have sent: it encodes every byte that is not ASCII.
        scope["query_string"] = quote(query, safe=string.printable).encode()


NEVER_REFUSED = ("/static/", "/helse", "/klar")
"""Files that cost nothing, and what a proxy asks to know whether we are here."""


def place_asked(path: str) -> str:
    """What a place is counted as: a municipality's pages and those of its people together, a region by itself; else ""."""
    first, _, rest = path.lstrip("/").partition("/")
    slug = rest.partition("/")[0]
    if not slug or first not in ("k", "min", "r"):
        return ""
    return f"r/{slug}" if first == "r" else slug


def login_of(headers: list[tuple[bytes, bytes]], cookie: str) -> bytes | None:
    """The hash of the token that a request comes with, whatever it is worth: a person's cookie or a program's bearer."""
    for name, value in headers:
        if name == b"cookie":
            for part in value.decode("latin-1").split(";"):
                key, _, token = part.strip().partition("=")
                if key == cookie and token:
                    return token_hash(token)
        elif name == b"authorization" and value[:7].lower() == b"bearer ":
            return token_hash(value[7:].decode("latin-1"))
    return None


class Frame:
    """ASGI wrapper around the application."""

    def __init__(self, app: ASGIApp, house: House) -> None:
        self.app = app
        self.house = house
        self.headers = [*HEADERS, HSTS] if house.settings.secure_cookies else HEADERS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        state: Any = scope
        if state["type"] != "http":
            await self.app(scope, receive, send)
            return
        _readable(state)
        request_id = uuid4()
        state["sammen.request_id"] = request_id
        began = time.perf_counter()
        status = 500
        turn: asyncio.Semaphore | None = None

        async def send_framed(message: Message) -> None:
            nonlocal status, turn
            if message["type"] == "http.response.start":
                status = message["status"]
                if turn is not None:
                    # The work is done; how slowly the answer is read is nobody else's matter.
                    turn.release()
                    turn = None
                headers = list(message.get("headers", []))
                headers += self.headers
                headers.append((b"x-request-id", str(request_id).encode()))
                if not any(name.lower() == b"cache-control" for name, _ in headers):
                    headers.append((b"cache-control", b"no-store"))
                message["headers"] = headers
            await send(message)

        metrics = self.house.metrics
        metrics.in_progress.inc()
        try:
            let_in = await self._let_in(state)
            if isinstance(let_in, Refusal):
                metrics.refused.labels(let_in.why).inc()
                await too_many(self.house, state, let_in, send_framed)
            else:
                turn = let_in
                await self.app(scope, receive, send_framed)
        finally:
            metrics.in_progress.dec()
            if turn is not None:
                turn.release()
            uow = state.get("sammen.uow")
            if uow is not None and not uow.ended:
                await uow.rollback()
            if not scope["path"].startswith("/static/"):
                # The route's template, never the path: a path may hold an id.
                route, seconds = state.get("path_template", ""), time.perf_counter() - began
                metrics.answered(state["method"], route, status, seconds)
                log.info("request", id=str(request_id), method=state["method"], route=route, status=status,
                         ms=round(seconds * 1000, 1))  # fmt: skip

    async def _let_in(self, state: dict[str, Any]) -> Refusal | asyncio.Semaphore | None:
        """Wait as long as the place's own requests make it; then its turn, if turns are counted. Or who asked too often."""
        path: str = state["path"]
        if path.startswith(NEVER_REFUSED):
            return None
        client, limits = state.get("client"), self.house.limits
        login, place = login_of(state["headers"], self.house.settings.cookie_name), place_asked(path)
        asked = limits.ask(client[0] if client else "", login, place)
        if isinstance(asked, Refusal):
            return asked
        if asked:
            await asyncio.sleep(asked)
        return await limits.take_turn(login, place)
