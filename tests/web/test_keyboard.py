"""The main job's steps with the keyboard alone: Tab, Enter, Space, arrows and typing, and no mouse.

At every stop on the way the focus must be seen: an outline of two pixels or more.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from sammen.clock import today
from sammen.norwegian import format_date
from tests.web.site import Site, running_site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MOST_STOPS = 150
NEED = "3F9"
# The outline may stand on the element, on its ::after that covers a row, or on the field around inner stops.
WHERE = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const wide = (element, pseudo) => {
    const style = getComputedStyle(element, pseudo);
    return style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth);
  };
  const words = [at.textContent, at.value, at.name, at.id, at.className, at.labels && at.labels[0] && at.labels[0].textContent];
  return {
    tag: at.tagName.toLowerCase(),
    words: words.filter(Boolean).map(word => word.replace(/\\s+/g, ' ').trim()),
    outline: Math.max(wide(at), wide(at, '::after'), at.parentElement ? wide(at.parentElement) : 0),
    html: at.outerHTML.slice(0, 140),
  };
}"""


@pytest.fixture(scope="module")
async def own_site(migrated: tuple[str, str]) -> AsyncIterator[Site]:
    """A demo of these tests' own, since they change what others count on."""
    async with running_site(migrated, municipalities=("0701", "0716")) as made:
        yield made


class Keyboard:
    """Somebody at a page without a mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.page.keyboard.press(key)

    async def type(self, text: str) -> None:
        """Replace what stands in the field."""
        await self.press("ControlOrMeta+a")
        await self.page.keyboard.type(text)

    async def step(self, key: str = "Tab") -> dict[str, object]:
        """To the next stop, where focus must be seen."""
        await self.press(key)
        at: dict[str, object] | None = await self.page.evaluate(WHERE)
        if at is None:  # out of the page and into the browser's own frame; once more leads back in
            return {"tag": "", "words": []}
        assert float(str(at["outline"])) >= 2, f"focus is not seen on {at['html']} at {self.page.url}"
        return at

    async def reach(self, tag: str, pattern: str, key: str = "Tab") -> None:
        """Step until the focus is on an element whose text, value, name, id, class or label matches."""
        for _ in range(MOST_STOPS):
            at = await self.step(key)
            words = at["words"]
            assert isinstance(words, list)
            if at["tag"] == tag and any(re.search(pattern, word) for word in words):
                return
        pytest.fail(f"no {tag} {pattern!r} within {MOST_STOPS} stops at {self.page.url}")

    async def go(self, tag: str, pattern: str) -> None:
        """Reach a link or a button, and press Enter: another page."""
        await self.reach(tag, pattern)
        async with self.page.expect_navigation():
            await self.press("Enter")

    async def fill(self, **fields: str) -> None:
        """Type into fields by name, in the order they stand."""
        for name, value in fields.items():
            await self.reach("textarea" if name in ("hva", "grunn", "innhold_0") else "input", f"^{name}$")
            await self.type(value)


@asynccontextmanager
async def somebody(site: Site, name: str, width: int = 1280) -> AsyncIterator[Keyboard]:
    """The persona chosen on the front page with the keyboard."""
    window = await site.browser.new_context(viewport={"width": width, "height": 800}, locale="nb-NO")
    window.set_default_timeout(10_000)
    page = await window.new_page()
    await page.goto(site.url + "/")
    keyboard = Keyboard(page)
    await keyboard.go("button", name)
    await expect(page.get_by_role("main")).to_be_visible()
    try:
        yield keyboard
    finally:
        await window.close()


async def test_the_skip_link_comes_first_and_leads_past_the_menu(own_site: Site) -> None:
    async with somebody(own_site, "Hanne Myhre") as hanne:
        first = await hanne.step()
        assert "Hopp til innholdet" in str(first["words"])
        await hanne.press("Enter")
        await hanne.step()
        inside = "document.getElementById('innhold').contains(document.activeElement)"
        assert await hanne.page.evaluate(inside)


async def test_escape_closes_a_menu_and_leaves_the_focus_where_it_was(own_site: Site) -> None:
    async with somebody(own_site, "Hanne Myhre") as hanne:
        await hanne.reach("summary", "Hanne Myhre")
        await hanne.press("Enter")
        await expect(hanne.page.get_by_role("button", name="Logg ut")).to_be_visible()
        await hanne.step()
        await hanne.press("Escape")
        await expect(hanne.page.get_by_role("button", name="Logg ut")).to_be_hidden()
        at = await hanne.page.evaluate(WHERE)
        assert at["tag"] == "summary"


async def test_a_case_is_searched_for_found_and_opened(own_site: Site) -> None:
    async with somebody(own_site, "Hanne Myhre") as hanne:
        await hanne.go("a", "^Saker$")
        await hanne.reach("input", "Navn, saksnummer|^Søk$")
        await hanne.type("Bergli")
        async with hanne.page.expect_navigation():
            await hanne.press("Enter")
        await hanne.go("a", "^Jonas Bergli$")
        await expect(hanne.page.get_by_role("heading", level=1)).to_contain_text("Jonas Bergli")


async def test_a_decision_is_refused_mended_sent_to_approval_and_made(own_site: Site) -> None:
    async with somebody(own_site, "Hanne Myhre") as hanne:
        await hanne.go("a", "^Vedtak$")
        await hanne.go("a", "^Kladder")
        await hanne.go("a", "^case-link$")
        await hanne.reach("input", "^timer_0$")
        await hanne.type("seks")
        await hanne.go("button", "^Send til godkjenning$")
        at = await hanne.page.evaluate(WHERE)
        assert at["html"].startswith('<div class="ds-error-summary"')
        assert (await hanne.page.title()).startswith("Feil: ")
        await hanne.reach("a", "timer|tall")
        await hanne.press("Enter")
        at = await hanne.page.evaluate(WHERE)
        assert at["tag"] == "input"
        await hanne.type("3")
        day = today()
        await hanne.fill(
            innhold_0="Gå tur og ta bussen hjem.", naar_0="Tirsdager", fra_0=format_date(day),
            til_0=format_date(day + timedelta(days=300)), evaluering=format_date(day + timedelta(days=150)),
        )  # fmt: skip
        await hanne.reach("input", "^habilitet$")
        await hanne.press("Space")
        await hanne.go("button", "^Send til godkjenning$")
        await expect(hanne.page.get_by_text("Vedtaket er sendt til godkjenning.")).to_be_visible()
    async with somebody(own_site, "Ingrid Solum") as ingrid:
        await ingrid.go("a", "^Vedtak$")
        await ingrid.go("a", "^case-link$")
        await ingrid.reach("input", "^habilitet$")
        await ingrid.press("Space")
        await ingrid.go("button", "^Fatt vedtaket$")
        await expect(ingrid.page.get_by_text("Vedtaket er fattet")).to_be_visible()


async def test_hours_are_approved(own_site: Site) -> None:
    async with somebody(own_site, "Kari Lunde") as kari:
        await kari.go("a", "^Timelister$")
        await kari.reach("input", "^linje$")
        chosen = await kari.page.evaluate("document.activeElement.checked")
        await kari.press("Space")
        assert await kari.page.evaluate("document.activeElement.checked") is not chosen
        await kari.press("Space")
        await kari.go("button", "^Godkjenn de valgte")
        await expect(kari.page.get_by_text("godkjent").first).to_be_visible()


async def test_a_candidate_is_proposed_and_accepted(own_site: Site) -> None:
    async with somebody(own_site, "Eirik Fossum") as eirik:
        await eirik.go("a", NEED)
        await eirik.go("a", "^Foreslå K-118")
        await eirik.fill(grunn="Klatrer selv og er ledig på tirsdager.")
        await eirik.go("button", "^Foreslå K-118")
    async with somebody(own_site, "Kari Lunde") as kari:
        await kari.go("a", r"^Formidling\b")
        await kari.go("a", "K-118")
        await kari.go("button", "^Si ja til K-118")
        await kari.fill(ja_dato=format_date(today()))
        await kari.go("button", "^Registrer brukerens ja")
        await expect(kari.page.locator("body")).not_to_contain_text("Falk")


async def test_hours_are_registered_on_a_phone(own_site: Site) -> None:
    async with somebody(own_site, "Amund Vik", width=390) as amund:
        await amund.reach("summary", "^Meny$")
        await amund.press("Enter")
        await amund.step()
        await amund.press("Escape")
        await amund.go("a", "^Før timer")
        await amund.reach("input", "^fra$")
        await amund.page.keyboard.type("0100a")  # the letter is for a browser with a twelve-hour clock
        await amund.reach("input", "^til$")
        await amund.page.keyboard.type("0230a")
        await amund.fill(hva="Gikk tur.")
        await amund.go("button", "^Send inn$")
        await expect(amund.page.get_by_text("Timene er sendt")).to_be_visible()


async def test_an_evaluation_is_held_and_finished(own_site: Site) -> None:
    async with somebody(own_site, "Hanne Myhre") as hanne:
        await hanne.go("a", "^Evalueringer$")
        await hanne.go("a", "case-link")
        await hanne.fill(dato=format_date(today()))
        await hanne.reach("input", "Støttekontakten")
        await hanne.press("Space")
        await hanne.reach("textarea", "^egne_ord$")
        await hanne.type("Jeg vil fortsette.")
        await hanne.reach("input", "^maal$")
        await hanne.press("Space")
        await hanne.reach("textarea", "^maal_ser$")
        await hanne.type("Han tar bussen selv.")
        for name in ("passer", "timer", "ensom", "utfall"):
            await hanne.reach("input", f"^{name}$")
            await hanne.press("Space")
        await hanne.reach("input", "^neste$")
        await hanne.type(format_date(today() + timedelta(days=14)))
        await hanne.go("button", "Gjør ferdig evalueringen")
        await expect(hanne.page.get_by_text("Evalueringen er ferdig").first).to_be_visible()


async def open_a_case_under_way(keyboard: Keyboard) -> None:
    """The first case somebody has a contact in."""
    await keyboard.go("a", "^Saker$")
    await keyboard.reach("select", "^status$")
    await keyboard.page.keyboard.type("I gang")
    await keyboard.go("button", "^Vis saker$")
    await keyboard.go("a", "^case-link$")


async def test_a_complaint_is_registered_and_answered(own_site: Site) -> None:
    async with somebody(own_site, "Hanne Myhre") as hanne:
        await open_a_case_under_way(hanne)
        await hanne.go("a", "^Registrer klage$")
        await hanne.reach("textarea", "^onsker$")
        await hanne.type("Jeg vil ha flere timer.")
        await hanne.go("button", "^Registrer klagen$")
        await hanne.go("a", "^Svar på klagen$")
        await hanne.reach("textarea", "^begrunnelse$")
        await hanne.type("Vi ser på det.")
        await hanne.go("button", "^Lagre kladd$")
        await expect(hanne.page.get_by_text("Kladden er lagret.").first).to_be_visible()


async def test_somebody_who_acts_for_a_person_is_registered(own_site: Site) -> None:
    async with somebody(own_site, "Hanne Myhre") as hanne:
        await open_a_case_under_way(hanne)
        await hanne.go("a", "^Personen og representantene$")
        await hanne.go("a", "^Registrer representant$")
        await hanne.go("button", "^Registrer representanten$")
        at = await hanne.page.evaluate(WHERE)
        assert at["html"].startswith('<div class="ds-error-summary"')
        await hanne.reach("input", "^rolle$")
        await hanne.press("ArrowDown", "ArrowDown")
        await hanne.fill(fornavn="Ulrikke", etternavn="Fjeldberg", fodselsdato="04.03.1981")
        await hanne.reach("input", "^omfang_fullmakt$")
        await hanne.press("Space")
        await hanne.go("button", "^Registrer representanten$")
        await expect(hanne.page.get_by_text("Ulrikke Fjeldberg").first).to_be_visible()


async def test_somebody_applies_without_logging_in(own_site: Site) -> None:
    window = await own_site.browser.new_context(viewport={"width": 1280, "height": 800}, locale="nb-NO")
    window.set_default_timeout(10_000)
    page = await window.new_page()
    await page.goto(own_site.url + "/sok/horten")
    anybody = Keyboard(page)
    await anybody.go("a", "^Start søknaden$")
    await anybody.go("button", "^Send søknaden$")
    at = await page.evaluate(WHERE)
    assert at["html"].startswith('<div class="ds-error-summary"')
    await anybody.reach("input", "^soker$")
    await anybody.press("Space")
    await anybody.fill(telefon="912 34 567")
    await anybody.reach("input", "^sperret$")  # «Nei» stands first
    await anybody.press("Space")
    await anybody.fill(fornavn="Ivar", etternavn="Dalen", fodselsdato="04.03.1991")
    await anybody.reach("textarea", "^onsker$")
    await anybody.type("Vil ha noen å fiske med.")
    await anybody.go("button", "^Send søknaden$")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Vi har fått søknaden")
    await window.close()


async def test_the_longest_menu_is_walked_on_a_small_phone(own_site: Site) -> None:
    async with somebody(own_site, "Hanne Myhre", width=320) as hanne:
        await hanne.reach("summary", "^Meny$")
        await hanne.press("Enter")
        await hanne.go("a", "^Statusmøter$")
        await expect(hanne.page.get_by_role("heading", level=1)).to_contain_text("Statusmøter")
