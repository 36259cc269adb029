"""A house of its own to torture: a durable PostgreSQL, web and worker processes, a proxy, and a mail server that keeps."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import psutil
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.database import administrator, upgrade
from deploy.postgres import LocalServer
from deploy.postgres_binaries import LocalServerError
from tests.database import SECRET, describe
from tests.worlds import World, make_world

ROOT = Path(__file__).resolve().parents[2]
WATCH_S = 0.05


def free_port() -> int:
    """A port nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Inbox:
    """A mail server's handler that counts copies by Message-ID, per receiver."""

    def __init__(self) -> None:
        self.copies: Counter[tuple[str, str]] = Counter()

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Take it."""
        content = envelope.content or b""
        text = content.decode(errors="replace") if isinstance(content, bytes) else content
        head = text.partition("\r\n\r\n")[0]
        found = next((line for line in head.splitlines() if line.lower().startswith("message-id:")), "")
        self.copies[found.partition(":")[2].strip(), ",".join(envelope.rcpt_tos)] += 1
        return "250 taken"


class Nursery:
    """The process that forks the others (nursery.py)."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.torture.nursery"], cwd=ROOT, text=True, bufsize=1,
            env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}", **environment},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert self._line() == "ready"

    def _line(self) -> str:
        out: IO[str] | None = self.process.stdout
        assert out is not None
        return out.readline().strip()

    def fork(self, word: str) -> int:
        """A new process; its id."""
        assert self.process.stdin is not None
        self.process.stdin.write(word + "\n")
        return int(self._line())

    def close(self) -> None:
        """Kill all it forked, and it."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(20)


def alive(pid: int) -> bool:
    """Whether the process runs. What the nursery forked leaves no remains behind."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@dataclass
class House:
    """Everything that can be killed. `pids` holds each process by its word to the nursery."""

    server: LocalServer
    world: World
    nursery: Nursery
    inbox: Inbox
    port: int
    database_port: int
    web_ports: list[int]
    pids: dict[str, int] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    """Words that the supervisor leaves alone: they are down on purpose."""
    serving: bool = False
    """Whether the last who asked was served."""
    troubles: list[str] = field(default_factory=list)
    """What the supervisor met when it started the database again."""
    stretches: list[float] = field(default_factory=list)
    """How long each time nobody could be served lasted, in seconds."""
    _watch: list[asyncio.Task[Any]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The proxy's address."""
        return f"http://127.0.0.1:{self.port}"

    def words(self, kind: str) -> list[str]:
        """The words of one kind of process: `web`, `worker`, `proxy`."""
        return [word for word in self.pids if word.split()[0].startswith(kind)]

    def start(self, words: list[str]) -> None:
        """Fork these, and watch over them from now on."""
        for word in words:
            self.pids[word] = self.nursery.fork(_order(word))
        if not self._watch:
            self._watch = [asyncio.create_task(self._supervise()), asyncio.create_task(self._probe())]

    async def _supervise(self) -> None:
        """What has died is started again, as systemd would."""
        while True:
            for word, pid in list(self.pids.items()):
                if word not in self.held and not alive(pid):
                    self.pids[word] = self.nursery.fork(_order(word))
            if "database" not in self.held and self.server.pid() is None:
                await asyncio.to_thread(self._start_database)
            await asyncio.sleep(WATCH_S)

    def _start_database(self) -> None:
        """At the port it had: that is in every process's address. What goes wrong is kept, and tried again."""
        try:
            self.server.start()
            if self.server.port != self.database_port:
                self.troubles.append(f"the database came back at port {self.server.port}")
                self.server.stop()
        except LocalServerError as error:
            self.troubles.append(str(error)[-300:])
        finally:
            (self.server.home / "port").write_text(f"{self.database_port}\n")
            self.server._port = self.database_port

    async def _probe(self) -> None:
        """How long the door was closed, as somebody who asks all the time sees it."""
        import httpx

        since: float | None = None
        async with httpx.AsyncClient(timeout=5) as client:
            while True:
                try:
                    well = (await client.get(f"{self.url}/klar")).status_code == 200
                except httpx.TransportError:
                    well = False
                now, self.serving = time.monotonic(), well
                if well and since is not None:
                    self.stretches.append(now - since)
                    since = None
                elif not well and since is None:
                    since = now
                await asyncio.sleep(0.05)

    def backends(self) -> list[int]:
        """The database's processes that serve the app role now."""
        pid = self.server.pid()
        if pid is None:
            return []
        found = []
        with suppress(psutil.Error):
            for child in psutil.Process(pid).children():
                with suppress(psutil.Error):
                    if "sammen_app" in " ".join(child.cmdline()):
                        found.append(child.pid)
        return found

    async def until_ready(self, seconds: float = 60) -> float:
        """Wait until a page is served, and return how long it took. AssertionError when it takes longer."""
        import httpx

        began = time.monotonic()
        async with httpx.AsyncClient(timeout=5) as client:
            while time.monotonic() - began < seconds:
                try:
                    if (await client.get(f"{self.url}/klar")).status_code == 200:
                        return time.monotonic() - began
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.02)
        raise AssertionError(f"nobody serves after {seconds} s")

    async def close(self) -> None:
        """Stop watching, and everything that runs."""
        for task in self._watch:
            task.cancel()
        await asyncio.gather(*self._watch, return_exceptions=True)


def _order(word: str) -> str:
    """Workers are numbered here, and nameless to the nursery."""
    return "worker" if word.startswith("worker") else word


async def _mount(folder: Path, megabytes: int, uid: int) -> None:
    options = f"size={megabytes}m,uid={uid},mode=0700"
    mounting = await asyncio.create_subprocess_exec(
        "mount", "-t", "tmpfs", "-o", options, "sammen-small", str(folder), stderr=asyncio.subprocess.DEVNULL
    )
    if await mounting.wait():
        raise PermissionError("only root may make a small file system")


@asynccontextmanager
async def cluster(folder: Path, *, megabytes: int = 0) -> AsyncIterator[LocalServer]:
    """A PostgreSQL of its own with fsync, as in operation; removed on leaving.

    `megabytes`: on a file system of its own that holds no more, which takes root. PermissionError for others.
    """
    server = LocalServer.at(folder, for_tests=False)
    small = server.data.parent
    if megabytes:
        await _mount(small, megabytes, server.uid or 0)
    try:
        await asyncio.to_thread(server.start)
        yield server
    finally:
        with suppress(Exception):
            await asyncio.to_thread(server.stop)
        if server.pid() is not None:
            os.kill(server.pid() or 0, signal.SIGKILL)
        if megabytes:
            await asyncio.create_subprocess_exec("umount", "--lazy", str(small))
        shutil.rmtree(server.home.parent if os.geteuid() == 0 else server.home, ignore_errors=True)


@asynccontextmanager
async def house(
    folder: Path, *, webs: int = 3, megabytes: int = 0, environment: dict[str, str] | None = None
) -> AsyncIterator[House]:
    """A house with so many web processes behind one proxy. Nothing runs in it before `start`. `megabytes`: as `cluster`."""
    inbox = Inbox()
    mail = Controller(inbox, hostname="127.0.0.1", port=free_port())
    await asyncio.to_thread(mail.start)
    async with cluster(folder, megabytes=megabytes) as server:
        async with administrator(server.admin_url) as admin:
            await admin.execute("CREATE DATABASE tortured")
        database = describe(server.admin_url, "tortured")
        given = {
            "SAMMEN_ENV": "test", "SAMMEN_KEY": SECRET, "SAMMEN_APP_URL": database.app_url, "SAMMEN_POOL_SIZE": "6",
            "SAMMEN_RATE_USER": "0", "SAMMEN_RATE_ADDRESS": "0", "SAMMEN_RATE_PLACE": "0",  # the load is meant
            "SAMMEN_LOG_LEVEL": "CRITICAL", "SAMMEN_MAIL_FROM": "sammen@example.no",
            "SAMMEN_SMTP_URL": f"smtp+plain://127.0.0.1:{mail.port}", **(environment or {}),
        }  # fmt: skip
        loading = asyncio.create_task(asyncio.to_thread(Nursery, given))
        await upgrade(database.admin_url, database.app_url, SECRET)
        world = await make_world(database)
        nursery = await loading
        ports = [free_port() for _ in range(webs)]
        made = House(server, world, nursery, inbox, free_port(), server.port, ports)
        try:
            yield made
        finally:
            await made.close()
            await asyncio.to_thread(nursery.close)
            await world.close()
            await asyncio.to_thread(mail.stop)


def everything(made: House, workers: int = 3) -> list[str]:
    """The words that start the whole house."""
    listed = ",".join(str(port) for port in made.web_ports)
    webs = [f"web {port}" for port in made.web_ports]
    return [*webs, *(f"worker-{n}" for n in range(workers)), f"proxy {made.port} {listed}"]
