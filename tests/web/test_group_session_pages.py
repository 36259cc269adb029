"""The pages of meetings: the coordinator's week, the leader's phone on the day, the participant's own; and what is refused."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from sammen.clock import today
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from tenants.groups.api import PlaceFacts, give_place
from tenants.sessions import views
from tenants.sessions.queries import SessionCard, sessions_of_group
from tests.clocks import stop_clock
from tests.group_samples import in_group, planned
from tests.provider_samples import contact
from tests.worlds import Browser, World

COORDINATOR = Role.PROVIDER_COORDINATOR


async def first_meeting(world: World, group: UUID) -> SessionCard:
    async with world.at("horten", COORDINATOR) as uow:
        found = await sessions_of_group(uow, group, today(), today() + timedelta(days=60))
    return next(one for one in found if one.state == "planned")


async def log_in(world: World, contact_id: UUID) -> None:
    await world.sql(
        "UPDATE person SET user_id = $1 WHERE id = (SELECT person_id FROM support_contact WHERE id = $2)",
        world.user("horten", Role.CONTACT), contact_id,
    )  # fmt: skip


async def with_place(world: World, group: UUID, leader: UUID, name: str, **facts: Any) -> UUID:
    assignment = await in_group(world, "horten", name, leader)
    async with world.at("horten", COORDINATOR) as uow:
        return await give_place(uow, group, assignment, PlaceFacts(**facts))


def version(text: str) -> str:
    found = re.search(r'name="versjon" value="(\d+)"', text)
    assert found is not None
    return found.group(1)


async def test_a_group_is_changed_and_its_meetings_follow_and_it_is_closed(world: World) -> None:
    group, leaders = await planned(world, "horten")
    kari, url = await world.browser("horten", COORDINATOR), f"/k/horten/grupper/{group}"
    shown = (await kari.get(f"{url}/endre")).text
    fields = {
        "navn": "Turgruppa", "aktivitet": "walking", "ukedag": "thu", "begynner": "18:00", "slutter": "20:00",
        "sted": "Biblioteket", "plasser": "6", "fra": "06.01.2026", "transport": "Buss fra torget", "paske": "ja",
        "hostferie": "40", "vinterferie": "8", "versjon": version(shown),
    }  # fmt: skip
    bad = await kari.submit(f"{url}/endre", {**fields, "hostferie": "12"}, page=f"{url}/endre")
    assert bad.status_code == 422
    assert 'value="Biblioteket"' in bad.text
    assert (await kari.submit(f"{url}/endre", fields, page=f"{url}/endre")).status_code == 303
    assert (await kari.submit(f"{url}/endre", fields, page=f"{url}/endre")).status_code == 409
    listed = (await kari.get(f"{url}/treff")).text
    assert "kl.\u00a018.00–20.00" in listed
    assert "Sett opp treff likevel" in listed
    close = f"{url}/avslutt"
    values = {
        "siste_dag": format_date(today() - timedelta(days=1)),
        "versjon": version((await kari.get(close)).text),
    }
    assert "Dagen har vært" in (await kari.submit(close, values, page=close)).text
    values["siste_dag"] = format_date(today() + timedelta(days=9))
    assert (await kari.submit(close, values, page=close)).status_code == 303
    assert "Siste dag er" in (await kari.get(url)).text
    assert leaders


async def test_a_meeting_is_moved_called_off_taken_up_again_and_an_extra_one_added(world: World) -> None:
    group, leaders = await planned(world, "horten")
    await with_place(world, group, leaders[0], "Jonas Bergli")
    session = await first_meeting(world, group)
    kari, base = await world.browser("horten", COORDINATOR), f"/k/horten/grupper/{group}/treff"
    url = f"{base}/{session.id}"
    assert "Jonas Bergli" in (await kari.get(url)).text
    fields = {"dag": format_date(session.day + timedelta(days=1)), "begynner": "18", "slutter": "20", "sted": "Kinoen",
              "aktivitet": "Kino og pizza", "transport": "", "beskjed": "Ta med drikke",
              "versjon": version((await kari.get(f"{url}/endre")).text)}  # fmt: skip
    for change, says in (({"dag": ""}, "Skriv dagen"), ({"slutter": "17"}, "må slutte etter"),
                         ({"dag": "01.01.2020"}, "Dagen har vært")):  # fmt: skip
        bad = await kari.submit(f"{url}/endre", {**fields, **change}, page=f"{url}/endre")
        assert (bad.status_code, says in bad.text) == (422, True)
    assert (await kari.submit(f"{url}/endre", fields, page=f"{url}/endre")).status_code == 303
    assert "Kino og pizza" in (await kari.get(url)).text
    off = {"grunn": "", "versjon": version((await kari.get(url)).text)}
    bad = await kari.submit(f"{url}/avlys", off, page=url)
    assert "Skriv hvorfor treffet er avlyst" in bad.text
    assert (await kari.submit(f"{url}/avlys", {**off, "grunn": "Sykdom"}, page=url)).status_code == 303
    assert "Hold treffet likevel" in (await kari.get(url)).text
    assert (await kari.submit(f"{url}/gjenoppta", page=url)).status_code == 303
    extra = {**fields, "dag": format_date(session.day + timedelta(days=3))}
    made = await kari.submit(f"{base}/nytt", extra, page=f"{base}/nytt")
    assert "Ekstra treff" in (await kari.get(base)).text
    assert (await kari.get(made.headers["location"])).status_code == 200
    rest = date(2026, 12, 29)
    assert (await kari.submit(f"{base}/fridag", {"dag": format_date(rest)}, page=base)).status_code in (
        303,
        409,
    )
    assert (await kari.submit(f"{base}/fridag", {"dag": "30.12.2026"}, page=base)).status_code == 404


async def test_a_leader_starts_ticks_off_and_ends_on_the_phone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    group, leaders = await planned(world, "horten")
    await log_in(world, leaders[0])
    place = await with_place(
        world, group, leaders[0], "Jonas Bergli", needs="Nøtteallergi", emergency="Mor, 90 12 34 56"
    )
    session = await first_meeting(world, group)
    marte, url = await world.browser("horten", Role.CONTACT), f"/min/horten/treff/{session.id}"
    before = (await marte.get(url)).text
    assert "Jonas" not in before
    assert "ser du her samme dag" in before
    day = session.day
    stop_clock(monkeypatch, day.year, day.month, day.day, 16, 30)
    assert "Åpne dagens treff" in (await marte.get("/min/horten")).text
    shown = (await marte.get(url)).text
    for text in ("Jonas", "Nøtteallergi", "Mor, ", "tel:90123456", "Start treffet"):
        assert text in shown
    assert "Bergli" not in shown
    alone = await marte.submit(f"{url}/start", {"ledere": str(leaders[0])}, page=url)
    assert (alone.status_code, "Dere må være to gruppeledere" in alone.text) == (422, True)
    both = [str(one) for one in leaders]
    assert (await marte.submit(f"{url}/start", {"ledere": both}, page=url)).status_code == 303
    early = await marte.submit(f"{url}/oppmote", {"gjor": "ferdig"}, page=url)
    assert "Kryss av for alle" in early.text
    ticks = {f"d_{place}": "present", "egen": str(place), "gjor": "ferdig"}
    assert (await marte.submit(f"{url}/oppmote", ticks, page=url)).status_code == 303
    assert "Før timer" in (await marte.get(url)).text
    read = await world.sql("SELECT 1 FROM audit_entry WHERE action = 'session.day_list'")
    assert len(read) >= 3
    kari = await world.browser("horten", COORDINATOR)
    page = f"/k/horten/grupper/{group}/treff/{session.id}"
    stop_clock(monkeypatch, day.year, day.month, day.day, 23, 0)
    # Nothing said of anybody is asked about; "the rest came" answers for all of them with one press.
    assert "Kryss av for alle" in (await kari.submit(f"{page}/oppmote", {"egen": str(place)}, page=page)).text
    rest = await kari.submit(f"{page}/oppmote", {"egen": str(place), "gjor": "resten"}, page=page)
    assert rest.status_code == 303
    month = (await kari.get(f"/k/horten/grupper/{group}/oppmote?maned={day:%Y-%m}")).text
    assert "Jonas Bergli" in month
    assert "1 treff holdt" in month
    other = await world.browser("re", Role.CONTACT)
    assert (await other.get(url.replace("horten", "re"))).status_code == 404


async def test_a_leader_who_cannot_come_says_so_and_somebody_else_says_yes(world: World) -> None:
    group, leaders = await planned(world, "horten")
    await log_in(world, leaders[0])
    pia = await contact(world, "horten", "Pia Vik")
    session = await first_meeting(world, group)
    browser, url = await world.browser("horten", Role.CONTACT), f"/min/horten/treff/{session.id}"
    assert (await browser.submit(f"{url}/kan-ikke", page=url)).status_code == 303
    assert "Du har sagt at du ikke kan" in (await browser.get("/min/horten/treff")).text
    await world.sql("UPDATE person SET user_id = NULL")
    await log_in(world, pia)
    assert "Kan du lede et treff?" in (await browser.get("/min/horten")).text
    ask = (await world.sql("SELECT id FROM leader_ask"))[0]["id"]
    page = f"/min/horten/treff/sporsmal/{ask}"
    assert "Velg ja eller nei" in (await browser.submit(page, {"svar": "kanskje"}, page=page)).text
    assert (await browser.submit(page, {"svar": "ja"}, page=page)).status_code == 303
    assert "Du har sagt ja" in (await browser.get(page)).text
    assert (await browser.get("/min/horten/treff")).text.count("Turgruppa") >= 1


async def test_nobody_can_lead_and_the_coordinator_meets_it_in_min_dag(world: World) -> None:
    group, leaders = await planned(world, "horten", leaders=1)
    session = await first_meeting(world, group)
    kari, url = await world.browser("horten", COORDINATOR), f"/k/horten/grupper/{group}/treff/{session.id}"
    waits = (await kari.get("/k/horten")).text
    assert "Treffet i Turgruppa mangler gruppeleder" in waits
    assert views.when(session, "nb") in waits
    asked = await kari.submit(f"{url}/spor", page=url)
    assert asked.status_code == 303
    shown = (await kari.get(url)).text
    assert "Ingen av dem vi spurte, kunne" in shown
    pia = await contact(world, "horten", "Pia Vik")
    shown = (await kari.get(url)).text
    chosen = {"ledere": [str(leaders[0]), str(pia)], "versjon": version(shown)}
    assert (await kari.submit(f"{url}/ledere", {"versjon": version(shown)}, page=url)).status_code == 422
    assert (await kari.submit(f"{url}/ledere", chosen, page=url)).status_code == 303
    assert views.when(session, "nb") not in (await kari.get("/k/horten")).text


async def test_the_participant_reads_when_and_where_and_says_that_they_do_not_come(world: World) -> None:
    group, leaders = await planned(world, "horten")
    place = await with_place(world, group, leaders[0], "Jonas Bergli", state="waiting")
    own = await world.browser("horten", Role.SERVICE_USER)
    assert "Du er ikke med i noen gruppe" in (await own.get("/min/horten/grupper")).text
    await world.sql(
        "UPDATE person SET user_id = $1, birth_date = '1999-05-04' WHERE given_name = 'Jonas'",
        world.user("horten", Role.SERVICE_USER),
    )
    assert "På venteliste" in (await own.get("/min/horten/grupper")).text
    kari, url = await world.browser("horten", COORDINATOR), f"/k/horten/grupper/{group}/deltakere/{place}"
    assert "Ledig plass i Turgruppa" in (await kari.get("/k/horten")).text
    assert (await kari.submit(f"{url}/tilby", page=url)).status_code == 303
    assert (await own.submit(f"/min/horten/grupper/{place}/svar", {"svar": "ja"}, page="/min/horten/grupper")
            ).status_code == 303  # fmt: skip
    session = await first_meeting(world, group)
    shown = (await own.get("/min/horten/grupper")).text
    assert "Gruppeledere: Amund og Marte" in shown
    away = f"/min/horten/grupper/{place}/treff/{session.id}"
    assert (await own.submit(away, {"kommer": "nei"}, page="/min/horten/grupper")).status_code == 303
    assert "Du har sagt at du ikke kommer" in (await own.get("/min/horten/grupper")).text
    assert "Turgruppa" in (await own.get("/min/horten")).text
    told = (await kari.get(f"/k/horten/grupper/{group}/treff/{session.id}")).text
    assert "Sa fra" in told
    for path in (f"/min/horten/grupper/{uuid4()}/svar", f"/min/horten/grupper/{uuid4()}/treff/{session.id}"):
        assert (await own.submit(path, {"svar": "ja"}, page="/min/horten/grupper")).status_code == 404


async def test_needs_are_written_and_a_stale_form_is_told_apart(world: World) -> None:
    group, leaders = await planned(world, "horten")
    place = await with_place(world, group, leaders[0], "Jonas Bergli")
    kari, url = await world.browser("horten", COORDINATOR), f"/k/horten/grupper/{group}/deltakere/{place}"
    shown = (await kari.get(url)).text
    values = {"behov": "Går med rullator", "nodnummer": "", "fortsetter": "ja", "versjon": version(shown)}
    too_long = await kari.submit(url, {**values, "behov": "a" * 501}, page=url)
    assert (too_long.status_code, "Teksten er for lang" in too_long.text) == (422, True)
    assert (await kari.submit(url, values, page=url)).status_code == 303
    assert (await kari.submit(url, values, page=url)).status_code == 409
    assert "Fortsetter som vanlig medlem" in (await kari.get(f"/k/horten/grupper/{group}")).text


async def _answers(browser: Browser, paths: list[str]) -> set[int]:
    return {(await browser.get(path)).status_code for path in paths}


async def test_whoever_lacks_the_role_or_lives_next_door_sees_nothing(world: World) -> None:
    group, leaders = await planned(world, "horten")
    place = await with_place(world, group, leaders[0], "Jonas Bergli")
    session = await first_meeting(world, group)
    paths = [f"/k/horten/grupper/{group}/treff/{session.id}", f"/k/horten/grupper/{group}/treff",
             f"/k/horten/grupper/{group}/oppmote"]  # fmt: skip
    assert await _answers(await world.browser("horten", Role.PAYROLL), paths) == {403}
    re_paths = [path.replace("/horten/", "/re/") for path in paths]
    assert await _answers(await world.browser("re", COORDINATOR), re_paths) == {404}
    other, _ = await planned(world, "horten")
    kari = await world.browser("horten", COORDINATOR)
    assert await _answers(kari, [f"/k/horten/grupper/{other}/treff/{session.id}",
                                 f"/k/horten/grupper/{other}/deltakere/{place}"]) == {404}  # fmt: skip
    leader = await world.browser("horten", Role.CONTACT)
    assert await _answers(leader, [f"/min/horten/treff/{session.id}"]) == {404}
