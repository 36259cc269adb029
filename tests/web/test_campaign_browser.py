"""A campaign in a real browser: from the poster's address to the applicant's own link, in three languages, on a phone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.async_api import Page

from deploy.database import administrator
from sammen.clock import today
from sammen.web.i18n import LANGUAGES
from tests.web.site import Site, axe, sideways

pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def whole(page: Page, language: str) -> None:
    """The page has no fault that axe knows, no sideways scrolling, and the language it says."""
    assert await axe(page) == []
    assert await sideways(page) == 0
    assert await page.locator("html").get_attribute("lang") == language


async def write(page: Page, site: Site, title: str) -> str:
    """Eirik writes a campaign with a poster, and opens it. The poster's code."""
    await page.goto(f"{site.url}/r/vestfold/kampanjer/ny")
    assert await axe(page) == []
    await page.fill("[name=tittel_nb]", title)
    await page.fill("[name=ingress_nb]", "Bli støttekontakt.")
    await page.fill("[name=til]", (today() + timedelta(days=30)).strftime("%d.%m.%Y"))
    await page.locator("main form button[type=submit]").last.click()
    await page.wait_for_url(lambda url: "/ny" not in url)
    await page.locator("form[action$='/aapne'] button").click()
    await page.wait_for_load_state()
    await page.check("[name=slag][value=poster]")
    await page.fill("[name=sted]", "Biblioteket")
    await page.locator("form[action$='/kilder'] button[type=submit]").click()
    await page.wait_for_load_state()
    assert await axe(page) == []
    return (
        (await page.locator("li:has-text('Plakat, Biblioteket')").inner_text()).partition("/b/")[2].split()[0]
    )


@pytest.mark.parametrize("language", list(LANGUAGES))
async def test_somebody_scans_a_poster_applies_confirms_and_takes_it_back(site: Site, language: str) -> None:
    title = f"Bli med og klatre ({language})"  # no word that a page in another language is looked through for
    async with site.as_persona("Eirik Fossum") as page:
        code = await write(page, site, title)
    window = await site.browser.new_context(viewport={"width": 320, "height": 800}, locale="nb-NO")
    window.set_default_timeout(10_000)
    page = await window.new_page()
    await page.goto(f"{site.url}/b/{code}")
    await page.locator(f"main button[name=sprak][value={language}]").click()
    await page.wait_for_load_state()
    await whole(page, language)
    assert f"k={code}" in page.url
    await page.locator("a[href*='/skjema']").click()
    await whole(page, language)
    await page.locator("main form button[type=submit]").last.click()
    await page.wait_for_load_state()
    assert await page.locator(".ds-error-summary a").count() == 8
    await whole(page, language)
    for name, value in (("fornavn", "Ida"), ("etternavn", "Solberg"), ("fodselsdato", "4.3.1999"), ("telefon", "91234567"),
                        ("epost", f"ida-{language}@example.no"), ("postnummer", "3187")):  # fmt: skip
        await page.fill(f"[name={name}]", value)
    for box in ("[name=tider][value=tue-eve]", "[name=interesser][value=cinema]", "[name=ja_kommune]", "[name=ja_bank]",
                "[name=varighet][value='6']"):  # fmt: skip
        await page.check(box)
    await page.locator("[name=kommuner]").first.check()
    await page.locator("main form button[type=submit]").last.click()
    await page.wait_for_url("**/sendt/**")
    await whole(page, language)
    await page.locator("a[href*='/bekreft/']").click()
    await whole(page, language)
    await page.locator("main form button[type=submit]").click()
    await page.wait_for_url("**/min/**")
    await whole(page, language)
    assert "Ida" in await page.locator("h1").inner_text()
    await page.locator("a[href*='/trekk']").click()
    await whole(page, language)
    await page.locator("main form button[type=submit]").click()
    await page.wait_for_url("**/min/**")
    await whole(page, language)
    async with administrator(site.database.admin_url) as admin:
        kept = await admin.fetchval(
            "SELECT count(*) FROM sammen.campaign_tally t JOIN sammen.campaign_source s ON s.id = t.source_id"
            " WHERE s.code = $1 AND t.what = 'sent'", code,
        )  # fmt: skip
    assert kept == 1
    await window.close()


async def test_who_moves_by_keyboard_reaches_every_field_and_never_the_one_for_programs(site: Site) -> None:
    async with site.as_persona("Eirik Fossum") as page:
        await write(page, site, "Med tastatur")
    window = await site.browser.new_context(viewport={"width": 1280, "height": 900}, locale="nb-NO")
    page = await window.new_page()
    await page.goto(f"{site.url}/bli-med/vestfold/med-tastatur/skjema")
    met = set()
    for _ in range(240):
        await page.keyboard.press("Tab")
        met.add(await page.evaluate("document.activeElement && document.activeElement.name || ''"))
    assert {"fornavn", "epost", "kommune", "tider", "ja_kommune", "ja_bank", "kommuner", "varighet"} <= met
    assert "nettsted" not in met
    await window.close()
