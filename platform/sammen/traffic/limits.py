"""How often anybody may ask: a person, a network address, and a municipality as a whole (security.md, "Application").

Counted in this process, in windows of a few seconds, so that a burst is stopped before it is felt; with n processes
somebody may ask n times as often. What must be counted exactly and over processes (passwords, codes, forms from outside)
is counted in the database, where it belongs.

A municipality is counted only for those whom the door has let in there: else anybody could use up what it may ask.
"""

from __future__ import annotations

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


@dataclass(frozen=True, slots=True)
class Refusal:
    """Who asked too often, and after how many seconds it may be tried again."""

    why: Why
    seconds: int


class Limits:
    """Requests a minute for a login, an address and a place; 0 is without limit."""

    def __init__(self, *, user: int = 0, address: int = 0, place: int = 0) -> None:
        asked: dict[Why, int] = {"user": user, "address": address, "place": place}
        self._items: dict[Why, RateLimitItem] = {
            why: RateLimitItemPerSecond(ceil(amount * WINDOW_S / 60), WINDOW_S, namespace=why)
            for why, amount in asked.items()
            if amount > 0
        }
        self._counter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._known: dict[tuple[bytes, str], None] = {}

    def entered(self, login: bytes, place: str) -> None:
        """The door has let this login in here: from now on it counts for the place."""
        if "place" in self._items and (login, place) not in self._known:
            if len(self._known) >= KNOWN:
                self._known.pop(next(iter(self._known)))
            self._known[login, place] = None

    def refuse(self, address: str, login: bytes | None, place: str) -> Refusal | None:
        """Count a request; who has had too many of them, if anybody. `login` and `place` as far as the request says them.

        Address first: it is the one thing nobody can choose. A request that is refused is not counted further.
        """
        asked: list[tuple[Why, str]] = [("address", address)]
        if login is not None:
            asked.append(("user", login.hex()))
            if place and (login, place) in self._known:
                asked.append(("place", place))
        for why, key in asked:
            item = self._items.get(why)
            if item is not None and not self._counter.hit(item, key):
                return Refusal(why, WINDOW_S)
        return None
