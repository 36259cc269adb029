"""The pages of a group's plan over HTTP: on the phone, by a leader, by the staff; and how they can go wrong."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from sammen.clock import today
from sammen.policy.roles import Role
from tenants.planning.rules import QUESTIONS, half_code, half_of
from tenants.sessions.api import sessions_of_group
from tests.clocks import stop_clock
from tests.planning_samples import COORDINATOR, with_participants
from tests.worlds import World

HAPPY = dict.fromkeys(QUESTIONS, "yes")


async def test_a_participant_suggests_and_chooses_and_the_leader_puts_it_on_the_plan(world: World) -> None:
    group = await with_participants(world)
    user = await world.browser("horten", Role.SERVICE_USER)
    own = f"/min/horten/grupper/{group.places[0]}/plan"
    assert "Ingen har foreslått noe ennå." in (await user.get(own)).text
    bad = await user.submit(f"{own}/forslag", {"forslag": "", "koster": "mye", "hvor": "Tønsberg"}, page=own)
    assert bad.status_code == 422
    assert "Skriv hva dere kan gjøre." in bad.text
    assert "Skriv et tall" in bad.text
    assert 'value="Tønsberg"' in bad.text
    good = await user.submit(
        f"{own}/forslag", {"forslag": "Bowling", "koster": "120", "skyss": "ja"}, page=own
    )
    assert good.status_code == 303
    shown = (await user.get(own)).text
    assert "Valgt" in shown
    assert "Trenger skyss" in shown
    idea = (await world.sql("SELECT id FROM activity_suggestion"))[0]["id"]
    assert (await user.submit(f"{own}/{idea}/valg", {"valg": "nei"}, page=own)).status_code == 303
    assert (await user.submit(f"{own}/{idea}/valg", {"valg": "ja"}, page=own)).status_code == 303
    leader = await world.browser("horten", Role.CONTACT)
    phone = f"/min/horten/gruppeplan/{group.id}"
    assert "Plan for Turgruppa" in (await leader.get("/min/horten")).text
    shown = (await leader.get(phone)).text
    assert "Én har valgt dette" in shown
    assert "Jonas" not in shown  # who they are stands there on the day of a meeting
    async with world.at("horten", COORDINATOR) as uow:
        meeting = (
            await sessions_of_group(uow, group.id, today() + timedelta(days=1), today() + timedelta(days=30))
        )[0]
    wrong = await leader.submit(f"{phone}/{idea}/treff", {"treff": ""}, page=phone)
    assert wrong.status_code == 422
    put = await leader.submit(f"{phone}/{idea}/treff", {"treff": str(meeting.id)}, page=phone)
    assert put.status_code == 303
    assert "Dette skal vi" in (await user.get(own)).text
    assert (await user.get(f"/min/horten/grupper/{group.places[1]}/plan")).status_code == 404
    assert (await user.get(phone)).status_code == 403


async def test_the_staff_write_down_choose_for_and_take_away(world: World) -> None:
    group = await with_participants(world)
    office = await world.browser("horten", COORDINATOR)
    page = f"/k/horten/grupper/{group.id}/plan"
    assert (await office.submit(
        f"{page}/forslag", {"forslag": "Kino", "deltaker": str(group.places[1])}, page=page
    )).status_code == 303  # fmt: skip
    shown = (await office.get(page)).text
    assert "Fra Ida Moe" in shown
    assert "Mest ønsket: Kino." in (await office.get(f"/k/horten/grupper/{group.id}")).text
    idea = re.search(rf"{page}/([0-9a-f-]{{36}})/ta-bort", shown)
    assert idea is not None
    chosen = {"deltaker": str(group.places[2]), "valg": idea.group(1)}
    assert (await office.submit(f"{page}/valg", chosen, page=page)).status_code == 303
    stranger = await office.submit(f"{page}/valg", {**chosen, "deltaker": str(group.id)}, page=page)
    assert stranger.status_code == 422
    assert "Én har valgt dette" in (await office.get(page)).text
    assert (await office.submit(f"{page}/{idea.group(1)}/ta-bort", page=page)).status_code == 303
    assert "Ingen forslag ennå." in (await office.get(page)).text
    next_door = await world.browser("re", COORDINATOR)
    assert (await next_door.get(f"/k/re/grupper/{group.id}/plan")).status_code == 404


async def test_a_half_year_is_looked_back_on_by_each_in_turn(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = await with_participants(world)
    stop_clock(monkeypatch, 2026, 12, 8)
    half = half_code(half_of(today()))
    user = await world.browser("horten", Role.SERVICE_USER)
    own = f"/min/horten/grupper/{group.places[0]}/halvaret"
    assert "Fortell hvordan Turgruppa er" in (await user.get("/min/horten")).text
    bad = await user.submit(own, {"ord": "Mer bowling!"}, page=own)
    assert bad.status_code == 422
    assert bad.text.count("Velg ett svar.") >= len(QUESTIONS)
    assert "Mer bowling!" in bad.text
    assert (await user.submit(own, {**HAPPY, "ord": "Mer bowling!"}, page=own)).status_code == 303
    assert "Du har svart" in (await user.get(own)).text
    leader, phone = await world.browser("horten", Role.CONTACT), f"/min/horten/gruppeplan/{group.id}"
    assert (await leader.submit(f"{phone}/halvaret", {"bra": "Alle kommer."}, page=phone)).status_code == 303
    assert "Mer bowling!" not in (await leader.get(phone)).text
    office = await world.browser("horten", COORDINATOR)
    page = f"/k/horten/grupper/{group.id}/evaluering/{half}"
    assert half in (await office.get(f"/k/horten/grupper/{group.id}/evaluering")).text
    shown = (await office.get(page)).text
    assert "Mer bowling!" in shown
    assert "Alle kommer." in shown
    asked = f"{page}/{group.places[1]}"
    kept = await office.submit(asked, {**HAPPY, "safe": "no", "hvordan": "office"}, page=asked)
    assert kept.status_code == 303
    empty = await office.submit(page, {"versjon": "1", "oppsummering": "", "endringer": ""}, page=page)
    assert empty.status_code == 422
    assert "Skriv hva dere endrer" in empty.text
    done = await office.submit(
        page, {"versjon": "1", "oppsummering": "Bra.", "endringer": "Mer bowling"}, page=page
    )
    assert done.status_code == 303
    assert "Dette ble endret sist" in (await user.get(f"/min/horten/grupper/{group.places[0]}/plan")).text
    for path in ("2026-3", "2031-1", "nå"):
        assert (await office.get(f"/k/horten/grupper/{group.id}/evaluering/{path}")).status_code == 404
