"""Every form's key, on a real database: sent again it is answered as the first time and done once; with another content it is
refused; in another session or on another form it is a key of its own. Handlers only say that they were reached.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any
from uuid import uuid4

import httpx
import pytest
from litestar import Response

from sammen.keys import token_hash
from sammen.policy.roles import Role
from sammen.web import door
from tests.database import KEYS
from tests.isolation.knocking import some_values
from tests.isolation.route_table import SLUGS, Route, all_routes
from tests.worlds import Browser, World

FORMS = [route for route in all_routes() if route.method == "POST" and route.kind is not None]
reached: Counter[str] = Counter()
"""How often each address's handler has been reached."""


@pytest.fixture(autouse=True)
def nobody_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    inside = door._inside

    async def at_home(desk: Any) -> Response[Any]:
        reached[desk.path] += 1
        return Response(None, status_code=303, headers={"Location": f"/{uuid4()}"}, media_type="text/plain")

    async def to_nobody(desk: Any, handler: Any, *given: Any, **named: Any) -> Response[Any]:
        return await inside(desk, at_home, *given, **named)

    reached.clear()
    monkeypatch.setattr(door, "_inside", to_nobody)


async def _sender(world: World, route: Route) -> tuple[Browser, str, str]:
    assert route.kind is not None
    slug = SLUGS.get(route.kind, "horten")
    role = route.roles(holding=True)[0] if route.permission is not None else Role.MANAGER
    browser = await world.browser(slug, role)
    return (
        browser,
        route.url(slug, some_values(route.path)),
        KEYS.csrf_token(token_hash(browser.cookies["sammen"])),
    )


async def patiently(browser: Browser, url: str, form: dict[str, str]) -> httpx.Response:
    """The answer to a form. "Try again in a moment" is done as it says: a busy machine is not what is asked about."""
    for _ in range(20):
        answer = await browser.post(url, data=form)
        if answer.status_code != 503:
            break
        await asyncio.sleep(1)
    return answer


async def test_every_form_has_one_effect_and_one_answer_for_one_key(shared_world: World) -> None:
    key, faults = uuid4().hex, []
    for route in FORMS:
        browser, url, csrf = await _sender(shared_world, route)
        answers = [
            await patiently(browser, url, {"_csrf": csrf, "_key": key, "tekst": text})
            for text in ("a", "a", "b")
        ]
        first, again, other = ((one.status_code, one.headers.get("location")) for one in answers)
        if first[0] != 303 or again != first or other[0] != 422 or reached[url] != 1:
            faults.append(f"{route}: {first}, again {again}, other {other}, reached {reached[url]} times")
    assert faults == []
    assert len(FORMS) > 400


async def test_a_key_is_good_for_one_session_alone(shared_world: World) -> None:
    route = next(
        route for route in FORMS if route.permission is not None and len(route.roles(holding=True)) > 1
    )
    assert route.kind is not None
    url = route.url(SLUGS[route.kind], some_values(route.path))
    key, places = uuid4().hex, []
    for role in route.roles(holding=True)[:2]:
        browser = await shared_world.browser(SLUGS[route.kind], role)
        csrf = KEYS.csrf_token(token_hash(browser.cookies["sammen"]))
        answer = await browser.post(url, data={"_csrf": csrf, "_key": key})
        places.append(answer.headers["location"])
    assert len(set(places)) == reached[url] == 2
