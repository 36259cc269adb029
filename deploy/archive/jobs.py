"""Making an ordered archive, and letting finished files go when their last day is over."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import asyncpg

from deploy.archive.ordering import JOB, drop_old, make
from sammen.db.unit_of_work import UnitOfWork
from sammen.jobs.order import Order
from sammen.jobs.queue import put
from sammen.jobs.registry import job, visitor
from sammen.keys import Keys
from sammen.tenancy.context import PlaceKind


@job(JOB, tries=2, seconds=1800)
async def make_archive(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """`export` is the order's id. A worker that dies leaves nothing behind, and the next makes it anew."""
    await make(uow, UUID(args["export"]))


@job("archive.drop")
async def drop(uow: UnitOfWork, _args: dict[str, Any]) -> None:
    """Delete the files of the job's own municipality whose last day is over."""
    await drop_old(uow)


@visitor("archive.visit", "23 3 * * *")
async def visit(connection: asyncpg.Connection[asyncpg.Record], keys: Keys) -> None:
    """One job for each municipality with such a file."""
    for row in await connection.fetch("SELECT tenant_id FROM sammen.archives_to_drop()"):
        order = Order("archive.drop", {}, PlaceKind.MUNICIPALITY, row["tenant_id"])
        await put(connection, keys, order, once=f"archive.drop:{row['tenant_id']}")
