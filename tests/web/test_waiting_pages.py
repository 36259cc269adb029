"""The waiting list, stability and respite over HTTP: what each role sees, bad fields, empty and full."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest

from sammen.clock import today
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from sammen.web.formats import date_day_month
from tenants.assignments.api import end_assignment
from tests.provider_samples import assigned, case_of, granted_order
from tests.worlds import World

LIST = "/k/horten/venteliste"
CHILD, COORDINATOR, MANAGER = Role.PURCHASER_CHILD, Role.PROVIDER_COORDINATOR, Role.MANAGER


def respite(**changes: str) -> dict[str, str]:
    return {
        "sokt": format_date(today() - timedelta(days=3)), "utfall": "pending", "svart": "", "notat": "Mor er sliten.",
        **changes,
    }  # fmt: skip


async def test_an_empty_list_is_what_one_wants(world: World) -> None:
    """D8: zero waiting list is the aim, and the page says so."""
    page = (await (await world.browser("horten", COORDINATOR)).get(LIST)).text
    assert "Ingen venter" in page
    assert "Det er målet" in page
    assert "<table" not in page


async def test_who_waits_is_shown_with_days_limit_and_what_is_done_and_can_be_taken_home(
    world: World,
) -> None:
    order = await granted_order(world, "horten")
    await world.sql("UPDATE service_order SET waits_from = $1", today() - timedelta(days=33))
    browser = await world.browser("horten", COORDINATOR)
    page = (await browser.get(LIST)).text
    for words in (
        "Jonas Bergli",
        "33 dager",
        "3 dager over fristen",
        "Utføreren har ikke svart",
        "Hver av dem er et avvik",
    ):
        assert words in page
    assert f"/k/horten/bestillinger/{order}" in page
    assert "Det er for tidlig å si hvor lang tid det tar." in page
    answer = await browser.get(f"{LIST}/liste.xlsx?grense=over")
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.values)
    assert rows[1][0] == "Jonas Bergli"
    assert rows[1][6:8] == (33, 30)
    for query, words in (
        ("?alder=80", "Ingen som venter, passer"),
        ("?tjeneste=finnes-ikke&side=x", "Jonas Bergli"),
    ):
        assert words in (await browser.get(LIST + query)).text


async def test_the_list_and_the_orders_count_the_wait_from_the_same_day(world: World) -> None:
    await granted_order(world, "horten")
    await world.sql("UPDATE service_grant SET valid_from = $1", today() - timedelta(days=9))
    await world.sql("UPDATE service_order SET waits_from = $1", today() - timedelta(days=33))
    browser, orders = await world.browser("horten", COORDINATOR), "/k/horten/bestillinger"
    since = f"siden {date_day_month(today() - timedelta(days=9), 'nb')}"
    for page in (LIST, orders):
        assert since in (await browser.get(page)).text
    await world.sql("UPDATE service_grant SET valid_from = $1", today() + timedelta(days=3))
    later = f"Innvilget fra {date_day_month(today() + timedelta(days=3), 'nb')}"
    assert later in (await browser.get(orders)).text


async def test_the_forecast_stands_only_where_the_weeks_can_bear_it(world: World) -> None:
    await assigned(world, "horten")
    await granted_order(world, "horten", name="Mia Lie")
    await world.sql("UPDATE service_order SET sent_on = $1", today() - timedelta(days=120))
    browser = await world.browser("horten", COORDINATOR)
    page = (await browser.get(LIST)).text
    assert "For få har begynt" in page
    assert "Vis tallene som tabell" in page
    assert '<svg class="chart' in page


async def test_each_role_reaches_what_is_theirs(world: World) -> None:
    await granted_order(world, "horten")
    paths = (LIST, f"{LIST}/stabilitet", f"{LIST}/liste.xlsx")
    for role, status in {
        CHILD: 200, Role.PURCHASER_CHILD_WELFARE: 200, COORDINATOR: 200, MANAGER: 200, Role.PAYROLL: 403,
        Role.DATA_PROTECTION_OFFICER: 403, Role.MUNICIPALITY_ADMINISTRATOR: 403,
    }.items():  # fmt: skip
        browser = await world.browser("horten", role)
        assert [(await browser.get(path)).status_code for path in paths] == [status] * 3, role
    stranger = await world.browser("re", CHILD)
    assert {(await stranger.get(path)).status_code for path in paths} == {404}
    assert "Bergli" not in (await stranger.get("/k/re/venteliste")).text


async def test_the_manager_has_one_line_about_the_list_on_their_day(world: World) -> None:
    await granted_order(world, "horten")
    manager = await world.browser("horten", MANAGER)
    assert "Venteliste</p>" not in (await manager.get("/k/horten")).text
    await world.sql("UPDATE service_order SET waits_from = $1", today() - timedelta(days=33))
    page = (await manager.get("/k/horten")).text
    assert "Én har ventet lenger enn grensa" in page
    assert "/k/horten/venteliste?grense=over" in page
    coordinator = await world.browser("horten", COORDINATOR)
    assert "lenger enn grensa" not in (await coordinator.get("/k/horten")).text


async def test_respite_is_noted_on_the_case_and_seen_beside_the_loss(world: World) -> None:
    order, _, assignment = await assigned(world, "horten")
    async with world.at("horten", COORDINATOR) as uow:
        await end_assignment(uow, assignment, ended_on=today() - timedelta(days=20), reason="contact_left")
    case = f"/k/horten/saker/{await case_of(world, 'horten', order)}"
    browser = await world.browser("horten", CHILD)
    assert f"{case}/avlastning" in (await browser.get(case)).text
    answer = await browser.submit(f"{case}/avlastning", respite(), page=f"{case}/avlastning")
    assert answer.status_code == 303
    page = (await browser.get(case)).text
    assert "Stabilitet" in page
    assert "Søkte avlastning" in page
    assert "Det var etter at støttekontakten sluttet" in page
    assert "20 dager. Er uten nå." in page
    listed = (await browser.get(f"{LIST}/stabilitet?vis=avlastning")).text
    assert "Jonas Bergli" in listed
    coordinator = await world.browser("horten", COORDINATOR)
    for address in (case, f"{LIST}/stabilitet?vis=avlastning"):
        # The language menu keeps the address, and what was asked for in it.
        shown = (await coordinator.get(address)).text.partition("<main")[2].partition("</main>")[0]
        assert shown
        assert "avlastning" not in shown
    assert (await coordinator.get(f"{case}/avlastning")).status_code == 403


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("sokt", "", "Skriv dagen det ble søkt."),
        ("sokt", "31.02.2026", "Februar 2026 har 28 dager"),
        ("sokt", format_date(today() + timedelta(days=1)), "i framtida"),
        ("utfall", "kanskje", "Velg hvordan det gikk."),
        ("utfall", "granted", "Skriv dagen svaret kom."),
        ("svart", format_date(today() - timedelta(days=9)), "før det ble søkt"),
        ("notat", "x" * 1001, "for lang"),
    ],
)
async def test_a_bad_field_is_named_what_was_typed_is_kept_and_nothing_changes(
    world: World, field: str, typed: str, says: str
) -> None:
    case = f"/k/horten/saker/{await case_of(world, 'horten', await granted_order(world, 'horten'))}"
    browser = await world.browser("horten", CHILD)
    answer = await browser.submit(f"{case}/avlastning", respite(**{field: typed}), page=f"{case}/avlastning")
    assert answer.status_code == 422
    assert says in answer.text
    assert "<title>Feil:" in answer.text
    assert field == "notat" or "Mor er sliten." in answer.text
    assert not await world.sql("SELECT 1 FROM respite_application")


async def test_two_who_change_a_note_and_one_who_removes_it(world: World) -> None:
    case = (
        f"/k/horten/saker/{await case_of(world, 'horten', await granted_order(world, 'horten'))}/avlastning"
    )
    browser = await world.browser("horten", CHILD)
    await browser.submit(case, respite(), page=case)
    note = f"{case}/{(await world.sql('SELECT id FROM respite_application'))[0]['id']}"
    changed = respite(utfall="granted", svart=format_date(today()), versjon="1")
    assert (await browser.submit(note, changed, page=note)).status_code == 303
    answer = await browser.submit(note, {**changed, "notat": "En annen tekst"}, page=note)
    assert answer.status_code == 409
    assert "En annen tekst" in answer.text
    assert (await browser.submit(note, {**changed, "versjon": "x"}, page=note)).status_code == 422
    assert (await browser.submit(f"{note}/fjern", page=note)).status_code == 303
    assert (await browser.get(note)).status_code == 404
