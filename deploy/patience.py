"""How long a web process waits for a slow client, and how it leaves without turning anybody away.

uvicorn waits for ever for the rest of a request's head or body, and for a reader that takes nothing. A proxy in front cuts
such clients first; this is the net below it, and what holds where there is no proxy. Figures in docs/torture.md.
"""

from __future__ import annotations

import asyncio
import signal
from types import FrameType
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from sammen.web.app import LEAVING

HEAD_S = 10
"""From the first byte, or from connecting, to the end of the head."""
BODY_S = 60
"""For the body. The largest upload is 12 MB, so a line of 2 Mbit/s is quick enough."""
READ_S = 30
"""How long an answer may lie unread when the socket takes no more."""
TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class PatientProtocol(HttpToolsProtocol):
    """uvicorn's HTTP with a timer: one at a time, for what is waited for just now."""

    head_s: float = HEAD_S
    body_s: float = BODY_S
    read_s: float = READ_S
    _timer: asyncio.TimerHandle | None = None
    _receiving = True

    @property
    def _answering(self) -> bool:
        # None until the first request's head is whole, whatever uvicorn's annotation says.
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and cycle.response_started

    def _wait(self, seconds: float) -> None:
        self._settle()
        self._timer = self.loop.call_later(seconds, self._too_slow)

    def _settle(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _too_slow(self) -> None:
        self._timer = None
        if self._receiving and not self._answering:
            self.transport.write(TOO_SLOW)
            self.transport.close()
        else:
            self.transport.abort()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn declares it
        super().connection_made(transport)
        self._wait(self.head_s)

    def connection_lost(self, exc: Exception | None) -> None:
        self._settle()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        self._receiving = True
        self._wait(self.head_s)
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._wait(self.body_s)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._receiving = False
        self._settle()
        super().on_message_complete()

    def pause_writing(self) -> None:
        """The socket takes no more."""
        self._wait(self.read_s)
        super().pause_writing()

    def resume_writing(self) -> None:
        """It takes again."""
        self._settle()
        super().resume_writing()


class LeavingServer(uvicorn.Server):
    """On SIGTERM it says at `/klar` that it leaves, serves on for `drain` seconds, and then ends as uvicorn does.

    Without that, a connection that the proxy has opened and nobody has accepted yet is cut when the door closes.
    """

    def __init__(self, config: uvicorn.Config, drain: float) -> None:
        super().__init__(config)
        self.drain = drain

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A second signal, or Ctrl-C, ends at once."""
        if sig != signal.SIGTERM or not self.drain or LEAVING.is_set():
            super().handle_exit(sig, frame)
            return
        LEAVING.set()

    async def on_tick(self, counter: int) -> bool:
        """uvicorn's own, ten times a second: here the last seconds are counted."""
        if LEAVING.is_set() and not self.should_exit:
            self.drain -= 0.1
            self.should_exit = self.drain <= 0
        done: Any = await super().on_tick(counter)
        return bool(done)
