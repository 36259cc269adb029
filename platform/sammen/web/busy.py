"""The answer to somebody who asks too often: made once for each language, for it must cost next to nothing."""

from __future__ import annotations

import json
from functools import lru_cache
from http.cookies import CookieError, SimpleCookie
from typing import Any

from litestar.types import Send

from sammen.machine.operations import PREFIX
from sammen.machine.problems import MEDIA_TYPE, Problem
from sammen.traffic.limits import WINDOW_S, Refusal
from sammen.web.desk import LANGUAGE_COOKIE, House
from sammen.web.i18n import LANGUAGES, SOURCE_LANGUAGE
from sammen.web.render import LanguageEnvironment, render


@lru_cache(maxsize=8)
def _page(templates: LanguageEnvironment, lang: str) -> bytes:
    return render(templates, "base/429.html", lang=lang, seconds=WINDOW_S).encode()


def _language(headers: list[tuple[bytes, bytes]]) -> str:
    for name, value in headers:
        if name == b"cookie":
            try:
                chosen = SimpleCookie(value.decode("latin-1")).get(LANGUAGE_COOKIE)
            except CookieError:
                return SOURCE_LANGUAGE
            return chosen.value if chosen is not None and chosen.value in LANGUAGES else SOURCE_LANGUAGE
    return SOURCE_LANGUAGE


async def too_many(house: House, state: dict[str, Any], refused: Refusal, send: Send) -> None:
    """429 with how long to wait: a page for people, problem+json for programs."""
    if state["path"].startswith(f"{PREFIX}/"):
        body, kind = json.dumps(Problem(429).body()).encode(), MEDIA_TYPE
    else:
        body, kind = _page(house.templates, _language(state["headers"])), "text/html; charset=utf-8"
    headers = [
        (b"content-type", kind.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"retry-after", str(refused.seconds).encode()),
    ]
    await send({"type": "http.response.start", "status": 429, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
