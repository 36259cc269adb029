"""A load generator that waits for nobody: each request has its moment, and its time is counted from that moment, whether or not
the ones before it are answered (no coordinated omission). Reads a plan from standard input, prints JSON.

A process of its own on plain sockets, as `load.py` is.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from dataclasses import dataclass, field
from typing import Any

import uvloop

JITTER = 0.4
"""Of a stream's interval: streams that kept exact time would meet, or miss, each other for a whole round."""


@dataclass(slots=True)
class Process:
    """One web process and the connections to it that nobody uses just now."""

    port: int
    idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = field(default_factory=list)

    async def ask(self, request: bytes) -> int:
        """Send it and read the whole answer; its status."""
        reader, writer = (
            self.idle.pop() if self.idle else await asyncio.open_connection("127.0.0.1", self.port)
        )
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        lower = head.lower()
        at = lower.index(b"content-length:") + 15
        await reader.readexactly(int(lower[at : lower.index(b"\r\n", at)]))
        self.idle.append((reader, writer))
        return int(head[9:12])


def moments(rate: float, seconds: float, chance: random.Random) -> list[float]:
    """When a stream asks: steady, with a little jitter, beginning anywhere in the first interval."""
    step = 1 / rate
    first = chance.random() * step
    return [
        first + number * step + (chance.random() - 0.5) * JITTER * step
        for number in range(int(rate * seconds))
    ]


async def run(plan: dict[str, Any]) -> dict[str, list[tuple[int, float]]]:
    """(status, milliseconds) of every request of each group of streams."""
    processes = [Process(port) for port in plan["ports"]]
    chance = random.Random(plan["seed"])  # noqa: S311 - the same moments each time, no secret
    found: dict[str, list[tuple[int, float]]] = {}
    due: list[tuple[float, str, bytes]] = []
    for stream in plan["streams"]:
        found.setdefault(stream["group"], [])
        who = stream["who"]
        for number, at in enumerate(moments(stream["rate"], plan["seconds"], chance)):
            token, address = who[number % len(who)]
            head = f"GET {stream['path']} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: {address}\r\n"
            due.append((at, stream["group"], f"{head}Cookie: sammen={token}\r\n\r\n".encode()))
    due.sort()

    async def one(process: Process, at: float, group: str, request: bytes) -> None:
        status = await process.ask(request)
        found[group].append((status, (time.perf_counter() - at) * 1000))

    began = time.perf_counter() + 0.05
    async with asyncio.TaskGroup() as group:
        for number, (at, name, request) in enumerate(due):
            await asyncio.sleep(max(0.0, began + at - time.perf_counter()))
            group.create_task(one(processes[number % len(processes)], began + at, name, request))
    return found


if __name__ == "__main__":
    sys.stdout.write(json.dumps(uvloop.run(run(json.load(sys.stdin)))))
