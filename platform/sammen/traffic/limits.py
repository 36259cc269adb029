"""How often anybody may ask: a person, a network address, and a municipality as a whole (security.md, "Application").

Counted in this process, in windows of a few seconds, so that a burst is stopped before it is felt; with n processes
somebody may ask n times as often. What must be counted exactly and over processes (passwords, codes, forms from outside)
is counted in the database, where it belongs.

A municipality is counted only for those whom the door has let in there: else anybody could use up what it may ask. Its requests
are let in evenly and a few at a time, so that many at once wait for each other and not the others for them; one is refused only
when the line is as long as the window (ADR 0088).
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from math import ceil
from typing import Final, Literal

from limits import RateLimitItem, RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

Why = Literal["user", "address", "place"]
WINDOW_S: Final = 3
"""Limits are told by the minute and held by so many seconds."""
KNOWN: Final = 20_000
"""So many logins in places are remembered; the oldest are forgotten first."""
FREE_S: Final = 0.2
"""What a place may ask within so many seconds is let in as it comes."""
LINE_S: Final = 2
"""How long a request waits for one of the place's others to be done."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Who asked too often, and after how many seconds it may be tried again."""

    why: Why
    seconds: int


class _Pace:
    """Requests of places let in evenly, in seconds of a clock that never goes back."""

    def __init__(self, amount: int) -> None:
        self._step = 60 / amount
        self._next: dict[str, float] = {}

    def ask(self, place: str) -> float | None:
        """Seconds until this request is let in; None when the line is full."""
        now = time.monotonic()
        ahead = max(0.0, self._next.get(place, 0.0) - now)
        if ahead + self._step > WINDOW_S + self._step / 2:
            return None
        self._next[place] = now + ahead + self._step
        return max(0.0, ahead + self._step - max(FREE_S, self._step))


class Limits:
    """Requests a minute for a login, an address and a place, and how many of a place are at work at once; 0: no limit."""

    def __init__(self, *, user: int = 0, address: int = 0, place: int = 0, at_once: int = 0) -> None:
        asked: dict[Why, int] = {"user": user, "address": address}
        self._items: dict[Why, RateLimitItem] = {
            why: RateLimitItemPerSecond(ceil(amount * WINDOW_S / 60), WINDOW_S, namespace=why)
            for why, amount in asked.items()
            if amount > 0
        }
        self._counter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._pace = _Pace(place) if place > 0 else None
        self._at_once = at_once
        self._turns: dict[str, asyncio.Semaphore] = {}
        self._known: dict[tuple[bytes, str], None] = {}

    def entered(self, login: bytes, place: str) -> None:
        """The door has let this login in here: from now on it counts for the place."""
        if place and (self._pace or self._at_once) and (login, place) not in self._known:
            if len(self._known) >= KNOWN:
                self._known.pop(next(iter(self._known)))
            self._known[login, place] = None

    def ask(self, address: str, login: bytes | None, place: str) -> Refusal | float:
        """Count a request: who has had too many of them, or after how many seconds it is let in. `login` and `place` as far as
        the request says them.

        Address first: it is the one thing nobody can choose. A request that is refused is not counted further.
        """
        asked: list[tuple[Why, str]] = [("address", address)]
        if login is not None:
            asked.append(("user", login.hex()))
        for why, key in asked:
            item = self._items.get(why)
            if item is not None and not self._counter.hit(item, key):
                return Refusal(why, WINDOW_S)
        if self._pace is None or login is None or (login, place) not in self._known:
            return 0.0
        seconds = self._pace.ask(place)
        return Refusal("place", WINDOW_S) if seconds is None else seconds

    async def take_turn(self, login: bytes | None, place: str) -> Refusal | asyncio.Semaphore | None:
        """Wait until few enough of the place's requests are at work: the turn, to be released when this one is done; None
        when it is not counted.
        """
        if not self._at_once or login is None or (login, place) not in self._known:
            return None
        turn = self._turns.setdefault(place, asyncio.Semaphore(self._at_once))
        try:
            async with asyncio.timeout(LINE_S):
                await turn.acquire()
        except TimeoutError:
            return Refusal("place", WINDOW_S)
        return turn
