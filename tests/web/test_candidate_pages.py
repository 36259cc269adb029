"""Sharing over HTTP: the coordinator's page with each field, the contact's own on the phone, and nobody else's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sammen.clock import today
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from tests.pool_samples import COORDINATOR, SHARED, shared_candidate
from tests.provider_samples import contact
from tests.web.site import Site, axe, sideways
from tests.worlds import World

OWN = "/min/re/banken"


def share_form(**changes: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "bruk": ["pool", "substitute"], "kommuner": ["0701", "0716"], "samtykke": format_date(today()),
        "til": format_date(today() + timedelta(days=100)), "omraade": "middle", "omraader": ["north"], "timer": "6",
        "timer_andre": "2", "maneder": "12", "alder_fra": "10", "alder_til": "14", "ikke": ["gaming"], "ja": "ja",
        "annenhver": ["tue-pm"],
    }  # fmt: skip
    return told | changes


async def test_a_contact_is_shared_with_every_wish_and_seen_so_by_the_region(world: World) -> None:
    contact_id = await contact(world, "re", user=world.user("re", Role.CONTACT))
    kari = await world.browser("re", COORDINATOR)
    url = f"/k/re/kontakter/{contact_id}/del"
    before = await kari.get(url)
    assert "Dette vil andre se" in before.text
    assert (await kari.submit(url, share_form(), page=url)).status_code == 303
    row = (await world.sql("SELECT * FROM candidate"))[0]
    assert (row["uses"], row["age_bands"], row["areas"]) == (
        ["individual", "substitute"], ["10-13", "14-17"], ["north"],
    )  # fmt: skip
    assert (row["alternate_slots"], row["hours_elsewhere"], row["will_not"]) == (["tue-pm"], 2, ["gaming"])
    shown = (await kari.get(url)).text
    assert f"Slik ser andre {row['code']}" in shown
    assert "Horten og Re" in shown
    eirik = await world.browser("vestfold", SHARED)
    listed = (await eirik.get("/r/vestfold/kandidater?dag=tue&ledig=2&bruk=substitute")).text
    assert row["code"] in listed
    assert "annenhver uke: tirsdager" in listed
    assert "Amund" not in listed
    assert row["code"] not in (await eirik.get("/r/vestfold/kandidater?bruk=group")).text


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"ja": ""}, "må ha sagt ja"),
        ({"bruk": []}, "Velg hva støttekontakten har sagt ja til"),
        ({"kommuner": []}, "Velg minst én kommune"),
        ({"kommuner": ["0701"], "ikke_i": ["0701"]}, "Velg minst én kommune"),
        ({"kommuner": ["9999"]}, "Velg minst én kommune"),
        ({"til": "01.01.2020"}, "ikke er kommet ennå"),
        ({"til": "om litt"}, "Skriv datoen"),
        ({"samtykke": ""}, "Skriv dagen støttekontakten sa ja"),
        ({"timer": "mange"}, "tall"),
        ({"timer": "90"}, "mellom 1 og 40"),
        ({"timer_andre": "200"}, "fra 0 til 80"),
        ({"alder_fra": "20", "alder_til": "10"}, "lavere enn den laveste"),
        ({"alder_fra": "ung"}, "helt tall"),
        ({"fra": "01.01.2099"}, "år"),
        ({"omraade": "Oslo"}, "Velg et område"),
        ({"maneder": "3"}, "tilbyr seg å bli"),
    ],
)
async def test_each_bad_field_is_told_of_and_what_was_typed_is_kept(
    shared_world: World, changes: dict[str, Any], says: str
) -> None:
    kept = await shared_world.sql("SELECT id FROM support_contact WHERE tenant_id = $1", shared_world.re)
    contact_id = kept[0]["id"] if kept else await contact(shared_world, "re")
    kari = await shared_world.browser("re", COORDINATOR)
    url = f"/k/re/kontakter/{contact_id}/del"
    answer = await kari.submit(url, share_form(**changes), page=url)
    assert (answer.status_code, says in answer.text) == (422, True)
    assert "gaming" in answer.text
    assert await shared_world.sql("SELECT 1 FROM candidate") == []


async def test_the_contacts_own_page_shows_who_sees_what_and_goes_out_at_once(world: World) -> None:
    _, candidate_id = await shared_candidate(world)
    me = await world.browser("re", Role.CONTACT)
    page = await me.get(OWN)
    code = (await world.sql("SELECT code FROM candidate"))[0]["code"]
    assert f"Du står i banken som {code}" in page.text
    narrowed = {"bruk": ["pool"], "kommuner": ["0701"], "varer": "91", "ikke_i": ["0716"], "fra": ""}
    assert (await me.submit(OWN, narrowed, page=OWN)).status_code == 303
    row = (await world.sql("SELECT * FROM candidate WHERE id = $1", candidate_id))[0]
    assert (row["visible_to"], row["not_in"]) == ([world.horten], [world.re])
    assert row["consent_until"] == today() + timedelta(days=91)
    assert (await me.submit(f"{OWN}/trekk", page=OWN)).status_code == 303
    assert (await me.submit(f"{OWN}/trekk", page=OWN)).status_code == 303
    assert "Du står ikke i banken" in (await me.get(OWN)).text


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"bruk": ["pool"], "varer": "91"}, "Velg minst én kommune"),
        ({"bruk": ["pool"], "kommuner": ["0701"], "varer": "9000"}, "Velg hvor lenge det gjelder"),
        ({"bruk": ["pool"], "kommuner": ["0701"], "varer": "91", "fra": "i fjor"}, "dato"),
    ],
)
async def test_the_own_form_says_what_is_missing(world: World, typed: dict[str, Any], says: str) -> None:
    await shared_candidate(world)
    me = await world.browser("re", Role.CONTACT)
    answer = await me.submit(OWN, typed, page=OWN)
    assert (answer.status_code, says in answer.text) == (422, True)


async def test_who_is_no_contact_has_an_empty_page_and_no_way_to_say_anything(world: World) -> None:
    me = await world.browser("re", Role.CONTACT)
    assert "Ingenting om deg her" in (await me.get(OWN)).text
    assert (await me.submit(OWN, {"bruk": ["pool"]})).status_code == 404
    assert (await me.submit(f"{OWN}/trekk")).status_code == 404


async def test_another_municipality_another_role_and_another_contact_reach_none_of_it(world: World) -> None:
    contact_id, _ = await shared_candidate(world)
    url = f"kontakter/{contact_id}/del"
    kari = await world.browser("horten", COORDINATOR)
    assert (await kari.get(f"/k/horten/{url}")).status_code == 404
    assert (await kari.get(f"/k/re/{url}")).status_code in (403, 404)
    manager = await world.browser("re", Role.MANAGER)
    assert (await manager.get(f"/k/re/{url}")).status_code == 403
    partner = await world.browser("vestfold", Role.PARTNER)
    assert (await partner.get("/r/vestfold/kandidater")).status_code == 403


@pytest.mark.parametrize("width", [390, 320])
async def test_the_own_page_stands_on_a_phone(site: Site, width: int) -> None:
    async with site.as_persona("Sindre Falk", width=width) as page:
        await page.goto(f"{site.url}{OWN}")
        assert await axe(page) == []
        assert await sideways(page) == 0
        for summary in await page.locator("summary").all():
            await summary.click()
        assert await axe(page) == []
        assert await sideways(page) == 0


@pytest.mark.parametrize("width", [1280, 320])
async def test_the_sharing_page_and_the_list_stand_wide_and_narrow(site: Site, width: int) -> None:
    async with site.as_persona("Eirik Fossum", width=width) as page:
        await page.goto(f"{site.url}/r/vestfold/kandidater")
        assert await axe(page) == []
        assert await sideways(page) == 0
    async with site.as_persona("Kari Lunde", width=width) as page:
        await page.goto(f"{site.url}/k/horten/kontakter?status=engaged")
        await page.locator("a.case-link").first.click()
        await page.get_by_role("link", name="Del med den felles banken").click()
        assert await axe(page) == []
        assert await sideways(page) == 0
