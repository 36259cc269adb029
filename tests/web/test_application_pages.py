"""Søknader over HTTP: registered, handed over, several on a case, withdrawn; forms from the net on the staff's side."""

from __future__ import annotations

import asyncio
import re
from datetime import date, timedelta

import pytest

from sammen.clock import today
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from tenants.cases.api import decide_by
from tenants.intake.content import PublicForm
from tenants.intake.door import FormDoor
from tenants.people.api import PersonFacts, appoint_representative, register_person
from tests.database import KEYS
from tests.decision_samples import GROUND
from tests.web.test_case_pages import SELMA, application, registered
from tests.worlds import Browser, World

LIST = "/k/horten/soknader"
NEW = f"{LIST}/ny"
BORN = date(today().year - 11, 3, 4)
GROWN = date(today().year - 40, 3, 4)


async def sent_form(world: World, born: date = BORN, *, key: str = "one", **fields: str) -> str:
    """The address of a form somebody has sent to Horten, for its caseworkers."""
    door = FormDoor(world.engine, KEYS, "192.0.2.1")
    whole = {
        "fornavn": "Ivar", "etternavn": "Dalen", "fodselsdato": format_date(born), "soker": "parent",
        "soker_navn": "Mari Dalen", "telefon": "912 34 567", "onsker": "Vil fiske.", "hjelp": "Å komme seg dit.",
        "tolk": "nei", "brev": "nb", "sperret": "nei", **fields,
    }  # fmt: skip
    place = await door.place("horten")
    await door.send(place, PublicForm(whole, born), language="nb", page_key=key, code=None)
    (row,) = await world.sql("SELECT id FROM incoming_form ORDER BY created_at DESC, id DESC LIMIT 1")
    return f"{LIST}/skjema/{row['id']}"


def staff(**changes: str) -> dict[str, str]:
    return {
        "fornavn": "Ivar", "etternavn": "Dalen", "fodselsdato": format_date(BORN), "soker": "parent",
        "soker_navn": "Mari Dalen", "soker_kontakt": "912 34 567", "adressesperre": "none", "hjemmel": GROUND,
        "onsker": "Vil fiske.", "mottatt": "01.01.2020", "kanal": "phone", "gjor": "registrer", **changes,
    }  # fmt: skip


# The list ------------------------------------------------------------------------------------------------------------
async def test_the_list_has_every_open_application_with_its_days_left_and_nothing_else(world: World) -> None:
    browser = await world.browser("horten", Role.PURCHASER_CHILD)
    empty = await browser.get(LIST)
    assert "Ingen søknader venter på svar" in empty.text
    await registered(browser, mottatt=format_date(today() - timedelta(days=45)))
    shown = (await browser.get(LIST)).text
    assert "Selma Rønning" in shown
    assert "over fristen" in shown
    assert "Én søknad venter på svar." in shown
    assert "Én har gått over fristen." in shown
    for query, found in (("?q=ronn", True), ("?q=dalen", False), ("?frist=over", True), ("?frist=week", True),
                         ("?ansvar=mine", True), ("?ansvar=ingen", False), (f"?q={today().year}-0001", True)):  # fmt: skip
        assert ("Selma Rønning" in (await browser.get(LIST + query)).text) is found, query
    await world.sql("UPDATE application SET state = 'decided'")
    assert "Selma" not in (await browser.get(LIST)).text


async def test_an_interim_letters_promise_takes_the_months_place(world: World) -> None:
    """Fvl. § 11 a: with an interim letter sent, the day that was promised counts."""
    browser = await world.browser("horten", Role.PURCHASER_CHILD)
    await registered(browser, mottatt=format_date(today() - timedelta(days=45)))
    await world.sql("UPDATE application SET expected_on = $1", today() + timedelta(days=20))
    shown = (await browser.get(LIST)).text
    assert "20 dager" in shown
    assert "lovet svar" in shown
    assert "Ingen har gått over fristen" in shown


async def test_the_list_survives_any_address(shared_world: World) -> None:
    browser = await shared_world.browser("horten", Role.PURCHASER_CHILD)
    for query in ("?side=0", "?side=99999999999", "?q=%00", "?q=%27%3B--", "?q=" + "a" * 3000, "?frist=x&ansvar=y", "?q=😀",
                  "?q=2026-0001"):  # fmt: skip
        assert (await browser.get(LIST + query)).status_code == 200, query


async def test_coordinators_and_managers_have_no_list_of_applications(shared_world: World) -> None:
    for role in (Role.PROVIDER_COORDINATOR, Role.MANAGER, Role.PAYROLL, Role.DATA_PROTECTION_OFFICER):
        browser = await shared_world.browser("horten", role)
        assert (await browser.get(LIST)).status_code == 403, role


# Handed over ---------------------------------------------------------------------------------------------------------
async def handed(browser: Browser, **changes: str) -> None:
    data = application(fodselsnummer="", fodselsdato=format_date(GROWN), gjor="overlat", **changes)
    answer = await browser.submit(NEW, data, page=NEW)
    assert answer.status_code == 303, re.findall(r"validation-message[^>]*>([^<]+)", answer.text)
    assert answer.headers["location"] == LIST


async def test_another_purchasers_application_is_handed_to_them_and_not_seen_again(world: World) -> None:
    child = await world.browser("horten", Role.PURCHASER_CHILD)
    refused = await child.submit(NEW, application(fodselsnummer="", fodselsdato=format_date(GROWN)), page=NEW)
    assert refused.status_code == 422
    assert "saksbehandler for voksne" in refused.text
    assert 'value="Rønning"' in refused.text
    assert not await world.sql("SELECT 1 FROM person")
    await handed(child)
    assert "Rønning" not in (await child.get(LIST)).text
    (case,) = await world.sql("SELECT id, responsible_id, purchaser FROM case_file")
    assert (case["responsible_id"], case["purchaser"]) == (None, "adult")
    assert (await child.get(f"/k/horten/saker/{case['id']}")).status_code == 404
    adult = await world.browser("horten", Role.PURCHASER_ADULT)
    shown = (await adult.get(LIST)).text
    assert "Selma Rønning" in shown
    assert "Til deg fra" in shown
    assert "Til deg fra" in (await adult.get("/k/horten")).text
    taken = await adult.submit(f"/k/horten/saker/{case['id']}/ta", {}, page=LIST)
    assert taken.status_code == 303
    (case,) = await world.sql("SELECT responsible_id FROM case_file")
    assert case["responsible_id"] == world.user("horten", Role.PURCHASER_ADULT)


async def test_it_may_be_handed_to_a_named_colleague(world: World) -> None:
    child = await world.browser("horten", Role.PURCHASER_CHILD)
    receiver = world.user("horten", Role.PURCHASER_ADULT)
    await handed(child, mottaker=str(receiver))
    (case,) = await world.sql("SELECT responsible_id FROM case_file")
    assert case["responsible_id"] == receiver
    data = application(fodselsnummer="", fodselsdato=format_date(GROWN), gjor="overlat")
    for wrong in (str(world.user("horten", Role.MANAGER)), "x", str(world.user("re", Role.PURCHASER_ADULT))):
        answer = await child.submit(NEW, {**data, "mottaker": wrong}, page=NEW)
        assert answer.status_code == 422
        assert "Velg en kollega" in answer.text


async def test_who_hands_over_learns_nothing_of_whether_the_person_is_known(world: World) -> None:
    adult = await world.browser("horten", Role.PURCHASER_ADULT)
    child = await world.browser("horten", Role.PURCHASER_CHILD)
    known = application(fodselsnummer="", fodselsdato=format_date(GROWN), adressesperre="kode6")
    assert (await adult.submit(NEW, known, page=NEW)).status_code == 303
    answers = []
    for given in ("Selma", "Ukjent"):
        data = application(fornavn=given, fodselsnummer="", fodselsdato=format_date(GROWN), gjor="overlat")
        answer = await child.submit(NEW, data, page=NEW)
        flash = (await child.get(LIST)).text
        answers.append(
            (answer.status_code, answer.headers["location"], "gitt videre" in flash, given in flash)
        )
    assert answers[0] == answers[1] == (303, LIST, True, False)
    assert len(await world.sql("SELECT 1 FROM application")) == 3


async def test_a_protected_persons_application_handed_over_is_open_to_those_it_belongs_to(
    world: World,
) -> None:
    child = await world.browser("horten", Role.PURCHASER_CHILD)
    await handed(child, adressesperre="kode6")
    assert "Selma" not in (await child.get(LIST)).text
    adult = await world.browser("horten", Role.PURCHASER_ADULT)
    assert "Selma Rønning" in (await adult.get(LIST)).text
    coordinator = await world.browser("horten", Role.PROVIDER_COORDINATOR)
    assert "Rønning" not in (await coordinator.get("/k/horten/saker?status=all")).text


async def test_an_application_taken_in_today_under_an_act_that_is_gone_is_refused(
    shared_world: World,
) -> None:
    browser = await shared_world.browser("horten", Role.PURCHASER_CHILD)
    answer = await browser.submit(NEW, application(hjemmel="sotjl-4-2-c"), page=NEW)
    assert answer.status_code == 422
    assert "Denne hjemmelen gjaldt ikke" in answer.text
    assert "Sosialtjenesteloven" not in (await browser.get(NEW)).text
    assert "Barnevernsloven" not in (await browser.get(NEW)).text
    welfare = await shared_world.browser("horten", Role.PURCHASER_CHILD_WELFARE)
    assert "Barnevernsloven § 3-1" in (await welfare.get(NEW)).text


# Several applications, and withdrawn ones ------------------------------------------------------------------------------
async def test_a_registered_representative_who_applies_is_tied_to_the_application(world: World) -> None:
    browser = await world.browser("horten", Role.PURCHASER_CHILD)
    case = await registered(browser, soker="self", soker_navn="")
    async with world.at("horten", Role.PURCHASER_CHILD) as uow:
        child = (await world.sql("SELECT person_id FROM case_file"))[0]["person_id"]
        mother = await register_person(uow, PersonFacts("Mona", "Rønning", birth_date=date(1985, 1, 1)))
        mona = await appoint_representative(uow, child, mother, "parent", valid_from=date(2020, 1, 1))
    assert await registered(browser) == case  # «Mona Rønning», typed
    page = f"{case}/soknad"
    assert "Mona Rønning (forelder eller foresatt)" in (await browser.get(page)).text
    again = {"mottatt": format_date(today()), "kanal": "phone", "hvem": str(mona), "hjemmel": GROUND}
    assert (await browser.submit(page, again, page=page)).status_code == 303
    rows = await world.sql("SELECT applicant, applicant_name, representative_id FROM application ORDER BY id")
    assert [row["representative_id"] for row in rows] == [None, mona, mona]
    assert rows[2]["applicant_name"] == "Mona Rønning"


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("mottatt", "31.02.2026", "Februar 2026 har 28 dager"),
        ("mottatt", "", "Skriv dagen søknaden kom"),
        ("hvem", "00000000-0000-0000-0000-000000000000", "Velg hvem som søker"),
        ("hvem", "other", "navnet på den som søker"),
        ("kanal", "due", "Velg hvordan"),
        ("hjemmel", "bvl-3-1", "annen bestiller"),
        ("hjemmel", "oppdiktet", "hjemmel fra lista"),
    ],
)
async def test_a_bad_field_of_another_application_is_named(
    world: World, field: str, typed: str, says: str
) -> None:
    browser = await world.browser("horten", Role.PURCHASER_CHILD)
    page = f"{await registered(browser)}/soknad"
    data = {
        "mottatt": format_date(today()),
        "kanal": "phone",
        "hvem": "self",
        "hjemmel": GROUND,
        field: typed,
    }
    answer = await browser.submit(page, data, page=page)
    assert answer.status_code == 422
    assert says in answer.text
    assert len(await world.sql("SELECT 1 FROM application")) == 1


async def test_the_clock_of_a_case_follows_its_oldest_open_application(world: World) -> None:
    """Fvl. § 11 a: each application has its month; the case's deadline is the one that ends first."""
    browser = await world.browser("horten", Role.PURCHASER_CHILD)
    first, second = today() - timedelta(days=20), today() - timedelta(days=3)
    case = await registered(browser, mottatt=format_date(second))
    await registered(browser, mottatt=format_date(first))
    (row,) = await world.sql("SELECT deadline FROM case_file")
    assert row["deadline"] == decide_by(first)
    page = f"{case}/trekk"
    older = (await world.sql("SELECT id FROM application WHERE received_on = $1", first))[0]["id"]
    data = {"soknad": str(older), "dato": format_date(today()), "av": "parent", "grunn": "Har flyttet."}
    assert (await browser.submit(page, data, page=page)).status_code == 303
    (row,) = await world.sql("SELECT state, deadline FROM case_file")
    assert (row["state"], row["deadline"]) == ("received", decide_by(second))


async def test_the_last_open_application_taken_back_closes_a_case_that_granted_nothing(world: World) -> None:
    browser = await world.browser("horten", Role.PURCHASER_CHILD)
    case = await registered(browser)
    page = f"{case}/trekk"
    assert "Saken blir avsluttet" in (await browser.get(page)).text
    (row,) = await world.sql("SELECT id FROM application")
    data = {"soknad": str(row["id"]), "dato": format_date(today()), "av": "self"}
    answers = await asyncio.gather(*(browser.submit(page, data, page=page) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) in ([303, 303], [303, 409], [303, 422])
    (row,) = await world.sql("SELECT state, withdrawn_by, withdrawn_on FROM application")
    assert (row["state"], row["withdrawn_by"], row["withdrawn_on"]) == ("withdrawn", "self", today())
    (row,) = await world.sql("SELECT state, outcome, deadline FROM case_file")
    assert (row["state"], row["outcome"], row["deadline"]) == ("closed", "withdrawn", None)
    assert "Ingen søknad venter" in (await browser.get(page)).text


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("soknad", "x", "Velg hvilken søknad"),
        ("dato", "i morgen", "Skriv datoen som dag.måned.år"),
        ("dato", format_date(today() + timedelta(days=1)), "til i dag"),
        ("dato", "01.01.2001", "Velg en dag fra"),
        ("av", "other", "Velg hvem som trakk"),
    ],
)
async def test_a_bad_field_of_a_withdrawal_is_named(world: World, field: str, typed: str, says: str) -> None:
    browser = await world.browser("horten", Role.PURCHASER_CHILD)
    page = f"{await registered(browser)}/trekk"
    (row,) = await world.sql("SELECT id FROM application")
    data = {"soknad": str(row["id"]), "dato": format_date(today()), "av": "self", field: typed}
    answer = await browser.submit(page, data, page=page)
    assert answer.status_code == 422
    assert says in answer.text
    assert (await world.sql("SELECT state FROM application"))[0]["state"] == "open"


# Forms from the net ---------------------------------------------------------------------------------------------------
async def test_a_form_is_read_by_the_purchaser_of_the_age_today_and_by_nobody_else(world: World) -> None:
    form = await sent_form(world)
    child = await world.browser("horten", Role.PURCHASER_CHILD)
    assert (
        "Barn eller ungdom, 11 år" in (await child.get(LIST)).text or "10 år" in (await child.get(LIST)).text
    )
    assert "Dalen" not in (await child.get(LIST)).text
    assert "Ivar Dalen" in (await child.get(form)).text
    for slug, role in (
        ("horten", Role.PURCHASER_ADULT),
        ("horten", Role.PURCHASER_CHILD_WELFARE),
        ("re", Role.PURCHASER_CHILD),
    ):
        other = await world.browser(slug, role)
        answer = await other.get(form.replace("/horten/", f"/{slug}/"))
        assert answer.status_code == 404, (slug, role)
        assert (
            "Skjema"
            not in (await other.get(f"/k/{slug}/soknader")).text.split("<h1")[1].split("Innbyggere")[0]
        )
    for role in (Role.PROVIDER_COORDINATOR, Role.MANAGER):
        assert (await (await world.browser("horten", role)).get(form)).status_code == 403
    logged = await world.sql("SELECT actor_name FROM audit_entry WHERE action = 'form.read'")
    assert len(logged) == 1


async def test_a_form_of_somebody_who_has_come_of_age_since_is_the_adult_purchasers(world: World) -> None:
    form = await sent_form(world, today().replace(day=1).replace(year=today().year - 18))
    assert (await (await world.browser("horten", Role.PURCHASER_ADULT)).get(form)).status_code == 200
    assert (await (await world.browser("horten", Role.PURCHASER_CHILD)).get(form)).status_code == 404


async def test_a_registered_form_is_an_application_received_the_day_it_was_sent(world: World) -> None:
    form = await sent_form(world, brev="nn", tolk="ja", tolk_sprak="Tegnspråk")
    await world.sql("UPDATE incoming_form SET received_on = $1", today() - timedelta(days=4))
    browser = await world.browser("horten", Role.PURCHASER_CHILD)
    page = f"{form}/registrer"
    shown = (await browser.get(page)).text
    assert 'value="Dalen"' in shown
    assert "Vil fiske." in shown
    assert "Å komme seg dit." in shown
    answer = await browser.submit(page, staff(), page=page)
    assert answer.status_code == 303, re.findall(r"validation-message[^>]*>([^<]+)", answer.text)
    (row,) = await world.sql("SELECT received_on, channel, applicant_contact FROM application")
    assert (row["received_on"], row["channel"]) == (today() - timedelta(days=4), "form")
    assert row["applicant_contact"] == "912 34 567"
    (row,) = await world.sql("SELECT language_form, needs_interpreter, interpreter_language FROM person")
    assert tuple(row) == ("nn", True, "Tegnspråk")
    (row,) = await world.sql("SELECT state, case_id FROM incoming_form")
    assert row["state"] == "registered"
    assert str(row["case_id"]) in answer.headers["location"]
    assert "er registrert som søknad" in (await browser.get(form)).text
    assert (await browser.get(page)).status_code == 409


async def test_two_who_register_the_same_form_at_once_make_one_application(world: World) -> None:
    page = f"{await sent_form(world)}/registrer"
    first = await world.browser("horten", Role.PURCHASER_CHILD)
    second = await world.browser("horten", Role.PURCHASER_CHILD, second=True)
    answers = await asyncio.gather(*(one.submit(page, staff(), page=page) for one in (first, second)))
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    lost = next(answer for answer in answers if answer.status_code == 409)
    assert "behandlet" in lost.text or "kollega" in lost.text
    assert len(await world.sql("SELECT 1 FROM application")) == 1
    assert len(await world.sql("SELECT 1 FROM person")) == 1


async def test_the_person_a_form_is_about_is_met_again_but_only_where_the_reader_may_know(
    world: World,
) -> None:
    browser = await world.browser("horten", Role.PURCHASER_CHILD)
    await registered(browser)
    form = await sent_form(world, fornavn="Selma", etternavn="Rønning", fodselsnummer=SELMA)
    (row,) = await world.sql("SELECT case_no, id FROM case_file")
    # The form's birth date is Ivar's; the number decides who it is.
    assert f"Sak {row['case_no']}" in (await browser.get(form)).text
    await world.sql("UPDATE case_file SET shielded = true")
    shown = (await browser.get(form)).text
    assert row["case_no"] not in shown
    assert "Du har ingen sak på denne personen" in shown


async def test_a_dismissed_form_keeps_its_reason_and_leaves_the_list(world: World) -> None:
    form = await sent_form(world)
    browser = await world.browser("horten", Role.PURCHASER_CHILD)
    page = f"{form}/avvis"
    answer = await browser.submit(page, {"grunn": ""}, page=page)
    assert answer.status_code == 422
    assert "Skriv hvorfor" in answer.text
    assert (await browser.submit(page, {"grunn": "Sendt to ganger."}, page=page)).status_code == 303
    assert "Barn eller ungdom" not in (await browser.get(LIST)).text
    assert "Sendt to ganger." in (await browser.get(form)).text
    assert (await browser.submit(page, {"grunn": "Igjen"}, page="/k/horten/soknader/ny")).status_code == 409


async def test_a_form_another_house_sealed_is_said_to_be_unreadable_and_breaks_nothing(world: World) -> None:
    form = await sent_form(world)
    await world.sql("UPDATE incoming_form SET sealed = $1", b"x" * 64)
    browser = await world.browser("horten", Role.PURCHASER_CHILD)
    shown = await browser.get(form)
    assert shown.status_code == 200
    assert "får ikke åpnet skjemaet" in shown.text
    assert (await browser.get(f"{form}/registrer")).status_code == 200
