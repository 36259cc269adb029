"""Databases for tests: one server, one migrated template, and copies of it (about 70 ms each)."""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import asyncpg
from sqlalchemy.engine import make_url

from deploy.database import administrator, plain_url, upgrade
from deploy.postgres import LocalServer
from sammen.clock import today
from sammen.db import install
from sammen.keys import Keys

ROOT = Path(__file__).resolve().parents[1]
SECRET = "a-test-secret-of-more-than-thirty-two-characters"
APP_PASSWORD = "app-password-of-the-tests"
KEYS = Keys.derive(SECRET)


@dataclass(frozen=True, slots=True)
class TestDatabase:
    """Addresses of one test database: as administrator (bypasses everything) and as the app role."""

    __test__ = False
    name: str
    admin_url: str
    app_url: str


def server_url() -> str:
    """An administrator's address: `TEST_DATABASE_URL`, else an embedded server that is started if needed."""
    return os.environ.get("TEST_DATABASE_URL") or LocalServer.ensure(ROOT / ".data", for_tests=True).admin_url


def describe(server: str, name: str) -> TestDatabase:
    """The addresses of database `name` on the server."""
    url = make_url(server).set(database=name)
    return TestDatabase(
        name,
        url.render_as_string(hide_password=False),
        url.set(username="sammen_app", password=APP_PASSWORD).render_as_string(hide_password=False),
    )


def _fingerprint() -> str:
    """Changes whenever a model, a migration or a function does, so that a template is never stale."""
    digest = hashlib.sha256()
    folders = ("platform", "tenants", "shared_pool", "reporting", "deploy")
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            named = path.name in ("models.py", "worlds.py") or path.parent.name in (
                "db",
                "versions",
            )
            named = named or path.name.startswith("reference")
            if (named or path.suffix == ".sql") and path.suffix in (".py", ".sql") and path.is_file():
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """Only one test process at a time makes a template."""
    (ROOT / ".data").mkdir(exist_ok=True)
    with (ROOT / ".data" / f"{name}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


async def _keep_password(admin: asyncpg.Connection[asyncpg.Record], server: str) -> None:
    """Roles belong to the whole server: give the app role the tests' password again should anybody have changed it."""
    try:
        await (await asyncpg.connect(plain_url(describe(server, "postgres").app_url))).close()
    except asyncpg.InvalidPasswordError:
        await install.make_roles(admin, describe(server, "postgres").app_url)


async def _make_template(server: str, name: str) -> None:
    async with administrator(server) as admin:
        if await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
            await _keep_password(admin, server)
            return
        await admin.execute(
            f'DROP DATABASE IF EXISTS "{name}-new" WITH (FORCE)'
        )  # an interrupted run left it
        await admin.execute(f'CREATE DATABASE "{name}-new"')
    described = describe(server, f"{name}-new")
    await upgrade(described.admin_url, described.app_url, SECRET)
    async with administrator(server) as admin:
        await admin.execute(f'ALTER DATABASE "{name}-new" RENAME TO "{name}"')


def template() -> tuple[str, str]:
    """(server address, name of the migrated template), made once per version of the models."""
    server = server_url()
    name = f"template_{_fingerprint()}"
    with _alone("template"):
        asyncio.run(_make_template(server, name))
    return server, name


def _written_today() -> str:
    """Changes whenever anything that a world is built from does, and each day: its dates are counted from today."""
    digest = hashlib.sha256(f"{today()}".encode())
    for folder in ("platform", "tenants", "shared_pool", "reporting", "deploy"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".py", ".sql", ".csv", ".json", ".toml", ".txt") and path.is_file():
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


async def kept_template(
    server: str, migrated: str, kind: str, fill: Callable[[TestDatabase], Awaitable[None]]
) -> str:
    """The name of a database that `fill` has filled, to be copied: filled by the first who asks, and anew when the program or
    the day is another. One that is out of date goes.
    """
    name = f"{kind}_{_written_today()}"
    with _alone(kind):
        async with administrator(server) as admin:
            if await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
                return name
            old = await admin.fetch(
                "SELECT datname FROM pg_database WHERE starts_with(datname, $1)", f"{kind}_"
            )
            for row in old:
                await admin.execute(f'DROP DATABASE IF EXISTS "{row["datname"]}" WITH (FORCE)')
        async with fresh_database(server, migrated) as made:
            await fill(made)
            async with administrator(server) as admin:
                with _alone("copy"):
                    await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{made.name}"')
    return name


@asynccontextmanager
async def fresh_database(server: str, template_name: str) -> AsyncIterator[TestDatabase]:
    """A copy of the template, dropped on leaving."""
    name = f"test_{uuid4().hex[:16]}"
    with _alone("copy"):
        # Copying needs the template to itself.
        async with administrator(server) as admin:
            await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template_name}"')
            # Rights on the database itself are not copied with it.
            for statement in (
                f'REVOKE ALL ON DATABASE "{name}" FROM PUBLIC',
                f'GRANT CONNECT ON DATABASE "{name}" TO sammen_app, sammen_backup',
            ):
                await admin.execute(statement)
    try:
        yield describe(server, name)
    finally:
        async with administrator(server) as admin:
            await admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
