"""Steps of the main job that more than one walk takes."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.async_api import Locator, Page, expect

from sammen.clock import today
from sammen.norwegian import format_date

ROOT = Path(__file__).resolve().parents[2]
LIST = ROOT / "deploy" / "demo" / "data" / "horten-vedtaksliste.csv"


async def fill(page: Page, **fields: str) -> None:
    """Type into fields by name, as they stand in the form."""
    for name, value in fields.items():
        await page.locator(f"[name='{name}']").first.fill(value)


def root(page: Page) -> str:
    """Where the site begins."""
    return "/".join(page.url.split("/")[:3])


async def propose(page: Page, code: str) -> None:
    """Step 4a: the shared coordinator sees the need beside ranked candidates and proposes K-118, with a reason."""
    await page.get_by_role("link", name="Formidling").first.click()
    await page.get_by_role("link", name=code).first.click()
    first = page.locator(".proposal").first
    await expect(first).to_contain_text("av 100 poeng")
    await expect(first.locator(".why li").first).to_be_visible()
    assert "Vikane" not in await page.content()
    assert "Falk" not in await page.content()
    await page.get_by_role("link", name="Foreslå K-118").click()
    await fill(page, grunn="Klatrer selv og er ledig på tirsdager.")
    await page.get_by_role("button", name="Foreslå K-118 for behovet").click()
    await expect(page.get_by_role("status").or_(page.locator(".ds-alert")).first).to_be_visible()


async def accept(page: Page) -> None:
    """Step 4b: Horten says yes, records the service user's yes and the vetting, and still sees no name."""
    await page.get_by_role("link", name="Formidling").first.click()
    await page.get_by_role("link", name="K-118").first.click()
    await page.get_by_role("button", name="Si ja til K-118").click()
    await fill(page, ja_dato=format_date(today()))
    await page.get_by_role("button", name="Registrer brukerens ja").click()
    await fill(page, politiattest=format_date(today()), taushet=format_date(today()))
    await page.get_by_role("button", name="Registrer dagene").click()
    await expect(page.get_by_text("har ikke svart ennå").first).to_be_visible()
    assert "Falk" not in await page.content()


async def until(page: Page, wanted: Locator) -> None:
    """Read the page anew until a job has brought what is wanted."""
    for _ in range(60):
        if await wanted.count():
            return
        await page.wait_for_timeout(250)
        await page.reload()
    await expect(wanted.first).to_be_visible()


UNCHECK = """([measure, way]) => {
  const groups = [...document.querySelectorAll('main fieldset')];
  const group = groups.find(one => one.querySelector('legend').textContent.trim() === measure);
  const labels = [...group.querySelectorAll('label')];
  labels.find(one => one.textContent.trim().toLowerCase().includes(way)).control.click();
}"""


async def release(page: Page) -> None:
    """On a release's page while its job works: see that nobody finds anything, approve it, and see it shown."""
    approve = page.get_by_role("button", name="Godkjenn og publiser")
    refused = page.get_by_role("heading", name="Disse tallene kan ikke skjules godt nok")
    await until(page, approve.or_(refused))
    while await refused.count():
        # Of two municipalities' numbers, which the day decides, a table may be too fine: the page says which to take out.
        said = await page.get_by_text("Ta ut «").inner_text()
        await page.get_by_role("link", name="Velg tabeller på nytt").first.click()
        for table in re.findall(r"«([^»]+)»", said):
            measure, _, way = table.partition(": ")
            await page.evaluate(UNCHECK, [measure, way])
        await page.get_by_role("button", name="Lag den på nytt").click()
        await until(page, approve.or_(refused))
    tried = page.get_by_role("table", name="Hvem som prøvde, og hva de fant")
    for row in await tried.locator("tbody tr").all_inner_texts():
        assert "Ingen" in row, row
    await approve.click()
    await until(page, page.get_by_text("Tallene er publisert"))
