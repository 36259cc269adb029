"""What people ask about their own data, over HTTP: registered, extracted, looked through, handed over; who may (art. 12–21)."""

from __future__ import annotations

import io
import json
import re
from datetime import timedelta
from uuid import UUID

import pikepdf
from httpx import Response

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from tenants.rights.jobs import new_day
from tests.provider_samples import assigned, case_of, granted_order
from tests.worlds import Browser, World

CHILD, ADULT, MANAGER = Role.PURCHASER_CHILD, Role.PURCHASER_ADULT, Role.MANAGER
PATH = "/k/horten/rettigheter"


def facts(**changes: str) -> dict[str, str]:
    return {
        "krav": "access",
        "hvem": "selv",
        "identitet": "document",
        "mottatt": format_date(today()),
        "ord": "",
        **changes,
    }


async def registered(browser: Browser, case: UUID, **changes: str) -> str:
    form = f"/k/horten/saker/{case}/rettighet"
    answer = await browser.submit(form, facts(**changes), page=form)
    assert answer.status_code == 303
    return str(answer.headers["location"])


async def extracted(world: World, browser: Browser, request: str) -> str:
    """The address of an extract that is ready to be looked through."""
    assert (await browser.submit(f"{request}/utdrag", page=request)).status_code == 303
    await world.run_jobs()
    found = re.findall(r"/k/horten/utdrag/[0-9a-f-]{36}", (await browser.get(request)).text)
    assert found
    return str(found[0])


async def looked_through(browser: Browser, piece: str, choice: str, words: str = "") -> Response:
    """The same choice for every text that may name others, and `words` to take out besides."""
    page = (await browser.get(piece)).text
    fields = dict.fromkeys(re.findall(r'name="(valg_\d+)"', page), choice)
    version = re.search(r'name="versjon" value="(\d+)"', page)
    assert version
    return await browser.submit(
        f"{piece}/frigi", {**fields, "versjon": version.group(1), "ord_ut": words}, page=piece
    )


async def released(browser: Browser, piece: str, choice: str = "names", words: str = "") -> None:
    assert (await looked_through(browser, piece, choice, words)).status_code == 303


async def test_from_a_question_to_all_about_one_person_and_nothing_about_another(world: World) -> None:
    case = await case_of(world, "horten", await granted_order(world, "horten"))
    other = await case_of(world, "horten", await granted_order(world, "horten", name="Ivar Dalen"))
    await world.sql(
        "UPDATE mapping SET needs = 'Trenger ro. Ivar er en god venn.', network = 'Naboen Snuppa.' WHERE case_id = $1",
        case,
    )
    await world.sql("UPDATE mapping SET needs = 'HEMMELIG OM EN ANNEN' WHERE case_id = $1", other)
    person = (await world.sql("SELECT person_id FROM case_file WHERE id = $1", case))[0]["person_id"]
    async with world.job(world.horten) as uow:
        await record_read(uow, "concern.list", [person], why="Bekymringer")
    browser = await world.browser("horten", CHILD)
    request = await registered(browser, case)
    assert request in (await browser.get("/k/horten")).text, "it waits on Min dag"
    piece = await extracted(world, browser, request)
    page = (await browser.get(piece)).text
    assert "Ivar" in page
    assert (await browser.get(f"{piece}/utdrag.pdf")).status_code == 409, "nobody has looked through it"
    bad = await browser.submit(f"{piece}/frigi", {"versjon": "2"}, page=piece)
    assert "Velg hva som skal skje med denne teksten." in bad.text
    assert 'href="#valg_0"' in bad.text
    assert "Naboen Snuppa." in page, "all of it can be read before it is given out"
    nowhere = await looked_through(browser, piece, "names", "Kvist")
    assert "«Kvist» står ikke i utdraget" in nowhere.text
    await released(browser, piece, words="snuppa")
    answer = await browser.get(f"{piece}/utdrag.json")
    assert "Naboen [navn]." in answer.text, "a name no register knows, taken out by who read it"
    content = json.loads(answer.content)
    assert content["schema"] == "sammen.extract/1"
    tables = {one["table"] for one in content["tables"]}
    assert {
        "person",
        "case_file",
        "application",
        "mapping",
        "decision",
        "service_grant",
        "service_order",
        "letter",
    } <= tables
    assert "Bekymringer" not in answer.text, "who has read does not tell that somebody worries"
    assert "[navn] er en god venn" in answer.text
    assert "HEMMELIG" not in answer.text
    assert "Dalen" not in answer.text
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", answer.text), "no ids"
    await world.sql(
        "UPDATE person SET language_form = 'nn' WHERE id = (SELECT person_id FROM case_file WHERE id = $1)",
        case,
    )
    made = await browser.get(f"{piece}/utdrag.pdf")
    pdf = pikepdf.open(io.BytesIO(made.content))
    assert "/StructTreeRoot" in pdf.Root
    assert str(pdf.Root.Lang).startswith("nn"), "the reader's form of Norwegian, whoever fetches it"
    version = re.search(r'name="versjon" value="(\d+)"', (await browser.get(piece)).text)
    assert version
    handed = {"hvordan": "Digital postkasse", "versjon": version.group(1)}
    assert "Neste: lever ut utdraget" in (await browser.get(request)).text
    assert (await browser.submit(f"{piece}/levert", handed, page=piece)).status_code == 303
    assert "Neste:" not in (await browser.get(request)).text
    rows = await world.sql("SELECT action FROM audit_entry WHERE action LIKE 'rights.%' ORDER BY id")
    assert {
        "rights.registered",
        "rights.extracted",
        "rights.released",
        "rights.fetched",
        "rights.handed_over",
    } <= {row["action"] for row in rows}
    await world.sql("UPDATE rights_extract SET expires_on = $1", today() - timedelta(days=1))
    async with world.job(world.horten) as uow:
        await new_day(uow, {})
    assert (await browser.get(f"{piece}/utdrag.json")).status_code == 409
    assert (await world.sql("SELECT content FROM rights_extract"))[0]["content"] is None


async def test_an_extract_tells_nobody_of_a_case_they_may_not_see(world: World) -> None:
    case = await case_of(world, "horten", await granted_order(world, "horten"))
    person = (await world.sql("SELECT person_id FROM case_file WHERE id = $1", case))[0]["person_id"]
    hidden = await case_of(world, "horten", await granted_order(world, "horten", name="Lise Holm"))
    await world.sql("UPDATE mapping SET needs = 'BARNEVERN SKRIVER' WHERE case_id = $1", hidden)
    await world.sql(
        "UPDATE case_file SET person_id = $1, purchaser = 'child_welfare', shielded = true WHERE id = $2",
        person,
        hidden,
    )
    await world.sql("UPDATE service_order SET person_id = $1 WHERE case_id = $2", person, hidden)
    await world.sql("UPDATE letter SET person_id = $1, recipient_id = $1 WHERE case_id = $2", person, hidden)
    welfare = world.user("horten", Role.PURCHASER_CHILD_WELFARE)
    await world.sql(
        "INSERT INTO case_member (tenant_id, id, case_id, user_id) VALUES ($1, gen_random_uuid(), $2, $3)",
        world.horten, hidden, welfare,
    )  # fmt: skip
    browser = await world.browser("horten", CHILD)
    request = await registered(browser, case)
    piece = await extracted(world, browser, request)
    await released(browser, piece)
    text = (await browser.get(f"{piece}/utdrag.json")).text
    assert "BARNEVERN" not in text
    assert "child_welfare" not in text
    assert len(next(one for one in json.loads(text)["tables"] if one["table"] == "case_file")["rows"]) == 1
    other = await world.browser("horten", Role.PURCHASER_CHILD_WELFARE)
    assert "Du har en sak som ikke er med i svaret" in (await other.get("/k/horten")).text
    assert (await other.get(piece)).status_code == 404, "each fetches their own"
    await world.sql("UPDATE case_file SET shielded = true WHERE id = $1", case)
    assert [(await browser.get(f"{piece}{one}")).status_code for one in ("", "/utdrag.json")] == [404, 404], (
        "what was made before the case was shielded is not fetched after"
    )
    await world.sql("UPDATE case_file SET shielded = false WHERE id = $1", case)
    assert (await browser.get(f"{piece}/utdrag.json")).status_code == 200
    await world.sql("UPDATE rights_extract SET expires_on = current_date - 2 WHERE state = 'released'")
    assert (await browser.get(f"{piece}/utdrag.json")).status_code == 404, (
        "also before the night has emptied it"
    )
    theirs = await extracted(world, other, request)
    await released(other, theirs, "keep")
    text = (await other.get(f"{theirs}/utdrag.json")).text
    assert "BARNEVERN SKRIVER" in text
    assert "Du har en sak" not in (await other.get("/k/horten")).text


async def test_a_contact_is_given_their_own_working_life_and_no_user(world: World) -> None:
    _, contact, _ = await assigned(world, "horten")
    browser = await world.browser("horten", MANAGER)
    form = f"/k/horten/stottekontakter/{contact}/rettighet"
    back = f"/k/horten/kontakter/{contact}"
    assert f'href="{back}"' in (await browser.get(form)).text
    assert form in (await browser.get(back)).text, "and the way back leads where one came from"
    answer = await browser.submit(form, facts(krav="portability"), page=form)
    assert answer.status_code == 303
    piece = await extracted(world, browser, str(answer.headers["location"]))
    await released(browser, piece)
    text = (await browser.get(f"{piece}/utdrag.json")).text
    assert '"about": "contact"' in text
    assert '"support_contact"' in text
    person = next(one for one in json.loads(text)["tables"] if one["table"] == "person")
    assert person["rows"][0]["given_name"], "their own name and address too"
    assert "Jonas" not in text
    child = await world.browser("horten", CHILD)
    assert (await child.get(str(answer.headers["location"]))).status_code == 404
    assert (await child.get(form)).status_code == 404


async def test_deadlines_refusals_and_bad_fields(shared_world: World) -> None:
    case = await case_of(
        shared_world, "horten", await granted_order(shared_world, "horten", name="Tiril Moe")
    )
    browser = await shared_world.browser("horten", CHILD)
    form = f"/k/horten/saker/{case}/rettighet"
    answer = await browser.submit(
        form,
        facts(
            krav="", hvem=str(case), identitet="", mottatt=format_date(today() + timedelta(days=2)), ord="Alt"
        ),
        page=form,
    )
    assert answer.status_code == 422
    for sentence in ("Velg hva det spørres om.", "Velg hvordan dere vet hvem som spør", "Alt"):
        assert sentence in answer.text
    answer = await browser.submit(form, facts(hvem=str(case)), page=form)
    assert "Velg en som har rett til å handle for personen i dag." in answer.text
    request = await registered(
        browser, case, krav="deletion", mottatt=format_date(today() - timedelta(days=20))
    )
    assert (await browser.submit(f"{request}/forleng", {"versjon": "1"}, page=request)).status_code == 422
    more = {"versjon": "1", "forleng_grunn": "Mange dokumenter"}
    assert (await browser.submit(f"{request}/forleng", more, page=request)).status_code == 303
    no = {"versjon": "2", "utfall": "refused", "hjemmel": "", "svar": "Nei, og du kan klage."}
    assert (
        "Velg hvorfor dere sier nei." in (await browser.submit(f"{request}/avslutt", no, page=request)).text
    )
    assert (
        await browser.submit(f"{request}/avslutt", {**no, "hjemmel": "duty_to_keep"}, page=request)
    ).status_code == 303
    assert "plikt til å ta vare på" in (await browser.get(request)).text
    assert (await browser.submit(f"{request}/avslutt", no, page=PATH)).status_code == 409
    for role, status in ((ADULT, 404), (Role.PAYROLL, 403)):
        assert (await (await shared_world.browser("horten", role)).get(request)).status_code == status
    note = f"/k/horten/saker/{case}/uenighet"
    assert (
        await browser.submit(note, {"gjelder": "Kartleggingen", "merknad": ""}, page=note)
    ).status_code == 422
    said = {"gjelder": "Kartleggingen", "merknad": "Jeg har aldri sagt det."}
    assert (await browser.submit(note, said, page=note)).status_code == 303
    assert "Jeg har aldri sagt det." in (await browser.get(f"/k/horten/saker/{case}")).text
