"""A way in for people without BankID: the letter's code, used once by the right one, and the sheet of codes."""

from __future__ import annotations

import asyncio
import re
from datetime import date
from uuid import UUID

import pytest

from sammen.identity import spare
from sammen.keys import token_hash
from sammen.policy.roles import Role
from tenants.logins import service
from tenants.people.api import person_card
from tests.database import KEYS
from tests.people_samples import acting_for, applied
from tests.provider_samples import contact
from tests.web.test_account_pages import NEW, PASSWORD, logged_in, person
from tests.worlds import Browser, World

BORN = date(1992, 5, 4)


async def invited(world: World, name: str) -> tuple[UUID, UUID, str]:
    """(contact's id, person's id, the letter's code) of a new contact in Horten who has been sent a letter."""
    contact_id = await contact(world, "horten", name)
    row = await world.sql(
        "UPDATE person p SET birth_date = $1 FROM support_contact c WHERE c.id = $2 AND c.person_id = p.id RETURNING p.id",
        BORN,
        contact_id,
    )
    async with world.at("horten", Role.PROVIDER_COORDINATOR) as uow:
        code = await service.invite(uow, await person_card(uow, row[0]["id"]), "contact")
    await world.sql("DELETE FROM account_knock")
    return contact_id, row[0]["id"], code


def form(code: str, login: str, **other: str) -> dict[str, str]:
    return {"kode": service.grouped(code), "fodt": "04.05.1992", "brukernavn": login, "passord": NEW, **other}


async def test_a_letter_opens_ones_own_pages_once(shared_world: World) -> None:
    _, person_id, code = await invited(shared_world, "Oda Nes")
    # Whoever printed the letter holds its code, so she is told by telephone that there is one, and no code.
    (told,) = await shared_world.sql("SELECT code, sealed FROM outgoing WHERE person_id = $1", person_id)
    assert (told["code"], told["sealed"]) == ("invited", None)
    browser = Browser(shared_world.app)
    empty = await browser.post("/velkommen", data={})
    for said in (
        "Skriv koden fra brevet.",
        "Skriv fødselsdatoen din.",
        "Skriv et brukernavn",
        "Passordet er for kort",
    ):
        assert said in empty.text
    weak = await browser.post("/velkommen", data=form(code, "oda@example.no", passord="passord12345"))
    assert "lett å gjette" in weak.text
    opened = await browser.post("/velkommen", data=form(code, "oda@example.no"))
    assert (opened.status_code, opened.headers["location"]) == (303, "/konto/bekreftelse?neste=/min/horten")
    assert (await browser.get("/min/horten")).status_code == 200
    assert (await browser.get("/k/horten")).status_code == 404
    linked = await shared_world.sql("SELECT user_id FROM person WHERE id = $1", person_id)
    assert linked[0]["user_id"] is not None
    again = await Browser(shared_world.app).post("/velkommen", data=form(code, "annen@example.no"))
    assert "Koden er feil, brukt, eller for gammel" in again.text
    trail = await shared_world.sql(
        "SELECT action FROM audit_entry WHERE $1 = ANY (persons) AND action LIKE 'login.%'", person_id
    )
    assert {row["action"] for row in trail} == {"login.invited", "login.opened"}


async def test_the_wrong_birth_date_five_times_is_the_end_of_the_letter(shared_world: World) -> None:
    _, _, code = await invited(shared_world, "Pia Rud")
    browser = Browser(shared_world.app)
    answers = await asyncio.gather(
        *(browser.post("/velkommen", data=form(code, "pia@example.no", fodt="05.05.1992")) for _ in range(8))
    )
    assert sum("hører ikke sammen" in one.text for one in answers) == 5
    assert "for gammel" in (await browser.post("/velkommen", data=form(code, "pia@example.no"))).text


async def test_a_login_that_is_anothers_is_not_taken_over(shared_world: World) -> None:
    _, user, email = await person(shared_world, Role.PAYROLL)
    _, person_id, code = await invited(shared_world, "Siv Lie")
    answer = await Browser(shared_world.app).post("/velkommen", data=form(code, email))
    assert "Brukernavnet er i bruk." in answer.text
    mine = await logged_in(shared_world, email, PASSWORD)
    added = await mine.submit("/konto/kode", {"kode": code, "fodt": "04.05.1992"})
    assert added.headers["location"] == "/min/horten"
    assert (await shared_world.sql("SELECT user_id FROM person WHERE id = $1", person_id))[0][
        "user_id"
    ] == user
    await shared_world.sql("DELETE FROM membership WHERE user_id = $1 AND kind = 'own'", user)


async def test_the_coordinator_prints_letter_and_sheet_and_shuts_out_at_once(shared_world: World) -> None:
    contact_id, person_id, code = await invited(shared_world, "Tim Dal")
    coordinator = await shared_world.browser("horten", Role.PROVIDER_COORDINATOR)
    page = f"/k/horten/kontakter/{contact_id}/tilgang"
    assert "Invitert" in (await coordinator.get(page)).text
    letter = await coordinator.submit(page, {"hva": "brev"})
    assert letter.content.startswith(b"%PDF")
    assert (
        "for gammel" in (await Browser(shared_world.app).post("/velkommen", data=form(code, "tim.dal"))).text
    )
    async with shared_world.at("horten", Role.PROVIDER_COORDINATOR) as uow:
        code = await service.invite(uow, await person_card(uow, person_id), "contact")
    tim = Browser(shared_world.app)
    assert (await tim.post("/velkommen", data=form(code, "tim.dal"))).status_code == 303
    assert "tim.dal" in (await coordinator.get(page)).text
    assert (await coordinator.submit(page, {"hva": "ark"})).content.startswith(b"%PDF")
    async with shared_world.at("horten", Role.PROVIDER_COORDINATOR) as uow:
        codes = await service.new_sheet(uow, await person_card(uow, person_id), "contact")
    again = await logged_in(shared_world, "tim.dal", NEW)
    wanted = {"nivaa": "sent_code", "neste": "/min/horten", "kode": codes[3].lower()}
    assert (await again.submit("/bekreft", wanted, page="/bekreft?nivaa=sent_code")).headers[
        "location"
    ] == "/min/horten"
    other = await logged_in(shared_world, "tim.dal", NEW)
    assert (await other.submit("/bekreft", wanted, page="/bekreft?nivaa=sent_code")).status_code == 422
    row = await shared_world.sql(
        "SELECT assurance FROM web_session WHERE token_hash = $1", token_hash(again.cookies["sammen"])
    )
    assert row[0]["assurance"] == "sent_code", "paper from the municipality opens no staff page"
    assert (await coordinator.submit(page, {"hva": "fjern"})).status_code == 303
    assert (await again.get("/min/horten")).status_code == 404


async def test_a_password_alone_puts_no_other_telephone_in_the_old_ones_place(shared_world: World) -> None:
    browser, user, email = await person(shared_world, Role.CONTACT)
    await shared_world.sql("UPDATE user_account SET phone = '40000001' WHERE id = $1", user)
    weak = await logged_in(shared_world, email)
    for path, fields in (
        ("/konto/telefon", {"telefon": "40000002"}),
        ("/konto/kodeapp/ny", {}),
        ("/konto/passord", {"passord": NEW}),
    ):
        answer = await weak.submit(path, fields)
        assert answer.headers["location"].startswith("/bekreft?nivaa=sent_code"), path
    assert (await browser.get("/konto/kodeapp")).status_code == 303


@pytest.mark.parametrize("role", [Role.PAYROLL, Role.MANAGER, Role.PURCHASER_CHILD])
async def test_letters_are_for_those_who_keep_contacts_at_home(shared_world: World, role: Role) -> None:
    contact_id, _, _ = await invited(shared_world, f"Ulf {role.name.title()}")
    assert (
        await (await shared_world.browser("horten", role)).get(f"/k/horten/kontakter/{contact_id}/tilgang")
    ).status_code == 403
    foreign = await shared_world.browser("re", Role.PROVIDER_COORDINATOR)
    absent = await foreign.get("/finnes-ikke")
    assert (await foreign.get(f"/k/re/kontakter/{contact_id}/tilgang")).content == absent.content


def test_a_code_is_read_as_people_type_it_and_marks_are_tied_to_their_person() -> None:
    code = service.make_code()
    assert service.read_code(service.grouped(code).lower()) == code
    assert re.fullmatch(r"([0-9A-Z]{4}-){3}[0-9A-Z]{4}", service.grouped(code))
    one, other = UUID(int=1), UUID(int=2)
    assert spare.spare_mark(KEYS, one, "A" * 10) != spare.spare_mark(KEYS, other, "A" * 10)


async def test_those_of_a_case_are_let_in_by_its_own_purchaser_and_children_by_their_parents(
    shared_world: World,
) -> None:
    case_id, person_id = await applied(shared_world, "Iben Ås", age=12)
    parent = await acting_for(shared_world, person_id, "Mona Ås")
    purchaser = await shared_world.browser("horten", Role.PURCHASER_CHILD)
    page = f"/k/horten/saker/{case_id}/egne-sider"
    shown = (await purchaser.get(page)).text
    assert "Iben Ås" in shown
    assert "Mona Ås" in shown
    young = await purchaser.submit(page, {"hva": "brev", "person": str(person_id), "rolle": "service_user"})
    assert "Personen er under 15 år." in young.text
    letter = await purchaser.submit(page, {"hva": "brev", "person": str(parent), "rolle": "representative"})
    assert letter.content.startswith(b"%PDF")
    for someone, role in ((person_id, "representative"), (parent, "contact"), ("x", "")):
        assert (
            await purchaser.submit(page, {"hva": "brev", "person": str(someone), "rolle": role})
        ).status_code == 404
    other = await shared_world.browser("horten", Role.PURCHASER_ADULT)
    assert (await other.get(page)).status_code == 404
    assert "Invitert" in (await purchaser.get(page)).text
    assert (
        await purchaser.submit(page, {"hva": "fjern", "person": str(parent), "rolle": "representative"})
    ).status_code == 303
    assert "Invitert" not in (await purchaser.get(page)).text
