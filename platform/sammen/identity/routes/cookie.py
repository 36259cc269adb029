"""The session's cookie, and the way back after it has been set."""

from __future__ import annotations

import re
from typing import Any

from litestar import Response
from litestar.datastructures import Cookie

from sammen.errors import NotSignedIn
from sammen.tenancy.context import PlaceKind
from sammen.tenancy.enter import enter_web
from sammen.web.desk import Desk

OWN_PATH = re.compile(r"/(?![/\\])[!-~]*")
SESSION_SECONDS = 12 * 3600


def safe_way_back(target: str) -> str:
    """Only paths of our own: `//host`, `/\\host` and, as browsers drop tabs, `/<tab>/host` are other places to them."""
    return target if OWN_PATH.fullmatch(target) else "/"


def with_session(desk: Desk, response: Response[Any], token: str) -> Response[Any]:
    """The answer, with the session's cookie."""
    settings = desk.house.settings
    response.set_cookie(
        Cookie(key=settings.cookie_name, value=token, httponly=True, secure=settings.secure_cookies, samesite="lax",
               path="/", max_age=SESSION_SECONDS)
    )  # fmt: skip
    return response


def signed_in(desk: Desk, token: str, to: str) -> Response[Any]:
    """On to `to`, if it is one of our own pages, with the session's cookie."""
    return with_session(desk, desk.redirect(safe_way_back(to)), token)


async def end_current(desk: Desk) -> None:
    """End the session the browser holds, if any: a session id never survives a new login."""
    if desk.token_hash is None:
        return
    try:
        uow = await enter_web(desk.house.engine, desk.house.keys, desk.token_hash, PlaceKind.SESSION)
    except NotSignedIn:
        return
    await uow.call("SELECT sammen.end_session()")
    await uow.commit()
