"""A municipality as it stands at one moment, read as the app role behind row-level security.

The wall, and no filter of ours, is what keeps other municipalities' rows out of an archive: the snapshot is a read-only,
repeatable transaction in the municipality's own context, on a connection of its own.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg

from deploy.database import plain_url
from sammen.keys import Keys
from sammen.tenancy.context import PlaceKind
from sammen.tenancy.enter import ENTER_JOB, PROOF_SECONDS, job_proof

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
TICKET_SECONDS = 3600
RENEW_AFTER = 1200.0
JOB = "archive"


class Snapshot:
    """The open transaction. `renew` before each table: a ticket holds for an hour, a large municipality may take longer."""

    def __init__(self, connection: Connection, keys: Keys, tenant: UUID) -> None:
        self.connection = connection
        self.tenant = tenant
        self.keys = keys
        self._entered = 0.0

    async def renew(self) -> None:
        """Enter the municipality's context, or enter it again when the ticket is growing old."""
        if time.monotonic() - self._entered < RENEW_AFTER and self._entered:
            return
        expires, door = job_proof(self.keys, PlaceKind.MUNICIPALITY, self.tenant, None, JOB, TICKET_SECONDS)
        await self.connection.fetch(
            ENTER_JOB, PlaceKind.MUNICIPALITY.value, self.tenant, None, JOB, TICKET_SECONDS, expires, door
        )
        self._entered = time.monotonic()

    async def door(self, name: str) -> list[asyncpg.Record]:
        """What one of the archive's own functions gives (functions.sql)."""
        expires = int(time.time()) + PROOF_SECONDS
        door = self.keys.door_proof(f"archive|{self.tenant}|{expires}")
        return list(await self.connection.fetch(f"SELECT * FROM sammen.{name}($1, $2)", expires, door))  # noqa: S608 - a fixed name

    async def rows(self, sql: str, *arguments: Any, most: int = 500) -> AsyncIterator[asyncpg.Record]:
        """Rows through a cursor, `most` at a time in memory."""
        await self.renew()
        async for row in self.connection.cursor(sql, *arguments, prefetch=most):
            yield row


@asynccontextmanager
async def snapshot(app_url: str, keys: Keys, tenant: UUID) -> AsyncIterator[Snapshot]:
    """Open one; nothing in it is ever written."""
    connection = await asyncpg.connect(
        plain_url(app_url), timeout=10, server_settings={"application_name": "sammen-archive", "jit": "off"}
    )
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            for setting in (
                "statement_timeout = '30min'",
                "idle_in_transaction_session_timeout = '30min'",
                "timezone = 'UTC'",
            ):
                await connection.execute(f"SET LOCAL {setting}")
            opened = Snapshot(connection, keys, tenant)
            await opened.renew()
            yield opened
    finally:
        await connection.close()
