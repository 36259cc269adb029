"""Identifiers: UUIDv7 for a municipality's own rows, random UUIDs for rows that others may see."""

from __future__ import annotations

import os
import time
from uuid import UUID, uuid4


def uuid7() -> UUID:
    """A time-ordered id (RFC 9562, version 7): 48 bits of milliseconds, then 74 random bits."""
    millis = time.time_ns() // 1_000_000
    rand = int.from_bytes(os.urandom(10), "big")
    value = (
        (millis & ((1 << 48) - 1)) << 80
        | 7 << 76
        | (rand >> 68 & 0xFFF) << 64
        | 2 << 62
        | rand & ((1 << 62) - 1)
    )
    return UUID(int=value)


def random_id() -> UUID:
    """An id that tells nothing of when the row was made: a pool row's age could tell whose need it is."""
    return uuid4()
