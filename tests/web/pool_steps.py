"""The steps of the shared pool's walk (test_pool_job.py), each as the one who takes it: what is clicked, what must be seen."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from sammen.clock import today
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from tests.integration.test_outbox import Inbox
from tests.web.site import Site, axe, sideways
from tests.web.steps import fill
from tests.worlds import World

USER, CHILD = "Mikkel Aasgård", "Mikkel"
CONTACT, GIVEN, FAMILY = "Ida Solberg", "Ida", "Solberg"
COORDINATOR, MANAGER, PAYROLL, SHARED = (
    Role.PROVIDER_COORDINATOR, Role.MANAGER, Role.PAYROLL, Role.SHARED_COORDINATOR,
)  # fmt: skip
TODAY = format_date(today())
TO_PAY = "2\N{NO-BREAK SPACE}243,38\N{NO-BREAK SPACE}kr"
"""What Horten pays Re in the end; how it is reckoned stands in test_pool_job.py."""


@dataclass
class Walk:
    """What is found out on the way, and the windows of those who walk."""

    world: World
    site: Site
    inbox: Inbox
    poster: str = ""
    own_link: str = ""
    code: str = ""
    need: str = ""
    proposal: str = ""

    def of(self, slug: str, role: Role, start: str, width: int = 1280) -> AbstractAsyncContextManager[Page]:
        """A window of somebody's own, logged in."""

        @asynccontextmanager
        async def window() -> AsyncIterator[Page]:
            token = await self.world.token(self.world.user(slug, role))
            async with self.site.as_user(token, start, width=width) as page:
                yield page

        return window()

    @asynccontextmanager
    async def visitor(self, path: str) -> AsyncIterator[Page]:
        """Somebody nobody knows, on a small phone."""
        window = await self.site.browser.new_context(viewport={"width": 320, "height": 700}, locale="nb-NO")
        window.set_default_timeout(10_000)
        page = await window.new_page()
        await page.goto(self.site.url + path)
        try:
            yield page
        finally:
            await window.close()

    async def letter(self, subject: str) -> str:
        """The newest mail with a subject, when it has come."""
        for _ in range(80):
            for mail in reversed(self.inbox.mails):
                if subject in str(mail["Subject"]):
                    return str(mail.get_content())  # type: ignore[attr-defined]  # made with the newer policy
            await asyncio.sleep(0.25)
        pytest.fail(f"no mail «{subject}», only {[str(one['Subject']) for one in self.inbox.mails]}")

    async def has(self, page: Page, text: str) -> None:
        """Load the page again until it says so: a job is at work."""
        for _ in range(60):
            if await page.get_by_text(text).count():
                return
            await page.wait_for_timeout(500)
            await page.reload()
        pytest.fail(f"«{text}» never came on {page.url}")


async def well_made(page: Page) -> None:
    """Nothing runs sideways, and axe finds nothing."""
    assert await sideways(page) == 0, page.url
    assert await axe(page) == [], page.url


# A campaign, and somebody who reads its poster ------------------------------------------------------------------------
async def advertise(walk: Walk, page: Page) -> None:
    """Eirik writes a campaign, makes a poster for the library in Revetal, and opens it."""
    await page.get_by_role("link", name="Kampanjer").first.click()
    await page.get_by_role("link", name="Ny kampanje").first.click()
    await fill(page, tittel_nb="Har du to timer i uka?", ingress_nb="Bli støttekontakt for noen i nærheten.",
               tekst_nb="Du får lønn og opplæring.", til=format_date(today() + timedelta(days=30)))  # fmt: skip
    await page.get_by_role("button", name="Lagre", exact=True).click()
    await page.locator("[name='slag'][value='poster']").check()
    await fill(page, sted="Revetal bibliotek")
    await page.get_by_role("button", name="Lag kilden").click()
    await page.get_by_role("button", name="Åpne kampanjen").click()
    shown = await page.locator("li", has_text="Plakat, Revetal bibliotek").inner_text()
    walk.poster = shown.partition("/b/")[2].split()[0]
    await well_made(page)


async def apply(walk: Walk, page: Page) -> None:
    """Ida types the poster's address on her phone, applies to Re, and says yes to being proposed in Horten."""
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Har du to timer i uka?")
    await well_made(page)
    await page.locator("a[href*='/skjema']").first.click()
    await fill(page, fornavn=GIVEN, etternavn=FAMILY, fodselsdato="04.03.1999", epost="ida@example.no",
               telefon="912 34 567", postnummer="3174", timer="4", hvorfor="Jeg liker folk.")  # fmt: skip
    for box in (
        "interesser][value='climbing",
        "interesser][value='cinema",
        "tider][value='tue-pm",
        "slag][value='individual",
    ):
        await page.locator(f"[name='{box}']".replace("][value='", "'][value='")).check()
    await page.locator("[name='ja_bank']").check()
    await page.get_by_role("group", name="Hvilke kommuner kan foreslå deg?").get_by_label("Horten").check()
    await page.locator("[name='varighet'][value='6']").check()
    await page.get_by_role("button", name="Send skjemaet").click()
    await expect(
        page.get_by_text("Kommunen kan lese skjemaet").first
    ).to_be_visible()  # the one yes that is needed
    await page.locator("[name='ja_kommune']").check()
    await well_made(page)
    await page.get_by_role("button", name="Send skjemaet").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Sjekk e-posten din")
    assert await walk.world.sql("SELECT 1 FROM support_contact") == []  # nobody's until the link is pressed


async def confirm(walk: Walk, page: Page) -> None:
    """The mail says neither her name nor where; its link has one button. Then she has a page of her own."""
    mail = await walk.letter("Bekreft at du vil bli støttekontakt")
    assert GIVEN not in mail
    assert "Re" not in re.findall(r"\w+", mail)
    (link,) = re.findall(r"https?://\S+/bli-med/bekreft/\S+", mail)
    await page.goto(link)
    await page.get_by_role("button", name="Send skjemaet til kommunen").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text(GIVEN)
    await expect(page.get_by_text("Du står ikke i den felles banken")).to_be_visible()
    await well_made(page)
    walk.own_link = page.url


async def interview(walk: Walk, page: Page) -> None:
    """Re's coordinator finds her on Min dag, answers, holds the interview, and registers what she has learnt."""
    await walk.has(page, CONTACT)
    await page.get_by_role("link", name=CONTACT).first.click()
    await page.get_by_role("button", name="Vi har svart").click()
    await fill(page, intervju_dag=TODAY, intervju_sted="Rådhuset")
    await page.get_by_role("button", name="Avtal intervju").click()
    await fill(
        page, holdt=TODAY, motivasjon="Vil bety noe for noen.", onsker="Noen som vil ut og gjøre ting."
    )
    await page.locator("[name='videre'][value='ja']").check()
    await page.get_by_role("button", name="Lagre intervjuet").click()
    for course in ("intro_course", "guidance"):
        await page.get_by_text("Registrer kurs eller utdanning").click()
        await page.locator("[name='hva']").select_option(course)
        await fill(page, fullfort=TODAY, kurssted="Re kommune")
        await page.get_by_role("button", name="Lagre kurset").click()
    await well_made(page)


async def share(walk: Walk, page: Page) -> None:
    """The form is filled in with what she said yes to; the two go through it, and she stands under a code."""
    await page.get_by_role("link", name="Del med den felles banken").click()
    await expect(page.get_by_text("Har allerede sagt ja selv")).to_be_visible()
    towns = page.get_by_role("group", name="Kan bli foreslått for behov i")
    await expect(towns.get_by_label("Horten")).to_be_checked()
    await expect(towns.get_by_label("Re", exact=True)).not_to_be_checked()
    await well_made(page)
    await page.locator("[name='ja']").check()
    await page.locator("[name='sett']").check()
    await page.get_by_role("button", name="Del uten navn").click()
    heading = await page.get_by_role("heading", name="Slik ser andre").inner_text()
    (walk.code,) = re.findall(r"K-\w+", heading)


async def see_that_one_is_in(walk: Walk, page: Page) -> None:
    """Her own page from the mail says it at once."""
    await expect(page.get_by_text("Du står i den felles banken")).to_be_visible()


# A need without a name ------------------------------------------------------------------------------------------------
async def post(walk: Walk, page: Page) -> None:
    """Kari posts Mikkel's need: too few are like him, and the text names him. She says less, and sees what others see."""
    await page.get_by_role("link", name="Bestillinger", exact=True).first.click()
    await page.get_by_role("link", name=USER).click()
    await page.get_by_role("button", name="Ta imot bestillingen").click()
    await page.get_by_role("link", name="Legg ut et behov uten navn").click()
    await page.get_by_label("ridning", exact=True).check()
    await page.locator("[name='samtykke_av'][value='parent']").check()
    await fill(page, samtykke_dato=TODAY, om=f"{CHILD} vil helst gjøre én ting om gangen.")
    await page.locator("[name='hjemmel']").first.check()
    await page.get_by_role("button", name="Se hva andre får se").click()
    await expect(page.get_by_text("er navnet til brukeren").first).to_be_visible()
    await well_made(page)
    await fill(page, om="Vil helst gjøre én ting om gangen.")
    await page.get_by_role("button", name="Se hva andre får se").click()
    await expect(page.get_by_text("For få i kommunen ligner").first).to_be_visible()
    await page.get_by_role("button", name="Bruk forslag 1").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Slik ser andre behovet")
    seen = await page.locator(".need").inner_text()
    assert "klatring" in seen.lower()
    assert "ridning" not in seen.lower()
    assert not [word for word in (*USER.split(), "Horten") if word in seen]
    await well_made(page)
    await page.get_by_role("button", name="Legg ut behovet").click()
    await page.locator("[name='om_lest']").check()
    await page.get_by_role("button", name="Legg ut behovet").click()
    await expect(page.get_by_text("Behovet er lagt ut uten navn.")).to_be_visible()
    ((walk.need,),) = await walk.world.sql("SELECT code FROM need")


# The match ------------------------------------------------------------------------------------------------------------
async def propose(walk: Walk, page: Page) -> None:
    """Eirik runs the matching, reads why, and proposes with a reason of his own."""
    await page.get_by_role("link", name="Formidling").first.click()
    await page.get_by_role("button", name="Kjør formidling").click()
    await page.goto(walk.site.url + "/r/vestfold/formidling")
    await walk.has(page, f"Foreslå {walk.code}")
    row = page.locator("tr", has_text=walk.need)
    why = await row.inner_text()
    assert "klatring" in why.lower()
    assert re.search(r"\d+ av 100 poeng", why)
    assert re.search(r"\d+ km", why)
    assert not [word for word in (*USER.split(), GIVEN, FAMILY) if word in await page.content()]
    await well_made(page)
    await row.get_by_role("link", name=f"Foreslå {walk.code}").click()
    await fill(page, grunn="Klatrer selv, og er ledig samme dag.")
    await page.get_by_role("button", name=f"Foreslå {walk.code} for behovet").click()
    await expect(page.get_by_text("Kommunen med behovet må svare.").first).to_be_visible()
    ((proposal,),) = await walk.world.sql("SELECT id FROM proposal")
    walk.proposal = f"/k/horten/formidling/{proposal}"


async def name_deciders(walk: Walk, page: Page) -> None:
    """Horten's manager names who answers: its coordinator, and as deputy Eirik, who works there too."""
    await page.get_by_role("link", name="Formidling").first.click()
    await page.goto(walk.site.url + "/k/horten/formidling/beslutter")
    await page.locator("[name='beslutter']").select_option(str(walk.world.user("horten", COORDINATOR)))
    await page.locator("[name='stedfortreder']").select_option(str(walk.world.user("vestfold", SHARED)))
    await page.get_by_role("button", name="Lagre hvem som svarer").click()
    await expect(page.get_by_text("ser nye forslag på Min dag").first).to_be_visible()


async def refuse_oneself(walk: Walk, page: Page) -> None:
    """Eirik may answer for Horten, but not what he proposed: there is no button, and none can be made."""
    await page.goto(walk.site.url + walk.proposal)
    await expect(page.get_by_text("Du foreslo kandidaten selv.")).to_be_visible()
    await expect(page.get_by_role("button", name="Si ja til")).to_have_count(0)
    eirik = await walk.world.browser("vestfold", SHARED)
    assert (await eirik.submit(f"{walk.proposal}/ja", page=walk.proposal)).status_code == 403


async def accept(walk: Walk, page: Page) -> None:
    """Kari says yes for Horten, and registers the parents' yes and what has been shown to Horten."""
    await page.get_by_role("link", name=f"Svar på forslag til behov {walk.need}").first.click()
    await page.get_by_role("button", name=f"Si ja til {walk.code}").click()
    await fill(page, ja_dato=TODAY)
    await page.get_by_role("button", name="Registrer brukerens ja").click()
    await fill(page, politiattest=TODAY, taushet=TODAY)
    await page.get_by_role("button", name="Registrer dagene").click()
    await expect(page.get_by_text("har ikke svart ennå").first).to_be_visible()
    assert not [word for word in (GIVEN, FAMILY, "912 34 567", "3174") if word in await page.content()]
    await well_made(page)


async def say_yes(walk: Walk, page: Page) -> None:
    """Ida sees a need without a name on the bus, and will meet the person."""
    await page.get_by_role("link", name="Horten spør om deg").first.click()
    assert not [word for word in USER.split() if word in await page.content()]
    await well_made(page)
    await page.get_by_label("Ja, jeg vil møte personen").check()
    await page.get_by_role("button", name="Send svaret").click()
    await expect(page.get_by_text("Alle har sagt ja").first).to_be_visible()


async def meet(walk: Walk, page: Page) -> None:
    """Now Horten reads who it is. The two meet once to try, will go on, and begin today."""
    await page.goto(walk.site.url + walk.proposal)
    await walk.has(page, "Avtal prøvemøte")
    await page.get_by_role("link", name="Avtal prøvemøte").click()
    await expect(page.get_by_text(CONTACT).first).to_be_visible()
    await page.locator("[name='mote_slag'][value='trial']").check()
    await fill(
        page, mote_dag=TODAY, mote_kl="17.30", mote_sted="Klatrehallen", mote_hvem="Mor og koordinator."
    )
    await page.get_by_role("button", name="Avtal møtet").click()
    await page.locator("[name='utfall'][value='held']").check()
    await page.get_by_role("button", name="Lagre hvordan det gikk").click()
    await well_made(page)
    await fill(page, start=TODAY)
    await page.get_by_role("button", name="Lagre dagen").click()
    await page.goto(walk.site.url + walk.proposal)
    await expect(page.get_by_text("De to fortsetter").first).to_be_visible()


async def employ(walk: Walk, page: Page) -> None:
    """Horten has its own agreement with Ida and pays her. Her courses and what Horten has been shown came with her."""
    await page.get_by_role("link", name="Støttekontakter", exact=True).first.click()
    await page.get_by_role("link", name=CONTACT).first.click()
    await expect(page.get_by_text("Innføringskurs for støttekontakter").first).to_be_visible()
    await expect(page.get_by_text("Politiattest mangler")).to_have_count(0)
    await (
        page.locator("section", has=page.get_by_role("heading", name="Avtale", exact=True))
        .get_by_role("link")
        .first.click()
    )
    await expect(page.get_by_text("Neste: send avtalen til underskrift")).to_be_visible()
    await page.get_by_role("button", name="Lag fil og gi beskjed til støttekontakten").click()
    await expect(page.get_by_text("Neste: registrer underskriftene")).to_be_visible()
    await well_made(page)


# Hours, and the month is over -----------------------------------------------------------------------------------------
async def register(walk: Walk, page: Page) -> None:
    """Ida registers two meetings in Horten, where she now reads whom she meets."""
    await expect(page.get_by_text(CHILD).first).to_be_visible()
    await page.get_by_role("link", name="Før timer").first.click()
    for hours, what in (("2,5", "Klatret."), ("1,75", "Gikk tur.")):
        await page.get_by_text("Skriv bare antall timer").click()
        await fill(page, dato=today().isoformat(), timer=hours, hva=what)
        await page.get_by_role("button", name="Send inn", exact=True).click()
        await expect(page.locator("main").get_by_text(what, exact=True).first).to_be_visible()
    await expect(page.get_by_text("4,25 timer").first).to_be_visible()
    await well_made(page)


async def approve(walk: Walk, page: Page) -> None:
    """Kari approves both, since nobody at home can log in to confirm them."""
    await page.get_by_role("link", name="Timelister", exact=True).first.click()
    group = page.locator("section", has=page.get_by_role("heading", name=f"{CONTACT} med {USER}"))
    for line in await group.locator("[name='linje']").all():
        await line.check()
    await group.get_by_text("Kan ikke timene bekreftes?").click()
    await group.locator("[name='ubekreftet']").fill("Mor har bekreftet på telefonen.")
    await group.get_by_role("button", name="Godkjenn de valgte").click()
    await expect(page.get_by_text("2 føringer er godkjent.")).to_be_visible()


async def offer_terms(walk: Walk, page: Page) -> None:
    """Torunn proposes prices to Re, a month at a time."""
    await page.get_by_role("link", name="Oppgjør", exact=True).first.click()
    await page.get_by_role("link", name="Ny avtale").first.click()
    await page.locator("[name='kommune']").select_option(label="Re")
    await page.locator("[name='fra']").select_option(f"{today():%Y-%m}")
    await page.locator("[name='oppgjor'][value='1']").check()
    await fill(page, time="45,50", rekruttering="1500", kurs="800", kursplass="600", gruppeplass="250")
    await page.get_by_role("button", name="Send forslaget").click()
    await expect(page.get_by_text("Venter på svar fra Re")).to_be_visible()
    await well_made(page)


async def agree(walk: Walk, page: Page) -> None:
    """Re's manager finds the proposal on Min dag, and says yes."""
    await page.locator("main a[href*='/oppgjor/avtaler/']").first.click()
    await page.get_by_role("button", name="Godta avtalen").click()
    await expect(page.get_by_text("Avtalen er godtatt.")).to_be_visible()


async def read_places(walk: Walk, page: Page) -> None:
    """Re's payroll finds the place in a group of Horten's among the lines, and checks them."""
    await page.locator("main a[href*='/oppgjor/']").first.click()
    await expect(page.get_by_text(TO_PAY).first).to_be_visible(timeout=20_000)
    await check(walk, page)


async def check(walk: Walk, page: Page) -> None:
    """Payroll reads the lines, which name Ida and nobody else, and says that they are right."""
    if "/oppgjor/" not in page.url:
        await page.locator("main a[href*='/oppgjor/']").first.click()
    shown = await page.locator("main").inner_text()
    assert CONTACT in shown
    assert not [word for word in USER.split() if word in shown]
    await well_made(page)
    await page.get_by_role("button", name="Tallene stemmer").click()
    await expect(page.get_by_text("Tallene er kontrollert.")).to_be_visible()


async def accept_statement(walk: Walk, page: Page, said: str) -> None:
    """A manager says yes to what payroll has checked."""
    await page.locator("main a[href*='/oppgjor/']").first.click()
    await page.get_by_role("button", name="Godkjenn oppgjøret").click()
    await expect(page.get_by_text(said)).to_be_visible()
