"""Groups that no municipality can gather alone: the region asks by counts, each answers for its own (C11)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from sammen.clock import today
from sammen.errors import Conflict, Invalid, NotFound
from shared_pool.gathering import service
from shared_pool.gathering.api import wanted_groups
from shared_pool.gathering.queries import own_asks, suggestions
from shared_pool.needs.api import open_needs
from shared_pool.needs.service import withdraw_need
from tests.group_suggestion_samples import HORTEN, alike, ask_of, asked, post, region_job, say, state
from tests.pool_samples import COORDINATOR, SHARED
from tests.worlds import World

ROWS = text("SELECT * FROM sammen.group_ask")


async def test_enough_needs_alike_in_two_municipalities_are_a_group_to_ask_about(world: World) -> None:
    needs = await alike(world)
    async with world.at("vestfold", SHARED) as uow:
        (group,) = await service.possible(uow)
    assert {need.id for need in group.needs} == {*needs["horten"], *needs["re"]}
    assert group.municipalities == 2
    assert (group.key.slot, group.key.areas) == ("tue-pm", ("middle", "north"))


async def test_four_are_too_few_to_be_told_of_and_one_more_makes_a_group(world: World) -> None:
    needs = await alike(world)
    async with world.at("re", COORDINATOR) as uow:
        await withdraw_need(uow, needs["re"][0])
    async with world.at("vestfold", SHARED) as uow:
        assert await service.possible(uow) == []
    await post(world, "re", "Ulrik Dal")
    async with world.at("vestfold", SHARED) as uow:
        assert len(await service.possible(uow)) == 1


async def test_each_municipality_is_asked_about_its_own_needs_and_sees_no_others(world: World) -> None:
    _, needs = await asked(world)
    for slug, other in (("horten", "re"), ("re", "horten")):
        async with world.at(slug, COORDINATOR) as uow:
            (card,) = await own_asks(uow)
            held = {str(value) for row in await uow.session.execute(ROWS) for value in row}
        assert set(card.need_ids) == set(needs[slug])
        assert card.partners == []
        assert card.host_id is None
        told = " ".join(held) + repr(card)
        assert not any(str(need) in told for need in needs[other])
    # At least five, never how many: taking one's own away leaves nothing.
    assert card.least == 5
    assert not hasattr(card, "needs")


async def test_nobody_is_asked_twice_about_the_same_needs_and_the_second_coordinator_is_told(
    world: World,
) -> None:
    await alike(world)
    async with world.at("vestfold", SHARED) as uow:
        (group,) = await service.possible(uow)
        await service.ask(uow, service.mark(group))
    async with world.at("vestfold", SHARED) as uow:
        assert await service.possible(uow) == []
        with pytest.raises(Conflict, match="endret seg"):
            await service.ask(uow, service.mark(group))


async def test_enough_yeses_and_a_host_make_the_group_wanted_and_the_needs_stay_open(world: World) -> None:
    _, needs = await asked(world)
    await say(world, "horten", needs["horten"])
    assert await state(world) == ("asked", "")
    await say(world, "re", needs["re"], host=True)
    assert await state(world) == ("ready", "")
    async with world.at("re", COORDINATOR) as uow:
        (host,) = await wanted_groups(uow)
    async with world.at("horten", COORDINATOR) as uow:
        (other,) = await wanted_groups(uow)
    assert (host.host_id, other.host_id) == (world.re, world.re)
    assert (host.partners, other.partners) == ([world.horten], [])
    assert (set(host.needs), set(other.needs)) == (set(needs["re"]), set(needs["horten"]))
    async with world.at("vestfold", SHARED) as uow:
        assert len(await open_needs(uow)) == 5


async def test_enough_yeses_without_a_host_wait_until_somebody_can(world: World) -> None:
    _, needs = await asked(world)
    await say(world, "horten", needs["horten"])
    await say(world, "re", needs["re"])
    assert await state(world) == ("asked", "")
    async with world.at("vestfold", SHARED) as uow:
        (card,) = await suggestions(uow)
    assert (card.yes, card.answered, card.hosts) == (5, 2, 0)
    await say(world, "horten", needs["horten"], host=True)
    assert await state(world) == ("ready", "")


async def test_a_no_ends_it_when_too_few_are_left_and_those_who_said_yes_may_be_gathered_again(
    world: World,
) -> None:
    _, needs = await asked(world)
    await say(world, "horten", needs["horten"], host=True)
    await say(world, "re", [])
    assert await state(world) == ("fallen", "too_few")
    assert (await ask_of(world, "horten"))["outcome"] == "fallen"
    for name in ("Ulrik Dal", "Sander Vik"):
        await post(world, "re", name)
    async with world.at("vestfold", SHARED) as uow:
        (group,) = await service.possible(uow)
    assert not set(needs["re"]) & {need.id for need in group.needs}
    assert set(needs["horten"]) <= {need.id for need in group.needs}


async def test_a_need_that_is_withdrawn_leaves_at_once_and_a_ready_group_falls_when_too_few_are_left(
    world: World,
) -> None:
    _, needs = await asked(world)
    await say(world, "horten", needs["horten"], host=True)
    await say(world, "re", needs["re"])
    assert await state(world) == ("ready", "")
    async with world.at("re", COORDINATOR) as uow:
        await withdraw_need(uow, needs["re"][0])
    row = await ask_of(world, "re")
    assert list(row["need_ids"]) == list(row["yes_ids"]) == [needs["re"][1]]
    await world.run_jobs()
    assert await state(world) == ("fallen", "too_few")
    async with world.at("horten", COORDINATOR) as uow:
        assert await wanted_groups(uow) == []


async def test_a_need_that_got_its_contact_is_left_out_the_next_night(world: World) -> None:
    _, needs = await asked(world)
    await world.sql("UPDATE need SET state = 'filled' WHERE id = $1", needs["horten"][0])
    async with region_job(world) as uow:
        assert await service.weigh_all(uow) == 1
    assert await state(world) == ("fallen", "too_few")


async def test_time_ends_what_nobody_answered_and_says_so(world: World) -> None:
    _, needs = await asked(world)
    await say(world, "horten", needs["horten"])
    await say(world, "re", needs["re"])
    for table in ("group_ask", "group_suggestion"):
        await world.sql(f"UPDATE {table} SET answer_by = $1", today() - timedelta(days=1))
    async with region_job(world) as uow:
        await service.weigh_all(uow)
        await service.weigh_all(uow)
    assert await state(world) == ("fallen", "no_host")


async def test_the_region_takes_a_suggestion_back_and_nobody_can_answer_it_any_more(world: World) -> None:
    suggestion, needs = await asked(world)
    async with world.at("vestfold", SHARED) as uow:
        await service.withdraw(uow, suggestion)
    with pytest.raises(Conflict, match="avsluttet"):
        await say(world, "re", needs["re"])
    async with world.at("vestfold", SHARED) as uow:
        with pytest.raises(Conflict):
            await service.withdraw(uow, suggestion)
        with pytest.raises(NotFound):
            await service.withdraw(uow, uuid4())


async def test_a_municipality_answers_for_its_own_needs_once_and_only_those_it_may_see(world: World) -> None:
    _, needs = await asked(world)
    row = await ask_of(world, "horten")

    async def answer(slug: str, version: int, yes: list[UUID], seen: list[UUID]) -> None:
        async with world.at(slug, COORDINATOR) as uow:
            await service.answer(uow, row["id"], version, yes, seen, can_host=False)

    with pytest.raises(NotFound):
        await answer("re", row["version"], [], [])
    with pytest.raises(Invalid):
        await answer("horten", row["version"], needs["re"], needs["re"])
    with pytest.raises(Invalid):
        await answer("horten", row["version"], needs["horten"], needs["horten"][:1])
    await answer("horten", row["version"], needs["horten"][:2], needs["horten"])
    with pytest.raises(Conflict, match="En annen i kommunen har svart"):
        await answer("horten", row["version"], [], needs["horten"])
    # Who sees one case only changes the answer for that one.
    await answer("horten", row["version"] + 1, [], needs["horten"][:1])
    assert list((await ask_of(world, "horten"))["yes_ids"]) == [needs["horten"][1]]


async def test_the_trail_says_who_asked_and_who_answered_in_their_own_places(world: World) -> None:
    _, needs = await asked(world)
    await say(world, "horten", needs["horten"], host=True)
    here = await world.sql("SELECT action, tenant_id FROM audit_entry WHERE action LIKE 'group.%'")
    region = await world.sql("SELECT action, details FROM region_audit_entry WHERE action LIKE 'group.%'")
    assert [(row["action"], row["tenant_id"]) for row in here] == [("group.said_yes", world.horten)]
    assert "group.asked" in {row["action"] for row in region}
    assert HORTEN[0] not in str(region)
