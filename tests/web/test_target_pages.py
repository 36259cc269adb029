"""The target group of a case: chosen by who decides in it, kept as dated rows, and nobody else's to see (D9)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from tenants.cases.targets import target_of_person
from tenants.people.api import make_synthetic
from tests.web.test_case_pages import registered
from tests.worlds import World


async def test_a_purchaser_chooses_the_target_group_and_every_choice_stands(shared_world: World) -> None:
    world = shared_world
    browser = await world.browser("horten", Role.PURCHASER_CHILD)
    case = await registered(browser)
    page = f"{case}/maalgruppe"
    assert "Ikke valgt" in (await browser.get(case)).text
    shown = await browser.get(page)
    assert "Utviklingshemming" in shown.text
    assert "Gjelder fra" not in shown.text
    answer = await browser.submit(page, {"gruppe": "intellectual"}, page=page)
    assert answer.status_code == 303
    assert "Utviklingshemming" in (await browser.get(case)).text
    # Chosen again without a change, nothing is written; chosen otherwise from the same day, it takes its place.
    await browser.submit(page, {"gruppe": "intellectual", "fra": format_date(today())}, page=page)
    await browser.submit(page, {"gruppe": "developmental", "fra": format_date(today())}, page=page)
    rows = await world.sql("SELECT target_group, valid_from, noted_by FROM case_target ORDER BY noted_at, id")
    assert [row["target_group"] for row in rows] == ["intellectual", "developmental"]
    assert {row["noted_by"] for row in rows} == {world.user("horten", Role.PURCHASER_CHILD)}
    told = await world.sql("SELECT details::text AS told FROM audit_entry WHERE action = 'case.target'")
    assert len(told) == 2
    assert not any("developmental" in row["told"] for row in told)
    async with world.job(world.horten) as uow:
        query = compile_query(select(target_of_person().c.target))
        for day in (today(), date(2020, 1, 1)):
            found = await uow.rows(query, tenant=world.horten, end=day)
            assert [row["target"] for row in found] == ["developmental"]


async def test_a_choice_that_is_none_and_a_day_ahead_are_refused_in_words(shared_world: World) -> None:
    browser = await shared_world.browser("horten", Role.PURCHASER_CHILD)
    page = f"{await registered(browser, fornavn='Siri')}/maalgruppe"
    for typed, said in (
        ({}, "Velg en målgruppe fra lista."),
        ({"gruppe": "unknown"}, "Velg en målgruppe fra lista."),
        ({"gruppe": "mental", "fra": "32.1.2026"}, "dato"),
        ({"gruppe": "mental", "fra": f"1.1.{today().year + 1}"}, "framtida"),
    ):
        answer = await browser.submit(page, typed, page=page)
        assert answer.status_code == 422, typed
        assert said in answer.text, typed


async def test_nobody_but_who_decides_sees_or_chooses_it(shared_world: World) -> None:
    browser = await shared_world.browser("horten", Role.PURCHASER_CHILD)
    case = await registered(browser, fornavn="Maja")
    await browser.submit(f"{case}/maalgruppe", {"gruppe": "ageing"}, page=f"{case}/maalgruppe")
    coordinator = await shared_world.browser("horten", Role.PROVIDER_COORDINATOR)
    read = await coordinator.get(case)
    assert read.status_code == 200
    assert "demens" not in read.text
    assert (await coordinator.get(f"{case}/maalgruppe")).status_code in (403, 404)
    adult = await shared_world.browser("horten", Role.PURCHASER_ADULT)
    assert (await adult.get(f"{case}/maalgruppe")).status_code == 404
    neighbour = await shared_world.browser("re", Role.PURCHASER_CHILD)
    there = case.replace("/k/horten/", "/k/re/")
    assert (await neighbour.get(f"{there}/maalgruppe")).status_code == 404


async def test_one_goes_from_case_to_case_until_every_own_case_has_a_group(shared_world: World) -> None:
    browser = await shared_world.browser("horten", Role.PURCHASER_CHILD)
    born = today().replace(year=today().year - 11, day=1)
    for number in (5, 6):
        case = await registered(browser, fornavn="Ada", fodselsnummer=make_synthetic(born, "F", number))
    page = f"{case}/maalgruppe"
    for _ in range(9):
        answer = await browser.submit(page, {"gruppe": "other", "gjor": "neste"}, page=page)
        assert answer.status_code == 303
        page = str(answer.headers["location"])
        if not page.endswith("/maalgruppe"):
            break
    assert "neste sak" not in (await browser.get(f"{page}/maalgruppe")).text
    rows = await shared_world.sql("SELECT count(*) FILTER (WHERE state <> 'closed') AS open FROM case_file")
    chosen = await shared_world.sql("SELECT count(DISTINCT case_id) AS chosen FROM case_target")
    assert rows[0]["open"] == chosen[0]["chosen"] >= 2
