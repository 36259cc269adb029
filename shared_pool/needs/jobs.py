"""A need that has been out for its time is closed, each in its own municipality."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sammen.db.unit_of_work import UnitOfWork
from sammen.jobs.registry import job
from shared_pool.needs.service import expire_need


@job("needs.expire")
async def expire(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """`need`: its id. Queued when the need is posted, to run the day after its last."""
    await expire_need(uow, UUID(args["need"]))
