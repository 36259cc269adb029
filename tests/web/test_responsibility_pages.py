"""Handovers, access and absences over HTTP: the way through, bad fields, the wrong role, and who may not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sammen.clock import today
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from tests.integration.test_responsibility import case_of, turning
from tests.worlds import Browser, World

CHILD, ADULT = Role.PURCHASER_CHILD, Role.PURCHASER_ADULT
NOBODY = "00000000-0000-4000-8000-00000000dead"


async def test_a_handover_is_prepared_seen_by_the_receiver_and_confirmed(world: World) -> None:
    case = f"/k/horten/saker/{await case_of(world, turning(40))}"
    child, adult = await world.browser("horten", CHILD), await world.browser("horten", ADULT)
    other = await world.browser("horten", ADULT, second=True)
    assert "Ida Moen" in (await child.get("/k/horten/overganger")).text
    assert "Fyller 18 år" in (await child.get("/k/horten")).text
    for browser in (adult, other):
        page = (await browser.get("/k/horten/overganger")).text
        assert "Én sak kommer" in page
        assert "Moen" not in page
    page = f"{case}/overgang"
    facts = {"mottaker": str(world.user("horten", ADULT)), "notat": "Liker å fiske.", "gjor": "lagre"}
    answer = await child.submit(page, {**facts, "notat": ""}, page=page)
    assert answer.status_code == 422
    assert "trenger å vite" in answer.text
    assert (await child.submit(page, facts, page=page)).status_code == 303
    assert "er bedt om å ta over" in (await child.get(case)).text
    assert "Bekreft" in (await adult.get("/k/horten")).text
    assert "Liker å fiske." in (await adult.get(page)).text
    assert "Moen" not in (await other.get("/k/horten/overganger")).text
    assert (await other.get(page)).status_code == 404
    assert (await adult.submit(page, {"gjor": "bekreft"}, page=page)).status_code == 303
    assert "tar over saken" in (await child.get(case)).text
    # Read by name, not as purchaser: the receiver decides nothing before the day.
    assert (await adult.get(f"{case}/tilgang")).status_code == 403


@pytest.mark.parametrize("receiver", ["x", NOBODY])
async def test_a_receiver_who_is_nobody_is_refused_by_name(world: World, receiver: str) -> None:
    page = f"/k/horten/saker/{await case_of(world, turning(40))}/overgang"
    child = await world.browser("horten", CHILD)
    answer = await child.submit(page, {"mottaker": receiver, "notat": "Notat"}, page=page)
    assert answer.status_code == 422
    assert "Velg en kollega" in answer.text
    assert "Notat" in answer.text


async def test_a_case_that_is_not_on_its_way_has_a_page_that_says_so(world: World) -> None:
    page = f"/k/horten/saker/{await case_of(world, turning(2000))}/overgang"
    child = await world.browser("horten", CHILD)
    assert "Saken skal ikke overføres nå" in (await child.get(page)).text
    assert (await child.submit(page, {"notat": "Notat"}, page="/k/horten/fravaer")).status_code == 409


async def access(browser: Browser, page: str, **fields: str) -> int:
    return (await browser.submit(page, fields, page=page)).status_code


async def test_a_circle_is_named_shielded_and_unnamed_and_each_step_holds_at_once(world: World) -> None:
    case = f"/k/horten/saker/{await case_of(world, turning(2000))}"
    page = f"{case}/tilgang"
    child, second = await world.browser("horten", CHILD), await world.browser("horten", CHILD, second=True)
    manager = await world.browser("horten", Role.MANAGER)
    assert (await manager.get(case)).status_code == 200
    assert await access(child, page, gjor="skjerm", hvorfor="") == 422
    assert await access(child, page, gjor="skjerm", hvorfor="Truet.") == 303
    for browser in (manager, second):
        assert (await browser.get(case)).status_code == 404
        assert "Moen" not in (await browser.get("/k/horten/saker")).text
    who = str(world.user("horten", Role.MANAGER))
    assert (
        await access(child, page, gjor="nevn", kollega=who, grunn="Følger opp.", fra=format_date(today()))
        == 303
    )
    assert (await manager.get(case)).status_code == 200
    shown = (await child.get(page)).text
    assert "Følger opp." in shown
    assert await access(child, page, gjor="fjern", medlem=who) == 303
    assert (await manager.get(case)).status_code == 404
    assert await access(child, page, gjor="fjern", medlem=str(world.user("horten", CHILD))) == 409
    assert await access(child, page, gjor="apne", hvorfor="Trusselen er over.") == 303
    assert (await second.get(case)).status_code == 200
    reasons = {
        row["why"] for row in await world.sql("SELECT why FROM audit_entry WHERE action = 'case.unshielded'")
    }
    assert reasons == {"Trusselen er over."}


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("kollega", "", "Velg en kollega"),
        ("kollega", NOBODY, "Velg en kollega"),
        ("grunn", "", "Skriv hvorfor"),
        ("fra", "31.02.2026", "Februar 2026 har 28 dager"),
        ("til", format_date(today() - timedelta(days=1)), "Sluttdatoen må være"),
    ],
)
async def test_a_bad_field_of_a_naming_is_named(world: World, field: str, typed: str, says: str) -> None:
    page = f"/k/horten/saker/{await case_of(world, turning(2000))}/tilgang"
    child = await world.browser("horten", CHILD)
    data = {"gjor": "nevn", "kollega": str(world.user("horten", Role.MANAGER)), "grunn": "Grunnen min",
            "fra": format_date(today()), field: typed}  # fmt: skip
    answer = await child.submit(page, data, page=page)
    assert answer.status_code == 422
    assert says in answer.text
    assert field == "grunn" or "Grunnen min" in answer.text
    assert await world.sql("SELECT 1 FROM case_member") == []


async def test_a_case_gets_another_responsible_among_those_whose_it_is(world: World) -> None:
    page = f"/k/horten/saker/{await case_of(world, turning(2000))}/ansvarlig"
    child = await world.browser("horten", CHILD)
    second = world.user("horten", CHILD, second=True)
    assert (
        await child.submit(page, {"ansvarlig": str(world.user("horten", ADULT))}, page=page)
    ).status_code == 422
    assert (await child.submit(page, {"ansvarlig": str(second)}, page=page)).status_code == 303
    (row,) = await world.sql("SELECT responsible_id FROM case_file")
    assert row["responsible_id"] == second
    coordinator = await world.browser("horten", Role.PROVIDER_COORDINATOR)
    assert (await coordinator.get(page)).status_code == 403


async def test_min_dag_follows_the_work_to_the_stand_in_and_says_for_whom(world: World) -> None:
    """A15: what waits for somebody who is away stands with who stands in for them."""
    await case_of(world, turning(2000))
    await world.sql("UPDATE case_file SET deadline = $1", today() + timedelta(days=3))
    child, second = await world.browser("horten", CHILD), await world.browser("horten", CHILD, second=True)
    assert "Ida Moen" in (await child.get("/k/horten")).text
    assert "Ida Moen" not in (await second.get("/k/horten")).text
    assert "Ida Moen" in (await second.get("/k/horten/saker")).text
    assert "Ida Moen" not in (await second.get("/k/horten/saker?ansvar=mine")).text
    page = "/k/horten/fravaer"
    away = {
        "fra": format_date(today()), "til": format_date(today() + timedelta(days=5)),
        "stedfortreder": str(world.user("horten", CHILD, second=True)),
    }  # fmt: skip
    assert (await child.submit(page, away, page=page)).status_code == 303
    shown = (await second.get("/k/horten")).text
    assert "Ida Moen" in shown
    assert "Du er stedfortreder for" in shown
    assert "Ida Moen" in (await second.get("/k/horten/saker?ansvar=mine")).text
    assert "Du er stedfortreder" in (await second.get(page)).text
    (absence,) = await world.sql("SELECT id FROM absence")
    assert (await second.submit(f"{page}/{absence['id']}/avslutt", {}, page=page)).status_code == 404
    assert (await child.submit(f"{page}/{absence['id']}/avslutt", {}, page=page)).status_code == 303
    assert "Ida Moen" not in (await second.get("/k/horten")).text


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("fra", "", "Skriv første dag"),
        ("til", "", "Skriv siste dag"),
        ("til", "32.01.2027", "Januar 2027 har 31 dager"),
        ("til", format_date(today() - timedelta(days=1)), "Siste dag"),
        ("stedfortreder", "", "Velg en kollega"),
        ("stedfortreder", "x", "Velg en kollega"),
    ],
)
async def test_a_bad_field_of_an_absence_is_named(world: World, field: str, typed: str, says: str) -> None:
    child = await world.browser("horten", CHILD)
    page = "/k/horten/fravaer"
    data = {"fra": format_date(today()), "til": format_date(today()),
            "stedfortreder": str(world.user("horten", CHILD, second=True)), field: typed}  # fmt: skip
    answer = await child.submit(page, data, page=page)
    assert answer.status_code == 422
    assert says in answer.text
    assert await world.sql("SELECT 1 FROM absence") == []


async def test_the_way_to_ones_absences_is_under_ones_name_for_caseworkers_only(shared_world: World) -> None:
    for role, there in ((CHILD, True), (Role.PAYROLL, False), (Role.PROVIDER_COORDINATOR, False)):
        browser = await shared_world.browser("horten", role)
        assert ('href="/k/horten/fravaer"' in (await browser.get("/k/horten")).text) is there
        assert (await browser.get("/k/horten/fravaer")).status_code == (200 if there else 403)
