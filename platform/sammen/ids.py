"""Identifiers: UUIDv7 for a municipality's own rows, random UUIDs for rows that others may see."""

from __future__ import annotations

import os
import time
from uuid import UUID, uuid4

_PARTS = 4096
"""What a millisecond is divided into: the 12 bits that RFC 9562 (6.2, method 3) gives to finer time."""


class _Ticks:
    """Parts of a millisecond since 1970, never the same twice in a process."""

    def __init__(self) -> None:
        self._last = 0

    def next(self) -> int:
        self._last = max(time.time_ns() * _PARTS // 1_000_000, self._last + 1)
        return self._last


_ticks = _Ticks()


def uuid7() -> UUID:
    """A time-ordered id (RFC 9562, version 7): 48 bits of milliseconds, 12 of parts of one, then 62 random bits.

    Ids made after each other by one process sort in that order, also within a millisecond: what is written together
    (the services of a decision, the entries of the trail) is read in the order it was written.
    """
    millis, part = divmod(_ticks.next(), _PARTS)
    rand = int.from_bytes(os.urandom(8), "big") & ((1 << 62) - 1)
    return UUID(int=(millis & ((1 << 48) - 1)) << 80 | 7 << 76 | part << 64 | 2 << 62 | rand)


def random_id() -> UUID:
    """An id that tells nothing of when the row was made: a pool row's age could tell whose need it is."""
    return uuid4()
