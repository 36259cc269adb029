"""National numbers as they are kept: sealed, found by a hash that is each municipality's own, and of all three kinds."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from sammen.policy.roles import Role
from tenants.people.api import (
    NationalNumber,
    PersonFacts,
    find_person,
    make_synthetic,
    read_number,
    register_person,
)
from tests.people_samples import born
from tests.worlds import World

EXAMPLES = Path(__file__).parents[2] / "deploy" / "demo" / "data" / "synthetic_fnr_examples.csv"
D_NUMBER = next(
    row["number"] for row in csv.DictReader(EXAMPLES.open(encoding="utf-8")) if row["kind"] == "d-number"
)
SYNTHETIC = make_synthetic(born(30), "F", 5)


def number(text: str) -> NationalNumber:
    return NationalNumber.parse(text, accept_synthetic=True)


@pytest.mark.parametrize("digits", [D_NUMBER, SYNTHETIC])
async def test_a_number_is_sealed_and_found_again_by_its_hash(world: World, digits: str) -> None:
    facts = PersonFacts("Åse", "Sørlie", number=number(digits))
    async with world.at("horten", Role.PURCHASER_ADULT) as uow:
        person = await register_person(uow, facts)
        assert await find_person(uow, PersonFacts("Et", "Annetnavn", number=number(digits))) == person
        assert await read_number(uow, person) == digits
    (row,) = await world.sql("SELECT p.*, p::text AS said FROM person p")
    assert digits not in row["said"]
    assert digits.encode() not in row["number_cipher"]
    assert row["birth_date"] == number(digits).birth_date


async def test_the_same_number_has_another_hash_in_another_municipality(world: World) -> None:
    """Who has both databases' rows cannot tell from them that it is one person."""
    for slug in ("horten", "re"):
        async with world.at(slug, Role.PURCHASER_ADULT) as uow:
            await register_person(uow, PersonFacts("Åse", "Sørlie", number=number(SYNTHETIC)))
    first, second = await world.sql("SELECT number_hash, number_cipher FROM person ORDER BY tenant_id")
    assert first["number_hash"] != second["number_hash"]
    assert first["number_cipher"] != second["number_cipher"]
