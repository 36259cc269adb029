"""The pool's pages, from a shared contact to two people who meet, as five people click through them."""

from __future__ import annotations

import re
from datetime import timedelta

from sammen.clock import today
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from tests.need_samples import NEED_FORM as NEED
from tests.pool_samples import (
    CANDIDATE,
    COORDINATOR,
    SHARED,
    USER,
    crowd,
    posted_need,
    proposed,
    shared_candidate,
)
from tests.provider_samples import contact, granted_order
from tests.worlds import Browser, World

RECENT, LATER = format_date(today() - timedelta(days=1)), format_date(today() + timedelta(days=90))


async def text(browser: Browser, path: str, status: int = 200) -> str:
    """A page's HTML, which must have the expected status."""
    shown = await browser.get(path)
    assert shown.status_code == status, (path, shown.status_code, shown.text[:400])
    return shown.text


def main_of(html: str) -> str:
    """What stands in the page itself, without the frame's names and places."""
    found = re.search(r"<main.*?</main>", html, re.S)
    assert found
    return found.group(0)


async def test_five_people_click_from_a_shared_contact_to_a_match(world: World) -> None:
    coordinator, lender = await world.browser("horten", COORDINATOR), await world.browser("re", COORDINATOR)
    region, candidate = await world.browser("vestfold", SHARED), await world.browser("re", Role.CONTACT)
    await crowd(world)
    order = await granted_order(world, "horten", name=USER)
    person = await contact(world, "re", CANDIDATE, user=world.user("re", Role.CONTACT))

    share = f"/k/re/kontakter/{person}/del"
    refused = await lender.submit(share, {"timer": "mange", "til": "31.02.2027"}, page=share)
    assert refused.status_code == 422
    assert "må ha sagt ja" in refused.text
    done = await lender.submit(
        share,
        {
            "omraade": "middle",
            "timer": "8",
            "maneder": "12",
            "samtykke": RECENT,
            "til": LATER,
            "ja": "ja",
            "bruk": ["pool"],
            "kommuner": ["0701", "0716"],
        },
        page=share,
    )
    assert done.status_code == 303, done.text
    code = str((await world.sql("SELECT code FROM candidate"))[0]["code"])
    assert code in await text(lender, share)
    await world.sql("UPDATE candidate SET languages = '{so}', skills = '{autism}'")

    behov = f"/k/horten/bestillinger/{order}/behov"
    assert 'value="climbing" checked' in await text(coordinator, behov)
    preview = await coordinator.submit(behov, {**NEED, "steg": "se"}, page=behov)
    assert preview.status_code == 200
    assert "klatring" in preview.text
    assert "Minst 5 i kommunen passer" in preview.text
    seen = main_of(preview.text).split("Når du legger det ut")[0]
    assert not [word for word in (USER, "somali", "autisme", "12 år") if word in seen]
    posted = await coordinator.submit(behov, {**NEED, "steg": "legg_ut"}, page=behov)
    assert posted.status_code == 303, posted.text
    need = (await world.sql("SELECT id, code FROM need"))[0]

    assert need["code"] in await text(region, "/r/vestfold/formidling")
    ranked = main_of(await text(region, f"/r/vestfold/formidling/{need['id']}"))
    assert f"Foreslå {code} for behovet" in ranked
    assert not [word for word in (USER, CANDIDATE, "Horten", "somali", "autisme") if word in ranked]
    found = (await world.sql("SELECT id FROM candidate"))[0]["id"]
    foresla = f"/r/vestfold/formidling/{need['id']}/foresla/{found}"
    assert (await region.submit(foresla, {"grunn": ""}, page=foresla)).status_code == 422
    assert (await region.submit(foresla, {"grunn": "Klatrer selv."}, page=foresla)).status_code == 303
    proposal = (await world.sql("SELECT id FROM proposal"))[0]["id"]

    assert f"Svar på forslag til behov {need['code']}" in await text(coordinator, "/k/horten")
    assert "Trekk forslaget" in await text(region, f"/r/vestfold/formidling/{need['id']}")
    page = f"/k/horten/formidling/{proposal}"
    before = main_of(await text(coordinator, page))
    assert not [word for word in (CANDIDATE, CANDIDATE.split()[1], "900 00 002") if word in before]
    assert "Klatrer selv." in before
    assert (await coordinator.submit(f"{page}/ja", page=page)).status_code == 303
    asked = f"/min/re/foresporsler/{proposal}"
    request = main_of(await text(candidate, asked))
    assert "Horten" in request
    assert not [word for word in (USER, USER.split()[1], "somali", "autisme") if word in request]
    assert (await candidate.submit(asked, {"svar": "kanskje"}, page=asked)).status_code == 422
    assert (await candidate.submit(asked, {"svar": "ja"}, page=asked)).status_code == 303
    loan = f"/k/re/formidling/utlaan/{proposal}"
    assert (await lender.submit(f"{loan}/ja", page=loan)).status_code == 303
    assert (
        await coordinator.submit(f"{page}/bruker", {"ja_dato": "31.11.2026"}, page=page)
    ).status_code == 422
    assert (await coordinator.submit(f"{page}/bruker", {"ja_dato": RECENT}, page=page)).status_code == 303
    days = {"politiattest": RECENT, "taushet": RECENT}
    assert CANDIDATE not in await text(coordinator, page)
    assert (await coordinator.submit(f"{page}/politiattest", days, page=page)).status_code == 303
    await world.run_jobs()

    assert "Alle har sagt ja" in await text(coordinator, page)
    assert CANDIDATE in await text(coordinator, f"/k/horten/bestillinger/{order}")
    assert USER in await text(candidate, "/min/horten")
    assert "Alle har sagt ja" in await text(candidate, asked)
    at_home = main_of(await text(lender, "/k/re/formidling"))
    assert "Horten" in at_home
    assert "4\u00a0t" in at_home
    assert USER.split()[1] not in at_home
    of_contact = main_of(await text(lender, f"/k/re/kontakter/{person}"))
    assert f"Deles som {code}" in of_contact
    assert re.search(r"Utlånt gjennom samarbeidet.{0,40}4\stimer i uka", of_contact, re.S)
    assert USER.split()[1] not in of_contact
    assert "Ingen behov venter" in await text(region, "/r/vestfold/formidling")


async def test_a_need_is_taken_back_and_a_share_too(world: World) -> None:
    _, need = await posted_need(world)
    person, _ = await shared_candidate(world)
    horten, re_ = await world.browser("horten", COORDINATOR), await world.browser("re", COORDINATOR)
    taken = await horten.submit(f"/k/horten/formidling/behov/{need}/trekk", page="/k/horten/formidling")
    assert taken.status_code == 303
    assert (
        await re_.submit(f"/k/re/kontakter/{person}/del/trekk", page=f"/k/re/kontakter/{person}/del")
    ).status_code == 303
    region = await world.browser("vestfold", SHARED)
    assert "Ingen behov venter" in await text(region, "/r/vestfold/formidling")
    assert "Ingen kandidater" in await text(region, "/r/vestfold/kandidater")
    assert (await region.get(f"/r/vestfold/formidling/{need}")).status_code == 404


async def test_the_list_of_candidates_has_codes_and_no_names(world: World) -> None:
    await shared_candidate(world)
    region = await world.browser("vestfold", SHARED)
    for path in ("/r/vestfold/kandidater", "/r/vestfold/kandidater?omraade=middle&interesse=climbing"):
        shown = main_of(await text(region, path))
        assert re.search(r"K-\d{3}", shown)
        assert CANDIDATE.split()[1] not in shown
    assert "K-" not in main_of(await text(region, "/r/vestfold/kandidater?omraade=south"))


async def test_each_page_is_closed_to_those_it_is_not_for(world: World) -> None:
    flow = await proposed(world)
    need, proposal = flow.need_id, flow.proposal_id
    steering = await world.browser("vestfold", Role.STEERING_GROUP_MEMBER)
    for path in ("/r/vestfold/formidling", f"/r/vestfold/formidling/{need}", "/r/vestfold/kandidater"):
        assert (await steering.get(path)).status_code == 403
    assert (await steering.get("/r/vestfold")).headers["location"] == "/r/vestfold/tall"
    lender = await world.browser("re", COORDINATOR)
    assert (await lender.get(f"/k/re/formidling/{proposal}")).status_code == 404
    assert (await lender.get(f"/k/horten/formidling/{proposal}")).status_code == 404
    assert (await lender.get(f"/k/re/bestillinger/{flow.order_id}/behov")).status_code == 404
    other = await world.browser("horten", Role.CONTACT)
    assert (await other.get(f"/min/horten/foresporsler/{proposal}")).status_code == 404
    purchaser = await world.browser("horten", Role.PURCHASER_CHILD)
    assert (await purchaser.get(f"/k/horten/formidling/{proposal}")).status_code == 200
    page = f"/k/horten/formidling/{proposal}"
    assert (await purchaser.submit(f"{page}/ja", page=page)).status_code == 403
    assert (await world.sql("SELECT state FROM proposal"))[0]["state"] == "proposed"


async def test_a_region_member_without_shared_work_has_an_empty_start_page(world: World) -> None:
    browser = await world.browser("vestfold", Role.COURSE_COORDINATOR)
    assert "Ingenting venter" in await text(browser, "/r/vestfold")
