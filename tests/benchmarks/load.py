"""A load generator: n connections, each asking again as soon as it is answered, for some seconds. Prints JSON.

A process of its own on plain sockets, so that it costs the measured process nothing and is never the slow part.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

import uvloop


async def _connection(port: int, request: bytes, until: float, taken: list[float]) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    size = 0
    while time.perf_counter() < until:
        began = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head[:200].decode("latin-1"))
        lower = head.lower()
        at = lower.index(b"content-length:") + 15
        size = int(lower[at : lower.index(b"\r\n", at)])
        await reader.readexactly(size)
        taken.append(time.perf_counter() - began)
    writer.close()
    return size


async def run(port: int, path: str, cookie: str, connections: int, seconds: float) -> dict[str, float]:
    """Requests per second, the 50th and 95th percentile in milliseconds, and the page's size in bytes."""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n\r\n".encode()
    taken: list[float] = []
    began = time.perf_counter()
    sizes = await asyncio.gather(
        *(_connection(port, request, began + seconds, taken) for _ in range(connections))
    )
    elapsed = time.perf_counter() - began
    taken.sort()
    return {
        "per_second": len(taken) / elapsed,
        "p50_ms": taken[len(taken) // 2] * 1000,
        "p95_ms": taken[int(len(taken) * 0.95)] * 1000,
        "bytes": sizes[0],
    }


if __name__ == "__main__":
    _, port, path, cookie, connections, seconds = sys.argv
    sys.stdout.write(json.dumps(uvloop.run(run(int(port), path, cookie, int(connections), float(seconds)))))
