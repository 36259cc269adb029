"""Lists for the day: a home's own cards, opened by a function alone, on the day alone, and written in the home's trail."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from sammen.clock import today
from sammen.policy.roles import Role
from shared_pool.daylists.api import DayFacts, OwnCard, put_cards
from shared_pool.daylists.cards import open_card
from shared_pool.daylists.service import WHY
from tenants.people.api import PersonFacts, register_person
from tests.database import KEYS
from tests.worlds import World

COORDINATOR = Role.PROVIDER_COORDINATOR
SESSION = UUID(int=11)
FACTS = DayFacts("Jonas", "Nøtter. Trenger skyss hjem.", "900 00 000")
READ = "SELECT home_id, seat_id, sealed FROM sammen.read_day_cards('group', $1, $2, $3)"


async def told(world: World, *, days: int = 0, facts: DayFacts = FACTS) -> tuple[UUID, UUID]:
    """(seat, person) of a card that Re has put out."""
    seat = uuid4()
    async with world.at("re", COORDINATOR) as uow:
        who = await register_person(uow, PersonFacts("Jonas", "Storli"))
        assert await put_cards(
            uow, "group", SESSION, today() + timedelta(days=days), [OwnCard(seat, who, facts)]
        )
    return seat, who


async def test_the_same_cards_again_change_nothing_and_none_takes_them_away(world: World) -> None:
    seat, who = await told(world)
    async with world.at("re", COORDINATOR) as uow:
        assert not await put_cards(uow, "group", SESSION, today(), [OwnCard(seat, who, FACTS)])
        assert await put_cards(uow, "group", SESSION, today(), [OwnCard(seat, who, DayFacts("Jonas"))])
        assert await put_cards(uow, "group", SESSION, today(), [])
    assert await world.sql("SELECT 1 FROM day_card") == []


async def test_a_card_is_sealed_for_one_meeting_and_one_place(world: World) -> None:
    seat, _ = await told(world)
    (row,) = await world.sql("SELECT sealed FROM day_card")
    assert b"Jonas" not in row["sealed"]
    assert open_card(KEYS, SESSION, seat, row["sealed"]) == FACTS
    assert open_card(KEYS, uuid4(), seat, row["sealed"]) is None
    assert open_card(KEYS, SESSION, uuid4(), row["sealed"]) is None


async def test_no_role_can_ask_for_cards_but_through_a_door(world: World) -> None:
    await told(world)
    async with world.at("horten", COORDINATOR) as uow:
        assert await uow.call("SELECT 1 FROM sammen.day_card") == []
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with world.at("horten", COORDINATOR) as uow:
            await uow.call(READ, SESSION, [world.re], "")


async def test_a_reading_is_written_at_home_and_only_todays_cards_are_read(world: World) -> None:
    seat, who = await told(world)
    found = await world.sql(READ, SESSION, [world.re, world.horten], WHY["group"])
    assert [(row["home_id"], row["seat_id"]) for row in found] == [(world.re, seat)]
    (entry,) = await world.sql("SELECT * FROM audit_entry WHERE action = 'day_list.read'")
    assert (entry["tenant_id"], entry["persons"], entry["why"]) == (world.re, [who], WHY["group"])
    async with world.at("re", COORDINATOR) as uow:
        await put_cards(uow, "group", SESSION, today() + timedelta(days=1), [OwnCard(seat, who, FACTS)])
    assert await world.sql(READ, SESSION, [world.re], WHY["group"]) == []
    assert len(await world.sql("SELECT 1 FROM audit_entry WHERE action = 'day_list.read'")) == 1


async def test_yesterdays_cards_are_swept_away(world: World) -> None:
    await told(world, days=-1)
    await world.sql("SELECT sammen.sweep()")
    assert await world.sql("SELECT 1 FROM day_card") == []
