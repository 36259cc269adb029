"""`sammen demo`: a database, a world in it, web and worker; and nothing left behind when it stops."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn
from urllib.parse import urlsplit

from deploy.cli_norwegian import CommandError
from deploy.demo.local import DATABASE, UNFINISHED, DemoUrls, data_folder, urls
from deploy.postgres import LocalServer
from sammen.settings import Environment, Settings

READY_S = 30
STOP_S = 15
"""A little more than the web's own grace, so that nothing under way is cut."""
Progress = Callable[[str, int, int], None]


class Stopped(BaseException):
    """A signal came. Not an Exception, so that no handler on the way takes it for a fault."""


def run_demo(settings: Settings) -> int:
    """Run until Ctrl-C or SIGTERM; returns the exit code. Raises CommandError for what the operator can mend."""
    if settings.environment is Environment.PRODUCTION:
        raise CommandError("Demoen kjører ikke med SAMMEN_ENV=production.")
    _check_port(settings)
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, _stop)
    children: list[subprocess.Popen[bytes]] = []
    try:
        with _server(settings) as (server, found):
            try:
                children += [_child(name, settings, found) for name in ("serve", "worker")]
                asyncio.run(_fill_in_place(settings, found) if server is None else _prepare(settings, server))
                for child in children:
                    _say_go(child)
                _wait_until_ready(settings, children)
                asyncio.run(_greet(settings, found))
                return _watch(children)
            finally:
                _ignore_signals()
                _end(children)
    except (Stopped, KeyboardInterrupt):
        print("\nStoppet. Dataene ligger til neste gang.", flush=True)
        return 0


def take_shots(arguments: list[str]) -> int:
    """Photograph the pages; the photographer is a module of its own that needs Chromium."""
    from deploy import shots

    return shots.main(arguments)


def _stop(_number: int, _frame: FrameType | None) -> NoReturn:
    raise Stopped


def _ignore_signals() -> None:
    """A second Ctrl-C must not interrupt the clearing up."""
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)


def _check_port(settings: Settings) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError:
            raise CommandError(
                f"Port {settings.port} er opptatt. Velg en annen: SAMMEN_PORT={settings.port + 1} sammen demo"
            ) from None


@contextmanager
def _server(settings: Settings) -> Iterator[tuple[str | None, DemoUrls]]:
    """(our own server's address or None, the demo's addresses). Our own server stops on leaving."""
    data = data_folder(settings)
    if settings.admin_url:
        found = urls(settings.admin_url, data, urlsplit(settings.admin_url).path.strip("/") or "postgres")
        yield None, DemoUrls(found.admin_url, settings.app_url or found.app_url)
        return
    server = LocalServer.ensure(data)
    try:
        yield server.admin_url, urls(server.admin_url, data, DATABASE)
    finally:
        _ignore_signals()
        server.stop()


async def _prepare(settings: Settings, server: str) -> None:
    """Upgrade the database, or make it: under another name until it is whole, so that a half one is never used."""
    from deploy.database import administrator, upgrade

    async with administrator(server) as admin:
        exists = await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", DATABASE)
        if not exists:
            await admin.execute(f"DROP DATABASE IF EXISTS {UNFINISHED} WITH (FORCE)")
            await admin.execute(f"CREATE DATABASE {UNFINISHED}")
    found = urls(server, data_folder(settings), DATABASE if exists else UNFINISHED)
    await upgrade(found.admin_url, found.app_url, settings.key)
    if not exists:
        await _build(settings, found)
        async with administrator(server) as admin:
            await admin.execute(f"ALTER DATABASE {UNFINISHED} RENAME TO {DATABASE}")


async def _fill_in_place(settings: Settings, found: DemoUrls) -> None:
    """A server of one's own: its database is upgraded, and filled only when it is empty."""
    from deploy.database import administrator, upgrade

    await upgrade(found.admin_url, found.app_url, settings.key)
    async with administrator(found.admin_url) as admin:
        filled = await admin.fetchval("SELECT EXISTS (SELECT 1 FROM sammen.municipality)")
        personas = await admin.fetchval(
            "SELECT EXISTS (SELECT 1 FROM sammen.user_account WHERE persona IS NOT NULL)"
        )
    if filled and not personas:
        raise CommandError("Databasen har kommuner, men ikke demopersoner. Bruk en tom database til demoen.")
    if not filled:
        await _build(settings, found)


async def _build(settings: Settings, found: DemoUrls) -> None:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from deploy.demo import world

    columns = (
        TextColumn("{task.description:<34}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
    )
    console = Console()
    console.print("Lager demoens verden. Det skjer bare første gang.")
    with Progress(*columns, console=console) as shown:
        row = shown.add_task("", total=None)

        def progress(label: str, done: int, total: int) -> None:
            shown.update(row, description=label, completed=done, total=total)

        await world.build(found.admin_url, found.app_url, settings.key, progress)


def _child(command: str, settings: Settings, found: DemoUrls) -> subprocess.Popen[bytes]:
    """Web or worker, in a process group of its own: Ctrl-C is for us, who end them in good order."""
    environment = {
        **os.environ,
        "SAMMEN_ENV": "demo",
        "SAMMEN_APP_URL": found.app_url,
        "SAMMEN_KEY": settings.key,
        "SAMMEN_PERSONAS": "1",
        "SAMMEN_LOG_LEVEL": os.environ.get("SAMMEN_LOG_LEVEL", "WARNING"),
    }
    # The children never need the administrator's address.
    environment.pop("DATABASE_URL", None)
    return subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-m", "deploy.cli", command, "--wait"],
        env=environment,
        start_new_session=True,
        stdin=subprocess.PIPE,
    )


def _say_go(child: subprocess.Popen[bytes]) -> None:
    """The database is ready. A child that has stopped already is found by whoever waits for it."""
    with contextlib.suppress(BrokenPipeError):
        assert child.stdin is not None
        child.stdin.write(b"\n")
        child.stdin.flush()


def address(settings: Settings) -> str:
    """Where a browser on this machine finds the demo."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104 - compared, not bound
    return f"http://{host}:{settings.port}"


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own http address
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def _wait_until_ready(settings: Settings, children: list[subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline:
        if any(child.poll() is not None for child in children):
            raise CommandError("Web eller worker stoppet under oppstarten. Feilen står over.")
        if _answers(f"{address(settings)}/klar"):
            return
        time.sleep(0.05)
    raise CommandError(f"Nettstedet svarte ikke innen {READY_S} sekunder.")


async def _greet(settings: Settings, found: DemoUrls) -> None:
    """The address and who one can be, for the person at the terminal."""
    from deploy.database import administrator

    async with administrator(found.admin_url) as admin:
        personas = await admin.fetch(
            "SELECT display_name, persona FROM sammen.user_account WHERE persona IS NOT NULL AND disabled_at IS NULL"
            " ORDER BY persona_order"
        )
    print(f"\nSammen kjører på {address(settings)}\n")
    for row in personas:
        print(f"  {row['display_name']:<18} {row['persona']}")
    print("\nAlle navn og saker er funnet på. Stopp med Ctrl-C.", flush=True)


def _watch(children: list[subprocess.Popen[bytes]]) -> int:
    """Wait for a signal. A child that ends by itself ends the demo."""
    while True:
        for child in children:
            if child.poll() is not None:
                print("Web eller worker stoppet. Feilen står over.", file=sys.stderr)
                return 1
        time.sleep(0.3)


def _end(children: list[subprocess.Popen[bytes]]) -> None:
    """Ask each group to end; kill what has not after `STOP_S`. Returns when all are gone."""
    for child in children:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_S
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
