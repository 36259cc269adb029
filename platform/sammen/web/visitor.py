"""Somebody who has not logged in: where they come from on the net, as coarse as counting needs, and how a door without a
session asks the database for them (docs/decisions/0018-a-door-without-a-session.md).
"""

from __future__ import annotations

import ipaddress
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from sammen.db.unit_of_work import DOWN, is_down, plain_transaction
from sammen.errors import Invalid, Unavailable
from sammen.keys import Keys

PROOF_SECONDS = 60


def visitors_proof(keys: Keys, message: str) -> tuple[int, bytes]:
    """(when it expires, the proof) that a door's function is to be shown for `message`."""
    expires = int(time.time()) + PROOF_SECONDS
    return expires, keys.door_proof(f"{message}|{expires}")


@asynccontextmanager
async def asking(engine: AsyncEngine, wait: str) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """A transaction without a context. Raises Invalid with the words `wait` when others stand in the way, Unavailable when
    the database is down.
    """
    try:
        async with plain_transaction(engine) as raw:
            yield raw
    except asyncpg.LockNotAvailableError:
        raise Invalid.one("", wait) from None
    except (DBAPIError, asyncpg.PostgresError, *DOWN) as error:
        if is_down(error):
            raise Unavailable from error
        raise


def network_of(address: str) -> str:
    """What one subscriber has: an IPv4 address, or the first 64 bits of an IPv6 one. Anything else stands as it is."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:80]
    if isinstance(parsed, ipaddress.IPv6Address):
        mapped = parsed.ipv4_mapped
        return str(mapped) if mapped else str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
