"""Places in groups on a real database: waited for, offered, tried, kept, and ended with what gave the right to them."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from uuid import UUID

import pytest

from sammen.clock import today
from sammen.errors import Conflict, Invalid, NotFound
from sammen.policy.roles import Role
from tenants.assignments.api import end_assignment
from tenants.groups.people import ending_soon, participants, place_card, to_answer, waiting_line
from tenants.groups.places import (
    PlaceChange,
    PlaceFacts,
    change_place,
    end_closed_groups,
    end_place,
    give_place,
    offer_place,
    take_up,
)
from tenants.groups.queries import group_card, places_taken
from tenants.groups.service import GroupFacts, close_group, edit_group
from tests.group_samples import facts_of, in_group, planned
from tests.worlds import World

COORDINATOR = Role.PROVIDER_COORDINATOR
WAITS = PlaceFacts(state="waiting")


async def test_who_has_waited_longest_is_offered_the_place_first(world: World) -> None:
    group, leaders = await planned(world, "horten", seats=2)
    people = [
        await in_group(world, "horten", name, leaders[0])
        for name in ("Jonas Bergli", "Ida Moe", "Tor Lie", "Pia Vik")
    ]
    async with world.at("horten", COORDINATOR) as uow:
        first = await give_place(uow, group, people[0])
        await give_place(uow, group, people[1])
        with pytest.raises(Invalid):
            await give_place(uow, group, people[2])
    async with world.at("horten", COORDINATOR) as uow:
        tor = await give_place(uow, group, people[2], WAITS)
    async with world.at("horten", COORDINATOR) as uow:
        pia = await give_place(uow, group, people[3], WAITS)
        assert await places_taken(uow, group) == 2
        assert [one.name for one in await waiting_line(uow, group)] == ["Tor Lie", "Pia Vik"]
    with pytest.raises(Invalid):
        async with world.at("horten", COORDINATOR) as uow:
            await offer_place(uow, group, tor)
    async with world.at("horten", COORDINATOR) as uow:
        await end_place(uow, group, first)
    with pytest.raises(Invalid, match="Rett"):
        async with world.at("horten", COORDINATOR) as uow:
            await offer_place(uow, group, pia)
    async with world.at("horten", COORDINATOR) as uow:
        await offer_place(uow, group, tor)
    with pytest.raises(Conflict):
        async with world.at("horten", COORDINATOR) as uow:
            await offer_place(uow, group, tor)
    async with world.at("horten", COORDINATOR) as uow:
        await take_up(uow, group, tor, state="member")
        assert [one.name for one in await participants(uow, group)] == ["Ida Moe", "Tor Lie"]
    with pytest.raises(Invalid):
        async with world.at("horten", COORDINATOR) as uow:
            await take_up(uow, group, pia, state="member")


async def test_two_hundred_who_take_the_last_place_give_one_who_has_it(world: World) -> None:
    group, leaders = await planned(world, "horten", seats=2)
    one = await in_group(world, "horten", "Jonas Bergli", leaders[0])
    others = [await in_group(world, "horten", f"Deltaker Nummer{n}", leaders[0]) for n in range(20)]
    async with world.at("horten", COORDINATOR) as uow:
        await give_place(uow, group, one)
    places: list[UUID] = []
    for assignment in others:
        async with world.at("horten", COORDINATOR) as uow:
            places.append(await give_place(uow, group, assignment, WAITS))

    at_once = asyncio.Semaphore(8)  # as many as the pool has connections; the others wait in line for one

    async def take(place: UUID) -> bool:
        try:
            async with at_once, world.at("horten", COORDINATOR) as uow:
                await take_up(uow, group, place, state="member")
        except (Invalid, Conflict):
            return False
        return True

    assert sum(await asyncio.gather(*(take(place) for place in places * 10))) == 1
    async with world.at("horten", COORDINATOR) as uow:
        assert await places_taken(uow, group) == 2


async def test_a_trial_ends_in_a_place_or_in_nothing(world: World) -> None:
    group, leaders = await planned(world, "horten")
    jonas, ida = [await in_group(world, "horten", name, leaders[0]) for name in ("Jonas Bergli", "Ida Moe")]
    for trial_to in (None, today() - timedelta(days=1), today() + timedelta(days=200)):
        with pytest.raises(Invalid):
            async with world.at("horten", COORDINATOR) as uow:
                await give_place(uow, group, jonas, PlaceFacts(state="trial", trial_to=trial_to))
    trial = PlaceFacts(state="trial", trial_to=today() + timedelta(days=14), needs="Nøtter")
    async with world.at("horten", COORDINATOR) as uow:
        one = await give_place(uow, group, jonas, trial)
    async with world.at("horten", COORDINATOR) as uow:
        two = await give_place(uow, group, ida, trial)
        assert await places_taken(uow, group) == 2
        assert await to_answer(uow) == []
    await world.sql("UPDATE group_place SET trial_to = valid_from - 1")
    async with world.at("horten", COORDINATOR) as uow:
        assert {row.name for row in await to_answer(uow)} == {"Jonas Bergli", "Ida Moe"}
        await take_up(uow, group, one, state="member")
        await end_place(uow, group, two)
    rows = {
        row["id"]: row for row in await world.sql("SELECT id, state, trial_to, valid_to FROM group_place")
    }
    assert (rows[one]["state"], rows[one]["valid_to"]) == ("member", None)
    assert (rows[two]["state"], rows[two]["trial_to"]) == ("member", None)
    assert rows[two]["valid_to"] == today()


async def test_a_place_ends_with_the_decision_unless_they_stay_on(world: World) -> None:
    group, leaders = await planned(world, "horten")
    jonas, ida = [await in_group(world, "horten", name, leaders[0]) for name in ("Jonas Bergli", "Ida Moe")]
    async with world.at("horten", COORDINATOR) as uow:
        one = await give_place(uow, group, jonas)
    async with world.at("horten", COORDINATOR) as uow:
        two = await give_place(uow, group, ida)
    await world.sql("UPDATE service_grant SET valid_to = $1", today() + timedelta(days=20))
    async with world.at("horten", COORDINATOR) as uow:
        assert {row.name for row in await ending_soon(uow)} == {"Jonas Bergli", "Ida Moe"}
        card = await place_card(uow, group, two)
        stays = PlaceChange("Går med rullator", "Mor, 90 00 00 00", True, True, "")
        await change_place(uow, group, two, stays, version=card.version)
    with pytest.raises(Conflict):
        async with world.at("horten", COORDINATOR) as uow:
            await change_place(uow, group, two, stays, version=card.version)
    async with world.at("horten", COORDINATOR) as uow:
        assert [row.name for row in await ending_soon(uow)] == ["Jonas Bergli"]
    for assignment in (jonas, ida):
        async with world.at("horten", COORDINATOR) as uow:
            await end_assignment(uow, assignment, ended_on=today(), reason="user_wish")
    async with world.at("horten", COORDINATOR) as uow:
        assert [row.name for row in await participants(uow, group)] == ["Ida Moe"]
        assert await places_taken(uow, group) == 1
    ended = await world.sql("SELECT id FROM group_place WHERE valid_to IS NOT NULL")
    assert [row["id"] for row in ended] == [one]


async def test_a_group_is_edited_and_closed_and_its_places_end_after_the_last_day(world: World) -> None:
    group, leaders = await planned(world, "horten", seats=3)
    jonas = await in_group(world, "horten", "Jonas Bergli", leaders[0])
    async with world.at("horten", COORDINATOR) as uow:
        await give_place(uow, group, jonas)
        card = await group_card(uow, group)
    facts = facts_of(card, place="Biblioteket", seats=5, winter_week=8)
    async with world.at("horten", COORDINATOR) as uow:
        await edit_group(uow, group, facts, version=card.version)
    with pytest.raises(Conflict):
        async with world.at("horten", COORDINATOR) as uow:
            await edit_group(uow, group, facts, version=card.version)
    async with world.at("horten", COORDINATOR) as uow:
        card = await group_card(uow, group)
        assert (card.place, card.seats, card.winter_week) == ("Biblioteket", 5, 8)
        with pytest.raises(Invalid):
            await close_group(uow, group, today() - timedelta(days=1), version=card.version)
    async with world.at("horten", COORDINATOR) as uow:
        await close_group(uow, group, today() + timedelta(days=7), version=card.version)
    async with world.job(world.horten) as uow:
        assert await end_closed_groups(uow) == 0
    await world.sql("UPDATE activity_group SET valid_to = $1", today() - timedelta(days=1))
    async with world.job(world.horten) as uow:
        assert await end_closed_groups(uow) == 1
        assert await end_closed_groups(uow) == 0
    told = await world.sql("SELECT code FROM outgoing")
    assert {row["code"] for row in told} <= {"group", "moved", "called_off"}


async def test_another_municipality_neither_sees_nor_changes_a_place(world: World) -> None:
    group, leaders = await planned(world, "horten")
    jonas = await in_group(world, "horten", "Jonas Bergli", leaders[0])
    async with world.at("horten", COORDINATOR) as uow:
        place = await give_place(uow, group, jonas)
    for act in (end_place, offer_place):
        with pytest.raises(NotFound):
            async with world.at("re", COORDINATOR) as uow:
                await act(uow, group, place)
    with pytest.raises(NotFound):
        async with world.at("re", COORDINATOR) as uow:
            await place_card(uow, group, place)


def test_a_group_has_no_more_facts_than_its_card_tells() -> None:
    assert set(GroupFacts.__dataclass_fields__) >= {"autumn_week", "winter_week", "easter_off", "transport"}
    assert date(2027, 2, 23).isocalendar().week == 8
