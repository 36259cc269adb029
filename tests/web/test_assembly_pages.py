"""The assemblies' pages over HTTP: planned, invited to, answered on the phone, ticked off; and how they can go wrong."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest

from sammen.clock import today
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from tests.assembly_samples import begin, copy_in, held_by_region, invited, meetings_of, planned
from tests.provider_samples import contact
from tests.worlds import World

COORDINATOR = Role.PROVIDER_COORDINATOR
LIST = "/k/horten/samlinger"
OWN = "/min/horten/samlinger"


def new_series(**changes: str) -> dict[str, str]:
    return {
        "tittel": "Veiledningsgruppe", "slag": "guidance", "leder": "Kari Lunde",
        "dato": format_date(today() + timedelta(days=9)),
        "begynner": "18:00",
        "slutter": "20:00", "hvor_ofte": "once", "sted": "Rådhuset", **changes,
    }  # fmt: skip


def version(text: str) -> str:
    found = re.search(r'name="versjon" value="(\d+)"', text)
    assert found is not None
    return found.group(1)


async def test_a_series_is_planned_invited_to_answered_and_ticked_off(world: World) -> None:
    await contact(world, "horten", "Marte Lie", user=world.user("horten", Role.CONTACT))
    await contact(world, "horten", "Amund Vik")
    office = await world.browser("horten", COORDINATOR)
    assert "Ingen møter framover" in (await office.get(LIST)).text
    last = format_date(today() + timedelta(days=23))
    made = await office.submit(
        f"{LIST}/ny", new_series(hvor_ofte="week", til=last, helligdager="ja"), page=f"{LIST}/ny"
    )
    assert made.status_code == 303
    url = made.headers["location"].split("#")[0]
    assert "Inviter til Veiledningsgruppe" in (await office.get("/k/horten")).text
    answer = await office.submit(f"{url}/inviter", {"hvem": "engaged"}, page=url)
    assert answer.status_code == 303
    shown = (await office.get(url)).text
    assert "2 inviterte" in shown
    meeting = re.search(r"/samlinger/moter/([0-9a-f-]{36})", shown)
    assert meeting is not None
    phone = await world.browser("horten", Role.CONTACT)
    assert "Svar på invitasjonen: Veiledningsgruppe" in (await phone.get("/min/horten")).text
    said = await phone.submit(f"{OWN}/{meeting.group(1)}/svar", {"svar": "yes"}, page=OWN)
    assert said.status_code == 303
    assert "Du kommer" in (await phone.get(OWN)).text
    page = f"{LIST}/moter/{meeting.group(1)}"
    assert "1 kommer, 0 kan ikke, 1 har ikke svart" in (await office.get(page)).text
    await begin(world, UUID(meeting.group(1)))
    assert "Før oppmøte: Veiledningsgruppe" in (await office.get("/k/horten")).text
    shown = (await office.get(page)).text
    code = re.search(r'class="code">(\w+)<', shown)
    assert code is not None
    wrong = await phone.submit(f"{OWN}/{meeting.group(1)}/mott", {"kode": "AAAAA"}, page=OWN)
    assert wrong.status_code == 303
    assert "Koden stemmer ikke." in (await phone.get(OWN)).text
    assert (
        await phone.submit(f"{OWN}/{meeting.group(1)}/mott", {"kode": code.group(1)}, page=OWN)
    ).status_code == 303
    shown = (await office.get(page)).text
    assert "Har meldt seg selv" in shown
    boxes = [box for box in re.findall(r"<input[^>]*>", shown) if 'name="kom"' in box and "checked" in box]
    ticked = [found.group(1) for box in boxes if (found := re.search(r'value="([0-9a-f-]+)"', box))]
    assert len(ticked) == 1
    kept = await office.submit(f"{page}/oppmote", {"versjon": version(shown), "kom": ticked[0]}, page=page)
    assert kept.status_code == 303
    stale = await office.submit(f"{page}/oppmote", {"versjon": version(shown), "kom": ticked[0]}, page=page)
    assert stale.status_code == 409
    shown = (await office.get(page)).text
    summed = await office.submit(
        f"{page}/oppsummering",
        {"versjon": version(shown), "oppsummering": "Vi snakket om grenser."},
        page=page,
    )
    assert summed.status_code == 303
    assert "Vi snakket om grenser." in (await phone.get(OWN)).text


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"tittel": ""}, "Skriv hva samlingen heter."),
        ({"slag": "party"}, "Velg hva slags samling det er."),
        ({"leder": ""}, "Skriv hvem som leder samlingen."),
        ({"dato": "31.02.2027"}, "Februar 2027 har 28 dager"),
        ({"dato": "01.01.2020"}, "Datoen har vært."),
        ({"begynner": "25:00"}, "fra 00:00 til 23:59"),
        ({"slutter": "17:00"}, "må slutte etter at det begynner"),
        ({"hvor_ofte": "week"}, "Skriv den siste dagen."),
        ({"hvor_ofte": "week", "til": "01.01.2020"}, "Den siste dagen er før den første."),
        ({"hvor_ofte": "days", "dager": "i morgen"}, "Skriv datoen som dag.måned.år"),
        ({"sted": ""}, "Skriv hvor dere møtes"),
        ({"lenke": "javascript:alert(1)"}, "Den begynner med https://."),
        ({"slag": "information"}, "kaller du inn til under Oppfølging."),
        ({"dato": "25.12.2026"}, "ingen dager igjen når helligdagene er tatt ut"),
    ],
)
async def test_what_cannot_be_used_is_said_at_the_field_and_nothing_is_made(
    world: World, changes: dict[str, str], says: str
) -> None:
    browser = await world.browser("horten", COORDINATOR)
    answer = await browser.submit(f"{LIST}/ny", new_series(**changes), page=f"{LIST}/ny")
    assert answer.status_code == 422
    assert says in answer.text
    assert 'value="18:00"' in answer.text or "begynner" in changes
    assert await world.sql("SELECT 1 FROM assembly") == []


async def test_a_meeting_is_moved_and_called_off_and_who_comes_is_to_be_rung(world: World) -> None:
    marte = await contact(world, "horten", "Marte Lie")
    assembly = await planned(world, "horten", 1)
    await invited(world, "horten", assembly, [marte])
    card = (await meetings_of(world, "horten", assembly))[0]
    browser, page = await world.browser("horten", COORDINATOR), f"{LIST}/moter/{card.id}"
    guest = (await world.sql("SELECT id FROM assembly_guest"))[0]["id"]
    rang = await browser.submit(f"{LIST}/gjester/{guest}/svar", {"svar": "yes"}, page=page)
    assert rang.status_code == 303
    shown = (await browser.get(page)).text
    bad = await browser.submit(f"{page}/avlys", {"versjon": version(shown), "hvorfor": ""}, page=page)
    assert bad.status_code == 422
    assert "Skriv kort hvorfor møtet er avlyst." in bad.text
    off = await browser.submit(f"{page}/avlys", {"versjon": version(shown), "hvorfor": "Syk"}, page=page)
    assert off.status_code == 303
    shown = (await browser.get(page)).text
    assert "ring dem som skulle komme" in shown
    assert "900 00 002" in shown.replace("\u00a0", " ")
    moved = await browser.submit(
        f"{page}/flytt",
        {"versjon": version(shown) if "versjon" in shown else "1", "dato": format_date(today() + timedelta(days=3)),
         "begynner": "18:00",
        "slutter": "19:00", "sted": "Biblioteket"},
        page=page,
    )  # fmt: skip
    assert moved.status_code == 409


async def test_the_region_plans_for_everybody_and_reads_numbers_never_names(world: World) -> None:
    region = await world.browser("vestfold", Role.COURSE_COORDINATOR)
    assert "Ingen felles samlinger ennå" in (await region.get("/r/vestfold/samlinger")).text
    made = await region.submit(
        "/r/vestfold/samlinger/ny",
        new_series(slag="gathering", tittel="Høstsamling"),
        page="/r/vestfold/samlinger/ny",
    )
    assert made.status_code == 303
    await world.run_jobs()
    for number in range(4):
        await contact(world, "horten", f"Marte Lie{number}")
    await contact(world, "re", "Liv Haug")
    for slug in ("horten", "re"):
        await invited(world, slug, await copy_in(world, slug))
    shown = (await region.get(made.headers["location"])).text
    assert "færre enn 3" in shown
    assert "Marte" not in shown
    assert "Liv Haug" not in shown
    meeting = re.search(r"/samlinger/moter/([0-9a-f-]{36})", shown)
    assert meeting is not None
    page = f"/r/vestfold/samlinger/moter/{meeting.group(1)}"
    assert (await region.get(page)).status_code == 200
    steering = await world.browser("vestfold", Role.STEERING_GROUP_MEMBER)
    assert (await steering.get("/r/vestfold/samlinger")).status_code == 403
    off = await region.submit(
        f"{page}/avlys", {"versjon": version((await region.get(page)).text), "hvorfor": "Streik"}, page=page
    )
    assert off.status_code == 303
    await world.run_jobs()
    listed = (await (await world.browser("re", COORDINATOR)).get("/k/re/samlinger")).text
    assert "Avlyst" in listed


async def test_the_municipality_next_door_and_the_wrong_role_see_nothing(world: World) -> None:
    await contact(world, "horten", "Marte Lie")
    assembly = await planned(world)
    meeting = (await meetings_of(world, "horten", assembly))[0].id
    stranger = await world.browser("re", COORDINATOR)
    for path in (f"{assembly}", f"moter/{meeting}"):
        assert (await stranger.get(f"/k/re/samlinger/{path}")).status_code == 404
    payroll = await world.browser("horten", Role.PAYROLL)
    assert (await payroll.get(LIST)).status_code == 403
    manager = await world.browser("horten", Role.MANAGER)
    assert (await manager.get(f"{LIST}/{assembly}")).status_code == 200
    assert (await manager.submit(f"{LIST}/{assembly}/inviter", {"hvem": "engaged"})).status_code == 403


async def test_what_another_holds_is_invited_to_and_not_changed_here(world: World) -> None:
    await contact(world, "re", "Liv Haug")
    await held_by_region(world, 7, title="Høstsamling", kind="gathering")
    copy, browser = await copy_in(world, "re"), await world.browser("re", COORDINATOR)
    page = f"/k/re/samlinger/{copy}"
    shown = (await browser.get(page)).text
    assert "Vestfoldsamarbeidet holder den" in shown
    assert "Sett opp et møte til" not in shown
    assert (await browser.submit(f"{page}/ikke-for-oss", page=page)).status_code == 303
    assert "Ikke for oss" in (await browser.get(page)).text
    assert "Høstsamling" not in (await browser.get("/k/re")).text
