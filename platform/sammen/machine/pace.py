"""How often a program may ask. Counted in each web process: with three, three times as much at most."""

from __future__ import annotations

import math
import time
from typing import Final

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from sammen.machine.problems import Problem

TOKENS: Final = RateLimitItemPerMinute(30)
"""Tries at the token's door from one network address."""
CALLS: Final = RateLimitItemPerMinute(1_200)
"""Requests of all of a municipality's programs together. One token has the login's own limit (`traffic.limits`)."""
STRANGERS: Final = RateLimitItemPerMinute(120)
"""Requests with a token that opens nothing, from one network address."""
WAIT: Final = "For mange forespørsler. Vent så lenge som Retry-After sier."
_limiter = FixedWindowRateLimiter(MemoryStorage())


def ask(item: RateLimitItem, *who: str) -> None:
    """Count one. Raises Problem 429, with how many seconds to wait."""
    if not _limiter.hit(item, str(item.amount), *who):
        raise _too_many(item, *who)


def check(item: RateLimitItem, *who: str) -> None:
    """As `ask`, without counting."""
    if not _limiter.test(item, str(item.amount), *who):
        raise _too_many(item, *who)


def _too_many(item: RateLimitItem, *who: str) -> Problem:
    until = _limiter.get_window_stats(item, str(item.amount), *who).reset_time
    wait = max(1, math.ceil(until - time.time()))
    return Problem(429, WAIT, headers={"Retry-After": str(wait)})


def forget() -> None:
    """Begin to count anew, for tests."""
    _limiter.storage.reset()
