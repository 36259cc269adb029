"""Hours on a phone without a network, in Chromium: nothing that is typed is lost, and nothing is sent twice."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import pytest
from PIL import Image
from playwright.async_api import Dialog, Page, Route, expect

from deploy.database import administrator
from sammen.clock import today
from tests.web.site import Site, axe, sideways

DAY = today() - timedelta(days=2)
KEPT = "Lagret på telefonen. Sendes når du har nett."


def photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (2600, 1300), "white").save(out, "PNG")
    return out.getvalue()


@pytest.fixture
async def phone(site: Site) -> AsyncIterator[Page]:
    """Amund's page for hours with Jonas, on a phone."""
    async with site.as_persona("Amund Vik", width=390) as page:
        page.set_default_timeout(30_000)
        await page.goto(site.url + "/min/horten/timer")
        if "/timer/" not in page.url:
            await page.get_by_role("link", name="Jonas").first.click()
        yield page


async def fill(page: Page, activity: str, day: date, starts: str, ends: str) -> None:
    await page.fill("#dato", day.isoformat())
    await page.fill("#fra", starts)
    await page.fill("#til", ends)
    await page.fill("#hva", activity)


async def rows(site: Site, statement: str, *arguments: object) -> list[Any]:
    async with administrator(site.database.admin_url) as admin:
        found: list[Any] = await admin.fetch(statement, *arguments)
        return found


async def lines(site: Site, activity: str) -> list[str]:
    found = await rows(site, "SELECT state FROM sammen.timesheet_line WHERE activity = $1", activity)
    return [row["state"] for row in found]


async def send(page: Page, name: str = "Send inn") -> None:
    await page.get_by_role("button", name=name, exact=True).click()


async def test_what_is_typed_is_there_again_after_the_page_was_lost(site: Site, phone: Page) -> None:
    await fill(phone, "Tur i skogen, halvveis skrevet", DAY, "06:00", "06:30")
    await phone.fill("#kr-1", "86")
    await phone.set_input_files("#bilde-1", {"name": "k.png", "mimeType": "image/png", "buffer": photo()})
    await expect(phone.locator("#bilde-1")).to_have_js_property("files.length", 1)
    await phone.wait_for_timeout(1_000)
    await phone.reload()
    await expect(phone.get_by_text("Vi fant det du skrev sist.")).to_be_visible()
    assert await phone.input_value("#hva") == "Tur i skogen, halvveis skrevet"
    assert await phone.input_value("#fra") == "06:00"
    assert await phone.evaluate("document.getElementById('bilde-1').files[0].name") == "kvittering.jpg"
    await phone.get_by_role("button", name="Begynn på nytt").click()
    await expect(phone.locator("#hva")).to_have_value("")


async def test_without_a_network_it_waits_on_the_phone_and_sends_itself_once(site: Site, phone: Page) -> None:
    activity = "Klatret uten dekning"
    await fill(phone, activity, DAY, "07:00", "07:30")
    await phone.fill("#kr-1", "86")
    await phone.fill("#utlegg-1", "Buss")
    await phone.set_input_files("#bilde-1", {"name": "k.png", "mimeType": "image/png", "buffer": photo()})
    await phone.wait_for_timeout(1_000)
    await phone.context.set_offline(True)
    await send(phone)
    await expect(phone.get_by_text(KEPT)).to_be_visible()
    # The form is empty, and another meeting may be written meanwhile.
    await expect(phone.locator("#hva")).to_have_value("")
    assert await lines(site, activity) == []
    await phone.context.set_offline(False)
    await expect(phone.get_by_text("Timene som lå på telefonen, er sendt.")).to_be_visible()
    await expect(phone.get_by_text(activity)).to_be_visible()
    assert await lines(site, activity) == ["sent"]
    await phone.reload()
    await phone.wait_for_timeout(500)
    assert await lines(site, activity) == ["sent"]
    papers = await rows(
        site,
        "SELECT size FROM sammen.receipt r JOIN sammen.timesheet_line l ON l.id = r.line_id WHERE l.activity = $1",
        activity,
    )
    assert [row["size"] > 0 for row in papers] == [True]


async def test_an_answer_that_never_came_back_is_no_second_meeting(site: Site, phone: Page) -> None:
    """The server has it, the phone never heard: the request goes through, and its answer is cut."""
    activity = "Badet, og svaret ble borte"

    async def cut(route: Route) -> None:
        if route.request.method == "POST":
            await route.fetch(max_redirects=0)
            await route.abort("connectionreset")
        else:
            await route.continue_()

    await fill(phone, activity, DAY, "08:00", "08:30")
    await phone.route("**/timer/*", cut)
    await send(phone)
    await expect(phone.get_by_text(KEPT)).to_be_visible()
    assert await lines(site, activity) == ["sent"]
    await phone.unroute("**/timer/*")
    await phone.reload()
    await expect(phone.get_by_text("Timene som lå på telefonen, er sendt.")).to_be_visible()
    assert await lines(site, activity) == ["sent"]


async def test_a_server_that_is_away_keeps_it_and_one_that_says_no_says_why(site: Site, phone: Page) -> None:
    async def away(route: Route) -> None:
        await route.fulfill(status=503, body="borte")

    activity = "Spilte spill"
    await fill(phone, activity, today() + timedelta(days=1), "09:00", "09:30")
    await phone.route("**/timer/*", away)
    await send(phone)
    await expect(phone.get_by_text(KEPT)).to_be_visible()
    await phone.unroute("**/timer/*")
    await phone.reload()
    # The form comes back with its error and everything that was typed, to be mended and sent.
    await expect(
        phone.get_by_role("link", name="Dagen er ikke kommet ennå. Før timene etterpå.")
    ).to_be_visible()
    assert await phone.input_value("#hva") == activity
    await phone.fill("#dato", DAY.isoformat())
    await send(phone)
    await expect(phone.get_by_text("Timene er sendt.")).to_be_visible()
    assert await lines(site, activity) == ["sent"]


async def test_logged_out_meanwhile_keeps_the_hours_and_asks_to_log_in(site: Site, phone: Page) -> None:
    activity = "Gikk tur mens innloggingen gikk ut"
    cookies = await phone.context.cookies()
    await fill(phone, activity, DAY, "10:00", "10:30")
    await phone.context.clear_cookies()
    await send(phone)
    await expect(phone.get_by_text("Du er logget ut.")).to_be_visible()
    await expect(phone.get_by_role("link", name="Logg inn")).to_be_visible()
    assert await lines(site, activity) == []
    await phone.context.add_cookies(
        [{"name": one["name"], "value": one["value"], "url": site.url} for one in cookies]
    )
    await phone.reload()
    await expect(phone.get_by_text("Timene som lå på telefonen, er sendt.")).to_be_visible()
    assert await lines(site, activity) == ["sent"]


async def test_logging_out_leaves_nothing_on_the_phone_and_asks_first_when_hours_wait(
    site: Site, phone: Page
) -> None:
    left = "Object.keys(localStorage).filter(k => k.startsWith('sammen.timer.')).length"
    there = phone.url
    asked: list[str] = []
    await fill(phone, "Ligger i køen", DAY, "11:00", "11:30")
    await phone.route("**/timer/*", lambda route: route.abort())
    await send(phone)
    await expect(phone.get_by_text(KEPT)).to_be_visible()
    await fill(phone, "Skrevet, men ikke sendt", DAY, "13:00", "13:30")
    assert await phone.evaluate(left) == 1

    async def stay(dialog: Dialog) -> None:
        asked.append(dialog.message)
        await (dialog.dismiss() if len(asked) == 1 else dialog.accept())

    phone.on("dialog", stay)
    for times in (1, 2):
        if not await phone.get_by_role("button", name="Logg ut").is_visible():
            await phone.get_by_text("Meny").first.click()
        await phone.get_by_role("button", name="Logg ut").click()
        await phone.wait_for_timeout(1_500)
        assert asked == ["Timer på telefonen er ikke sendt. Logger du ut nå, blir de borte."] * times
        if times == 1:
            assert phone.url == there
            assert await phone.evaluate(left) == 1
    await phone.wait_for_url("**/logg-inn*")
    assert await phone.evaluate(left) == 0
    assert await lines(site, "Ligger i køen") == []


async def test_the_form_works_without_any_script(site: Site) -> None:
    async with site.as_persona("Amund Vik", width=390) as page:
        cookies = await page.context.cookies()
        url = site.url + "/min/horten/timer"
        await page.goto(url)
        there = page.url
    plain = await site.browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    await plain.add_cookies(
        [{"name": one["name"], "value": one["value"], "url": site.url} for one in cookies]
    )
    page = await plain.new_page()
    page.set_default_timeout(30_000)
    await page.goto(there)
    activity = "Helt uten skript"
    await fill(page, activity, DAY, "12:00", "12:30")
    await send(page, "Lagre og send senere")
    await expect(page.get_by_text("Timene er lagret. Husk å sende dem.")).to_be_visible()
    assert await lines(site, activity) == ["saved"]
    await plain.close()


async def test_the_page_says_so_before_one_is_logged_out_and_one_press_gives_another_hour(site: Site) -> None:
    """WCAG 2.2.1. A session ends after an hour in which nothing was fetched."""
    async with site.as_persona("Selma Aasrum", width=320) as page:
        await page.clock.install()
        await page.goto(site.url + "/min/horten/meld-fra")
        soon = page.get_by_text("Du blir logget ut om fem minutter")
        await page.clock.fast_forward("54:00")
        await expect(soon).to_have_count(0)
        await page.clock.fast_forward("02:00")
        await expect(soon).to_be_visible()
        assert not await axe(page)
        assert not await sideways(page)
        await page.get_by_role("button", name="Fortsett å være logget inn").click()
        await expect(soon).to_have_count(0)
        # Logged out elsewhere meanwhile: the words say so, and what is typed stays.
        await page.clock.fast_forward("56:00")
        await page.fill("textarea", "Halvveis")
        await page.context.clear_cookies()
        await page.get_by_role("button", name="Fortsett å være logget inn").click()
        await expect(page.get_by_text("Du er logget ut. Ta vare på")).to_be_visible()
        assert await page.input_value("textarea") == "Halvveis"
