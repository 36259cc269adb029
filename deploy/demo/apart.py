"""Work of the demo in processes of its own, so that several periods are counted and protected at the same time.

`python -m deploy.demo.apart` is asked for one thing after the other, and answers: pickled by ourselves, each with its length
before it.
"""

from __future__ import annotations

import asyncio
import contextlib
import pickle
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

LENGTH = 8
T = TypeVar("T")


class Helpers:
    """Processes that each do one thing at a time, or, when there are none, a thread of our own."""

    def __init__(self) -> None:
        self._free: asyncio.Queue[asyncio.subprocess.Process] = asyncio.Queue()
        self._all: list[asyncio.subprocess.Process] = []

    async def start(self) -> None:
        """One more process, in a session of its own: Ctrl-C is for the demo, which ends it."""
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", __name__, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
        )  # fmt: skip
        self._all.append(child)
        self._free.put_nowait(child)

    async def end(self) -> None:
        """Nothing is left of them."""
        for child in self._all:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
        for child in self._all:
            await child.wait()

    async def do(self, what: Callable[..., T], *given: Any) -> T:
        """What a function of a module answers to the arguments, or raises; both must bear to be pickled."""
        if not self._all:
            return await asyncio.to_thread(what, *given)
        child = await self._free.get()
        try:
            found = await _ask(child, pickle.dumps((what, given)))
        finally:
            self._free.put_nowait(child)
        if isinstance(found, Exception):
            raise found
        answer: T = found
        return answer


@asynccontextmanager
async def helpers(count: int) -> AsyncIterator[Helpers]:
    """`count` processes, gone on leaving."""
    made = Helpers()
    try:
        for _ in range(count):
            await made.start()
        yield made
    finally:
        await made.end()


async def _ask(child: asyncio.subprocess.Process, asked: bytes) -> Any:
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(len(asked).to_bytes(LENGTH, "big") + asked)
    await child.stdin.drain()
    length = int.from_bytes(await child.stdout.readexactly(LENGTH), "big")
    return pickle.loads(await child.stdout.readexactly(length))  # noqa: S301 - from our own process


def _answered(what: Callable[..., Any], given: tuple[Any, ...]) -> Any:
    try:
        return what(*given)
    except Exception as error:
        return error


def _serve() -> None:
    """Answer until nobody asks any more."""
    # What it will need, while nobody waits for it.
    import deploy.demo.figures
    import deploy.demo.released  # noqa: F401

    while length := sys.stdin.buffer.read(LENGTH):
        asked = sys.stdin.buffer.read(int.from_bytes(length, "big"))
        answer = pickle.dumps(_answered(*pickle.loads(asked)))  # noqa: S301 - from our own process
        sys.stdout.buffer.write(len(answer).to_bytes(LENGTH, "big") + answer)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    _serve()
