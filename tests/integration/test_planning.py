"""Plans of groups on a real database: suggested, chosen and done; and the half-year as each has seen it."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.policy.roles import Role
from tenants.planning import hooks
from tenants.planning.contributions import OWN_PANELS, TODAY
from tenants.planning.copies import SuggestionCopy, count_elsewhere, mirror_suggestion, voices_elsewhere
from tenants.planning.looking_back import finish, leader_says, say
from tenants.planning.queries import (
    chosen_by,
    evaluation_card,
    evaluations,
    leader_views,
    said_elsewhere,
    suggestions,
    voices,
)
from tenants.planning.rules import CHOICES, QUESTIONS, half_of, tally
from tenants.planning.service import Idea, choose_for, drop, leads_group, put_on, suggest, want
from tenants.planning.views import shown
from tenants.sessions.api import cancel_session, session_card, sessions_of_group
from tests.clocks import stop_clock
from tests.group_samples import in_group
from tests.planning_samples import COORDINATOR, Group, with_participants
from tests.worlds import World

HAPPY = dict.fromkeys(QUESTIONS, "yes")


async def ideas(group: Group, *titles: str, of: int | None = None) -> list[UUID]:
    place = None if of is None else group.places[of]
    async with group.world.at("horten", COORDINATOR) as uow:
        return [
            await suggest(
                uow, group.id, Idea(title), place_id=place, how="office" if of is None else "helped"
            )
            for title in titles
        ]


async def pick(group: Group, idea: UUID, *participants: int) -> None:
    for number in participants:
        async with group.world.at("horten", COORDINATOR) as uow:
            await want(uow, group.id, idea, group.places[number], wanted=True, helped=True)


async def test_the_most_wanted_comes_first_and_what_is_put_on_a_meeting_is_what_they_do(world: World) -> None:
    group = await with_participants(world)
    bowling, pizza = await ideas(group, "Bowling", "Lage pizza", of=0)
    await pick(group, pizza, 0, 1)
    await pick(group, bowling, 2)
    async with world.at("horten", COORDINATOR) as uow:
        assert [(one.title, one.own) for one in await suggestions(uow, group.id, everybody=False)] == [
            ("Lage pizza", 2), ("Bowling", 1)]  # fmt: skip
        meeting = (
            await sessions_of_group(uow, group.id, today() + timedelta(days=1), today() + timedelta(days=30))
        )[0]
        await put_on(uow, group.id, pizza, meeting.id)
        assert (await session_card(uow, meeting.id)).activity == "Lage pizza"
        with pytest.raises(Conflict):
            await put_on(uow, group.id, pizza, meeting.id)
        with pytest.raises(Conflict):
            await want(uow, group.id, pizza, group.places[2], wanted=True, helped=False)
    async with world.at("horten", COORDINATOR) as uow:
        await cancel_session(uow, meeting.id, "Snøstorm")
        found = {one.title: one.state for one in await suggestions(uow, group.id, everybody=False)}
        assert found == {"Lage pizza": "open", "Bowling": "open"}


async def test_each_may_want_three_also_when_all_are_pressed_at_once(world: World) -> None:
    group = await with_participants(world, 1)
    made = await ideas(group, *(f"Forslag {number}" for number in range(8)))

    async def press(idea: UUID) -> bool:
        try:
            await pick(group, idea, 0)
        except Invalid:
            return False
        return True

    assert sum(await asyncio.gather(*(press(one) for one in made))) == CHOICES
    async with world.at("horten", COORDINATOR) as uow:
        assert len(await chosen_by(uow, group.places[0])) == CHOICES
        with pytest.raises(Invalid):
            await choose_for(uow, group.id, group.places[0], set(made[:4]))
        await choose_for(uow, group.id, group.places[0], {made[7]})
        assert await chosen_by(uow, group.places[0]) == {made[7]}


async def test_the_same_suggestion_twice_an_endless_list_and_others_groups_are_refused(world: World) -> None:
    group = await with_participants(world, 1)
    [bowling] = await ideas(group, "Bowling")
    with pytest.raises(Invalid):
        await ideas(group, " bowling  ")
    with pytest.raises(NotFound):
        async with world.at("horten", COORDINATOR) as uow:
            await want(uow, group.id, bowling, uuid4(), wanted=True, helped=False)
    with pytest.raises(NotFound):
        async with world.at("horten", COORDINATOR) as uow:
            await drop(uow, group.id, bowling, only_of=group.places[0])
    with pytest.raises(NotFound):
        async with world.at("re", COORDINATOR) as uow:
            await suggest(uow, group.id, Idea("Kino"), place_id=None, how="office")
    async with world.at("horten", COORDINATOR) as uow:
        await drop(uow, group.id, bowling)
        await drop(uow, group.id, bowling)
        assert await suggestions(uow, group.id, everybody=True) == []


async def test_who_leads_the_group_may_and_another_contact_may_not(world: World) -> None:
    group = await with_participants(world, 1)
    async with world.at("horten", Role.CONTACT) as uow:
        assert await leads_group(uow, group.id) == group.leaders[0]
        shown_panel = await OWN_PANELS[1].read(uow)
        assert shown_panel is not None
    await world.sql("UPDATE person SET user_id = NULL WHERE user_id = $1", world.user("horten", Role.CONTACT))
    async with world.at("horten", Role.CONTACT) as uow:
        assert await leads_group(uow, group.id) is None


async def test_what_a_shielded_participant_wants_is_counted_in_the_group_and_not_before_the_staff(
    world: World,
) -> None:
    group = await with_participants(world, 1)
    hidden = await in_group(world, "horten", "Siri Dahl", group.leaders[0])
    async with world.at("horten", COORDINATOR) as uow:
        from tenants.groups.api import give_place

        place = await give_place(uow, group.id, hidden)
        made = await suggest(uow, group.id, Idea("Stjernekikking"), place_id=place, how="own")
        await want(uow, group.id, made, place, wanted=True, helped=False)
        other = await suggest(uow, group.id, Idea("Kino"), place_id=None, how="office")
        await want(uow, group.id, other, place, wanted=True, helped=False)
        half = half_of(today())
        await say(uow, group.id, half, place, group.persons[0], HAPPY, "Fint", how="own")
    await world.sql(
        "UPDATE case_file SET shielded = true WHERE id = (SELECT case_id FROM assignment WHERE id = $1)",
        hidden,
    )
    async with world.at("horten", COORDINATOR) as uow:
        assert [(one.title, one.own) for one in await suggestions(uow, group.id, everybody=False)] == [
            ("Kino", 0)
        ]
        assert len(await suggestions(uow, group.id, everybody=True)) == 2
        card = await evaluation_card(uow, group.id, half)
        assert await voices(uow, card.id) == []


# The half-year ---------------------------------------------------------------------------------------------------------
async def test_participants_say_leaders_see_and_the_coordinator_sums_up_once(world: World) -> None:
    group = await with_participants(world)
    half = half_of(today())
    async with world.at("horten", Role.SERVICE_USER) as uow:
        panel = await OWN_PANELS[0].read(uow)
        assert panel is not None
        with pytest.raises(Invalid) as refused:
            await say(uow, group.id, half, group.places[0], group.persons[0], {"likes": "yes"}, "", how="own")
        assert set(refused.value.errors) == set(QUESTIONS) - {"likes"}
    async with world.at("horten", Role.SERVICE_USER) as uow:
        await say(uow, group.id, half, group.places[0], group.persons[0], HAPPY, "Mer bowling!", how="own")
        await say(
            uow, group.id, half, group.places[0], group.persons[0], {**HAPPY, "safe": "some"}, "Mer bowling!", how="contact"
        )  # fmt: skip
    async with world.at("horten", Role.CONTACT) as uow:
        with pytest.raises(Invalid):
            await leader_says(uow, group.id, half, group.leaders[0], "", "")
        await leader_says(uow, group.id, half, group.leaders[0], "Alle kommer.", "Flere turer.")
    async with world.at("horten", COORDINATOR) as uow:
        card = await evaluation_card(uow, group.id, half)
        said = await voices(uow, card.id)
        assert [(one.name, one.answers["safe"], one.how) for one in said] == [
            ("Jonas Bergli", "some", "contact")
        ]
        assert await leader_views(uow, card.id) == {group.leaders[0]: ("Alle kommer.", "Flere turer.")}
        with pytest.raises(Invalid):
            await finish(uow, group.id, half, "", "", version=card.version)
        with pytest.raises(Conflict):
            await finish(uow, group.id, half, "Bra", "Mer bowling", version=card.version + 1)
        await finish(uow, group.id, half, "Bra", "Mer bowling", version=card.version)
    async with world.at("horten", Role.SERVICE_USER) as uow:
        with pytest.raises(Conflict):
            await say(uow, group.id, half, group.places[0], group.persons[0], HAPPY, "", how="own")
    async with world.at("re", COORDINATOR) as uow:
        assert list(await evaluations(uow, group.id)) == []
        with pytest.raises(NotFound):
            await say(uow, group.id, half, group.places[0], group.persons[0], HAPPY, "", how="own")


async def test_an_evaluation_waits_on_min_dag_in_january_until_it_is_done(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = await with_participants(world, 1)
    async with world.at("horten", COORDINATOR) as uow:
        before = await TODAY[0].read(uow, "nb")
    stop_clock(monkeypatch, 2027, 1, 11)
    async with world.at("horten", COORDINATOR) as uow:
        found = await TODAY[0].read(uow, "nb")
        assert [(one.title, one.due) for one in found] == [("Evaluer Turgruppa", date(2027, 1, 31))]
        await finish(uow, group.id, date(2026, 7, 1), "Bra", "Alt blir som før", version=1)
        assert await TODAY[0].read(uow, "nb") == []
    assert len(before) <= 1


async def test_hooks_are_told_texts_and_numbers_and_what_comes_back_is_numbers(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = await with_participants(world, 1)
    told: list[tuple[object, ...]] = []

    async def on_suggested(_uow: UnitOfWork, _group: UUID, _suggestion: UUID) -> None:
        told.append(("suggested",))

    async def on_chosen(_uow: UnitOfWork, _group: UUID, _suggestion: UUID, choices: int) -> None:
        told.append(("chosen", choices))

    async def on_voice(_uow: UnitOfWork, _group: UUID, half: date, numbers: hooks.Tally) -> None:
        told.append(("voice", half, numbers["likes"]))

    monkeypatch.setattr(hooks, "suggested", [on_suggested])
    monkeypatch.setattr(hooks, "chosen", [on_chosen])
    monkeypatch.setattr(hooks, "voiced", [on_voice])
    [bowling] = await ideas(group, "Bowling")
    await pick(group, bowling, 0)
    half, copy = half_of(today()), uuid4()
    async with world.at("horten", COORDINATOR) as uow:
        await say(uow, group.id, half, group.places[0], group.persons[0], HAPPY, "", how="own")
    assert told == [("suggested",), ("chosen", 1), ("voice", half, (1, 0, 0))]
    async with world.job(world.horten) as uow:
        for _ in range(2):
            await mirror_suggestion(
                uow, SuggestionCopy(copy, group.id, "Kino", "Tønsberg", 12_000, True, "", "open")
            )
            await count_elsewhere(uow, copy, world.re, 2)
            await voices_elsewhere(uow, group.id, half, world.re, tally([HAPPY, HAPPY]))
    async with world.at("horten", COORDINATOR) as uow:
        found = await suggestions(uow, group.id, everybody=False)
        assert [(one.title, one.own, one.elsewhere) for one in found] == [("Kino", 0, 2), ("Bowling", 1, 0)]
        words = [one.wanted for one in shown(found, "nb", joint=True)]
        assert words == ["Noen få i andre kommuner har valgt dette", "1 herfra har valgt dette"]
        card = await evaluation_card(uow, group.id, half)
        assert (await said_elsewhere(uow, card.id))["likes"] == (2, 0, 0)
