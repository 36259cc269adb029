"""Allocation from end to end in Chromium: application, letter of decision, evaluation and complaint.

Two purchasers and a provider do it, each in their own window, since nobody decides what they wrote themselves.
"""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from playwright.async_api import Locator, Page, expect

from sammen.clock import today
from sammen.norwegian import format_date
from tenants.people.api import make_synthetic
from tests.web.site import axe, running_site, sideways
from tests.web.steps import fill, root

CHILD = make_synthetic(today().replace(year=today().year - 11, day=1), "F", 7)
PARENT = make_synthetic(today().replace(year=today().year - 41, day=1), "F", 7)
NAME = "Selma Vikane"

pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def open_case(page: Page) -> None:
    await page.goto(root(page) + "/k/horten/saker?status=all&q=Vikane")
    await page.get_by_role("link", name=NAME).click()


async def pdf_of(page: Page, link: Locator) -> bytes:
    async with page.expect_download() as downloading:
        await link.click()
    return Path(await (await downloading.value).path()).read_bytes()


def check_pdf(content: bytes, language: str) -> pikepdf.Pdf:
    """Tagged, with a title shown in the window, a language, and both standards named (PDF/UA-1, PDF/A-2a)."""
    file = pikepdf.open(io.BytesIO(content))
    assert file.Root.MarkInfo.Marked
    assert str(file.Root.Lang).lower().startswith(language)
    assert file.Root.ViewerPreferences.DisplayDocTitle
    with file.open_metadata() as about:
        assert about["dc:title"]
        assert about["pdfuaid:part"] == "1"
        assert (about["pdfaid:part"], about["pdfaid:conformance"]) == ("2", "A")
    kinds = set()

    def walk(node: pikepdf.Object) -> None:
        if isinstance(node, pikepdf.Array):
            for one in node:
                walk(one)
        elif isinstance(node, pikepdf.Dictionary):
            if "/S" in node:
                kinds.add(str(node.S))
            if "/K" in node:
                walk(node.K)

    walk(file.Root.StructTreeRoot.K)
    assert {"/H1", "/P"} <= kinds
    return file


async def apply(page: Page) -> None:
    """Hanne registers an application by phone from a parent, and the parent, so that letters reach her."""
    await page.get_by_role("link", name="Søknader", exact=True).first.click()
    await page.get_by_role("link", name="Registrer søknad").first.click()
    await fill(
        page, fornavn="Selma", etternavn="Vikane", fodselsnummer=CHILD, adresse="Storgata 1", postnummer="3187",
        poststed="Horten", soker_navn="Marit Vikane",
    )  # fmt: skip
    await page.get_by_label("Telefon eller oppmøte").check()
    await page.get_by_label("Forelder eller foresatt").check()
    await page.get_by_role("button", name="Registrer søknaden").click()
    await expect(page.get_by_text("Søknaden er registrert")).to_be_visible()
    await page.get_by_role("link", name="Personen og representantene").click()
    await page.get_by_role("link", name="Registrer representant").first.click()
    await page.locator("[name='rolle'][value='parent']").check()
    await fill(page, fornavn="Marit", etternavn="Vikane", fodselsnummer=PARENT)
    await page.get_by_label("Nynorsk").check()
    await page.get_by_role("button", name="Registrer representanten").click()


async def write(page: Page) -> None:
    """Hanne maps what Selma wants, writes the decision, and cannot decide it herself."""
    await open_case(page)
    await page.get_by_role("link", name="Start kartleggingen").click()
    await fill(page, egne_ord="Jeg vil bake og ri, og ikke være alene på mandager.")
    await page.get_by_label("ridning", exact=True).check()
    await page.get_by_label("Har det best med én person om gangen").check()
    await page.get_by_role("button", name="Lagre og se forslag").click()
    await page.get_by_label("Individuell støttekontakt", exact=True).check()
    await page.get_by_role("button", name="Lagre valget").click()
    await open_case(page)
    await page.get_by_role("link", name="Skriv vedtak").first.click()
    await fill(
        page, timer_0="3", fra_0=format_date(today()), til_0=format_date(today() + timedelta(days=364))
    )
    await page.get_by_role("button", name="Send til godkjenning").click()
    await expect(page.get_by_text("ting før vedtaket kan sendes")).to_be_visible()
    await expect(
        page.get_by_text("Du har skrevet timer, men ikke hva timene skal brukes til.").first
    ).to_be_visible()
    await fill(
        page, naar_0="Mandager etter skolen",
        innhold_0="Bake hjemme hos støttekontakten, og ri på Borre rideskole annenhver uke.",
        maal="Selma har en fast aktivitet utenfor hjemmet hver uke og kjenner minst én jevnaldrende der.",
        begrunnelse="Selma er mye alene. En støttekontakt gir henne noe fast å glede seg til, og et sted å møte andre.",
        evaluering=format_date(today() + timedelta(days=180)),
    )  # fmt: skip
    await page.locator("[name='habilitet']").check()
    await page.get_by_role("button", name="Send til godkjenning").click()
    await open_case(page)
    await page.get_by_role("link", name="Les vedtaket").first.click()
    await expect(page.get_by_text("Vedtaket venter på en annen enn deg")).to_be_visible()
    await expect(page.get_by_role("button", name="Fatt vedtaket")).to_have_count(0)


async def decide(page: Page) -> None:
    """Ingrid finds it among what waits for her, reads it, and decides."""
    await page.get_by_role("link", name="Vedtak", exact=True).first.click()
    await page.get_by_role("link", name=NAME).click()
    await expect(page.get_by_text("Bake hjemme hos støttekontakten").first).to_be_visible()
    await page.get_by_role("button", name="Fatt vedtaket").click()
    await expect(
        page.locator("[name='habilitet'] ~ .ds-validation-message, .ds-error-summary").first
    ).to_be_visible()
    await page.locator("[name='habilitet']").check()
    await page.get_by_role("button", name="Fatt vedtaket").click()
    await expect(page.get_by_text("Vedtaket er fattet").first).to_be_visible()


async def send_letter(page: Page) -> None:
    """Hanne opens the letter, in the parent's Nynorsk, and marks it as sent."""
    await page.get_by_role("link", name="Brev", exact=True).first.click()
    await page.locator("tr", has_text=NAME).get_by_role("link").first.click()
    await expect(page.locator("main").get_by_text("Nynorsk")).to_be_visible()
    file = check_pdf(await pdf_of(page, page.get_by_role("link", name="Åpne brevet (PDF)")), "nn")
    assert len(file.pages) >= 1
    await page.get_by_role("link", name="Skriv ut og send").click()
    await fill(page, dato=format_date(today()))
    await page.get_by_role("button", name="Merk brevet som sendt").click()
    await open_case(page)
    await expect(page.locator("main").get_by_text("Sendt").first).to_be_visible()


async def deliver(page: Page) -> None:
    """Kari accepts the order; the decision is not hers to change."""
    await page.get_by_role("link", name="Bestillinger", exact=True).first.click()
    await page.get_by_role("link", name=NAME).click()
    await page.get_by_role("button", name="Ta imot bestillingen").click()
    await open_case(page)
    case = page.url
    await expect(page.get_by_role("link", name="Skriv vedtak")).to_have_count(0)
    refused = await page.goto(case.split("?")[0] + "/vedtak")
    assert refused is not None
    assert refused.status == 403


async def evaluate(page: Page) -> None:
    """Hanne evaluates with Selma's own words in their own field; the service goes on without a new application."""
    await page.get_by_role("link", name="Evalueringer", exact=True).first.click()
    await page.goto(page.url + "?vis=alle&q=Vikane")
    await page.get_by_role("link", name=NAME).click()
    assert await axe(page) == []
    await fill(page, dato=format_date(today()), egne_ord="Jeg gleder meg til mandag.")
    await page.get_by_label("Selma Vikane").or_(page.locator("[name='deltok']")).first.check()
    for name in ("ordene", "maal", "passer", "timer", "ensom"):
        for choice in await page.locator(f"[name='{name}']").all():
            await choice.check()
            break
    if await page.locator("[name='maal_ser']").count():
        await fill(page, maal_ser="Hun har bakt to ganger.", kontakt="Det går fint.")
    await page.locator("[name='utfall'][value='continue']").check()
    await fill(page, neste=format_date(today() + timedelta(days=170)))
    await page.get_by_role("button", name="Gjør ferdig evalueringen").click()
    await expect(page.get_by_text("Jeg gleder meg til mandag").first).to_be_visible()


async def complain(page: Page) -> None:
    """Hanne registers the parent's complaint; whether it came in time follows from the ground's own deadline."""
    await open_case(page)
    await page.get_by_role("link", name="Registrer klage").click()
    await fill(
        page, mottatt=format_date(today()), onsker="Tre timer er for lite.", klager_navn="Marit Vikane"
    )
    await page.locator("[name='kanal']").first.check()
    await page.locator("[name='klager'][value='parent']").check()
    await page.get_by_role("button", name="Registrer klagen").click()
    await expect(page.get_by_text("Kom i tide").first).to_be_visible()


async def answer(page: Page) -> None:
    """Ingrid writes the answer, and cannot conclude what she wrote."""
    await page.get_by_role("link", name="Klager", exact=True).first.click()
    await page.get_by_role("link", name=NAME).click()
    await page.get_by_role("link", name="Svar på klagen").first.click()
    await page.locator("[name='svar'][value='upheld']").check()
    await fill(page, begrunnelse="Vi har sett på saken igjen. Tre timer dekker det Selma ønsker nå.")
    await page.get_by_role("button", name="Send til godkjenning").click()
    await expect(page.get_by_role("link", name="Avgjør klagen")).to_have_count(0)


async def conclude(page: Page) -> None:
    """Hanne concludes; the complaint goes to the county governor with a letter."""
    await page.get_by_role("link", name="Klager", exact=True).first.click()
    await page.get_by_role("link", name=NAME).click()
    await page.get_by_role("link", name="Avgjør klagen").click()
    await page.locator("[name='habil']").check()
    await page.get_by_role("button", name="Avgjør klagen").click()
    await expect(page.get_by_text("Klagen er hos Statsforvalteren").first).to_be_visible()
    check_pdf(await pdf_of(page, page.get_by_role("link", name="Last ned oversendelsesbrevet (PDF)")), "nb")


async def outcome(page: Page) -> None:
    """Hanne notes what the county governor answered; the case tells the whole story."""
    await page.get_by_role("link", name="Klager", exact=True).first.click()
    await page.get_by_role("link", name="Hos Statsforvalteren").click()
    await page.get_by_role("link", name=NAME).click()
    await page.get_by_role("link", name="Registrer utfallet").click()
    await page.locator("[name='utfall']").first.check()
    await fill(page, dato=format_date(today()))
    await page.locator("main form button[type='submit']").first.click()
    await open_case(page)
    await page.goto(page.url + "?alt=1")
    for event in ("Søknad", "Kartlegging", "Vedtak", "Evaluering", "Klage"):
        await expect(page.locator(".timeline").get_by_text(event).first).to_be_visible()
    assert await axe(page) == []
    await page.set_viewport_size({"width": 320, "height": 900})
    assert await sideways(page) == 0


async def test_from_application_to_letter_to_evaluation_to_complaint_by_two_purchasers_and_a_provider(
    migrated: tuple[str, str],
) -> None:
    async with running_site(migrated, municipalities=("0701", "0716")) as site:
        async with site.as_persona("Hanne Myhre") as hanne:
            await apply(hanne)
            await write(hanne)
        async with site.as_persona("Ingrid Solum") as ingrid:
            await decide(ingrid)
        async with site.as_persona("Hanne Myhre") as hanne:
            await send_letter(hanne)
        async with site.as_persona("Kari Lunde") as kari:
            await deliver(kari)
        async with site.as_persona("Hanne Myhre") as hanne:
            await evaluate(hanne)
            await complain(hanne)
        async with site.as_persona("Ingrid Solum") as ingrid:
            await answer(ingrid)
        async with site.as_persona("Hanne Myhre") as hanne:
            await conclude(hanne)
            await outcome(hanne)
