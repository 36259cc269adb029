"""Groups on a real database: seats, leaders, who may see whom, and places that follow their assignments."""

from __future__ import annotations

import asyncio
import dataclasses
from datetime import date, time
from typing import Any
from uuid import UUID, uuid4

import pytest
from asyncpg import CheckViolationError, UniqueViolationError

from sammen.clock import today
from sammen.errors import Conflict, Invalid, NotFound
from sammen.policy.roles import Role
from tenants.assignments.api import end_assignment
from tenants.groups.people import participants
from tenants.groups.places import end_place, give_place
from tenants.groups.queries import group_card, list_groups, places_taken, without_group
from tenants.groups.service import GroupFacts, choose_leaders, make_group
from tests.group_samples import in_group, planned
from tests.provider_samples import contact
from tests.worlds import World

COORDINATOR = Role.PROVIDER_COORDINATOR


async def test_twenty_at_once_on_three_places_give_three_participants(world: World) -> None:
    group, leaders = await planned(world, "horten", seats=3)
    waiting = [await in_group(world, "horten", f"Deltaker Nummer{n}", leaders[0]) for n in range(20)]

    async def take(assignment: UUID) -> bool:
        try:
            async with world.at("horten", COORDINATOR) as uow:
                await give_place(uow, group, assignment)
        except Invalid:
            return False
        return True

    assert sum(await asyncio.gather(*(take(one) for one in waiting))) == 3
    async with world.at("horten", COORDINATOR) as uow:
        assert (await group_card(uow, group)).taken == 3
        assert len(await without_group(uow)) == 17


async def test_one_assignment_gets_one_place_however_many_give_it(world: World) -> None:
    group, leaders = await planned(world, "horten")
    jonas = await in_group(world, "horten", "Jonas Bergli", leaders[0])

    async def take() -> bool:
        try:
            async with world.at("horten", COORDINATOR) as uow:
                await give_place(uow, group, jonas)
        except Invalid:
            return False
        return True

    assert sum(await asyncio.gather(*(take() for _ in range(6)))) == 1
    with pytest.raises(UniqueViolationError, match="uq_group_place_open"):
        await world.sql(
            "INSERT INTO group_place (tenant_id, id, group_id, assignment_id, valid_from) VALUES ($1, $2, $3, $4, now())",
            world.horten, uuid4(), group, jonas,
        )  # fmt: skip


async def test_a_place_ends_with_the_assignment_and_another_may_have_it(world: World) -> None:
    group, leaders = await planned(world, "horten", seats=2)
    first, second, third = [
        await in_group(world, "horten", name, leaders[0]) for name in ("Jonas Bergli", "Ida Moe", "Tor Lie")
    ]
    async with world.at("horten", COORDINATOR) as uow:
        await give_place(uow, group, first)
        await give_place(uow, group, second)
        with pytest.raises(Invalid, match="Rett feltene"):
            await give_place(uow, group, third)
    async with world.at("horten", COORDINATOR) as uow:
        await end_assignment(uow, first, ended_on=today(), reason="user_wish")
    async with world.at("horten", COORDINATOR) as uow:
        assert [one.name for one in await participants(uow, group)] == ["Ida Moe"]
        await give_place(uow, group, third)
        assert await places_taken(uow, group) == 2


async def test_a_place_that_was_ended_can_be_given_to_the_same_one_again(world: World) -> None:
    group, leaders = await planned(world, "horten")
    jonas = await in_group(world, "horten", "Jonas Bergli", leaders[0])
    async with world.at("horten", COORDINATOR) as uow:
        place = await give_place(uow, group, jonas)
    async with world.at("horten", COORDINATOR) as uow:
        await end_place(uow, group, place)
    with pytest.raises(Conflict):
        async with world.at("horten", COORDINATOR) as uow:
            await end_place(uow, group, place)
    async with world.at("horten", COORDINATOR) as uow:
        await give_place(uow, group, jonas)
        assert await places_taken(uow, group) == 1
    told = await world.sql("SELECT action FROM audit_entry WHERE action LIKE 'group.place%' ORDER BY id")
    assert [row["action"] for row in told] == ["group.place_given", "group.place_ended", "group.place_given"]


async def test_a_participant_from_child_welfare_is_counted_and_not_named(world: World) -> None:
    group, leaders = await planned(world, "horten")
    hidden = await in_group(world, "horten", "Mia Strand", leaders[0], child_welfare=True)
    with pytest.raises(Invalid):
        async with world.at("horten", COORDINATOR) as uow:
            await give_place(uow, group, hidden)
    await world.sql(
        "INSERT INTO group_place (tenant_id, id, group_id, assignment_id, valid_from) VALUES ($1, $2, $3, $4, $5)",
        world.horten, uuid4(), group, hidden, today(),
    )  # fmt: skip
    place = (await world.sql("SELECT id FROM group_place"))[0]["id"]
    async with world.at("horten", COORDINATOR) as uow:
        assert (await group_card(uow, group)).taken == 1
        assert await participants(uow, group) == []
    with pytest.raises(NotFound):
        async with world.at("horten", COORDINATOR) as uow:
            await end_place(uow, group, place)
    async with world.at("horten", Role.PURCHASER_CHILD_WELFARE) as uow:
        assert [one.name for one in await participants(uow, group)] == ["Mia Strand"]


async def test_the_neighbour_finds_no_group_and_gives_nobody_a_place_in_it(world: World) -> None:
    group, _ = await planned(world, "horten")
    theirs = await in_group(world, "re", "Ola Berg", await contact(world, "re", "Liv Haug"))
    async with world.at("re", COORDINATOR) as uow:
        assert await list_groups(uow) == []
        with pytest.raises(NotFound):
            await group_card(uow, group)
        with pytest.raises(NotFound):
            await give_place(uow, group, theirs)


async def test_a_leader_must_be_vetted_and_two_must_be_two(world: World) -> None:
    amund = await contact(world, "horten", "Amund Vik")
    unvetted = await contact(world, "horten", "Jon Eide", vetted=False)
    foreign = await contact(world, "re", "Liv Haug")
    facts = GroupFacts(
        "Tur", "walking", "tue", time(17), time(19), "Torget", amund, None, 6, date(2026, 1, 6)
    )
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"leader_id": unvetted}, "leder"), ({"leader_id": foreign}, "leder"), ({"second_leader_id": amund}, "leder_to"),
        ({"second_leader_id": unvetted}, "leder_to"), ({"ends": time(17)}, "slutter"),
        ({"valid_to": date(2026, 1, 5)}, "til"),
    ]  # fmt: skip
    for changes, field in wrong:
        with pytest.raises(Invalid) as found:
            async with world.at("horten", COORDINATOR) as uow:
                await make_group(uow, dataclasses.replace(facts, **changes))
        assert list(found.value.errors) == [field]
    assert await world.sql("SELECT 1 FROM activity_group") == []


async def test_a_group_has_leaders_enough_when_two_are_there(world: World) -> None:
    group, leaders = await planned(world, "horten", leaders=1)
    sara = await contact(world, "horten", "Sara Dahl")
    async with world.at("horten", COORDINATOR) as uow:
        card = await group_card(uow, group)
        assert not card.led
        await choose_leaders(uow, group, leaders[0], sara, version=card.version)
    with pytest.raises(Conflict):
        async with world.at("horten", COORDINATOR) as uow:
            await choose_leaders(uow, group, sara, None, version=card.version)
    async with world.at("horten", COORDINATOR) as uow:
        assert (await group_card(uow, group)).led
    await world.sql("UPDATE support_contact SET state = 'paused' WHERE id = $1", sara)
    async with world.at("horten", COORDINATOR) as uow:
        assert not (await group_card(uow, group)).led


async def test_the_database_refuses_a_group_that_ends_before_it_begins(world: World) -> None:
    await planned(world, "horten")
    with pytest.raises(CheckViolationError, match="ck_activity_group_times"):
        await world.sql("UPDATE activity_group SET ends = starts")
