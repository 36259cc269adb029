"""Assemblies on a real database: who is invited and told, what is held jointly, and numbers that give nobody away."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from sammen.clock import now, today
from sammen.errors import Conflict, Invalid, NotFound
from sammen.jobs.queue import enqueue
from sammen.policy.roles import Role
from shared_pool.assemblies.answering import answer_colleague, answer_for, answer_own
from shared_pool.assemblies.attending import check_in, note_attendance
from shared_pool.assemblies.contributions import FEEDS, OWN_PANELS, TODAY
from shared_pool.assemblies.inviting import decline, invite
from shared_pool.assemblies.jobs import NIGHT
from shared_pool.assemblies.joint import copy_all, make_joint, move_joint, summarise_joint
from shared_pool.assemblies.queries import (
    contact_meetings,
    guests_of,
    joint_counts,
    joint_meetings,
    meeting_card,
    meetings,
)
from shared_pool.assemblies.series import MeetingFacts
from shared_pool.assemblies.service import add_meeting, cancel_meeting, move_meeting, summarise
from tests.assembly_samples import (
    COORDINATOR,
    SHARED,
    begin,
    copy_in,
    held_by_region,
    invited,
    meetings_of,
    planned,
    series,
)
from tests.group_samples import in_group
from tests.provider_samples import contact
from tests.worlds import World


async def notices(world: World, code: str) -> int:
    rows = await world.sql("SELECT count(*) AS n FROM outgoing WHERE code = $1", code)
    return int(rows[0]["n"])


async def test_everybody_at_work_is_invited_to_every_meeting_and_told_once(world: World) -> None:
    for name in ("Marte Lie", "Amund Vik"):
        await contact(world, "horten", name)
    assembly = await planned(world, "horten", 7, 14, 21)
    assert await invited(world, "horten", assembly) == 2
    assert [card.invited for card in await meetings_of(world, "horten", assembly)] == [2, 2, 2]
    assert await notices(world, "meeting") == 2
    assert await invited(world, "horten", assembly) == 2
    assert await notices(world, "meeting") == 2


async def test_those_with_groups_are_leaders_and_contacts_there_but_never_by_a_shielded_case(
    world: World,
) -> None:
    marte, _, liv = [await contact(world, "horten", name) for name in ("Marte Lie", "Amund Vik", "Liv Haug")]
    await in_group(world, "horten", "Jonas Bergli", marte)
    await in_group(world, "horten", "Siri Dahl", liv, protection="kode6")
    assembly = await planned(world)
    async with world.at("horten", COORDINATOR) as uow:
        assert await invite(uow, assembly, "groups", (), ()) == 1
        meeting = (await meetings(uow))[0]
        assert {one.contact_id for one in await guests_of(uow, meeting.id)} == {marte}


async def test_chosen_anew_those_who_are_out_are_taken_off_what_has_not_begun(world: World) -> None:
    marte, amund = await contact(world, "horten", "Marte Lie"), await contact(world, "horten")
    assembly = await planned(world, "horten", 1, 8)
    await invited(world, "horten", assembly, [marte, amund])
    first, second = await meetings_of(world, "horten", assembly)
    await begin(world, first.id)
    await invited(world, "horten", assembly, [amund])
    async with world.at("horten", COORDINATOR) as uow:
        assert len(await guests_of(uow, first.id)) == 2
        assert [one.contact_id for one in await guests_of(uow, second.id)] == [amund]


@pytest.mark.parametrize("slug", ["horten", "re"])
async def test_nobody_is_invited_who_does_not_work_here(world: World, slug: str) -> None:
    stranger = await contact(world, "re", "Liv Haug")
    await contact(world, "horten", "Marte Lie")
    assembly = await planned(world)
    with pytest.raises(Invalid if slug == "horten" else NotFound):
        await invited(world, slug, assembly, [stranger])


async def test_an_answer_is_changed_until_it_begins_and_the_office_notes_for_who_rings(world: World) -> None:
    user = world.user("horten", Role.CONTACT)
    marte = await contact(world, "horten", "Marte Lie", user=user)
    assembly = await planned(world)
    await invited(world, "horten", assembly, [marte], [world.user("horten", COORDINATOR)])
    meeting = (await meetings_of(world, "horten", assembly))[0]
    async with world.at("horten", Role.CONTACT) as uow:
        assert len(OWN_PANELS) == 1
        shown = await OWN_PANELS[0].read(uow)
        assert shown is not None
        assert len(shown["waiting"]) == 1
        await answer_own(uow, meeting.id, marte, "no")
        await answer_own(uow, meeting.id, marte, "yes")
        with pytest.raises(Invalid):
            await answer_own(uow, meeting.id, marte, "kanskje")
    async with world.at("horten", COORDINATOR) as uow:
        await answer_colleague(uow, meeting.id, "yes")
        card = await meeting_card(uow, meeting.id)
        assert (card.invited, card.coming, card.cannot) == (2, 2, 0)
        guest = next(one for one in await guests_of(uow, meeting.id) if one.contact_id)
        assert await answer_for(uow, guest.id, "no") == meeting.id
        assert [one.by_office for one in await guests_of(uow, meeting.id) if one.contact_id] == [True]
    await begin(world, meeting.id)
    async with world.at("horten", Role.CONTACT) as uow:
        with pytest.raises(Conflict):
            await answer_own(uow, meeting.id, marte, "yes")


async def test_a_stranger_can_neither_answer_nor_check_in(world: World) -> None:
    marte = await contact(world, "horten", "Marte Lie")
    other = await contact(world, "horten", "Amund Vik")
    assembly = await planned(world)
    await invited(world, "horten", assembly, [marte])
    meeting = (await meetings_of(world, "horten", assembly))[0]
    async with world.at("horten", COORDINATOR) as uow:
        with pytest.raises(NotFound):
            await answer_own(uow, meeting.id, other, "yes")
        with pytest.raises(NotFound):
            await check_in(uow, meeting.id, other, meeting.door_code)
    async with world.at("re", COORDINATOR) as uow:
        with pytest.raises(NotFound):
            await meeting_card(uow, meeting.id)


async def test_a_meeting_that_is_moved_asks_everybody_again_and_one_called_off_tells_those_who_come(
    world: World,
) -> None:
    marte, amund = await contact(world, "horten", "Marte Lie"), await contact(world, "horten")
    assembly = await planned(world)
    await invited(world, "horten", assembly, [marte, amund])
    card = (await meetings_of(world, "horten", assembly))[0]
    later = card.starts_at + timedelta(days=1)
    async with world.at("horten", COORDINATOR) as uow:
        await answer_own(uow, card.id, marte, "yes")
        facts = MeetingFacts(later, later + timedelta(hours=1), "Biblioteket", "")
        await move_meeting(uow, card.id, facts, card.version)
        assert (await meeting_card(uow, card.id)).coming == 0
    assert await notices(world, "moved") == 2
    async with world.at("horten", COORDINATOR) as uow:
        with pytest.raises(Conflict):
            await cancel_meeting(uow, card.id, "Syk", card.version)
        await answer_own(uow, card.id, amund, "no")
        await cancel_meeting(uow, card.id, "Syk", (await meeting_card(uow, card.id)).version)
    assert await notices(world, "called_off") == 1
    async with world.at("horten", COORDINATOR) as uow:
        with pytest.raises(Conflict):
            await cancel_meeting(uow, card.id, "Syk", (await meeting_card(uow, card.id)).version)


async def test_who_checks_in_with_the_code_has_come_and_only_while_the_door_is_open(world: World) -> None:
    marte = await contact(world, "horten", "Marte Lie")
    assembly = await planned(world)
    await invited(world, "horten", assembly, [marte])
    card = (await meetings_of(world, "horten", assembly))[0]
    async with world.at("horten", COORDINATOR) as uow:
        with pytest.raises(Conflict):
            await check_in(uow, card.id, marte, card.door_code)
    await begin(world, card.id)
    async with world.at("horten", COORDINATOR) as uow:
        assert not await check_in(uow, card.id, marte, "AAAAA")
        assert await check_in(uow, card.id, marte, card.door_code.lower())
        assert await check_in(uow, card.id, marte, card.door_code)
        assert (await meeting_card(uow, card.id)).came == 1


async def test_who_was_away_gets_the_date_that_stands_in_for_it_whichever_is_written_first(
    world: World,
) -> None:
    marte, amund, liv = [
        await contact(world, "horten", name) for name in ("Marte Lie", "Amund Vik", "Liv Haug")
    ]
    assembly = await planned(world)
    await invited(world, "horten", assembly, [marte, amund, liv])
    first = (await meetings_of(world, "horten", assembly))[0]
    when = now() + timedelta(days=20)
    async with world.at("horten", COORDINATOR) as uow:
        await add_meeting(
            uow, assembly, MeetingFacts(when, when + timedelta(hours=2), "Rådhuset", "", makeup_for=first.id)
        )
        makeup = (await meetings(uow))[-1]
        assert makeup.invited == 0
        await answer_own(uow, first.id, liv, "no")
        assert {one.contact_id for one in await guests_of(uow, makeup.id)} == {liv}
    await begin(world, first.id)
    async with world.at("horten", COORDINATOR) as uow:
        there = {one.contact_id: one.id for one in await guests_of(uow, first.id)}
        version = (await meeting_card(uow, first.id)).version
        assert await note_attendance(uow, first.id, [there[marte]], version=version) == 1
        assert {one.contact_id for one in await guests_of(uow, makeup.id)} == {liv, amund}
        with pytest.raises(Conflict):
            await note_attendance(uow, first.id, [], version=version)


async def test_a_summary_is_written_when_it_has_been_and_read_by_those_invited(world: World) -> None:
    marte = await contact(world, "horten", "Marte Lie")
    assembly = await planned(world)
    await invited(world, "horten", assembly, [marte])
    card = (await meetings_of(world, "horten", assembly))[0]
    async with world.at("horten", COORDINATOR) as uow:
        with pytest.raises(Invalid):
            await summarise(uow, card.id, "Vi snakket om grenser.", card.version)
    await begin(world, card.id)
    async with world.at("horten", COORDINATOR) as uow:
        await summarise(uow, card.id, "Vi snakket om grenser.", card.version)
        assert (await contact_meetings(uow, marte))[0].card.summary == "Vi snakket om grenser."


async def test_the_night_reminds_once_and_invites_who_has_begun_since(world: World) -> None:
    await contact(world, "horten", "Marte Lie")
    assembly = await planned(world, "horten", 2, 40)
    await invited(world, "horten", assembly)
    await contact(world, "horten", "Amund Vik")
    await world.sql("UPDATE assembly SET invited_at = invited_at - interval '5 days'")
    for _ in range(2):
        async with world.job(world.horten) as uow:
            await enqueue(uow, NIGHT)
        await world.run_jobs()
    assert [card.invited for card in await meetings_of(world, "horten", assembly)] == [2, 2]
    assert await notices(world, "reminder") == 2


# Joint -----------------------------------------------------------------------------------------------------------------
async def test_what_the_region_holds_stands_in_every_municipality_to_invite_to(world: World) -> None:
    joint = await held_by_region(world, 7, 14)
    for slug in ("horten", "re"):
        await contact(world, slug, "Marte Lie")
        copy = await copy_in(world, slug)
        async with world.at(slug, COORDINATOR) as uow:
            items = await TODAY[0].read(uow, "nb")
            assert [item.title for item in items] == ["Inviter til Veiledningsgruppe"]
        await invited(world, slug, copy)
        cards = await meetings_of(world, slug, copy)
        assert [(card.joint_id, card.hosted, card.host_name) for card in cards] == [
            (joint, False, "Vestfoldsamarbeidet")
        ] * 2
        async with world.at(slug, COORDINATOR) as uow:
            with pytest.raises(Conflict):
                await cancel_meeting(uow, cards[0].id, "Nei", cards[0].version)


async def test_the_holder_is_told_numbers_of_three_and_more_and_no_municipality_anothers(
    world: World,
) -> None:
    joint = await held_by_region(world, 7)
    for slug, many in (("horten", 4), ("re", 2)):
        for number in range(many):
            await contact(world, slug, f"Marte Lie{number}")
        await invited(world, slug, await copy_in(world, slug))
    async with world.at("vestfold", SHARED) as uow:
        counts = next(iter((await joint_counts(uow, joint)).values()))
        assert {one.home: one.invited for one in counts} == {"Horten": 4, "Re": None}
    async with world.at("vestfold", Role.STEERING_GROUP_MEMBER) as uow:
        assert list(await joint_meetings(uow)) == []
        assert await joint_counts(uow, joint) == {}
    async with world.at("re", COORDINATOR) as uow:
        assert await joint_counts(uow, joint) == {}
        assert len(await uow.call("SELECT 1 FROM sammen.joint_count")) == 1


async def test_a_municipality_that_holds_one_changes_it_for_everybody_and_names_stay_at_home(
    world: World,
) -> None:
    for slug in ("horten", "re"):
        await contact(world, slug, f"Marte Lie i {slug}")
    assembly = await planned(world, "horten", 7, joint=True)
    await world.run_jobs()
    copy = await copy_in(world, "re")
    await invited(world, "horten", assembly)
    await invited(world, "re", copy)
    card = (await meetings_of(world, "horten", assembly))[0]
    later = card.starts_at + timedelta(days=2)
    async with world.at("horten", COORDINATOR) as uow:
        facts = MeetingFacts(later, later + timedelta(hours=1), "Re kulturhus", "")
        await move_meeting(uow, card.id, facts, card.version)
    await world.run_jobs()
    assert [one.place for one in await meetings_of(world, "re", copy)] == ["Re kulturhus"]
    assert await notices(world, "moved") == 2
    async with world.at("re", COORDINATOR) as uow:
        assert [one.name for one in await guests_of(uow, card.id)] == ["Marte Lie i re"]
        with pytest.raises(NotFound):
            await move_joint(uow, card.id, facts, None)
    await begin(world, card.id)
    async with world.at("horten", COORDINATOR) as uow:
        await summarise(uow, card.id, "Alle var enige.", (await meeting_card(uow, card.id)).version)
    await world.run_jobs()
    assert (await meetings_of(world, "re", copy))[0].summary == "Alle var enige."


async def test_a_joint_information_meeting_counts_at_home_whoever_held_it(world: World) -> None:
    marte, amund = await contact(world, "re", "Marte Lie"), await contact(world, "re", "Amund Vik")
    await held_by_region(world, 7, kind="information", title="Informasjonsmøte våren")
    copy = await copy_in(world, "re")
    await invited(world, "re", copy)
    card = (await meetings_of(world, "re", copy))[0]
    await begin(world, card.id)
    async with world.at("re", COORDINATOR) as uow:
        there = {one.contact_id: one.id for one in await guests_of(uow, card.id)}
        await note_attendance(
            uow, card.id, [there[marte]], version=(await meeting_card(uow, card.id)).version
        )
        await note_attendance(
            uow, card.id, list(there.values()), version=(await meeting_card(uow, card.id)).version
        )
    rows = await world.sql(
        "SELECT contact_id FROM information_meeting_guest WHERE came AND tenant_id = $1", world.re
    )
    assert {row["contact_id"] for row in rows} == {marte, amund}
    assert (await world.sql("SELECT count(*) AS n FROM information_meeting"))[0]["n"] == 1


async def test_who_says_no_for_the_municipality_has_nobody_there_and_may_change_their_mind(
    world: World,
) -> None:
    await contact(world, "re", "Marte Lie")
    await held_by_region(world, 7)
    copy = await copy_in(world, "re")
    await invited(world, "re", copy)
    async with world.at("re", COORDINATOR) as uow:
        await decline(uow, copy)
        assert (await meetings(uow))[0].invited == 0
        assert list(await TODAY[0].read(uow, "nb")) == []
    await invited(world, "re", copy)
    assert (await meetings_of(world, "re", copy))[0].invited == 1


async def test_a_municipality_that_leaves_calls_its_copies_off_and_is_told_nothing_new(world: World) -> None:
    await contact(world, "re", "Marte Lie")
    await held_by_region(world, 7)
    copy = await copy_in(world, "re")
    await invited(world, "re", copy)
    await world.sql(
        "UPDATE region_membership SET valid_to = $2 WHERE municipality_id = $1",
        world.re,
        today() - timedelta(days=1),
    )
    async with world.job(world.re) as uow:
        await copy_all(uow)
        await copy_all(uow)
    assert [card.state for card in await meetings_of(world, "re", copy)] == ["cancelled"]
    assert await notices(world, "called_off") == 1
    async with world.at("re", COORDINATOR) as uow:
        with pytest.raises(Invalid):
            await make_joint(uow, series(7))
    async with world.at("vestfold", SHARED) as uow:
        meeting = (await joint_meetings(uow))[0]
        with pytest.raises(Invalid):
            await summarise_joint(uow, meeting.id, "For tidlig", meeting.version)


async def test_a_hundred_answers_at_once_are_a_hundred_in_the_number_that_is_told(world: World) -> None:
    ids = [await contact(world, "re", f"Marte Lie{number}", guided=False) for number in range(25)]
    joint = await held_by_region(world, 7)
    copy = await copy_in(world, "re")
    await invited(world, "re", copy)
    card = (await meetings_of(world, "re", copy))[0]

    async def say(contact_id: object) -> None:
        async with world.at("re", COORDINATOR) as uow:
            await answer_own(uow, card.id, contact_id, "yes")  # type: ignore[arg-type]  # an id

    await asyncio.gather(*(say(one) for one in ids))
    async with world.at("vestfold", SHARED) as uow:
        counts = next(iter((await joint_counts(uow, joint)).values()))
        assert [(one.coming, one.invited) for one in counts] == [(25, 25)]


async def test_ones_own_calendar_says_when_and_where_and_nothing_of_what(world: World) -> None:
    user = world.user("horten", Role.CONTACT)
    marte = await contact(world, "horten", "Marte Lie", user=user)
    assembly = await planned(world, "horten", 7, 9)
    await invited(world, "horten", assembly, [marte])
    second = (await meetings_of(world, "horten", assembly))[1]
    async with world.at("horten", COORDINATOR) as uow:
        await answer_own(uow, second.id, marte, "no")
    async with world.job(world.horten) as uow:
        found = await FEEDS[0].read(uow, user, today(), today() + timedelta(days=30), "nb")
        assert [(one.title, one.place, one.cancelled) for one in found] == [("Samling", "Rådhuset", False)]
        assert await FEEDS[0].read(uow, world.horten, today(), today() + timedelta(days=30), "nb") == []
