"""The day of a meeting across borders: what leaders are told, when, and what comes back to each home (C10, 0060, 0065)."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from sammen.clock import today
from sammen.policy.roles import Role
from shared_pool.daylists.models import DayCard
from shared_pool.groups.cards import joint_card, region_groups, room_in
from shared_pool.groups.days import guests, put_group_cards
from tenants.sessions.hooks import tell_guests, tell_told
from tests.joint_samples import COORDINATOR, PHONE, joined, leads, meeting, placed
from tests.settlement_samples import third_municipality
from tests.worlds import World

TRAIL = "SELECT persons, why, action FROM audit_entry WHERE tenant_id = $1 AND action = 'day_list.read'"


async def today_there(world: World) -> tuple[UUID, UUID, UUID]:
    """(meeting today, shared group, place) with Trym of Re among the guests and Horten's contact as a leader."""
    group, joint, leaders = await joined(world)
    await leads(world, leaders[0])
    place = await placed(world, "re", joint, "Trym Solvang")
    return await meeting(world, group), joint, place


async def test_a_leader_reads_first_names_needs_and_numbers_on_the_day_and_the_home_sees_that_they_did(
    world: World,
) -> None:
    session, _, _ = await today_there(world)
    async with world.at("horten", Role.CONTACT) as uow:
        (guest,) = await guests(uow, session)
    assert (guest.name, guest.home_name, guest.needs) == ("Trym", "Re", "Tåler ikke nøtter")
    assert (guest.phone, guest.duty) == ("Mor, 900 00 111", PHONE)
    assert "Solvang" not in repr(guest)
    (read,) = await world.sql(TRAIL, world.re)
    assert len(read["persons"]) == 1
    assert not await world.sql(TRAIL, world.horten)


async def test_nobody_but_a_leader_of_that_meeting_on_that_day_reads_anything(world: World) -> None:
    session, _, _ = await today_there(world)
    async with world.at("horten", COORDINATOR) as uow:
        assert await guests(uow, session) == []
    async with world.at("re", Role.CONTACT) as uow:
        assert await guests(uow, session) == []
    async with world.job(world.horten) as uow:
        assert await guests(uow, session) == []
    # Not a leader any more.
    await world.sql("UPDATE session_leader SET state = 'cannot' WHERE session_id = $1", session)
    async with world.at("horten", Role.CONTACT) as uow:
        assert await guests(uow, session) == []
    await world.sql("UPDATE session_leader SET state = 'coming' WHERE session_id = $1", session)
    # Not the day.
    await world.sql(
        "UPDATE group_session SET starts_at = starts_at + interval '1 day', ends_at = ends_at + interval '1 day'"
        " WHERE id = $1", session,
    )  # fmt: skip
    async with world.at("horten", Role.CONTACT) as uow:
        assert await guests(uow, session) == []
    assert not await world.sql(TRAIL, world.re)


@pytest.mark.parametrize("how", ["cancelled", "place", "yes", "partner"])
async def test_what_ends_before_the_meeting_is_on_no_list(world: World, how: str) -> None:
    session, joint, place = await today_there(world)
    if how == "cancelled":
        await world.sql("UPDATE group_session SET state = 'cancelled' WHERE id = $1", session)
    elif how == "place":
        await world.sql("UPDATE group_place SET valid_to = $1 WHERE id = $2", today(), place)
    elif how == "yes":
        await world.sql("UPDATE group_place SET cross_yes_on = NULL WHERE id = $1", place)
    else:
        await world.sql("UPDATE joint_partner SET leaves_on = $1", today() - timedelta(days=1))
    async with world.job(world.re, name="joint.cards") as uow:
        await put_group_cards(uow, joint)
    async with world.at("horten", Role.CONTACT) as uow:
        assert await guests(uow, session) == []


async def test_two_jobs_at_once_put_the_same_cards_out_once(world: World) -> None:
    session, joint, _ = await today_there(world)
    cards = "SELECT count(*) AS n FROM day_card WHERE session_id = $1"
    assert (await world.sql(cards, session))[0]["n"] == 1
    # On the eve of the group's own weekday that meeting has its card too.
    put_out = int(
        (await world.sql("WITH gone AS (DELETE FROM day_card RETURNING 1) SELECT count(*) AS n FROM gone"))[
            0
        ]["n"]
    )
    started = asyncio.Event()

    async def late() -> int:
        async with world.job(world.re, name="joint.cards") as uow:
            started.set()
            return await put_group_cards(uow, joint)

    async with world.job(world.re, name="joint.cards") as uow:
        assert await put_group_cards(uow, joint) == put_out
        other = asyncio.create_task(late())
        await started.wait()
        # As long as the first has not ended, the second waits instead of finding no card.
        done, _ = await asyncio.wait([other], timeout=0.3)
        assert not done
    assert await other == 0
    assert (await world.sql(cards, session))[0]["n"] == 1


async def test_two_with_the_same_first_name_are_told_apart_by_a_letter(world: World) -> None:
    session, joint, _ = await today_there(world)
    await placed(world, "re", joint, "Trym Aas")
    await world.run_jobs()
    async with world.at("horten", Role.CONTACT) as uow:
        assert [one.name for one in await guests(uow, session)] == ["Trym A.", "Trym S."]


async def test_who_came_goes_home_by_seat_and_who_stays_away_comes_from_there(world: World) -> None:
    session, _, place = await today_there(world)
    seat = (await world.sql("SELECT seat_id FROM group_place WHERE id = $1", place))[0]["seat_id"]
    async with world.at("re", COORDINATOR) as uow:
        await tell_told(uow, session, place, stays_away=True)
    await world.run_jobs()
    look = "SELECT state, place_id, seat_id, hours FROM session_presence WHERE tenant_id = $1"
    (told,) = await world.sql(look, world.horten)
    assert (told["state"], told["place_id"], told["seat_id"]) == ("told", None, seat)
    async with world.at("horten", Role.CONTACT) as uow:
        await tell_guests(uow, session, {seat: "present"})
    for _ in range(2):
        await world.run_jobs()
    (there,) = await world.sql(look, world.re)
    assert (there["state"], there["place_id"], there["seat_id"]) == ("present", place, None)
    assert there["hours"] == Decimal("23.97")


async def test_a_seat_of_another_group_is_noted_by_nobody(world: World) -> None:
    session, _, _ = await today_there(world)
    other = await world.sql(
        "INSERT INTO joint_group SELECT (jsonb_populate_record(g, jsonb_build_object('id', gen_random_uuid(), 'group_id',"
        " gen_random_uuid()))).* FROM joint_group g RETURNING id"
    )
    seat = (await world.sql(
        "INSERT INTO joint_seat (region_id, id, joint_group_id, home_id, state, taken_on, member_from)"
        " VALUES ($1, gen_random_uuid(), $2, $3, 'member', $4, $4) RETURNING id",
        world.region, other[0]["id"], world.re, today(),
    ))[0]["id"]  # fmt: skip
    async with world.at("horten", Role.CONTACT) as uow:
        await tell_guests(uow, session, {seat: "present"})
    assert not await world.sql("SELECT 1 FROM joint_presence")


# What each side is told -----------------------------------------------------------------------------------------------
async def test_others_are_fewer_than_three_until_they_are_three(world: World) -> None:
    group, joint, _ = await joined(world, seats=8, quota=4)
    third = await third_municipality(world)
    seen = []
    for name in (None, "Trym Solvang", "Odd Linnestad", "Ulrik Dal"):
        if name is not None:
            await placed(world, "re", joint, name)
        async with world.at("horten", COORDINATOR) as uow:
            room = await room_in(uow, joint)
            card = await joint_card(uow, joint)
        assert room is not None
        seen.append((room.others, room.kept))
        assert not hasattr(card, "taken")
    # The number the host may give to its own is the same whatever the others do.
    assert seen == [(None, 4), (None, 4), (None, 4), (3, 4)]
    await placed(world, "horten", group, "Jonas Storli")
    async with world.at("re", COORDINATOR) as uow:
        room = await room_in(uow, joint)
        assert room is not None
        assert (room.others, room.kept) == (None, 1)
    async with world.job(third) as uow:
        assert await room_in(uow, joint) is None
    async with world.at("vestfold", Role.SHARED_COORDINATOR) as uow:
        assert [(one.seats, one.taken) for one in await region_groups(uow)] == [(8, 4)]
    async with world.at("vestfold", Role.STEERING_GROUP_MEMBER) as uow:
        assert await region_groups(uow) == []


async def test_subtraction_tells_nothing_of_one_or_two(world: World) -> None:
    """Whatever a municipality does with its own places, every answer is the same with nobody, one and two others there."""
    answers = []
    for others in range(3):
        _, joint, _ = await joined(world, seats=8, quota=2)
        await world.sql("UPDATE joint_partner SET release_on = $1", today())
        for number in range(others):
            await placed(world, "re", joint, f"Gjest{others}{number} Solvang")
        said = []
        async with world.job(world.horten) as uow:
            for _ in range(9):
                room = await room_in(uow, joint)
                assert room is not None
                said.append((room.kept, room.more, room.others))
                answer = (await uow.call("SELECT answer FROM sammen.joint_seat($1, NULL, 'member')", joint))[
                    0
                ]["answer"]
                said.append(answer)
        answers.append(said)
        await world.sql("UPDATE joint_partner SET state = 'no'")
        await world.sql("DELETE FROM group_place")
    assert answers[0] == answers[1] == answers[2]


async def test_cards_hold_no_name_that_can_be_read_in_the_database(world: World) -> None:
    session, _, _ = await today_there(world)
    (row,) = await world.sql(
        "SELECT row_to_json(c)::text AS row, sealed FROM day_card c WHERE session_id = $1", session
    )
    assert "Trym" not in row["row"]
    assert b"Trym" not in row["sealed"]
    assert DayCard.__tablename__ == "day_card"
