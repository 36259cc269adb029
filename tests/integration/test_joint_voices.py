"""What participants suggest, choose and say goes across a group as texts and sums, and never under three (C10, E5)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import insert

from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Invalid
from sammen.ids import random_id
from shared_pool.groups.voices import copy_voices
from tenants.planning.hooks import tell_chosen, tell_suggested, tell_voice
from tenants.planning.models import ActivitySuggestion
from tests.joint_samples import COORDINATOR, joined, placed
from tests.worlds import World

HALF = date(2026, 7, 1)
CHOICES = "SELECT choices FROM choice_elsewhere WHERE tenant_id = $1"
VOICES = "SELECT said_yes, said_some, said_no FROM voice_elsewhere WHERE tenant_id = $1"


async def suggested(uow: UnitOfWork, group: UUID, title: str) -> UUID:
    """A suggestion of one's own, told as the service tells it."""
    made = random_id()
    await uow.session.execute(
        insert(ActivitySuggestion).values(
            tenant_id=uow.context.tenant, id=made, group_id=group, title=title, where_to="", fits="", how="own", state="open"
        )
    )  # fmt: skip
    await uow.session.flush()
    await tell_suggested(uow, group, made)
    return made


async def test_a_suggestion_is_read_by_all_in_the_group_and_whose_it_was_by_none(world: World) -> None:
    group, joint, _ = await joined(world)
    async with world.at("re", COORDINATOR) as uow:
        idea = await suggested(uow, joint, "Gå på kino")
    await world.run_jobs()
    look = "SELECT title, group_id, place_id, from_elsewhere FROM activity_suggestion WHERE tenant_id = $1 AND id = $2"
    (there,) = await world.sql(look, world.horten, idea)
    assert tuple(there) == ("Gå på kino", group, None, True)
    # The host plans it, and its home hears of it.
    await world.sql("UPDATE activity_suggestion SET state = 'dropped' WHERE tenant_id = $1", world.horten)
    async with world.at("horten", COORDINATOR) as uow:
        await tell_suggested(uow, group, idea)
    await world.run_jobs()
    (row,) = await world.sql("SELECT state FROM activity_suggestion WHERE tenant_id = $1", world.re)
    assert row["state"] == "dropped"


async def test_a_suggestion_that_names_somebody_is_mended_first(world: World) -> None:
    _, joint, _ = await joined(world)
    await placed(world, "re", joint, "Trym Solvang")
    with pytest.raises(Invalid):
        async with world.at("re", COORDINATOR) as uow:
            await suggested(uow, joint, "Besøke Trym Solvang")
    assert not await world.sql("SELECT 1 FROM joint_idea")


async def test_choices_and_voices_of_others_are_nothing_until_three_have_said_something(world: World) -> None:
    group, joint, _ = await joined(world)
    async with world.at("horten", COORDINATOR) as uow:
        idea = await suggested(uow, group, "Gå på kino")
    await world.run_jobs()
    for number, shown in ((1, 0), (2, 0), (3, 3), (4, 4), (2, 0)):
        async with world.at("re", COORDINATOR) as uow:
            await tell_chosen(uow, joint, idea, number)
        await world.run_jobs()
        assert [row["choices"] for row in await world.sql(CHOICES, world.horten)] == [shown]
    assert not await world.sql(CHOICES, world.re)
    for said, shown_voices in (((1, 1, 0), (0, 0, 0)), ((1, 1, 1), (1, 1, 1))):
        async with world.at("re", COORDINATOR) as uow:
            await tell_voice(uow, joint, HALF, {"likes": said})
        await world.run_jobs()
        assert [tuple(row) for row in await world.sql(VOICES, world.horten)] == [shown_voices]
    async with world.job(world.horten) as uow:
        await copy_voices(uow, joint)
    assert len(await world.sql(VOICES, world.horten)) == 1


async def test_who_has_left_a_group_reads_no_more_of_it(world: World) -> None:
    group, joint, _ = await joined(world)
    async with world.at("horten", COORDINATOR) as uow:
        await suggested(uow, group, "Gå på kino")
    await world.sql("UPDATE joint_partner SET state = 'no'")
    async with world.at("re", COORDINATOR) as uow:
        for door in ("joint_ideas", "joint_sums", "joint_meetings", "joint_view"):
            assert not await uow.call(f"SELECT 1 FROM sammen.{door}($1)", joint)
    await world.run_jobs()
