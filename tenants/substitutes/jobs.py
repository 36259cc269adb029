"""A round goes on when somebody has not answered in time, or has said no."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sammen.db.unit_of_work import UnitOfWork
from sammen.jobs.registry import job
from tenants.substitutes.rounds import ASK_NEXT, go_on


@job(ASK_NEXT)
async def ask_next(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """`round` is its id. Those who are late have been asked, and the next ones are; again changes nothing."""
    await go_on(uow, UUID(args["round"]))
