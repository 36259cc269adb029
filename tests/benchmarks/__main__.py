"""`make bench`: prints a table and writes the same to .data/bench.json.

Every figure is a ratio within this run: the median of at least seven interleaved rounds, with its spread (lower and upper
quartile). A goal is met or missed only when the whole spread is on that side of it; otherwise it is "uncertain".
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from deploy.database import plain_url
from sammen.keys import token_hash
from tests.benchmarks.archive import measure_archive
from tests.benchmarks.calendar import measure_calendar
from tests.benchmarks.disclosure import SECONDS_COUNTRY, SECONDS_TWELVE, measure_disclosure
from tests.benchmarks.disclosure import told as told_of_disclosure
from tests.benchmarks.figures import measure_figures, measure_front
from tests.benchmarks.floor import SESSION
from tests.benchmarks.matching import (
    COUNTRY,
    MEGABYTES,
    RATIO,
    SECONDS,
    SIZES,
    Size,
    measure_matching,
    told,
)
from tests.benchmarks.neighbour import WANTED as NEIGHBOUR
from tests.benchmarks.neighbour import WANTED_REFUSAL_MS, measure_neighbour
from tests.benchmarks.payroll import measure_payroll
from tests.benchmarks.prepare import TOKEN, Measured, measured
from tests.benchmarks.serve import Served, served
from tests.benchmarks.trail import WANTED_MS as LOG_MS
from tests.benchmarks.trail import measure_trail
from tests.benchmarks.upgrading import WANTED_S as UPGRADED_S
from tests.benchmarks.upgrading import measure_upgrade
from tests.database import template

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 9
APP = "deploy.asgi:make_app"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured ratio. `higher` says which way is better."""

    name: str
    values: Sequence[float]
    unit: str
    wanted: float
    higher: bool

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def spread(self) -> tuple[float, float]:
        if len(self.values) < 2:
            return self.values[0], self.values[0]
        quartiles = statistics.quantiles(self.values, n=4)
        return quartiles[0], quartiles[2]

    @property
    def met(self) -> bool | None:
        """True or False only outside the spread; None when the goal lies within it."""
        low, high = self.spread
        if self.higher:
            return True if low >= self.wanted else False if high < self.wanted else None
        return True if high <= self.wanted else False if low > self.wanted else None


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def measure_pages(data: Measured) -> tuple[list[Figure], dict[str, float]]:
    """The case list against its floor, with and without row-level security, in turn."""
    with ExitStack() as stack:
        servers: dict[str, Served] = {
            "floor": stack.enter_context(
                served("tests.benchmarks.floor:make", BENCH_FREE_URL=plain_url(data.free_url))
            ),
            "app": stack.enter_context(served(APP, SAMMEN_APP_URL=data.database.app_url)),
            "free": stack.enter_context(served(APP, SAMMEN_APP_URL=data.free_url)),
        }
        for server in servers.values():
            server.load(seconds=1.0)
        rounds: dict[str, list[dict[str, float]]] = {name: [] for name in servers}
        for n in range(ROUNDS):
            order = list(servers) if n % 2 else list(reversed(servers))
            for name in order:
                rounds[name].append(servers[name].load())
        memory = servers["app"].memory_mb()
    speed = {name: [r["per_second"] for r in found] for name, found in rounds.items()}
    seen = {name: statistics.median(values) for name, values in speed.items()}
    seen |= {
        "page_bytes": rounds["app"][0]["bytes"],
        "floor_bytes": rounds["floor"][0]["bytes"],
        "memory_mb": memory,
    }
    against_floor = [a / f for a, f in zip(speed["app"], speed["floor"], strict=True)]
    wall = [1 - a / f for a, f in zip(speed["app"], speed["free"], strict=True)]
    return [
        Figure("case list against its floor", against_floor, "ratio", 0.6, True),
        Figure("row-level security's share of page time", wall, "share", 0.10, False),
        Figure("memory of a web process", [memory], "MB", 200, False),
    ], seen


async def measure_ticket(data: Measured) -> Figure:
    """What entering with a ticket costs over a plain session look-up, as a share of that look-up's own time."""
    connection = await asyncpg.connect(plain_url(data.database.app_url))
    free = await asyncpg.connect(plain_url(data.free_url))
    enter = "SELECT * FROM sammen.enter($1, 'municipality', 'k1')"
    times: list[float] = []
    for _ in range(ROUNDS):
        taken = {}
        for name, link, sql in (("plain", free, SESSION), ("enter", connection, enter)):
            began = time.perf_counter()
            for _ in range(400):
                async with link.transaction():
                    await link.fetch(sql, token_hash(TOKEN))
            taken[name] = time.perf_counter() - began
        times.append(taken["enter"] / taken["plain"])
    await connection.close()
    await free.close()
    return Figure("entering with a ticket against a plain session look-up", times, "ratio", 2.0, False)


def measure_growth(data: Sequence[Measured]) -> list[Figure]:
    """The 95th percentile at 50, 357 and 1 000 municipalities against that at 12, with four connections."""
    with ExitStack() as stack:
        servers = [stack.enter_context(served(APP, SAMMEN_APP_URL=one.database.app_url)) for one in data]
        for server in servers:
            server.load(connections=4, seconds=1.0)
        rounds = [
            [server.load(connections=4, seconds=1.5)["p95_ms"] for server in servers] for _ in range(ROUNDS)
        ]
    return [
        Figure(f"p95 at {one.municipalities} municipalities against {data[0].municipalities}",
               [found[n] / found[0] for found in rounds], "ratio", 1.10, False)
        for n, one in enumerate(data)
        if n
    ]  # fmt: skip


def measure_length(short: Measured, long: Measured) -> Figure:
    """The case list as one person waits for it, where there are 5 000 open cases against where there are 500."""
    with ExitStack() as stack:
        servers = [
            stack.enter_context(served(APP, SAMMEN_APP_URL=one.database.app_url)) for one in (short, long)
        ]
        for server in servers:
            server.load(connections=1, seconds=1.0)
        found = []
        for n in range(2 * ROUNDS):
            taken = {}
            for server in servers if n % 2 else reversed(servers):
                taken[server.port] = server.load(connections=1, seconds=0.7)["p50_ms"]
            found.append(taken[servers[1].port] / taken[servers[0].port])
    return Figure("case list of 5 000 cases against one of 500", found, "ratio", 1.2, False)


def matching_figures(compared: dict[Size, dict[str, Any]], runs: Sequence[dict[str, Any]]) -> list[Figure]:
    """The engine against scipy alone, against a coordinator by hand, and a country's time and memory."""
    middle = compared[SIZES[1]]
    against = [ours / alone for ours, alone in zip(middle["ours"], middle["scipy"], strict=True)]
    by_hand = [found["met"] / found["by_hand_met"] for found in compared.values()]
    return [
        Figure("matching 5 000 × 8 000 against scipy alone on the same scores", against, "ratio", RATIO, False),
        Figure("a country matched, 30 000 × 30 000, from profiles to plan",
               [run["seconds"] for run in runs], "s", SECONDS, False),
        Figure("memory of a country's match", [run["memory_mb"] for run in runs], "MB", MEGABYTES, False),
        Figure("needs met against a coordinator by hand", by_hand, "ratio", 1, True),
    ]  # fmt: skip


def disclosure_figures(found: dict[str, Any]) -> list[Figure]:
    """The two releases with a goal, from tables to an audited answer, and the memory of the larger."""
    return [
        Figure("the twelve's full release, protected and audited", [run["seconds"] for run in found["twelve"]], "s",
               SECONDS_TWELVE, False),
        Figure("400 regions, two hierarchies, protected and audited", [run["seconds"] for run in found["country"]], "s",
               SECONDS_COUNTRY, False),
        Figure("memory of 400 regions' release", [run["memory_mb"] for run in found["country"]], "MB", MEGABYTES, False),
    ]  # fmt: skip


def report(figures: Sequence[Figure], seen: dict[str, float]) -> None:
    """The table, and the same in .data/bench.json."""
    words = {True: "met", False: "MISSED", None: "uncertain"}
    _say(f"{'figure':58} {'median':>8} {'spread':>17} {'wanted':>9}  result")
    for f in figures:
        low, high = f.spread
        sign = "≥" if f.higher else "≤"
        _say(
            f"{f.name:58} {f.median:8.3f} {low:8.3f}–{high:<8.3f} {sign} {f.wanted:<7g}  {words[f.met]} ({f.unit})"
        )
    _say(
        "for scale, this run: "
        + ", ".join(f"{name} {value:.{0 if value >= 10 else 2}f}" for name, value in seen.items())
    )
    written = {
        f.name: {
            "value": round(f.median, 4),
            "spread": [round(v, 4) for v in f.spread],
            "unit": f.unit,
            "wanted": f.wanted,
            "met": f.met,
        }
        for f in figures
    }
    path = ROOT / ".data" / "bench.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(written, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


async def main(server: str, name: str) -> None:
    """Prepare, measure, report."""
    async with AsyncExitStack() as stack:
        data = [await stack.enter_async_context(measured(server, name, n)) for n in (12, 50, 357, 1_000)]
        _say("measuring the case list: 50 rows, 357 municipalities, one web process, 16 connections …")
        figures, seen = await asyncio.to_thread(measure_pages, data[2])
        figures.append(await measure_ticket(data[2]))
        _say("measuring growth …")
        figures += await asyncio.to_thread(measure_growth, data)
        _say("measuring a long list …")
        lists = [
            await stack.enter_async_context(measured(server, name, 12, first_cases=cases))
            for cases in (500, 5_000)
        ]
        figures.append(await asyncio.to_thread(measure_length, *lists))
    _say("measuring a noisy neighbour: two web processes, eleven at 2 requests a second, a twelfth at 200 …")
    ratios, refusals, scale = await measure_neighbour(server, name)
    figures.append(
        Figure("p95 of eleven beside a noisy twelfth against without it", ratios, "ratio", NEIGHBOUR, False)
    )
    figures.append(Figure("p95 of refusing the noisy one", refusals, "ms", WANTED_REFUSAL_MS, False))
    seen |= scale
    _say("measuring an upgrade of 357 municipalities …")
    took, scale = await measure_upgrade(server)
    figures.append(Figure("upgrade of 357 municipalities with 71 400 cases", [took], "s", UPGRADED_S, False))
    seen |= scale
    _say("measuring the access log: ten million entries in one municipality …")
    logs, scale = await measure_trail(server, name)
    figures += [
        Figure(f"{page} of ten million entries", times, "ms", LOG_MS, False) for page, times in logs.items()
    ]
    seen |= scale
    _say("measuring the matching: three sizes, the largest a country …")
    compared, runs = await asyncio.to_thread(measure_matching)
    figures += matching_figures(compared, runs)
    seen |= {"country_pairs": compared[COUNTRY]["pairs"], "country_met": runs[0]["met"]}
    _say("measuring payroll: 1 000 contacts, 12 000 lines, computed, closed and filed …")
    ratios, scale = await measure_payroll(server, name)
    figures.append(Figure("a month of payroll against flat sums in plain SQL", ratios, "ratio", 20, False))
    figures.append(Figure("memory of a month of payroll", [scale["payroll_memory_mb"]], "MB", 100, False))
    seen |= scale
    _say("measuring an archive: 220 000 rows and 400 documents, opened, sealed and written …")
    rates, memory, scale = await measure_archive(server, name)
    figures.append(Figure("rows of an archive taken out in a second", rates, "/s", 10_000, True))
    figures.append(Figure("memory of taking out an archive", [memory], "MB", 64, False))
    seen |= scale
    _say("measuring the public calendar: 200 events, against the bare server with a file of the same size …")
    times, scale = await measure_calendar(server, name)
    figures.append(
        Figure("public calendar against 500/s or half of the bare server", times, "ratio", 1, True)
    )
    seen |= scale
    _say(
        "measuring figures: a report over ten years, against SQL and polars on the same cells, and the front page …"
    )
    reports, scale = await measure_figures(server, name)
    figures += [Figure(what, seconds, "s", wanted, False) for what, seconds, wanted in reports]
    figures.append(
        Figure("p95 of the steering group's front page", await measure_front(server, name), "ms", 100, False)
    )
    seen |= scale
    _say(
        "measuring disclosure control: the twelve's full release, 400 regions, and the price beside simpler ways …"
    )
    protected = await asyncio.to_thread(measure_disclosure)
    figures += disclosure_figures(protected)
    report(figures, seen)
    for line in (*told(compared), *told_of_disclosure(protected)):
        _say(line)


if __name__ == "__main__":
    found = template()
    asyncio.run(main(*found))
