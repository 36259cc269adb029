"""Settlement's pages: from a proposed agreement to a locked statement, bad fields, who may, and the same sums in files."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

import openpyxl
import pikepdf

from sammen.clock import today
from sammen.policy.roles import Role
from shared_pool.settlement.reckoning import month_off
from tests.settlement_samples import (
    CONTACT,
    JULY,
    SEPTEMBER,
    USER,
    agreed,
    checked,
    hours,
    lent,
    locked,
    places_held,
    reported,
    statements,
)
from tests.worlds import Browser, World

HERE, THERE = "/k/horten/oppgjor", "/k/re/oppgjor"


def errors_of(answer: Any) -> list[str]:
    return re.findall(r"validation-message[^>]*>\s*(?:<[^>]+>)*([^<]+)", answer.text)


def digest_on(text: str) -> str:
    found = re.search(r'name="tall" value="([0-9a-f]{64})"', text)
    assert found, "the page has no step to take"
    return found[1]


async def step(browser: Browser, path: str, what: str) -> Any:
    """Press the button of a step, as the page shows it."""
    shown = await browser.get(path)
    return await browser.submit(f"{path}/{what}", {"tall": digest_on(shown.text)}, page=path)


async def quarter(world: World) -> str:
    """A statement of 3 hours in July and 4.5 in September: the end of its address."""
    await agreed(world)
    assignment = await lent(world)
    await hours(world, assignment, JULY, "3")
    await hours(world, assignment, SEPTEMBER, "4.5")
    await reported(world)
    return str((await statements(world, "horten"))[0].id)


FORM = {
    "fra": "2026-01", "til": "", "oppgjor": "3", "time": "45,50", "rekruttering": "1 500", "kurs": "800", "kursplass": "600",
    "gruppeplass": "250",
}  # fmt: skip


async def test_from_a_proposed_agreement_to_a_locked_statement_by_four_people(world: World) -> None:
    manager, payroll = (
        await world.browser("horten", Role.MANAGER),
        await world.browser("horten", Role.PAYROLL),
    )
    their_manager = await world.browser("re", Role.MANAGER)
    their_payroll = await world.browser("re", Role.PAYROLL)
    new = f"{HERE}/avtaler/ny"
    sent = await manager.submit(new, {**FORM, "kommune": str(world.re)}, page=new)
    assert sent.status_code == 303, errors_of(sent)
    agreement = sent.headers["location"].rsplit("/", 1)[1]
    assert "Svar på avtale om oppgjør fra Horten" in (await their_manager.get("/k/re")).text
    theirs = f"{THERE}/avtaler/{agreement}"
    assert "45,50" in (await their_manager.get(theirs)).text
    said = await their_manager.submit(f"{theirs}/svar", {"svar": "ja", "versjon": "1"}, page=theirs)
    assert said.status_code == 303
    terms = {**FORM, "time": "52", "fra": f"{month_off(today(), 1):%Y-%m}", "kommune": str(world.re)}
    dearer = await manager.submit(new, terms, page=new)
    assert dearer.status_code == 303, errors_of(dearer)
    later = f"{THERE}/avtaler/{dearer.headers['location'].rsplit('/', 1)[1]}"
    assert "52,00\xa0kr, i dag 45,50\xa0kr" in (await their_manager.get(later)).text
    assignment = await lent(world)
    await hours(world, assignment, JULY, "7.5")
    await reported(world)
    assert "Kontroller oppgjøret med Re" in (await payroll.get("/k/horten")).text
    statement = str((await statements(world, "horten"))[0].id)
    one, other = f"{HERE}/{statement}", f"{THERE}/{statement}"
    shown = (await payroll.get(one)).text
    assert "Horten betaler Re 2\xa0641,25\xa0kr." in shown
    assert CONTACT in shown
    assert "Godkjenn oppgjøret" not in shown
    assert (await step(payroll, one, "kontroller")).status_code == 303
    assert "Godkjenn oppgjøret med Re" in (await manager.get("/k/horten")).text
    assert (await step(manager, one, "godta")).status_code == 303
    assert "Horten har godkjent disse tallene." in (await their_payroll.get(other)).text
    assert (await step(their_payroll, other, "kontroller")).status_code == 303
    assert (await step(their_manager, other, "godta")).status_code == 303
    for browser, path in ((manager, one), (their_manager, other)):
        last = (await browser.get(path)).text
        assert "Oppgjør 1 ble låst" in last
        assert "Horten betaler Re 2\xa0641,25\xa0kr." in last
        assert "Stemmer det ikke?" not in last


async def test_both_sides_files_have_the_same_numbers_and_no_service_user(world: World) -> None:
    statement = await quarter(world)
    await locked(world, (await statements(world, "horten"))[0].id)
    books = []
    for slug in ("horten", "re"):
        browser = await world.browser(slug, Role.PAYROLL)
        path = f"/k/{slug}/oppgjor/{statement}"
        sheet = openpyxl.load_workbook(io.BytesIO((await browser.get(f"{path}/oppgjor.xlsx")).content)).active
        assert sheet is not None
        books.append([[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)])
        answer = await browser.get(f"{path}/oppgjor.pdf")
        assert answer.headers["content-type"] == "application/pdf"
        pdf = pikepdf.open(io.BytesIO(answer.content))
        assert pdf.Root.MarkInfo.Marked
        assert "Oppgjør 1 med" in str(pdf.docinfo.get("/Title"))
        assert USER.split()[0].encode() not in answer.content
    assert books[0] == books[1]
    sums = [row for row in books[0] if row[3] in ("Sum", "Å betale")]
    assert [row[7] for row in sums if row[0] == "Horten"] == [2641.25, 2641.25]
    assert sum(row[7] for row in books[0] if row[3] not in ("Sum", "Å betale")) == 2641.25
    assert not [cell for row in books[0] for cell in row if isinstance(cell, str) and USER in cell]


async def test_a_name_that_begins_like_a_formula_is_text_in_the_workbook(world: World) -> None:
    await agreed(world)
    await hours(world, await lent(world, name="=1+1 Kvamme"), JULY, "1")
    await reported(world)
    statement = (await statements(world, "horten"))[0].id
    browser = await world.browser("horten", Role.PAYROLL)
    sheet = openpyxl.load_workbook(
        io.BytesIO((await browser.get(f"{HERE}/{statement}/oppgjor.xlsx")).content)
    ).active
    assert sheet is not None
    cell = sheet["E2"]
    assert (cell.data_type, cell.value) == ("s", "=1+1 Kvamme")


async def test_each_bad_field_of_an_agreement_has_its_sentence_and_keeps_what_was_typed(world: World) -> None:
    browser, new = await world.browser("horten", Role.MANAGER), f"{HERE}/avtaler/ny"
    empty = await browser.submit(new, {}, page=new)
    assert empty.status_code == 422
    assert len(errors_of(empty)) == 8
    for field, bad in (
        ("kommune", "x"), ("kommune", str(world.horten)), ("fra", "2020-01"), ("fra", "i fjor"), ("til", "2025-12"),
        ("oppgjor", "2"), ("time", "mye"), ("time", "-1"), ("time", "45,505"), ("time", "100001"), ("gruppeplass", ""),
    ):  # fmt: skip
        answer = await browser.submit(new, {**FORM, "kommune": str(world.re), field: bad}, page=new)
        assert answer.status_code == 422, (field, bad)
        assert len(errors_of(answer)) == 1, (field, bad)
        assert 'value="1 500"' in answer.text


async def test_disagreement_says_what_is_wrong_and_places_come_by_themselves(world: World) -> None:
    path = f"{HERE}/{await quarter(world)}"
    browser = await world.browser("horten", Role.PAYROLL)
    digest = digest_on((await browser.get(path)).text)
    for words in (
        "",
        "Gjelder 15.03.2012.",
        "Bruker 010112 34567 har færre timer.",
        "Jonas fikk ikke timene.",
        "Timene med Storli er feil.",
        "Han har autisme.",
    ):
        answer = await browser.submit(f"{path}/uenig", {"uenig": words, "tall": digest}, page=path)
        assert answer.status_code == 422
        assert len(errors_of(answer)) == 1
        assert words in answer.text
    assert (
        await browser.submit(f"{path}/uenig", {"uenig": "Feil i juli.", "tall": "x"}, page=path)
    ).status_code == 422
    await places_held(world, date(2026, 8, 4), date(2026, 8, 20), home="horten", host="re")
    await reported(world)
    assert "Plass i gruppe" in (await browser.get(path)).text
    sent = await browser.submit(f"{path}/uenig", {"uenig": "Feil i juli.", "tall": digest}, page=path)
    assert sent.status_code == 409
    sent = await browser.submit(
        f"{path}/uenig",
        {
            "uenig": "Sigvart Kvamme hadde 3 timer i juli i Re.",
            "tall": digest_on((await browser.get(path)).text),
        },
        page=path,
    )
    assert sent.status_code == 303
    theirs = await world.browser("re", Role.MANAGER)
    assert (
        "«Sigvart Kvamme hadde 3 timer i juli i Re.»" in (await theirs.get(path.replace("horten", "re"))).text
    )


async def test_the_same_form_twice_is_one_step_and_the_checker_is_not_offered_to_accept(world: World) -> None:
    path = f"{HERE}/{await quarter(world)}"
    browser = await world.browser("horten", Role.MANAGER)
    data = {"tall": digest_on((await browser.get(path)).text)}
    for _ in range(2):
        answer = await browser.submit(f"{path}/kontroller", data, page=path, key="k" * 16)
        assert answer.status_code == 303
    assert len(await world.sql("SELECT 1 FROM settlement_act")) == 1
    shown = (await browser.get(path)).text
    assert "Nå må en annen leder godkjenne." in shown
    assert f"{path}/godta" not in shown
    assert (await browser.submit(f"{path}/godta", data, page=path)).status_code == 403


async def test_others_at_home_are_refused_and_other_municipalities_find_nothing(world: World) -> None:
    statement = await quarter(world)
    agreement = str((await world.sql("SELECT id FROM settlement_agreement"))[0]["id"])
    one = f"/{statement}"
    pages = ("", "/avtaler", one, f"{one}/oppgjor.pdf", f"{one}/oppgjor.xlsx", f"/avtaler/{agreement}")
    for role in (Role.PROVIDER_COORDINATOR, Role.PURCHASER_CHILD, Role.MUNICIPALITY_ADMINISTRATOR):
        browser = await world.browser("horten", role)
        assert {(await browser.get(f"{HERE}{path}")).status_code for path in pages} == {403}
    payroll = await world.browser("horten", Role.PAYROLL)
    assert (await payroll.get(f"{HERE}/avtaler/ny")).status_code == 403
    await world.sql(
        "UPDATE settlement_statement SET a_id = gen_random_uuid(), b_id = 'ffffffff-ffff-ffff-ffff-ffffffffffff'"
    )
    assert (await payroll.get(f"{HERE}/{statement}")).status_code == 404


async def test_empty_pages_say_what_comes_and_lists_filter(world: World) -> None:
    browser = await world.browser("horten", Role.MANAGER)
    empty = (await browser.get(HERE)).text
    assert "Ingen oppgjør ennå" in empty
    assert "Ingen avtaler ennå" in (await browser.get(f"{HERE}/avtaler")).text
    await quarter(world)
    assert "3. kvartal 2026" in (await browser.get(HERE)).text
    assert "Ett oppgjør venter på dere." in (await browser.get(HERE)).text
    for query in ("vis=laste", f"kommune={world.horten}", "kommune=tull"):
        assert "Ingen oppgjør passer" in (await browser.get(f"{HERE}?{query}")).text
    for query in ("vis=apne", f"kommune={world.re}", "vis=tull", "side=99"):
        assert "3. kvartal 2026" in (await browser.get(f"{HERE}?{query}")).text


async def test_hours_without_an_agreement_lead_to_the_form_with_the_month_filled_in(world: World) -> None:
    await hours(world, await lent(world), JULY, "3")
    await reported(world)
    statement = (await statements(world, "horten"))[0]
    browser = await world.browser("horten", Role.MANAGER)
    shown = (await browser.get(f"{HERE}/{statement.id}")).text
    assert "Neste: avtal pris med Re" in shown
    link = re.search(r'href="(/k/horten/oppgjor/avtaler/ny\?[^"]+)"', shown)
    assert link
    form = (await browser.get(link[1].replace("&amp;", "&"))).text
    assert '<option value="2026-07" selected' in form
    assert f'<option value="{world.re}" selected' in form
    assert "Uten avtale" in shown


async def test_a_newer_agreement_takes_over_and_the_older_one_is_shown_as_over(world: World) -> None:
    old = await agreed(world)
    new = await agreed(world, valid_from=date(2026, 9, 1), hour_ore=5000)
    browser = await world.browser("horten", Role.MANAGER)
    for agreement, word, may_end in ((old, "Over", False), (new, "Gjelder nå", True)):
        shown = (await browser.get(f"{HERE}/avtaler/{agreement}")).text
        assert word in shown
        assert ("Si opp avtalen" in shown) is may_end
    begun = (await browser.get(f"{HERE}/avtaler/ny")).text
    assert "Prisene er hentet fra avtalen med Re." in begun
    assert 'value="50,00"' in begun


async def test_every_reading_of_names_is_in_the_access_log(world: World) -> None:
    path = f"{HERE}/{await quarter(world)}"
    await checked(world, "horten", (await statements(world, "horten"))[0].id)
    browser = await world.browser("horten", Role.PAYROLL)
    for what in ("", "/oppgjor.pdf", "/oppgjor.xlsx"):
        await browser.get(path + what)
    rows = await world.sql(
        "SELECT action, persons FROM audit_entry WHERE tenant_id = $1 AND action LIKE 'settlement.%'"
        " AND category = 'read' ORDER BY id", world.horten,
    )  # fmt: skip
    assert [row["action"] for row in rows] == [
        "settlement.read",
        "settlement.exported",
        "settlement.exported",
    ]
    assert all(len(row["persons"]) == 1 for row in rows)
