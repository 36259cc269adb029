"""The pages of open offers over HTTP: planned, counted on a phone, summed; and what was tried before a decision."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from sammen.clock import today
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from tests.allocation_samples import decided
from tests.worlds import World

COORDINATOR = Role.PROVIDER_COORDINATOR
LIST = "/k/horten/tilbud"


def new_offer(**changes: str) -> dict[str, str]:
    day = format_date(today())
    return {
        "navn": "Åpen kafé", "slag": "cafe", "sted": "Biblioteket", "begynner": "00:00", "slutter": "23:45", "fra": day,
        "til": day, "pris": "0", **changes,
    }  # fmt: skip


async def test_a_cafe_is_planned_counted_and_read_as_a_table_and_files(world: World) -> None:
    browser = await world.browser("horten", COORDINATOR)
    assert "Ingen åpne tilbud ennå" in (await browser.get(LIST)).text
    offer = (await browser.submit(f"{LIST}/ny", new_offer(), page=f"{LIST}/ny")).headers["location"]
    found = re.search(rf"{offer}/dager/[0-9a-f-]+", (await browser.get(offer)).text)
    assert found is not None
    day = found.group()
    wrong = await browser.submit(day, {"versjon": "1", "kom_0": "mange"}, page=day)
    assert wrong.status_code == 422
    assert "Skriv et tall" in wrong.text
    counted = {"versjon": "1", "kom_0": "3", "kom_67": "8", "frivillige": "2", "veiledning": "Hvordan søke"}
    assert (await browser.submit(day, counted, page=day)).status_code == 303
    assert (await browser.submit(day, counted, page=day)).status_code == 409
    half = (await browser.get(f"{LIST}/tall")).text
    assert '<td class="num">11</td>' in half
    csv = await browser.get(f"{LIST}/tall.csv")
    assert "Åpen kafé;Åpen kafé;1;0;3;0;0;0;8;11;2;0;0;0" in csv.content.decode("utf-8-sig")
    assert (await browser.get(f"{LIST}/tall.xlsx")).content[:2] == b"PK"
    neighbour = await world.browser("re", COORDINATOR)
    assert (await neighbour.get(day.replace("horten", "re"))).status_code == 404
    assert "Ingen dager i dette halvåret" in (await neighbour.get("/k/re/tilbud/tall")).text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"navn": ""}, "Skriv hva tilbudet heter."),
        ({"slag": "bingo"}, "Velg hva slags tilbud det er."),
        ({"slutter": "00:00"}, "Tilbudet må slutte etter at det begynner."),
        ({"til": ""}, "Velg en ukedag, eller skriv siste dag."),
        ({"plasser": "0"}, "Skriv et tall som er 1 eller mer."),
    ],
)
async def test_an_offer_with_a_bad_field_says_which_and_keeps_the_rest(
    world: World, changes: dict[str, str], sentence: str
) -> None:
    browser = await world.browser("horten", COORDINATOR)
    answer = await browser.submit(f"{LIST}/ny", new_offer(**changes), page=f"{LIST}/ny")
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Biblioteket" in answer.text


async def test_a_day_nobody_has_counted_waits_on_min_dag_and_one_called_off_does_not(world: World) -> None:
    browser = await world.browser("horten", COORDINATOR)
    offer = (await browser.submit(f"{LIST}/ny", new_offer(), page=f"{LIST}/ny")).headers["location"]
    await world.sql("UPDATE offer_day SET day = day - 2")
    assert "Tell hvor mange som kom på Åpen kafé" in (await browser.get("/k/horten")).text
    day = (await world.sql("SELECT id FROM offer_day"))[0]["id"]
    page = f"{offer}/dager/{day}"
    assert (
        "Skriv hvorfor dagen er avlyst."
        in (await browser.submit(f"{page}/avlys", {"grunn": ""}, page=page)).text
    )
    await browser.submit(f"{page}/avlys", {"grunn": "Stengt"}, page=page)
    assert "Tell hvor mange som kom på Åpen kafé" not in (await browser.get("/k/horten")).text


async def test_what_was_tried_stands_in_the_case_its_mapping_and_the_draft_of_its_decision(
    world: World,
) -> None:
    case, _ = await decided(world, running=False)
    browser = await world.browser("horten", Role.PURCHASER_CHILD)
    page = f"/k/horten/saker/{case}/provd"
    empty = await browser.submit(page, {"utfall": "enough"}, page=page)
    assert "Velg et tilbud, eller skriv hva det heter." in empty.text
    ahead = {"annet": "Ungdomskafeen", "fra": format_date(today() + timedelta(days=3)), "utfall": "partly"}
    assert "Dagen er i framtida." in (await browser.submit(page, ahead, page=page)).text
    tried = {**ahead, "fra": "03.03.2026", "ganger": "6", "utfall": "not_enough", "ord": "Jeg kjente ingen."}
    assert (await browser.submit(page, tried, page=page)).status_code == 303
    for address in ("", "/kartlegging", "/provd"):
        shown = (await browser.get(f"/k/horten/saker/{case}{address}")).text
        assert "Jeg kjente ingen." in shown, address
    assert "Prøvde Ungdomskafeen" in (await browser.get(f"/k/horten/saker/{case}?alt=1")).text
    assert "Skriv hva som er prøvd" in (await browser.get(f"/k/horten/saker/{case}")).text
    other = await world.browser("horten", Role.PURCHASER_ADULT)
    assert (await other.get(page)).status_code == 404
    coordinator = await world.browser("horten", COORDINATOR)
    assert (await coordinator.get(page)).status_code == 403


async def test_who_reads_offers_only_neither_plans_nor_counts(world: World) -> None:
    purchaser = await world.browser("horten", Role.PURCHASER_CHILD)
    assert (await purchaser.get(LIST)).status_code == 200
    assert (await purchaser.get(f"{LIST}/ny")).status_code == 403
    assert (await (await world.browser("horten", Role.PAYROLL)).get(LIST)).status_code == 403
