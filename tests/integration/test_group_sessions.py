"""Meetings on a real database: a series over Easter and summer time, two leaders or no meeting, asked and ticked off."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from sammen.clock import OSLO, today
from sammen.errors import Conflict, Invalid, NotFound
from sammen.policy.roles import Role
from tenants.groups.api import PlaceFacts, give_place, group_card
from tenants.groups.places import offer_place
from tenants.groups.service import choose_leaders, close_group, edit_group
from tenants.sessions.asking import answer_ask, asks_of, cannot_lead, go_on, own_asks
from tenants.sessions.copies import SessionCopy, mirror_session
from tenants.sessions.feed import sessions_in_feed
from tenants.sessions.holding import (
    PresenceFacts,
    note_afterwards,
    note_presence,
    start_session,
)
from tenants.sessions.nightly import finish_started
from tenants.sessions.own import answer_place, leads_session, meetings_of, own_places, say_away
from tenants.sessions.presence import attending, day_list, month_of
from tenants.sessions.queries import SessionCard, blocked_soon, session_card, sessions_of_group, unregistered
from tenants.sessions.series import plan_series
from tenants.sessions.service import (
    SessionFacts,
    add_session,
    cancel_session,
    change_session,
    choose_day_leaders,
    resume_session,
)
from tests.clocks import stop_clock
from tests.group_samples import facts_of, in_group, planned
from tests.provider_samples import contact
from tests.worlds import World

COORDINATOR = Role.PROVIDER_COORDINATOR


async def meetings(world: World, group: UUID) -> list[SessionCard]:
    async with world.at("horten", COORDINATOR) as uow:
        return await sessions_of_group(uow, group, today(), today() + timedelta(days=200))


async def first_meeting(world: World, group: UUID) -> SessionCard:
    return next(one for one in await meetings(world, group) if one.state == "planned")


def local(card: SessionCard) -> time:
    return card.starts_at.astimezone(OSLO).time()


async def log_in(world: World, contact_id: UUID, user: UUID) -> None:
    await world.sql(
        "UPDATE person SET user_id = $1 WHERE id = (SELECT person_id FROM support_contact WHERE id = $2)",
        user, contact_id,
    )  # fmt: skip


async def test_a_series_keeps_its_clock_over_summer_time_and_rests_at_easter(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_clock(monkeypatch, 2027, 3, 1)
    group, _ = await planned(world, "horten")
    found = await meetings(world, group)
    days = [one.day for one in found]
    assert days[:3] == [date(2027, 3, 2), date(2027, 3, 9), date(2027, 3, 16)]
    assert date(2027, 3, 23) not in days  # the week before Easter
    assert date(2027, 3, 30) in days
    assert {local(one) for one in found} == {time(17)}
    assert found[0].starts_at == datetime(2027, 3, 2, 16, tzinfo=UTC)
    assert found[3].starts_at == datetime(2027, 3, 30, 15, tzinfo=UTC)
    async with world.at("horten", COORDINATOR) as uow:
        facts = SessionFacts(date(2027, 3, 23), time(17), time(19))
        await add_session(uow, group, facts, series_day=date(2027, 3, 23))
    async with world.at("horten", COORDINATOR) as uow:
        await plan_series(uow, group)
    assert [one.day for one in await meetings(world, group)][3] == date(2027, 3, 23)


async def test_making_the_series_anew_keeps_what_was_moved_or_cancelled_by_hand(world: World) -> None:
    group, leaders = await planned(world, "horten")
    first, second, third = (await meetings(world, group))[:3]
    async with world.at("horten", COORDINATOR) as uow:
        moved = SessionFacts(first.day + timedelta(days=1), time(18), time(20), "Kinoen", "Kino")
        await change_session(uow, first.id, moved, version=first.version)
        await cancel_session(uow, second.id, "Hallen er stengt", version=second.version)
    async with world.at("horten", COORDINATOR) as uow:
        card = await group_card(uow, group)
        await edit_group(uow, group, facts_of(card, weekday="thu", starts=time(16)), version=card.version)
    found = {one.id: one for one in await meetings(world, group)}
    assert (found[first.id].day, found[first.id].place) == (first.day + timedelta(days=1), "Kinoen")
    assert found[second.id].state == "cancelled"
    assert found[third.id].day == third.day + timedelta(days=2)
    assert local(found[third.id]) == time(16)
    weeks = [one.day.isocalendar()[:2] for one in found.values()]
    assert len(weeks) == len(set(weeks))
    before = {one.id: one.version for one in found.values()}
    async with world.job(world.horten) as uow:
        await plan_series(uow, group)
    assert {one.id: one.version for one in await meetings(world, group)} == before
    assert leaders


async def test_new_leaders_lead_what_comes_and_a_closed_group_meets_no_more(world: World) -> None:
    group, leaders = await planned(world, "horten")
    pia = await contact(world, "horten", "Pia Vik")
    async with world.at("horten", COORDINATOR) as uow:
        card = await group_card(uow, group)
        await choose_leaders(uow, group, leaders[0], pia, version=card.version)
    assert {one.contact_id for one in (await first_meeting(world, group)).leading} == {leaders[0], pia}
    last = (await meetings(world, group))[1].day
    async with world.at("horten", COORDINATOR) as uow:
        card = await group_card(uow, group)
        await close_group(uow, group, last, version=card.version)
    found = await meetings(world, group)
    assert {one.state for one in found if one.day > last} == {"cancelled"}
    assert {one.state for one in found if one.day <= last} == {"planned"}


async def test_a_leader_who_cannot_come_has_others_asked_until_there_are_two(world: World) -> None:
    group, leaders = await planned(world, "horten")
    await log_in(world, leaders[0], world.user("horten", Role.CONTACT))
    others = [await contact(world, "horten", name) for name in ("Pia Vik", "Tor Lie", "Nina Moe")]
    await world.sql("UPDATE support_contact SET kinds = '{group}' WHERE id = $1", others[2])
    session = await first_meeting(world, group)
    async with world.at("horten", Role.CONTACT) as uow:
        assert await leads_session(uow, session.id)
        assert await cannot_lead(uow, session.id)
        assert await cannot_lead(uow, session.id)
        assert not await leads_session(uow, session.id)
    async with world.at("horten", COORDINATOR) as uow:
        asked = await asks_of(uow, session.id)
        assert len(asked) == 2
        assert asked[0].contact_id == others[2]
        assert [one.id for one in await blocked_soon(uow)] == [session.id]
    await world.sql("UPDATE person SET user_id = NULL")
    await log_in(world, others[2], world.user("horten", Role.CONTACT))
    async with world.at("horten", Role.CONTACT) as uow:
        (mine,) = await own_asks(uow)
        assert await answer_ask(uow, mine.id, yes=True) == "yes"
        assert await own_asks(uow) == []
        assert await answer_ask(uow, mine.id, yes=True) == "yes"
    async with world.at("horten", COORDINATOR) as uow:
        card = await session_card(uow, session.id)
        assert card.led
        assert card.asking == "filled"
        assert {one.contact_id for one in card.leading} == {leaders[1], others[2]}
        assert sorted(one.state for one in await asks_of(uow, session.id)) == ["taken", "yes"]
        assert await blocked_soon(uow) == []


async def test_when_nobody_can_lead_the_coordinator_is_told_and_names_somebody(world: World) -> None:
    group, leaders = await planned(world, "horten")
    await log_in(world, leaders[0], world.user("horten", Role.CONTACT))
    pia = await contact(world, "horten", "Pia Vik")
    session = await first_meeting(world, group)
    async with world.at("horten", Role.CONTACT) as uow:
        assert await cannot_lead(uow, session.id)
    await world.sql("UPDATE leader_ask SET answer_by = now() - interval '1 minute'")
    for _ in range(2):
        async with world.job(world.horten) as uow:
            await go_on(uow, session.id)
    async with world.at("horten", COORDINATOR) as uow:
        card = await session_card(uow, session.id)
        assert card.asking == "nobody"
        with pytest.raises(Invalid):
            await choose_day_leaders(uow, session.id, [], version=card.version)
    async with world.at("horten", COORDINATOR) as uow:
        await choose_day_leaders(uow, session.id, [leaders[1], pia], version=card.version)
        card = await session_card(uow, session.id)
        assert (card.led, card.asking) == (True, "filled")
    async with world.at("horten", COORDINATOR) as uow:
        with pytest.raises(Conflict):
            await choose_day_leaders(uow, session.id, [pia], version=card.version - 1)


async def test_a_meeting_does_not_start_without_two_and_is_ticked_off_on_its_day_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    group, leaders = await planned(world, "horten")
    await log_in(world, leaders[0], world.user("horten", Role.CONTACT))
    people = [
        await in_group(world, "horten", name, leaders[0]) for name in ("Jonas Bergli", "Jonas Moe", "Ida Lie")
    ]
    places = []
    for number, assignment in enumerate(people):
        async with world.at("horten", COORDINATOR) as uow:
            facts = PlaceFacts(needs="Nøtteallergi" if not number else "", emergency="Mor, 90 12 34 56")
            places.append(await give_place(uow, group, assignment, facts))
    session = await first_meeting(world, group)
    day = session.day
    async with world.at("horten", Role.CONTACT) as uow:
        with pytest.raises(Invalid):
            await start_session(uow, session.id, leaders)
    stop_clock(monkeypatch, day.year, day.month, day.day, 16, 45)
    async with world.at("horten", Role.CONTACT) as uow:
        rows = await day_list(uow, session)
        assert [row.name for row in rows] == ["Ida", "Jonas B.", "Jonas M."]
        assert rows[1].needs == "Nøtteallergi"
        assert rows[0].emergency == "Mor, 90 12 34 56"
        for here in ([], leaders[:1], [leaders[0], leaders[0]]):
            with pytest.raises(Invalid):
                await start_session(uow, session.id, here)
        with pytest.raises(Conflict):
            await note_presence(uow, session.id, PresenceFacts({places[0]: "present"}), done=False)
    async with world.at("horten", Role.CONTACT) as uow:
        await start_session(uow, session.id, leaders)
        await start_session(uow, session.id, leaders)
        some = PresenceFacts({places[0]: "present"}, with_contact=[places[0]])
        await note_presence(uow, session.id, some, done=False)
        with pytest.raises(Invalid):
            await note_presence(uow, session.id, some, done=True)
    whole = PresenceFacts(
        {places[0]: "present", places[1]: "absent", places[2]: "told"}, with_contact=[places[0]]
    )
    async with world.at("horten", Role.CONTACT) as uow:
        await note_presence(uow, session.id, whole, done=True)
    async with world.at("horten", COORDINATOR) as uow:
        assert (await session_card(uow, session.id)).state == "held"
        month = {row.name: row for row in await month_of(uow, group, day.replace(day=1), day)}
        jonas = month["Jonas Bergli"]
        assert (jonas.present, jonas.with_contact, jonas.hours) == (1, 1, Decimal(2))
        assert month["Ida Lie"].told == 1
    stop_clock(monkeypatch, day.year, day.month, day.day, 16, 45)
    await world.sql("UPDATE group_session SET state = 'planned', held_at = NULL WHERE id = $1", session.id)
    tomorrow = day + timedelta(days=1)
    stop_clock(monkeypatch, tomorrow.year, tomorrow.month, tomorrow.day, 9)
    async with world.at("horten", Role.CONTACT) as uow:
        with pytest.raises(Conflict):
            await note_presence(uow, session.id, whole, done=False)
    async with world.job(world.horten) as uow:
        assert await finish_started(uow) == 1
        assert await finish_started(uow) == 0


async def test_what_was_not_registered_is_the_coordinators_to_write_afterwards(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    group, leaders = await planned(world, "horten")
    jonas = await in_group(world, "horten", "Jonas Bergli", leaders[0])
    hidden = await in_group(world, "horten", "Mia Strand", leaders[0], child_welfare=True)
    async with world.at("horten", COORDINATOR) as uow:
        place = await give_place(uow, group, jonas)
    async with world.at("horten", Role.PURCHASER_CHILD_WELFARE) as uow:
        other = await give_place(uow, group, hidden)
    session = await first_meeting(world, group)
    async with world.at("horten", COORDINATOR) as uow:
        with pytest.raises(Conflict):
            await note_afterwards(uow, session.id, PresenceFacts({place: "present"}))
    after = session.day + timedelta(days=1)
    stop_clock(monkeypatch, after.year, after.month, after.day, 9)
    async with world.at("horten", COORDINATOR) as uow:
        assert [one.id for one in await unregistered(uow)] == [session.id]
        assert [one.name for one in await attending(uow, session)] == ["Jonas Bergli"]
        await note_afterwards(uow, session.id, PresenceFacts({place: "present", other: "present"}))
        assert await unregistered(uow) == []
    rows = await world.sql("SELECT place_id FROM session_presence")
    assert [row["place_id"] for row in rows] == [place]


async def test_the_participant_says_that_they_do_not_come_and_answers_an_offer(world: World) -> None:
    group, leaders = await planned(world, "horten", seats=2)
    jonas, ida = [await in_group(world, "horten", name, leaders[0]) for name in ("Jonas Bergli", "Ida Moe")]
    user = world.user("horten", Role.SERVICE_USER)
    await world.sql(
        "UPDATE person SET user_id = $1, birth_date = '1999-05-04' WHERE given_name = 'Jonas'", user
    )
    async with world.at("horten", COORDINATOR) as uow:
        place = await give_place(uow, group, jonas, PlaceFacts(state="waiting"))
    async with world.at("horten", COORDINATOR) as uow:
        await give_place(uow, group, ida)
        await offer_place(uow, group, place)
    async with world.at("horten", Role.SERVICE_USER) as uow:
        (own,) = await own_places(uow)
        assert await meetings_of(uow, own) == []
        await answer_place(uow, place, yes=True)
    async with world.at("horten", Role.SERVICE_USER) as uow:
        with pytest.raises(Conflict):
            await answer_place(uow, place, yes=True)
    async with world.at("horten", Role.SERVICE_USER) as uow:
        (own,) = await own_places(uow)
        first, second = (await meetings_of(uow, own))[:2]
        await say_away(uow, place, first.session.id, stays_away=True)
        assert (await meetings_of(uow, own))[0].away
        events = await sessions_in_feed(uow, user, today(), today() + timedelta(days=14), "nb")
        assert {event.title for event in events} == {"Treff"}
        assert [event.key for event in events] == [f"session:{second.session.id}"]
        assert {event.place for event in events} == {""}
        await say_away(uow, place, first.session.id, stays_away=False)
        assert not (await meetings_of(uow, own))[0].away
    other = (await world.sql("SELECT id FROM group_place WHERE id <> $1", place))[0]["id"]
    for role in (Role.SERVICE_USER, Role.REPRESENTATIVE):
        with pytest.raises(NotFound):
            async with world.at("horten", role) as uow:
                await say_away(uow, other, first.session.id, stays_away=True)


async def test_a_cancellation_an_hour_before_reaches_participants_parents_leaders_and_contacts_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    group, leaders = await planned(world, "horten")
    jonas = await in_group(world, "horten", "Jonas Bergli", leaders[0])
    async with world.at("horten", COORDINATOR) as uow:
        await give_place(uow, group, jonas)
    await world.sql("UPDATE person SET email = given_name || '@x.test'")
    session = await first_meeting(world, group)
    day = session.day
    stop_clock(monkeypatch, day.year, day.month, day.day, 16)
    await world.sql("DELETE FROM outgoing")
    with pytest.raises(Invalid):
        async with world.at("horten", COORDINATOR) as uow:
            await cancel_session(uow, session.id, "  ", version=session.version)
    async with world.at("horten", COORDINATOR) as uow:
        await cancel_session(uow, session.id, "Gruppelederen er syk", version=session.version)
    told = await world.sql("SELECT p.given_name, o.code FROM outgoing o JOIN person p ON p.id = o.person_id")
    assert {row["given_name"] for row in told} >= {"Jonas", "Marte", "Amund"}
    assert {row["code"] for row in told} == {"called_off"}
    async with world.at("horten", COORDINATOR) as uow:
        with pytest.raises(Conflict):
            await cancel_session(uow, session.id, "En gang til")
        await resume_session(uow, session.id)
        assert (await session_card(uow, session.id)).state == "planned"


async def test_two_yeses_at_once_make_one_leader_when_one_is_missing(world: World) -> None:
    group, leaders = await planned(world, "horten", leaders=1)
    names = ("Pia Vik", "Tor Lie")
    users = (world.user("horten", Role.CONTACT), world.user("re", Role.CONTACT))
    for name in names:
        await contact(world, "horten", name)
    session = await first_meeting(world, group)
    async with world.at("horten", COORDINATOR) as uow:
        from tenants.sessions.asking import ask_leaders

        assert await ask_leaders(uow, session.id) == 2
    await log_in(
        world, (await world.sql("SELECT contact_id FROM leader_ask ORDER BY id"))[0]["contact_id"], users[0]
    )
    ids = [row["id"] for row in await world.sql("SELECT id FROM leader_ask ORDER BY id")]

    async def yes() -> str:
        async with world.at("horten", Role.CONTACT) as uow:
            return await answer_ask(uow, ids[0], yes=True)

    assert set(await asyncio.gather(*(yes() for _ in range(4)))) == {"yes"}
    assert len(await world.sql("SELECT 1 FROM session_leader WHERE session_id = $1", session.id)) == 2
    assert leaders


async def test_a_copy_of_another_municipalitys_meeting_is_never_changed_at_home(world: World) -> None:
    group, _ = await planned(world, "horten")
    session = await first_meeting(world, group)
    await world.sql(
        "UPDATE activity_group SET hosted = false, joint_id = gen_random_uuid() WHERE id = $1", group
    )
    async with world.at("horten", COORDINATOR) as uow:
        for act in (
            lambda: cancel_session(uow, session.id, "Vi avlyser"),
            lambda: add_session(uow, group, SessionFacts(today() + timedelta(days=3), time(17), time(19))),
        ):
            with pytest.raises(Conflict):
                await act()
    copy = SessionCopy(session.id, group, 900, session.series_day, session.starts_at, session.ends_at, "cancelled",
                       cancel_reason="Snøstorm", led_by="Marte")  # fmt: skip
    async with world.job(world.horten) as uow:
        assert await mirror_session(uow, copy)
        assert not await mirror_session(uow, copy)
    async with world.at("horten", COORDINATOR) as uow:
        card = await session_card(uow, session.id)
        assert (card.state, card.cancel_reason, card.led_by_names) == ("cancelled", "Snøstorm", ["Marte"])
