"""A municipality's case list on a real database: what its rows become, and what the second time changes (nothing)."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from sammen.errors import Conflict, NotFound
from sammen.policy.roles import Role
from tenants.imports.api import import_file
from tenants.imports.queries import import_card, import_rows
from tenants.imports.service import drop, preview, rejected_rows, start, stored_rows
from tenants.imports.surroundings import split_written_name
from tests.imported_lists import HORTEN, bring_in, bring_in_rows, everything, list_of, row
from tests.unit.case_lists import NUMBER, OTHER_NUMBER
from tests.worlds import World

CHILD = Role.PURCHASER_CHILD


async def upload(world: World, content: bytes, name: str = "liste.csv", role: Role = CHILD) -> UUID:
    async with world.at("horten", role) as uow:
        return await preview(uow, name, content, accept_synthetic=True)


async def verdicts(world: World, import_id: UUID) -> dict[str, int]:
    async with world.at("horten", CHILD) as uow:
        return dict(Counter(one.verdict for one in await stored_rows(uow, import_id)))


async def test_a_preview_judges_every_row_and_writes_nothing_else(world: World) -> None:
    before = await everything(world, world.horten)
    import_id = await upload(world, HORTEN.read_bytes(), HORTEN.name)
    assert await verdicts(world, import_id) == {"new": 33, "warning": 19, "error": 7, "repeat": 1}
    assert await everything(world, world.horten) == before


async def test_no_national_number_name_or_remark_lies_readable_while_a_list_waits(world: World) -> None:
    await upload(world, list_of(row(Merknad="ring mor før kl 15")))
    for table in ("case_import", "case_import_row"):
        text = str([dict(found) for found in await world.sql(f"SELECT * FROM {table}")])
        for secret in (NUMBER, NUMBER[:6], "Moen", "Liv", "Storgata", "ring mor"):
            assert secret not in text


async def test_the_list_becomes_people_cases_decisions_and_one_order_for_each_service_in_force(
    world: World,
) -> None:
    async with world.at("horten", CHILD) as uow:
        result = await bring_in(uow, HORTEN.read_bytes(), HORTEN.name)
    assert (result.new, result.changed, result.same, result.rejected) == (52, 0, 1, 7)
    counts = await everything(world, world.horten)
    guardians = (await world.sql("SELECT count(*) AS n FROM representative WHERE role = 'guardian'"))[0]["n"]
    assert counts["case_file"] == counts["application"] == counts["imported_row"] == 52
    assert counts["person"] == 52 + guardians
    assert guardians == 7
    decided = await world.sql("SELECT state, count(*) AS n FROM decision GROUP BY state")
    assert sum(found["n"] for found in decided) == counts["decision"]
    in_force = await world.sql(
        "SELECT count(*) AS n FROM service_grant WHERE valid_to IS NULL OR valid_to >= sammen.norwegian_day()"
    )
    assert counts["service_order"] == in_force[0]["n"] > 30


async def test_importing_the_same_list_again_changes_nothing_in_any_table(world: World) -> None:
    async with world.at("horten", CHILD) as uow:
        await bring_in(uow, HORTEN.read_bytes(), HORTEN.name)
    before = await everything(world, world.horten)
    versions = (
        "SELECT sum(version) AS n FROM (SELECT version FROM person UNION ALL SELECT version FROM case_file) v"
    )
    sum_before = await world.sql(versions)
    again = await upload(world, HORTEN.read_bytes(), HORTEN.name)
    assert await verdicts(world, again) == {"same": 52, "error": 7, "repeat": 1}
    async with world.at("horten", CHILD) as uow:
        result = await start(uow, again)
    assert result is not None
    assert (result.new, result.changed) == (0, 0)
    assert await everything(world, world.horten) == before
    assert await world.sql(versions) == sum_before


async def test_two_previews_of_one_list_confirmed_after_each_other_import_it_once(world: World) -> None:
    first, second = await upload(world, list_of(row())), await upload(world, list_of(row()))
    async with world.at("horten", CHILD) as uow:
        await start(uow, first)
    async with world.at("horten", CHILD) as uow:
        result = await start(uow, second)
    assert result is not None
    assert (result.new, result.same) == (0, 1)
    assert (await everything(world, world.horten))["case_file"] == 1


async def test_a_list_is_confirmed_once_and_a_dropped_one_never(world: World) -> None:
    first, second = await upload(world, list_of(row())), await upload(world, list_of(row()))
    async with world.at("horten", CHILD) as uow:
        await start(uow, first)
    async with world.at("horten", CHILD) as uow:
        with pytest.raises(Conflict):
            await start(uow, first)
        await drop(uow, second)
        with pytest.raises(Conflict):
            await start(uow, second)
    left = await world.sql("SELECT count(*) AS n FROM case_import_row WHERE sealed <> ''")
    assert left[0]["n"] == 0, "what was confirmed or dropped is no longer kept"


async def test_faulty_rows_come_back_as_a_file_and_are_brought_in_once_corrected(world: World) -> None:
    import_id = await upload(world, HORTEN.read_bytes(), HORTEN.name)
    async with world.at("horten", CHILD) as uow:
        await start(uow, import_id)
        faulty = await rejected_rows(uow, import_id)
    text = faulty.decode("utf-8-sig")
    assert text.splitlines()[0].startswith("Hva må rettes;Fødselsnr;Etternavn, fornavn;")
    assert len(text.splitlines()) == 8
    corrected = text.replace("31.02.2026", "28.02.2026").replace("ca 4;", "4;").encode()
    again = await upload(world, corrected, "rettet.csv")
    assert await verdicts(world, again) == {"new": 2, "error": 5}
    async with world.at("horten", CHILD) as uow:
        result = await start(uow, again)
    assert result is not None
    assert result.new == 2
    assert (await everything(world, world.horten))["case_file"] == 54


async def test_a_corrected_row_is_shown_as_a_change_and_changes_only_what_differs(world: World) -> None:
    await bring_in_rows(world, row())
    import_id = await upload(world, list_of(row(Timer="6 t/uke", Adresse="Nygata 4")))
    async with world.at("horten", CHILD) as uow:
        (shown,) = await import_rows(uow, await import_card(uow, import_id), verdict="", page=1)
    assert shown.verdict == "change"
    assert [(c.label, c.was, c.now) for c in shown.changes] == [
        ("Adresse", "", ""),
        ("Timer", "4,5 t/uke", "6 t/uke"),
    ]
    before = await everything(world, world.horten)
    async with world.at("horten", CHILD) as uow:
        result = await start(uow, import_id)
    assert result is not None
    assert result.changed == 1
    assert await everything(world, world.horten) == before
    (grant,) = await world.sql("SELECT amount, unit, valid_to FROM service_grant")
    assert (grant["amount"], grant["unit"], grant["valid_to"]) == (Decimal(6), "week", date(2027, 1, 31))
    (person,) = await world.sql("SELECT street, family_name FROM person")
    assert (person["street"], person["family_name"]) == ("Nygata 4", "Moen")
    events = await world.sql("SELECT details FROM audit_entry WHERE action = 'case.corrected'")
    assert '"amount"' in str(events[0]["details"])


async def test_what_somebody_has_put_right_in_sammen_survives_a_change_of_something_else(
    world: World,
) -> None:
    await bring_in_rows(world, row())
    await world.sql("UPDATE person SET street = 'Rettet for hånd 1', phone = '99887766'")
    await bring_in_rows(world, row(Timer="6 t/uke"))
    (person,) = await world.sql("SELECT street, phone FROM person")
    assert (person["street"], person["phone"]) == ("Rettet for hånd 1", "99887766")


async def test_an_emptied_cell_erases_nothing_and_is_no_change(world: World) -> None:
    await bring_in_rows(world, row(Interesser="kino"))
    import_id = await upload(world, list_of(row(**{"Adresse": "", "Vedtak t.o.m.": "", "Interesser": ""})))
    assert await verdicts(world, import_id) == {"same": 1}


async def test_protection_is_raised_by_a_list_and_never_lowered(world: World) -> None:
    await bring_in_rows(world, row())
    await bring_in_rows(world, row(Merknad="kode 6"))
    await bring_in_rows(world, row(Merknad="", Timer="6 t/uke"))
    (person,) = await world.sql("SELECT protection FROM person")
    assert person["protection"] == "kode6"


async def test_an_application_that_has_got_a_decision_since_is_a_change_of_the_same_case(
    world: World,
) -> None:
    waiting = row(**{"Vedtaksdato": "", "Vedtak t.o.m.": ""})
    await bring_in_rows(world, waiting)
    (case,) = await world.sql("SELECT state, deadline, deadline_kind FROM case_file")
    assert (case["state"], case["deadline"], case["deadline_kind"]) == (
        "received",
        date(2026, 2, 5),
        "decide",
    )
    import_id = await upload(world, list_of(row()))
    assert await verdicts(world, import_id) == {"change": 1}
    async with world.at("horten", CHILD) as uow:
        await start(uow, import_id)
    counts = await everything(world, world.horten)
    assert (counts["case_file"], counts["application"], counts["decision"], counts["service_order"]) == (
        1,
        1,
        1,
        1,
    )
    (application,) = await world.sql("SELECT state FROM application")
    assert application["state"] == "decided"
    assert await verdicts(world, await upload(world, list_of(row()))) == {"same": 1}


async def test_an_application_decided_in_sammen_meanwhile_is_left_alone(world: World) -> None:
    await bring_in_rows(world, row(**{"Vedtaksdato": "", "Vedtak t.o.m.": ""}))
    await world.sql("UPDATE application SET state = 'decided'")
    assert await verdicts(world, await upload(world, list_of(row()))) == {"same": 1}


async def test_a_decision_that_has_run_out_sends_no_order_and_stands_for_evaluation(world: World) -> None:
    await bring_in_rows(world, row(**{"Vedtak t.o.m.": "31.08.2026"}))
    (case,) = await world.sql("SELECT state, deadline, deadline_kind FROM case_file")
    assert (case["state"], case["deadline"], case["deadline_kind"]) == (
        "evaluating",
        date(2026, 8, 31),
        "evaluate",
    )
    assert (await everything(world, world.horten))["service_order"] == 0
    await bring_in_rows(world, row(**{"Vedtak t.o.m.": "31.08.2027"}))
    assert (await everything(world, world.horten))["service_order"] == 1
    (decision,) = await world.sql("SELECT state, evaluate_on FROM decision")
    assert (decision["state"], decision["evaluate_on"]) == ("issued", date(2027, 8, 31))


async def test_cases_of_another_purchaser_are_brought_in_without_becoming_the_importers(world: World) -> None:
    child = row(Fødselsnr=make_child())
    adult = row(**{"Fødselsnr": OTHER_NUMBER, "Etternavn, fornavn": "Ali, Jan"})
    await bring_in_rows(world, child, adult)
    cases = await world.sql("SELECT purchaser, responsible_id FROM case_file ORDER BY purchaser")
    assert [(found["purchaser"], found["responsible_id"]) for found in cases] == [
        ("adult", None), ("child", world.user("horten", CHILD)),
    ]  # fmt: skip


def make_child() -> str:
    from tenants.people.api import make_synthetic

    return make_synthetic(date(2015, 3, 3), "F", 1)


async def test_interests_become_codes_and_the_lists_own_words_stay_beside_them(world: World) -> None:
    await bring_in_rows(
        world, row(Interesser="Kino, svømming", Støttekontakt="Kari Ødegård", Ledsagerbevis="J")
    )
    (mapping,) = await world.sql("SELECT interests, made_by FROM mapping")
    assert (sorted(mapping["interests"]), mapping["made_by"]) == (["cinema", "swimming"], None)
    (kept,) = await world.sql("SELECT interests, contact_name, has_companion_card FROM imported_row")
    assert tuple(kept) == ("Kino, svømming", "Kari Ødegård", True)
    assert (await everything(world, world.horten))["support_contact"] == 0


async def test_two_services_of_one_person_lie_on_one_case_and_keep_their_own_decisions(world: World) -> None:
    await bring_in_rows(world, row(), row(Tjeneste="Treningskontakt"))
    counts = await everything(world, world.horten)
    assert (counts["person"], counts["case_file"], counts["decision"], counts["service_order"]) == (
        1,
        1,
        2,
        2,
    )
    (case,) = await world.sql("SELECT forms FROM case_file")
    assert sorted(case["forms"]) == ["individual", "training"]


async def test_a_guardian_is_one_person_for_each_ward_and_only_one(world: World) -> None:
    await bring_in_rows(world, row(Merknad="hjelpeverge: Moen, Liv"))
    await bring_in_rows(world, row(Merknad="hjelpeverge: Moen, Liv", Timer="6 t/uke"))
    found = await world.sql("SELECT count(*) AS n FROM representative")
    assert found[0]["n"] == 1


async def test_formulas_emoji_and_sql_in_a_name_stay_text(world: World) -> None:
    nasty = ['=HYPERLINK("x"), Åse', "Berg 🧗, '; drop table person; --"]
    numbers = [NUMBER, OTHER_NUMBER]
    rows = [
        row(**{"Fødselsnr": n, "Etternavn, fornavn": name}) for n, name in zip(numbers, nasty, strict=True)
    ]
    rows.append(row(**{"Fødselsnr": "", "Etternavn, fornavn": "=1+1, Per"}))
    import_id = await upload(world, list_of(*rows))
    async with world.at("horten", CHILD) as uow:
        await start(uow, import_id)
        faulty = (await rejected_rows(uow, import_id)).decode("utf-8-sig")
    assert ";'=1+1, Per;" in faulty
    found = await world.sql("SELECT family_name, given_name FROM person ORDER BY family_name")
    assert [tuple(person) for person in found] == [
        ('=HYPERLINK("x")', "Åse"), ("Berg 🧗", "'; drop table person; --"),
    ]  # fmt: skip


async def test_another_municipality_and_another_caseworker_find_no_list(world: World) -> None:
    import_id = await upload(world, list_of(row()))
    async with world.at("re", CHILD) as uow:
        with pytest.raises(NotFound):
            await import_card(uow, import_id)
        with pytest.raises(NotFound):
            await start(uow, import_id)
    async with world.at("horten", Role.PURCHASER_ADULT) as uow:
        with pytest.raises(NotFound):
            await import_card(uow, import_id)
        with pytest.raises(NotFound):
            await rejected_rows(uow, import_id)


async def test_the_same_list_in_two_municipalities_is_new_in_both(world: World) -> None:
    await bring_in_rows(world, row())
    async with world.at("re", CHILD) as uow:
        result = await bring_in(uow, list_of(row()))
    assert result.new == 1


async def test_what_nobody_confirms_is_emptied_after_a_month(world: World) -> None:
    import_id = await upload(world, list_of(row()))
    await world.sql("UPDATE case_import SET created_at = now() - interval '31 days'")
    await upload(world, list_of(row()))
    (old,) = await world.sql("SELECT state FROM case_import WHERE id = $1", import_id)
    (kept,) = await world.sql("SELECT sealed FROM case_import_row WHERE import_id = $1", import_id)
    assert (old["state"], kept["sealed"]) == ("dropped", b"")


@pytest.mark.parametrize(
    ("written", "given", "family"),
    [
        ("Liv Moen", "Liv", "Moen"),
        ("Anne Lise von der Lippe", "Anne Lise", "von der Lippe"),
        ("Moen", "", "Moen"),
        ("Van Dam", "Van", "Dam"),
    ],
)
def test_a_guardians_name_is_split_before_its_particles(written: str, given: str, family: str) -> None:
    assert split_written_name(written) == (given, family)


async def test_the_command_line_says_what_a_list_would_do_and_does_it_when_told_to(world: World) -> None:
    async with world.at("horten", CHILD) as uow:
        looked = await import_file(
            uow, HORTEN.name, HORTEN.read_bytes(), confirm=False, accept_synthetic=True
        )
    assert looked[:3] == ["60 rader lest.", "Kan hentes inn: 52. Ingenting er lagret ennå.", "Må rettes: 7."]
    assert any(line.startswith("Rad 16, Søknad mottatt: Velg en dato som finnes.") for line in looked)
    async with world.at("horten", CHILD) as uow:
        done = await import_file(uow, HORTEN.name, HORTEN.read_bytes(), confirm=True, accept_synthetic=True)
    assert done[:3] == ["60 rader lest.", "Nye saker: 52. Endret: 0. Som før: 1.", "Må rettes: 7."]
    responsible = await world.sql(
        "SELECT count(responsible_id) AS n FROM case_file WHERE purchaser = 'child'"
    )
    assert responsible[0]["n"] > 0


async def test_production_takes_no_invented_national_number(world: World) -> None:
    async with world.at("horten", CHILD) as uow:
        import_id = await preview(uow, "liste.csv", list_of(row()), accept_synthetic=False)
    assert await verdicts(world, import_id) == {"error": 1}
