"""Before a meeting of the steering group, in Chromium: figures with a comment, a release without the municipality that is
late, files and links that hide what the page hides, a target, a correction and a second release, and one withdrawn.

One test in one world, since each step needs what the one before it made. The main job's own walk is test_main_job.py.
"""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import openpyxl
import pikepdf
import pytest
from playwright.async_api import Page, expect

import shared_pool.api
import tenants.api
from sammen.policy.roles import Role
from sammen.settings import Environment
from tests.figure_samples import more_municipalities, told
from tests.integration.test_no_way_around import pdf_text
from tests.release_samples import Cells, approved, whole
from tests.web.site import Site, serving, sideways
from tests.web.steps import fill, release, until
from tests.worlds import World

pytestmark = [pytest.mark.browser, pytest.mark.slow]
OWN, ALL = "/k/horten/tall", "/r/vestfold/tall"
PERIOD = "2026-h1"
NOTE = "Vi tok inn ventelista i mai."
WHY = "Horten har rettet brukertallet, og Færder er med."
REASON = "Timene i Re var telt to ganger."
YOUNG = 3
"""Users under 18 in Horten: few enough to be hidden, from everybody but Horten."""

NUMBERS = {
    "Re": (31, 44, 0), "Larvik": (24, 58, 12), "Sandefjord": (40, 61, 9), "Stokke": (33, 39, 0), "Svelvik": (19, 27, 0),
    "Holmestrand": (28, 51, 7),
}  # fmt: skip
"""Users under 18, users over, and open deviations of those who have approved theirs already. With Horten seven: two
together may not find the third, so one small number hides three others of its kind.
"""


def figures(young: int, adults: int, deviations: int) -> dict[str, Cells]:
    """A municipality's users by age, and its open deviations."""
    return {
        "users": {whole("users", age="0-17"): young, whole("users", age="18-66"): adults},
        "deviations_open": {whole("deviations_open"): deviations} if deviations else {},
    }


def measure(patch: pytest.MonkeyPatch, adults: int) -> None:
    """What Horten's measures say when its figures are computed next."""
    values = {name: dict(cells) for name, cells in figures(YOUNG, adults, 0).items()}
    patch.setattr(tenants.api, "MEASURES", told(values))  # type: ignore[arg-type]  # counts alone
    patch.setattr(shared_pool.api, "MEASURES", ())


@asynccontextmanager
async def sitting(
    world: World, site: Site, slug: str, role: Role, at: str, width: int = 1280
) -> AsyncIterator[Page]:
    """Somebody's own window, at an address."""
    async with site.as_user(await world.token(world.user(slug, role)), at, width=width) as page:
        yield page


async def row_of(page: Page, name: str) -> str:
    """The first line of a table about a municipality."""
    row = page.locator("main table tbody tr", has=page.locator("th", has_text=re.compile(f"^{name}$"))).first
    return " ".join(" ".join(await row.locator("th, td").all_text_contents()).split())


async def saved(page: Page, link: str) -> bytes:
    """The file behind a link."""
    async with page.expect_download() as downloading:
        await page.get_by_role("link", name=link).click()
    return Path(await (await downloading.value).path()).read_bytes()


async def compute_and_tell(page: Page, **said: str) -> None:
    """Compute, write what is asked for, and approve."""
    await page.get_by_role("button", name="Beregn").click()
    await until(page, page.get_by_role("button", name="Godkjenn tallene"))
    await fill(page, **said)
    await page.get_by_role("button", name="Godkjenn tallene").click()
    await expect(page.get_by_text("Tallene er godkjent").first).to_be_visible()


async def publish_without_the_late_one(page: Page) -> None:
    """Who has sent theirs and what they say; then a release without the one that has not."""
    await page.get_by_role("link", name="Hvem har levert").click()
    await expect(page.get_by_text("Vi venter på tall fra Færder.")).to_be_visible()
    await expect(page.get_by_text(NOTE)).to_be_visible()
    await page.go_back()
    await expect(page.get_by_text("7 av 8 kommuner har godkjent. Mangler: Færder.")).to_be_visible()
    await page.get_by_role("link", name="Velg tabeller").first.click()
    await page.get_by_role("button", name="Lag publiseringen").click()
    await release(page)
    await expect(page.get_by_text("Uten godkjente tall: Færder.")).to_be_visible()


async def set_a_target(page: Page) -> None:
    """No open deviations, from before the period ended."""
    await page.get_by_label("Tall", exact=True).select_option("deviations_open")
    await page.get_by_label("Høyst så stort").check()
    await fill(page, verdi="0", fra="01.01.2026", hvorfor="Styringsgruppa 12. januar.")
    await page.get_by_role("button", name="Lagre målet").click()
    await expect(page.get_by_text("Målet er lagret.")).to_be_visible()


async def read_before_the_meeting(page: Page) -> str:
    """The dashboard names who is missing; a filtered report hides what is small, and so do its files. Its address."""
    await expect(page.get_by_text("Uten tall: Færder.").first).to_be_visible()
    await page.get_by_role("link", name="Mål", exact=True).first.click()
    assert "Mål: null. Nådd" in await row_of(page, "Horten")
    assert "Mål: null. Ikke nådd" in await row_of(page, "Larvik")
    assert "vises ikke" in await row_of(page, "Færder")
    await page.goto(page.url.replace("/maal", "/tall/rapport/brukere"))
    await page.get_by_label("Alder").select_option("0-17")
    await page.get_by_role("button", name="Vis tallene").click()
    await expect(page).to_have_url(re.compile("alder=0-17"))
    assert (await row_of(page, "Horten")).startswith("Horten :")
    sheet = openpyxl.load_workbook(io.BytesIO(await saved(page, "Last ned tallene (Excel)"))).active
    assert sheet is not None
    cells = {str(row[0]): list(row[1:]) for row in sheet.iter_rows(values_only=True) if row[0]}
    shown = {name: cells[name][0] for name in NUMBERS if cells[name][0] != ":"}
    assert cells["Horten"][0] == ":"
    assert shown, "nothing is shown beside what is hidden"
    assert shown == {name: NUMBERS[name][0] for name in shown}
    assert YOUNG not in [cell for row in cells.values() for cell in row]
    with pikepdf.open(io.BytesIO(await saved(page, "Last ned rapporten (PDF)"))) as pdf:
        text = " ".join(pdf_text(pdf).split())
    assert "Horten :" in text
    assert all(f"{name} {value}" in text for name, value in shown.items())
    return page.url


async def compare_ones_own(page: Page) -> None:
    """Horten's manager sees Horten marked, the others beside it, and nothing that the steering group does not."""
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Horten og samarbeidet")
    await page.locator("main details summary", has_text="Brukere").first.click()
    marked = page.locator("tr.row--own").first
    await expect(marked).to_contain_text("Horten")
    assert "Larvik" in await page.locator("main").inner_text()


async def publish_the_correction(page: Page) -> None:
    """A corrected and a late municipality, in a release that says what is new and knows the one before it."""
    await page.get_by_role("link", name="Publiser på nytt").click()
    await fill(page, hvorfor=WHY)
    await page.get_by_role("button", name="Lag publiseringen").click()
    await release(page)
    await expect(page.get_by_text("Den forrige publiseringen av perioden er regnet med.")).to_be_visible()


async def withdraw(page: Page) -> None:
    """Not without a reason."""
    await page.get_by_role("link", name="Trekk publiseringen").click()
    await page.get_by_role("button", name="Trekk publiseringen").click()
    await expect(page.get_by_text("Skriv hvorfor").first).to_be_visible()
    await fill(page, grunn=REASON)
    await page.get_by_role("button", name="Trekk publiseringen").click()
    await expect(page.get_by_text("Publiseringen er trukket").first).to_be_visible()


async def test_figures_from_the_managers_comment_to_the_withdrawn_release(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = await more_municipalities(world, [*(name for name in NUMBERS if name != "Re"), "Færder"])
    for name, told_of in NUMBERS.items():
        await approved(world, others.get(name, world.re), figures(*told_of))
    boss, steering = ("vestfold", Role.PROJECT_MANAGER), ("vestfold", Role.STEERING_GROUP_MEMBER)
    async with serving(world.database, Environment.TEST) as site:
        measure(monkeypatch, 52)
        async with sitting(world, site, "horten", Role.MANAGER, f"{OWN}/{PERIOD}") as torunn:
            await compute_and_tell(torunn, kommentar=NOTE)
        async with sitting(world, site, *boss, "/r/vestfold/publiseringer") as marianne:
            await publish_without_the_late_one(marianne)
            first = marianne.url
            await marianne.goto(f"{site.url}/r/vestfold/maal")
            await set_a_target(marianne)
        async with sitting(world, site, *steering, ALL) as berit:
            shared = await read_before_the_meeting(berit)
            seen = await berit.locator("main").inner_text()
        async with sitting(world, site, *boss, shared.removeprefix(site.url)) as marianne:
            assert await marianne.locator("main").inner_text() == seen, "a shared link shows the same"
        async with sitting(world, site, "horten", Role.MANAGER, f"{OWN}/sammenlign") as torunn:
            await compare_ones_own(torunn)
            measure(monkeypatch, 57)
            await torunn.goto(f"{site.url}{OWN}/{PERIOD}")
            await compute_and_tell(torunn, grunn="Fem brukere manglet.")
            await torunn.goto(f"{site.url}{OWN}/{PERIOD}/utgaver")
            await expect(torunn.get_by_text("Brukere med tilbud: fra 55 til 60.")).to_be_attached()
        await approved(world, others["Færder"], figures(22, 49, 0))
        async with sitting(world, site, *boss, "/r/vestfold/publiseringer") as marianne:
            await publish_the_correction(marianne)
            second = marianne.url
        async with sitting(world, site, *steering, first.removeprefix(site.url)) as berit:
            await expect(berit.get_by_text("En nyere utgave vises")).to_be_visible()
            await berit.goto(second)
            await expect(berit.get_by_text(WHY)).to_be_visible()
            await berit.goto(f"{site.url}{ALL}/sammenlign")
            assert (await row_of(berit, "Færder")).startswith("Færder 71")
        async with sitting(world, site, *boss, second.removeprefix(site.url)) as marianne:
            await withdraw(marianne)
        async with sitting(world, site, *steering, second.removeprefix(site.url), width=320) as berit:
            await expect(berit.get_by_text(REASON)).to_be_visible()
            assert await sideways(berit) == 0
            await berit.goto(site.url + ALL)
            await expect(berit.get_by_role("heading", name="Tallene er trukket")).to_be_visible()
            assert "Færder 71" not in await berit.locator("main").inner_text()
