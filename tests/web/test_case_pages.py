"""The purchaser's main job over HTTP: application, mapping, decision; and every way it can go wrong."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest

from sammen.clock import today
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from tenants.people.api import make_synthetic
from tests.decision_samples import GROUND, decided, decision
from tests.worlds import Browser, World

SELMA = make_synthetic(today().replace(year=today().year - 9, day=1), "F", 3)


def application(**changes: str) -> dict[str, str]:
    return {
        "fornavn": "Selma", "etternavn": "Rønning", "fodselsnummer": SELMA, "mottatt": format_date(today()),
        "kanal": "letter", "soker": "parent", "soker_navn": "Mona Rønning", "adressesperre": "none",
        "hjemmel": GROUND, "onsker": "Vil gjerne ri.", **changes,
    }  # fmt: skip


async def registered(browser: Browser, **changes: str) -> str:
    """The address of a newly registered case."""
    answer = await browser.submit(
        "/k/horten/soknader/ny", application(**changes), page="/k/horten/soknader/ny"
    )
    assert answer.status_code == 303, re.findall(r"validation-message[^>]*>([^<]+)", answer.text)
    return str(answer.headers["location"])


async def test_an_application_becomes_a_case_then_a_mapping_then_a_decision(world: World) -> None:
    browser = await world.browser("horten", Role.PURCHASER_CHILD)
    case = await registered(browser)
    shown = await browser.get(case)
    assert "Selma Rønning, 9 år" in shown.text or "Selma Rønning, 8 år" in shown.text
    assert "kartlegg ønskene" in shown.text
    assert "Ingen foresatt eller verge kan få brev" in shown.text
    assert "/representanter/ny" in shown.text
    mapping = {
        "dato": format_date(today()),
        "egne_ord": "Jeg vil ri på Blakken.",
        "interesser": "riding",
        "mal": "predictable",
    }
    answer = await browser.submit(f"{case}/kartlegging", mapping, page=f"{case}/kartlegging")
    assert answer.status_code == 303
    mapped = str(answer.headers["location"])
    shown = await browser.get(mapped)
    assert "samme person, til faste tider" in shown.text
    chosen = {"former": "individual", "versjon": "1"}
    agreed = await browser.submit(mapped, chosen, page=mapped)
    assert (agreed.status_code, agreed.headers["location"]) == (303, f"{case}/vedtak")
    form = await browser.get(f"{case}/vedtak")
    assert "Jeg vil ri på Blakken." in form.text
    await decided(world, "horten", Role.PURCHASER_CHILD, case)
    shown = await browser.get(case)
    assert "Individuell støttekontakt" in shown.text
    listed = await browser.get("/k/horten/saker?q=ronning")
    assert "Selma Rønning" in listed.text
    assert "Venter på støttekontakt" in listed.text


async def test_the_other_purchaser_and_the_other_municipality_see_nothing_of_it(world: World) -> None:
    case = await registered(await world.browser("horten", Role.PURCHASER_CHILD))
    adult = await world.browser("horten", Role.PURCHASER_ADULT)
    assert (await adult.get(case)).status_code == 404
    assert "Rønning" not in (await adult.get("/k/horten/saker?status=all")).text
    stranger = await world.browser("re", Role.PURCHASER_CHILD)
    assert (await stranger.get(case)).content == (await stranger.get("/finnes-ikke")).content
    assert (await stranger.get(case.replace("/horten/", "/re/"))).status_code == 404


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("fodselsnummer", SELMA[:-1] + str((int(SELMA[-1]) + 1) % 10), "sifre er feil"),
        ("mottatt", "31.02.2026", "Februar 2026 har 28 dager"),
        ("mottatt", format_date(today() + timedelta(days=1)), "framtida"),
        ("fornavn", "", "Skriv fornavnet"),
        ("soker_navn", "", "navnet på den som søker"),
        ("hjemmel", "oppdiktet", "hjemmel fra lista"),
        ("kanal", "brevdue", "Velg hvordan"),
    ],
)
async def test_a_bad_field_is_named_what_was_typed_is_kept_and_nothing_changes(
    shared_world: World, field: str, typed: str, says: str
) -> None:
    browser = await shared_world.browser("horten", Role.PURCHASER_CHILD)
    answer = await browser.submit(
        "/k/horten/soknader/ny", application(**{field: typed}), page="/k/horten/soknader/ny"
    )
    assert answer.status_code == 422
    assert says in answer.text
    assert 'value="Rønning"' in answer.text
    assert "<title>Feil:" in answer.text
    assert not await shared_world.sql("SELECT 1 FROM person")


async def test_an_adults_application_is_pointed_to_the_right_purchaser(shared_world: World) -> None:
    browser = await shared_world.browser("horten", Role.PURCHASER_CHILD)
    grown = make_synthetic(today().replace(year=today().year - 40, day=1), "M", 5)
    answer = await browser.submit(
        "/k/horten/soknader/ny", application(fodselsnummer=grown), page="/k/horten/soknader/ny"
    )
    assert answer.status_code == 422
    assert "saksbehandler for voksne" in answer.text
    assert "Gi søknaden videre" in answer.text
    assert not await shared_world.sql("SELECT 1 FROM person")


async def test_a_form_sent_a_hundred_times_at_once_makes_one_case(world: World) -> None:
    browser = await world.browser("horten", Role.PURCHASER_CHILD)
    shown = await browser.get("/k/horten/soknader/ny")
    token = re.search(r'name="_csrf" value="([^"]+)"', shown.text)
    assert token
    data = {**application(), "_csrf": token.group(1), "_key": "the-same-key"}
    answers = await asyncio.gather(*(browser.post("/k/horten/soknader/ny", data=data) for _ in range(100)))
    assert {a.status_code for a in answers} == {303}
    assert len({a.headers["location"] for a in answers}) == 1
    assert len(await world.sql("SELECT 1 FROM application")) == 1


async def test_a_key_that_comes_back_with_another_form_is_refused(world: World) -> None:
    browser = await world.browser("horten", Role.PURCHASER_CHILD)
    page = "/k/horten/soknader/ny"
    assert (await browser.submit(page, application(), page=page, key="one")).status_code == 303
    answer = await browser.submit(page, application(fornavn="Ida"), page=page, key="one")
    assert answer.status_code == 422
    assert len(await world.sql("SELECT 1 FROM application")) == 1


async def test_two_people_who_edit_the_same_draft_are_told_and_neither_text_is_lost(world: World) -> None:
    browser = await world.browser("horten", Role.PURCHASER_CHILD)
    case = await registered(browser)
    saved = await browser.submit(
        f"{case}/vedtak", decision(gjor="lagre", maal="Mitt mål"), page=f"{case}/vedtak"
    )
    assert saved.status_code == 303
    answer = await browser.submit(
        f"{case}/vedtak", decision(gjor="lagre", maal="Et annet mål"), page=f"{case}/vedtak"
    )
    assert answer.status_code == 409
    assert "Mitt mål" in answer.text
    assert "Et annet mål" in answer.text


async def test_a_decision_that_lacks_an_answer_is_not_issued(world: World) -> None:
    browser = await world.browser("horten", Role.PURCHASER_CHILD)
    case = await registered(browser)
    answer = await browser.submit(f"{case}/vedtak", decision(begrunnelse=""), page=f"{case}/vedtak")
    assert answer.status_code == 422
    assert "9 av 10 er på plass" in answer.text
    assert "Skriv hvorfor det blir slik, for akkurat denne personen." in answer.text
    assert not await world.sql("SELECT 1 FROM decision")


async def test_hostile_text_is_shown_as_text(world: World) -> None:
    browser = await world.browser("horten", Role.PURCHASER_CHILD)
    case = await registered(
        browser, fornavn="<script>alert(1)</script>", etternavn="'; drop table person; -- 😀", onsker="=1+1"
    )
    shown = (await browser.get(case)).text
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(1)" in shown
    assert "😀" in shown
    assert len(await world.sql("SELECT 1 FROM person")) == 1


async def test_every_look_at_a_case_is_in_the_access_log_with_who_and_why(world: World) -> None:
    browser = await world.browser("horten", Role.PURCHASER_CHILD)
    case = await registered(browser)
    await browser.get(case)
    logged = await world.sql("SELECT actor_name, why, persons FROM audit_entry WHERE action = 'case.read'")
    person = (await world.sql("SELECT id FROM person"))[0]["id"]
    assert [(row["why"], row["persons"]) for row in logged] == [("Leste saken", [person])]


async def test_the_list_survives_any_address(shared_world: World) -> None:
    browser = await shared_world.browser("horten", Role.PURCHASER_CHILD)
    for query in ("?side=0", "?side=99999999999", "?side=x", "?sorter=;drop", "?q=%00", "?q=%27%3B--", "?q=" + "a" * 3000,
                  "?status=x&frist=y&tjeneste=z", "?q=11111111111", "?q=2026-0001", "?q=31.02.2026", "?q=😀"):  # fmt: skip
        assert (await browser.get("/k/horten/saker" + query)).status_code == 200, query


async def test_case_numbers_go_on_after_the_ten_thousandth_of_a_year(world: World) -> None:
    browser = await world.browser("horten", Role.PURCHASER_CHILD)
    await registered(browser)
    await world.sql("UPDATE case_file SET case_no = $1", f"{today().year}-9999")
    for given in ("Ida", "Ola"):
        await registered(browser, fornavn=given, fodselsnummer="", fodselsdato="01.02.2015")
    numbers = {row["case_no"] for row in await world.sql("SELECT case_no FROM case_file")}
    assert numbers == {f"{today().year}-{n}" for n in ("9999", "10000", "10001")}


async def test_the_case_offers_what_makes_sense_in_its_state_and_tells_a_day_in_order(world: World) -> None:
    browser = await world.browser("horten", Role.PURCHASER_CHILD)
    case = await registered(browser)
    shown = (await browser.get(case)).text
    for nothing_yet in ("Registrer klage", "Evaluer vedtaket", "Noter søknad om avlastning", "Endre, forny"):
        assert nothing_yet not in shown
    assert "Søknaden er trukket" in shown
    mapping = {"dato": format_date(today()), "egne_ord": "Jeg vil ri."}
    assert (
        await browser.submit(f"{case}/kartlegging", mapping, page=f"{case}/kartlegging")
    ).status_code == 303
    await decided(world, "horten", Role.PURCHASER_CHILD, case)
    shown = (await browser.get(case)).text
    assert "Registrer klage" in shown
    assert "Søknaden er trukket" not in shown
    told = re.findall(r"<li data-state=\"(\w+)\">.*?<h3[^>]*>([^<]+)<", shown.split('class="timeline"')[1])
    titles = [title for _, title in told]
    assert titles[:3] == ["Søknad", "Kartlegging", "Vedtak"]
    assert told[-1] == ("next", "Evaluering"), "what stands ahead comes last"
