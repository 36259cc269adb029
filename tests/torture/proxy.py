"""A tiny round-robin proxy: bytes to a web process that takes them, in turn; first to those that say they are well."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Sequence

ASKED_EVERY_S = 0.2
BUSY = b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
ASK = b"GET /klar HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n"


async def _is_well(port: int) -> bool:
    try:
        async with asyncio.timeout(2):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(ASK)
                return (await reader.readline()).startswith(b"HTTP/1.1 200")
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False


class Proxy:
    """Its web processes and which of them are well."""

    def __init__(self, ports: Sequence[int]) -> None:
        self.ports = list(ports)
        self.well = set(ports)
        self.turn = itertools.count()

    async def ask(self) -> None:
        """Ask each again and again, until cancelled."""
        while True:
            found = await asyncio.gather(*(_is_well(port) for port in self.ports))
            self.well = {port for port, well in zip(self.ports, found, strict=True) if well}
            await asyncio.sleep(ASKED_EVERY_S)

    def order(self) -> list[int]:
        """Whom to try: the next in turn first, those that are not well last."""
        start = next(self.turn) % len(self.ports)
        turned = self.ports[start:] + self.ports[:start]
        return sorted(turned, key=lambda port: port not in self.well)

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, to its end. A client that nobody takes is told so."""
        for port in self.order():
            try:
                async with asyncio.timeout(1):
                    there, back = await asyncio.open_connection("127.0.0.1", port)
            except (OSError, TimeoutError):
                continue
            await asyncio.gather(_copy(reader, back), _copy(there, writer))
            back.close()
            writer.close()
            return
        with contextlib.suppress(OSError):
            writer.write(BUSY)
            await writer.drain()
        writer.close()


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await source.read(65536):
            target.write(data)
            await target.drain()
        if target.can_write_eof():
            target.write_eof()
            return
    target.close()


async def run_proxy(port: int, ports: Sequence[int]) -> None:
    """Serve until killed."""
    proxy = Proxy(ports)
    server = await asyncio.start_server(proxy.carry, "127.0.0.1", port, reuse_port=True)
    async with server:
        await proxy.ask()
