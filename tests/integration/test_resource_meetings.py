"""What is booked for a group's meeting follows it: let go when it is called off, and told when it is moved."""

from __future__ import annotations

from datetime import time, timedelta
from uuid import uuid4

import pytest

from sammen.clock import today
from sammen.errors import NotFound
from shared_pool.resources.api import BookingFacts, book, booking_values, bookings_for
from shared_pool.resources.queries import bookings_waiting
from tenants.sessions.queries import SessionCard, sessions_of_group
from tenants.sessions.service import SessionFacts, add_session, cancel_session, change_session
from tests.group_samples import planned
from tests.resource_samples import COORDINATOR, booked, car
from tests.worlds import World


async def extra_meeting(world: World) -> SessionCard:
    group, _ = await planned(world, "horten")
    facts = SessionFacts(
        today() + timedelta(days=3), time(17, 30), time(19, 30), "Hallen", "Klatring", "", ""
    )
    async with world.at("horten", COORDINATOR) as uow:
        await add_session(uow, group, facts)
        found = await sessions_of_group(uow, group, facts.day, facts.day)
        return next(one for one in found if one.activity == "Klatring")


async def test_a_car_is_booked_from_the_meeting_and_let_go_when_it_is_called_off(world: World) -> None:
    bus, meeting = await car(world), await extra_meeting(world)
    async with world.at("horten", COORDINATOR) as uow:
        shown = await booking_values(uow, "group", meeting.id, meeting.starts_at, meeting.ends_at)
        assert shown is not None
        assert [card.id for card, _ in shown["free"]] == [bus]
        await book(uow, BookingFacts(bus, meeting.starts_at, meeting.ends_at, "group", meeting.id))
        shown = await booking_values(uow, "group", meeting.id, meeting.starts_at, meeting.ends_at)
        assert shown is not None
        assert not shown["free"]
        await cancel_session(uow, meeting.id, "Lederen er syk")
        assert not await bookings_for(uow, "group", meeting.id)
    await booked(world, "re", bus, meeting.starts_at, meeting.ends_at)


async def test_a_moved_meeting_tells_of_its_car_until_the_times_fit_again(world: World) -> None:
    bus, meeting = await car(world), await extra_meeting(world)
    async with world.at("horten", COORDINATOR) as uow:
        made = await book(uow, BookingFacts(bus, meeting.starts_at, meeting.ends_at, "group", meeting.id))
        later = SessionFacts(meeting.day, time(18, 30), time(20, 30), "Hallen", "Klatring", "", "")
        await change_session(uow, meeting.id, later, version=meeting.version)
        assert [(one.id, one.waits) for one in await bookings_waiting(uow)] == [(made, "move")]
        back = SessionFacts(meeting.day, time(17, 30), time(19, 30), "Hallen", "Klatring", "", "")
        await change_session(uow, meeting.id, back, version=meeting.version + 1)
        assert not await bookings_waiting(uow)


async def test_another_municipalitys_meeting_is_nothing_one_can_book_for(world: World) -> None:
    bus, meeting = await car(world), await extra_meeting(world)
    for purpose_id in (meeting.id, uuid4()):
        with pytest.raises(NotFound):
            await booked(
                world, "re", bus, meeting.starts_at, meeting.ends_at, purpose="group", purpose_id=purpose_id
            )
