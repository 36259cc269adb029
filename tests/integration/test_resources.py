"""Shared resources on a real database: nobody has the same thing at the same time, and nobody learns who has it."""

from __future__ import annotations

import asyncio
from datetime import time, timedelta

import asyncpg
import pytest

from sammen.clock import OSLO, now, today
from sammen.errors import Conflict, Invalid, NotFound
from sammen.policy.roles import Role
from sammen.series import moment
from shared_pool.resources.handling import answer_booking, bring_back, cancel_booking, hand_out, note_read
from shared_pool.resources.jobs import tidy
from shared_pool.resources.queries import (
    booking_card,
    bookings_ahead,
    bookings_waiting,
    resource_card,
    resources,
    taken,
)
from shared_pool.resources.service import BookingFacts, book, book_series, move_booking
from shared_pool.resources.upkeep import ResourceFacts, change_resource, retire_resource
from tests.resource_samples import COORDINATOR, at, booked, car, day
from tests.worlds import World


async def test_of_two_hundred_at_once_who_want_the_same_hour_exactly_one_has_it(world: World) -> None:
    bus = await car(world)

    async def take(slug: str) -> bool:
        try:
            await booked(world, slug, bus, at(17), at(18))
        except Invalid:
            return False
        return True

    gate = asyncio.Semaphore(12)  # as many as the pool of a process has connections for

    async def through(slug: str) -> bool:
        async with gate:
            return await take(slug)

    answers = await asyncio.gather(*(through(("horten", "re")[n % 2]) for n in range(200)))
    assert sum(answers) == 1
    assert (await world.sql("SELECT count(*) AS n FROM booking"))[0]["n"] == 1


async def test_the_table_itself_refuses_two_at_once_and_lets_one_follow_the_other(world: World) -> None:
    bus = await car(world)
    await booked(world, "horten", bus, at(17), at(18))
    insert = (
        "INSERT INTO booking (region_id, id, owner_id, resource_id, starts_at, ends_at)"
        " SELECT region_id, gen_random_uuid(), owner_id, resource_id, $1, $2 FROM booking LIMIT 1"
    )
    with pytest.raises(asyncpg.ExclusionViolationError):
        await world.sql(insert, at(17, 45), at(19))
    await world.sql(insert, at(18), at(19))
    await booked(world, "re", bus, at(16), at(17))


async def test_the_others_see_that_it_is_taken_and_neither_by_whom_nor_for_what(world: World) -> None:
    bus = await car(world)
    made = await booked(world, "re", bus, at(17), at(19), note="Vi trenger barnesete")
    async with world.at("horten", COORDINATOR) as uow:
        lent = await booking_card(uow, made)
        assert (lent.booker, lent.lent, lent.own, lent.note) == ("Re", True, False, "Vi trenger barnesete")
        assert lent.purpose == "other"
    bicycle = await car(world, "re", name="Sykkelen", kind="equipment")
    mine = await booked(world, "re", bicycle, at(10), at(12))
    async with world.at("horten", COORDINATOR) as uow:
        assert (await taken(uow, at(0), at(23)))[bicycle] == [(at(10), at(12))]
        with pytest.raises(NotFound):
            await booking_card(uow, mine)
    async with world.at("vestfold", Role.SHARED_COORDINATOR) as uow:
        assert set(await taken(uow, at(0), at(23))) == {bus, bicycle}
        assert not await bookings_ahead(uow)


async def test_a_clash_is_answered_with_when_it_is_free_next(world: World) -> None:
    bus = await car(
        world, hours={name: ["08:00", "21:00"] for name in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    )
    await booked(world, "re", bus, at(17), at(20))
    with pytest.raises(Invalid) as bad:
        await booked(world, "horten", bus, at(18), at(19, 30))
    assert bad.value.errors["fra"].params == {"when": f"{day(8):%d.%m.%Y}, 08:00"}
    with pytest.raises(Invalid) as bad:
        await booked(world, "horten", bus, at(18), at(19))
    assert bad.value.errors["fra"].params == {"when": f"{day():%d.%m.%Y}, 20:00"}


async def test_rules_of_lending_are_kept_and_the_owner_is_not_bound_by_how_long(world: World) -> None:
    bus = await car(world, longest_hours=4, ahead_days=30)
    for starts, ends, field in (
        (at(10), at(15), "til"),
        (at(12), at(11), "til"),
        (at(10, ahead=31), at(11, ahead=31), "dag"),
        (at(10, ahead=-1), at(11, ahead=-1), "dag"),
    ):
        with pytest.raises(Invalid) as bad:
            await booked(world, "re", bus, starts, ends)
        assert set(bad.value.errors) == {field}
    await booked(world, "horten", bus, at(10), at(18), purpose="maintenance")
    with pytest.raises(NotFound):
        await booked(world, "re", bus, at(19), at(20), purpose="maintenance")
    own = await car(world, name="Bare vår", lending="own")
    with pytest.raises(NotFound):
        await booked(world, "re", own, at(10), at(11))
    chosen = await car(world, name="Til Re", lending="chosen", lent_to=(world.re,))
    await booked(world, "re", chosen, at(10), at(11))
    async with world.at("vestfold", Role.SHARED_COORDINATOR) as uow:
        assert [card.name for card in await resources(uow)] == ["Minibussen"]
    with pytest.raises(Invalid):
        await car(world, name="Til ingen", lending="chosen")


async def test_times_go_by_the_quarter_and_nobody_has_less_than_they_asked_for(world: World) -> None:
    bus = await car(world)
    made = await booked(world, "re", bus, at(17, 28), at(18, 5))
    async with world.at("re", COORDINATOR) as uow:
        card = await booking_card(uow, made)
        assert (card.starts_at, card.ends_at) == (at(17, 15), at(18, 15))


async def test_a_series_is_all_or_none_unless_the_taken_days_are_left_out(world: World) -> None:
    bus = await car(world)
    await booked(world, "re", bus, at(17, ahead=14), at(18, ahead=14))
    spans = [(at(17, ahead=7 * n), at(19, ahead=7 * n)) for n in (1, 2, 3)]
    facts = BookingFacts(bus, *spans[0])
    with pytest.raises(Invalid) as bad:
        async with world.at("horten", COORDINATOR) as uow:
            await book_series(uow, facts, spans, skip_taken=False)
    assert bad.value.errors["hopp_opptatt"].params == {"days": f"{day(14):%d.%m.%Y}"}
    assert (await world.sql("SELECT count(*) AS n FROM booking"))[0]["n"] == 1
    async with world.at("horten", COORDINATOR) as uow:
        made = await book_series(uow, facts, spans, skip_taken=True)
    assert (len(made.ids), len(made.skipped)) == (2, 1)
    async with world.at("horten", COORDINATOR) as uow:
        assert await cancel_booking(uow, made.ids[0], series=True) == 2


async def test_the_owner_says_yes_and_a_borrower_cannot_say_it_past_the_program(world: World) -> None:
    bus = await car(world, needs_yes=True)
    made = await booked(world, "re", bus, at(17), at(18))
    with pytest.raises(NotFound):
        async with world.at("re", COORDINATOR) as uow:
            await answer_booking(uow, made, yes=True, reason="")
    with pytest.raises(asyncpg.CheckViolationError):
        async with world.at("re", COORDINATOR) as uow:
            await uow.call("UPDATE sammen.booking SET state = 'booked' WHERE id = $1", made)
    with pytest.raises(asyncpg.CheckViolationError):
        async with world.at("re", COORDINATOR) as uow:
            await uow.call(
                "UPDATE sammen.booking SET ends_at = ends_at + interval '1 day' WHERE id = $1", made
            )
    async with world.at("horten", COORDINATOR) as uow:
        assert [one.id for one in await bookings_waiting(uow)] == [made]
        await answer_booking(uow, made, yes=True, reason="")
        await answer_booking(uow, made, yes=True, reason="")
    async with world.at("horten", COORDINATOR) as uow:
        with pytest.raises(Invalid):
            await cancel_booking(uow, made)
        await cancel_booking(uow, made, "Bilen må på verksted")
    async with world.at("re", COORDINATOR) as uow:
        card = (await bookings_waiting(uow))[0]
        assert (card.id, card.end_reason) == (made, "Bilen må på verksted")
        await note_read(uow, made)
        assert not await bookings_waiting(uow)


async def test_what_is_fetched_comes_back_with_its_damage_and_frees_the_rest_of_its_time(
    world: World,
) -> None:
    bus = await car(world)
    starts = now().replace(minute=now().minute // 15 * 15, second=0, microsecond=0)
    made = await booked(world, "re", bus, starts, starts + timedelta(hours=6))
    later = await booked(world, "re", bus, at(10), at(11))
    with pytest.raises(Conflict):
        async with world.at("re", COORDINATOR) as uow:
            await hand_out(uow, later, "", None)
    async with world.at("horten", COORDINATOR) as uow:
        await hand_out(uow, made, "Nøkkel 2, full tank", 41_200)
    with pytest.raises(Conflict):
        async with world.at("re", COORDINATOR) as uow:
            await cancel_booking(uow, made)
    with pytest.raises(Invalid):
        async with world.at("re", COORDINATOR) as uow:
            await bring_back(uow, made, "", 41_100, "")
    async with world.at("re", COORDINATOR) as uow:
        await bring_back(uow, made, "Halv tank", 41_260, "Ripe i venstre dør")
        assert bus not in await taken(uow, starts, starts + timedelta(hours=6))
        assert not await bookings_waiting(uow)
    async with world.at("horten", COORDINATOR) as uow:
        assert [one.damage for one in await bookings_waiting(uow)] == ["Ripe i venstre dør"]
        await note_read(uow, made)
        assert not await bookings_waiting(uow)


async def test_a_booking_is_moved_whole_or_not_at_all(world: World) -> None:
    bus = await car(world)
    made = await booked(world, "re", bus, at(17), at(18))
    await booked(world, "horten", bus, at(19), at(20))
    with pytest.raises(Invalid):
        async with world.at("re", COORDINATOR) as uow:
            await move_booking(uow, made, at(19, 30), at(20, 30))
    async with world.at("re", COORDINATOR) as uow:
        assert (await booking_card(uow, made)).state == "booked"
        moved = await move_booking(uow, made, at(17, 30), at(18, 30))
        assert (await booking_card(uow, moved)).starts_at == at(17, 30)
        assert (await booking_card(uow, made)).state == "cancelled"


async def test_out_of_use_takes_away_what_was_booked_and_tells_who_had_it(world: World) -> None:
    bus = await car(world)
    made = await booked(world, "re", bus, at(17), at(18))
    kept = await booked(world, "re", bus, at(17, ahead=2), at(18, ahead=2))
    async with world.at("horten", COORDINATOR) as uow:
        assert await retire_resource(uow, bus, day(3)) == 1
    async with world.at("re", COORDINATOR) as uow:
        assert [one.id for one in await bookings_waiting(uow)] == [made]
        assert (await booking_card(uow, kept)).state == "booked"
        with pytest.raises(Invalid):
            await book(uow, BookingFacts(bus, at(10), at(11)))
    with pytest.raises(Conflict):
        async with world.at("horten", COORDINATOR) as uow:
            await change_resource(uow, bus, ResourceFacts("car", "Bussen", "Rådhuset"), version=2)


async def test_who_leaves_the_region_neither_lends_nor_borrows(world: World) -> None:
    bus, bicycle = await car(world), await car(world, "re", name="Sykkelen", kind="equipment")
    lent = await booked(world, "re", bus, at(17), at(18))
    borrowed = await booked(world, "horten", bicycle, at(17), at(18))
    own = await booked(world, "horten", bus, at(10), at(11))
    await world.sql(
        "UPDATE region_membership SET valid_to = $1 WHERE municipality_id = $2",
        today() - timedelta(days=1),
        world.horten,
    )
    async with world.job(world.horten) as uow:
        await tidy(uow, {})
        await tidy(uow, {})
    states = {row["id"]: row["state"] for row in await world.sql("SELECT id, state FROM booking")}
    assert (states[lent], states[borrowed], states[own]) == ("cancelled", "cancelled", "booked")
    async with world.at("re", COORDINATOR) as uow:
        assert {one.id for one in await bookings_waiting(uow)} >= {lent}
        with pytest.raises(NotFound):
            await resource_card(uow, bus)


async def test_two_editors_of_a_resource_are_told_apart(world: World) -> None:
    bus = await car(world)
    facts = ResourceFacts("car", "Bussen", "Rådhuset", lending="region")
    async with world.at("horten", COORDINATOR) as uow:
        await change_resource(uow, bus, facts, version=1)
    with pytest.raises(Conflict):
        async with world.at("horten", COORDINATOR) as uow:
            await change_resource(uow, bus, facts, version=1)
    with pytest.raises(NotFound):
        async with world.at("re", COORDINATOR) as uow:
            await change_resource(uow, bus, facts, version=2)


async def test_a_weekly_time_stays_the_same_over_summer_time(world: World) -> None:
    before, after = (
        moment(day().replace(year=2027, month=3, day=23), time(17, 30)),
        moment(day().replace(year=2027, month=3, day=30), time(17, 30)),
    )
    assert after.timestamp() - before.timestamp() == 7 * 24 * 3600 - 3600
    assert {one.astimezone(OSLO).hour for one in (before, after)} == {17}
