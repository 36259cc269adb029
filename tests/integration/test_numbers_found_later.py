"""Somebody registered without a national number who gets one later is the same person; two with two numbers stay two."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from sammen.clock import today
from sammen.errors import Conflict
from sammen.policy.roles import Role
from tenants.cases.api import ApplicationFacts, register_application
from tenants.imports.service import ImportResult
from tenants.people.api import (
    PersonFacts,
    correct_person,
    find_person,
    keep_number,
    make_synthetic,
    read_number,
    register_person,
)
from tenants.people.national_number import NationalNumber
from tests.imported_lists import bring_in, list_of, row
from tests.unit.case_lists import HEADER, NUMBER
from tests.worlds import World

BORN = date(2008, 5, 17)
ONE = NationalNumber.parse(NUMBER, accept_synthetic=True)
TWO = NationalNumber.parse(make_synthetic(BORN, "F", 2), accept_synthetic=True)
NO_NUMBER = {"Fødselsnr": "", "Fødselsdato": "17.05.2008"}
CHILD = Role.PURCHASER_CHILD


def liv(number: NationalNumber | None = None) -> PersonFacts:
    return PersonFacts("Liv", "Moen", number=number, birth_date=BORN)


async def bring_in_rows(world: World, *rows: dict[str, str]) -> ImportResult:
    """A list with a column for the birth date too."""
    async with world.at("horten", CHILD) as uow:
        return await bring_in(uow, list_of(*rows, header=[*HEADER, "Fødselsdato"]))


async def registered(world: World, number: NationalNumber | None = None) -> UUID:
    async with world.at("horten", CHILD) as uow:
        return await register_person(uow, liv(number))


async def test_a_number_that_is_new_finds_the_person_who_had_none_and_is_kept(world: World) -> None:
    person_id = await registered(world)
    async with world.at("horten", CHILD) as uow:
        assert await find_person(uow, liv(ONE)) == person_id
        assert await keep_number(uow, person_id, ONE)
        assert not await keep_number(uow, person_id, TWO), "a known number is never replaced"
    async with world.at("horten", CHILD) as uow:
        assert await read_number(uow, person_id) == NUMBER
        assert await find_person(uow, PersonFacts("Et", "Annet", number=ONE)) == person_id
        assert await find_person(uow, liv(TWO)) is None
    kept = (await world.sql("SELECT * FROM person WHERE id = $1", person_id))[0]
    assert kept["number_hash"] is not None
    assert NUMBER not in str(dict(kept))


async def test_without_a_number_a_person_who_has_one_is_found_by_name_and_birth_date(world: World) -> None:
    person_id = await registered(world, ONE)
    async with world.at("horten", CHILD) as uow:
        assert await find_person(uow, liv()) == person_id
        assert await find_person(uow, PersonFacts("Liv", "Moen", birth_date=date(2008, 5, 18))) is None
        assert await find_person(uow, PersonFacts("Liv", "Moen")) is None


async def test_two_with_one_name_and_birth_date_and_two_numbers_stay_two_and_neither_is_guessed(
    world: World,
) -> None:
    first, second = await registered(world, ONE), await registered(world, TWO)
    assert first != second
    async with world.at("horten", CHILD) as uow:
        assert await find_person(uow, liv(ONE)) == first
        assert await find_person(uow, liv(TWO)) == second
        assert await find_person(uow, liv()) is None
        third = await register_person(uow, liv())
        with pytest.raises(Conflict):
            await correct_person(uow, third, liv(ONE))


async def test_an_application_with_a_number_lies_on_the_case_of_somebody_registered_without_one(
    world: World,
) -> None:
    await bring_in_rows(world, row(**NO_NUMBER))
    person_id = (await world.sql("SELECT id FROM person"))[0]["id"]
    async with world.at("horten", Role.PURCHASER_ADULT) as uow:
        await register_application(
            uow, ApplicationFacts(liv(ONE), today(), "letter", "self", "", "", "hol-3-2-6b")
        )
    async with world.at("horten", Role.PURCHASER_ADULT) as uow:
        assert await read_number(uow, person_id) == NUMBER
    assert len(await world.sql("SELECT 1 FROM person")) == 1


async def test_a_row_that_has_got_its_number_is_the_same_row_of_the_same_person(world: World) -> None:
    await bring_in_rows(world, row(**NO_NUMBER))
    before = (await world.sql("SELECT id, number_hash FROM person"))[0]
    assert before["number_hash"] is None
    result = await bring_in_rows(world, row())
    assert (result.new, result.changed) == (0, 1)
    people = await world.sql("SELECT id, number_hash FROM person")
    assert [found["id"] for found in people] == [before["id"]]
    assert people[0]["number_hash"] is not None
    assert len(await world.sql("SELECT 1 FROM application")) == 1
    assert len(await world.sql("SELECT 1 FROM service_order")) == 1
    again = await bring_in_rows(world, row())
    assert (again.new, again.changed, again.same) == (0, 0, 1)


async def test_another_service_of_somebody_whose_number_was_not_known_lies_on_their_case(
    world: World,
) -> None:
    await bring_in_rows(world, row(**NO_NUMBER))
    await bring_in_rows(world, row(Tjeneste="Treningskontakt"))
    assert len(await world.sql("SELECT 1 FROM person")) == 1
    assert len(await world.sql("SELECT 1 FROM case_file")) == 1


async def test_a_list_with_two_numbers_for_one_known_row_gives_it_to_one_and_makes_the_other_new(
    world: World,
) -> None:
    await bring_in_rows(world, row(**NO_NUMBER))
    result = await bring_in_rows(world, row(), row(Fødselsnr=TWO.digits))
    assert (result.new, result.changed) == (1, 1)
    people = await world.sql("SELECT number_hash FROM person")
    assert len({found["number_hash"] for found in people}) == len(people) == 2


async def test_a_number_that_is_anothers_does_not_take_over_a_row_of_the_same_name(world: World) -> None:
    await registered(world, ONE)
    other = await registered(world)
    await world.sql("UPDATE person SET given_name = 'Liv Anna' WHERE id = $1", other)
    await bring_in_rows(world, row(**NO_NUMBER, **{"Etternavn,_fornavn": "Moen, Liv Anna"}))
    result = await bring_in_rows(world, row(**{"Etternavn,_fornavn": "Moen, Liv Anna"}))
    assert (result.new, result.changed) == (1, 0)
    assert len(await world.sql("SELECT 1 FROM person")) == 2
