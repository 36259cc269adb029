"""The shared pool with the keyboard alone: an application to a campaign, a need posted, a proposal made, seen and taken.

The lender's and the candidate's no are in test_pool_answers_browser.py, a statement's yes in test_settlement_browser.py.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import expect

from sammen.clock import today
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from sammen.settings import Environment
from tests.campaign_samples import opened
from tests.pool_samples import COORDINATOR, SHARED, USER, crowd, shared_candidate
from tests.provider_samples import granted_order
from tests.web.site import Site, serving
from tests.web.test_keyboard import WHERE, Keyboard
from tests.worlds import World

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@asynccontextmanager
async def somebody(
    site: Site, world: World, slug: str, role: Role, start: str, width: int = 1280
) -> AsyncIterator[Keyboard]:
    """Somebody logged in, at the page `start`."""
    token = await world.token(world.user(slug, role))
    async with site.as_user(token, start, width=width) as page:
        yield Keyboard(page)


async def tick(keyboard: Keyboard, pattern: str) -> None:
    """Reach a box by its label, and tick it."""
    await keyboard.reach("input", pattern)
    await keyboard.press("Space")
    assert await keyboard.page.evaluate("document.activeElement.checked")


async def choose(keyboard: Keyboard, name: str, steps: int) -> None:
    """Reach a group of radio buttons by its name. Nothing is chosen in it: Space takes the first, arrows the next ones."""
    await keyboard.reach("input", f"^{name}$")
    await keyboard.press("Space", *["ArrowDown"] * steps)
    assert await keyboard.page.evaluate("document.activeElement.checked")


async def at_the_error_summary(keyboard: Keyboard) -> None:
    at = await keyboard.page.evaluate(WHERE)
    assert at["html"].startswith('<div class="ds-error-summary"')


async def test_somebody_applies_to_a_campaign_without_a_mouse(world: World) -> None:
    campaign = await opened(world)
    async with serving(world.database, Environment.TEST) as site:
        window = await site.browser.new_context(viewport={"width": 390, "height": 800}, locale="nb-NO")
        window.set_default_timeout(10_000)
        page = await window.new_page()
        await page.goto(f"{site.url}/b/{campaign.code}")
        ida = Keyboard(page)
        await ida.go("a", "^Fyll ut skjemaet$")
        await ida.go("button", "^Send skjemaet$")
        await at_the_error_summary(ida)
        await ida.fill(fornavn="Ida", etternavn="Solberg", fodselsdato="04.03.1999", epost="ida@example.no",
                       telefon="912 34 567", postnummer="3174")  # fmt: skip
        for box in (
            "^klatring$",
            "^tirsdag ettermiddag$|^tirsdager ettermiddag$|^tue-pm$",
            "^Kommunen kan lese",
            "^Jeg vil stå i den felles",
        ):
            await tick(ida, box)
        await tick(ida, "^Horten$")
        await choose(ida, "varighet", 1)
        await ida.go("button", "^Send skjemaet$")
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Sjekk e-posten din")
        await window.close()
    (form,) = await world.sql("SELECT municipality_id FROM candidate_application")
    assert form["municipality_id"] == world.re


async def post_the_need(kari: Keyboard) -> None:
    """From the order to the pool; the yes that was forgotten is asked for first."""
    await kari.go("a", "^Bestillinger$")
    await kari.go("a", f"^{USER}$")
    await kari.go("button", "^Ta imot bestillingen$")
    await kari.go("a", "^Legg ut et behov uten navn$")
    await kari.go("button", "^Se hva andre får se$")
    await at_the_error_summary(kari)
    await choose(kari, "samtykke_av", 2)
    await kari.fill(samtykke_dato=format_date(today()))
    await choose(kari, "hjemmel", 0)
    await kari.go("button", "^Se hva andre får se$")
    await kari.go("button", "^Legg ut behovet$")
    await expect(kari.page.get_by_text("Behovet er lagt ut uten navn.")).to_be_visible()


async def propose(eirik: Keyboard, code: str) -> None:
    """The matching is run, and its suggestion proposed."""
    await eirik.go("button", "^Kjør formidling$")
    link = eirik.page.get_by_role("link", name=f"Foreslå {code}")
    for _ in range(60):
        await eirik.page.goto(eirik.page.url.partition("/r/")[0] + "/r/vestfold/formidling")
        if await link.count():
            break
        await eirik.page.wait_for_timeout(500)
    await eirik.go("a", f"^Foreslå {code}")
    await eirik.fill(grunn="Klatrer selv.")
    await eirik.go("button", f"^Foreslå {code} for behovet$")


async def test_a_need_is_posted_proposed_for_and_taken_without_a_mouse(world: World) -> None:
    await crowd(world)
    await granted_order(world, "horten", name=USER)
    _, candidate = await shared_candidate(world)
    ((code,),) = await world.sql("SELECT code FROM candidate WHERE id = $1", candidate)
    async with serving(world.database, Environment.TEST) as site:
        async with somebody(site, world, "horten", COORDINATOR, "/k/horten") as kari:
            await post_the_need(kari)
        async with somebody(site, world, "vestfold", SHARED, "/r/vestfold") as eirik:
            await propose(eirik, code)
        async with somebody(site, world, "horten", COORDINATOR, "/k/horten") as kari:
            await kari.go("a", "^Svar på forslag til behov")
            await kari.go("button", f"^Si ja til {code}$")
            await kari.fill(ja_dato=format_date(today()))
            await kari.go("button", "^Registrer brukerens ja$")
        async with somebody(site, world, "re", Role.CONTACT, "/min/re/foresporsler", 390) as ida:
            await ida.go("a", "^Horten spør om deg")
            await choose(ida, "svar", 0)
            await ida.go("button", "^Send svaret$")
            await expect(ida.page.get_by_text("Du har sagt ja").first).to_be_visible()
    (row,) = await world.sql("SELECT state, candidate_yes_at, user_yes_at FROM proposal")
    assert row["state"] == "accepted"
    assert None not in (row["candidate_yes_at"], row["user_yes_at"])
