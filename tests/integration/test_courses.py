"""Courses on a real database: exactly as many seats as there are, kept and offered as told, and names that stay at home."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from deploy.database import administrator
from sammen.clock import now, today
from sammen.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from sammen.policy.roles import Role
from shared_pool.courses.queries import (
    course_card,
    courses,
    homes_in,
    next_free,
    seats_held,
    seats_of,
    sessions_of,
)
from shared_pool.courses.seats import accept_offer, sign_colleague_up, sign_up, withdraw
from shared_pool.courses.service import change_course, make_course
from shared_pool.courses.signups import signups, signups_in
from tests.course_samples import COORDINATOR, begin, crowd, facts, hosted, meeting, planned
from tests.database import KEYS
from tests.provider_samples import contact
from tests.worlds import World


async def take(world: World, slug: str, course: UUID, who: UUID, *, wait: bool = False) -> bool:
    """Whether there was a seat (or a place in the queue) for them. Who is told to come back in a while does so."""
    while True:
        try:
            async with world.at(slug, COORDINATOR) as uow:
                await sign_up(uow, course, who, wait=wait)
        except Invalid:
            return False
        except Unavailable:
            continue
        return True


async def counts(world: World) -> tuple[int, int]:
    row = (
        await world.sql(
            "SELECT (SELECT count(*) FROM enrolment WHERE state = 'enrolled') AS a,"
            " (SELECT count(*) FROM course_signup WHERE withdrawn_on IS NULL AND enrolment_id IS NOT NULL) AS b"
        )
    )[0]
    return row["a"], row["b"]


# Seats -----------------------------------------------------------------------------------------------------------------
async def test_two_hundred_at_once_from_two_municipalities_on_twelve_seats_take_twelve(world: World) -> None:
    course = await planned(world, 12)
    takers = [(slug, one) for slug in ("horten", "re") for one in await crowd(world, slug, 100)]
    taken = await asyncio.gather(*(take(world, slug, course, who) for slug, who in takers))
    assert sum(taken) == 12
    assert await counts(world) == (12, 12)
    async with world.at("vestfold", Role.SHARED_COORDINATOR) as uow:
        card = (await courses(uow))[0]
        assert (card.taken, card.free) == (12, 0)
        assert sum(one.used for one in (await homes_in(uow))[course]) == 12


async def test_two_hundred_at_once_with_kept_seats_leave_each_municipality_its_own(world: World) -> None:
    course = await planned(
        world, 12, quotas={world.horten: 3, world.re: 4}, release_on=today() + timedelta(days=5)
    )
    horten = await crowd(world, "horten", 190)
    taken = await asyncio.gather(*(take(world, "horten", course, who) for who in horten))
    assert sum(taken) == 8
    re = await crowd(world, "re", 10)
    assert sum(await asyncio.gather(*(take(world, "re", course, who) for who in re))) == 4
    assert await counts(world) == (12, 12)


async def test_seats_that_were_kept_are_anybodys_from_the_day_they_are_released(world: World) -> None:
    course = await planned(world, 4, quotas={world.re: 3}, release_on=today() + timedelta(days=5))
    amund, sara = await crowd(world, "horten", 2)
    assert await take(world, "horten", course, amund)
    assert not await take(world, "horten", course, sara)
    await world.sql("UPDATE course SET release_on = $1", today())
    assert await take(world, "horten", course, sara)


async def test_a_contact_has_one_seat_and_a_seat_given_back_is_free(world: World) -> None:
    course, amund = await planned(world, 1), await contact(world, "horten")
    liv = await contact(world, "re", "Liv Haug")
    async with world.at("horten", COORDINATOR) as uow:
        mine = await sign_up(uow, course, amund)
    assert not await take(world, "re", course, liv)
    async with world.at("horten", COORDINATOR) as uow:
        await withdraw(uow, mine)
    with pytest.raises(Conflict):
        async with world.at("horten", COORDINATOR) as uow:
            await withdraw(uow, mine)
    assert await take(world, "re", course, liv)
    assert not await take(world, "horten", course, amund)


async def test_the_same_contact_signed_up_ten_times_at_once_has_one_seat(world: World) -> None:
    course, amund = await planned(world, 12), await contact(world, "horten")

    async def once() -> bool:
        try:
            return await take(world, "horten", course, amund)
        except Conflict:
            return False

    assert sum(await asyncio.gather(*(once() for _ in range(10)))) == 1
    async with world.at("horten", COORDINATOR) as uow:
        assert [card.taken for card in await courses(uow)] == [1]


async def test_seats_are_taken_and_given_back_at_once_and_never_more_than_there_are(world: World) -> None:
    course = await planned(world, 5)
    people = await crowd(world, "horten", 30)

    async def come_and_go(who: UUID) -> None:
        try:
            async with world.at("horten", COORDINATOR) as uow:
                mine = await sign_up(uow, course, who)
            async with world.at("horten", COORDINATOR) as uow:
                await withdraw(uow, mine)
        except Invalid:
            return

    await asyncio.gather(*(come_and_go(who) for who in people))
    most = await world.sql(
        "SELECT count(*) FILTER (WHERE state = 'enrolled') AS n, count(*) AS ever FROM enrolment"
    )
    assert most[0]["n"] == 0
    assert most[0]["ever"] >= 5


# The waiting list ------------------------------------------------------------------------------------------------------
async def full(world: World, seats: int = 1) -> tuple[UUID, list[UUID]]:
    """A course whose seats are Horten's, with the sign-ups."""
    course = await planned(world, seats)
    made = []
    for who in await crowd(world, "horten", seats):
        async with world.at("horten", COORDINATOR) as uow:
            made.append(await sign_up(uow, course, who))
    return course, made


async def test_a_freed_seat_is_offered_to_the_first_who_waits_and_not_to_a_newcomer(world: World) -> None:
    course, (mine,) = await full(world)
    amund = await contact(world, "horten", user=world.user("horten", Role.CONTACT))
    first, newcomer = await crowd(world, "re", 2)
    assert not await take(world, "re", course, newcomer)
    async with world.at("re", COORDINATOR) as uow:
        waits = await sign_up(uow, course, first, wait=True)
    assert await take(world, "horten", course, amund, wait=True)
    async with world.at("horten", COORDINATOR) as uow:
        await withdraw(uow, mine)
    assert not await take(world, "re", course, newcomer)
    await world.run_jobs()
    async with world.at("re", COORDINATOR) as uow:
        (card,) = await signups(uow)
        assert card.offered
        await accept_offer(uow, waits)
    async with world.at("re", COORDINATOR) as uow:
        assert [one.state for one in await signups(uow)] == ["seat"]
    assert await counts(world) == (1, 1)
    with pytest.raises(Conflict):
        async with world.at("re", COORDINATOR) as uow:
            await accept_offer(uow, waits)


async def test_an_offer_nobody_answers_goes_on_to_the_next_by_itself(world: World) -> None:
    course, (mine,) = await full(world)
    first, second = await crowd(world, "re", 2)
    for who in (first, second):
        assert await take(world, "re", course, who, wait=True)
    async with world.at("horten", COORDINATOR) as uow:
        await withdraw(uow, mine)
    await world.run_jobs()
    await world.sql("UPDATE course_wait SET expires_at = now() - interval '1 minute' WHERE state = 'offered'")
    async with world.at("re", COORDINATOR) as uow:
        slow = next(one for one in await signups(uow) if one.contact_id == first)
        with pytest.raises(Conflict):
            await accept_offer(uow, slow.id)
    await sweep(world)
    async with world.at("re", COORDINATOR) as uow:
        (left,) = await signups(uow)
        assert (left.contact_id, left.offered) == (second, True)
        await accept_offer(uow, left.id)
    over = await world.sql("SELECT ended FROM course_signup WHERE contact_id = $1", first)
    assert over[0]["ended"] == "offer_over"


async def sweep(world: World) -> None:
    """As the clock does every ten minutes."""
    from sammen.jobs.order import Order
    from sammen.jobs.queue import put
    from sammen.tenancy.context import PlaceKind

    async with administrator(world.database.admin_url) as admin:
        await put(admin, KEYS, Order("courses.sweep", {}, PlaceKind.REGION, world.region))
    await world.run_jobs()


async def test_a_kept_seat_that_is_freed_goes_to_its_own_municipality_first(world: World) -> None:
    course = await planned(world, 2, quotas={world.horten: 1}, release_on=today() + timedelta(days=5))
    amund, sara = await crowd(world, "horten", 2)
    liv, ola = await crowd(world, "re", 2)
    async with world.at("horten", COORDINATOR) as uow:
        mine = await sign_up(uow, course, amund)
    assert await take(world, "re", course, liv)
    assert await take(world, "re", course, ola, wait=True)
    assert await take(world, "horten", course, sara, wait=True)
    async with world.at("horten", COORDINATOR) as uow:
        await withdraw(uow, mine)
    await world.run_jobs()
    rows = await world.sql("SELECT home_id, state FROM course_wait ORDER BY asked_at")
    assert [(row["home_id"] == world.horten, row["state"]) for row in rows] == [
        (False, "waiting"),
        (True, "offered"),
    ]


async def test_offers_accepted_a_hundred_times_at_once_and_takers_beside_them_fill_what_there_is(
    world: World,
) -> None:
    course, mine = await full(world, 5)
    waiting = []
    for who in await crowd(world, "re", 40):
        async with world.at("re", COORDINATOR) as uow:
            waiting.append(await sign_up(uow, course, who, wait=True))
    for one in mine:
        async with world.at("horten", COORDINATOR) as uow:
            await withdraw(uow, one)
    await world.run_jobs()

    async def answer(signup: UUID) -> bool:
        while True:
            try:
                async with world.at("re", COORDINATOR) as uow:
                    await accept_offer(uow, signup)
            except Conflict:
                return False
            except Unavailable:
                continue
            return True

    newcomers = await crowd(world, "horten", 60)
    found = await asyncio.gather(
        *(answer(one) for one in waiting for _ in range(3)),
        *(take(world, "horten", course, who) for who in newcomers),
    )
    assert sum(found) == 5
    assert await counts(world) == (5, 5)


async def test_who_says_no_to_an_offer_lets_the_next_have_it(world: World) -> None:
    course, (mine,) = await full(world)
    first, second = await crowd(world, "re", 2)
    async with world.at("re", COORDINATOR) as uow:
        one = await sign_up(uow, course, first, wait=True)
        await sign_up(uow, course, second, wait=True)
    async with world.at("horten", COORDINATOR) as uow:
        await withdraw(uow, mine)
    await world.run_jobs()
    async with world.at("re", COORDINATOR) as uow:
        await withdraw(uow, one)
    await world.run_jobs()
    async with world.at("re", COORDINATOR) as uow:
        assert [(card.contact_id, card.offered) for card in await signups(uow)] == [(second, True)]


async def test_one_does_not_wait_for_a_seat_that_is_free(world: World) -> None:
    course, who = await planned(world, 3), await contact(world, "horten")
    with pytest.raises(Invalid):
        async with world.at("horten", COORDINATOR) as uow:
            await sign_up(uow, course, who, wait=True)


# Who sees what ---------------------------------------------------------------------------------------------------------
async def test_names_stay_at_home_and_others_are_a_number(world: World) -> None:
    course = await planned(world)
    amund, liv = await contact(world, "horten"), await contact(world, "re", "Liv Haug")
    async with world.at("horten", COORDINATOR) as uow:
        mine = await sign_up(uow, course, amund)
    async with world.at("re", COORDINATOR) as uow:
        await sign_up(uow, course, liv)
        assert [one.name for one in await signups(uow)] == ["Liv Haug"]
        card = (await courses(uow))[0]
        assert (card.ours, card.others_told, card.room_told) == (1, None, None)
        assert await seats_of(uow, course) == []
        assert await homes_in(uow, course) == {}
        with pytest.raises(NotFound):
            await withdraw(uow, mine)
        with pytest.raises(NotFound):
            await sign_up(uow, course, amund)
    shared = (await world.sql("SELECT * FROM enrolment WHERE home_id = $1", world.horten))[0]
    assert set(dict(shared)) == {
        "region_id", "id", "course_id", "home_id", "state", "created_at", "changed_at", "version",
    }  # fmt: skip


async def test_the_holder_sees_whose_the_seats_are_and_nobody_else_does(world: World) -> None:
    course = await hosted(world, "re")
    async with world.at("horten", COORDINATOR) as uow:
        await sign_up(uow, course, await contact(world, "horten"))
        assert await seats_of(uow, course) == []
    for slug, role in (("re", COORDINATOR), ("vestfold", Role.COURSE_COORDINATOR)):
        async with world.at(slug, role) as uow:
            assert [one.home for one in await seats_of(uow, course)] == ["Horten"]
    async with world.at("vestfold", Role.STEERING_GROUP_MEMBER) as uow:
        assert await seats_of(uow, course) == []


async def test_the_foreign_seat_cannot_be_given_back_by_its_id(world: World) -> None:
    course = await planned(world)
    async with world.at("horten", COORDINATOR) as uow:
        await sign_up(uow, course, await contact(world, "horten"))
    seat = (await world.sql("SELECT id FROM enrolment"))[0]["id"]
    for slug, role in (("re", COORDINATOR), ("vestfold", Role.COURSE_COORDINATOR)):
        async with world.at(slug, role) as uow:
            assert (await uow.call("SELECT sammen.give_back_seat($1) AS done", seat))[0]["done"] is False


async def test_a_foreign_place_in_the_queue_can_neither_be_left_nor_its_offer_taken(world: World) -> None:
    course, (mine,) = await full(world)
    (who,) = await crowd(world, "re", 1)
    assert await take(world, "re", course, who, wait=True)
    async with world.at("horten", COORDINATOR) as uow:
        await withdraw(uow, mine)
    await world.run_jobs()
    wait = (await world.sql("SELECT id FROM course_wait"))[0]["id"]
    async with world.at("horten", COORDINATOR) as uow:
        assert await uow.call("SELECT id FROM sammen.course_wait") == []
        assert await uow.call("SELECT was FROM sammen.leave_waiting($1)", wait) == []
        row = (await uow.call("SELECT answer, enrolment_id FROM sammen.accept_offer($1)", wait))[0]
        assert (row["answer"], row["enrolment_id"]) == ("gone", None)


async def test_a_draft_and_a_course_for_its_own_are_seen_by_the_holder_alone(world: World) -> None:
    own = await hosted(world, "re", reach="own")
    async with world.at("re", COORDINATOR) as uow:
        draft = await make_course(uow, facts(), [meeting()], draft=True)
        assert {card.id for card in await courses(uow)} == {own, draft}
    amund = await contact(world, "horten")
    async with world.at("horten", COORDINATOR) as uow:
        assert await courses(uow) == []
        assert await sessions_of(uow) == []
        for course in (own, draft):
            with pytest.raises(NotFound):
                await course_card(uow, course)
            with pytest.raises(Invalid):
                await sign_up(uow, course, amund)
    async with world.at("vestfold", Role.STEERING_GROUP_MEMBER) as uow:
        assert await courses(uow) == []


async def test_the_video_address_is_for_who_has_a_seat_or_holds_the_course(world: World) -> None:
    async with world.at("vestfold", Role.COURSE_COORDINATOR) as uow:
        course = await make_course(uow, facts(), [meeting(link="https://video.invalid/rom", place="")])
        assert [one.link for one in await sessions_of(uow, course)] == ["https://video.invalid/rom"]
    amund = await contact(world, "horten")
    async with world.at("horten", COORDINATOR) as uow:
        assert [(one.video, one.link) for one in await sessions_of(uow, course)] == [(True, "")]
        await sign_up(uow, course, amund)
        assert [one.link for one in await sessions_of(uow, course)] == ["https://video.invalid/rom"]


async def test_a_municipality_outside_the_region_sees_no_course_and_takes_no_seat(world: World) -> None:
    course, liv = await planned(world), await contact(world, "re", "Liv Haug")
    await world.sql(
        "UPDATE region_membership SET valid_to = $2 WHERE municipality_id = $1",
        world.re,
        today() - timedelta(days=1),
    )
    async with world.at("re", COORDINATOR) as uow:
        assert await courses(uow) == []
        with pytest.raises(Invalid):
            await sign_up(uow, course, liv)
        with pytest.raises(Forbidden):
            await make_course(uow, facts(), [meeting()])


async def test_a_course_that_has_begun_takes_nobody_and_lets_nobody_go(world: World) -> None:
    course, amund = await planned(world), await contact(world, "horten")
    async with world.at("horten", COORDINATOR) as uow:
        mine = await sign_up(uow, course, amund)
    await begin(world, course)
    with pytest.raises(Conflict):
        async with world.at("horten", COORDINATOR) as uow:
            await withdraw(uow, mine)
    sara = await contact(world, "horten", "Sara Dahl")
    assert not await take(world, "horten", course, sara)


async def test_nobody_signs_up_after_the_last_day_and_the_queue_still_moves(world: World) -> None:
    course, (mine,) = await full(world)
    (who,) = await crowd(world, "re", 1)
    assert await take(world, "re", course, who, wait=True)
    await world.sql("UPDATE course SET deadline_on = $1", today() - timedelta(days=1))
    async with world.at("horten", COORDINATOR) as uow:
        await withdraw(uow, mine)
        assert await next_free(uow, "intro") is None
    amund = await contact(world, "horten")
    assert not await take(world, "horten", course, amund)
    await world.run_jobs()
    async with world.at("re", COORDINATOR) as uow:
        (card,) = await signups_in(uow, course)
        await accept_offer(uow, card.id)


async def test_the_steering_group_reads_no_seat_even_by_sql(world: World) -> None:
    course = await planned(world)
    async with world.at("horten", COORDINATOR) as uow:
        await sign_up(uow, course, await contact(world, "horten"))
    async with world.at("vestfold", Role.STEERING_GROUP_MEMBER) as uow:
        for table in ("enrolment", "course", "course_session", "course_quota", "course_wait"):
            assert await uow.call(f"SELECT id FROM sammen.{table}") == []
        assert [card.taken for card in await courses(uow)] == [1]


async def test_a_supervisors_course_is_for_the_staff_and_the_others_for_contacts(world: World) -> None:
    course = await planned(world, kind="supervisor")
    amund, kari = await contact(world, "horten"), world.user("horten", COORDINATOR)
    async with world.at("horten", COORDINATOR) as uow:
        with pytest.raises(Invalid):
            await sign_up(uow, course, amund)
        await sign_colleague_up(uow, course, kari)
        assert [(one.user_id, bool(one.name)) for one in await signups_in(uow, course)] == [(kari, True)]
        with pytest.raises(Conflict):
            await sign_colleague_up(uow, course, kari)
    with pytest.raises(NotFound):
        async with world.at("horten", COORDINATOR) as uow:
            await sign_colleague_up(uow, course, world.user("re", COORDINATOR))
    ordinary = await planned(world)
    with pytest.raises(Invalid):
        async with world.at("horten", COORDINATOR) as uow:
            await sign_colleague_up(uow, ordinary, kari)


async def test_one_who_is_a_contact_in_two_municipalities_has_one_seat_and_only_they_are_told_so(
    world: World,
) -> None:
    course, user = await planned(world), world.user("horten", Role.CONTACT)
    there = await contact(world, "re", "Amund Lie", user=user)
    here = await contact(world, "horten", user=user)
    async with world.at("re", COORDINATOR) as uow:
        await sign_up(uow, course, there)
    async with world.at("horten", Role.CONTACT) as uow:
        with pytest.raises(Conflict, match="fra en annen kommune"):
            await sign_up(uow, course, here, oneself=True)
    async with world.at("horten", COORDINATOR) as uow:
        assert (await uow.call("SELECT sammen.mine_elsewhere($1) AS there", course))[0]["there"] is False


# Settlement ------------------------------------------------------------------------------------------------------------
async def test_a_seat_had_when_the_course_began_is_used_and_one_of_a_cancelled_course_is_not(
    world: World,
) -> None:
    used, off = await hosted(world, "re"), await hosted(world, "re")
    amund, sara = await crowd(world, "horten", 2)
    async with world.at("horten", COORDINATOR) as uow:
        await sign_up(uow, used, amund)
        gone = await sign_up(uow, used, sara)
        await sign_up(uow, off, amund)
        await withdraw(uow, gone)
    for course in (used, off):
        await begin(world, course, over=True)
    await world.sql("UPDATE course SET state = 'cancelled' WHERE id = $1", off)
    async with world.at("horten", COORDINATOR) as uow:
        assert [(one.host_id, one.seats) for one in await seats_held(uow)] == [(world.re, 1)]
    async with world.at("re", COORDINATOR) as uow:
        assert await seats_held(uow) == []
    await sweep(world)
    assert [row["state"] for row in await world.sql("SELECT state FROM course WHERE id = $1", used)] == [
        "held"
    ]


async def test_fewer_seats_than_are_taken_are_refused_with_the_number(world: World) -> None:
    course, _ = await full(world, 3)
    async with world.at("vestfold", Role.COURSE_COORDINATOR) as uow:
        card = await course_card(uow, course)
        with pytest.raises(Invalid) as found:
            await change_course(uow, course, facts(2), card.version)
        assert found.value.errors["plasser"].params == {"taken": 3}
    assert now() < card.starts_at
