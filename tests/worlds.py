"""Small worlds for tests: always two municipalities, Horten and Re, the region they share, and one user per role."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID, uuid4

import httpx
from litestar.types import ASGIApp, Receive, Scope, Send
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.asgi import make_house, make_routes
from deploy.database import administrator
from deploy.worker import import_jobs
from sammen.db.unit_of_work import UnitOfWork, make_engine
from sammen.identity.service import AS_PERSONA, start_session
from sammen.jobs.run import Worker
from sammen.keys import token_hash
from sammen.policy.roles import ROLE_PLACE, Role
from sammen.settings import Environment, Settings
from sammen.tenancy.context import PlaceKind
from sammen.tenancy.enter import enter_job, enter_web
from sammen.web.app import build_app
from sammen.web.desk import House
from tests.database import KEYS, SECRET, TestDatabase

SINCE = date(2000, 1, 1)


@dataclass
class World:
    """`horten` and `re` are tenant ids, `region` their region's; `users` maps (place slug, role) to a user id."""

    database: TestDatabase
    engine: AsyncEngine
    house: House
    app: ASGIApp
    horten: UUID
    re: UUID
    region: UUID
    users: dict[tuple[str, str], UUID] = field(default_factory=dict)
    tokens: dict[UUID, str] = field(default_factory=dict)
    region_slug: str = "vestfold"

    async def token(self, user: UUID) -> str:
        """A session token for the user, made once."""
        if user not in self.tokens:
            self.tokens[user] = await start_session(self.engine, KEYS, user, "test", uuid4(), AS_PERSONA)
        return self.tokens[user]

    def user(self, slug: str, role: Role, *, second: bool = False) -> UUID:
        """The user who has `role` in the place `slug` (`horten`, `re`, `vestfold`, or `drift`). Of each purchaser there
        are two, since what one proposes the other decides: `second` is that other.
        """
        return self.users[slug, f"{role.value}.second" if second else role.value]

    @asynccontextmanager
    async def at(self, slug: str, role: Role, *, second: bool = False) -> AsyncIterator[UnitOfWork]:
        """A unit of work as that user in that place; commits on leaving. `second`: as `user`."""
        user = self.user(slug, role, second=second)
        kind = PlaceKind(ROLE_PLACE[role])
        uow = await enter_web(
            self.engine, KEYS, token_hash(await self.token(user)), kind, slug, request_id=uuid4()
        )
        try:
            yield uow
        except BaseException:
            await uow.rollback()
            raise
        await uow.commit()

    @asynccontextmanager
    async def job(self, tenant: UUID, *, name: str = "test") -> AsyncIterator[UnitOfWork]:
        """A unit of work as a job in a municipality; commits on leaving."""
        uow = await enter_job(self.engine, KEYS, PlaceKind.MUNICIPALITY, tenant, job=name)
        try:
            yield uow
        except BaseException:
            await uow.rollback()
            raise
        await uow.commit()

    async def run_jobs(self, *, may_fail: bool = False) -> list[str]:
        """Do every waiting job, as a worker would. Returns the dead letters' error types: none, unless `may_fail`."""
        import_jobs()
        soon = timedelta(milliseconds=50)
        worker = Worker(self.engine, KEYS, self.database.app_url, pause=soon, poll=soon)
        await worker.run(asyncio.Event(), drain=True)
        dead = await self.sql(
            "SELECT (SELECT traceback ->> 'exception_message' FROM job_log l"
            " WHERE l.job_id = q.id AND traceback IS NOT NULL ORDER BY l.id DESC LIMIT 1) AS error"
            " FROM job_queue q WHERE status = 'failed' ORDER BY q.id"
        )
        errors = [row["error"] for row in dead]
        assert may_fail or not errors, f"jobs failed: {errors}"
        return errors

    async def browser(self, slug: str, role: Role, *, second: bool = False) -> Browser:
        """An HTTP client logged in as that user."""
        return Browser(self.app, await self.token(self.user(slug, role, second=second)))

    async def sql(self, statement: str, *arguments: Any) -> list[Any]:
        """Run SQL as administrator, past every wall: for arranging and for looking behind the scenes."""
        async with administrator(self.database.admin_url) as admin:
            await admin.execute("SET search_path = sammen")
            found: list[Any] = await admin.fetch(statement, *arguments)
            return found

    async def close(self) -> None:
        await self.house.engine.dispose()
        await self.engine.dispose()


_IN_TURN: ContextVar[House] = ContextVar("house")


class _HouseInTurn:
    """Stands for the house of the world that is asked, so that a process need register its routes only once."""

    def __getattr__(self, name: str) -> Any:
        return getattr(_IN_TURN.get(), name)


@cache
def _app_in_turn(*, secure_cookies: bool, debug: bool) -> ASGIApp:
    """The whole application, for houses with these settings: the two it reads when it is built."""
    named = _IN_TURN.set(
        cast("House", SimpleNamespace(settings=SimpleNamespace(secure_cookies=secure_cookies, debug=debug)))
    )
    try:
        return build_app(cast("House", _HouseInTurn()), make_routes())
    finally:
        _IN_TURN.reset(named)


def app_of(house: House) -> ASGIApp:
    """The application as it answers in one house. Registering some hundred routes anew for each test took longer than
    most tests.
    """
    app = _app_in_turn(secure_cookies=house.settings.secure_cookies, debug=house.settings.debug)

    async def inside(scope: Scope, receive: Receive, send: Send) -> None:
        named = _IN_TURN.set(house)
        try:
            await app(scope, receive, send)
        finally:
            _IN_TURN.reset(named)

    return cast("ASGIApp", inside)


class Browser(httpx.AsyncClient):
    """A client that fills in a form's token and key, as a browser would."""

    def __init__(self, app: ASGIApp, token: str | None = None) -> None:
        super().__init__(transport=httpx.ASGITransport(app), base_url="http://testserver")  # type: ignore[arg-type]  # litestar's own ASGI type
        if token is not None:
            self.cookies.set("sammen", token)

    async def submit(self, path: str, data: dict[str, Any] | None = None, *, page: str | None = None,
                     files: Any = None, key: str | None = None) -> httpx.Response:  # fmt: skip
        """POST a form as seen on `page` (default: the same address)."""
        shown = await self.get(page or "/innlogginger")
        found = re.search(r'name="_csrf" value="([^"]+)"', shown.text)
        assert found, f"no form token on {page or '/innlogginger'}: {shown.status_code}"
        fields = {"_csrf": found.group(1), "_key": key or uuid4().hex, **(data or {})}
        return await self.post(path, data=fields, files=files)


_NAMES = (
    "Kari Lunde", "Hanne Myhre", "Ole Bakkan", "Silje Aune", "Rune Sletta", "Eirik Fossum", "Berit Aasen", "Amund Vik",
    "Trine Bergli", "Dina Norli", "Nina Foss", "Per Dale", "Alf Lund", "Tor Moe", "Liv Haug", "Ida Lie", "Jan Berg",
)  # fmt: skip
_SECOND = {
    Role.PURCHASER_CHILD: "Ingrid Solum", Role.PURCHASER_ADULT: "Arne Bye", Role.PURCHASER_CHILD_WELFARE: "Tone Vik",
}  # fmt: skip


async def make_world(database: TestDatabase) -> World:
    """Horten and Re, the region, a user for every role in every place, and the application."""
    settings = Settings(
        environment=Environment.TEST,
        app_url=database.app_url,
        key=SECRET,
        personas=True,
        pool_size=8,
        log_level="CRITICAL",
    )
    house = make_house(settings)
    horten, re_, region = uuid4(), uuid4(), uuid4()
    world = World(
        database,
        make_engine(database.app_url, pool_size=8),
        house,
        app_of(house),
        horten,
        re_,
        region,
    )
    async with administrator(database.admin_url) as admin:
        await admin.execute("SET search_path = sammen")
        for tenant, code, slug, name in ((horten, "0701", "horten", "Horten"), (re_, "0716", "re", "Re")):
            await admin.execute(
                "INSERT INTO municipality (id, code, slug, name, valid_from) VALUES ($1, $2, $3, $4, $5)",
                tenant, code, slug, name, SINCE,
            )  # fmt: skip
        await admin.execute(
            "INSERT INTO region (id, slug, name, valid_from) VALUES ($1, 'vestfold', 'Vestfoldsamarbeidet', $2)",
            region,
            SINCE,
        )
        for tenant in (horten, re_):
            await admin.execute(
                "INSERT INTO region_membership (id, region_id, municipality_id, valid_from) VALUES ($1, $2, $3, $4)",
                uuid4(), region, tenant, SINCE,
            )  # fmt: skip
        await _make_users(admin, world)
    return world


async def _make_users(admin: Any, world: World) -> None:
    places: dict[str, list[tuple[str, UUID | None]]] = {
        "municipality": [("horten", world.horten), ("re", world.re)],
        "own": [("horten", world.horten), ("re", world.re)],
        "region": [("vestfold", world.region)],
        "operations": [("drift", None)],
    }
    people = [role for role in Role if ROLE_PLACE[role] != "program"]
    hired = [(role, role.value, name) for role, name in zip(people, _NAMES, strict=True)]
    hired += [(role, f"{role.value}.second", name) for role, name in _SECOND.items()]
    for role, known_as, name in hired:
        kind = ROLE_PLACE[role]
        for slug, place in places[kind]:
            user = uuid4()
            world.users[slug, known_as] = user
            await admin.execute(
                "INSERT INTO user_account (id, email, display_name) VALUES ($1, $2, $3)",
                user, f"{known_as}@{slug}.test", f"{name} i {slug}",
            )  # fmt: skip
            await admin.execute(
                "INSERT INTO membership (id, user_id, kind, municipality_id, region_id, role, valid_from, granted_by) "
                "VALUES ($1, $2, $3, $4, $5, $6, $7, 'test')",
                uuid4(), user, kind, place if kind in ("municipality", "own") else None,
                place if kind == "region" else None, role.value, SINCE,
            )  # fmt: skip
