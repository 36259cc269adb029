"""Provision from end to end in Chromium: a month of hours on a phone, a parent's yes, approval, pay, and a correction.

One test, since each step needs what the one before it made. Every sum is reckoned by hand here, and compared with the
files that payroll fetches, in øre. The month is the latest October that is over: it holds the night the clock is set
back.
"""

from __future__ import annotations

import asyncio
import csv
import io
import re
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from PIL import Image
from playwright.async_api import Locator, Page, expect

from sammen.clock import today
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from sammen.settings import Environment
from tenants.assignments.api import assignment_card, fill_order
from tenants.contacts.api import ContactFacts, add_competence, engage, record_vetting, register_contact
from tenants.decisions.api import GrantFacts
from tenants.people.api import PersonFacts, RepresentativeFacts, add_representative, let_in, register_person
from tests.clocks import stop_clock
from tests.message_samples import Carrier, carried
from tests.provider_samples import granted_orders
from tests.web.site import Site, axe, serving, sideways
from tests.web.steps import fill, root
from tests.worlds import World

pytestmark = [pytest.mark.browser, pytest.mark.slow]

YEAR = today().year if today().month > 10 else today().year - 1
NIGHT = max(day for day in range(25, 32) if date(YEAR, 10, day).weekday() == 6) - 1
"""The Saturday whose night has an hour more, since the clock is set back on the last Sunday."""
PAY_ON, NEXT_PAY_ON = date(YEAR, 12, 12), date(YEAR, 12, 19)
MOTHER_PHONE = "412 34 567"

# What is worked, and what it comes to. Until 15 October an hour is 195.00 kr, from the 16th 210.00, with 12 % on top.
# Kilometres are 3.50 kr, at most 60 km in the month; receipts are paid up to 400 kr in the month.
#   6 Oct   16–18.30   2.5 h × 195.00 =   487.50   12 % =  58.50   bus 86.00          14 km × 3.50 =  49.00
#  13 Oct   16–19      3   h × 195.00 =   585.00   12 % =  70.20                      30 km × 3.50 = 105.00
#  20 Oct   16–19      3   h × 210.00 =   630.00   12 % =  75.60   hall 340.00: only  22.5 km: only 60 − 44 = 16 km
#                                                                  400 − 86 = 314.00  16 km × 3.50 =  56.00
#  night    23–04      6   h × 210.00 = 1 260.00   12 % = 151.20   (23 to 04 is five hours, and the one that came twice)
#  27 Oct   2,5 h      2.5 h × 210.00 =   525.00   12 % =  63.00
#          17 h, one more than the decision's 16:
#                                       3 487.50         418.50         400.00                    210.00   = 4 516.00
FIRST = [
    ("6", "4240", "Timelønn", "Lønn", "2,50", "195,00", "487,50"),
    ("6", "4250", "Feriepenger", "Lønn", "2,50", "23,40", "58,50"),
    ("6", "4260", "Utlegg med kvittering", "Lønn", "1,00", "86,00", "86,00"),
    ("6", "4270", "Kjøring sammen med bruker", "Lønn", "14,00", "3,50", "49,00"),
    ("13", "4240", "Timelønn", "Lønn", "3,00", "195,00", "585,00"),
    ("13", "4250", "Feriepenger", "Lønn", "3,00", "23,40", "70,20"),
    ("13", "4270", "Kjøring sammen med bruker", "Lønn", "30,00", "3,50", "105,00"),
    ("20", "4240", "Timelønn", "Lønn", "3,00", "210,00", "630,00"),
    ("20", "4250", "Feriepenger", "Lønn", "3,00", "25,20", "75,60"),
    ("20", "4260", "Utlegg med kvittering", "Lønn", "1,00", "340,00", "314,00"),
    ("20", "4270", "Kjøring sammen med bruker", "Lønn", "16,00", "3,50", "56,00"),
    (str(NIGHT), "4240", "Timelønn", "Lønn", "6,00", "210,00", "1260,00"),
    (str(NIGHT), "4250", "Feriepenger", "Lønn", "6,00", "25,20", "151,20"),
    ("27", "4240", "Timelønn", "Lønn", "2,50", "210,00", "525,00"),
    ("27", "4250", "Feriepenger", "Lønn", "2,50", "25,20", "63,00"),
]
FIRST_ORE = 451_600
# By pay code and rate: 5.5 h and 11.5 h; the rest in one sum each, kilometres as 60 × 3.50.
FIRST_VISMA = [
    "4240;0.00;5.50;195.00;1072.50;0109",
    "4240;0.00;11.50;210.00;2415.00;0109",
    "4250;0.00;1.00;418.50;418.50;0109",
    "4260;0.00;1.00;400.00;400.00;0165",
    "4270;0.00;60.00;3.50;210.00;0160",
]
# The 13th was half an hour longer and 20 km shorter. What was paid for it is taken back (−585.00 −70.20 −105.00), the
# right is paid: 3.5 × 195.00 = 682.50, 12 % = 81.90, 10 × 3.50 = 35.00. Of the month's 60 km, 14 + 10 are used by others
# now, so the 20th is paid its last 22.5 − 16 = 6.5 km × 3.50 = 22.75. 97.50 + 11.70 − 105.00 + 35.00 + 22.75 = 61.95.
SECOND = [
    ("13", "4240", "Timelønn", "Trukket tilbake, timene er rettet", "-3,00", "195,00", "-585,00"),
    ("13", "4240", "Timelønn", "Lønn", "3,50", "195,00", "682,50"),
    ("13", "4250", "Feriepenger", "Trukket tilbake, timene er rettet", "-3,00", "23,40", "-70,20"),
    ("13", "4250", "Feriepenger", "Lønn", "3,50", "23,40", "81,90"),
    ("13", "4270", "Kjøring sammen med bruker", "Trukket tilbake, timene er rettet", "-30,00", "3,50", "-105,00"),
    ("13", "4270", "Kjøring sammen med bruker", "Lønn", "10,00", "3,50", "35,00"),
    ("20", "4270", "Kjøring sammen med bruker", "Justert etter en rettelse", "6,50", "3,50", "22,75"),
]  # fmt: skip
SECOND_ORE = 6_195
# −3 + 3.5 h; −30 + 10 + 6.5 km.
SECOND_VISMA = [
    "4240;0.00;0.50;195.00;97.50;0109",
    "4250;0.00;0.50;23.40;11.70;0109",
    "4270;0.00;-13.50;3.50;-47.25;0160",
]
NUMBER = "1042"


def october(day: int) -> date:
    return date(YEAR, 10, day)


def photo() -> bytes:
    """A receipt as a phone photographs it: a large JPEG that tells where it was taken."""
    exif = Image.Exif()
    exif[0x010F] = "Telefon"
    exif.get_ifd(0x8825).update({1: "N", 2: (59.0, 25.0, 3.0), 3: "E", 4: (10.0, 29.0, 4.0)})
    out = io.BytesIO()
    Image.new("RGB", (3000, 2000), "white").save(out, "JPEG", exif=exif)
    return out.getvalue()


# Before the month -----------------------------------------------------------------------------------------------------
async def arrange(world: World) -> UUID:
    """Selma, ten, with a decision for 16 hours a month; her mother; and Amund, vetted and engaged. The assignment.

    All of it on the first of October, so that it is an ordinary decision however late in the next year this is run.
    """
    with pytest.MonkeyPatch.context() as patch:
        stop_clock(patch, YEAR, 10, 1)
        return await _arrange(world)


async def _arrange(world: World) -> UUID:
    first = october(1)
    grant = GrantFacts(
        "individual", Decimal(16), "month", "Tirsdager", first, date(YEAR + 1, 11, 30), "Bade og ri."
    )
    born = date(YEAR - 10, 1, 14)
    (order_id,) = await granted_orders(world, "horten", [grant], name="Selma Vikane", born=born)
    async with world.at("horten", Role.PROVIDER_COORDINATOR) as uow:
        amund = await register_person(
            uow, PersonFacts("Amund", "Vik", birth_date=date(2001, 5, 2), phone="900 00 002")
        )
        facts = ContactFacts(
            interests=("riding",), slots=("tue-pm",), wants_hours=Decimal(8), has_car=True, commits_months=12
        )
        contact_id = await register_contact(uow, amund, facts)
        await engage(uow, contact_id, "employee", Decimal(8), first - timedelta(days=20))
        await record_vetting(
            uow, contact_id, police_shown_on=first - timedelta(days=30),
            confidentiality_signed_on=first - timedelta(days=29),
        )  # fmt: skip
        await add_competence(uow, contact_id, "guidance", first - timedelta(days=10))
        await let_in(uow, amund, world.user("horten", Role.CONTACT), "contact")
        assignment_id = await fill_order(uow, order_id, contact_id, starts_on=first)
        selma = (await assignment_card(uow, assignment_id)).person_id
    async with world.at("horten", Role.PURCHASER_CHILD) as uow:
        marit = await register_person(
            uow, PersonFacts("Marit", "Vikane", birth_date=date(1984, 6, 5), phone=MOTHER_PHONE)
        )
        await add_representative(uow, selma, marit, RepresentativeFacts("parent", valid_from=born))
        await let_in(uow, marit, world.user("horten", Role.REPRESENTATIVE), "representative")
    return assignment_id


async def set_rates(page: Page) -> None:
    """Gro enters the table from January, and copies it to one where an hour is dearer from the middle of October."""
    await page.goto(root(page) + "/k/horten/satser/ny")
    for row in (2, 3):
        await page.get_by_text(f"Vilkår og tak for rad {row}", exact=True).click()
    await fill(
        page, **{"fra": f"01.01.{YEAR}", "feriepenger": "12", "kroner-1": "195", "tak_kroner-2": "400",
                 "kroner-3": "3,50", "tak_km-3": "60"}
    )  # fmt: skip
    for row, kind in enumerate(("hours:rate", "receipts:receipts", "kilometres:rate"), 1):
        await page.locator(f"[name='hva-{row}']").select_option(kind)
    await page.get_by_role("button", name="Lagre utkastet").last.click()
    await expect(page.get_by_text("Høyst 60 km i måneden")).to_be_visible()
    await page.get_by_role("button", name="Ta i bruk").click()
    await page.get_by_role("button", name="Kopier til en ny tabell").click()
    await fill(page, **{"fra": f"16.10.{YEAR}", "kroner-1": "210"})
    await page.get_by_role("button", name="Lagre utkastet").last.click()
    await page.get_by_role("button", name="Ta i bruk").click()
    await expect(page.get_by_text(f"Tabellen gjelder fra 16.10.{YEAR}.")).to_be_visible()


async def set_payroll(page: Page) -> None:
    """Gro enters pay codes and accounting; the employee number waits until somebody misses it."""
    await page.goto(root(page) + "/k/horten/lonn/koder")
    for what, code, art in (
        ("hours", "4240", "0109"), ("holiday", "4250", "0109"), ("receipts", "4260", "0165"), ("kilometres", "4270", "0160"),
    ):  # fmt: skip
        await page.locator("[name='hva']").select_option(what)
        await fill(page, kode=code, art=art, fra=f"01.01.{YEAR}")
        await page.get_by_role("button", name="Lagre lønnsarten").click()
        await expect(page.locator("main").get_by_text(code, exact=True)).to_be_visible()
    await page.goto(root(page) + "/k/horten/lonn/kontering")
    await fill(page, fra=f"01.01.{YEAR}", ansvar="4120")
    await page.locator("main form button[type='submit']").first.click()
    await expect(page.get_by_text("Konteringen er lagret.")).to_be_visible()


# The month on the phone -----------------------------------------------------------------------------------------------
async def meeting(page: Page, day: int, starts: str, ends: str, what: str, km: str = "") -> None:
    """Fill in the form for hours as it stands on the phone."""
    await fill(page, dato=october(day).isoformat(), fra=starts, til=ends, hva=what, km=km)


async def spend(page: Page, kroner: str, what: str, name: str) -> None:
    """An expense with the receipt photographed."""
    await fill(page, **{"kr-1": kroner, "utlegg-1": what})
    await page.set_input_files(
        "[name='bilde-1']", {"name": name, "mimeType": "image/jpeg", "buffer": photo()}
    )
    await page.wait_for_timeout(1_000)  # the phone makes the photo smaller, and keeps it


async def send(page: Page) -> None:
    await page.get_by_role("button", name="Send inn", exact=True).click()


async def register(page: Page, world: World) -> None:
    """Amund registers on the bus: the network goes in the middle of the first, which is sent once when it is back."""
    await page.get_by_role("link", name="Før timer").first.click()
    await meeting(page, 6, "16:00", "18:30", "Badet i Hortenshallen.", "14")
    await spend(page, "86,00", "Buss", "IMG_0412.jpg")
    await page.context.set_offline(True)
    await send(page)
    await expect(page.get_by_text("Lagret på telefonen. Sendes når du har nett.")).to_be_visible()
    assert await lines(world) == []
    await page.context.set_offline(False)
    await expect(page.get_by_text("Timene som lå på telefonen, er sendt.")).to_be_visible()
    await page.reload()
    assert await lines(world) == [(6, "sent", "2.50")]
    await meeting(page, 13, "16:00", "19:00", "Red på Borre.", "30")
    await page.get_by_role("button", name="Lagre og send senere").click()
    await expect(page.get_by_text("Timene er lagret.")).to_be_visible()
    await meeting(page, 20, "16:00", "19:00", "Klatret, og gikk på kino.", "22,5")
    await spend(page, "340", "Inngang for to", "IMG_0413.jpg")
    await send(page)
    await expect(page.get_by_text("Timene er sendt.")).to_be_visible()
    await meeting(page, NIGHT, "23:00", "04:00", "Overnatting i gapahuk.")
    await send(page)
    await expect(page.get_by_text("6 t", exact=True).first).to_be_visible()
    await page.goto(page.url.split("?")[0] + f"?maned={YEAR}-10")
    await page.get_by_role("button", name="Send inn oktober").click()
    await expect(page.get_by_text("Én føring er sendt.")).to_be_visible()
    assert [hours for _, state, hours in await lines(world) if state == "sent"] == [
        "2.50",
        "3.00",
        "3.00",
        "6.00",
    ]
    assert await sideways(page) == 0
    assert await axe(page) == []


async def lines(world: World) -> list[tuple[int, str, str]]:
    """(day of the month, state, hours) of every line, in order of days."""
    rows = await world.sql("SELECT worked_on, state, hours FROM timesheet_line ORDER BY worked_on, id")
    return [(row["worked_on"].day, row["state"], str(row["hours"])) for row in rows]


# A yes from home, and one on the contact's phone -----------------------------------------------------------------------
async def attest(page: Page) -> None:
    """Marit reads what was done, without money, and confirms it on her own page."""
    await page.goto(root(page) + "/min/horten")
    await page.get_by_role("link", name="Se timene").click()
    await expect(page.get_by_text("Red på Borre.")).to_be_visible()
    assert "340" not in await page.locator("main").inner_text()
    assert await axe(page) == []
    await page.get_by_role("button", name="Bekreft timene").click()
    await expect(page.get_by_text("Takk. 4 føringer er bekreftet.")).to_be_visible()


async def attest_by_code(page: Page, phone_of_mother: Carrier) -> None:
    """The last meeting is confirmed at the door, on Amund's phone, with a code that comes to Marit's."""
    await page.goto(root(page) + "/min/horten/timer")
    await page.get_by_text("Skriv bare antall timer").click()
    await fill(page, dato=october(27).isoformat(), timer="2,5", hva="Bakte hjemme hos Selma.")
    await send(page)
    await expect(page.get_by_text("Timene er sendt.")).to_be_visible()
    await page.goto(root(page) + "/min/horten")
    await page.get_by_role("link", name="Bekreft med kode her").click()
    await page.get_by_role("button", name="Send koden").click()
    await expect(page.get_by_text("Koden er sendt. Den gjelder i et kvarter.")).to_be_visible()
    for _ in range(40):
        if codes := [
            notice
            for notice in phone_of_mother.notices
            if notice.address == MOTHER_PHONE and "Koden" in notice.body
        ]:
            break
        await asyncio.sleep(0.25)
    (notice,) = codes
    assert "Selma" not in notice.body
    (code,) = re.findall(r"\b[0-9]{6}\b", notice.body)
    await fill(page, kode="000000" if code != "000000" else "111111")
    await page.get_by_role("button", name="Bekreft timene").click()
    await expect(page.get_by_text("4 forsøk igjen.")).to_be_visible()
    await fill(page, kode=code)
    await page.get_by_role("button", name="Bekreft timene").click()
    await expect(page.get_by_text("Timene er bekreftet. Takk!")).to_be_visible()
    assert await sideways(page) == 0


# In the office --------------------------------------------------------------------------------------------------------
async def approve(page: Page, number: int) -> None:
    """Kari looks at the receipts and approves; what is beyond the decision wants a reason."""
    await page.get_by_role("link", name="Timelister", exact=True).first.click()
    group = page.locator("section", has=page.get_by_role("heading", name="Amund Vik med Selma Vikane"))
    await expect(group.get_by_text("Alt er bekreftet")).to_be_visible()
    await group.get_by_role("button", name="Godkjenn de valgte").click()
    await expect(page.get_by_text("Timene er flere enn vedtaket gir.").first).to_be_visible()
    await page.get_by_label("Godkjenn likevel, ut over vedtaket").check()
    await fill(page, over_grunn="Avtalt med mor: natta i gapahuken ble lengre.")
    await page.get_by_role("button", name="Godkjenn de valgte").click()
    said = "Én føring er godkjent." if number == 1 else f"{number} føringer er godkjent."
    await expect(page.get_by_text(said)).to_be_visible()


async def look_at_the_receipts(page: Page) -> None:
    """Two photos, which no longer say where they were taken."""
    await page.get_by_role("link", name="Timelister", exact=True).first.click()
    papers = page.locator("a[href*='/bilag/']")
    await expect(papers).to_have_count(2)
    for link in await papers.all():
        answer = await page.request.get(root(page) + str(await link.get_attribute("href")))
        kept = Image.open(io.BytesIO(await answer.body()))
        assert (kept.format, max(kept.size) <= 2000, dict(kept.getexif())) == ("JPEG", True, {})


async def run_payroll(page: Page, pay_on: date) -> None:
    """Gro begins a run for October and waits until it is computed."""
    await page.goto(root(page) + "/k/horten/lonn/ny")
    await page.locator("[name='periode']").select_option(f"{YEAR}-10")
    await fill(page, utbetales=format_date(pay_on))
    await page.get_by_role("button", name="Beregn lønn").click()
    await open_run(page)


async def open_run(page: Page) -> None:
    """From the page that shows how far the work is come, to the run."""
    for _ in range(40):
        if await page.locator("main a[href*='/lonn/']").count():
            break
        await page.wait_for_timeout(500)
        await page.reload()
    await page.locator("main a[href*='/lonn/']").first.click()


async def mend_the_number(page: Page) -> None:
    """Nothing can be paid before Amund has an employee number: the run says so, and is computed again."""
    await expect(page.get_by_text("Mangler ansattnummer")).to_be_visible()
    await expect(page.get_by_role("button", name="Lukk lønnskjøring")).to_have_count(0)
    await page.get_by_role("link", name="Legg inn nummer").first.click()
    await fill(page, nummer=NUMBER)
    await page.locator("main form button[type='submit']").first.click()
    await page.get_by_role("link", name="Gå til den åpne lønnskjøringen").click()
    await page.get_by_role("button", name="Beregn på nytt").click()
    await open_run(page)


async def close_and_fetch(page: Page, total: str) -> tuple[bytes, bytes]:
    """Gro reads the sum, closes, and fetches both files twice: they are the same every time. (our CSV, Visma's)"""
    await expect(page.locator("main")).not_to_contain_text("Selma")
    assert await axe(page) == []
    await page.get_by_role("button", name=f"Lukk lønnskjøring ({total}\N{NO-BREAK SPACE}kr)").click()
    for _ in range(40):
        if await page.locator("a[href*='/filer/']").count() == 2:
            break
        await page.wait_for_timeout(500)
        await page.reload()
    links = await page.locator("a[href*='/filer/']").all()
    fetched = [await file_of(page, link) for link in links for _ in (1, 2)]
    assert fetched[0] == fetched[1]
    assert fetched[2] == fetched[3]
    return fetched[0], fetched[2]


async def file_of(page: Page, link: Locator) -> bytes:
    async with page.expect_download() as downloading:
        await link.click()
    return Path(await (await downloading.value).path()).read_bytes()


def ore(kroner: str) -> int:
    """ "-585,00" or "-585.00" as øre."""
    return int(Decimal(kroner.replace(",", ".")) * 100)


def check_files(
    files: tuple[bytes, bytes],
    number: int,
    expected: Sequence[tuple[str, ...]],
    visma: Sequence[str],
    total_ore: int,
) -> list[dict[str, str]]:
    """Both files, against what was reckoned by hand. The rows of our own."""
    own, standard = files[0].decode("utf-8-sig"), files[1].decode("cp1252")
    rows = list(csv.DictReader(io.StringIO(own), delimiter=";"))
    found = [
        (
            str(int(row["Dato"][:2])),
            *(row[name] for name in ("Lønnsart", "Hva", "Type", "Antall", "Sats", "Beløp")),
        )
        for row in rows
    ]
    assert sorted(found) == sorted(expected)
    assert sum(ore(row["Beløp"]) for row in rows) == total_ore
    assert {(row["Lønnsår"], row["Kjøring"], row["Ansattnummer"], row["Navn"]) for row in rows} == {
        (str(YEAR), str(number), NUMBER, "Amund Vik")
    }
    assert {row["Kontering"] for row in rows if row["Lønnsart"] == "4240"} == {"4120.0109.234"}
    head, dimensions = f"{YEAR};{number};{NUMBER};", ';;"4120";"";"234";"";"";"";'
    assert standard == "".join(f"{head}{line}{dimensions}\r\n" for line in visma)
    assert sum(ore(line.split(";")[7]) for line in standard.split()) == total_ore
    assert "Selma" not in own + standard
    return rows


# Paid, and corrected --------------------------------------------------------------------------------------------------
async def read_the_receipt(page: Page, total: str, *words: str) -> None:
    """Amund sees what he is paid, on the phone."""
    await page.goto(root(page) + "/min/horten/utbetalt")
    await page.get_by_role("link", name="Se kvitteringen").first.click()
    await expect(page.get_by_text(f"{total}\N{NO-BREAK SPACE}kr før skatt").first).to_be_visible()
    for word in words:
        await expect(page.get_by_text(word).first).to_be_visible()
    assert await sideways(page) == 0
    assert await axe(page) == []


async def correct(page: Page) -> None:
    """The 13th lasted half an hour longer, and he had written 30 km for 10. What is paid stands until it is approved."""
    await page.goto(root(page) + "/min/horten/timer")
    await page.goto(page.url.split("?")[0] + f"?maned={YEAR}-10")
    await page.get_by_role("link", name="Er noe feil? Rett timene 13. oktober").click()
    await fill(page, grunn="Vi ble en halvtime lenger, og kjørte 10 km.", til="19:30", km="10")
    await page.get_by_role("button", name="Send rettingen").click()
    await expect(page.get_by_text("Rettingen er sendt.")).to_be_visible()


async def attest_the_correction(page: Page) -> None:
    """Marit sees why, and says yes."""
    await page.goto(root(page) + "/min/horten/bekreft")
    await expect(page.get_by_text("Retting: Vi ble en halvtime lenger, og kjørte 10 km.")).to_be_visible()
    await page.get_by_role("button", name="Bekreft timene").click()
    await expect(page.get_by_text("Takk. Én føring er bekreftet.")).to_be_visible()


async def test_a_month_of_hours_from_the_bus_to_the_pay_slip_and_a_correction_after_it(world: World) -> None:
    await arrange(world)

    async def of(site: Site, role: Role, start: str, width: int = 1280) -> AbstractAsyncContextManager[Page]:
        return site.as_user(await world.token(world.user("horten", role)), start, width=width)

    async with AsyncExitStack() as stack:
        site = await stack.enter_async_context(serving(world.database, Environment.TEST))
        phone_of_mother = stack.enter_context(carried("sms"))
        async with await of(site, Role.PAYROLL, "/k/horten") as gro:
            await set_rates(gro)
            await set_payroll(gro)
        async with await of(site, Role.CONTACT, "/min/horten", 390) as amund:
            await register(amund, world)
        async with await of(site, Role.REPRESENTATIVE, "/min/horten", 390) as marit:
            await attest(marit)
        async with await of(site, Role.CONTACT, "/min/horten", 390) as amund:
            await attest_by_code(amund, phone_of_mother)
        async with await of(site, Role.PROVIDER_COORDINATOR, "/k/horten") as kari:
            await look_at_the_receipts(kari)
            await approve(kari, 5)
        async with await of(site, Role.PAYROLL, "/k/horten") as gro:
            await run_payroll(gro, PAY_ON)
            await mend_the_number(gro)
            files = await close_and_fetch(gro, "4\N{NO-BREAK SPACE}516,00")
        paid = check_files(files, 1, FIRST, FIRST_VISMA, FIRST_ORE)
        async with await of(site, Role.CONTACT, "/min/horten", 390) as amund:
            await read_the_receipt(
                amund, "4\N{NO-BREAK SPACE}516,00", "Grensen for kilometer i måneden er nådd"
            )
            await correct(amund)
        async with await of(site, Role.REPRESENTATIVE, "/min/horten", 390) as marit:
            await attest_the_correction(marit)
        async with await of(site, Role.PROVIDER_COORDINATOR, "/k/horten") as kari:
            await approve(kari, 1)
        async with await of(site, Role.PAYROLL, "/k/horten") as gro:
            await run_payroll(gro, NEXT_PAY_ON)
            files = await close_and_fetch(gro, "61,95")
        corrected = check_files(files, 2, SECOND, SECOND_VISMA, SECOND_ORE)
        # What is taken back points to what was paid.
        first = {row["Post"]: row["Beløp"] for row in paid}
        assert [(first[row["Gjelder post"]], row["Beløp"]) for row in corrected if row["Beløp"].startswith("-")] == [
            ("585,00", "-585,00"), ("70,20", "-70,20"), ("105,00", "-105,00"),
        ]  # fmt: skip
        async with await of(site, Role.CONTACT, "/min/horten", 390) as amund:
            await read_the_receipt(amund, "61,95", "Trukket tilbake, timene er rettet")
