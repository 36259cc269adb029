"""The route checks tried: an application with a route for each kind of leak, each of which must be found."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from litestar import Request, Response, get

from deploy.asgi import make_routes
from deploy.database import administrator
from sammen.errors import Forbidden, NotFound
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.app import build_app
from sammen.web.desk import Desk
from sammen.web.door import page
from tests.isolation.conftest import Filled
from tests.isolation.http_checks import (
    outsider_faults,
    path_id_faults,
    permission_faults,
    shown_faults,
    stranger_faults,
)
from tests.isolation.route_table import Route, routes_of

READ = Permission.CASE_READ


def _text(text: str) -> Response[str]:
    return Response(text, media_type="text/html")


def leaky_handlers(admin_url: str) -> list[Any]:
    """Routes that read past the wall, tell absent from foreign, or were never behind the door."""

    async def everyone(where: str, *arguments: Any) -> str:
        async with administrator(admin_url) as admin:
            rows = await admin.fetch(f"SELECT given_name FROM sammen.person WHERE {where}", *arguments)
        return " ".join(row["given_name"] for row in rows)

    @page("/k/{slug:str}/lekk/alle", READ)
    async def lists_everyone(desk: Desk) -> Response[str]:
        return _text(await everyone("true"))

    @page("/k/{slug:str}/lekk/person/{person_id:uuid}", READ)
    async def shows_anyone(desk: Desk) -> Response[str]:
        found = await everyone("id = $1", desk.path_uuid("person_id"))
        if not found:
            raise NotFound
        return _text(found)

    @page("/k/{slug:str}/lekk/nekt/{person_id:uuid}", READ)
    async def tells_foreign_from_absent(desk: Desk) -> Response[str]:
        person = desk.path_uuid("person_id")
        if await desk.uow.call("SELECT 1 FROM sammen.person WHERE id = $1", person):
            return _text("own")
        raise Forbidden("Ikke din.") if await everyone("id = $1", person) else NotFound

    @page("/k/{slug:str}/lekk/kopi", READ)
    async def lets_itself_be_kept(desk: Desk) -> Response[str]:
        return Response("own", headers={"Cache-Control": "public, max-age=60", "ETag": "x"})

    opt = {"access": READ.value, "kind": PlaceKind.MUNICIPALITY, "permission": READ}

    @get("/k/{slug:str}/lekk/utenom", opt=opt)
    async def asks_nobody(request: Request[Any, Any, Any]) -> Response[str]:
        return _text("KANARIHORTEN")

    return [lists_everyone, shows_anyone, tells_foreign_from_absent, lets_itself_be_kept, asks_nobody]


@pytest.fixture
async def leaky(lively: Filled) -> tuple[Filled, dict[str, Route]]:
    """The filled world behind an application with the leaks, and its leaky routes by their last word."""
    app: Any = build_app(lively.world.house, [*make_routes(), *leaky_handlers(lively.database.admin_url)])
    routes = {route.path.split("/")[4]: route for route in routes_of(app) if "/lekk/" in route.path}
    return replace(lively, world=replace(lively.world, app=app)), routes


async def test_every_kind_of_leak_is_found(leaky: tuple[Filled, dict[str, Route]]) -> None:
    world, routes = leaky
    shown = await shown_faults(routes["alle"], world)
    assert any("shows KANARI" in fault for fault in shown), shown
    assert len(await path_id_faults(routes["person"], world)) >= 2
    assert any("403" in fault for fault in await path_id_faults(routes["nekt"], world))
    kept = await shown_faults(routes["kopi"], world)
    assert any("may be kept" in fault for fault in kept)
    assert any("ETag" in fault for fault in kept)
    for check in (stranger_faults, outsider_faults, permission_faults):
        assert await check(routes["utenom"], world), check.__name__


async def test_a_leaky_route_has_no_other_fault_than_its_own(leaky: tuple[Filled, dict[str, Route]]) -> None:
    world, routes = leaky
    for name in ("alle", "person", "nekt", "kopi"):
        for check in (stranger_faults, outsider_faults, permission_faults):
            assert await check(routes[name], world) == [], name
