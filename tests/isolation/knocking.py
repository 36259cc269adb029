"""Knocking at the door of every route without anybody at home: the application as it is deployed, with its routing, its
door and its answers, but people who are made up on the spot and handlers that only say that they were reached.

So ten thousand questions "may this role open this?" cost seconds, and change nothing. That people come in as who they are
is the database's part, and is tried with it (test_http.py, test_tickets.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
from litestar import Litestar, Response

from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotSignedIn
from sammen.keys import token_hash
from sammen.machine import pace
from sammen.machine.operations import Answer, Operation
from sammen.machine.routes import door as machine_door
from sammen.policy.decide import permissions_of
from sammen.policy.roles import ROLE_PLACE, Role
from sammen.tenancy.context import Context, PlaceKind
from sammen.web import door
from tests.database import KEYS
from tests.isolation.route_table import PARAMETER, SLUGS, WORDS, Route, bare_app

OUTSIDER = "outsider"
"""Somebody who is signed in and holds no role in the place."""
SOMEBODY = UUID(int=1)


@dataclass
class Nothing:
    """A unit of work with no database behind it: it remembers how it ended and what was asked of it."""

    context: Context
    keys: Any = KEYS
    ended: bool = False
    standing: dict[str, Any] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    kept: bool = False

    async def call(self, statement: str, *_: Any) -> list[Any]:
        self.calls.append(statement)
        return []

    async def commit(self) -> None:
        self.ended = self.kept = True

    async def rollback(self) -> None:
        self.ended = True


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of one knock: the status, whether the handler was reached, and what the door did besides."""

    status: int
    body: str
    reached: bool
    claimed: bool
    kept: bool
    refusals: int
    location: str = ""

    @property
    def word(self) -> str:
        """`yes`, or the status of the refusal."""
        return "yes" if self.reached else str(self.status)


@dataclass
class Knocker:
    """Knocks at routes as a role. `wants`: a level that the person's session falls short of; `says`: what handlers answer."""

    wants: str = ""
    reached: bool = False
    refusals: int = 0
    says: int = 204
    entered: list[Nothing] = field(default_factory=list)

    def _context(self, role: str, kind: PlaceKind) -> Context:
        """As `enter_web` gives it: who has no role in the place stands outside any."""
        held = (
            frozenset({role})
            if role in Role.__members__.values() and ROLE_PLACE[Role(role)] == kind
            else None
        )
        if held is None:
            return Context(kind=PlaceKind.SESSION, user_id=SOMEBODY)
        return Context(
            kind=kind, tenant_id=SOMEBODY, region_id=SOMEBODY, slug="horten", user_id=SOMEBODY, roles=held,
            permissions=frozenset() if self.wants else permissions_of(held), wants=self.wants,
        )  # fmt: skip

    async def enter(
        self, engine: Any, keys: Any, hashed: bytes, kind: PlaceKind, slug: str = "", **_: Any
    ) -> UnitOfWork:
        roles = {token_hash(f"knock-{role}"): role for role in (*Role, OUTSIDER)}
        if hashed not in roles:
            raise NotSignedIn
        return self._come_in(self._context(roles[hashed], kind))

    async def enter_program(self, engine: Any, keys: Any, hashed: bytes, **_: Any) -> UnitOfWork:
        roles = {token_hash(f"knock-{role}"): role for role in Role if ROLE_PLACE[role] == "program"}
        if hashed not in roles:
            raise NotSignedIn
        held = frozenset({roles[hashed]})
        context = Context(
            kind=PlaceKind.MUNICIPALITY,
            tenant_id=SOMEBODY,
            user_id=SOMEBODY,
            roles=held,
            permissions=permissions_of(held),
        )
        return self._come_in(context)

    def _come_in(self, context: Context) -> UnitOfWork:
        self.entered.append(Nothing(context))
        return cast("UnitOfWork", self.entered[-1])

    async def at_home(self, desk: Any) -> Response[Any]:
        self.reached = True
        return Response(None, status_code=self.says, media_type="text/plain")

    async def at_work(self, call: Any) -> Answer:
        self.reached = True
        return Answer(None, status=204)

    async def refused(self, *_: Any) -> None:
        self.refusals += 1

    async def knock(
        self,
        route: Route,
        role: str,
        *,
        token: bool = True,
        key: bool = True,
        headers: dict[str, str] | None = None,
    ) -> Heard:
        """One request as a person of that role; a POST with a true token and a fresh key, unless told otherwise."""
        cookie = f"knock-{role}"
        fields = {"_csrf": KEYS.csrf_token(token_hash(cookie))} if token else {}
        fields |= {"_key": uuid4().hex} if key else {}
        body = urlencode(fields).encode() if route.method == "POST" else b""
        sent = {"cookie": f"sammen={cookie}", "accept": "application/json", "host": "testserver",
                "content-type": "application/x-www-form-urlencoded", **(headers or {})}  # fmt: skip
        slug = SLUGS.get(route.kind, "horten") if route.kind is not None else "horten"
        return await self._ask(route.method, route.url(slug, some_values(route.path)), body, sent)

    async def knock_as_program(self, one: Operation, role: str) -> Heard:
        """One request of a program with that role's scope, and nothing in its body."""
        sent = {"authorization": f"Bearer knock-{role}", "content-type": "application/json",
                "idempotency-key": uuid4().hex}  # fmt: skip
        path = PARAMETER.sub(lambda found: str(some_values(one.path)[found.group(1)]), one.path)
        return await self._ask(one.method, path, b"{}", sent)

    async def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Heard:
        self.reached, self.refusals, self.entered = False, 0, []
        given: list[Any] = []
        scope = {
            "type": "http", "http_version": "1.1", "method": method, "scheme": "http", "path": path,
            "raw_path": path.encode(), "query_string": b"", "root_path": "", "server": ("testserver", 80),
            "client": ("127.0.0.1", 1), "asgi": {"version": "3.0"}, "state": {},
            "headers": [(name.encode(), value.encode()) for name, value in
                        {**headers, "content-length": str(len(body))}.items()],
        }  # fmt: skip

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            given.append(message)

        await bare_app()(scope, receive, send)
        told = dict(given[0]["headers"])
        return Heard(
            given[0]["status"],
            b"".join(part.get("body", b"") for part in given[1:]).decode(errors="replace"),
            self.reached,
            any("claim_key" in call for one in self.entered for call in one.calls),
            any(one.kept for one in self.entered),
            self.refusals,
            told.get(b"location", b"").decode(),
        )


@cache
def some_values(path: str) -> dict[str, Any]:
    """Something for each parameter of a path: nobody looks it up."""
    return {
        name: SOMEBODY if kind == "uuid" else "1" if kind == "int" else WORDS.get(name, "2025")
        for name, kind in PARAMETER.findall(path)
        if name != "slug"
    }


@contextmanager
def knocking() -> Iterator[Knocker]:
    """Nobody at home behind the doors of people and programs, as long as it is open."""
    knocker, patch = Knocker(), pytest.MonkeyPatch()
    inside, worked = door._inside, machine_door._inside

    async def to_nobody(desk: Any, handler: Any, *given: Any, **named: Any) -> Response[Any]:
        return await inside(desk, knocker.at_home, *given, **named)

    async def to_no_work(asking: Any, uow: Any, handler: Any, raw: bytes) -> Any:
        return await worked(asking, uow, knocker.at_work, raw)

    patch.setattr(door, "_inside", to_nobody)
    patch.setattr(door, "enter_web", knocker.enter)
    patch.setattr(door, "_remember_refusal", knocker.refused)
    patch.setattr(machine_door, "_inside", to_no_work)
    patch.setattr(machine_door, "enter_client", knocker.enter_program)
    patch.setattr(machine_door, "note_refusal", knocker.refused)
    patch.setattr(machine_door, "read_query", lambda *_: None)
    patch.setattr(machine_door, "read_body", lambda *_: None)
    patch.setattr("sammen.web.frame.log", SimpleNamespace(info=lambda *_, **__: None))
    patch.setattr(pace, "ask", lambda *_: None)
    patch.setattr(pace, "check", lambda *_: None)
    try:
        yield knocker
    finally:
        patch.undo()


def operations() -> list[Operation]:
    """Every operation that a program may ask for, from litestar's own table."""
    app: Litestar = bare_app().app
    found = [
        handler.opt["program"]
        for route in app.routes
        for handler in getattr(route, "route_handlers", ())
        if "program" in handler.opt
    ]
    return sorted(found, key=lambda one: (one.path, one.method))


@contextmanager
def with_permission(route: Route, permission: Any) -> Iterator[None]:
    """The route as it would be if its author had written another permission: the door's own binding is changed."""
    app: Litestar = bare_app().app
    for one in app.routes:
        for handler in getattr(one, "route_handlers", ()):
            if one.path == route.path and route.method in handler.http_methods and "access" in handler.opt:
                run = handler.fn
                cell = run.__closure__[run.__code__.co_freevars.index("permission")]
                before, cell.cell_contents = cell.cell_contents, permission
                try:
                    yield
                finally:
                    cell.cell_contents = before
                return
    raise AssertionError(f"{route} is not there")
