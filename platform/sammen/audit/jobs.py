"""The trail's clockwork: each minute, places that have something to seal get a job that seals it."""

from __future__ import annotations

from typing import Any

import asyncpg

from sammen.audit.seal import seal_all
from sammen.db.unit_of_work import UnitOfWork
from sammen.jobs.order import Order
from sammen.jobs.queue import put
from sammen.jobs.registry import job, visitor
from sammen.keys import Keys
from sammen.tenancy.context import PlaceKind


@job("audit.seal")
async def seal(uow: UnitOfWork, _args: dict[str, Any]) -> None:
    """Seal the trail of the job's own place."""
    await seal_all(uow)


@visitor("audit.visit", "* * * * *")
async def visit(connection: asyncpg.Connection[asyncpg.Record], keys: Keys) -> None:
    """One signed job for each place with something unsealed; never two at a time for one place.

    The system's own trail belongs to no place, so no job can be signed for it: it is sealed here.
    """
    await connection.fetchval("SELECT sammen.seal_system()")
    for row in await connection.fetch("SELECT kind, scope_id FROM sammen.places_to_seal()"):
        order = Order("audit.seal", {}, PlaceKind(row["kind"]), row["scope_id"])
        await put(connection, keys, order, once=f"audit.seal:{row['scope_id']}")


@visitor("platform.sweep", "17 * * * *")
async def sweep(connection: asyncpg.Connection[asyncpg.Record], _keys: Keys) -> None:
    """Old idempotency keys, sessions and job logs go."""
    await connection.execute("SELECT sammen.sweep()")
