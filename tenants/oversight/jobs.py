"""Every Monday morning, in each municipality: what was unusual in last week's look-ups (E4)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import asyncpg

from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.jobs.order import Order
from sammen.jobs.queue import put
from sammen.jobs.registry import job, visitor
from sammen.keys import Keys
from sammen.tenancy.context import PlaceKind
from tenants.oversight.weekly import look_through, monday_of

_MUNICIPALITIES = """
SELECT id FROM sammen.municipality
 WHERE valid_from <= sammen.norwegian_day() AND (valid_to IS NULL OR valid_to >= sammen.norwegian_day())
"""


@job("oversight.week")
async def week(uow: UnitOfWork, _args: dict[str, Any]) -> None:
    """The week that is over, and the one before it in case nothing ran then. Again the same week adds nothing."""
    this = monday_of(today())
    for weeks in (2, 1):
        await look_through(uow, this - timedelta(weeks=weeks))


@visitor("oversight.municipalities", "10 4 * * 1")
async def visit_municipalities(connection: asyncpg.Connection[asyncpg.Record], keys: Keys) -> None:
    """One job for each municipality, on Monday before anybody is at work."""
    for row in await connection.fetch(_MUNICIPALITIES):
        order = Order("oversight.week", {}, PlaceKind.MUNICIPALITY, row["id"])
        await put(connection, keys, order, once=f"oversight.week:{row['id']}")
