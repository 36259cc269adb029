"""Oppbevaring over HTTP: the overview, a proposal to its receipt, rules and holds, bad fields, who may (E1)."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pikepdf

from sammen.clock import today
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from tenants.retention.deleting import make_proposal
from tenants.retention.plan import closure, hindrances
from tests.provider_samples import assigned, case_of, granted_order
from tests.worlds import World

PATH = "/k/horten/oppbevaring"
ADMIN, MANAGER, OFFICER = Role.MUNICIPALITY_ADMINISTRATOR, Role.MANAGER, Role.DATA_PROTECTION_OFFICER


async def test_from_a_proposal_on_min_dag_to_a_receipt_without_names(world: World) -> None:
    case = await case_of(world, "horten", await granted_order(world, "horten"))
    await world.sql("UPDATE case_file SET state = 'closed', closed_on = '2011-05-01' WHERE id = $1", case)
    manager, admin = await world.browser("horten", MANAGER), await world.browser("horten", ADMIN)
    assert "Én ting har gått ut på tid" in (await admin.get(PATH)).text
    answer = await admin.submit(f"{PATH}/forslag", page=PATH)
    assert answer.status_code == 303
    await world.run_jobs()
    run = re.search(r"/k/horten/oppbevaring/kjoringer/[0-9a-f-]{36}", (await manager.get(PATH)).text)
    assert run
    address = run.group(0)
    assert address in (await manager.get("/k/horten")).text, "it waits on Min dag"
    assert (await admin.submit(f"{address}/godkjenn", {"versjon": "1"}, page=PATH)).status_code == 403
    assert (await manager.get(f"{address}/kvittering.pdf")).status_code == 409
    assert (await manager.submit(f"{address}/godkjenn", {"versjon": "7"}, page=address)).status_code == 409
    assert (await manager.submit(f"{address}/godkjenn", {"versjon": "1"}, page=address)).status_code == 303
    await world.run_jobs()
    text = (await manager.get(address)).text
    assert "Slettet" in text
    assert "Jonas" not in text
    made = await manager.get(f"{address}/kvittering.pdf")
    assert made.status_code == 200
    assert "/Lang" in pikepdf.open(io.BytesIO(made.content)).Root
    assert (await manager.get(f"/k/horten/saker/{case}")).status_code == 404


async def test_each_bad_field_is_named_and_what_was_typed_is_kept(shared_world: World) -> None:
    admin = await shared_world.browser("horten", ADMIN)
    rule = {
        "slag": "team",
        "aar": "mange",
        "maaneder": "",
        "saa": "delete",
        "fra": "i går",
        "hjemmel": "",
        "grunn": "Fordi",
    }
    answer = await admin.submit(f"{PATH}/regler", rule, page=f"{PATH}/regler")
    assert answer.status_code == 422
    for sentence in (
        "Skriv et helt tall, høyst 100.",
        "Skriv paragrafen regelen bygger på.",
        'value="mange"',
        "Fordi",
    ):
        assert sentence in answer.text
    officer = await shared_world.browser("horten", OFFICER)
    hold = {"saksnummer": "2026-9999", "grunn": "Tilsyn", "fra": format_date(today()), "til": "",
            "se_paa": format_date(today() + timedelta(days=30))}  # fmt: skip
    answer = await officer.submit(f"{PATH}/sperrer", hold, page=f"{PATH}/sperrer")
    assert answer.status_code == 422
    assert "Fant ingen sak med dette nummeret." in answer.text


async def test_a_hold_is_placed_seen_and_lifted_and_a_document_journalled(shared_world: World) -> None:
    case = await case_of(
        shared_world, "horten", await granted_order(shared_world, "horten", name="Ivar Dalen")
    )
    await shared_world.sql("UPDATE letter SET state = 'sent', sent_on = dated WHERE case_id = $1", case)
    number = (await shared_world.sql("SELECT case_no FROM case_file WHERE id = $1", case))[0]["case_no"]
    officer, admin = (
        await shared_world.browser("horten", OFFICER),
        await shared_world.browser("horten", ADMIN),
    )
    hold = {"saksnummer": number, "grunn": "Tilsyn hos statsforvalteren", "fra": format_date(today()), "til": "",
            "se_paa": format_date(today() + timedelta(days=30))}  # fmt: skip
    holds = f"{PATH}/sperrer"
    assert (await officer.submit(holds, hold, page=holds)).status_code == 303
    page = (await officer.get(holds)).text
    assert "Tilsyn hos statsforvalteren" in page
    lift = re.search(rf"{holds}/[0-9a-f-]{{36}}/opphev", page)
    assert lift
    keep = lift.group(0).replace("/opphev", "/behold")
    await shared_world.sql("UPDATE legal_hold SET review_on = $1", today())
    assert "Se om sperren trengs lenger" in (await officer.get("/k/horten")).text
    late = await officer.submit(keep, {"versjon": "1", "se_igjen": format_date(today())}, page=holds)
    assert "Skriv en dag framover" in late.text
    again = {"versjon": "1", "se_igjen": format_date(today() + timedelta(days=90))}
    assert (await officer.submit(keep, again, page=holds)).status_code == 303
    assert "Se om sperren trengs lenger" not in (await officer.get("/k/horten")).text
    assert (await officer.submit(keep, again, page=holds)).status_code == 409, (
        "another has answered meanwhile"
    )
    empty = await officer.submit(lift.group(0), {"versjon": "2", "opphev_grunn": ""}, page=holds)
    assert 'href="#opphev_grunn"' in empty.text
    assert 'id="opphev_grunn"' in empty.text, "the way from the fault leads to its own field"
    assert (
        await officer.submit(lift.group(0), {"versjon": "2", "opphev_grunn": "Ferdig"}, page=holds)
    ).status_code == 303
    assert "Gjelder ikke lenger" in (await officer.get(holds)).text
    listed = (await admin.get(f"{PATH}/dokumenter")).text
    assert "Ivar" not in listed
    document = re.search(rf"{PATH}/dokumenter/letter/[0-9a-f-]{{36}}", listed)
    assert document
    fields = {
        "journal": "2026/11-3",
        "journalfort": format_date(today()),
        "kvittering": "ARK-1",
        "arkivert": "",
    }
    answer = await admin.submit(document.group(0), fields, page=document.group(0))
    assert "eller ingen av dem" in answer.text
    fields["arkivert"] = format_date(today())
    assert (await admin.submit(document.group(0), fields, page=document.group(0))).status_code == 303
    assert "ARK-1" in (await admin.get(f"{PATH}/dokumenter?status=arkiv")).text
    assert (await officer.submit(document.group(0), fields, page=holds)).status_code == 403


async def test_many_documents_get_one_journal_number_and_then_one_receipt(shared_world: World) -> None:
    for name in ("Ivar Eng", "Kaja Ek"):
        case = await case_of(shared_world, "horten", await granted_order(shared_world, "horten", name=name))
        await shared_world.sql("UPDATE letter SET state = 'sent', sent_on = dated WHERE case_id = $1", case)
    admin = await shared_world.browser("horten", ADMIN)
    path = f"{PATH}/dokumenter"

    async def note(state: str, **changes: object) -> str:
        shown = (await admin.get(f"{path}?status={state}")).text
        chosen = re.findall(r'name="dokumenter" value="([^"]+)"', shown)
        fields = {
            "status": state,
            "dokumenter": chosen,
            "nummer": "2026/44",
            "dag": format_date(today()),
            **changes,
        }
        return (await admin.submit(path, fields, page=path)).text

    assert "Velg minst ett dokument." in await note("venter", dokumenter=[])
    assert "Skriv journalnummeret." in await note("venter", nummer="")
    assert "Dagen kan ikke ligge i framtida." in await note(
        "venter", dag=format_date(today() + timedelta(days=1))
    )
    await note("venter")
    await note("journalfort", nummer="ARK-77")
    rows = await shared_world.sql(
        "SELECT journal_ref, archive_receipt, archived_on FROM document_mark WHERE journal_ref = '2026/44'"
    )
    assert len(rows) >= 2
    assert {(row["archive_receipt"], row["archived_on"]) for row in rows} == {("ARK-77", today())}
    assert "Ingen dokumenter her" in (await admin.get(f"{path}?status=journalfort")).text
    officer = await shared_world.browser("horten", OFFICER)
    assert 'name="dokumenter"' not in (await officer.get(path)).text, (
        "who may only read is not asked to choose"
    )


async def test_a_contact_is_held_from_their_own_page_and_by_who_may_see_them_alone(
    shared_world: World,
) -> None:
    _, contact, _ = await assigned(shared_world, "horten")
    _, foreign, _ = await assigned(shared_world, "re")
    manager, officer = (
        await shared_world.browser("horten", MANAGER),
        await shared_world.browser("horten", OFFICER),
    )
    form = f"{PATH}/sperrer?stottekontakt={contact}"
    assert f"{form}#ny" in (await manager.get(f"/k/horten/kontakter/{contact}")).text
    hold = {"stottekontakt": str(contact), "grunn": "Politiet undersøker", "fra": format_date(today()), "til": "",
            "se_paa": format_date(today() + timedelta(days=30))}  # fmt: skip
    assert (await officer.get(form)).status_code == 404, "the officer sees no contacts"
    assert (await officer.submit(f"{PATH}/sperrer", hold, page=f"{PATH}/sperrer")).status_code == 404
    elsewhere = {**hold, "stottekontakt": str(foreign)}
    assert (await manager.submit(f"{PATH}/sperrer", elsewhere, page=f"{PATH}/sperrer")).status_code == 404
    assert (await manager.submit(f"{PATH}/sperrer", hold, page=form)).status_code == 303
    assert "Sperret mot sletting" in (await manager.get(f"/k/horten/kontakter/{contact}")).text
    async with shared_world.job(shared_world.horten) as uow:
        found = await closure(uow, "contact", contact)
        assert "hold" in await hindrances(uow, found, "delete", contact=contact)


async def test_others_have_no_pages_of_it(shared_world: World) -> None:
    for role in (Role.PURCHASER_CHILD, Role.PROVIDER_COORDINATOR, Role.PAYROLL):
        browser = await shared_world.browser("horten", role)
        for path in ("", "/regler", "/sperrer", "/dokumenter", "/kjoringer"):
            assert (await browser.get(PATH + path)).status_code == 403


async def test_a_proposal_is_made_once_however_often_the_clock_asks(shared_world: World) -> None:
    async with shared_world.job(shared_world.re) as uow:
        assert await make_proposal(uow, asked=False) is None, "nothing has had its time"
