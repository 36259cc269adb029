"""The activity calendar's public page, of two hundred events, against the bare server with a static file of the same size.

The goal is 500 requests a second or half of what the bare server does, whichever is less, both in one run.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import urllib.request
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from deploy.database import administrator
from tests.benchmarks.serve import Served, served
from tests.calendar_samples import facts, weekly
from tests.database import fresh_database

WANTED_PER_SECOND = 500.0
PAGE = "/aktivitetskalender/vestfold"
APP = "deploy.asgi:make_app"
ROUNDS = 7
EVENTS = 200


def make_static() -> Any:
    """An ASGI function that answers everything with the file BENCH_FILE, read for each request, and nothing else."""
    path = Path(os.environ["BENCH_FILE"])

    async def answer(scope: Any, _receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body = path.read_bytes()
        headers = [
            (b"content-type", b"text/html; charset=utf-8"),
            (b"content-length", str(len(body)).encode()),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return answer


async def fill(admin_url: str) -> None:
    """A region with twelve municipalities, and two hundred events: half of them series."""
    async with administrator(admin_url) as admin:
        await admin.execute("SET search_path = sammen")
        region, homes = uuid4(), [UUID(int=n) for n in range(1, 13)]
        since = date(2000, 1, 1)
        await admin.execute(
            "INSERT INTO region (id, slug, name, valid_from) VALUES ($1, 'vestfold', 'Vestfold', $2)",
            region,
            since,
        )
        for n, home in enumerate(homes):
            await admin.execute(
                "INSERT INTO municipality (id, code, slug, name, valid_from) VALUES ($1, $2, $3, $4, $5)",
                home, f"{n:04}", f"k{n}", f"Kommune {n}", since,
            )  # fmt: skip
            await admin.execute(
                "INSERT INTO region_membership (id, region_id, municipality_id, valid_from) VALUES ($1, $2, $3, $4)",
                uuid4(), region, home, since,
            )  # fmt: skip
        for n in range(EVENTS):
            home = homes[n % len(homes)]
            said = (weekly if n % 2 else facts)(home, title=f"Aktivitet {n}").columns()
            if not n % 2:
                said["first_day"] = said["last_day"] = said["first_day"] + timedelta(days=n % 40)
            row = {"id": uuid4(), "region_id": region, "host_id": home, "state": "published", **said}
            names, places = ", ".join(row), ", ".join(f"${k}" for k in range(1, len(row) + 1))
            await admin.execute(
                f"INSERT INTO calendar_event (published_at, {names}) VALUES (now(), {places})",
                *row.values(),
            )


async def measure_calendar(server: str, template: str) -> tuple[Sequence[float], dict[str, float]]:
    """(how many times the goal in each round, figures for scale)."""
    async with fresh_database(server, template) as database:
        await fill(database.admin_url)
        return await asyncio.to_thread(_measure, database.app_url)


def _measure(app_url: str) -> tuple[Sequence[float], dict[str, float]]:
    with ExitStack() as stack, tempfile.TemporaryDirectory() as folder:
        app = stack.enter_context(served(APP, SAMMEN_APP_URL=app_url))
        page = urllib.request.urlopen(f"http://127.0.0.1:{app.port}{PAGE}", timeout=10).read()
        file = Path(folder) / "page.html"
        file.write_bytes(page)
        bare = stack.enter_context(served("tests.benchmarks.calendar:make_static", BENCH_FILE=str(file)))
        servers: dict[str, Served] = {"calendar": app, "bare": bare}
        rounds: dict[str, list[float]] = {name: [] for name in servers}
        for one in servers.values():
            one.load(seconds=0.5, path=PAGE)
        for n in range(ROUNDS):
            for name in servers if n % 2 else reversed(servers):
                rounds[name].append(servers[name].load(seconds=1.5, path=PAGE)["per_second"])
    goal = [min(WANTED_PER_SECOND, alone / 2) for alone in rounds["bare"]]
    ratios = [ours / wanted for ours, wanted in zip(rounds["calendar"], goal, strict=True)]
    middle = sorted(rounds["calendar"])[ROUNDS // 2], sorted(rounds["bare"])[ROUNDS // 2]
    return ratios, {
        "calendar_per_second": middle[0],
        "bare_per_second": middle[1],
        "calendar_bytes": len(page),
    }
