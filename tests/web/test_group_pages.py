"""The group pages over HTTP: planned, led, filled and emptied; and how they can go wrong."""

from __future__ import annotations

import re

import pytest

from sammen.policy.roles import Role
from tests.group_samples import in_group, planned
from tests.provider_samples import contact
from tests.worlds import World

COORDINATOR = Role.PROVIDER_COORDINATOR
LIST = "/k/horten/grupper"


def new_group(leader: object, **changes: str) -> dict[str, str]:
    return {
        "navn": "Klatregruppa", "aktivitet": "climbing", "ukedag": "tue", "begynner": "17:30", "slutter": "19:30",
        "sted": "Idrettshallen", "plasser": "6", "leder": str(leader), "fra": "06.01.2026", **changes,
    }  # fmt: skip


async def test_a_group_is_planned_led_filled_and_emptied_on_the_pages(world: World) -> None:
    marte, amund = await contact(world, "horten", "Marte Lie"), await contact(world, "horten")
    jonas = await in_group(world, "horten", "Jonas Bergli", marte)
    browser = await world.browser("horten", COORDINATOR)
    assert "Ingen grupper ennå" in (await browser.get(LIST)).text
    answer = await browser.submit(f"{LIST}/ny", new_group(marte), page=f"{LIST}/ny")
    url = answer.headers["location"]
    shown = (await browser.get(url)).text
    assert "Det mangler en gruppeleder" in shown
    assert "Klatregruppa mangler gruppeleder" in (await browser.get("/k/horten")).text
    version = re.search(r'name="versjon" value="(\d+)"', shown)
    assert version is not None
    chosen = {"leder": str(marte), "leder_to": str(amund), "versjon": version.group(1)}
    assert (await browser.submit(f"{url}/ledere", chosen, page=url)).status_code == 303
    assert (await browser.submit(f"{url}/ledere", chosen, page=url)).status_code == 409
    assert "Det mangler en gruppeleder" not in (await browser.get(url)).text
    assert (await browser.submit(f"{url}/deltakere", {"deltaker": str(jonas)}, page=url)).status_code == 303
    shown = (await browser.get(url)).text
    assert "Jonas Bergli, 12 år" in shown
    listed = (await browser.get(LIST)).text
    assert "1 av 6 plasser" in listed
    assert "tirsdager kl.\u00a017.30–19.30" in listed
    place = (await world.sql("SELECT id FROM group_place"))[0]["id"]
    ended = await browser.submit(f"{url}/deltakere/{place}/avslutt", page=url)
    assert ended.status_code == 303
    assert "Ingen har plass i gruppa ennå." in (await browser.get(url)).text


async def test_whoever_opens_a_group_is_in_the_log_of_everybody_it_names(world: World) -> None:
    group, leaders = await planned(world, "horten")
    jonas = await in_group(world, "horten", "Jonas Bergli", leaders[0])
    browser = await world.browser("horten", COORDINATOR)
    await browser.submit(f"{LIST}/{group}/deltakere", {"deltaker": str(jonas)}, page=f"{LIST}/{group}")
    await browser.get(f"{LIST}/{group}")
    read = await world.sql(
        "SELECT persons FROM audit_entry WHERE action = 'group.read' ORDER BY id DESC LIMIT 1"
    )
    named = await world.sql("SELECT id FROM person WHERE family_name IN ('Bergli', 'Lie', 'Vik')")
    assert set(read[0]["persons"]) == {row["id"] for row in named}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"navn": ""}, "Skriv hva gruppa heter."),
        ({"aktivitet": "skydiving"}, "Velg en aktivitet."),
        ({"ukedag": ""}, "Velg en ukedag."),
        ({"begynner": "25:00"}, "fra 00:00 til 23:59"),
        ({"slutter": "17:30"}, "må slutte etter at den begynner"),
        ({"plasser": "1"}, "2 eller mer"),
        ({"plasser": "1e9"}, "Skriv et tall"),
        ({"leder": "noen"}, "Velg en gruppeleder."),
        ({"leder": "00000000-0000-4000-8000-000000000000"}, "som er godkjent"),
        ({"fra": "31.02.2026"}, "Februar 2026 har 28 dager"),
        ({"til": "01.01.2026"}, "Den siste dagen er før den første."),
    ],
)
async def test_what_cannot_be_used_is_said_at_the_field_and_no_group_is_made(
    world: World, changes: dict[str, str], says: str
) -> None:
    marte = await contact(world, "horten", "Marte Lie")
    browser = await world.browser("horten", COORDINATOR)
    answer = await browser.submit(f"{LIST}/ny", new_group(marte, **changes), page=f"{LIST}/ny")
    assert answer.status_code == 422
    assert says in answer.text
    assert 'value="Idrettshallen"' in answer.text
    assert await world.sql("SELECT 1 FROM activity_group") == []


async def test_a_full_group_and_somebody_elses_assignment_are_refused_in_words(world: World) -> None:
    group, leaders = await planned(world, "horten", seats=2)
    ids = [
        await in_group(world, "horten", name, leaders[0]) for name in ("Jonas Bergli", "Ida Moe", "Tor Lie")
    ]
    foreign = await in_group(world, "re", "Ola Berg", await contact(world, "re", "Liv Haug"))
    browser, url = await world.browser("horten", COORDINATOR), f"{LIST}/{group}"
    answer = await browser.submit(f"{url}/deltakere", {"deltaker": str(foreign)}, page=url)
    assert answer.status_code == 422
    assert "Velg en som mangler gruppe." in answer.text
    for one in ids[:2]:
        await browser.submit(f"{url}/deltakere", {"deltaker": str(one)}, page=url)
    answer = await browser.submit(f"{url}/deltakere", {"deltaker": str(ids[2])}, page=url)
    assert answer.status_code == 422
    assert "Det er ikke plass til flere i gruppa nå." in answer.text


async def test_purchasers_read_groups_and_only_the_provider_changes_them(world: World) -> None:
    group, _ = await planned(world, "horten")
    purchaser = await world.browser("horten", Role.PURCHASER_CHILD)
    shown = await purchaser.get(f"{LIST}/{group}")
    assert shown.status_code == 200
    assert "Gi noen plass" not in shown.text
    assert (await purchaser.get(f"{LIST}/ny")).status_code == 403
    assert (await purchaser.submit(f"{LIST}/{group}/deltakere", {"deltaker": "x"})).status_code == 403
    stranger = await world.browser("re", COORDINATOR)
    assert (await stranger.get(f"/k/re/grupper/{group}")).status_code == 404


async def test_a_group_with_somebody_whose_address_is_protected_says_what_not_to_tell(world: World) -> None:
    group, leaders = await planned(world, "horten")
    browser, url = await world.browser("horten", COORDINATOR), f"{LIST}/{group}"
    assert "Sperret adresse" not in (await browser.get(url)).text
    jonas = await in_group(world, "horten", "Jonas Bergli", leaders[0], protection="kode7")
    assert (await browser.submit(f"{url}/deltakere", {"deltaker": str(jonas)}, page=url)).status_code == 303
    assert "ikke fortell andre hvor gruppa møtes" in (await browser.get(url)).text
