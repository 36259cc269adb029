"""Deviations over HTTP: reported, followed up, closed and opened again; bad fields; who may; shielded nowhere."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest

from sammen.clock import today
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from tenants.cases.circle import shield_by_hand
from tests.provider_samples import case_of, granted_order
from tests.worlds import Browser, World

LIST, NEW = "/k/horten/avvik", "/k/horten/avvik/nytt"
CHILD, COORDINATOR, MANAGER = Role.PURCHASER_CHILD, Role.PROVIDER_COORDINATOR, Role.MANAGER


def report(**changes: str) -> dict[str, str]:
    return {
        "tittel": "Nøkkelskapet sto åpent", "hendelse": "Ingen hadde låst.", "oppdaget": format_date(today()),
        "slag": "routine", "kilde": "own", "myndighet": "", "svarfrist": "", "ansvarlig": "", "frist": "", **changes,
    }  # fmt: skip


async def reported(browser: Browser, path: str = NEW, **changes: str) -> str:
    """The address of a new deviation."""
    answer = await browser.submit(path, report(**changes), page=path)
    assert answer.status_code == 303, re.findall(r"validation-message[^>]*>([^<]+)", answer.text)
    return str(answer.headers["location"])


async def test_no_deviations_is_what_one_wants(world: World) -> None:
    """D8: zero deviations is the aim."""
    page = (await (await world.browser("horten", MANAGER)).get(LIST)).text
    assert "Ingen åpne avvik" in page
    assert "Det er målet" in page


async def test_a_deviation_from_report_to_closed_and_open_again(world: World) -> None:
    browser = await world.browser("horten", CHILD)
    mine = str(world.user("horten", CHILD))
    made = await reported(browser)
    page = (await browser.get(made)).text
    assert "Neste: finn årsaken" in page
    due = format_date(today() + timedelta(days=9))
    changed = {
        "tittel": "Nøkkelskap", "hendelse": "Ingen hadde låst.", "arsak": "Ingen rutine.", "ansvarlig": mine, "frist": due,
        "versjon": "1",
    }  # fmt: skip
    assert (await browser.submit(f"{made}/endre", changed, page=f"{made}/endre")).status_code == 303
    measure = {"tiltak": "Skriv rutine", "tiltak_naar": "long", "tiltak_ansvarlig": mine, "tiltak_frist": due}
    assert (await browser.submit(f"{made}/tiltak", measure, page=made)).status_code == 303
    listed = (await browser.get(LIST)).text
    assert "Nøkkelskap" in listed
    assert "0 av 1 gjort" in listed
    closing = {"lukket_med": "Rutinen er skrevet.", "versjon": "2"}
    answer = await browser.submit(f"{made}/lukk", closing, page=made)
    assert answer.status_code == 422
    assert "Det står tiltak igjen" in answer.text
    assert "Rutinen er skrevet." in answer.text
    done = (await world.sql("SELECT id FROM deviation_measure"))[0]["id"]
    assert (await browser.submit(f"{made}/tiltak/{done}/gjort", page=made)).status_code == 303
    assert (await browser.submit(f"{made}/lukk", closing, page=made)).status_code == 303
    assert "Ingen åpne avvik" in (await browser.get(LIST)).text
    assert "Nøkkelskap" in (await browser.get(f"{LIST}?status=closed")).text
    assert (await browser.get(f"{made}/endre")).status_code == 409
    assert (await browser.submit(f"{made}/apne", {"hvorfor": ""}, page=made)).status_code == 422
    assert (await browser.submit(f"{made}/apne", {"hvorfor": "Skjedde igjen."}, page=made)).status_code == 303
    page = (await browser.get(made)).text
    assert "Skjedde igjen." in page
    assert "Rutinen er skrevet." in page


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("tittel", "", "Skriv kort hva som er galt."),
        ("tittel", "x" * 121, "for lang"),
        ("hendelse", "", "Skriv hva som skjedde."),
        ("oppdaget", "i går", "dag.måned.år"),
        ("oppdaget", format_date(today() + timedelta(days=1)), "i framtida"),
        ("slag", "rart", "Velg hva slags avvik"),
        ("kilde", "naboen", "Velg hvem som sa fra."),
        ("kilde", "supervision", "hvilken myndighet"),
        ("ansvarlig", "ikke-en-id", "Velg en kollega fra lista."),
        ("ansvarlig", "00000000-0000-4000-8000-000000000000", "Velg en kollega fra lista."),
        ("frist", "01.01.2020", "før avviket ble oppdaget"),
    ],
)
async def test_a_bad_field_is_named_what_was_typed_is_kept_and_nothing_changes(
    shared_world: World, field: str, typed: str, says: str
) -> None:
    browser = await shared_world.browser("horten", CHILD)
    answer = await browser.submit(NEW, report(**{field: typed}), page=NEW)
    assert answer.status_code == 422
    assert says in answer.text
    assert "<title>Feil:" in answer.text
    assert field == "tittel" or 'value="Nøkkelskapet sto åpent"' in answer.text
    assert not await shared_world.sql("SELECT 1 FROM deviation")


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("tiltak", "", "Skriv hva som skal gjøres."),
        ("tiltak_naar", "aldri", "nå eller på lengre sikt"),
        ("tiltak_ansvarlig", "", "Velg hvem som gjør det."),
        ("tiltak_frist", "", "Skriv når det skal være gjort."),
        ("tiltak_frist", "01.01.2020", "Fristen har allerede vært"),
    ],
)
async def test_a_bad_measure_is_named_and_its_form_is_open(
    world: World, field: str, typed: str, says: str
) -> None:
    browser = await world.browser("horten", CHILD)
    made = await reported(browser)
    measure = {
        "tiltak": "Skriv rutine", "tiltak_naar": "short", "tiltak_ansvarlig": str(world.user("horten", CHILD)),
        "tiltak_frist": format_date(today()), field: typed,
    }  # fmt: skip
    answer = await browser.submit(f"{made}/tiltak", measure, page=made)
    assert answer.status_code == 422
    assert says in answer.text
    assert '<details class="ds-details" data-color="neutral" open>' in answer.text
    assert not await world.sql("SELECT 1 FROM deviation_measure")


async def test_supervision_over_http(world: World) -> None:
    """A17: authority, reply deadline, reply and closing letter."""
    browser = await world.browser("horten", MANAGER)
    reply_by = format_date(today() + timedelta(days=4))
    made = await reported(browser, kilde="supervision", myndighet="Statsforvalteren", svarfrist=reply_by)
    page = (await browser.get(made)).text
    assert "Neste: svar tilsynet innen" in page
    assert "4 dager igjen" in page
    answer = await browser.submit(f"{made}/lukk", {"lukket_med": "Rettet.", "versjon": "1"}, page=made)
    assert "Skriv først dagen dere svarte tilsynet." in answer.text
    changed = {
        "tittel": "Kritikk", "hendelse": "Brev.", "arsak": "", "ansvarlig": "", "frist": "", "versjon": "1",
        "myndighet": "Statsforvalteren", "svarfrist": reply_by, "svart": format_date(today()),
    }  # fmt: skip
    assert (await browser.submit(f"{made}/endre", changed, page=f"{made}/endre")).status_code == 303
    late = {"lukket_med": "Rettet.", "versjon": "2", "brev_dato": format_date(today() + timedelta(days=1))}
    assert (await browser.submit(f"{made}/lukk", late, page=made)).status_code == 422
    letter = {**late, "brev_dato": format_date(today()), "brev_tekst": "Tilsynet er avsluttet."}
    assert (await browser.submit(f"{made}/lukk", letter, page=made)).status_code == 303
    assert "Tilsynet er avsluttet." in (await browser.get(made)).text


async def test_a_deviation_in_a_case_stands_there_and_is_hidden_with_it(world: World) -> None:
    """E5: in no list, count, file or address of somebody outside the circle."""
    case_id = await case_of(world, "horten", await granted_order(world, "horten"))
    case = f"/k/horten/saker/{case_id}"
    coordinator = await world.browser("horten", COORDINATOR)
    assert f"{case}/avvik" in (await coordinator.get(case)).text
    made = await reported(coordinator, f"{case}/avvik", tittel="Falt på tur", slag="incident")
    owner = await world.browser("horten", CHILD)
    assert "Falt på tur" in (await owner.get(case)).text
    async with world.at("horten", CHILD) as uow:
        await shield_by_hand(uow, case_id, reason="Kjent i bygda.")
    for role in (COORDINATOR, MANAGER, Role.PURCHASER_ADULT):
        browser = await world.browser("horten", role)
        for path in (LIST, f"{LIST}?status=all", f"{LIST}/liste.xlsx", "/k/horten"):
            answer = await browser.get(path)
            assert b"Falt" not in answer.content
            assert b"Bergli" not in answer.content
        assert "Ingen åpne avvik" in (await browser.get(LIST)).text
        absent = await browser.get(f"{LIST}/00000000-0000-4000-8000-000000000000")
        assert (await browser.get(made)).content == absent.content
        assert (await browser.submit(f"{made}/lukk", {"lukket_med": "x", "versjon": "1"})).status_code == 404
        assert (await browser.get(f"{case}/avvik")).status_code == 404
    assert (await owner.get(made)).status_code == 200
    assert (await (await world.browser("re", CHILD)).get(made.replace("horten", "re"))).status_code == 404


async def test_a_report_sent_a_hundred_times_at_once_is_one(world: World) -> None:
    browser = await world.browser("horten", CHILD)
    token = re.search(r'name="_csrf" value="([^"]+)"', (await browser.get(NEW)).text)
    assert token
    data = {**report(), "_csrf": token.group(1), "_key": "the-same-key"}
    answers = await asyncio.gather(*(browser.post(NEW, data=data) for _ in range(100)))
    assert {answer.status_code for answer in answers} == {303}
    assert len(await world.sql("SELECT 1 FROM deviation")) == 1


async def test_two_who_follow_up_are_told_and_neither_text_is_lost(world: World) -> None:
    browser = await world.browser("horten", CHILD)
    made = await reported(browser)
    changed = {**report(), "arsak": "Min årsak", "versjon": "1"}
    assert (await browser.submit(f"{made}/endre", changed, page=f"{made}/endre")).status_code == 303
    other = await world.browser("horten", MANAGER)
    answer = await other.submit(f"{made}/endre", {**changed, "arsak": "Din årsak"}, page=f"{made}/endre")
    assert answer.status_code == 409
    assert "Min årsak" in answer.text
    assert "Din årsak" in answer.text


async def test_each_role_reaches_what_is_theirs(world: World) -> None:
    for role, reads, writes in (
        (CHILD, 200, 200), (Role.PURCHASER_CHILD_WELFARE, 200, 200), (COORDINATOR, 200, 200), (MANAGER, 200, 200),
        (Role.PAYROLL, 403, 403), (Role.DATA_PROTECTION_OFFICER, 403, 403),
    ):  # fmt: skip
        browser = await world.browser("horten", role)
        assert ((await browser.get(LIST)).status_code, (await browser.get(NEW)).status_code) == (
            reads,
            writes,
        ), role
