"""Needs in Horten and Re that neither can gather alone: three and two boys who climb on Tuesdays, among others alike."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from sammen.db.unit_of_work import UnitOfWork
from sammen.policy.roles import Role
from sammen.tenancy.context import PlaceKind
from sammen.tenancy.enter import enter_job
from shared_pool.gathering import service
from shared_pool.needs.service import post_need
from tests.database import KEYS
from tests.pool_samples import COORDINATOR, SHARED, crowd, need_facts
from tests.provider_samples import granted_order
from tests.worlds import World

HORTEN = ("Jonas Storli", "Even Myhre", "Noah Bakkerud")
RE = ("Trym Solvang", "Odd Linnestad")


async def post(world: World, slug: str, name: str, **changes: Any) -> UUID:
    """A need without a name for a boy of twelve. Horten lies in the north and Re in the middle, which are neighbours."""
    order_id = await granted_order(world, slug, name=name)
    async with world.at(slug, COORDINATOR) as uow:
        area = {"horten": "north", "re": "middle"}[slug]
        return await post_need(uow, order_id, need_facts(**({"area": area} | changes)))


async def alike(world: World) -> dict[str, list[UUID]]:
    """Three open needs in Horten and two in Re that could be one group."""
    found: dict[str, list[UUID]] = {}
    for slug, names in (("horten", HORTEN), ("re", RE)):
        await crowd(world, slug)
        found[slug] = [await post(world, slug, name) for name in names]
    return found


async def asked(world: World) -> tuple[UUID, dict[str, list[UUID]]]:
    """(suggestion, needs): the region has asked both municipalities."""
    needs = await alike(world)
    async with world.at("vestfold", SHARED) as uow:
        (group,) = await service.possible(uow)
        return await service.ask(uow, service.mark(group)), needs


async def ask_of(world: World, slug: str) -> Any:
    """A municipality's row, as it stands."""
    tenant = {"horten": world.horten, "re": world.re}[slug]
    return (await world.sql("SELECT * FROM group_ask WHERE municipality_id = $1", tenant))[0]


async def say(
    world: World, slug: str, yes: list[UUID], *, host: bool = False, role: Role = COORDINATOR
) -> None:
    """A municipality answers for its own needs, all of which the reader may see; and the region weighs it."""
    row = await ask_of(world, slug)
    async with world.at(slug, role) as uow:
        await service.answer(uow, row["id"], row["version"], yes, row["need_ids"], can_host=host)
    await world.run_jobs()


async def state(world: World) -> tuple[str, str]:
    """(state, why it ended) of the only suggestion."""
    row = (await world.sql("SELECT state, ended_why FROM group_suggestion"))[0]
    return row["state"], row["ended_why"]


@asynccontextmanager
async def region_job(world: World) -> AsyncIterator[UnitOfWork]:
    """A unit of work as a job in the region; commits on leaving."""
    uow = await enter_job(world.engine, KEYS, PlaceKind.REGION, world.region, job="test")
    try:
        yield uow
    except BaseException:
        await uow.rollback()
        raise
    await uow.commit()
