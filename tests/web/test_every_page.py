"""Every page of the route table, opened as those who may: wide in Bokmål, as narrow as a small phone in Nynorsk; in English
its words are read.

The pages are found by following links from each person's start, so a page that nobody can get to is found out too. The
words of each person's every page are read; it is drawn when it is the first of its template, or has an element of a kind that
has not been drawn before for anybody (looks.py).
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page

from deploy.database import administrator
from deploy.walk import PUBLIC, Walk
from sammen.ids import uuid7
from tests.web.bokmaal import bokmaal_in, only_bokmaal
from tests.web.looks import Drawn
from tests.web.site import Site, axe, sideways
from tests.web.steps import LIST, accept, propose
from tests.web.words import Words

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OFFICER = "Vernombudet i Horten og Re"
"""The demo's data protection officer, who is given a second place and a button on the front page for these tests."""
PEOPLE = (
    "Hanne Myhre", "Kari Lunde", "Torunn Haslestad", "Gro Heide", "Leif Tangen", "Eirik Fossum", "Berit Aasen",
    "Marianne Klever", "Ragnhild Moen", "Amund Vik", "Sindre Falk", "Trine Bergli", "Selma Aasrum", "Dina Norli", OFFICER,
)  # fmt: skip
NOT_OPENED = frozenset({
    "/helse", "/klar",  # for machines
    # On the way in, and for who has a link: test_account_pages.py. The last two: OPEN_TO_ALL.
    "/bekreft", "/konto/bekreftelse", "/lenke/{token}", "/glemt", "/velkommen",
    # Out to a provider and back, and for providers: test_oidc.py.
    "/logg-inn/opp", "/logg-inn/ut", "/logg-inn/med/{provider}", "/logg-inn/med/{provider}/svar",
    "/logg-inn/med/{provider}/avmeldt", "/logg-inn/finn", "/logg-inn/{slug}",  # the last two: OPEN_TO_ALL
    "/r/{slug}/publiseringer/{release_id}/tabeller",  # of a release that nobody has approved: test_release_pages.py
    "/min/{slug}/bilag/{receipt_id}",  # a picture, of an entry that can still be changed: test_hours_pages.py
    "/min/{slug}/timer/{assignment_id}/kode/{attest_code_id}",  # after a code is sent: test_attestation_pages.py
    "/sok/{slug}/lagret", "/sok/{slug}/mottatt",  # after a form: test_public_form_browser.py
    # After a form, and for who has a link: test_campaign_browser.py. An address on paper only leads on, and a poster is a file.
    "/bli-med/sendt/{form}", "/bli-med/bekreft/{token}", "/bli-med/min/{token}", "/bli-med/min/{token}/trekk", "/b/{code}",
    "/bli-med", "/r/{slug}/kampanjer/kilder/{source_id}/plakat",
    "/k/{slug}/import/{import_id}/framdrift",  # the part of a page that htmx asks for
    "/k/{slug}/personer/{person_id}/historie.pdf", "/k/{slug}/personer/{person_id}/overforing.zip",
    "/min/{slug}/historie/{person_id}",
    "/k/{slug}/import/{import_id}/maa-rettes.csv", "/k/{slug}/saker/liste.xlsx", "/r/{slug}/tall/tall.xlsx",  # files
    "/r/{slug}/hefte/{pack_id}/hefte.pdf", "/r/{slug}/kartlegging/kartlegging.pdf", "/r/{slug}/kartlegging/kartlegging.xlsx",
    "/r/{slug}/tall/tall.pdf", "/r/{slug}/tall/rapport/{report}/tall.xlsx", "/r/{slug}/tall/rapport/{report}/rapport.pdf",
    "/k/{slug}/tall/sammenlign/tall.xlsx", "/k/{slug}/tall/sammenlign/tall.pdf",
    "/k/{slug}/tall/sammenlign/rapport/{report}/tall.xlsx", "/k/{slug}/tall/sammenlign/rapport/{report}/rapport.pdf",
    "/r/{slug}/formidling/logg/liste.xlsx",
    "/r/{slug}/oppgaver/{region_task_id}",  # while a run goes on: test_region_pages.py
    "/r/{slug}/formidling/foresla",  # the way back from the answer to a form: test_region_pages.py
    # After a form, for who has a link in an e-mail, for programs, and files: test_calendar_browser.py and others.
    "/aktivitetskalender", "/aktivitetskalender/sendt/{submission}", "/aktivitetskalender/bekreft/{token}",
    "/aktivitetskalender/min/{token}", "/aktivitetskalender/min/{token}/avlys",
    "/aktivitetskalender/{slug}/utgaver/{calendar_edition_id}",
    "/aktivitetskalender/{slug}/hendelse/{calendar_event_id}/kalender.ics",
    "/kalender/{token}", "/nyhetsbrev/bekreft/{token}", "/nyhetsbrev/av/{token}",
    "/k/{slug}/nyhetsbrev/{newsletter}/epost", "/r/{slug}/nyhetsbrev/{joint_newsletter}/epost",  # the e-mail itself
    "/kursbevis/{code}",  # counted by the hour: each walk reads one
    "/k/{slug}/avtaler/{accord_party_id}/dokument", "/r/{slug}/avtaler/{accord_id}/dokument",  # files: test_accord_pages.py
    # The page that letters, minutes and agreements have, of a form that somebody has registered.
    "/k/{slug}/oppbevaring/dokumenter/incoming_form/{incoming_form_id}",
    "/k/{slug}/arkiv/{archive_export_id}/fil",  # a sealed file, for an archive that has been made: test_archive_attacks.py
    "/k/{slug}/venteliste/liste.xlsx", "/k/{slug}/avvik/liste.xlsx", "/k/{slug}/statusmoter/{review_id}/referat.pdf",
})  # fmt: skip
OPEN_TO_ALL = (
    "/bli-med", "/bli-med/vestfold", "/aktivitetskalender/vestfold", "/aktivitetskalender/vestfold/meld-inn", "/kursbevis",
    "/nyhetsbrev/horten", "/logg-inn/finn", "/logg-inn/horten", "/glemt", "/velkommen",
)  # fmt: skip
CALENDAR = "/aktivitetskalender"
"""Its pages know nobody, so they are opened once for everybody, in the language the address asks for."""
NEED, OPEN_AGAIN = "3F9", "6C2"
AT_ONCE = 2

FRAME = "main :is(h1, h2, h3, label, legend, button, dt, caption, summary, th[scope=col], .ds-tag), header, nav, footer"
# What says itself which language it is in, such as a letter on its way, is not in the page's.
TEXTS = f"""() => {{
  const ours = element => element.closest('[lang]') === document.documentElement;
  const frame = [...document.querySelectorAll("{FRAME}")].filter(ours).map(e => e.textContent.replace(/\\s+/g, ' ').trim());
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const all = [];
  while (walker.nextNode())
    if (ours(walker.currentNode.parentElement)) all.push(walker.currentNode.textContent.replace(/\\s+/g, ' ').trim());
  for (const name of ['aria-label', 'placeholder', 'title', 'alt', 'data-label'])
    for (const element of document.querySelectorAll(`[${{name}}]`))
      if (ours(element)) all.push(element.getAttribute(name).trim());
  return [frame, all];
}}"""


async def untranslated(page: Page, language: str) -> list[str]:
    """Bokmål on a page in another language."""
    frame, everything = await page.evaluate(TEXTS)
    return bokmaal_in(frame, everything, language)


async def complaints(page: Page, address: str, language: str) -> list[str]:
    """What is wrong with the page at an address, in a window already in the language."""
    answer = await page.goto(address)
    assert answer is not None
    found = [] if answer.status == 200 else [f"status {answer.status}"]
    found += await axe(page)
    if await page.locator("html").get_attribute("lang") != language:
        found.append(f"<html lang> is not {language}")
    if not re.fullmatch(r"\S.* – Sammen", await page.title()):
        found.append(f"title: {await page.title()!r}")
    if language != "nb":
        found += await untranslated(page, language)
        if wider := await sideways(page):
            found.append(f"{wider} px too wide")
    where = f"{'320 px' if language == 'nn' else '1280 px'} {language} {address}"
    return [f"{where}: {one}" for one in found]


async def complaints_of_words(window: Page, address: str, language: str) -> tuple[list[str], str]:
    """(what is wrong with the words at an address, the page as it was sent)."""
    answer = await window.context.request.get(address)
    html = await answer.text()
    words = Words(html)
    found = [] if answer.status == 200 else [f"status {answer.status}"]
    if words.lang != language:
        found.append(f"<html lang> is not {language}")
    if not re.fullmatch(r"\S.* – Sammen", words.title):
        found.append(f"title: {words.title!r}")
    if language != "nb":
        found += bokmaal_in(words.frame, words.all, language)
    return [f"{language} {address}: {one}" for one in found], html


async def complaints_as_new(
    page: Page, address: str, language: str, template: str, drawn: Drawn
) -> list[str]:
    """As `complaints`, but drawn only if something on it has not been drawn before. English pages have the elements of the
    Bokmål ones, and are never drawn.
    """
    found, html = await complaints_of_words(page, address, language)
    new = drawn.new(template, language, html) if language != "en" else set()
    if new:
        found += await complaints(page, address, language)
        if not found:
            drawn.whole(template, language, new)
    return sorted(set(found))


async def complaints_of_all(
    first: Page, addresses: Iterable[tuple[str, str]], language: str, drawn: Drawn
) -> list[str]:
    """Of every (template, address), in the first page's window: a few pages at a time."""
    left, found = list(addresses), list[str]()
    pages = [first, *[await first.context.new_page() for _ in range(AT_ONCE - 1)]]

    async def work(page: Page) -> None:
        while left:
            template, address = left.pop()
            found.extend(await complaints_as_new(page, address, language, template, drawn))

    await asyncio.gather(*(work(page) for page in pages))
    return sorted(found)


@pytest.fixture(scope="session")
async def lived_in(site: Site) -> Site:
    """The demo with what its pages need besides: a list on its way in, a request that waits, work that runs."""
    task = uuid7()
    async with administrator(site.database.admin_url) as admin:
        await admin.execute("SET search_path = sammen")
        horten = await admin.fetchval("SELECT id FROM municipality WHERE slug = 'horten'")
        officer = await admin.fetchval(
            "UPDATE user_account SET persona = '', persona_order = 99, display_name = $2 WHERE id = (SELECT user_id"
            " FROM membership WHERE municipality_id = $1 AND role = 'data_protection_officer' LIMIT 1) RETURNING id",
            horten, OFFICER,
        )  # fmt: skip
        await admin.execute(
            "INSERT INTO membership (id, user_id, kind, municipality_id, role, valid_from, granted_by) SELECT $1, $2,"
            " 'municipality', id, 'data_protection_officer', current_date, 'test' FROM municipality WHERE slug = 're'",
            uuid7(), officer,
        )  # fmt: skip
        await admin.execute(
            "INSERT INTO task (tenant_id, id, title, state, done, total, asked_by) VALUES ($1, $2, 'Import av saksliste',"
            " 'running', 10, 40, $3)", horten, task, officer,
        )  # fmt: skip
        await admin.execute(
            "WITH made AS (INSERT INTO group_suggestion (region_id, id, interest, slot, age_band, areas, needs,"
            " municipalities, least, asked_by, asked_on, answer_by) SELECT region_id, gen_random_uuid(), 'climbing', 'tue-pm',"
            " '10-13', '{north}', 6, 3, 5, $2, current_date, current_date + 14 FROM need WHERE code = $3 RETURNING *)"
            " INSERT INTO group_ask (region_id, id, suggestion_id, municipality_id, interest, weekday, age_band, areas, least,"
            " answer_by, need_ids) SELECT m.region_id, gen_random_uuid(), m.id, $1, m.interest, 'tue', m.age_band, m.areas,"
            " m.least, m.answer_by, ARRAY[n.id] FROM made m JOIN need n ON n.code = $3", horten, officer, NEED,
        )  # fmt: skip
        warned = await admin.fetchval(
            "SELECT case_id FROM advance_notice WHERE tenant_id = $1 LIMIT 1", horten
        )
    async with site.as_persona("Hanne Myhre") as hanne:
        await hanne.goto(site.url + "/k/horten/import")
        await hanne.set_input_files("[name='fil']", LIST)
        await hanne.get_by_role("button", name="Les lista").click()
        await hanne.wait_for_url(re.compile("/import/."))
    async with site.as_persona("Eirik Fossum") as eirik:
        await propose(eirik, NEED)
        await eirik.get_by_role("link", name="Formidling").first.click()
        await eirik.get_by_role("link", name=OPEN_AGAIN).first.click()
        await eirik.get_by_role("button", name="Trekk forslaget").click()
    async with site.as_persona("Kari Lunde") as kari:
        await accept(kari)
    site.unlinked = [
        f"{site.url}/k/horten/oppgaver/{task}",
        f"{site.url}/k/horten/saker/{warned}/forhandsvarsel",
    ]
    return site


@pytest.fixture(scope="session")
def of_the_run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all the processes of the run share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if hasattr(request.config, "workerinput") else base


@pytest.fixture(scope="session")
def reached(of_the_run: Path) -> Path:
    """A folder with a file for each person whose walk is done: the routes they reached, one a line."""
    (folder := of_the_run / "reached").mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def drawn(of_the_run: Path) -> Drawn:
    """What has been drawn in this run."""
    (folder := of_the_run / "drawn").mkdir(exist_ok=True)
    return Drawn(folder)


@pytest.mark.parametrize("name", PEOPLE)
async def test_every_page_of_a_person_is_whole_at_both_widths_in_every_language(
    lived_in: Site, reached: Path, drawn: Drawn, name: str
) -> None:
    site, walk = lived_in, Walk(lived_in.url, lived_in.templates)
    unlinked = site.unlinked if name == "Hanne Myhre" else ()
    addresses = [(walk.template_of(urlsplit(address).path) or "", address) for address in unlinked]
    async with site.as_persona(name) as wide:
        async for kind, address in walk.follow(wide, name):
            if kind not in PUBLIC and kind not in NOT_OPENED and not kind.startswith(CALENDAR):
                addresses.append((kind, address))
        if not walk.failed:
            (reached / name).write_text("\n".join(sorted(walk.seen)), encoding="utf-8")
        found = await complaints_of_all(wide, addresses, "nb", drawn)
    # The language goes with the person, so one window after the other.
    async with site.as_persona(name, width=320, language="nn") as narrow:
        found += await complaints_of_all(narrow, addresses, "nn", drawn)
    async with site.as_persona(name, language="en") as english:
        found += await complaints_of_all(english, addresses, "en", drawn)
    assert len(addresses) > 1
    assert not walk.failed
    assert found == []


async def test_the_pages_for_everybody_are_whole_at_both_widths_in_every_language(
    site: Site, drawn: Drawn
) -> None:
    found = []
    for language, width in (("nb", 1280), ("nn", 320), ("en", 1280)):
        window = await site.browser.new_context(viewport={"width": width, "height": 900}, locale="nb-NO")
        await window.add_cookies([{"name": "sprak", "value": language, "url": site.url}])
        page = await window.new_page()
        await page.goto(f"{site.url}{CALENDAR}/vestfold")
        event = await page.locator("a[href*='/hendelse/']").first.get_attribute("href")
        paths = [*PUBLIC, *OPEN_TO_ALL, f"{CALENDAR}/vestfold/horten", str(event).partition("?")[0]]
        asked = f"?sprak={language}"
        addresses = [(path, site.url + path + (asked if path.startswith(CALENDAR) else "")) for path in paths]
        found += await complaints_of_all(page, addresses, language, drawn)
        await window.close()
    assert found == []


@pytest.mark.parametrize("language", ["nn", "en"])
async def test_bokmaal_on_a_page_that_should_be_in_another_language_is_found(
    site: Site, language: str
) -> None:
    async with site.as_persona("Dina Norli") as page:
        found = []
        for path in ("/hjelp", "/min/horten"):
            found += (await complaints_of_words(page, site.url + path, language))[0]
            found += await complaints(page, site.url + path, language) if language == "nn" else []
    assert any("<html lang>" in one for one in found)
    assert any("Bokmål: " in one for one in found)


async def test_the_words_read_without_a_browser_are_those_a_browser_finds(lived_in: Site) -> None:
    async with lived_in.as_persona("Kari Lunde") as page:
        addresses = [
            address async for _, address in Walk(lived_in.url, lived_in.templates).follow(page, "Kari Lunde")
        ]
        for address in addresses[::12]:
            await page.goto(address)
            frame, everything = await page.evaluate(TEXTS)
            words = Words(await page.content())
            assert Counter(words.frame) == Counter(frame), address
            assert {one for one in words.all if one} == {one for one in everything if one}, address


def test_a_sentence_with_something_filled_in_is_known_for_bokmaal() -> None:
    whole, filled = only_bokmaal("en")
    assert "Min dag" in whole
    assert filled.fullmatch("Frist for vedtak er 3. mai 2026.")
    assert not filled.fullmatch("The deadline for the decision is 3 May 2026.")


async def test_every_page_of_the_route_table_is_reached_by_somebody(lived_in: Site, reached: Path) -> None:
    site, turn = lived_in, asyncio.Semaphore(AT_ONCE)
    walk = Walk(site.url, site.templates)
    # Opened above without a link to them: work that runs, and what a button leads to.
    walk.seen |= {
        *PUBLIC,
        "/bli-med/{slug}",
        "/nyhetsbrev/{slug}",
        "/k/{slug}/oppgaver/{task_id}",
        "/k/{slug}/saker/{case_id}/forhandsvarsel",
    }

    async def one(name: str) -> None:
        # Whoever has walked already, perhaps in another process, need not walk again.
        if (reached / name).exists():
            walk.seen.update((reached / name).read_text(encoding="utf-8").splitlines())
            return
        async with turn, site.as_persona(name) as page:
            async for _ in walk.follow(page, name):
                pass

    await asyncio.gather(*(one(name) for name in PEOPLE))
    assert not walk.failed
    assert sorted(walk.missing - NOT_OPENED) == []
