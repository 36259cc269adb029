"""A round goes on when somebody has not answered in time, or has said no."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sammen.db.unit_of_work import UnitOfWork
from sammen.jobs.registry import job
from tenants.substitutes.rounds import ASK_NEXT, LET_GO, go_on, let_go


@job(ASK_NEXT)
async def ask_next(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """`round` is its id. Those who are late have been asked, and the next ones are; again changes nothing."""
    await go_on(uow, UUID(args["round"]))


@job(LET_GO)
async def let_contact_go(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """`contact` is out of service or has left: their asks are over."""
    await let_go(uow, UUID(args["contact"]))
