"""What a list's columns about those around the person become: representatives, the contact who is there, evaluation."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sammen.errors import NotFound
from sammen.policy.roles import Role
from tenants.cases.api import case_card
from tenants.people.api import make_synthetic
from tests.imported_lists import bring_in, everything
from tests.unit.case_lists import GOOD, HEADER, list_of
from tests.worlds import World

CHILD = Role.PURCHASER_CHILD
MORE = [
    "Adressesperre",
    "Evaluering",
    "Foresatt",
    "Telefon foresatt",
    "Verge",
    "Støttekontakt fra",
    "Støttekontakt telefon",
]
FULL = GOOD | {
    "Fødselsnr": make_synthetic(date(2012, 3, 1), "F", 1),
    "Vedtak t.o.m.": "31.01.2028",
    "Foresatt": "Liv Moen og Per Dal",
    "Telefon foresatt": "911 22 333",
    "Støttekontakt": "Dina Norli",
    "Støttekontakt fra": "01.03.2026",
    "Støttekontakt telefon": "40 50 60 70",
    "Evaluering": "01.02.2027",
}
OTHER = FULL | {
    "Fødselsnr": make_synthetic(date(2011, 6, 2), "M", 1),
    "Etternavn, fornavn": "Haug, Ola",
    "Foresatt": "",
    "Telefon foresatt": "",
}


async def bring(world: World, *rows: dict[str, str], role: Role = CHILD) -> Any:
    async with world.at("horten", role) as uow:
        return await bring_in(uow, list_of(*rows, header=[*HEADER, *MORE]))


async def one(world: World, sql: str, *arguments: Any) -> Any:
    (found,) = await world.sql(sql, *arguments)
    return found


async def test_parents_come_with_their_number_and_the_contact_with_the_assignment(world: World) -> None:
    result = await bring(world, FULL)
    assert (result.new, result.rejected) == (1, 0)
    acting = await world.sql(
        "SELECT p.given_name || ' ' || p.family_name AS name, p.phone, r.role, r.valid_to FROM representative r"
        " JOIN person p ON p.id = r.person_id ORDER BY 1"
    )
    assert [tuple(row) for row in acting] == [
        ("Liv Moen", "911 22 333", "parent", None), ("Per Dal", "", "parent", None)
    ]  # fmt: skip
    assignment = await one(world, "SELECT * FROM assignment")
    assert (assignment["state"], assignment["starts_on"], assignment["form"]) == (
        "running",
        date(2026, 3, 1),
        "individual",
    )
    contact = await one(
        world, "SELECT c.*, p.given_name, p.phone FROM support_contact c JOIN person p ON p.id = c.person_id"
    )
    assert (contact["given_name"], contact["phone"], contact["state"]) == ("Dina", "40 50 60 70", "vetting")
    assert (await one(world, "SELECT kind, valid_from FROM engagement"))["valid_from"] == date(2026, 3, 1)
    case = await one(world, "SELECT * FROM case_file")
    assert (case["state"], case["deadline"], case["deadline_kind"]) == (
        "running",
        date(2027, 2, 1),
        "evaluate",
    )
    assert (await one(world, "SELECT evaluate_on FROM decision"))["evaluate_on"] == date(2027, 2, 1)
    assert (await one(world, "SELECT state FROM service_order"))["state"] == "filled"


async def test_the_same_list_again_changes_nothing_in_any_table(world: World) -> None:
    await bring(world, FULL, OTHER)
    before = await everything(world, world.horten)
    result = await bring(world, FULL, OTHER)
    assert (result.new, result.changed, result.same) == (0, 0, 2)
    assert await everything(world, world.horten) == before


async def test_one_contact_has_two_assignments_and_another_of_that_name_is_somebody_else(
    world: World,
) -> None:
    await bring(world, FULL, OTHER)
    assert (await one(world, "SELECT count(*) AS n FROM support_contact"))["n"] == 1
    assert (await one(world, "SELECT count(*) AS n FROM assignment"))["n"] == 2
    namesake = OTHER | {
        "Fødselsnr": make_synthetic(date(2013, 6, 2), "M", 1),
        "Etternavn, fornavn": "Lie, Bo",
        "Støttekontakt telefon": "99887766",
    }
    await bring(world, namesake)
    assert (await one(world, "SELECT count(*) AS n FROM support_contact"))["n"] == 2


async def test_a_corrected_list_moves_the_start_the_evaluation_and_the_number(world: World) -> None:
    await bring(world, FULL)
    result = await bring(
        world,
        FULL
        | {"Støttekontakt fra": "15.02.2026", "Evaluering": "01.03.2027", "Telefon foresatt": "99 88 77 66"},
    )
    assert result.changed == 1
    assert (await one(world, "SELECT starts_on FROM assignment"))["starts_on"] == date(2026, 2, 15)
    assert (await one(world, "SELECT evaluate_on FROM decision"))["evaluate_on"] == date(2027, 3, 1)
    assert (await one(world, "SELECT deadline FROM case_file"))["deadline"] == date(2027, 3, 1)
    assert (await one(world, "SELECT phone FROM person WHERE given_name = 'Liv' AND phone <> ''"))[
        "phone"
    ] == "99 88 77 66"
    assert (await one(world, "SELECT count(*) AS n FROM representative"))["n"] == 2


async def test_another_contact_in_the_list_ends_the_first_ones_assignment_the_day_before(
    world: World,
) -> None:
    await bring(world, FULL)
    await bring(
        world,
        FULL | {"Støttekontakt": "Amund Vik", "Støttekontakt telefon": "", "Støttekontakt fra": "01.09.2026"},
    )
    found = await world.sql(
        "SELECT a.state, a.starts_on, a.ended_on, p.given_name FROM assignment a JOIN support_contact c ON c.id = a.contact_id"
        " JOIN person p ON p.id = c.person_id ORDER BY a.starts_on"
    )
    assert [tuple(row) for row in found] == [
        ("ended", date(2026, 3, 1), date(2026, 8, 31), "Dina"),
        ("running", date(2026, 9, 1), None, "Amund"),
    ]
    assert (await one(world, "SELECT state FROM case_file"))["state"] == "running"
    again = await bring(
        world,
        FULL | {"Støttekontakt": "Amund Vik", "Støttekontakt telefon": "", "Støttekontakt fra": "01.09.2026"},
    )
    assert (again.changed, again.same) == (0, 1)


async def test_another_parent_in_the_list_takes_the_first_ones_place(world: World) -> None:
    await bring(world, FULL)
    await bring(world, FULL | {"Foresatt": "Liv Moen og Kai Lund"})
    acting = await world.sql(
        "SELECT p.given_name, r.valid_to IS NULL AS acts FROM representative r JOIN person p ON p.id = r.person_id ORDER BY 1"
    )
    assert [tuple(row) for row in acting] == [("Kai", True), ("Liv", True), ("Per", False)]


async def test_a_contact_without_vetting_stands_on_the_list_of_those_who_lack_it(world: World) -> None:
    await bring(world, FULL)
    browser = await world.browser("horten", Role.PROVIDER_COORDINATOR)
    assert "Dina Norli" in (await browser.get("/k/horten")).text


async def test_an_assignment_of_a_decision_that_has_run_out_or_of_an_application_is_not_made(
    world: World,
) -> None:
    over = FULL | {"Vedtaksdato": "01.02.2025", "Vedtak t.o.m.": "31.01.2026", "Søknad mottatt": "05.01.2025",
                   "Støttekontakt fra": "01.03.2025", "Evaluering": ""}  # fmt: skip
    undecided = OTHER | {"Vedtaksdato": "", "Vedtak t.o.m.": "", "Evaluering": ""}
    result = await bring(world, over, undecided)
    assert (result.new, result.rejected) == (2, 0)
    assert await world.sql("SELECT id FROM assignment") == []


@pytest.mark.parametrize("typed", ["kode 6", "7"])
async def test_somebody_protected_is_shielded_at_once_and_the_importer_is_named(
    world: World, typed: str
) -> None:
    await bring(world, FULL | {"Adressesperre": typed})
    case = await one(world, "SELECT id, shielded FROM case_file")
    assert case["shielded"]
    named = await world.sql("SELECT user_id FROM case_member WHERE case_id = $1", case["id"])
    assert [row["user_id"] for row in named] == [world.user("horten", CHILD)]
    async with world.at("horten", CHILD) as uow:
        assert (await case_card(uow, case["id"])).shielded
    for role in (Role.PROVIDER_COORDINATOR, Role.MANAGER, Role.PURCHASER_ADULT):
        async with world.at("horten", role) as uow:
            with pytest.raises(NotFound):
                await case_card(uow, case["id"])
    browser = await world.browser("horten", Role.PROVIDER_COORDINATOR)
    for path in (
        "/k/horten/saker",
        "/k/horten/bestillinger",
        "/k/horten/saker?q=Moen",
        "/k/horten/personer?q=Moen",
    ):
        assert "Liv Moen" not in (await browser.get(path)).text


async def test_a_list_that_turns_somebody_protected_shields_the_case_they_have(world: World) -> None:
    await bring(world, FULL)
    assert not (await one(world, "SELECT shielded FROM case_file"))["shielded"]
    result = await bring(world, FULL | {"Adressesperre": "kode 6"})
    assert result.changed == 1
    assert (await one(world, "SELECT shielded FROM case_file"))["shielded"]
    await bring(world, FULL | {"Adressesperre": "nei"})
    assert (await one(world, "SELECT protection FROM person WHERE protection <> 'none'"))[
        "protection"
    ] == "kode6"


async def test_the_preview_says_what_comes_of_the_row_besides_the_case(world: World) -> None:
    browser = await world.browser("horten", CHILD)
    sent = await browser.submit(
        "/k/horten/import", page="/k/horten/import",
        files={"fil": ("liste.csv", list_of(FULL, OTHER | {"Adressesperre": "6"}, header=[*HEADER, *MORE]))},
    )  # fmt: skip
    page = (await browser.get(sent.headers["location"])).text
    for sentence in ("Foresatt: Liv Moen, Per Dal", "Dina Norli er støttekontakt fra 01.03.2026", "Evalueres innen 01.02.2027",
                     "Saken skjermes. Bare de som er navngitt på den, får se den."):  # fmt: skip
        assert sentence in page
