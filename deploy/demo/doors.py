"""Ways into the demo's places when the world stands: each step is taken in its own place, as somebody who may."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.demo.town import Making, Town
from sammen.db.unit_of_work import UnitOfWork
from sammen.policy.decide import permissions_of
from sammen.policy.roles import Role
from sammen.tenancy.context import PlaceKind
from sammen.tenancy.enter import enter_job

JOB: Final = "demo.together"


class Doors:
    """The places, and the doors into them. `towns` by municipality number."""

    def __init__(self, making: Making, towns: dict[str, Town], engine: AsyncEngine) -> None:
        self.making, self.towns, self.engine = making, towns, engine

    @asynccontextmanager
    async def at(
        self, town: Town, role: Role | None = None, *, person: tuple[UUID, str] | None = None
    ) -> AsyncIterator[UnitOfWork]:
        """In a municipality, as a job, or as the first of its people with a role, or as a `person` (user, name) with it.
        Committed at the end.
        """
        user = person
        if role is not None and user is None:
            user = (town.staff[role][0].id, town.staff[role][0].name)
        uow = await enter_job(
            self.engine,
            self.making.keys,
            PlaceKind.MUNICIPALITY,
            town.id,
            job=JOB,
            user=user[0] if user else None,
        )
        if role is not None and user is not None:
            roles = frozenset({role})
            uow.context = replace(
                uow.context, roles=roles, permissions=permissions_of(roles), user_name=user[1]
            )
        try:
            yield uow
            await uow.commit()
        except BaseException:
            await uow.rollback()
            raise

    @asynccontextmanager
    async def in_region(self, user: UUID | None = None) -> AsyncIterator[UnitOfWork]:
        """In the region, as a job or as somebody of it. Committed at the end."""
        uow = await enter_job(
            self.engine, self.making.keys, PlaceKind.REGION, self.making.region_id, job=JOB, user=user
        )
        try:
            yield uow
            await uow.commit()
        except BaseException:
            await uow.rollback()
            raise
