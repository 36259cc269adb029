"""What somebody tries who knows the addresses and the fields of allocation's forms, and sends what no page offers."""

from __future__ import annotations

import hashlib
import io
import time
from datetime import date, timedelta
from uuid import UUID, uuid4

import asyncpg
import openpyxl
import pytest

from sammen.clock import today
from sammen.errors import Forbidden, Invalid
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from sammen.web.visitor import visitors_proof
from tenants.cases.api import (
    ApplicationFacts,
    case_for_change,
    name_member,
    register_application,
    shield_by_hand,
)
from tenants.cases.circle import unshield
from tenants.cases.service import MappingFacts, record_mapping
from tenants.decisions.service import return_decision
from tenants.intake.door import FormDoor
from tenants.letters.api import cancel_letter
from tenants.people.api import PersonFacts
from tenants.quality.api import DeviationFacts, open_deviation
from tenants.record.closing import ConsentFacts, record_consent, register_move
from tenants.record.package import transfer_package
from tenants.waiting.service import RespiteFacts, note_respite
from tests.database import KEYS
from tests.decision_samples import decision, proposed, version_on
from tests.letter_samples import applied, written
from tests.provider_samples import case_of, granted_order
from tests.worlds import Browser, World

CHILD, ADULT, MANAGER = Role.PURCHASER_CHILD, Role.PURCHASER_ADULT, Role.MANAGER
MARKER = "Fritekstmerke"


async def case_address(world: World, name: str = "Jonas Bergli") -> str:
    return f"/k/horten/saker/{await applied(world, kind='child', name=name)}"


async def state_of(world: World, page: str) -> str:
    (row,) = await world.sql("SELECT state FROM decision WHERE id = $1", UUID(page.rsplit("/", 1)[1]))
    return str(row["state"])


# Fields no page offers --------------------------------------------------------------------------------------------------
async def test_fields_that_no_form_has_change_nothing_of_a_decision(world: World) -> None:
    case, other = await case_address(world), await case_address(world, "Ida Moen")
    second, manager = world.user("horten", CHILD, second=True), world.user("horten", MANAGER)
    hidden = {
        "state": "issued", "tilstand": "issued", "proposed_by": str(second), "written_by": str(manager),
        "decided_by": str(second), "case_id": other.rsplit("/", 1)[1], "sak": other.rsplit("/", 1)[1],
        "tenant_id": str(world.re), "four_eyes": "false", "taken_over": "true", "replaces_id": str(uuid4()),
        "decided_on": format_date(today()), "purchaser": "adult", "rolle": "manager",
    }  # fmt: skip
    browser = await world.browser("horten", CHILD)
    page = await proposed(browser, case, **hidden)
    (row,) = await world.sql("SELECT * FROM decision")
    assert (row["state"], row["tenant_id"], str(row["case_id"])) == (
        "proposed",
        world.horten,
        case.rsplit("/", 1)[1],
    )
    assert {row["proposed_by"], row["written_by"]} == {world.user("horten", CHILD)}
    assert (row["decided_by"], row["decided_on"], row["taken_over"], row["replaces_id"]) == (
        None,
        None,
        False,
        None,
    )
    shown = await browser.get(page)
    answer = {"versjon": version_on(shown.text), "habilitet": "ja", **hidden}
    assert (await browser.submit(f"{page}/fatt", answer, page=page)).status_code == 403
    assert await state_of(world, page) == "proposed"
    assert await world.sql("SELECT 1 FROM letter WHERE kind = 'decision'") == []
    assert await world.sql("SELECT 1 FROM service_order") == []


async def test_a_manager_makes_a_decision_and_writes_none(world: World) -> None:
    case = await case_address(world)
    page = await proposed(await world.browser("horten", CHILD), case)
    manager = await world.browser("horten", MANAGER)
    for path in (f"{case}/vedtak", f"{case}/vedtak/endre", f"{case}/vedtak/slett", f"{page}/ta-tilbake",
                 f"{case}/forhandsvarsel", f"{case}/brev/nytt", f"{case}/kartlegging"):  # fmt: skip
        assert (await manager.submit(path, decision(versjon="2"), page=page)).status_code == 403, path
    assert await state_of(world, page) == "proposed"
    answer = {"versjon": version_on((await manager.get(page)).text), "habilitet": "ja", "maal": "Noe annet."}
    assert (await manager.submit(f"{page}/fatt", answer, page=page)).status_code == 303
    (row,) = await world.sql("SELECT state, goal FROM decision")
    assert (row["state"], row["goal"]) == ("issued", "En fast aktivitet hver uke.")


async def test_a_form_or_a_decision_of_another_case_is_not_reached_through_ones_own(world: World) -> None:
    mine, other = await case_address(world), await case_address(world, "Ida Moen")
    browser = await world.browser("horten", CHILD)
    page = await proposed(browser, other)
    await world.sql("UPDATE case_file SET shielded = true WHERE id = $1", UUID(other.rsplit("/", 1)[1]))
    for path in (page, f"{page}/fatt", f"{page}/retur", f"{page}/ta-tilbake"):
        answer = await browser.submit(path, {"versjon": "2", "habilitet": "ja", "merknad": "x"}, page=mine)
        assert answer.status_code in (404, 405), path
    assert await state_of(world, page) == "proposed"


# Letters ----------------------------------------------------------------------------------------------------------------
async def test_one_foreign_letter_among_ones_own_gives_no_file_and_marks_none(world: World) -> None:
    (mine,) = await written(world, await applied(world))
    (theirs,) = await written(world, await applied(world, "re", name="Berit Bo"), slug="re")
    guarded_case = await applied(world, name="Siv Skjermet")
    (guarded,) = await written(world, guarded_case)
    await world.sql("UPDATE case_file SET shielded = true WHERE id = $1", guarded_case)
    browser = await world.browser("horten", ADULT)
    absent = await browser.get(f"/k/horten/brev/{uuid4()}/brev.pdf")
    for foreign in (theirs, guarded):
        found = await browser.get(f"/k/horten/brev/{foreign}/brev.pdf")
        assert (found.status_code, found.text) == (absent.status_code, absent.text) == (404, found.text)
        for path in ("utskrift", "utskrift.pdf"):
            for chosen in (f"b-{mine}=1&b-{foreign}=1", f"b-{foreign}=1&b-{mine}=1"):
                assert (await browser.get(f"/k/horten/brev/{path}?{chosen}")).status_code == 404
        answer = await browser.submit(
            "/k/horten/brev/sendt", {"brev": [str(mine), str(foreign)], "dato": format_date(today())}, page="/k/horten/brev",
        )  # fmt: skip
        assert answer.status_code == 404
    assert {row["state"] for row in await world.sql("SELECT state FROM letter")} == {"ready"}


# Files ------------------------------------------------------------------------------------------------------------------
async def test_what_was_typed_into_allocation_is_text_in_every_sheet(world: World) -> None:
    formula = '=HYPERLINK("http://x.test")'
    order = await granted_order(world, "horten", name="Jonas Bergli")
    await world.sql("UPDATE person SET given_name = $1 WHERE family_name = 'Bergli'", formula)
    async with world.at("horten", MANAGER) as uow:
        case_id = await case_of(world, "horten", order)
        await open_deviation(
            uow, DeviationFacts(kind="routine", title=formula, description="@SUM(A1)", case_id=case_id)
        )
    browser = await world.browser("horten", MANAGER)
    for path in ("/saker", "/venteliste", "/avvik"):
        answer = await browser.get(f"/k/horten{path}/liste.xlsx")
        assert answer.status_code == 200, path
        cells = [
            cell
            for row in openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows()
            for cell in row
        ]
        assert {cell.data_type for cell in cells} <= {"s", "n", "d", "b"}, path
        assert any("HYPERLINK" in str(cell.value) for cell in cells), path


# The public form's proofs -------------------------------------------------------------------------------------------------
async def test_a_proof_that_has_run_out_opens_nothing_and_one_shown_again_adds_nothing(world: World) -> None:
    door = FormDoor(world.engine, KEYS, "192.0.2.7")
    place = await door.place("horten")
    arguments = [place.id, uuid4(), "ABCD1234", date(2015, 1, 2), "nb", b"s" * 64, b"k" * 32, None, b"a" * 32]
    digest = hashlib.sha256(b"s" * 64).hexdigest()
    message = "|".join(("form.send", str(place.id), str(arguments[1]), "ABCD1234", "2015-01-02", "nb", digest,
                        (b"k" * 32).hex(), "", (b"a" * 32).hex()))  # fmt: skip
    sql = "SELECT * FROM sammen.form_send($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
    over = int(time.time()) - 1
    async with world.at("horten", Role.PROVIDER_COORDINATOR) as uow:
        with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError):
            async with uow.raw.transaction():
                await uow.raw.fetch(sql, *arguments, over, KEYS.door_proof(f"{message}|{over}"))
        expires, proof = visitors_proof(KEYS, message)
        answers = [(await uow.raw.fetch(sql, *arguments, expires, proof))[0]["answer"] for _ in range(12)]
    assert answers == ["sent"] + ["again"] * 11
    assert len(await world.sql("SELECT 1 FROM incoming_form")) == 1
    assert len(await world.sql("SELECT 1 FROM audit_entry WHERE action = 'form.received'")) == 1


async def test_guesses_at_codes_are_counted_by_where_the_line_ends_and_not_by_what_a_header_says(
    world: World,
) -> None:
    browser = Browser(world.app)
    answers = []
    for turn in range(22):
        guess = {"_key": uuid4().hex, "kode": f"{turn:025d}"}
        headers = {"X-Forwarded-For": f"198.51.100.{turn}", "Forwarded": f"for=198.51.100.{turn}"}
        answers.append(await browser.post("/sok/horten/hent", data=guess, headers=headers))
    assert {one.status_code for one in answers} == {422}
    assert len(await world.sql("SELECT 1 FROM form_knock WHERE what = 'read'")) == 20
    assert "Det er kommet mange skjemaer herfra" in answers[-1].text


# The trail ----------------------------------------------------------------------------------------------------------------
async def test_the_trail_keeps_facts_and_nothing_that_was_typed(world: World) -> None:
    number = "0" * 11
    async with world.at("horten", CHILD) as uow:
        born = date(today().year - 9, 1, 2)
        case_id = await register_application(
            uow,
            ApplicationFacts(
                PersonFacts(MARKER, MARKER, birth_date=born, street=MARKER, place=MARKER, phone=number), today(),
                "letter", "self", MARKER, MARKER, "hol-3-2-6b",
            ),
        )  # fmt: skip
        _, case = await case_for_change(uow, case_id)
        person = case.person_id
        facts = MappingFacts(today(), MARKER, ["climbing"], ["tue-pm"], MARKER, MARKER, ["individual"])
        await record_mapping(uow, case_id, facts)
        await note_respite(uow, case_id, RespiteFacts(today(), "pending", None, MARKER))
    text = {"maal": f"{MARKER} en fast aktivitet hver uke", "egne_ord": MARKER, "begrunnelse": f"{MARKER} er mye alene",
            "innhold_0": f"{MARKER} og stelle i stallen", "naar_0": f"{MARKER} mandager"}  # fmt: skip
    page = await proposed(await world.browser("horten", CHILD), f"/k/horten/saker/{case_id}", **text)
    async with world.at("horten", CHILD, second=True) as uow:
        await return_decision(uow, UUID(page.rsplit("/", 1)[1]), MARKER, version=2)
    letters = await written(world, case_id, role=CHILD)
    async with world.at("horten", CHILD) as uow:
        await cancel_letter(uow, letters[0], MARKER)
        colleague = world.user("horten", MANAGER)
        await name_member(uow, case_id, colleague, reason=MARKER, valid_from=today(), valid_to=None)
        await shield_by_hand(uow, case_id, reason=MARKER)
        await open_deviation(
            uow, DeviationFacts(kind="routine", title=MARKER, description=MARKER, case_id=case_id)
        )
        (row,) = await world.sql("SELECT version FROM person WHERE id = $1", person)
        await register_move(uow, person, today() + timedelta(days=9), MARKER, version=row["version"])
        with pytest.raises(Forbidden):
            await transfer_package(uow, person)
        await record_consent(uow, person, ConsentFacts("parent", MARKER, today(), MARKER))
        assert await transfer_package(uow, person)
    told = await world.sql("SELECT DISTINCT action FROM audit_entry")
    assert {"transfer.packed", "person.moved", "case.shielded", "decision.returned"} <= {
        one["action"] for one in told
    }
    kept = await world.sql(
        "SELECT action, why, details FROM audit_entry WHERE (details::text || why) ~* $1 OR details::text ~ $2",
        MARKER, number,
    )  # fmt: skip
    assert [dict(one) for one in kept] == []
    async with world.at("horten", CHILD) as uow:
        # The one sentence that is asked for to be kept: why a case is opened to more eyes again.
        await unshield(uow, case_id, reason=MARKER)
    (only,) = await world.sql("SELECT action FROM audit_entry WHERE why ~ $1", MARKER)
    assert only["action"] == "case.unshielded"
    with pytest.raises(Invalid):
        async with world.at("horten", CHILD) as uow:
            await cancel_letter(uow, letters[0], " ")
