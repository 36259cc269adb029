"""Work in processes beside this one: `python -m reporting.disclosure.apart` is asked for one thing after another.

Every thing is worked out by itself, so the answers are the same however many processes there are. A process that cannot be
started, or that dies, is done without.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

Tell = Callable[[float], None]
"""How much of one thing is done, from 0 to 1."""
LENGTH: Final = 8
SLOW: Final = 0.02
"""A process beside tells no more often than each time so much more is done."""
T = TypeVar("T")
R = TypeVar("R")


class Progress:
    """How much of everything is done, told from several threads."""

    def __init__(self, sizes: Sequence[int], told: Tell) -> None:
        self._sizes = [max(1, size) for size in sizes]
        self._done = [0.0] * len(sizes)
        self._told = told
        self._lock = threading.Lock()

    def of(self, number: int) -> Tell:
        """To be told of one of the things."""

        def tell(part: float) -> None:
            with self._lock:
                self._done[number] = part
                done = sum(size * each for size, each in zip(self._sizes, self._done, strict=True))
                self._told(done / sum(self._sizes))

        return tell


def side_by_side(
    work: Callable[[T, Tell], R], things: Sequence[T], sizes: Sequence[int], *, workers: int, told: Tell
) -> list[R]:
    """`work` on each of the things, the largest first, in so many processes, this one among them; answers in order.

    work: a function of a module, which is pickled, as the things and answers are. What it raises is raised here, the first
    thing's first.
    """
    waiting = deque(sorted(range(len(things)), key=lambda number: (-sizes[number], number)))
    answers: dict[int, Any] = {}
    progress = Progress(sizes, told)
    beside = [
        threading.Thread(target=_beside, args=(work, things, waiting, answers, progress), daemon=True)
        for _ in range(min(workers, len(things)) - 1)
    ]
    for thread in beside:
        thread.start()
    _here(work, things, waiting, answers, progress)
    for thread in beside:
        thread.join()
    _here(work, things, waiting, answers, progress)
    for number in range(len(things)):
        if isinstance(answers[number], Exception):
            raise answers[number]
    return [answers[number] for number in range(len(things))]


def _here(
    work: Callable[[Any, Tell], Any], things: Sequence[Any], waiting: deque[int], answers: dict[int, Any],
    progress: Progress,
) -> None:  # fmt: skip
    while number := _next(waiting):
        answers[number - 1] = _answered(work, things[number - 1], progress.of(number - 1))


def _next(waiting: deque[int]) -> int:
    """The number of the next thing, from 1; 0 when there is none."""
    try:
        return waiting.popleft() + 1
    except IndexError:
        return 0


def _answered(work: Callable[[Any, Tell], Any], thing: Any, tell: Tell) -> Any:
    try:
        return work(thing, tell)
    except Exception as error:
        return error


def _beside(
    work: Callable[[Any, Tell], Any], things: Sequence[Any], waiting: deque[int], answers: dict[int, Any],
    progress: Progress,
) -> None:  # fmt: skip
    """One process beside, for as long as there is something to do. What it was at when it died waits again."""
    number = 0
    try:
        with subprocess.Popen(  # noqa: S603 - this file itself
            [sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(one for one in sys.path if one)},
        ) as child:  # fmt: skip
            while number := _next(waiting):
                assert child.stdin is not None
                _write(child.stdin, (work, things[number - 1]))
                while isinstance(found := _read(child.stdout), float):
                    progress.of(number - 1)(found)
                answers[number - 1] = found
    except (OSError, EOFError, pickle.PickleError):
        if number:
            waiting.append(number - 1)


def _write(out: Any, what: Any) -> None:
    asked = pickle.dumps(what)
    out.write(len(asked).to_bytes(LENGTH, "big") + asked)
    out.flush()


def _read(from_: Any) -> Any:
    """What the other end wrote; raises EOFError when it is gone."""
    length = from_.read(LENGTH)
    if len(length) < LENGTH:
        raise EOFError
    return pickle.loads(from_.read(int.from_bytes(length, "big")))  # noqa: S301 - from our own process


def _serve() -> None:
    """Answer until nobody asks any more. Only answers go out; whatever else is printed goes where errors go."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    last = [0.0]

    def tell(part: float) -> None:
        if part < last[0] or part >= last[0] + SLOW:
            last[0] = part
            _write(out, float(part))

    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            work, thing = _read(sys.stdin.buffer)
            _write(out, _answered(work, thing, tell))


if __name__ == "__main__":
    _serve()
