"""What the new day does to whose the cases are: one job for each municipality, every night."""

from __future__ import annotations

from typing import Any

import asyncpg

from sammen.db.unit_of_work import UnitOfWork
from sammen.jobs.order import Order
from sammen.jobs.queue import put
from sammen.jobs.registry import job, visitor
from sammen.keys import Keys
from sammen.tenancy.context import PlaceKind
from tenants.responsibility.service import fill_empty_circles, pass_the_day

_MUNICIPALITIES = """
SELECT id FROM sammen.municipality
 WHERE valid_from <= sammen.norwegian_day() AND (valid_to IS NULL OR valid_to >= sammen.norwegian_day())
"""


@job("responsibility.new_day")
async def new_day(uow: UnitOfWork, _args: dict[str, Any]) -> None:
    """In a municipality: cases whose day has come change purchaser, and no shielded case is left without anybody who can
    decide. Doing it again the same day changes nothing.
    """
    await pass_the_day(uow)
    await fill_empty_circles(uow)


# Soon after midnight in Norway by summer time and by winter time, and once more on a server with a clock of its own.
@visitor("responsibility.municipalities", "10 0,22,23 * * *")
async def visit_municipalities(connection: asyncpg.Connection[asyncpg.Record], keys: Keys) -> None:
    """Every night: one job for each municipality."""
    for row in await connection.fetch(_MUNICIPALITIES):
        order = Order("responsibility.new_day", {}, PlaceKind.MUNICIPALITY, row["id"])
        await put(connection, keys, order, once=f"responsibility.new_day:{row['id']}")
