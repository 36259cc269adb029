"""What leaves the house for other programs, from the running site: calendars read by a real library over a real
connection, and a newsletter that a real mail server receives, with its one click off the list.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import AsyncExitStack
from datetime import datetime, time, timedelta
from email.message import Message
from typing import Any
from urllib.parse import urlsplit

import httpx
import icalendar
import pytest
from playwright.async_api import Page, expect

from sammen.clock import OSLO, today
from sammen.norwegian import format_date
from sammen.outbox.house import register_sender
from sammen.policy.roles import Role
from sammen.settings import Environment
from tenants.groups.api import give_place
from tests.course_samples import planned as planned_course
from tests.group_samples import in_group, planned
from tests.integration.test_outbox import Inbox, plain, smtp_server
from tests.joint_samples import leads
from tests.web.pool_steps import well_made
from tests.web.site import Site, serving
from tests.web.steps import fill
from tests.web.together import COORDINATOR, Together, idle, walk_of
from tests.worlds import World

pytestmark = [pytest.mark.browser, pytest.mark.slow]
EVENT, LETTER = "Åpen klatrekveld", "Nytt fra støttekontakttjenesten"
NAMES = ("Jonas", "Bergheim", "Marte", "Amund", "Turgruppa", "støttekontakt", "vedtak")
"""What a calendar must not say: who, which group, or which service."""
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def local(site: Site, address: str) -> str:
    """An address of the house as the test reaches it."""
    return site.url + urlsplit(address).path


def events(answer: httpx.Response) -> list[Any]:
    """What the library reads."""
    assert answer.headers["content-type"].startswith("text/calendar")
    calendar = icalendar.Calendar.from_ical(answer.content)
    assert not calendar.errors
    return list(calendar.walk("VEVENT"))


async def unchanged(client: httpx.AsyncClient, address: str, read: httpx.Response) -> None:
    """Asked again with its mark, it answers in one line; and nobody is given a cookie."""
    again = await client.get(address, headers={"If-None-Match": read.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert not client.cookies


# Calendars --------------------------------------------------------------------------------------------------------------
async def publish(page: Page, day: int) -> None:
    """Kari writes what happens every week for seven months, which is over a change of the clock, and publishes it."""
    await page.get_by_role("link", name="Aktivitetskalender").first.click()
    await page.get_by_role("link", name="Ny aktivitet").first.click()
    await page.locator("[name='naar'][value='weekly']").check()
    await page.get_by_text("Hver uke: hvilke dager").click()
    await page.locator(f"[name='ukedager'][value='{WEEKDAYS[day]}']").check()
    for box in ("grupper'][value='youth", "tilgang'][value='wheelchair", "ledsager", "gratis", "publiser"):
        await page.locator(f"[name='{box}']").check()
    await page.locator("[name='kommune']").select_option(label="Horten")
    await fill(page, tittel=EVENT, om="Ta med klær du kan svette i.\n\n<b>Alle</b> er velkomne.", begynner="17:30",
               slutter="19:30", fra=format_date(today() + timedelta(days=1)), til=format_date(today() + timedelta(days=210)),
               sted="Klatrehallen", arrangor="Horten klatreklubb")  # fmt: skip
    await page.locator("main form button[type='submit']").last.click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text(EVENT)
    await well_made(page)


def at_half_past_five(entry: Any) -> bool:
    """Whether it begins at 17:30 on Norwegian clocks."""
    starts: datetime = entry["dtstart"].dt
    return starts.astimezone(OSLO).time() == time(17, 30)


async def read_public(walk: Together, page: Page) -> None:
    """Anybody finds it, filters, and takes the feed into their own calendar."""
    await expect(page.get_by_role("link", name=EVENT).first).to_be_visible()
    await well_made(page)
    base = f"{walk.site.url}/aktivitetskalender/vestfold"
    async with httpx.AsyncClient() as client:
        for address in (
            f"{base}.ics",
            f"{base}/horten.ics",
            f"{base}.ics?gratis=ja&tilgang=wheelchair&alder=15",
        ):
            read = await client.get(address)
            found = events(read)
            assert {str(one["summary"]) for one in found} == {EVENT}
            assert all(at_half_past_five(one) for one in found)
            assert read.headers["cache-control"].startswith("public, max-age=")
            await unchanged(client, address, read)
        assert events(await client.get(f"{base}/re.ics")) == []
    assert "<b>Alle</b>" not in await page.content()
    assert await page.context.cookies() == []


async def subscribe(walk: Together, page: Page, slug: str) -> str:
    """Somebody makes a secret address on the phone; where it is."""
    await page.goto(f"{walk.site.url}/min/{slug}/kalender")
    await page.get_by_role("button", name="Lag adressen").click()
    address = await page.locator(".quote a").get_attribute("href")
    assert address
    await well_made(page)
    return local(walk.site, address)


async def read_own(walk: Together, address: str, *, many: int) -> None:
    """A program reads the appointments, again for nothing, and learns no name and no service from them."""
    async with httpx.AsyncClient() as client:
        read = await client.get(address)
        found = events(read)
        assert len(found) >= many
        assert read.headers["cache-control"].startswith("private")
        said = icalendar.Calendar.from_ical(read.content).to_ical().decode().replace("\r\n ", "")
        assert not [word for word in NAMES if word.lower() in said.lower()]
        await unchanged(client, address, read)


async def stop(walk: Together, page: Page, address: str) -> None:
    """The address is stopped, and answers as one that never was."""
    await page.get_by_role("button", name="Stopp adressen").click()
    await expect(page.get_by_role("button", name="Lag adressen")).to_be_visible()
    async with httpx.AsyncClient() as client:
        gone, never = await client.get(address), await client.get(f"{walk.site.url}/kalender/{'x' * 43}.ics")
        assert (gone.status_code, gone.content) == (404, never.content)


async def test_calendars_are_read_by_a_real_library_from_the_running_site(world: World) -> None:
    group, leaders = await planned(world, "horten")
    await leads(world, leaders[0])
    assignment = await in_group(world, "horten", "Jonas Bergheim", leaders[0])
    async with world.at("horten", COORDINATOR) as uow:
        await give_place(uow, group, assignment)
    await world.sql(
        "UPDATE person SET user_id = $1 WHERE family_name = 'Bergheim'",
        world.user("horten", Role.SERVICE_USER),
    )
    async with serving(world.database, Environment.TEST) as site:
        walk = walk_of(world, site)
        async with walk.of("horten", COORDINATOR, "/k/horten") as kari:
            await publish(kari, (today().weekday() + 3) % 7)
        async with walk.visitor("/aktivitetskalender/vestfold") as anybody:
            await read_public(walk, anybody)
        for role in (Role.CONTACT, Role.SERVICE_USER):
            async with walk.of("horten", role, "/min/horten", 390) as somebody:
                address = await subscribe(walk, somebody, "horten")
                await read_own(walk, address, many=10)
                await stop(walk, somebody, address)


# The newsletter -----------------------------------------------------------------------------------------------------------
async def sign_up(walk: Together, page: Page) -> None:
    """A mother signs up on her phone and presses the button in the mail."""
    await well_made(page)
    await page.locator("[name='hvem'][value='users']").check()
    await fill(page, epost="mor@example.no")
    await page.get_by_role("button", name="Meld meg på").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Sjekk e-posten din")
    for _ in range(80):
        if walk.inbox.mails:
            break
        await page.wait_for_timeout(250)
    found = re.search(r"https?://\S+/nyhetsbrev/bekreft/\S+", str(walk.inbox.mails[-1].get_content()))  # type: ignore[attr-defined]  # made with the newer policy
    assert found
    await page.goto(local(walk.site, found.group()))
    assert not await walk.world.sql("SELECT 1 FROM newsletter_subscriber")
    await page.get_by_role("button", name="Ja, send meg nyhetsbrevet").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Du får nyhetsbrevet")
    walk.inbox.mails.clear()


async def register_home(walk: Together, page: Page) -> None:
    """Kari puts a home in the register, once; the same address again is refused."""
    await page.goto(f"{walk.site.url}/k/horten/nyhetsbrev")
    await page.get_by_role("link", name="Mottakere").click()
    for _ in range(2):
        await page.goto(f"{walk.site.url}/k/horten/nyhetsbrev/mottakere/ny")
        await page.locator("[name='segment'][value='homes']").check()
        await fill(page, navn="Solbakken bofellesskap", epost="post@solbakken.example.no")
        await page.get_by_role("button", name="Lagre adressen").click()
    await expect(page.locator(".ds-error-summary, .ds-alert").first).to_be_visible()
    rows = await walk.world.sql("SELECT count(*) AS n FROM newsletter_subscriber")
    assert rows[0]["n"] == 2


async def write(walk: Together, page: Page) -> None:
    """Kari composes text, courses and the calendar, sees it as it will be, and sends it."""
    await page.goto(f"{walk.site.url}/k/horten/nyhetsbrev")
    await page.get_by_role("link", name="Nytt nyhetsbrev").first.click()
    await fill(page, emne=LETTER)
    for segment in ("homes", "users"):
        await page.locator(f"[name='segmenter'][value='{segment}']").check()
    await page.get_by_role("button", name="Lagre", exact=True).click()
    # The month's courses and the calendar are there from the start; what is lacking is the greeting.
    await page.get_by_role("link", name="Legg til: tekst").click()
    await fill(page, overskrift="Hei", tekst="<script>alert(1)</script>\n\nVelkommen til høsten.")
    await page.get_by_role("button", name="Lagre blokka").click()
    preview = page.locator(".mail")
    for text in ("Velkommen til høsten.", "<script>", "Innføringskurs", EVENT):
        await expect(preview).to_contain_text(text)
    await well_made(page)
    await page.get_by_role("link", name="Send", exact=True).click()
    await well_made(page)
    await page.get_by_role("button", name="Send nå").click()
    await idle(walk.world, page)
    await page.reload()
    await expect(page.get_by_role("heading", name="Slik gikk det")).to_be_visible()
    for _ in range(100):  # the last address may be on its way while the page is read
        (sent,) = await walk.world.sql("SELECT state FROM newsletter")
        if sent["state"] == "sent":
            break
        await asyncio.sleep(0.2)
    assert sent["state"] == "sent"
    await well_made(page)


def parts(mail: Message) -> dict[str, str]:
    """The texts of a mail by kind."""
    return {
        part.get_content_type(): bytes(part.get_payload(decode=True) or b"").decode()
        for part in mail.walk()
        if not part.is_multipart()
    }


async def read_mails(walk: Together) -> str:
    """Each has one mail in two parts, that says the same and names nobody's group; the mother's way out of it."""
    assert sorted(str(mail["To"]) for mail in walk.inbox.mails) == [
        "mor@example.no",
        "post@solbakken.example.no",
    ]
    for mail in walk.inbox.mails:
        assert mail["Subject"] == LETTER
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        both = parts(mail)
        assert set(both) == {"text/plain", "text/html"}
        for text in both.values():
            assert all(words in text for words in ("Velkommen til høsten.", "Innføringskurs", EVENT))
        assert "<script" not in both["text/html"].lower()
    (hers,) = [mail for mail in walk.inbox.mails if mail["To"] == "mor@example.no"]
    return str(hers["List-Unsubscribe"]).strip("<> ")


async def leave(walk: Together, address: str) -> None:
    """A mail scanner opens the link a hundred times; then the mail program presses its button once."""
    here = local(walk.site, address)
    active = "SELECT count(*) AS n FROM newsletter_subscriber WHERE state = 'active'"
    async with httpx.AsyncClient() as client:
        for _ in range(100):
            assert (await client.get(here)).status_code == 200
        assert (await walk.world.sql(active))[0]["n"] == 2
        for _ in range(2):
            pressed = await client.post(here, data={"List-Unsubscribe": "One-Click"})
            assert pressed.status_code == 200
        assert not client.cookies
    assert (await walk.world.sql(active))[0]["n"] == 1


async def test_a_newsletter_is_received_by_a_real_server_and_left_with_one_click(world: World) -> None:
    await planned_course(world)
    async with AsyncExitStack() as stack:
        site = await stack.enter_async_context(serving(world.database, Environment.TEST))
        inbox = Inbox()
        register_sender("email", plain(await stack.enter_async_context(smtp_server(inbox))))
        walk = walk_of(world, site, inbox)
        async with walk.of("horten", COORDINATOR, "/k/horten") as kari:
            await publish(kari, (today().weekday() + 3) % 7)
        async with walk.visitor("/nyhetsbrev/horten") as mother:
            await sign_up(walk, mother)
        async with walk.of("horten", COORDINATOR, "/k/horten") as kari:
            await register_home(walk, kari)
            await write(walk, kari)
        way_out = await read_mails(walk)
        await leave(walk, way_out)
        async with walk.visitor(urlsplit(way_out).path) as mother:
            await well_made(mother)
            await mother.get_by_role("button", name="Meld meg av").click()
            await expect(mother.get_by_role("heading", level=1)).to_contain_text(
                "Du får ikke flere nyhetsbrev"
            )
            await well_made(mother)
