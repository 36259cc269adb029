"""Clients that send or read a byte at a time are cut in time, and nobody else notices them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx
import pytest
import uvicorn

from deploy.patience import BODY_S, HEAD_S, READ_S, PatientProtocol

PATIENCE_S = 120
LONG = b"x" * 4_000_000


class Hasty(PatientProtocol):
    """The same, with the seconds made short."""

    head_s, body_s, read_s = 0.4, 0.6, 0.5


async def _app(scope: Any, receive: Any, send: Any) -> None:
    """Reads the body and answers: long at `/long`, later than a head may take at `/late`."""
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    if scope["path"] == "/late":
        await asyncio.sleep(2 * Hasty.head_s)
    body = LONG if scope["path"] == "/long" else b"ok"
    length = str(len(body)).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
    await send({"type": "http.response.body", "body": body})


@asynccontextmanager
async def served() -> AsyncIterator[int]:
    config = uvicorn.Config(_app, port=0, http=Hasty, lifespan="off", log_level="critical")
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]  # not in a test's own process
    running = asyncio.create_task(server._serve())
    for _ in range(500):
        await asyncio.sleep(0.01)
        if server.started:
            break
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await running


async def _until_cut(port: int, *pieces: bytes, drip: bytes = b"a", read: bool = True) -> tuple[float, bytes]:
    """Send the pieces, then a byte now and then; (seconds until the line was cut, what was said before)."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=4096)
    began, said = time.monotonic(), b""
    with suppress(OSError, TimeoutError):
        for piece in pieces:
            writer.write(piece)
        while time.monotonic() - began < PATIENCE_S:
            if read:
                with suppress(TimeoutError):
                    async with asyncio.timeout(0.05):
                        said += (found := await reader.read(1000))
                        if not found:
                            break
            else:
                await asyncio.sleep(0.05)
                if reader.at_eof() or writer.transport.is_closing():
                    break
            writer.write(drip)
            await writer.drain()
    took = time.monotonic() - began
    writer.close()
    return took, said


@pytest.mark.parametrize(
    ("pieces", "drip", "within"),
    [
        ((), b"", Hasty.head_s),
        ((b"GET / HTTP/1.1\r\nhost: x\r\nx-y: ",), b"a", Hasty.head_s),
        ((b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n",), b"a", Hasty.body_s),
        ((b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n",), b"1\r\na\r\n", Hasty.body_s),
    ],
    ids=["silent", "a head by bytes", "a body by bytes", "a body by chunks"],
)
async def test_who_sends_a_byte_at_a_time_is_told_408_and_cut(
    pieces: tuple[bytes, ...], drip: bytes, within: float
) -> None:
    async with served() as port:
        took, said = await _until_cut(port, *pieces, drip=drip)
    assert said.startswith(b"HTTP/1.1 408")
    assert within <= took + 0.05
    assert took < PATIENCE_S


async def test_who_asks_for_much_and_reads_nothing_is_cut() -> None:
    async with served() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1)
        writer.transport.pause_reading()  # type: ignore[attr-defined]  # a socket's transport reads
        writer.write(b"GET /long HTTP/1.1\r\nhost: x\r\n\r\n")
        await asyncio.sleep(Hasty.read_s + 0.5)
        writer.transport.resume_reading()  # type: ignore[attr-defined]  # as above
        got = 0
        with suppress(ConnectionError):
            while found := await reader.read(1_000_000):
                got += len(found)
        assert got < len(LONG)
        writer.close()


async def test_two_hundred_slow_ones_take_nothing_from_the_others_and_a_slow_page_is_no_slow_client() -> None:
    async with (
        served() as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_S) as client,
    ):
        slow = [asyncio.create_task(_until_cut(port, b"GET / HTTP/1.1\r\n")) for _ in range(200)]
        for _ in range(20):
            assert (await client.get("/")).text == "ok"
        assert (await client.get("/late")).status_code == 200
        assert (await client.get("/long")).content == LONG
        assert all(said.startswith(b"HTTP/1.1 408") for _, said in await asyncio.gather(*slow))


def test_the_seconds_in_operation_are_long_enough_for_people_and_short_enough_for_us() -> None:
    assert (HEAD_S, BODY_S, READ_S) == (10, 60, 30)
    assert issubclass(PatientProtocol, asyncio.Protocol)
