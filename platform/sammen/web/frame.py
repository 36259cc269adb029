"""The outermost layer: request id, security headers, one log line, and a net under every unit of work."""

from __future__ import annotations

import string
import time
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from litestar.types import ASGIApp, Message, Receive, Scope, Send

from sammen.logging import log

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
        scope["path"], scope["raw_path"] = NOWHERE, NOWHERE.encode()
    query: bytes = scope.get("query_string", b"")
    if not query.isascii():
        # What a browser would have sent: it encodes every byte that is not ASCII.
        scope["query_string"] = quote(query, safe=string.printable).encode()


class Frame:
    """ASGI wrapper around the application."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self.app = app
        self.headers = [*HEADERS, HSTS] if https else HEADERS

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

        async def send_framed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = list(message.get("headers", []))
                headers += self.headers
                headers.append((b"x-request-id", str(request_id).encode()))
                if not any(name.lower() == b"cache-control" for name, _ in headers):
                    headers.append((b"cache-control", b"no-store"))
                message["headers"] = headers
            await send(message)

        try:
            await self.app(scope, receive, send_framed)
        finally:
            uow = state.get("sammen.uow")
            if uow is not None and not uow.ended:
                await uow.rollback()
            if not scope["path"].startswith("/static/"):
                # The route's template, never the path: a path may hold an id.
                log.info("request", id=str(request_id), method=state["method"], route=state.get("path_template", ""),
                         status=status, ms=round((time.perf_counter() - began) * 1000, 1))  # fmt: skip
