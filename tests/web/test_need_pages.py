"""A need without a name, from the order's page to the pool and back, as a coordinator with the phone ringing clicks it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from sammen.clock import today
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from shared_pool.needs.rules import last_day
from tests.clocks import stop_clock
from tests.need_samples import NEED_FORM
from tests.pool_samples import COORDINATOR, SHARED, USER, crowd, posted_need
from tests.provider_samples import granted_order
from tests.worlds import Browser, World

LATER = format_date(today() + timedelta(days=90))


def main_of(html: str) -> str:
    """What stands in the page itself, without the frame."""
    found = re.search(r"<main.*?</main>", html, re.S)
    assert found
    return found.group(0)


def hidden_fields(html: str) -> dict[str, list[str]]:
    """The preview's hidden fields: what is sent when it is posted."""
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', main_of(html)):
        if not name.startswith("_"):
            fields.setdefault(name, []).append(value)
    return fields


async def order_in_horten(world: World) -> tuple[Browser, str, UUID]:
    """Kari's browser, the form's address, and the order."""
    await crowd(world)
    order = await granted_order(world, "horten", name=USER)
    return await world.browser("horten", COORDINATOR), f"/k/horten/bestillinger/{order}/behov", order


async def test_the_form_begins_with_what_is_known_and_tells_days_coarsely(world: World) -> None:
    browser, behov, _ = await order_in_horten(world)
    shown = main_of((await browser.get(behov)).text)
    for said in (
        'value="climbing" checked',
        'value="tue" checked',
        'value="2-4" selected',
        'value="kind" checked',
    ):
        assert said in shown, said
    assert "sør i Vestfold" not in shown  # the municipality's own area alone
    assert USER not in shown


async def test_too_few_alike_gets_proposals_and_one_click_shows_the_need_as_it_then_is(world: World) -> None:
    browser, behov, _ = await order_in_horten(world)
    rare = await browser.submit(
        behov, {**NEED_FORM, "interesser": ["riding", "climbing"], "steg": "se"}, page=behov
    )
    assert rare.status_code == 422
    page = main_of(rare.text)
    assert "For få i kommunen ligner" in page
    assert not re.search(r"Bare \d+ ", page)
    first = re.search(r'name="steg" value="(grovere:[^"]+)"', page)
    assert first
    preview = await browser.submit(
        behov, {**NEED_FORM, "interesser": ["riding", "climbing"], "steg": first[1]}, page=behov
    )
    assert preview.status_code == 200, preview.text[:400]
    seen = main_of(preview.text)
    assert "klatring" in seen
    assert "ridning" not in seen
    assert "Minst 5 i kommunen passer" in seen
    posted = await browser.submit(behov, {**hidden_fields(preview.text), "steg": "legg_ut"}, page=behov)
    assert posted.status_code == 303, posted.text[:400]
    assert (await world.sql("SELECT interests FROM need"))[0]["interests"] == ["climbing"]


async def test_a_proposal_that_nobody_made_is_answered_as_if_it_was_not_sent(world: World) -> None:
    browser, behov, _ = await order_in_horten(world)
    for key in ("", "6-17", "x" * 500, "6-17_climbing__2-4_any__2"):
        answer = await browser.submit(
            behov, {**NEED_FORM, "interesser": ["riding"], "steg": f"grovere:{key}"}, page=behov
        )
        assert answer.status_code == 422, key
    assert await world.sql("SELECT 1 FROM need") == []


async def test_a_crowd_of_four_hides_nobody_however_coarse(world: World) -> None:
    browser = await world.browser("horten", COORDINATOR)
    order = await granted_order(world, "horten", name=USER)
    behov = f"/k/horten/bestillinger/{order}/behov"
    answer = await browser.submit(behov, {**NEED_FORM, "steg": "legg_ut"}, page=behov)
    assert answer.status_code == 422
    assert "også når behovet er beskrevet mindre nøyaktig" in answer.text
    assert "grovere:" not in answer.text


async def test_the_text_is_checked_word_by_word_and_a_person_answers_for_it(world: World) -> None:
    browser, behov, _ = await order_in_horten(world)
    telling = f"{USER.split()[0]} bor i Horten og liker Minecraft."
    refused = await browser.submit(behov, {**NEED_FORM, "om": telling, "steg": "se"}, page=behov)
    assert refused.status_code == 422
    page = main_of(refused.text)
    for said in (
        "er navnet til brukeren",
        "er et sted",
        "Disse kan være navn",
        "Ord som ikke er navn her",
    ):
        assert said in page, said
    assert telling in page  # what was typed is kept
    mended = {**NEED_FORM, "om": "Liker Minecraft og ro.", "om_ord": ["minecraft"]}
    preview = await browser.submit(behov, {**mended, "steg": "se"}, page=behov)
    assert preview.status_code == 200, preview.text[:400]
    assert "Liker Minecraft og ro." in main_of(preview.text)
    unread = await browser.submit(behov, {**hidden_fields(preview.text), "steg": "legg_ut"}, page=behov)
    assert unread.status_code == 422
    assert "bekreft at den ikke røper" in main_of(unread.text)
    assert "Slik ser andre behovet" in unread.text
    posted = await browser.submit(
        behov, {**hidden_fields(unread.text), "om_lest": "ja", "steg": "legg_ut"}, page=behov
    )
    assert posted.status_code == 303, posted.text[:400]
    assert (await world.sql("SELECT about FROM need"))[0]["about"] == "Liker Minecraft og ro."


async def test_going_back_from_the_preview_keeps_every_field(world: World) -> None:
    browser, behov, _ = await order_in_horten(world)
    sent = {**NEED_FORM, "fast_dag": "tue", "fast_fra": "13.30", "fast_til": "16.00", "om": "Rolig og blid."}
    preview = await browser.submit(behov, {**sent, "steg": "se"}, page=behov)
    assert "13.30" not in re.sub(r"<input[^>]*>", "", main_of(preview.text))
    back = await browser.submit(behov, {**hidden_fields(preview.text), "steg": "endre"}, page=behov)
    page = main_of(back.text)
    for said in ('value="so" checked', 'value="13.30"', "Rolig og blid.", 'value="2-4" selected'):
        assert said in page, said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"samtykke_av": "self"}, "for ung til å si ja alene"),
        ({"samtykke_av": ""}, "hvem som har sagt ja"),
        ({"samtykke_dato": LATER}, "framtida"),
        ({"samtykke_dato": "31.02.2026"}, "Februar 2026 har 28 dager"),
        ({"samtykke_dato": "01.01.2020"}, "mer enn et år siden"),
        ({"hjemmel": "fordi"}, "grunnlaget"),
        ({"timer": "0"}, "hvor mange timer"),
        ({"timer": "'; drop table need"}, "hvor mange timer"),
        ({"alder": "18-29"}, "Velg alder"),
        ({"omraade": "Horten sentrum"}, "område"),
        ({"omraade": "south"}, "område"),
        ({"dager_vises": "alt"}, "hvor nøyaktig dagene vises"),
        ({"fast_dag": "tue", "fast_fra": "18", "fast_til": "17"}, "slutte etter at det begynner"),
        ({"fast_fra": "16.15"}, "hvilken dag klokkeslettene gjelder"),
        ({"om": "a" * 301}, "300"),
        ({"interesser": ["climbing", "music", "cafe", "dance", "cinema", "gaming"]}, "høyst fem"),
    ],
)
async def test_a_need_that_cannot_be_posted_says_which_field(
    shared_world: World, changes: dict[str, Any], said: str
) -> None:
    browser = await shared_world.browser("horten", COORDINATOR)
    known = await shared_world.sql("SELECT id FROM service_order")
    order = known[0]["id"] if known else await granted_order(shared_world, "horten", name="Ulrik Vang")
    behov = f"/k/horten/bestillinger/{order}/behov"
    answer = await browser.submit(behov, {**NEED_FORM, **changes, "steg": "legg_ut"}, page=behov)
    assert answer.status_code == 422, answer.text[:300]
    assert said in main_of(answer.text)
    assert "Ulrik" not in str([dict(row) for row in await shared_world.sql("SELECT * FROM need")])


@pytest.mark.parametrize("protection", ["kode6", "kode7"])
async def test_people_with_a_protected_address_are_never_posted(world: World, protection: str) -> None:
    browser = await world.browser("horten", COORDINATOR)
    order = await granted_order(world, "horten", name=USER, protection=protection)
    shown = await browser.get(f"/k/horten/bestillinger/{order}/behov")
    assert shown.status_code == 403
    assert "sperret adresse" in shown.text


async def test_a_shielded_case_is_never_posted(world: World) -> None:
    order = await granted_order(world, "horten", name=USER)
    case = (await world.sql("UPDATE case_file SET shielded = true RETURNING id"))[0]["id"]
    await world.sql(
        "INSERT INTO case_member (tenant_id, id, case_id, user_id) VALUES ($1, $2, $3, $4)",
        world.horten, uuid4(), case, world.user("horten", COORDINATOR),
    )  # fmt: skip
    browser = await world.browser("horten", COORDINATOR)
    assert (await browser.get(f"/k/horten/bestillinger/{order}/behov")).status_code == 403


async def test_a_need_has_a_page_of_its_own_where_it_is_prolonged_and_taken_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    order, need = await posted_need(world)
    end = last_day(today()) - timedelta(days=2)
    stop_clock(monkeypatch, end.year, end.month, end.day)
    browser = await world.browser("horten", COORDINATOR)
    page = f"/k/horten/formidling/behov/{need}"
    assert page in (await browser.get("/k/horten")).text
    shown = main_of((await browser.get(page)).text)
    assert "Samtykket gjelder, forleng" in shown
    assert f"/k/horten/bestillinger/{order}" in shown
    assert "har ventet i 12 uker" in shown
    assert USER not in shown
    assert (await browser.submit(f"{page}/forleng", page=page)).status_code == 303
    assert (await world.sql("SELECT expires_on FROM need"))[0]["expires_on"] == last_day(end)
    assert (await browser.submit(f"{page}/trekk", page=page)).status_code == 303
    closed = main_of((await browser.get(page)).text)
    assert "Behovet er lukket" in closed
    assert (await browser.submit(f"{page}/forleng", page="/k/horten/formidling")).status_code == 409


async def test_the_manager_reads_a_need_and_posts_nothing_and_others_see_neither(world: World) -> None:
    order, need = await posted_need(world)
    page = f"/k/horten/formidling/behov/{need}"
    manager = await world.browser("horten", Role.MANAGER)
    shown = await manager.get(page)
    assert shown.status_code == 200
    assert "forleng" not in main_of(shown.text)
    assert (await manager.get(f"/k/horten/bestillinger/{order}/behov")).status_code in (403, 404)
    neighbour = await world.browser("re", COORDINATOR)
    assert (await neighbour.get(page)).status_code == 404
    assert (await neighbour.get(f"/k/re/formidling/behov/{need}")).status_code == 404
    region = await world.browser("vestfold", SHARED)
    assert (await region.get(page)).status_code == 404
