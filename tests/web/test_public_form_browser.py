"""The public form in a real browser: to a receipt, by keyboard, as narrow as a small phone, in three languages."""

from __future__ import annotations

import pytest
from playwright.async_api import Page

from sammen.web.i18n import LANGUAGES
from tests.web.site import Site, axe, sideways

pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def whole(page: Page, language: str) -> None:
    """The page has no fault that axe knows, no sideways scrolling, and the language it says."""
    assert await axe(page) == []
    assert await sideways(page) == 0
    assert await page.locator("html").get_attribute("lang") == language


async def fill_in(page: Page) -> None:
    await page.check("[name=soker][value=parent]")
    await page.fill("[name=soker_navn]", "Mari Dalen")
    await page.check("[name=vet_om]")
    await page.fill("[name=telefon]", "912 34 567")
    await page.check("[name=sperret][value=nei]")
    await page.fill("[name=fornavn]", "Ivar")
    await page.fill("[name=etternavn]", "Dalen")
    await page.fill("[name=fodselsdato]", "4.3.2015")
    await page.fill("[name=onsker]", "Vil ha noen å fiske med.")


@pytest.mark.parametrize("language", list(LANGUAGES))
async def test_somebody_saves_comes_back_and_sends(site: Site, language: str) -> None:
    window = await site.browser.new_context(viewport={"width": 320, "height": 800}, locale="nb-NO")
    window.set_default_timeout(10_000)
    page = await window.new_page()
    await page.goto(f"{site.url}/sok")
    await page.get_by_role("link", name="Horten").click()
    await page.locator(f"main button[name=sprak][value={language}]").click()
    await page.wait_for_load_state()
    await whole(page, language)
    await page.locator("a[href='/sok/horten/skjema']").click()
    await whole(page, language)
    await page.locator("button[value=send]").click()
    await page.wait_for_load_state()
    assert await page.locator(".ds-error-summary a").count() == 6
    await whole(page, language)
    await page.fill("[name=fornavn]", "Ivar")
    await page.locator("button[value=lagre]").click()
    await page.wait_for_url("**/lagret")
    await whole(page, language)
    code = (await page.locator(".code").inner_text()).lower()
    await page.locator("a[href='/sok/horten']").click()
    await page.fill("[name=kode]", code.replace("-", ""))
    await page.keyboard.press("Enter")
    await page.wait_for_selector("[name=fornavn]")
    assert await page.input_value("[name=fornavn]") == "Ivar"
    await whole(page, language)
    await fill_in(page)
    await page.locator("button[value=send]").click()
    await page.wait_for_url("**/mottatt?**")
    await whole(page, language)
    assert "Ivar" not in await page.locator("main").inner_text()
    await window.close()


async def test_who_moves_by_keyboard_never_meets_the_field_for_programs(site: Site) -> None:
    window = await site.browser.new_context(viewport={"width": 1280, "height": 900}, locale="nb-NO")
    page = await window.new_page()
    await page.goto(f"{site.url}/sok/horten/skjema")
    met = set()
    for _ in range(60):
        await page.keyboard.press("Tab")
        met.add(await page.evaluate("document.activeElement && document.activeElement.name || ''"))
    assert {"soker", "telefon", "fornavn", "onsker", "gjor"} <= met
    assert "nettsted" not in met
    await window.close()
