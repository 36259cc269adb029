"""The region's map: counted once a week where the rows may be read, and read where they may not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from sammen.clock import today
from sammen.policy.roles import Role
from shared_pool.atlas.queries import published
from shared_pool.atlas.service import count_week, this_week
from shared_pool.geography.api import load_distances
from tests.group_suggestion_samples import post, region_job
from tests.pool_samples import SHARED, crowd
from tests.worlds import World

NEEDS = text("SELECT count(*) FROM sammen.need")
COUNTS = text("SELECT needs, candidates FROM sammen.atlas_count")


async def with_needs(world: World, count: int) -> None:
    await crowd(world, "horten")
    for number in range(count):
        await post(world, "horten", f"Jonas Storli{'abcdefgh'[number]}")


async def test_a_few_needs_are_under_the_limit_and_six_are_told_as_five(world: World) -> None:
    await with_needs(world, 4)
    async with region_job(world) as uow:
        assert await count_week(uow)
        found = await published(uow)
    assert found is not None
    assert {area.needs for area in found.areas} == {None}
    for number in range(2):
        await post(world, "horten", f"Even Lund{'ab'[number]}")
    async with region_job(world) as uow:
        # Never twice in a week: the difference would be the two who came.
        assert not await count_week(uow)
    await world.sql("UPDATE atlas_count SET week = week - 7")
    async with region_job(world) as uow:
        assert await count_week(uow)
        found = await published(uow)
    assert found is not None
    assert found.week == this_week(today())
    assert [(area.area, area.needs) for area in found.areas if area.needs] == [("north", 5)]
    # Last week's are gone: nothing to compare with.
    assert {row["week"] for row in await world.sql("SELECT week FROM atlas_count")} == {found.week}


@pytest.mark.parametrize(
    ("role", "counts"),
    [(Role.PROJECT_MANAGER, True), (Role.STEERING_GROUP_MEMBER, False), (Role.PARTNER, False)],
)
async def test_the_project_manager_reads_the_counts_and_no_row_behind_them_and_others_neither(
    world: World, role: Role, counts: bool
) -> None:
    await with_needs(world, 5)
    async with region_job(world) as uow:
        await count_week(uow)
    async with world.at("vestfold", role) as uow:
        if role is not Role.PARTNER:
            assert (await uow.session.execute(NEEDS)).scalar() == 0
        assert ((5, None) in [tuple(row) for row in await uow.session.execute(COUNTS)]) is counts


async def test_the_table_itself_refuses_an_exact_count(world: World) -> None:
    for column in ("needs", "candidates"):
        with pytest.raises(Exception, match=f"ck_atlas_count_{column}"):
            await world.sql(
                f"INSERT INTO atlas_count (region_id, id, week, area, {column}) VALUES ($1, gen_random_uuid(), $2, 'north', 7)",
                world.region, this_week(today() - timedelta(days=14)),
            )  # fmt: skip


async def test_distances_come_from_the_postcodes_that_every_installation_has(world: World) -> None:
    async with world.at("vestfold", SHARED) as uow:
        distances = await load_distances(uow)
    near, far = distances.km("3187", "north"), distances.km("3187", "south")
    assert near is not None
    assert far is not None
    assert near < far
