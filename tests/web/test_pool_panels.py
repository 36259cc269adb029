"""What the shared pool says on others' pages: an order's, and a contact's own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from sammen.clock import today
from sammen.policy.roles import Role
from shared_pool.needs.service import withdraw_need
from tests.pool_samples import COORDINATOR, posted_need, proposed, shared_candidate
from tests.provider_samples import granted_order, granted_orders, individual
from tests.worlds import World

OFFER = "Legg ut et behov uten navn"


async def order_page(world: World, order_id: object, role: Role = COORDINATOR) -> str:
    answer = await (await world.browser("horten", role)).get(f"/k/horten/bestillinger/{order_id}")
    assert answer.status_code == 200
    return answer.text


async def test_an_order_that_may_become_a_need_offers_it_and_the_form_opens(world: World) -> None:
    order_id = await granted_order(world, "horten")
    assert OFFER in await order_page(world, order_id)
    browser = await world.browser("horten", COORDINATOR)
    assert (await browser.get(f"/k/horten/bestillinger/{order_id}/behov")).status_code == 200
    assert OFFER not in await order_page(world, order_id, Role.PURCHASER_CHILD)


@pytest.mark.parametrize(
    ("case", "says"),
    [
        ("group", "Bare støttekontakt eller treningskontakt for én person"),
        ("organisation", "Bare støttekontakt eller treningskontakt for én person"),
        ("under_six", "Barn under seks år"),
        ("protected", "Personen har sperret adresse"),
        ("shielded", "Saken er skjermet"),
        ("alone", "Kommunen er ikke med i et samarbeid"),
    ],
)
async def test_an_order_that_may_not_become_a_need_says_why_and_the_form_says_the_same(
    world: World, case: str, says: str
) -> None:
    role = COORDINATOR
    form = case if case in ("group", "organisation") else "individual"
    born = date(today().year - 4, 1, 1) if case == "under_six" else None
    protection = "kode7" if case == "protected" else "none"
    grants = [replace(individual(), form=form)]
    order_id = (await granted_orders(world, "horten", grants, born=born, protection=protection))[0]
    if case == "shielded":
        await world.sql("UPDATE case_file SET shielded = true")
        await world.sql(
            "INSERT INTO case_member (tenant_id, id, case_id, user_id)"
            " SELECT tenant_id, gen_random_uuid(), id, $1 FROM case_file",
            world.user("horten", role),
        )
    if case == "alone":
        await world.sql("DELETE FROM region_membership WHERE municipality_id = $1", world.horten)
    shown = await order_page(world, order_id, role)
    assert says in shown
    assert OFFER not in shown
    answer = await (await world.browser("horten", role)).get(f"/k/horten/bestillinger/{order_id}/behov")
    assert answer.status_code == 403
    assert says in answer.text


async def test_an_orders_page_says_how_its_need_stands(world: World) -> None:
    order_id, need_id = await posted_need(world)
    shown = await order_page(world, order_id)
    assert "Ingen kandidat er foreslått ennå." in shown
    assert OFFER not in shown
    async with world.at("horten", COORDINATOR) as uow:
        await withdraw_need(uow, need_id)
    assert OFFER in await order_page(world, order_id)


async def test_an_orders_page_says_how_the_proposal_stands_from_the_first_day_to_the_match(
    world: World,
) -> None:
    flow = await proposed(world)
    code = await flow.code()
    shown = await order_page(world, flow.order_id)
    assert f"Kandidat {code} er foreslått." in shown
    assert "Dere må svare." in shown
    assert f'href="/k/horten/formidling/{flow.proposal_id}"' in shown
    await flow.accept()
    assert "Kandidaten må si ja." in await order_page(world, flow.order_id)
    await flow.candidate_says()
    await flow.home_says_yes()
    await flow.user_yes()
    await flow.vetted()
    await world.run_jobs()
    shown = await order_page(world, flow.order_id)
    assert "Navn er vist" in shown
    assert "Har fått støttekontakt" in shown


async def test_a_contact_is_told_on_their_own_page_who_asks_and_until_when(world: World) -> None:
    await shared_candidate(world, "horten", "Tor Haug")
    flow = await proposed(world)
    browser = await world.browser("re", Role.CONTACT)
    assert "spør om deg" not in (await browser.get("/min/re")).text, "the municipality has not said yes"
    await flow.accept()
    shown = (await browser.get("/min/re")).text
    assert "Horten spør om deg" in shown
    assert "Svar innen" in shown
    assert "Ingenting her ennå" not in shown
    link = f"/min/re/foresporsler/{flow.proposal_id}"
    assert f'href="{link}"' in shown
    assert "Jonas" not in shown
    other = await (await world.browser("horten", Role.CONTACT)).get("/min/horten")
    assert "spør om deg" not in other.text
    await browser.submit(link, {"svar": "ja"}, page=link)
    assert "spør om deg" not in (await browser.get("/min/re")).text
