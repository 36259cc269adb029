"""The main job from end to end in Chromium, as the people who do it, on the municipality's own spreadsheet.

One test, since each step needs what the one before it made: list → decision → nameless need → proposal → every yes →
names → hours on a phone → approved hours → approved figures → the steering group's comparison.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from sammen.clock import today
from sammen.norwegian import format_date
from tenants.people.api import make_synthetic
from tests.web.site import Site, running_site

ROOT = Path(__file__).resolve().parents[2]
LIST = ROOT / "deploy" / "demo" / "data" / "horten-vedtaksliste.csv"
CHILD = make_synthetic(today().replace(year=today().year - 11, day=1), "M", 7)

pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def fill(page: Page, **fields: str) -> None:
    """Type into fields by name, as they stand in the form."""
    for name, value in fields.items():
        await page.locator(f"[name='{name}']").first.fill(value)


async def import_the_list(page: Page) -> None:
    """Step 1: preview, faulty rows out and corrected, the rest in; the same file again changes nothing."""
    await page.get_by_role("link", name="Hent inn saker").first.click()
    await page.set_input_files("[name='fil']", LIST)
    await page.get_by_role("button", name="Les lista").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("horten-vedtaksliste.csv")
    async with page.expect_download() as downloading:
        await page.get_by_role("link", name="rader som må rettes").click()
    faulty = Path(await (await downloading.value).path()).read_text(encoding="utf-8-sig")
    assert "Hva må rettes" in faulty
    await page.get_by_role("button", name="Hent inn 52 rader").click()
    await expect(page.get_by_text("Lista er hentet inn").first).to_be_visible()
    corrected = faulty.replace("31.02.2026", "28.02.2026").encode("utf-8-sig")
    await page.get_by_role("link", name="Hent inn en liste til").click()
    await page.set_input_files("[name='fil']", {"name": "rettet.csv", "mimeType": "text/csv", "buffer": corrected})
    await page.get_by_role("button", name="Les lista").click()
    await page.get_by_role("button", name="Hent inn én rad").click()
    await expect(page.get_by_text("Lista er hentet inn").first).to_be_visible()
    await page.get_by_role("link", name="Hent inn en liste til").click()
    await page.set_input_files("[name='fil']", LIST)
    await page.get_by_role("button", name="Les lista").click()
    await expect(page.get_by_role("button", name="Hent inn")).to_have_count(0)


async def decide(page: Page) -> None:
    """Step 2: a new application, its mapping, and a decision with two services."""
    await page.get_by_role("link", name="Saker", exact=True).first.click()
    await page.get_by_role("link", name="Registrer søknad").click()
    await fill(page, fornavn="Elias", etternavn="Vikane", fodselsnummer=CHILD, soker_navn="Marit Vikane")
    await page.get_by_label("Forelder eller foresatt").check()
    await page.get_by_role("button", name="Registrer søknaden").click()
    await page.get_by_role("link", name="Start kartleggingen").click()
    await fill(page, egne_ord="Jeg vil klatre og spille, helst på tirsdager.")
    for choice in ("klatring", "dataspill", "tirsdager, ettermiddag", "Individuell støttekontakt", "Aktivitetsgruppe"):
        await page.get_by_label(choice, exact=True).check()
    await page.get_by_role("button", name="Lagre kartleggingen").click()
    await page.get_by_role("link", name="Skriv vedtak").click()
    start, end = format_date(today()), format_date(today() + timedelta(days=364))
    await fill(
        page, timer_0="3", naar_0="Tirsdager etter skolen", fra_0=start, til_0=end, naar_1="Onsdager", fra_1=start,
        til_1=end, maal="En fast aktivitet hver uke, og noen å gjøre den med.",
        begrunnelse="Elias er mye alene. En støttekontakt og ei gruppe gir ham noe fast.",
        evaluering=format_date(today() + timedelta(days=180)),
    )  # fmt: skip
    await page.get_by_role("button", name="Fatt vedtaket").click()
    await expect(page.get_by_text("Vedtaket er fattet")).to_be_visible()


async def test_the_main_job_from_a_spreadsheet_to_the_steering_groups_comparison(migrated: tuple[str, str]) -> None:
    async with running_site(migrated, municipalities=("0701", "0716")) as site:
        async with site.as_persona("Hanne Myhre") as hanne:
            await import_the_list(hanne)
            await decide(hanne)
        await orders_are_made(site)


async def orders_are_made(site: Site) -> None:
    """The provider has one order for each service."""
    async with site.as_persona("Kari Lunde") as kari:
        await kari.get_by_role("link", name="Bestillinger").first.click()
        await expect(kari.get_by_role("link", name="Elias Vikane")).to_have_count(2)
