"""Groups across borders on a real database: promises, seats, copies, and what each side is told (C10)."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from sammen.clock import today
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.policy.roles import Role
from shared_pool.groups.cards import joint_card, joint_groups, partners_of, room_in
from shared_pool.groups.hosting import open_group, promise, stop_partner
from shared_pool.groups.jobs import night
from shared_pool.groups.partners import answer, leave
from tenants.cases.models import CaseFile
from tenants.cases.shielding import shield_case
from tenants.groups.places import end_place, give_place
from tenants.groups.queries import group_card
from tenants.groups.service import close_group, edit_group
from tenants.sessions.queries import session_card
from tenants.sessions.service import cancel_session
from tests.group_samples import facts_of, planned
from tests.joint_samples import (
    COORDINATOR,
    PHONE,
    give,
    joined,
    meeting,
    opened,
    placed,
    refused,
    seats,
    user_of,
)
from tests.settlement_samples import third_municipality
from tests.worlds import World


# Opening and promising ------------------------------------------------------------------------------------------------
async def test_a_group_that_is_opened_keeps_those_who_are_there_and_is_opened_once(world: World) -> None:
    group, _ = await planned(world, "horten")
    await placed(world, "horten", group, "Jonas Storli")
    async with world.at("horten", COORDINATOR) as uow:
        joint = await open_group(uow, group)
    assert await seats(world, joint, "horten") == ["member"]
    async with world.at("horten", COORDINATOR) as uow:
        with pytest.raises(Conflict):
            await open_group(uow, group)
    async with world.at("horten", Role.PURCHASER_CHILD) as uow:
        with pytest.raises(Forbidden):
            await open_group(uow, group)
    async with world.at("re", COORDINATOR) as uow:
        assert await joint_groups(uow) == []
        with pytest.raises(NotFound):
            await open_group(uow, group)


async def test_more_places_than_there_are_cannot_be_promised(world: World) -> None:
    group, joint, _ = await opened(world, seats=6)
    for name in ("Jonas Storli", "Even Myhre"):
        await placed(world, "horten", group, name)
    third = await third_municipality(world)
    async with world.at("horten", COORDINATOR) as uow:
        for quota in (0, 5, 7, 61):
            with pytest.raises(Invalid):
                await promise(uow, joint, world.re, quota, None)
        await promise(uow, joint, world.re, 3, None)
        with pytest.raises(Invalid):
            await promise(uow, joint, third, 2, None)
        await promise(uow, joint, third, 1, None)
        for place in (world.horten, uuid4()):
            with pytest.raises(Invalid):
                await promise(uow, joint, place, 1, None)
        with pytest.raises(Invalid):
            await promise(uow, joint, world.re, 3, today())
    async with world.at("horten", COORDINATOR) as uow:
        card = await group_card(uow, group)
        with refused("lovet"):
            await edit_group(uow, group, facts_of(card, seats=3), version=card.version)


async def test_an_invitation_is_answered_once_and_no_other_municipality_sees_it(world: World) -> None:
    _, joint, _ = await opened(world)
    third = await third_municipality(world)
    async with world.at("horten", COORDINATOR) as uow:
        await promise(uow, joint, world.re, 3, None)
    async with world.job(third) as uow:
        assert await joint_groups(uow) == []
    async with world.at("re", COORDINATOR) as uow:
        card = await joint_card(uow, joint)
        assert (card.waits, card.quota, card.host, card.group_id) == (True, 3, "Horten", None)
        await answer(uow, joint, yes=False)
    async with world.at("re", COORDINATOR) as uow:
        assert await joint_groups(uow) == []
        with pytest.raises(NotFound):
            await answer(uow, joint, yes=True, duty_phone=PHONE)
    async with world.at("horten", COORDINATOR) as uow:
        await promise(uow, joint, world.re, 2, None)
    async with world.at("re", COORDINATOR) as uow:
        await answer(uow, joint, yes=True, duty_phone=PHONE)
    async with world.at("re", COORDINATOR) as uow:
        with pytest.raises(Conflict):
            await answer(uow, joint, yes=False)


# Seats ----------------------------------------------------------------------------------------------------------------
async def test_two_hundred_at_once_get_exactly_as_many_seats_as_there_are(world: World) -> None:
    _, joint, _ = await joined(world, seats=24, quota=9)
    taken = "SELECT answer FROM sammen.joint_seat($1, NULL, 'member')"
    gate = asyncio.Semaphore(40)

    async def take(tenant: UUID) -> str:
        async with gate, world.job(tenant) as uow:
            return str((await uow.call(taken, joint))[0]["answer"])

    answers = await asyncio.gather(*(take(one) for one in (world.horten, world.re) for _ in range(100)))
    assert answers.count("done") == 24
    assert set(answers) == {"done", "full"}
    assert len(await seats(world, joint, "horten")) == 15
    assert len(await seats(world, joint, "re")) == 9


async def test_kept_places_are_the_partners_until_they_are_let_go(world: World) -> None:
    group, joint, _ = await joined(world, seats=8, quota=3, release_on=today() + timedelta(days=1))
    for number in range(5):
        await placed(world, "horten", group, f"Deltaker{number} Moe")
    late = await user_of(world, "horten", "Sverre Sist")
    with refused("ingen ledig plass"):
        async with world.at("horten", COORDINATOR) as uow:
            await give(uow, group, late)
    await world.sql("UPDATE joint_partner SET release_on = $1", today())
    # Nobody may have all but two: «full» would then tell that there are one or two others.
    async with world.at("horten", COORDINATOR) as uow:
        room = await room_in(uow, joint)
        assert room is not None
        assert not room.any
    with refused("ingen ledig plass"):
        async with world.at("horten", COORDINATOR) as uow:
            await give(uow, group, late)
    assert await seats(world, joint, "horten") == ["member"] * 5
    await placed(world, "re", joint, "Trym Solvang")


async def test_a_place_elsewhere_wants_a_yes_and_is_never_for_the_shielded(world: World) -> None:
    _, joint, _ = await joined(world)
    assignment = await user_of(world, "re", "Trym Solvang")
    with refused("sagt ja"):
        async with world.at("re", COORDINATOR) as uow:
            await give(uow, joint, assignment, said_yes="")
    assert await seats(world, joint, "re") == []
    case = (await world.sql("SELECT case_id FROM assignment WHERE id = $1", assignment))[0]["case_id"]
    await world.sql(
        "INSERT INTO case_member (tenant_id, id, case_id, user_id) VALUES ($1, gen_random_uuid(), $2, $3)",
        world.re, case, world.user("re", COORDINATOR),
    )  # fmt: skip
    await world.sql("UPDATE case_file SET shielded = true WHERE id = $1", case)
    with refused("kan ikke stå på ei liste"):
        async with world.at("re", COORDINATOR) as uow:
            await give(uow, joint, assignment)
    assert await seats(world, joint, "re") == []


async def test_a_case_that_is_shielded_leaves_the_group_elsewhere_and_nothing_tells_why(world: World) -> None:
    group, joint, _ = await joined(world)
    place = await placed(world, "re", joint, "Trym Solvang")
    await meeting(world, group)
    assert await world.sql("SELECT 1 FROM day_card")
    before = {row["state"] for row in await world.sql("SELECT state FROM joint_seat")}
    assert before == {"member"}
    case = (await world.sql(
        "SELECT a.case_id FROM assignment a JOIN group_place p ON p.assignment_id = a.id WHERE p.id = $1", place
    ))[0]["case_id"]  # fmt: skip
    async with world.at("re", Role.PURCHASER_CHILD) as uow:
        held = await uow.session.get(CaseFile, (world.re, case))
        assert held is not None
        await shield_case(uow, held, why="by_hand")
    await world.run_jobs()
    assert await seats(world, joint, "re") == ["ended"]
    assert not await world.sql("SELECT 1 FROM day_card")
    ended = (await world.sql("SELECT valid_to, seat_id FROM group_place WHERE id = $1", place))[0]
    assert ended["valid_to"] == today()


async def test_waiting_takes_no_seat_and_a_trial_keeps_one(world: World) -> None:
    _, joint, _ = await joined(world, quota=1)
    await placed(world, "re", joint, "Trym Solvang", state="waiting")
    await placed(world, "re", joint, "Odd Linnestad", state="trial")
    late = await user_of(world, "re", "Ulrik Dal")
    with pytest.raises(Invalid):
        async with world.at("re", COORDINATOR) as uow:
            await give(uow, joint, late)
    assert await seats(world, joint, "re") == ["trial", "waiting"]
    assert (await world.sql("SELECT member_from FROM joint_seat WHERE state = 'trial'"))[0][
        "member_from"
    ] is None


async def test_a_place_that_ends_gives_its_seat_back(world: World) -> None:
    _, joint, _ = await joined(world, quota=1)
    place = await placed(world, "re", joint, "Trym Solvang")
    async with world.at("re", COORDINATOR) as uow:
        await end_place(uow, joint, place)
    assert await seats(world, joint, "re") == ["ended"]
    await placed(world, "re", joint, "Odd Linnestad")
    # However else a place went, the night gives its seat back, once.
    await world.sql("UPDATE group_place SET valid_to = $1 WHERE seat_id IS NOT NULL", today())
    for _ in range(2):
        async with world.job(world.re) as uow:
            await night(uow, {})
    assert await seats(world, joint, "re") == ["ended", "ended"]


# Copies ---------------------------------------------------------------------------------------------------------------
async def test_a_partner_has_a_copy_of_the_group_and_its_meetings_that_follows_the_host(world: World) -> None:
    group, joint, _ = await joined(world, quota=3)
    session = await meeting(world, group, today() + timedelta(days=3))
    async with world.at("re", COORDINATOR) as uow:
        copy, there = await group_card(uow, joint), await session_card(uow, session)
    assert (copy.name, copy.hosted, copy.joint_id, copy.seats, copy.leaders) == (
        "Turgruppa",
        False,
        joint,
        3,
        (),
    )
    assert copy.led_by == "Marte, Amund"
    assert (there.group_id, there.place, there.activity, there.state) == (
        joint,
        "Kinoen",
        "Se film",
        "planned",
    )
    async with world.at("horten", COORDINATOR) as uow:
        card = await group_card(uow, group)
        await edit_group(uow, group, facts_of(card, name="Kinogruppa"), version=card.version)
        await cancel_session(uow, session, "Kinoen er stengt.")
    await world.run_jobs()
    async with world.at("re", COORDINATOR) as uow:
        assert (await group_card(uow, joint)).name == "Kinogruppa"
        there = await session_card(uow, session)
    assert (there.state, there.cancel_reason) == ("cancelled", "Kinoen er stengt.")


async def test_a_reason_that_names_somebody_stays_at_home(world: World) -> None:
    group, _, _ = await joined(world)
    await placed(world, "horten", group, "Jonas Storli")
    session = await meeting(world, group, today() + timedelta(days=3))
    async with world.at("horten", COORDINATOR) as uow:
        await cancel_session(uow, session, "Jonas Storli er syk.")
    await world.run_jobs()
    async with world.at("re", COORDINATOR) as uow:
        there = await session_card(uow, session)
    assert (there.state, there.cancel_reason) == ("cancelled", "")


async def test_nobody_changes_a_copy(world: World) -> None:
    _, joint, _ = await joined(world)
    async with world.at("re", COORDINATOR) as uow:
        card = await group_card(uow, joint)
        with pytest.raises(Conflict):
            await close_group(uow, joint, today(), version=card.version)
        with pytest.raises(NotFound):
            await promise(uow, joint, world.horten, 1, None)


# The end of it --------------------------------------------------------------------------------------------------------
async def test_a_partner_that_leaves_ends_its_places_on_the_day_and_nobody_elses(world: World) -> None:
    group, joint, _ = await joined(world)
    at_home = await placed(world, "horten", group, "Jonas Storli")
    place = await placed(world, "re", joint, "Trym Solvang")
    async with world.at("re", COORDINATOR) as uow:
        with pytest.raises(Invalid):
            await leave(uow, joint, today() - timedelta(days=1))
        await leave(uow, joint, today())
    await world.run_jobs()
    async with world.at("re", COORDINATOR) as uow:
        assert (await group_card(uow, joint)).valid_to == today()
    await world.sql("UPDATE joint_partner SET leaves_on = $1", today() - timedelta(days=1))
    await world.sql("UPDATE activity_group SET valid_to = $1 WHERE NOT hosted", today() - timedelta(days=1))
    async with world.job(world.re) as uow:
        await night(uow, {})
    rows = {row["id"]: row["valid_to"] for row in await world.sql("SELECT id, valid_to FROM group_place")}
    assert rows[place] is not None
    assert rows[at_home] is None
    assert await seats(world, joint, "re") == ["ended"]
    assert await seats(world, joint, "horten") == ["member"]
    async with world.at("horten", COORDINATOR) as uow:
        assert not [one for one in await partners_of(uow, joint) if one.live]


async def test_a_municipality_that_leaves_the_region_leaves_its_groups_and_breaks_none(world: World) -> None:
    group, joint, _ = await joined(world)
    await meeting(world, group)
    async with world.at("re", COORDINATOR) as uow:
        assert await uow.call("SELECT * FROM sammen.joint_meetings($1)", joint)
        assert await uow.call("SELECT * FROM sammen.joint_left()") == []
    await placed(world, "horten", group, "Jonas Storli")
    place = await placed(world, "re", joint, "Trym Solvang")
    await world.sql(
        "UPDATE region_membership SET valid_to = $1 WHERE municipality_id = $2",
        today() - timedelta(days=1),
        world.re,
    )
    # At once nothing of it counts, nothing is told of when and where they meet, and nothing new may come.
    async with world.at("re", COORDINATOR) as uow:
        assert await joint_groups(uow) == []
        assert await uow.call("SELECT * FROM sammen.joint_meetings($1)", joint) == []
    async with world.job(world.re) as uow:
        assert [row["joint_group_id"] for row in await uow.call("SELECT * FROM sammen.joint_left()")] == [
            joint
        ]
    late = await user_of(world, "re", "Odd Linnestad")
    with pytest.raises(Invalid):
        async with world.at("re", COORDINATOR) as uow:
            await give(uow, joint, late)
    async with world.at("horten", COORDINATOR) as uow:
        room = await room_in(uow, joint)
        assert room is not None
        assert room.kept == 7
    for _ in range(2):
        async with world.job(world.re) as uow:
            await night(uow, {})
    assert (await world.sql("SELECT valid_to FROM group_place WHERE id = $1", place))[0][
        "valid_to"
    ] is not None
    assert await seats(world, joint, "re") == ["ended"]
    assert await seats(world, joint, "horten") == ["member"]
    left = "SELECT count(*) AS n FROM audit_entry WHERE action = 'joint.left_region'"
    assert (await world.sql(left))[0]["n"] == 1  # the second night found nothing left to end
    await meeting(world, group)


async def test_the_host_takes_an_invitation_back_and_ends_a_part_and_closes_the_group(world: World) -> None:
    group, joint, _ = await joined(world)
    third = await third_municipality(world)
    await placed(world, "re", joint, "Trym Solvang")
    async with world.at("horten", COORDINATOR) as uow:
        part = await promise(uow, joint, third, 2, None)
        await stop_partner(uow, joint, part, today())
        assert {one.name: one.state for one in await partners_of(uow, joint)} == {
            "Re": "yes",
            "Tønsberg": "withdrawn",
        }
    async with world.job(third) as uow:
        assert await joint_groups(uow) == []
    async with world.at("horten", COORDINATOR) as uow:
        card = await group_card(uow, group)
        await close_group(uow, group, today() + timedelta(days=5), version=card.version)
    await world.run_jobs()
    async with world.at("re", COORDINATOR) as uow:
        copy = await group_card(uow, joint)
    assert (copy.valid_to, copy.closed_on) == (today() + timedelta(days=5), today())
    late = await user_of(world, "re", "Odd Linnestad")
    async with world.at("re", COORDINATOR) as uow:
        with pytest.raises(Invalid):
            await give_place(uow, joint, late)


async def test_each_job_done_again_changes_nothing(world: World) -> None:
    group, joint, _ = await joined(world)
    await placed(world, "re", joint, "Trym Solvang")
    await meeting(world, group)
    look = (
        "SELECT (SELECT json_agg(g ORDER BY g.id) FROM activity_group g)::text, (SELECT json_agg(s ORDER BY s.id) FROM"
        " group_session s)::text, (SELECT json_agg(c.sealed ORDER BY c.id) FROM day_card c)::text"
    )
    before = [tuple(row) for row in await world.sql(look)]
    for _ in range(2):
        async with world.job(world.re) as uow:
            await night(uow, {})
        await world.run_jobs()
    assert [tuple(row) for row in await world.sql(look)] == before
