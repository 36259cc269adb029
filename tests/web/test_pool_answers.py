"""The answers' pages: who decides, a no with its reason, the lender's yes, the trial, and the candidate on a phone."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from sammen.clock import today
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from tests.pool_samples import CANDIDATE, COORDINATOR, SHARED, USER, Flow, proposed
from tests.web.test_pool_pages import main_of, text
from tests.worlds import Browser, World

DAY = format_date(today())


async def pages_of(flow: Flow) -> tuple[Browser, Browser, Browser, str, str, str]:
    """(Horten, Re, the candidate) and their addresses for the proposal."""
    world, one = flow.world, flow.proposal_id
    return (
        await world.browser("horten", COORDINATOR),
        await world.browser("re", COORDINATOR),
        await world.browser("re", Role.CONTACT),
        f"/k/horten/formidling/{one}",
        f"/k/re/formidling/utlaan/{one}",
        f"/min/re/foresporsler/{one}",
    )


# Who decides ----------------------------------------------------------------------------------------------------------
async def test_a_manager_names_who_answers_and_only_they_have_the_button(world: World) -> None:
    flow = await proposed(world)
    manager, coordinator = (
        await world.browser("horten", Role.MANAGER),
        await world.browser("horten", COORDINATOR),
    )
    page, naming = f"/k/horten/formidling/{flow.proposal_id}", "/k/horten/formidling/beslutter"
    assert "Velg hvem som svarer på forslag" in await text(manager, "/k/horten")
    assert f'href="{naming}"' in await text(manager, "/k/horten/formidling")
    assert "Si ja til" in await text(coordinator, page)
    me = str(world.user("horten", COORDINATOR))
    empty = await manager.submit(naming, {"beslutter": ""}, page=naming)
    assert empty.status_code == 422
    assert "Velg hvem som svarer på forslag." in empty.text
    twice = await manager.submit(naming, {"beslutter": me, "stedfortreder": me}, page=naming)
    assert "må være to personer" in twice.text
    stranger = await manager.submit(naming, {"beslutter": str(world.user("re", COORDINATOR))}, page=naming)
    assert "Velg en som kan svare" in stranger.text
    assert (await manager.submit(naming, {"beslutter": "'; drop table"}, page=naming)).status_code == 422
    done = await manager.submit(naming, {"beslutter": me, "stedfortreder": ""}, page=naming)
    assert done.status_code == 303
    assert "svarer på forslag for kommunen" in await text(coordinator, "/k/horten/formidling")
    assert "Velg hvem som svarer på forslag" not in await text(manager, "/k/horten")

    other = world.user("horten", Role.PAYROLL)
    await world.sql("UPDATE membership SET role = $1 WHERE user_id = $2", COORDINATOR.value, other)
    colleague = await world.browser("horten", Role.PAYROLL)
    assert "Si ja til" not in await text(colleague, page)
    assert "Svar på forslag" not in await text(colleague, "/k/horten")
    refused = await colleague.submit(f"{page}/ja", page=page)
    assert refused.status_code == 403
    assert "valgt hvem som svarer" in refused.text
    assert "Svar på forslag" in await text(coordinator, "/k/horten")


async def test_naming_is_for_the_manager_and_the_administrator_alone(world: World) -> None:
    naming = "/k/horten/formidling/beslutter"
    for role, status in (
        (Role.MANAGER, 200),
        (Role.MUNICIPALITY_ADMINISTRATOR, 200),
        (COORDINATOR, 403),
        (Role.PURCHASER_CHILD, 403),
        (Role.PAYROLL, 403),
    ):
        browser = await world.browser("horten", role)
        assert (await browser.get(naming)).status_code == status, role
    neighbour = await world.browser("re", Role.MANAGER)
    assert (await neighbour.get(naming)).status_code == 404


# A no ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Velg hvorfor dere sier nei."),
        ({"grunn": "fordi"}, "Velg hvorfor dere sier nei."),
        ({"grunn": "other", "ord": " "}, "Skriv kort hvorfor, uten navn."),
        ({"grunn": "too_far", "ord": "x" * 301}, "Skriv høyst 300 tegn."),
    ],
)
async def test_a_no_that_lacks_something_says_what_and_keeps_what_was_typed(
    world: World, fields: dict[str, str], said: str
) -> None:
    flow = await proposed(world)
    horten, _, _, page, *_ = await pages_of(flow)
    answer = await horten.submit(f"{page}/nei", fields, page=page)
    assert answer.status_code == 422
    assert said in main_of(answer.text)
    assert await flow.state() == "proposed"
    if fields.get("grunn") == "too_far":
        assert 'value="too_far" checked' in answer.text


async def test_a_no_is_told_to_the_region_and_to_nobody_else(world: World) -> None:
    flow = await proposed(world)
    horten, re_, candidate, page, loan, asked = await pages_of(flow)
    await flow.accept()
    done = await horten.submit(
        f"{page}/nei", {"grunn": "other", "ord": "De ønsker noen som er eldre."}, page=page
    )
    assert done.status_code == 303
    region = await world.browser("vestfold", SHARED)
    assert "De ønsker noen som er eldre." in await text(region, f"/r/vestfold/formidling/{flow.need_id}")
    assert "De ønsker noen som er eldre." in await text(horten, page)
    for browser, path in ((re_, loan), (re_, "/k/re/formidling"), (candidate, asked)):
        shown = await text(browser, path)
        assert "De ønsker noen" not in shown
        assert "Takket nei" not in shown
        assert "Det ble ikke noe av" in shown


async def test_the_service_users_no_is_one_press_and_asks_for_nothing(world: World) -> None:
    flow = await proposed(world)
    horten, _, candidate, page, _, asked = await pages_of(flow)
    await flow.accept()
    assert "Registrer brukerens nei" in await text(horten, page)
    assert (await horten.submit(f"{page}/bruker/nei", page=page)).status_code == 303
    assert "Brukeren takket nei" in await text(horten, page)
    shown = await text(candidate, asked)
    assert "du er ledig for andre" in shown
    assert "Brukeren takket" not in shown


# The lender ----------------------------------------------------------------------------------------------------------
async def test_a_lender_answers_for_hours_and_reads_nothing_of_the_need(world: World) -> None:
    flow = await proposed(world)
    _, re_, _, _, loan, _ = await pages_of(flow)
    assert (await re_.get(loan)).status_code == 404, "the need's municipality has not answered"
    await flow.accept()
    assert "Svar på utlån av" in await text(re_, "/k/re")
    assert f'href="{loan}"' in await text(re_, "/k/re/formidling")
    shown = main_of(await text(re_, loan)).replace("\u00a0", " ")
    assert CANDIDATE in shown
    assert "inntil 4 timer" in shown
    for secret in (USER, "klatring", "10–13", "nord i Vestfold", "tirsdag", "somali"):
        assert secret not in shown, secret
    bad = await re_.submit(f"{loan}/nei", {"grunn": "too_far"}, page=loan)
    assert bad.status_code == 422
    assert (await re_.submit(f"{loan}/ja", page=loan)).status_code == 303
    assert "Dere har sagt ja" in await text(re_, loan)
    assert "Svar på utlån av" not in await text(re_, "/k/re")
    again = await re_.submit(f"{loan}/ja", page=loan)
    assert again.status_code == 409
    for slug, role in (("horten", COORDINATOR), ("re", Role.PAYROLL)):
        other = await world.browser(slug, role)
        assert (await other.get(loan)).status_code in (403, 404)


async def test_two_at_the_lender_who_answer_at_once_give_one_answer(world: World) -> None:
    flow = await proposed(world)
    _, re_, _, _, loan, _ = await pages_of(flow)
    await flow.accept()
    answers = await asyncio.gather(
        re_.submit(f"{loan}/ja", page=loan),
        re_.submit(f"{loan}/nei", {"grunn": "needed_at_home"}, page=loan),
    )
    assert sorted(one.status_code for one in answers) == [303, 409]


async def test_why_the_lender_said_no_is_not_told_to_those_who_asked(world: World) -> None:
    flow = await proposed(world)
    horten, re_, _, page, loan, _ = await pages_of(flow)
    await flow.accept()
    await re_.submit(f"{loan}/nei", {"grunn": "other", "ord": "Vi mangler folk selv."}, page=loan)
    assert "Vi mangler folk" not in await text(horten, page)
    assert "Kommunen kandidaten hører til, sa nei." in await text(horten, page)
    region = await world.browser("vestfold", SHARED)
    assert "Vi mangler folk" in await text(region, f"/r/vestfold/formidling/{flow.need_id}")


# The trial -----------------------------------------------------------------------------------------------------------
async def test_the_trial_is_agreed_tried_and_ended_from_the_pages(world: World) -> None:
    flow = await proposed(world)
    horten, _, candidate, page, _, asked = await pages_of(flow)
    made = await flow.trial()
    shown = await text(horten, page)
    assert "skal møte brukeren" in shown
    assert CANDIDATE in shown
    assert f'href="/k/horten/oppdrag/{made}"' in shown
    assert "De som skal møtes" in await text(horten, "/k/horten/formidling")
    on_assignment = await text(horten, f"/k/horten/oppdrag/{made}")
    assert f"{page}#ikke-riktig" in on_assignment
    assert "Navnet, og når dere skal møtes" in await text(candidate, asked)
    assert USER not in await text(candidate, asked), "the name stands on the pages in Horten"
    assert USER in await text(candidate, "/min/horten")

    empty = await horten.submit(f"{page}/ikke-riktig", {}, page=page)
    assert empty.status_code == 422
    assert "Velg hva dere lærte." in empty.text
    done = await horten.submit(f"{page}/ikke-riktig", {"laert": "no_click"}, page=page)
    assert done.status_code == 303
    assert "De fant ikke tonen" in await text(horten, page)
    region = await world.browser("vestfold", SHARED)
    assert "De fant ikke tonen" in await text(region, f"/r/vestfold/formidling/{flow.need_id}")
    assert "Det teller ikke mot deg" in await text(candidate, asked)
    twice = await horten.submit(f"{page}/ikke-riktig", {"laert": "no_click"}, page=page)
    assert twice.status_code == 409


async def test_an_assignment_page_says_nothing_of_a_trial_once_they_go_on(world: World) -> None:
    flow = await proposed(world)
    made = await flow.begun()
    horten, _, candidate, page, _, asked = await pages_of(flow)
    assert "#ikke-riktig" not in await text(horten, f"/k/horten/oppdrag/{made}")
    assert "De to fortsetter" in await text(horten, page)
    assert "Dere er i gang" in await text(candidate, asked)


# The candidate ---------------------------------------------------------------------------------------------------------
async def test_a_candidate_sees_what_waits_first_and_what_is_over_folded(world: World) -> None:
    flow = await proposed(world)
    *_, candidate, _, _, asked = await pages_of(flow)
    assert "Ingen spør om deg nå" in await text(candidate, "/min/re/foresporsler")
    await flow.accept()
    shown = await text(candidate, "/min/re/foresporsler")
    assert "Horten spør om deg" in shown
    assert "Svar innen" in shown
    page = await text(candidate, asked)
    assert "nord i Vestfold" in page
    assert "Re må si ja til timene" in page
    assert (await candidate.submit(asked, {"svar": "nei"}, page=asked)).status_code == 303
    assert "Du takket nei. Det koster deg ingenting" in await text(candidate, asked)
    assert "Tidligere forespørsler" in await text(candidate, "/min/re/foresporsler")
    again = await candidate.submit(asked, {"svar": "ja"}, page=asked)
    assert again.status_code == 409


# Shielded ------------------------------------------------------------------------------------------------------------
async def test_a_proposal_for_somebody_who_was_shielded_since_is_nobodys_outside_the_circle(
    world: World,
) -> None:
    flow = await proposed(world)
    horten, *_, page, _, _ = await pages_of(flow)
    code = (await world.sql("SELECT code FROM need"))[0]["code"]
    await world.sql(
        "UPDATE case_file SET shielded = true WHERE id = (SELECT case_id FROM service_order WHERE id = $1)",
        flow.order_id,
    )
    assert (await horten.get(page)).status_code == 404
    listed = await text(horten, "/k/horten/formidling")
    assert page not in listed
    assert code not in await text(horten, "/k/horten")
    assert (await horten.submit(f"{page}/ja", page="/k/horten/formidling")).status_code == 404
    await world.sql(
        "INSERT INTO case_member (tenant_id, id, case_id, user_id)"
        " SELECT tenant_id, $1, case_id, $2 FROM service_order WHERE id = $3",
        uuid4(), world.user("horten", COORDINATOR), flow.order_id,
    )  # fmt: skip
    assert (await horten.get(page)).status_code == 200


async def test_a_step_is_refused_to_whoever_may_not_take_it(world: World) -> None:
    flow = await proposed(world)
    _, _, _, page, loan, _ = await pages_of(flow)
    await flow.accept()
    fields: dict[str, Any] = {
        "grunn": "too_far",
        "laert": "times",
        "ja_dato": DAY,
        "politiattest": DAY,
        "taushet": DAY,
    }
    purchaser = await world.browser("horten", Role.PURCHASER_CHILD)
    for step in ("ja", "nei", "bruker", "bruker/nei", "politiattest", "ikke-riktig"):
        answer = await purchaser.submit(f"{page}/{step}", fields, page=page)
        assert answer.status_code == 403, step
    steering = await world.browser("vestfold", Role.STEERING_GROUP_MEMBER)
    for path in (page, loan):
        assert (await steering.get(path)).status_code == 404
