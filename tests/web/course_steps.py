"""The steps of a joint course (test_course_job.py), each as the one who takes it: what is clicked, what must be seen."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta

import pikepdf
from playwright.async_api import Page, expect

from sammen.clock import today
from sammen.norwegian import format_date
from tests.unit.test_pdf import text_of
from tests.web.pool_steps import well_made
from tests.web.steps import fill
from tests.web.together import Together, idle
from tests.worlds import World

TITLE = "Kurs for treningskontakter"
DAYS = 5
OWN = {
    "horten": ("Ida Solberg", "Per Moum", "Sara Dahlby", "Kim Lundal"),
    "re": ("Liv Haugland", "Rolf Viken", "Ola Nesset"),
    "tonsberg": ("Tone Monsen",),
}
"""The contacts of each municipality. Sara gives her seat back, Ola waits and gets it, Kim waits in vain."""
SEATED = {"horten": ("Ida Solberg", "Per Moum"), "re": OWN["re"], "tonsberg": OWN["tonsberg"]}


def monday(ahead: int = 14) -> date:
    """The first Monday so many days ahead or later."""
    first = today() + timedelta(days=ahead)
    return first + timedelta(days=-first.weekday() % 7)


async def it_is_day(world: World, number: int) -> None:
    """Time goes until the course's meeting `number` (from 1) has begun: a moment ago, and on the second day so long ago that
    who is not there may be noted as absent. 0: the last of the five days was sixteen days ago.
    """
    # Also right after midnight it is today's.
    began = f"greatest(now() - interval '{20 if number == 2 else 5} minutes', date_trunc('day', now(), 'Europe/Oslo'))"
    for at in range(1, DAYS + 1):
        days = at - number if number else at - 1 - 20
        await world.sql(
            f"UPDATE course_session SET starts_at = {began} + $1 * interval '1 day',"
            f" ends_at = {began} + $1 * interval '1 day' + interval '8 hours' WHERE id = (SELECT id FROM course_session"
            " ORDER BY starts_at OFFSET $2 LIMIT 1)",
            days, at - 1,
        )  # fmt: skip
    await world.sql(
        "UPDATE course SET starts_at = (SELECT min(starts_at) FROM course_session),"
        " ends_at = (SELECT max(ends_at) FROM course_session), deadline_on = NULL"
    )


def names_of(*slugs: str) -> list[str]:
    """The family names of these municipalities' contacts: what others must not read."""
    return [name.split()[1] for slug in slugs for name in OWN[slug]]


async def says_nothing_of(page: Page, *slugs: str) -> None:
    """The page does not name anybody of these municipalities, nor say who they are in any attribute."""
    shown = await page.content()
    assert not [name for name in names_of(*slugs) if re.search(rf"\b{name}\b", shown)], page.url


# Planning -------------------------------------------------------------------------------------------------------------
async def plan(walk: Together, page: Page) -> None:
    """Kari plans forty hours in a week with an exam: first with more seats kept than there are, then as it must be."""
    await page.get_by_role("link", name="Kurs og samlinger").first.click()
    await page.get_by_role("link", name="Nytt kurs").click()
    await fill(page, tittel=TITLE, om="Styrke, kondisjon og det å være der for noen.", dato=format_date(monday()),
               begynner="09:00", slutter="17:00", sted="Idrettshuset", kursholdere="Marit Foss", plasser="6", minst="4",
               til=format_date(monday() + timedelta(days=4)), mintimer="40", telefon="33 08 50 00")  # fmt: skip
    await page.locator("[name='slag'][value='training']").check()
    await page.locator("[name='gjenta'][value='daily']").check()
    await page.locator("[name='fridager']").check()
    await page.locator("[name='rekkevidde'][value='region']").check()
    await page.get_by_text("Hold av plasser til kommuner").click()
    for place, seats in (("Re", "6"), ("Tønsberg", "1")):
        await page.get_by_label(re.compile(rf"^{place}\b")).fill(seats)
    await page.locator("[name='frigis']").fill(format_date(monday() - timedelta(days=7)))
    await page.get_by_role("button", name="Legg ut kurset").click()
    await expect(
        page.get_by_text("er 7 til sammen, men kurset har bare 6 plasser").first
    ).to_be_visible()  # the quota is larger than the room
    await page.get_by_label(re.compile(r"^Re\b")).fill("2")
    await well_made(page)
    await page.get_by_role("button", name="Legg ut kurset").click()
    await expect(page.get_by_text("Kurset er lagt ut.")).to_be_visible()
    await well_made(page)
    walk.course = page.url.rsplit("/", 1)[1]


async def enrol(walk: Together, page: Page, slug: str, *names: str) -> None:
    """A coordinator enrols contacts, and reads of the others only how many."""
    await page.goto(f"{walk.site.url}/k/{slug}/kurs")
    await page.get_by_role("link", name=TITLE).click()
    for name in names:
        await page.locator("[name='hvem']").select_option(label=name)
        await page.get_by_role("button", name="Meld på", exact=True).click()
        await expect(page.get_by_text(f"{name} er meldt på kurset.")).to_be_visible()
    await says_nothing_of(page, *(OWN.keys() - {slug}))
    await well_made(page)


async def enrol_oneself(walk: Together, page: Page, slug: str) -> None:
    """A contact finds the course on the bus, reads when it is, and presses one button."""
    await page.goto(f"{walk.site.url}/min/{slug}/kurs")
    await page.get_by_role("link", name=TITLE).click()
    await expect(page.get_by_text("Idrettshuset").first).to_be_visible()
    await well_made(page)
    await page.get_by_role("button", name="Meld meg på").click()
    await expect(page.get_by_text("Har plass").first).to_be_visible()
    await says_nothing_of(page, *(OWN.keys() - {slug}))


async def wait_in_line(walk: Together, page: Page) -> None:
    """The course is full for Re; Ola waits."""
    await page.goto(f"{walk.site.url}/min/re/kurs/{walk.course}")
    await expect(page.get_by_text("Kurset er fullt.")).to_be_visible()
    await expect(page.get_by_role("button", name="Meld meg på")).to_have_count(0)
    await page.get_by_role("button", name="Sett meg på venteliste").click()
    await expect(page.get_by_text("På venteliste").first).to_be_visible()


async def put_in_line(walk: Together, page: Page) -> None:
    """Kari puts Kim behind Ola. Then Sara breaks a leg."""
    await page.goto(f"{walk.site.url}/k/horten/kurs/{walk.course}")
    await page.locator("[name='hvem']").select_option(label="Kim Lundal")
    await page.get_by_role("button", name="Sett på venteliste").click()
    await expect(page.locator("tr", has_text="Kim Lundal")).to_contain_text("På venteliste")
    await page.locator("tr", has_text="Sara Dahlby").get_by_role("button", name="Meld av").click()
    await expect(page.locator("tr", has_text="Sara Dahlby")).to_have_count(0)
    await idle(walk.world, page)


async def take_the_offer(walk: Together, page: Page) -> None:
    """The list moved up by itself: Ola reads it on the first page, and until when to answer."""
    await expect(page.get_by_text("Du har fått tilbud om plass på kurs")).to_be_visible()
    await page.goto(f"{walk.site.url}/min/re/kurs/{walk.course}")
    await expect(page.get_by_text("Svar innen").first).to_be_visible()
    await well_made(page)
    await page.get_by_role("button", name="Ja, jeg kommer").click()
    await expect(page.get_by_text("Har plass").first).to_be_visible()


async def count(walk: Together, page: Page) -> None:
    """The host reads seats by municipality, and no name from elsewhere."""
    await page.goto(f"{walk.site.url}/k/horten/kurs/{walk.course}")
    rows = page.get_by_role("table", name="Plasser etter kommune").locator("tr")
    told = {(await row.locator("th").inner_text()).strip(): await row.locator("td").all_inner_texts()
            for row in (await rows.all())[1:]}  # fmt: skip
    assert {place: cells[:2] for place, cells in told.items()} == {
        "Horten": ["2", "1"], "Re": ["3", "0"], "Tønsberg": ["1", "0"],
    }  # fmt: skip
    await expect(page.locator("tr", has_text="Kim Lundal")).to_contain_text("På venteliste")
    await says_nothing_of(page, "re", "tonsberg")


# At the door ----------------------------------------------------------------------------------------------------------
async def door(walk: Together, page: Page, number: int) -> None:
    """The list of a meeting, by the way a host has with a phone."""
    await page.goto(f"{walk.site.url}/k/horten/kurs/{walk.course}")
    await page.get_by_role("link", name="Før oppmøte").click()
    await page.locator("main a[href*='/oppmote/']").nth(number - 1).click()


async def no_names_yet(walk: Together, page: Page) -> None:
    """Weeks before, and the day after, a seat has a municipality and no name."""
    await door(walk, page, 1)
    await expect(page.get_by_text("Navnene kommer den dagen samlingen er")).to_be_visible()
    await says_nothing_of(page, "re", "tonsberg")
    await well_made(page)


async def come(walk: Together, page: Page) -> None:
    """Ida types the code on the door's poster; a wrong one says so."""
    await expect(page.get_by_text("Du er på kurs i dag")).to_be_visible()
    await page.goto(f"{walk.site.url}/min/horten/kurs/{walk.course}/mott")
    await fill(page, kode="12")
    await page.get_by_role("button", name="Jeg er her").click()
    await expect(page.get_by_text("Koden stemmer ikke.").first).to_be_visible()
    await fill(page, kode=walk.code)
    await page.get_by_role("button", name="Jeg er her").click()
    await expect(page.get_by_text("Du er registrert. Velkommen!")).to_be_visible()
    await well_made(page)


async def read_code(walk: Together, page: Page) -> None:
    """The first morning: everybody has a name, and Kari hangs up the code."""
    await door(walk, page, 1)
    for names in SEATED.values():
        for name in names:
            await expect(page.get_by_text(name).first).to_be_visible()
    walk.code = re.sub(r"\D", "", await page.locator(".door-code").inner_text())
    await well_made(page)


async def tick(walk: Together, page: Page, number: int, *, away: str = "") -> None:
    """Kari ticks off who is there; on the second day one is not, and is noted as such."""
    await door(walk, page, number)
    boxes = page.locator("input[name='her']")
    for box in await boxes.all():
        label = await page.locator(f"label[for='{await box.get_attribute('id')}']").inner_text()
        if not away or away not in label:
            await box.check()
    await page.get_by_role("button", name="Lagre", exact=True).click()
    if away:
        await page.get_by_text("Resten kom ikke").click()
        await page.get_by_role("button", name="Før resten som ikke møtt").click()
    await expect(page.get_by_text(f"{5 if away else 6} av 6 har kommet")).to_be_visible()
    await well_made(page)


# When it is over -------------------------------------------------------------------------------------------------------
async def examine(walk: Together, page: Page) -> None:
    """Everybody passes but one, who may try again in two weeks, and not before."""
    await page.goto(f"{walk.site.url}/k/horten/kurs/{walk.course}/oppmote")
    seats = await page.get_by_role("link", name="Før resultat").count()
    assert seats == 6
    for number in range(seats):
        row = page.get_by_role("table", name="Eksamen").locator("tbody tr").nth(number)
        failed = number == 0
        await row.get_by_role("link").last.click()
        await grade(page, "failed" if failed else "passed", 16)
        if failed:
            walk.found["failed"] = page.url
    row = page.get_by_role("table", name="Eksamen").locator("tr", has_text="Ikke bestått")
    await row.get_by_role("link").last.click()
    await grade(page, "passed", 5)
    await expect(page.get_by_text("Det må gå 14 dager mellom to forsøk.").first).to_be_visible()
    await grade(page, "passed", 0)
    await expect(page.get_by_text("Ikke bestått")).to_have_count(0)
    await says_nothing_of(page, "re", "tonsberg")
    await well_made(page)


async def grade(page: Page, result: str, days_ago: int) -> None:
    """Write a result on the form that is open."""
    await page.locator(f"[name='resultat'][value='{result}']").check()
    await fill(page, dag=format_date(today() - timedelta(days=days_ago)))
    await page.get_by_role("button", name="Lagre resultatet").click()


async def make_up(walk: Together, page: Page) -> None:
    """Liv missed eight of forty hours. Re's coordinator sees it, and notes what she did instead."""
    await page.goto(f"{walk.site.url}/k/re/kurs/{walk.course}/deltakere")
    await expect(page.locator("tr", has_text="Liv Haugland")).to_contain_text(
        "Har ikke vært med i nok timer."
    )
    await says_nothing_of(page, "horten", "tonsberg")
    await page.get_by_role("link", name="Liv Haugland").click()
    await page.get_by_text("Ta igjen en samling", exact=True).click()
    await page.locator("[name='samling']").select_option(index=1)
    await page.locator("[name='hvordan'][value='noted']").check()
    await fill(page, hva="Gikk gjennom stoffet med kursholderen", timer="8", dag=format_date(today()))
    await page.get_by_role("button", name="Lagre at samlingen er tatt igjen").click()
    await expect(page.get_by_text("Gikk gjennom stoffet")).to_be_visible()
    await expect(page.get_by_text("Alt er på plass.")).to_be_visible()
    await well_made(page)


async def complete(walk: Together, page: Page) -> None:
    """Kari gives Ida her certificate by hand, with the PDF on the page."""
    await page.goto(f"{walk.site.url}/k/horten/kurs/{walk.course}/deltakere")
    await page.get_by_role("link", name="Ida Solberg").click()
    await page.get_by_role("button", name="Fullført. Utsted kursbevis").click()
    await expect(page.get_by_role("link", name="Last ned som PDF")).to_be_visible()


async def fetch(walk: Together, page: Page) -> None:
    """Ida has a certificate on her phone. It says her name, the course, the hours, and a code."""
    await page.get_by_role("link", name="Kursbevis").first.click()
    await well_made(page)
    link = await page.get_by_role("link", name="Last ned").get_attribute("href")
    answer = await page.request.get(f"{walk.site.url}{link}")
    assert answer.headers["content-type"] == "application/pdf"
    with pikepdf.open(io.BytesIO(await answer.body())) as pdf:
        said = text_of(pdf)
        assert pdf.Root.MarkInfo.Marked
    for wanted in ("Ida Solberg", TITLE, "40", "Horten"):
        assert wanted in said, wanted
    found = re.search(r"[2-9A-Z]{5}-[2-9A-Z]{5}-[2-9A-Z]{5}", said)
    assert found
    walk.code = found.group()


async def check_code(walk: Together, page: Page) -> None:
    """An employer with the paper in hand types the code, and the name that stands on it."""
    await fill(page, kode=walk.code.lower())
    await page.get_by_role("button", name="Sjekk kursbeviset").click()
    await expect(page.get_by_text("Kursbeviset er ekte")).to_be_visible()
    assert "Solberg" not in await page.content()
    await well_made(page)
    await fill(page, etternavn="Solberg")
    await page.get_by_role("button", name="Se om navnet stemmer").click()
    await expect(page.get_by_text("Utstedt til Ida Solberg.")).to_be_visible()
    assert await page.context.cookies() == []


async def recognise(walk: Together, page: Page) -> None:
    """Ida works in Tønsberg as well, where the certificate counts from the moment its code is typed."""
    await page.goto(f"{walk.site.url}/k/tonsberg/kurs/bevis")
    await page.locator("[name='kontakt']").select_option(label="Ida Solberg")
    await fill(page, kode=walk.code)
    await page.get_by_role("button", name="Registrer kursbeviset").click()
    row = page.get_by_role("table", name="Fra andre kommuner").locator("tr", has_text="Ida Solberg")
    await expect(row).to_contain_text("Horten")
    await well_made(page)
    await row.get_by_role("link").click()
    await expect(page.get_by_text("treningskontakt", exact=False).first).to_be_visible()


async def say(walk: Together, page: Page, slug: str, words: str) -> None:
    """What one thought of it, once, without a name."""
    await page.goto(f"{walk.site.url}/min/{slug}/kurs/{walk.course}/mott")
    await page.locator("[name='nytte'][value='5']").check()
    await page.locator("[name='undervisning'][value='4']").check()
    await fill(page, ord=words)
    await page.get_by_role("button", name="Send svaret").click()
    await expect(page.get_by_role("button", name="Send svaret")).to_have_count(0)


async def read_voices(walk: Together, page: Page, words: list[str]) -> None:
    """Kari reads what five said, not who; of four she reads nothing."""
    await page.goto(f"{walk.site.url}/k/horten/kurs/{walk.course}/oppmote")
    if len(words) < 5:
        await expect(page.get_by_text("Du ser svarene når minst fem har svart")).to_be_visible()
        assert not [one for one in words if one in await page.content()]
        return
    for one in words:
        await expect(page.get_by_text(one)).to_be_visible()
    await expect(page.get_by_text("Nytte, fra 1 til 5")).to_be_visible()
    await says_nothing_of(page, "re", "tonsberg")
    await well_made(page)
