"""Two registrations of one person become one, and nothing is left behind with the one that goes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid

from deploy.database import administrator
from sammen.db.base import Base, Kind
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.policy.roles import Role
from tenants.people.api import NationalNumber, PersonFacts, make_synthetic, read_number, register_person
from tenants.record.merging import NOT_MOVED, alike, merge_people, person_keys
from tests.isolation.canaries import Owner, fill
from tests.people_samples import acting_for, applied, born
from tests.worlds import World

CHILD = Role.PURCHASER_CHILD
TRAIL = {("audit_entry", "persons"), ("access_index", "person_id")}
"""The trail keeps whose id was read."""
PLACES = {("pool_consent", "municipalities"), ("pool_wish", "not_in")}
"""Lists of municipalities, which a canary fills with whatever it has."""
OTHERS = {("unusual_read", "entry_ids"), ("rights_extract", "cases")}
"""Lists of entries and of cases, filled so too."""
KEPT = TRAIL | NOT_MOVED | PLACES | OTHERS | {("person", "id")}


async def versions(world: World, kept: UUID, gone: UUID) -> tuple[int, int]:
    rows = {row["id"]: row["version"] for row in await world.sql("SELECT id, version FROM person")}
    return rows[kept], rows[gone]


async def merge(world: World, kept: UUID, gone: UUID, *, reason: str = "Samme person i folkeregisteret.",
                role: Role = CHILD, **chosen: str) -> int:  # fmt: skip
    shown = await versions(world, kept, gone)
    async with world.at("horten", role) as uow:
        return await merge_people(uow, kept, gone, chosen=chosen, reason=reason, versions=shown)


async def another(
    world: World, name: str = "Jonas Bergli", *, serial: int | None = None, **facts: Any
) -> UUID:
    """A registration without a case; with a synthetic national number when `serial` is given."""
    given, family = name.split(" ", 1)
    number = None
    if serial is not None:
        number = NationalNumber.parse(make_synthetic(born(12), "M", serial), accept_synthetic=True)
    async with world.at("horten", CHILD) as uow:
        return await register_person(
            uow, PersonFacts(given, family, number=number, birth_date=born(12), **facts)
        )


async def test_no_row_in_any_table_points_to_the_one_that_went(world: World) -> None:
    """The tables are read out of the metadata: a new one with a person in it is under this without anybody's help."""
    owner = Owner("flettes", world.horten, world.region, 1)
    async with administrator(world.database.admin_url) as admin:
        await fill(admin, [owner])
    gone = owner.id_in("person")
    await world.sql("UPDATE case_file SET purchaser = 'child', shielded = false")
    kept = await another(world, "Kanari Flettes")
    before = {(table.name, name) for table, name in person_keys()}
    assert {
        ("case_file", "person_id"),
        ("representative", "acts_for_id"),
        ("letter", "recipient_id"),
    } <= before
    assert await merge(world, kept, gone) >= len(before)
    left = []
    for table in Base.metadata.sorted_tables:
        if table.info.get("kind") is not Kind.MUNICIPAL:
            continue
        for column in table.columns:
            listed = isinstance(column.type, ARRAY) and isinstance(column.type.item_type, Uuid)
            if (table.name, column.name) in KEPT or not (listed or isinstance(column.type, Uuid)):
                continue
            test = "$1 = ANY (%s)" if listed else "%s = $1"
            if await world.sql(f"SELECT 1 FROM {table.name} WHERE " + test % column.name, gone):
                left.append(f"{table.name}.{column.name}")
    assert left == []


async def test_what_is_chosen_is_kept_and_the_rest_follows_by_itself(world: World) -> None:
    case, kept = await applied(world)
    gone = await another(world, serial=3, street="Nyveien 4", phone="900 00 123", speaks="tigrinja")
    await merge(world, kept, gone, address="gone", phone="gone", speaks="kept")
    (row,) = await world.sql("SELECT street, phone, speaks, merged_into FROM person WHERE id = $1", kept)
    assert dict(row) == {"street": "Nyveien 4", "phone": "900 00 123", "speaks": "", "merged_into": None}
    (row,) = await world.sql("SELECT merged_into, number_hash, street, phone FROM person WHERE id = $1", gone)
    assert dict(row) == {"merged_into": kept, "number_hash": None, "street": "", "phone": ""}
    async with world.at("horten", CHILD) as uow:
        assert await read_number(uow, kept) == make_synthetic(born(12), "M", 3)
    (change,) = await world.sql("SELECT persons, why FROM audit_entry WHERE action = 'person.merged'")
    assert set(change["persons"]) == {kept, gone}
    assert change["why"] == "Samme person i folkeregisteret."
    (found,) = await world.sql("SELECT person_id FROM case_file WHERE id = $1", case)
    assert found["person_id"] == kept


async def test_the_stricter_protection_is_kept_and_shields_the_others_cases(world: World) -> None:
    case, kept = await applied(world)
    other, gone = await applied(world, "Jonas Berglie", protection="kode6")
    await merge(world, kept, gone)
    rows = await world.sql("SELECT id, shielded FROM case_file ORDER BY id")
    assert {row["id"]: row["shielded"] for row in rows} == {case: True, other: True}
    (row,) = await world.sql("SELECT protection FROM person WHERE id = $1", kept)
    assert row["protection"] == "kode6"


async def test_pairs_are_people_of_one_name_and_birth_date_that_the_reader_may_see(world: World) -> None:
    _, kept = await applied(world)
    gone = await another(world, "jonas bergli", serial=1)
    await another(world, "Jonas Berg", serial=2)
    async with world.at("horten", CHILD) as uow:
        assert [(pair.kept, pair.gone) for pair in await alike(uow)] == [
            (gone, kept)
        ]  # the one with a number stays
    async with world.at("horten", Role.PURCHASER_ADULT) as uow:
        assert await alike(uow) == []  # one of the two is a child's, whom adults' purchasers do not see


async def test_two_numbers_are_two_people(world: World) -> None:
    first, second = await another(world, serial=1), await another(world, serial=2)
    async with world.at("horten", CHILD) as uow:
        assert await alike(uow) == []
    with pytest.raises(Invalid):
        await merge(world, first, second)


async def test_who_acts_for_the_other_is_another_person(world: World) -> None:
    _, person = await applied(world)
    mother = await acting_for(world, person, "Trine Bergli")
    with pytest.raises(Invalid):
        await merge(world, person, mother)


async def test_a_merge_needs_a_reason_fresh_eyes_and_the_right_to_both(world: World) -> None:
    _, kept = await applied(world)
    gone = await another(world)
    with pytest.raises(Invalid):
        await merge(world, kept, gone, reason="  ")
    with pytest.raises(NotFound):
        await merge(world, kept, gone, role=Role.PURCHASER_ADULT)
    with pytest.raises(Forbidden):
        await merge(world, kept, gone, role=Role.MANAGER)
    shown = await versions(world, kept, gone)
    await merge(world, kept, gone)
    with pytest.raises(NotFound):
        async with world.at("horten", CHILD) as uow:
            await merge_people(uow, kept, gone, chosen={}, reason="Igjen.", versions=shown)
    third = await another(world)
    with pytest.raises(Conflict):
        async with world.at("horten", CHILD) as uow:
            await merge_people(uow, kept, third, chosen={}, reason="For sent.", versions=(1, 1))


async def test_a_merged_registration_is_not_found_again(world: World) -> None:
    _, kept = await applied(world)
    gone = await another(world)
    await merge(world, kept, gone)
    _, again = await applied(world)
    assert again == kept
    words = await world.sql("SELECT 1 FROM person_name_word WHERE person_id = $1", gone)
    assert words == []


async def test_somebody_cannot_be_two_contacts(world: World) -> None:
    _, kept = await applied(world)
    gone = await another(world)
    for person in (kept, gone):
        await world.sql(
            "INSERT INTO support_contact (tenant_id, id, person_id, state, interests, languages, slots)"
            " VALUES ($1, gen_random_uuid(), $2, 'engaged', '{}', '{}', '{}')",
            world.horten, person,
        )  # fmt: skip
    with pytest.raises((Invalid, NotFound)):
        await merge(world, kept, gone)
