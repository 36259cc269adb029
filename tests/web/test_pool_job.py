"""The shared pool from end to end in Chromium: from a poster in Re to a statement between Horten and Re.

Five people do it, each in their own window: the shared coordinator, Re's coordinator, Horten's coordinator, somebody who
saw the poster, and the managers (each with payroll beside). One test, since each step needs what the one before it made;
the steps are in pool_steps.py. The sums are reckoned by hand here and compared with the files of both sides.
"""

from __future__ import annotations

import html
import io
import re
from collections import Counter
from contextlib import AsyncExitStack
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import httpx
import pikepdf
import pytest
from openpyxl import load_workbook
from playwright.async_api import Page

from sammen.clock import today
from sammen.outbox.house import register_sender
from sammen.policy.roles import ROLE_PLACE, Role
from sammen.settings import Environment
from tenants.api import let_in
from tests.clocks import stop_clock
from tests.integration.test_outbox import Inbox, plain, smtp_server
from tests.pool_samples import crowd
from tests.provider_samples import granted_order
from tests.settlement_samples import places_held, reported
from tests.unit.test_pdf import text_of as pdf_text
from tests.web import pool_steps as step
from tests.web.pool_steps import CHILD, CONTACT, COORDINATOR, MANAGER, PAYROLL, SHARED, TO_PAY, USER, Walk
from tests.web.site import serving
from tests.worlds import SINCE, Browser, World

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Horten and Re have agreed on 45.50 kr an hour, 1 500 kr once for recruiting and 800 kr once for courses, and 250 kr for a
# place in a group a month. Ida works 2.5 and 1.75 hours in Horten; one from Re has a place in a group of Horten's.
#   4.25 h × 45.50 = 193.375, rounded half up to 193.38; + 1 500.00 + 800.00      Horten owes 2 493.38
#   1 place × 250.00                                                                Re owes 250.00
#                                                                                   Horten pays 2 243.38
LINES = {
    ("Horten", "Re", "Timer", CONTACT): ("4.25", "45.50", "193.38"),
    ("Horten", "Re", "Rekruttering, én gang", CONTACT): ("1", "1500", "1500"),
    ("Horten", "Re", "Kurs før utlånet, én gang", CONTACT): ("1", "800", "800"),
    ("Re", "Horten", "Plass i gruppe", ""): ("1", "250", "250"),
}
SUMS = {
    ("Horten", "Re", "Sum"): "2493.38",
    ("Re", "Horten", "Sum"): "250",
    ("Horten", "Re", "Å betale"): "2243.38",
}
MOST_PAGES, MOST_VIEWS = 250, 6
"""How many pages a place may have, and how many ways of looking at one (tabs, filters, months) are read."""
UUID_TEXT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


async def let_the_contact_in(world: World) -> None:
    """Ida logs in to Re's pages from now on, as ID-porten would let her."""
    ((person,),) = await world.sql("SELECT person_id FROM support_contact")
    async with world.at("re", COORDINATOR) as uow:
        await let_in(uow, person, world.user("re", Role.CONTACT), "contact")


async def employ_in_both(world: World) -> None:
    """The shared coordinator is a coordinator in Horten as well, as in many a small collaboration."""
    await world.sql(
        "INSERT INTO membership (id, user_id, kind, municipality_id, role, valid_from, granted_by)"
        " VALUES ($1, $2, 'municipality', $3, $4, $5, 'test')",
        uuid4(), world.user("vestfold", SHARED), world.horten, COORDINATOR.value, SINCE,
    )  # fmt: skip


# What is read -----------------------------------------------------------------------------------------------------------
def said_in(answer: httpx.Response) -> str:
    """What a page, a workbook or a PDF says, and what it says of itself."""
    kind = answer.headers.get("content-type", "")
    if "spreadsheet" in kind:
        book = load_workbook(io.BytesIO(answer.content), read_only=True)
        cells = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
        return " ".join([*cells, str(book.properties)])
    if "pdf" in kind:
        file = pikepdf.open(io.BytesIO(answer.content))
        return f"{pdf_text(file)} {dict(file.docinfo)}"
    return html.unescape(answer.text) if kind.startswith("text") else ""


async def everything(browser: Browser, start: str) -> dict[str, str]:
    """Every page and file of a place that links lead to from its first page: address → what it says."""
    waiting, seen, views = [start], dict[str, str](), Counter[str]()
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.pop(0)
        views[path.partition("?")[0]] += 1
        if path in seen or views[path.partition("?")[0]] > MOST_VIEWS:
            continue
        answer = await browser.get(path, follow_redirects=True)
        seen[path] = said_in(answer)
        links = (
            re.findall(r'href="(/[^"#]*)', answer.text) if "html" in answer.headers["content-type"] else []
        )
        waiting += [link for link in map(html.unescape, links) if link.startswith(start) and link not in seen]
    assert waiting == [], "there are more pages than are read"
    return seen


async def nobody_else_reads_of_the_user(walk: Walk) -> None:
    """In all that Re, the region and Ida's pages at home hold: no name, number or birth year of Mikkel's."""
    ((case,),) = await walk.world.sql(
        "SELECT c.case_no FROM case_file c JOIN person p ON (p.tenant_id, p.id) = (c.tenant_id, c.person_id)"
        " WHERE p.family_name = $1", USER.split()[1],
    )  # fmt: skip
    secret = re.compile(rf"{'|'.join(USER.split())}|{case}|\b{today().year - 12}\b")
    read = dict[str, str]()
    for role in Role:
        kind = ROLE_PLACE[role]
        slug, start = {"region": ("vestfold", "/r/vestfold"), "municipality": ("re", "/k/re"), "own": ("re", "/min/re")}.get(
            kind, ("", "")
        )  # fmt: skip
        if slug:
            browser = await walk.world.browser(slug, role)
            read |= {f"{role} {path}": text for path, text in (await everything(browser, start)).items()}
    assert any(CONTACT in text and path.endswith(".pdf") for path, text in read.items())
    assert any(CONTACT in text and path.endswith(".xlsx") for path, text in read.items())
    told = [path for path, text in read.items() if secret.search(UUID_TEXT.sub("", text))]
    assert told == []
    assert not [mail for mail in walk.inbox.mails if secret.search(mail.as_string())]


async def both_files(page: Page) -> tuple[str, list[tuple[object, ...]]]:
    """(what the PDF says, the workbook's rows) as one side fetches them."""
    pdf = await page.request.get(page.url + "/oppgjor.pdf")
    xlsx = await page.request.get(page.url + "/oppgjor.xlsx")
    assert (pdf.status, xlsx.status) == (200, 200)
    book = load_workbook(io.BytesIO(await xlsx.body()), read_only=True)
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    return pdf_text(pikepdf.open(io.BytesIO(await pdf.body()))), rows


def check_rows(rows: list[tuple[object, ...]]) -> None:
    """The workbook says what was reckoned by hand, and no more."""
    head, *rest = [[str(cell or "") for cell in row] for row in rows]
    named = [dict(zip(head, row, strict=True)) for row in rest]
    lines = [row for row in named if row["Antall"]]
    assert {
        (one["Skylder"], one["Har til gode"], one["Hva"], one["Støttekontakt"]): tuple(
            Decimal(one[name]) for name in ("Antall", "Pris", "Beløp")
        )
        for one in lines
    } == {key: tuple(map(Decimal, numbers)) for key, numbers in LINES.items()}
    sums = {
        (one["Skylder"], one["Har til gode"], one["Hva"]): Decimal(one["Beløp"])
        for one in named
        if not one["Antall"]
    }
    assert sums == {key: Decimal(amount) for key, amount in SUMS.items()}


async def compare_files(walk: Walk, address: str) -> None:
    """Both sides fetch the same sums, to the øre."""
    fetched = {}
    for slug in ("horten", "re"):
        async with walk.of(slug, PAYROLL, address.replace("/k/horten/", f"/k/{slug}/")) as page:
            fetched[slug] = await both_files(page)
    assert fetched["horten"][1] == fetched["re"][1]
    check_rows(fetched["horten"][1])
    for said, _ in fetched.values():
        plain_text = re.sub(r"\s", "", said)
        for wanted in (TO_PAY, CONTACT, "193,38", "2 493,38", "250,00"):
            assert re.sub(r"\s", "", wanted) in plain_text, wanted
        assert CHILD not in said


async def count(walk: Walk) -> None:
    """Re reads how far the poster has brought whom; of one person the region reads that the form was sent, and no more."""
    stages = {"re": ("/k/re/rekruttering", "111111"), "vestfold": ("/r/vestfold/kampanjer", "11::::")}
    for slug, (start, numbers) in stages.items():
        role = SHARED if slug == "vestfold" else COORDINATOR
        async with walk.of(slug, role, start) as page:
            if slug == "vestfold":
                await page.get_by_role("link", name="Har du to timer i uka?").click()
            row = page.locator("tr", has_text="Plakat, Revetal bibliotek").first
            assert "".join(await row.locator("td").all_inner_texts()) == numbers


async def withdraw(walk: Walk, page: Page) -> None:
    """Ida takes back her yes; on the very next request the region reads nothing of her."""
    eirik = await walk.world.browser("vestfold", SHARED)
    assert walk.code in (await eirik.get("/r/vestfold/kandidater")).text
    await page.get_by_role("button", name="Ta meg ut av banken").click()
    await page.wait_for_load_state()
    assert walk.code not in (await eirik.get("/r/vestfold/kandidater")).text
    read = await everything(eirik, "/r/vestfold")
    assert [path for path, text in read.items() if walk.code in text] == []


async def test_from_a_poster_to_a_statement_by_five_people(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await crowd(world)
    await granted_order(world, "horten", name=USER)
    await employ_in_both(world)
    async with AsyncExitStack() as stack:
        site = await stack.enter_async_context(serving(world.database, Environment.TEST))
        inbox = Inbox()
        register_sender("email", plain(await stack.enter_async_context(smtp_server(inbox))))
        walk = Walk(world, site, inbox)
        await recruit(walk)
        await match(walk)
        await work(walk)
        await settle(walk, monkeypatch)
        await nobody_else_reads_of_the_user(walk)
        monkeypatch.undo()
        async with walk.of("re", Role.CONTACT, "/min/re/banken", 390) as ida:
            await withdraw(walk, ida)
        await count(walk)


async def recruit(walk: Walk) -> None:
    """From the campaign to a code in the pool."""
    async with walk.of("vestfold", SHARED, "/r/vestfold") as eirik:
        await step.advertise(walk, eirik)
    async with walk.visitor(f"/b/{walk.poster}") as ida:
        await step.apply(walk, ida)
        await step.confirm(walk, ida)
    async with walk.of("re", COORDINATOR, "/k/re") as rune:
        await step.interview(walk, rune)
        await step.share(walk, rune)
    async with walk.visitor(walk.own_link.removeprefix(walk.site.url)) as ida:
        await step.see_that_one_is_in(walk, ida)
    await let_the_contact_in(walk.world)


async def match(walk: Walk) -> None:
    """From a need without a name to two who have met."""
    async with walk.of("horten", COORDINATOR, "/k/horten") as kari:
        await step.post(walk, kari)
    async with walk.of("vestfold", SHARED, "/r/vestfold") as eirik:
        await step.propose(walk, eirik)
    async with walk.of("horten", MANAGER, "/k/horten") as torunn:
        await step.name_deciders(walk, torunn)
    async with walk.of("vestfold", SHARED, "/r/vestfold") as eirik:
        await step.refuse_oneself(walk, eirik)
    async with walk.of("horten", COORDINATOR, "/k/horten") as kari:
        await step.accept(walk, kari)
    async with walk.of("re", Role.CONTACT, "/min/re/foresporsler", 390) as ida:
        await step.say_yes(walk, ida)
    async with walk.of("horten", COORDINATOR, "/k/horten") as kari:
        await step.meet(walk, kari)
        await step.employ(walk, kari)


async def work(walk: Walk) -> None:
    """Hours in Horten, approved there; and what they cost is agreed."""
    await places_held(walk.world, today())
    async with walk.of("re", Role.CONTACT, "/min/horten", 390) as ida:
        await step.register(walk, ida)
    async with walk.of("horten", COORDINATOR, "/k/horten") as kari:
        await step.approve(walk, kari)
    async with walk.of("horten", MANAGER, "/k/horten") as torunn:
        await step.offer_terms(walk, torunn)
    async with walk.of("re", MANAGER, "/k/re") as manager:
        await step.agree(walk, manager)


async def settle(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The month is over: each municipality's job of the night, then payroll and manager on both sides."""
    later = (today().replace(day=28) + timedelta(days=4)).replace(day=5)
    stop_clock(monkeypatch, later.year, later.month, later.day)
    await reported(walk.world)
    async with walk.of("re", PAYROLL, "/k/re") as payroll:
        await step.read_places(walk, payroll)
    async with walk.of("horten", PAYROLL, "/k/horten") as gro:
        await step.check(walk, gro)
    async with walk.of("horten", MANAGER, "/k/horten") as torunn:
        await step.accept_statement(walk, torunn, "Nå er det Re sin tur.")
    async with walk.of("re", MANAGER, "/k/re") as manager:
        await step.accept_statement(walk, manager, "Begge har godkjent. Oppgjør 1 er låst.")
        address = manager.url.removeprefix(walk.site.url).replace("/k/re/", "/k/horten/")
    await compare_files(walk, address)
