"""The map and the suggested groups, as the shared coordinator and two municipalities click through them."""

from __future__ import annotations

import re

import pytest

from sammen.policy.roles import Role
from shared_pool.atlas.service import count_week
from tests.group_suggestion_samples import alike, ask_of, asked, region_job
from tests.pool_samples import COORDINATOR, SHARED
from tests.worlds import Browser, World

REGION, OWN, MAP = "/r/vestfold/gruppeforslag", "/k/horten/formidling/gruppeforslag", "/r/vestfold/kart"


async def text(browser: Browser, path: str, status: int = 200) -> str:
    shown = await browser.get(path)
    assert shown.status_code == status, (path, shown.status_code, shown.text[:300])
    return shown.text


def main_of(html: str) -> str:
    found = re.search(r"<main.*?</main>", html, re.S)
    assert found
    return found.group(0)


async def test_the_region_asks_and_two_municipalities_answer_until_the_group_is_wanted(world: World) -> None:
    needs = await alike(world)
    region, horten, re_ = [
        await world.browser(slug, role) for slug, role in (("vestfold", SHARED), ("horten", COORDINATOR), ("re", COORDINATOR))
    ]  # fmt: skip
    shown = main_of(await text(region, REGION))
    assert "5 behov i 2 kommuner" in shown
    assert "Horten" not in shown
    assert "Re kommune" not in shown
    mark = re.search(r'name="gruppe" value="(\w+)"', shown)
    assert mark
    assert (await region.submit(REGION, {"gruppe": mark.group(1)})).status_code == 303
    assert (await region.submit(REGION, {"gruppe": mark.group(1)})).status_code == 409

    assert OWN in await text(horten, "/k/horten/formidling")
    today = await text(horten, "/k/horten")
    assert "Svar på gruppe: Bygging, 10–13 år" in today
    row = await ask_of(world, "horten")
    path = f"{OWN}/{row['id']}"
    listed, asked_page = main_of(await text(horten, OWN)), main_of(await text(horten, path))
    assert path in listed
    assert "Jonas Storli" in asked_page
    assert "Minst 5 behov i flere kommuner" in asked_page
    assert "Trym" not in asked_page

    nothing = await horten.submit(path, {"svar": "ja", "versjon": str(row["version"])})
    assert nothing.status_code == 422
    assert "Kryss av for minst ett behov" in nothing.text
    foreign = {"svar": "ja", "versjon": str(row["version"]), "behov": [str(needs["re"][0])]}
    assert (await horten.submit(path, foreign)).status_code == 422
    yes = {
        "svar": "ja",
        "versjon": str(row["version"]),
        "behov": [str(one) for one in needs["horten"]],
        "vert": "ja",
    }
    assert (await horten.submit(path, yes)).status_code == 303
    assert (await horten.submit(path, yes)).status_code == 409
    other = await ask_of(world, "re")
    its_own = f"/k/re/formidling/gruppeforslag/{other['id']}"
    both = {"svar": "ja", "versjon": str(other["version"]), "behov": [str(one) for one in needs["re"]]}
    assert (await re_.submit(its_own, both)).status_code == 303
    await world.run_jobs()
    assert "dere er vert" in await text(horten, path)
    assert "Horten er vert" in await text(re_, its_own)
    assert "Horten er vert" in await text(region, REGION)
    assert "Svar på gruppe" not in await text(horten, "/k/horten")


async def test_a_no_is_sent_without_ticking_anything_and_can_be_regretted(world: World) -> None:
    await asked(world)
    horten = await world.browser("horten", COORDINATOR)
    row = await ask_of(world, "horten")
    path = f"{OWN}/{row['id']}"
    assert (await horten.submit(path, {"svar": "nei", "versjon": str(row["version"])})).status_code == 303
    assert "Dere sa nei" in await text(horten, OWN)
    await world.run_jobs()
    assert "Det ble ikke nok til en gruppe" in await text(horten, path)


async def test_another_municipality_a_wrong_role_and_a_partner_see_nothing_of_it(world: World) -> None:
    await asked(world)
    row = await ask_of(world, "horten")
    neighbour = await world.browser("re", COORDINATOR)
    await text(neighbour, f"/k/re/formidling/gruppeforslag/{row['id']}", 404)
    manager = await world.browser("horten", Role.MANAGER)
    await text(manager, OWN, 403)
    for role in (Role.STEERING_GROUP_MEMBER, Role.PROJECT_MANAGER, Role.PARTNER):
        await text(await world.browser("vestfold", role), REGION, 403)


async def test_a_region_without_a_group_to_suggest_says_when_there_is_one(world: World) -> None:
    region, horten = await world.browser("vestfold", SHARED), await world.browser("horten", COORDINATOR)
    assert "Ingen grupper å spørre om" in await text(region, REGION)
    assert "Ingen gruppeforslag nå" in await text(horten, OWN)


async def test_the_region_takes_a_suggestion_back(world: World) -> None:
    suggestion, _ = await asked(world)
    region = await world.browser("vestfold", SHARED)
    assert (await region.submit(f"{REGION}/{suggestion}/trekk", page=REGION)).status_code == 303
    assert (await region.submit(f"{REGION}/{suggestion}/trekk", page=REGION)).status_code == 409
    assert "Samarbeidet trakk forslaget" in await text(region, REGION)


@pytest.mark.parametrize("role", [SHARED, Role.PROJECT_MANAGER])
async def test_the_map_shows_the_same_numbers_as_its_table_and_says_whose_lines_they_are(
    world: World, role: Role
) -> None:
    await alike(world)
    browser = await world.browser("vestfold", role)
    assert "Ingen tall ennå" in await text(browser, MAP)
    async with region_job(world) as uow:
        await count_week(uow)
    await world.sql("UPDATE atlas_count SET needs = 15, candidates = 10 WHERE area = 'south'")
    shown = main_of(await text(browser, MAP))
    assert "© Kartverket, CC BY 4.0" in shown
    assert "Sør i Vestfold: 15 åpne behov, 10 kandidater." in shown
    assert "Nord i Vestfold: under 5 åpne behov, under 5 kandidater." in shown
    assert shown.count("under 5") >= 3 * 6  # drawn, described and in the table
    assert "Flest behov venter her: sør i Vestfold." in shown
    assert "Flere behov enn kandidater: sør i Vestfold." in shown


@pytest.mark.parametrize("role", [Role.STEERING_GROUP_MEMBER, Role.PARTNER, Role.COURSE_COORDINATOR])
async def test_who_does_not_read_the_map_is_not_let_in(world: World, role: Role) -> None:
    await text(await world.browser("vestfold", role), MAP, 403)
