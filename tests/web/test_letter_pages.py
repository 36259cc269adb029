"""The pages of letters over HTTP: print and mark as sent, stop, correct, write, reply in time; and every way wrong."""

from __future__ import annotations

import asyncio
import io
import re
from datetime import timedelta
from uuid import uuid4

import pikepdf

from sammen.clock import today
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from tenants.letters.api import draft_interims
from tests.letter_samples import applied, of_case, parent, written
from tests.worlds import World

QUEUE = "/k/horten/brev"


def fold(text: str) -> str:
    return re.sub(r"\s+", " ", text)


async def test_the_queue_is_printed_as_one_file_and_marked_as_sent(world: World) -> None:
    first = (await written(world, await applied(world, name="Anders Aas")))[0]
    second = (await written(world, await applied(world, name="Berit Bo")))[0]
    browser = await world.browser("horten", Role.PURCHASER_ADULT)
    shown = await browser.get(QUEUE)
    assert "2 brev skal sendes i dag." in shown.text
    assert "2 brev skal sendes i dag" in (await browser.get("/k/horten")).text
    assert shown.text.count('type="checkbox"') == 2
    assert shown.text.count(" checked") == 2, "what must leave today is chosen"
    chosen = f"b-{first}=1&b-{second}=1"
    page = await browser.get(f"{QUEUE}/utskrift?{chosen}")
    assert "2 brev er valgt." in page.text
    file = await browser.get(f"{QUEUE}/utskrift.pdf?{chosen}")
    assert file.headers["content-type"] == "application/pdf"
    assert "attachment" in file.headers["content-disposition"]
    merged = pikepdf.open(io.BytesIO(file.content))
    assert len(merged.pages) == 4, "one letter a sheet, also when both sides are printed on"
    answer = await browser.submit(f"{QUEUE}/sendt", {"brev": [str(first), str(second)], "dato": format_date(today())},
                                  page=f"{QUEUE}/utskrift?{chosen}")  # fmt: skip
    assert answer.status_code == 303
    assert "Ingen brev å sende" in (await browser.get(QUEUE)).text
    assert "Anders Aas" in (await browser.get(f"{QUEUE}?status=sent")).text


async def test_one_letter_is_opened_as_it_was_written_and_the_opening_is_logged(world: World) -> None:
    case_id = await applied(world)
    (letter_id,) = await written(world, case_id)
    browser = await world.browser("horten", Role.MANAGER)
    shown = await browser.get(f"{QUEUE}/{letter_id}")
    assert "Skriv ut og send" not in shown.text, "a manager reads, and sends nothing"
    file = await browser.get(f"{QUEUE}/{letter_id}/brev.pdf")
    (stored,) = await world.sql("SELECT pdf FROM letter WHERE id = $1", letter_id)
    assert file.content == stored["pdf"]
    reads = await world.sql("SELECT why, persons FROM audit_entry WHERE action = 'letter.read' ORDER BY id")
    (person,) = await world.sql("SELECT person_id FROM case_file WHERE id = $1", case_id)
    assert [row["why"] for row in reads] == ["Leste om et brev", "Åpnet et brev"]
    assert all(row["persons"] == [person["person_id"]] for row in reads)
    await world.sql("UPDATE person SET street = 'Storgata 1'")
    assert "Adressen mangler" not in (await browser.get(f"{QUEUE}/{letter_id}")).text
    await world.sql("UPDATE person SET street = ''")
    assert "Adressen mangler" in (await browser.get(f"{QUEUE}/{letter_id}")).text


async def test_bad_days_keep_the_choice_and_say_what_to_do(world: World) -> None:
    (letter_id,) = await written(world, await applied(world))
    browser = await world.browser("horten", Role.PURCHASER_ADULT)
    page = f"{QUEUE}/utskrift?b-{letter_id}=1"
    for day, sentence in (
        ("", "Skriv dagen brevet ble sendt."),
        ("31.11.2026", "November 2026 har 30 dager"),
        (format_date(today() + timedelta(days=1)), "Datoen er i framtida."),
        (format_date(today() - timedelta(days=1)), "Et av brevene er skrevet etter denne dagen."),
    ):
        answer = await browser.submit(f"{QUEUE}/sendt", {"brev": str(letter_id), "dato": day}, page=page)
        assert answer.status_code == 422
        assert sentence in answer.text, day
        assert f'value="{letter_id}"' in answer.text
    answer = await browser.submit(f"{QUEUE}/sendt", {"dato": format_date(today())}, page=page)
    assert answer.status_code == 422
    assert "Velg minst ett brev." in answer.text
    answer = await browser.submit(f"{QUEUE}/sendt", {"brev": "tull", "dato": format_date(today())}, page=page)
    assert answer.status_code == 422


async def test_nothing_chosen_leads_back_and_odd_addresses_show_a_list(world: World) -> None:
    browser = await world.browser("horten", Role.PURCHASER_ADULT)
    for address in ("utskrift", "utskrift.pdf", "utskrift?b-tull=1", "utskrift?b-=1"):
        answer = await browser.get(f"{QUEUE}/{address}")
        assert (answer.status_code, answer.headers["location"]) == (303, QUEUE)
    for query in ("?status=tull", "?side=0", "?side=99999999999", "?hvem=x", "?status=cancelled&hvem=mine"):
        assert (await browser.get(QUEUE + query)).status_code == 200
    assert (await browser.get(f"{QUEUE}/{uuid4()}")).status_code == 404
    assert (await browser.get(f"{QUEUE}/utskrift?b-{uuid4()}=1")).status_code == 404


async def test_twenty_marks_at_once_send_a_letter_once(world: World) -> None:
    (letter_id,) = await written(world, await applied(world))
    browser = await world.browser("horten", Role.PURCHASER_ADULT)
    data = {"brev": str(letter_id), "dato": format_date(today())}
    answers = await asyncio.gather(
        *(browser.submit(f"{QUEUE}/sendt", data, page="/innlogginger") for _ in range(20))
    )
    assert {answer.status_code for answer in answers} <= {303, 503}
    (count,) = await world.sql("SELECT count(*) FROM audit_entry WHERE action = 'letter.sent'")
    assert count["count"] == 1


async def test_strangers_and_other_purchasers_find_nothing(world: World) -> None:
    case_id = await applied(world)
    (letter_id,) = await written(world, case_id)
    paths = [f"{QUEUE}/{letter_id}", f"{QUEUE}/{letter_id}/brev.pdf", f"{QUEUE}/{letter_id}/rettebrev",
             f"{QUEUE}/utskrift?b-{letter_id}=1", f"{QUEUE}/utskrift.pdf?b-{letter_id}=1",
             f"/k/horten/saker/{case_id}/brev/nytt", f"/k/horten/saker/{case_id}/forelopig-svar"]  # fmt: skip
    child = await world.browser("horten", Role.PURCHASER_CHILD)
    for path in paths:
        assert (await child.get(path)).status_code == 404, path
    stranger = await world.browser("re", Role.PURCHASER_ADULT)
    for path in paths:
        assert (await stranger.get(path.replace("/horten/", "/re/"))).status_code == 404, path
    for role in (Role.PROVIDER_COORDINATOR, Role.PAYROLL, Role.DATA_PROTECTION_OFFICER):
        browser = await world.browser("horten", role)
        assert (await browser.get(QUEUE)).status_code == 403
        assert (await browser.get(paths[1])).status_code == 403
    manager = await world.browser("horten", Role.MANAGER)
    assert (await manager.get(paths[3])).status_code == 403
    answer = await child.submit(
        f"{QUEUE}/sendt", {"brev": str(letter_id), "dato": format_date(today())}, page=QUEUE
    )
    assert answer.status_code == 404
    assert (await of_case(world, case_id))[0].state == "ready"


async def test_a_letter_is_stopped_with_a_reason_and_corrected_only_when_sent(world: World) -> None:
    (letter_id,) = await written(world, await applied(world))
    browser = await world.browser("horten", Role.PURCHASER_ADULT)
    page = f"{QUEUE}/{letter_id}"
    assert (await browser.get(f"{page}/rettebrev")).status_code == 409
    answer = await browser.submit(f"{page}/stans", {"grunn": " "}, page=page)
    assert answer.status_code == 422
    assert "Skriv hvorfor brevet ikke skal sendes." in answer.text
    answer = await browser.submit(f"{page}/stans", {"grunn": "Feil person."}, page=page)
    assert answer.status_code == 303
    shown = await browser.get(page)
    assert "Feil person." in shown.text
    assert "Stans brevet" not in shown.text
    answer = await browser.submit(f"{page}/stans", {"grunn": "En gang til."}, page=QUEUE)
    assert answer.status_code == 409
    assert "Feil person." in (await browser.get(f"{QUEUE}?status=cancelled")).text


async def test_a_sent_letter_is_corrected_by_a_new_one(world: World) -> None:
    (letter_id,) = await written(world, await applied(world))
    browser = await world.browser("horten", Role.PURCHASER_ADULT)
    page = f"{QUEUE}/{letter_id}"
    await browser.submit(f"{QUEUE}/sendt", {"brev": str(letter_id), "dato": format_date(today())}, page=QUEUE)
    form = await browser.get(f"{page}/rettebrev")
    assert 'value="Rettelse: Hei"' in form.text
    answer = await browser.submit(f"{page}/rettebrev", {"tittel": "", "tekst": ""}, page=f"{page}/rettebrev")
    assert answer.status_code == 422
    assert "Skriv en overskrift" in answer.text
    assert "Skriv hva brevet skal si." in answer.text
    answer = await browser.submit(f"{page}/rettebrev", {"tittel": "Rettelse", "tekst": "Riktig dag er 3. mai."},
                                  page=f"{page}/rettebrev")  # fmt: skip
    assert answer.status_code == 303
    shown = await browser.get(answer.headers["location"])
    assert "Retter et tidligere brev:" in shown.text


async def test_a_letter_of_ones_own_goes_to_everybody_who_gets_letters(world: World) -> None:
    case_id = await applied(world, kind="child")
    await parent(world, case_id, "Anne Bergli", "nb")
    await parent(world, case_id, "Odd Bergli", "nn")
    browser = await world.browser("horten", Role.PURCHASER_CHILD)
    page = f"/k/horten/saker/{case_id}/brev/nytt"
    long = await browser.submit(page, {"tittel": "x" * 121, "tekst": "y"}, page=page)
    assert long.status_code == 422
    answer = await browser.submit(
        page, {"tittel": "Vi trenger\nflere opplysninger", "tekst": "Ring oss."}, page=page
    )
    assert answer.status_code == 303
    letters = await of_case(world, case_id, Role.PURCHASER_CHILD)
    assert {one.recipient_name for one in letters} == {"Anne Bergli", "Odd Bergli"}
    assert {one.language_form for one in letters} == {"nb", "nn"}
    assert {one.title for one in letters} == {"Vi trenger flere opplysninger"}
    shown = await browser.get(f"/k/horten/saker/{case_id}")
    assert "Vi trenger flere opplysninger" in shown.text, "the case's letter log"


async def test_the_interim_reply_waits_on_the_day_page_and_is_the_cases_next_step(world: World) -> None:
    case_id = await applied(world, received=today() - timedelta(days=25))
    await applied(world, received=today(), name="Berit Bo")
    async with world.job(world.horten) as uow:
        assert await draft_interims(uow) == 1
    browser = await world.browser("horten", Role.PURCHASER_ADULT)
    start = await browser.get("/k/horten")
    assert f"/k/horten/saker/{case_id}/forelopig-svar" in start.text
    case = await browser.get(f"/k/horten/saker/{case_id}")
    assert "Neste: vedtak eller foreløpig svar" in case.text
    page = f"/k/horten/saker/{case_id}/forelopig-svar"
    form = await browser.get(page)
    fields = dict(re.findall(r'name="(soknad|versjon)" value="([^"]+)"', form.text))
    for reason, day, sentence in (
        ("", "", "Skriv hvorfor det tar lengre tid."),
        ("Vi venter.", "", "Skriv dagen dere regner med å svare."),
        ("Vi venter.", "32.1.2027", "Januar 2027 har 31 dager"),
        ("Vi venter.", format_date(today()), "Skriv en dag etter"),
    ):
        answer = await browser.submit(page, {**fields, "grunn": reason, "forventet": day}, page=page)
        assert answer.status_code == 422
        assert sentence in answer.text
        assert (not reason) or reason in answer.text
    expected = today() + timedelta(days=60)
    data = {**fields, "grunn": "Vi venter på svar fra legen.", "forventet": format_date(expected)}
    answer = await browser.submit(page, data, page=page)
    assert answer.status_code == 303
    assert "Ingen søknad venter på foreløpig svar" in (await browser.get(page)).text
    again = await browser.submit(page, data, page="/k/horten")
    assert again.status_code == 409, "two who write it: the second is told"
    assert "Ett brev venter på å bli sendt" in (await browser.get("/k/horten")).text
    letter = answer.headers["location"].rsplit("/", 1)[1]
    await browser.submit(f"{QUEUE}/sendt", {"brev": letter, "dato": format_date(today())}, page="/k/horten")
    (row,) = await world.sql("SELECT deadline FROM case_file WHERE id = $1", case_id)
    assert row["deadline"] == expected
    assert "Neste: vedtak eller foreløpig svar" not in (await browser.get(f"/k/horten/saker/{case_id}")).text


async def test_another_cases_application_is_not_replied_to_from_here(world: World) -> None:
    mine = await applied(world, received=today() - timedelta(days=25))
    await applied(world, received=today() - timedelta(days=25), kind="child", name="Lisa Lie")
    (other,) = await world.sql("SELECT id FROM application WHERE case_id <> $1", mine)
    browser = await world.browser("horten", Role.PURCHASER_ADULT)
    page = f"/k/horten/saker/{mine}/forelopig-svar"
    data = {"grunn": "Vi venter.", "forventet": format_date(today() + timedelta(days=60)), "versjon": "0"}
    assert (await browser.submit(page, {**data, "soknad": str(other["id"])}, page=page)).status_code == 404
    assert (await browser.submit(page, {**data, "soknad": "tull"}, page=page)).status_code == 422
    assert (
        await browser.submit(page, {**data, "soknad": str(uuid4()), "versjon": "x"}, page=page)
    ).status_code == 422


async def test_a_protected_address_is_on_no_page_and_in_no_file(world: World) -> None:
    """E5: the letter has the name only, and whoever sends it is told to write the address by hand."""
    case_id = await applied(world, kind="child", protection="kode6")
    await world.sql("UPDATE case_file SET shielded = false WHERE id = $1", case_id)
    await parent(world, case_id, "Anne Bergli", "nb")
    (letter_id,) = await written(world, case_id, role=Role.PURCHASER_CHILD)
    browser = await world.browser("horten", Role.PURCHASER_CHILD)
    for path in (
        QUEUE,
        f"{QUEUE}/{letter_id}",
        f"{QUEUE}/utskrift?b-{letter_id}=1",
        f"/k/horten/saker/{case_id}",
    ):
        shown = await browser.get(path)
        assert shown.status_code == 200, path
        assert "Storgata" not in shown.text
        assert "Sperret adresse" in shown.text, path
    (row,) = await world.sql("SELECT content::text AS content FROM letter")
    assert "Storgata" not in row["content"]


async def test_an_application_near_its_limit_is_one_line_of_the_day(world: World) -> None:
    case_id = await applied(world, name="Anders Aas", received=today() - timedelta(days=27))
    browser = await world.browser("horten", Role.PURCHASER_ADULT)
    assert (await browser.get("/k/horten")).text.count("Anders Aas") == 1
    async with world.job(world.horten) as uow:
        assert await draft_interims(uow) == 1
    day = (await browser.get("/k/horten")).text
    assert day.count("Anders Aas") == 1
    assert f"/saker/{case_id}/forelopig-svar" in day
