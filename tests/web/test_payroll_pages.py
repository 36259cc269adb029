"""Payroll's pages: from employee numbers to a closed run and its files, and the contact's receipt on the phone."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pikepdf

from sammen.clock import today
from sammen.policy.roles import Role
from tests.payroll_samples import closed, computed, hours, october, ready
from tests.provider_samples import assigned, contact
from tests.worlds import Browser, World

RUNS = "/k/horten/lonn"


def errors_of(answer: Any) -> list[str]:
    return re.findall(r"validation-message[^>]*>\s*(?:<[^>]+>)*([^<]+)", answer.text)


async def at_work(world: World) -> tuple[UUID, UUID]:
    """(contact, assignment) with three approved meetings in October."""
    _, who, assignment = await assigned(world, "horten")
    for day in (6, 13, 20):
        await hours(world, assignment, date(2026, 10, day), "3.5")
    return who, assignment


async def test_payroll_sets_up_runs_closes_and_fetches_the_same_files_twice(world: World) -> None:
    who, _ = await at_work(world)
    await ready(world, "horten")
    browser = await world.browser("horten", Role.PAYROLL)
    number = f"{RUNS}/ansattnumre/{who}"
    assert (await browser.submit(number, {"nummer": "1042", "versjon": "0"}, page=number)).status_code == 303
    began = await browser.submit(
        f"{RUNS}/ny", {"periode": "2026-10", "utbetales": "12.12.2026"}, page=f"{RUNS}/ny"
    )
    assert began.status_code == 303, errors_of(began)
    await world.run_jobs()
    task = await browser.get(began.headers["location"])
    run = re.search(r'href="(/k/horten/lonn/[0-9a-f-]{36})"', task.text)
    assert run
    shown = await browser.get(run[1])
    assert "Lukk lønnskjøring (2\xa0100,00\xa0kr)" in shown.text
    version = re.search(r'name="versjon" value="(\d+)"', shown.text)
    assert version
    answer = await browser.submit(f"{run[1]}/lukk", {"versjon": version[1]}, page=run[1])
    assert answer.status_code == 303
    await world.run_jobs()
    done = await browser.get(run[1])
    links = re.findall(r'href="([^"]+/filer/[0-9a-f-]{36})"', done.text)
    assert len(links) == 2
    fetched = [(await browser.get(link)).content for link in links for _ in (1, 2)]
    assert fetched[0] == fetched[1]
    assert (
        fetched[2]
        == fetched[3]
        == b'2026;1;1042;4200;0.00;10.50;200.00;2100.00;0109;;"";"";"234";"";"";"";\r\n'
    )
    assert "Amund Vik" in fetched[0].decode("utf-8-sig")
    assert "Jonas" not in shown.text + fetched[0].decode("utf-8-sig")


async def test_the_contact_reads_the_receipt_and_takes_it_as_a_file_that_is_read_aloud(world: World) -> None:
    who, assignment = await at_work(world)
    await ready(world, "horten", who)
    line = await hours(world, assignment, date(2026, 10, 27), "2")
    await closed(world)
    await hours(world, assignment, date(2026, 10, 27), "1", corrects=line)
    run = await closed(world)
    browser = await world.browser("horten", Role.CONTACT)
    listed = await browser.get("/min/horten/utbetalt")
    assert listed.text.count("Se kvitteringen") == 2
    shown = await browser.get(f"/min/horten/utbetalt/{run.id}")
    assert "Trukket tilbake, timene er rettet" in shown.text
    assert "med Jonas" in shown.text
    file = await browser.get(f"/min/horten/utbetalt/{run.id}/kvittering.pdf")
    with pikepdf.open(io.BytesIO(file.content)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.StructTreeRoot


async def test_an_open_run_and_another_municipality_show_no_receipt(world: World) -> None:
    who, _ = await at_work(world)
    await ready(world, "horten", who)
    run = await computed(world)
    browser = await world.browser("horten", Role.CONTACT)
    assert (await browser.get(f"/min/horten/utbetalt/{run.id}")).status_code == 409
    assert "Ingenting er utbetalt ennå" in (await browser.get("/min/horten/utbetalt")).text
    assert (await (await world.browser("re", Role.PAYROLL)).get(f"/k/re/lonn/{run.id}")).status_code == 404


async def test_the_manager_reads_sums_and_no_contact(world: World) -> None:
    who, _ = await at_work(world)
    await ready(world, "horten", who)
    run = await closed(world)
    browser = await world.browser("horten", Role.MANAGER)
    shown = await browser.get(f"{RUNS}/{run.id}")
    assert "2\xa0100,00" in shown.text
    assert "Amund" not in shown.text
    for path in (
        f"{RUNS}/{run.id}/kontakt/{who}",
        f"{RUNS}/ansattnumre",
        f"{RUNS}/ny",
    ):
        assert (await browser.get(path)).status_code == 403
    assert (await (await world.browser("horten", Role.PROVIDER_COORDINATOR)).get(RUNS)).status_code == 403


async def test_a_contact_without_a_number_waits_and_is_paid_when_it_is_there(world: World) -> None:
    who, _ = await at_work(world)
    await ready(world, "horten")
    run = await computed(world)
    browser = await world.browser("horten", Role.PAYROLL)
    page = f"{RUNS}/{run.id}"
    shown = await browser.get(page)
    assert "Mangler ansattnummer" in shown.text
    assert f"/lonn/ansattnumre/{who}" in shown.text
    refused = await browser.submit(f"{page}/lukk", {"versjon": str(run.version)}, page=page)
    assert (refused.status_code, "ingen timer" in refused.text) == (422, True)
    await ready(world, "horten", who, kroner="")
    assert (await browser.submit(f"{page}/beregn", page=page)).status_code == 303
    await world.run_jobs()
    assert "Lukk lønnskjøring (2\xa0100,00" in (await browser.get(page)).text


async def test_a_run_without_pay_codes_says_which_and_cannot_be_closed(world: World) -> None:
    who, _ = await at_work(world)
    await ready(world, "horten", who)
    await world.sql("DELETE FROM pay_code WHERE component = 'hours'")
    run = await computed(world)
    browser = await world.browser("horten", Role.PAYROLL)
    page = f"{RUNS}/{run.id}"
    assert "Timelønn: individuell støttekontakt" in (await browser.get(page)).text
    refused = await browser.submit(f"{page}/lukk", {"versjon": str(run.version)}, page=page)
    assert (refused.status_code, "Noen lønnsarter mangler" in refused.text) == (422, True)


async def sent(browser: Browser, path: str, **data: str) -> Any:
    return await browser.submit(f"{RUNS}/{path}", data, page=f"{RUNS}/{path}")


async def test_every_field_says_what_is_wrong_and_keeps_what_was_typed(world: World) -> None:
    browser = await world.browser("horten", Role.PAYROLL)
    who = await contact(world, "horten", "Marte Lie")
    bad = await sent(browser, "ny", periode="2026-13", utbetales="31.02.2027", etterbetal="ja")
    assert (bad.status_code, len(errors_of(bad))) == (422, 3)
    assert 'value="31.02.2027"' in bad.text
    ahead = (today() + timedelta(days=70)).strftime("%Y-%m")
    assert "ikke begynt" in (await sent(browser, "ny", periode=ahead, utbetales="12.12.2027")).text
    assert (
        "før perioden er over" in (await sent(browser, "ny", periode="2026-10", utbetales="12.10.2026")).text
    )
    bad = await sent(browser, "koder", hva="tips", kode="=1+1", fra="")
    assert (bad.status_code, len(errors_of(bad))) == (422, 3)
    bad = await sent(
        browser, "kontering", fra="1.1.2026", mal="{ansvar", funksjon="23", b_funksjon="", ansvar="a b"
    )
    assert (bad.status_code, len(errors_of(bad))) == (422, 4)
    assert (await sent(browser, f"ansattnumre/{who}", nummer="12;3")).status_code == 422


async def test_a_list_from_the_payroll_system_fills_in_the_numbers_that_fit(world: World) -> None:
    await contact(world, "horten", "Marte Lie")
    await contact(world, "horten", "Amund Vik")
    browser = await world.browser("horten", Role.PAYROLL)
    listed = "Ansattnummer\tNavn\tFødselsdato\n11\tLie, Marte\t02.05.2001\n12\tAmund Vik\t\n13\tPer Dale\t"
    refused = await sent(browser, "ansattnumre", liste=listed)
    assert refused.status_code == 422
    assert "1 rader kan ikke brukes: 4 passer ikke med noen støttekontakt" in refused.text
    taken = await sent(browser, "ansattnumre", liste=listed, hopp_over="ja")
    assert taken.status_code == 303
    rows = await world.sql("SELECT number FROM payee_number ORDER BY number")
    assert [row["number"] for row in rows] == ["11", "12"]
    # The same number for somebody else, a list without a header, and an empty one.
    for text in ("Ansattnummer;Navn\n11;Amund Vik", "11;Marte Lie", ""):
        assert (await sent(browser, "ansattnumre", liste=text)).status_code == 422


async def test_a_run_seen_before_it_was_computed_again_is_not_closed_by_it(world: World) -> None:
    who, assignment = await at_work(world)
    await ready(world, "horten", who)
    run = await computed(world)
    browser, page = await world.browser("horten", Role.PAYROLL), f"{RUNS}/{run.id}"
    await hours(world, assignment, date(2026, 10, 28), "1")
    await browser.submit(f"{page}/beregn", page=page)
    await world.run_jobs()
    stale = await browser.submit(f"{page}/lukk", {"versjon": str(run.version)}, page=page)
    assert (stale.status_code, "beregnet på nytt" in stale.text) == (409, True)
    assert (await world.sql("SELECT state FROM payroll_run"))[0]["state"] == "ready"


async def test_payroll_is_told_today_what_waits(world: World) -> None:
    await at_work(world)
    browser = await world.browser("horten", Role.PAYROLL)
    assert "Kjør lønn for" in (await browser.get("/k/horten")).text
    await ready(world, "horten")
    await computed(world, facts=october())
    assert "Lukk lønnskjøringen for oktober 2026" in (await browser.get("/k/horten")).text
