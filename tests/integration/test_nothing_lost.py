"""What was acknowledged is there, what was not can be sent again: through a killed web process and a restarted database."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.database import administrator, upgrade
from deploy.postgres import LocalServer
from sammen.clock import today
from sammen.keys import token_hash
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from tests.database import KEYS, SECRET, describe
from tests.worlds import Browser, World, make_world

ROOT = Path(__file__).resolve().parents[2]
FORM = "/k/horten/soknader/ny"
FORMS, ACKNOWLEDGED = 200, 40
PATIENCE_S = 120
pytestmark = pytest.mark.slow


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def web_process(world: World) -> AsyncIterator[tuple[str, subprocess.Popen[bytes]]]:
    """A web process of its own on the world's database: its address and the process, killed on leaving."""
    port = _free_port()
    env = {
        **os.environ, "SAMMEN_ENV": "test", "SAMMEN_KEY": SECRET, "SAMMEN_APP_URL": world.database.app_url,
        "SAMMEN_LOG_LEVEL": "ERROR", "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}",
    }  # fmt: skip
    command = [sys.executable, "-m", "uvicorn", "--factory", "deploy.asgi:make_app", "--port", str(port),
               "--log-level", "error", "--no-access-log"]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, env=env)
    url = f"http://127.0.0.1:{port}"
    try:
        async with httpx.AsyncClient() as probe:
            for _ in range(300):
                assert process.poll() is None, "the web process did not start"
                try:
                    if (await probe.get(f"{url}/klar")).status_code == 200:
                        break
                except httpx.TransportError:
                    await asyncio.sleep(0.1)
        yield url, process
    finally:
        process.kill()
        process.wait(10)


def application(number: int, csrf: str) -> dict[str, str]:
    """A form for somebody nobody else is, with a key of its own."""
    return {
        "fornavn": f"Selma{number}", "etternavn": "Rønning", "fodselsdato": "04.05.2015", "mottatt": format_date(today()),
        "kanal": "letter", "soker": "parent", "soker_navn": "Mona Rønning", "adressesperre": "none",
        "hjemmel": "hol-3-2-6b", "_csrf": csrf, "_key": f"key-{number}",
    }  # fmt: skip


async def send_all(url: str, token: str, *, told: asyncio.Event | None = None) -> dict[int, str]:
    """Send every form at once; returns the address each acknowledged one led to. Sets `told` after some."""
    csrf = KEYS.csrf_token(token_hash(token))
    led: dict[int, str] = {}
    limits = httpx.Limits(max_connections=40)
    async with httpx.AsyncClient(
        base_url=url, cookies={"sammen": token}, limits=limits, timeout=120
    ) as client:

        async def one(number: int) -> None:
            try:
                # A pool that is empty for two seconds says 503, and that nothing was changed: it is sent again.
                while (  # noqa: ASYNC110 - a pool rings no bell
                    answer := await client.post(FORM, data=application(number, csrf))
                ).status_code == 503:
                    await asyncio.sleep(0.2)
            except httpx.TransportError:
                return
            assert answer.status_code == 303, answer.text
            led[number] = answer.headers["location"]
            if told is not None and len(led) >= ACKNOWLEDGED:
                told.set()

        await asyncio.gather(*(one(number) for number in range(FORMS)))
    return led


async def test_a_web_process_killed_among_forms_loses_nothing_it_acknowledged_and_halves_nothing(
    world: World,
) -> None:
    token = await world.token(world.user("horten", Role.PURCHASER_CHILD))
    told = asyncio.Event()
    async with web_process(world) as (url, process):
        sending = asyncio.create_task(send_all(url, token, told=told))
        await asyncio.wait_for(told.wait(), 120)
        os.kill(process.pid, signal.SIGKILL)
        before = await sending
    assert ACKNOWLEDGED <= len(before) < FORMS
    there = {f"/k/horten/saker/{row['id']}" for row in await world.sql("SELECT id FROM case_file")}
    assert set(before.values()) <= there
    assert await whole(world) == len(there)
    async with web_process(world) as (url, _):
        after = await send_all(url, token)
        while len(after) < FORMS:
            after |= await send_all(url, token)
    assert {number: after[number] for number in before} == before
    assert await whole(world) == FORMS == len(set(after.values()))


async def whole(world: World) -> int:
    """How many cases there are, each with one person, one application, and one entry in the trail."""
    cases = await world.sql(
        "SELECT (SELECT count(*) FROM application a WHERE a.case_id = c.id) AS applications,"
        " (SELECT count(*) FROM person p WHERE p.id = c.person_id) AS persons,"
        " (SELECT count(*) FROM audit_entry e WHERE e.category = 'change' AND c.person_id = ANY (e.persons)) AS entries"
        " FROM case_file c"
    )
    assert all(row["applications"] == row["persons"] == 1 for row in cases)
    assert all(row["entries"] >= 1 for row in cases)
    assert (await world.sql("SELECT count(*) AS n FROM person"))[0]["n"] == len(cases)
    assert (await world.sql("SELECT count(*) AS n FROM application"))[0]["n"] == len(cases)
    return len(cases)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LocalServer]:
    """A database server of the test's own, so that nobody else's is restarted."""
    made = LocalServer.ensure(tmp_path / ".data", for_tests=True)
    yield made
    made.stop()
    shutil.rmtree(made.home.parent if os.geteuid() == 0 else made.home)


@pytest.fixture
async def alone(server: LocalServer) -> AsyncIterator[World]:
    async with administrator(server.admin_url) as admin:
        await admin.execute("CREATE DATABASE restarted")
    database = describe(server.admin_url, "restarted")
    await upgrade(database.admin_url, database.app_url, SECRET)
    made = await make_world(database)
    try:
        yield made
    finally:
        await made.close()


async def test_a_database_that_restarts_under_load_means_503_and_pages_again_after(
    alone: World, server: LocalServer
) -> None:
    seen: list[set[int]] = [set() for _ in range(8)]
    since: list[set[int]] = [set() for _ in range(8)]
    over, back = asyncio.Event(), asyncio.Event()

    async def reader(number: int, browser: Browser) -> None:
        while not over.is_set():
            answer: Any = await browser.get("/k/horten")
            seen[number].add(answer.status_code)
            if back.is_set():
                since[number].add(answer.status_code)
            await asyncio.sleep(0.01)

    async def until(met: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not met():  # noqa: ASYNC110 - what people are answered rings no bell
                await asyncio.sleep(0.05)

    readers = [
        asyncio.create_task(reader(number, await alone.browser("horten", Role.MANAGER)))
        for number in range(8)
    ]
    await until(lambda: all(seen))
    await asyncio.to_thread(server.stop)
    await until(lambda: all(503 in one for one in seen))
    await asyncio.to_thread(server.start)
    back.set()
    await until(lambda: all(200 in one for one in since))
    over.set()
    await asyncio.gather(*readers)
    assert set().union(*seen) == {200, 503}
