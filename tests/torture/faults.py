"""One fault at a time, with people at work: how soon they are told, and how soon it is over. For `make torture` and CI."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import httpx
import psutil

from deploy.postgres import LocalServer
from sammen.clock import today
from sammen.keys import token_hash
from sammen.norwegian import format_date
from tests.database import KEYS
from tests.torture.house import House

READERS = 6


@dataclass(slots=True)
class Felt:
    """What people felt, in seconds. `told` is each 503's time, `answered` every answer's; `back` from the end of the fault."""

    told: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    back: float = 0.0

    @property
    def slowest_told(self) -> float:
        return max(self.told, default=0.0)

    @property
    def slowest(self) -> float:
        return max(self.answered, default=0.0)


async def _read(url: str, token: str, felt: Felt, over: asyncio.Event) -> None:
    limits = httpx.Limits(max_keepalive_connections=0)
    async with httpx.AsyncClient(
        base_url=url, cookies={"sammen": token}, timeout=60, limits=limits
    ) as client:
        while not over.is_set():
            began = time.monotonic()
            try:
                status = (await client.get("/k/horten/saker")).status_code
            except httpx.TransportError:
                status = 0
            took = time.monotonic() - began
            felt.statuses[status] += 1
            felt.answered.append(took)
            if status == 503:
                felt.told.append(took)
            await asyncio.sleep(0.02)


@asynccontextmanager
async def felt_by(house: House, token: str) -> AsyncIterator[Felt]:
    """People who read a list the whole time, while the block does harm; it measures from the block's end until they read."""
    felt, over = Felt(), asyncio.Event()
    readers = [asyncio.create_task(_read(house.url, token, felt, over)) for _ in range(READERS)]
    await asyncio.sleep(0.5)
    try:
        yield felt
        felt.back = await house.until_ready(30)
        await asyncio.sleep(0.5)
    finally:
        over.set()
        await asyncio.gather(*readers)


def _cluster(server: LocalServer) -> list[psutil.Process]:
    parent = psutil.Process(server.pid() or 0)
    return [parent, *parent.children(recursive=True)]


async def frozen(house: House, token: str, seconds: float) -> Felt:
    """The database takes connections and never answers, as behind a cut line: every process of it is stopped."""
    async with felt_by(house, token) as felt:
        processes = _cluster(house.server)
        for process in processes:
            process.suspend()
        try:
            await asyncio.sleep(seconds)
        finally:
            for process in processes:
                process.resume()
    return felt


async def stopped(house: House, token: str, seconds: float) -> Felt:
    """The database is shut down in good order, and started again."""
    async with felt_by(house, token) as felt:
        house.held.add("database")
        try:
            await asyncio.to_thread(house.server.stop)
            await asyncio.sleep(seconds)
            await asyncio.to_thread(house.server.start)
        finally:
            house.held.discard("database")
    return felt


async def rolled(house: House, token: str) -> Felt:
    """Every web process is told to end and replaced, one after the other."""
    async with felt_by(house, token) as felt:
        for word in house.words("web"):
            pid = house.pids[word]
            os.kill(pid, signal.SIGTERM)
            for _ in range(400):
                await asyncio.sleep(0.05)
                if house.pids[word] != pid:
                    break
            assert house.pids[word] != pid, "a web process did not end"
            await asyncio.sleep(1)  # until it is asked for again
    return felt


def application(name: str, token: str) -> dict[str, str]:
    """A form for somebody of that name, with the name as its key."""
    return {
        "fornavn": name, "etternavn": "Rønning", "fodselsdato": "04.05.2015", "mottatt": format_date(today()),
        "kanal": "letter", "soker": "parent", "soker_navn": "Mona Rønning", "adressesperre": "none",
        "hjemmel": "hol-3-2-6b", "_csrf": KEYS.csrf_token(token_hash(token)), "_key": name,
    }  # fmt: skip


async def same_form(house: House, token: str, name: str, *, count: int = 100) -> Counter[str]:
    """One form sent so many times at once while each web process is killed; how often each address was the answer.

    Each sender goes on until there is an answer that is no 409, 502 or 503.
    """
    led: Counter[str] = Counter()
    limits = httpx.Limits(max_connections=count, max_keepalive_connections=0)
    async with httpx.AsyncClient(
        base_url=house.url, cookies={"sammen": token}, timeout=30, limits=limits
    ) as client:

        async def one() -> None:
            while True:
                try:
                    answer = await client.post("/k/horten/soknader/ny", data=application(name, token))
                except httpx.TransportError:
                    continue
                if answer.status_code not in (409, 502, 503):
                    led[f"{answer.status_code} {answer.headers.get('location', '')}"] += 1
                    return
                await asyncio.sleep(0.1)

        async def kill() -> None:
            for word in house.words("web"):
                await asyncio.sleep(0.15)
                with suppress(ProcessLookupError):
                    os.kill(house.pids[word], signal.SIGKILL)

        await asyncio.gather(kill(), *(one() for _ in range(count)))
    return led


@asynccontextmanager
async def full_disk(folder: Path) -> AsyncIterator[None]:
    """The file system that `folder` lies on has no room at all while the block lasts."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        chunk = b"\0" * 1_048_576
        with suppress(OSError):
            while True:
                file.write(chunk)
        chunk = b"\0" * 4096
        with suppress(OSError):
            while True:
                file.write(chunk)
    try:
        yield
    finally:
        ballast.unlink()


async def cases_named(house: House, like: str) -> set[UUID]:
    """The cases of people whose given name is like that."""
    rows = await house.world.sql(
        "SELECT c.id FROM case_file c JOIN person p ON p.id = c.person_id WHERE p.given_name LIKE $1", like
    )
    return {row["id"] for row in rows}


@dataclass(slots=True)
class Full:
    """What happened on a disk without room: how many forms were acknowledged before, during and after, and told no."""

    before: int
    during: int
    refused: int
    after: int
    back: float
    crashed: bool


async def disk_full(house: House, token: str, folder: Path, *, forms: int = 60) -> Full:
    """Forms before, on a disk without any room, and after room was made. `folder` lies on the cluster's own file system.

    Raises AssertionError when a form is answered with anything but 303, 502 or 503, or what was acknowledged is not there.
    """
    led: dict[str, str] = {}
    refused = 0
    limits = httpx.Limits(max_keepalive_connections=0)
    async with httpx.AsyncClient(
        base_url=house.url, cookies={"sammen": token}, timeout=30, limits=limits
    ) as client:

        async def send(name: str) -> bool:
            try:
                answer = await client.post("/k/horten/soknader/ny", data=application(name, token))
            except httpx.TransportError:
                return False
            assert answer.status_code in (303, 502, 503), answer.text
            if answer.status_code == 303:
                led[name] = answer.headers["location"]
            return answer.status_code == 303

        before = sum([await send(f"Full{n}") for n in range(10)])
        postmaster = house.server.pid()
        async with full_disk(folder):
            during = 0
            for n in range(10, 10 + forms):
                done = await send(f"Full{n}")
                during, refused = during + done, refused + (not done)
        back = await house.until_ready(60)
        after = sum([await send(f"Full{n}") for n in range(10 + forms)])
    there = {f"/k/horten/saker/{case}" for case in await cases_named(house, "Full%")}
    assert set(led.values()) == there
    return Full(before, during, refused, after, back, house.server.pid() != postmaster)
