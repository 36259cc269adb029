"""A person's own calendar: an address that names nobody, read with a calendar library, and stopped at once."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from icalendar import Calendar

from sammen.clock import OSLO, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from sammen.keys import Keys
from sammen.policy.roles import Role
from sammen.web.contributions import FeedEvent, FeedSource
from tenants.assignments.api import fill_order
from tenants.assignments.contributions import FEEDS
from tenants.assignments.meetings import MeetingFacts, agree_meeting
from tenants.feeds.door import Reader
from tenants.feeds.service import lookup_of, make_feed, own_feed, stop_feed
from tenants.feeds.writing import calendar_text
from tests.database import KEYS
from tests.provider_samples import contact, granted_order
from tests.worlds import World

COORDINATOR, CONTACT = Role.PROVIDER_COORDINATOR, Role.CONTACT
FEED = UUID(int=7)
MADE = datetime(2026, 1, 1, tzinfo=UTC)


def lines(text: bytes) -> list[dict[str, Any]]:
    """(starts, ends, title, status) of each event, as a program reads them."""
    return [
        {"starts": one.decoded("dtstart"), "ends": one.decoded("dtend"), "title": str(one["summary"]),
         "status": str(one.get("status", "")), "uid": str(one["uid"])}
        for one in Calendar.from_ical(text).walk("VEVENT")
    ]  # fmt: skip


async def address(world: World) -> str:
    async with world.at("horten", CONTACT) as uow:
        await make_feed(uow)
        mine = await own_feed(uow)
    assert mine is not None
    return mine.secret


def reader(world: World, *sources: FeedSource) -> Reader:
    return Reader(world.engine, KEYS, list(sources))


async def test_a_first_meeting_stands_in_the_contacts_calendar_without_a_name_or_a_place(
    world: World,
) -> None:
    order = await granted_order(world, "horten", name="Jonas Storli")
    chosen = await contact(world, "horten", user=world.user("horten", CONTACT))
    async with world.at("horten", COORDINATOR) as uow:
        assignment = await fill_order(uow, order, chosen, starts_on=None)
        day = today() + timedelta(days=3)
        await agree_meeting(
            uow, assignment, MeetingFacts("first", day, time(17, 30), "Hjemme hos Jonas", "Mor")
        )
    body = await reader(world, *FEEDS).read(await address(world))
    (line,) = lines(body.text)
    assert line["starts"] == datetime.combine(day, time(17, 30), OSLO)
    assert line["title"] == "Avtale"
    for told in (b"Jonas", b"Storli", b"Hjemme", b"Mor", "støttekontakt".encode(), b"Horten"):
        assert told not in body.text


async def test_a_stopped_renewed_or_invented_address_opens_nothing(world: World) -> None:
    doors = reader(world)
    first = await address(world)
    await doors.read(first)
    second = await address(world)
    with pytest.raises(NotFound):
        await doors.read(first)
    await doors.read(second)
    async with world.at("horten", CONTACT) as uow:
        assert await stop_feed(uow)
        assert not await stop_feed(uow)
    for secret in (second, "", "å" * 300, second + "x"):
        with pytest.raises(NotFound):
            await doors.read(secret)


async def test_who_is_not_let_in_any_more_has_no_calendar(world: World) -> None:
    secret = await address(world)
    doors = reader(world)
    await doors.read(secret)
    await world.sql(
        "UPDATE sammen.membership SET valid_to = sammen.norwegian_day() - 1 WHERE user_id = $1 AND kind = 'own'",
        world.user("horten", CONTACT),
    )
    with pytest.raises(NotFound):
        await doors.read(secret)


async def test_asking_every_minute_makes_it_once_in_five_minutes(world: World) -> None:
    made = 0

    async def source(_uow: UnitOfWork, _user: UUID, first: date, _last: date, _lang: str) -> list[FeedEvent]:
        nonlocal made
        made += 1
        starts = datetime.combine(first, time(12), OSLO)
        return [FeedEvent("a", "Treff", starts, starts + timedelta(hours=2))]

    doors, secret = reader(world, FeedSource(source)), await address(world)
    etags = {(await doors.read(secret)).etag for _ in range(30)}
    assert (made, len(etags)) == (1, 1)
    async with world.at("horten", CONTACT) as uow:
        mine = await own_feed(uow)
    assert mine is not None
    assert mine.read_on == today()


async def test_an_injected_statement_can_ask_for_no_address(world: World) -> None:
    await address(world)
    async with world.at("re", CONTACT) as uow:
        assert await uow.call("SELECT 1 FROM sammen.calendar_feed") == []
    with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError):
        async with world.at("re", CONTACT) as uow:
            await uow.call("SELECT * FROM sammen.feed_of('\\x00'::bytea, 9999999999, '\\x00'::bytea)")


def test_a_time_stays_the_same_by_the_clock_when_the_clock_is_set() -> None:
    def at(day: date) -> FeedEvent:
        starts = datetime.combine(day, time(17, 30), OSLO)
        return FeedEvent(str(day), "Treff", starts, starts + timedelta(hours=2))

    # The clocks go forward on 29 March 2026 and back on 25 October.
    days = [date(2026, 3, 26), date(2026, 4, 2), date(2026, 10, 22), date(2026, 10, 29)]
    text = calendar_text(FEED, MADE, "Avtaler", [at(day) for day in days])
    found = lines(text)
    assert [one["starts"].strftime("%d.%m %H:%M") for one in found] == [
        "26.03 17:30", "02.04 17:30", "22.10 17:30", "29.10 17:30"]  # fmt: skip
    assert [one["starts"].utcoffset() for one in found] == [
        timedelta(hours=1), timedelta(hours=2), timedelta(hours=2), timedelta(hours=1)]  # fmt: skip
    assert b"VTIMEZONE" in text


def test_a_whole_day_is_a_day_and_a_cancelled_line_says_so() -> None:
    day = datetime(2026, 5, 4, tzinfo=OSLO)
    text = calendar_text(
        FEED, MADE, "Avtaler",
        [FeedEvent("a", "Samling; tur, med\nmat", day, day + timedelta(days=1)),
         FeedEvent("b", "Treff", day, day + timedelta(hours=1), "Biblioteket", cancelled=True)],
    )  # fmt: skip
    whole, cancelled = lines(text)
    assert (whole["starts"], whole["ends"]) == (date(2026, 5, 4), date(2026, 5, 5))
    assert whole["title"] == "Samling; tur, med\nmat"
    assert cancelled["status"] == "CANCELLED"
    assert text == calendar_text(
        FEED, MADE, "Avtaler",
        [FeedEvent("b", "Treff", day, day + timedelta(hours=1), "Biblioteket", cancelled=True),
         FeedEvent("a", "Samling; tur, med\nmat", day, day + timedelta(days=1))],
    )  # fmt: skip


async def test_what_the_database_holds_does_not_make_the_address(world: World) -> None:
    secret = await address(world)
    (row,) = await world.sql("SELECT lookup, sealed FROM calendar_feed")
    assert secret.encode() not in row["lookup"] + row["sealed"]
    other = Keys.derive("another house's secret, also thirty-two long")
    assert lookup_of(other, secret) != row["lookup"]
