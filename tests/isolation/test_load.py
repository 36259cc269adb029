"""The one hash that is equal in two municipalities (C6), attacked: raw SQL, other people's contacts, keys and tickets."""

from __future__ import annotations

import time
from uuid import uuid4

import asyncpg
import pytest

from deploy.database import plain_url
from sammen.policy.roles import Role
from tests.database import KEYS
from tests.load_samples import let_see, number_of, numbered_contact, switched_on
from tests.worlds import World

COORDINATOR, CONTACT = Role.PROVIDER_COORDINATOR, Role.CONTACT
REFUSED = asyncpg.InsufficientPrivilegeError
SWITCH = "SELECT sammen.load_switch($1, $2, $3, $4, $5, $6) AS done"


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT count(*) FROM load_entry",
        "SELECT 1 FROM load_entry WHERE key = '\\x00'",
        "INSERT INTO load_entry (id) VALUES (gen_random_uuid())",
        "UPDATE load_entry SET hours = 0",
        "DELETE FROM load_entry",
        "COPY load_entry TO STDOUT",
        "SELECT green_to FROM load_limit",
        "SELECT sammen.load_colour(gen_random_uuid(), '\\x00')",
        "SELECT sammen.load_mine(gen_random_uuid())",
    ],
)
@pytest.mark.parametrize("role", [COORDINATOR, CONTACT, Role.SHARED_COORDINATOR, Role.OPERATOR])
async def test_nobody_reaches_the_table_or_what_is_behind_the_doors(
    shared_world: World, role: Role, statement: str
) -> None:
    slug = {Role.SHARED_COORDINATOR: "vestfold", Role.OPERATOR: "drift"}.get(role, "horten")
    with pytest.raises(REFUSED):
        async with shared_world.at(slug, role) as uow:
            await uow.call(statement)


async def test_no_door_says_anything_without_a_ticket_or_with_a_forged_one(world: World) -> None:
    contact_id = await switched_on(world, "horten", "4")
    await let_see(world, "horten", contact_id)
    forged = f"3|municipality|{world.horten}||{uuid4()}|{uuid4()}|provider_coordinator,job|1|1|9999999999|00"
    connection = await asyncpg.connect(plain_url(world.database.app_url))
    try:
        for ticket in ("", "garbage", forged):
            async with connection.transaction():
                await connection.execute("SELECT set_config('sammen.ticket', $1, true)", ticket)
                for door in ("load_light", "load_own"):
                    assert await connection.fetch(f"SELECT * FROM sammen.{door}($1)", contact_id) == []
                assert await connection.fetch("SELECT * FROM sammen.load_contacts()") == []
                assert await connection.fetchval("SELECT sammen.load_show($1, 'green')", contact_id) is False
            with pytest.raises(REFUSED):
                await connection.execute("SELECT sammen.load_set($1, 1)", contact_id)
    finally:
        await connection.close()


async def test_the_municipality_next_door_sees_no_light_of_the_same_person(world: World) -> None:
    """Amund works in both; each coordinator sees what he let them see, and asks only by their own contact's id."""
    here = await switched_on(world, "horten", "4")
    there = await switched_on(world, "re", "30")
    await let_see(world, "horten", here)
    async with world.at("re", COORDINATOR) as uow:
        for asked in (here, there, uuid4()):
            assert await uow.call("SELECT * FROM sammen.load_light($1)", asked) == []
    async with world.at("horten", COORDINATOR) as uow:
        found = await uow.call("SELECT * FROM sammen.load_light($1)", here)
        assert [set(dict(row)) for row in found] == [{"light", "shown_on"}]


@pytest.mark.parametrize(
    "role", [Role.MANAGER, Role.PAYROLL, Role.PURCHASER_CHILD, Role.MUNICIPALITY_ADMINISTRATOR]
)
async def test_only_the_coordinator_is_shown_the_light(world: World, role: Role) -> None:
    contact_id = await switched_on(world, "horten", "4")
    await let_see(world, "horten", contact_id)
    async with world.at("horten", role) as uow:
        assert await uow.call("SELECT * FROM sammen.load_light($1)", contact_id) == []


async def test_nobody_sees_switches_or_shows_another_contacts_light(world: World) -> None:
    contact_id = await switched_on(world, "horten", "4")
    for slug, role in (("horten", Role.SERVICE_USER), ("re", CONTACT), ("horten", COORDINATOR)):
        async with world.at(slug, role) as uow:
            assert await uow.call("SELECT * FROM sammen.load_own($1)", contact_id) == []
            assert (await uow.call("SELECT sammen.load_show($1, 'green') AS d", contact_id))[0]["d"] is False
            key, expires = KEYS.load_key(world.region, number_of().digits), int(time.time()) + 60
            said = f"load.switch|{contact_id}|{world.region}|{key.hex()}|false|{uow.context.user}|{expires}"
            rows = await uow.call(
                SWITCH, contact_id, world.region, key, False, expires, KEYS.door_proof(said)
            )
            assert rows[0]["done"] is False
    assert len(await world.sql("SELECT 1 FROM load_entry")) == 1


@pytest.mark.parametrize("tampered", ["key", "user", "on", "expired", "proof"])
async def test_an_injected_statement_puts_no_key_of_its_choice_beside_a_contact(
    world: World, tampered: str
) -> None:
    """Who could, would ask by number: a contact of one's own, somebody else's key, and the light of that somebody."""
    contact_id = await numbered_contact(world, "horten")
    await switched_on(world, "re", "30", serial=1)
    theirs = KEYS.load_key(world.region, number_of(1).digits)
    async with world.at("horten", CONTACT) as uow:
        user = uuid4() if tampered == "user" else uow.context.user
        key = KEYS.load_key(world.region, number_of().digits) if tampered == "key" else theirs
        expires = int(time.time()) + (-1 if tampered == "expired" else 60)
        on = "false" if tampered == "on" else "true"
        said = f"load.switch|{contact_id}|{world.region}|{key.hex()}|{on}|{user}|{expires}"
        proof = b"x" * 32 if tampered == "proof" else KEYS.door_proof(said)
        with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError):
            await uow.call(SWITCH, contact_id, world.region, theirs, True, expires, proof)
        await uow.rollback()
    assert len(await world.sql("SELECT 1 FROM load_entry")) == 1


async def test_hours_are_set_by_the_municipalitys_own_job_for_its_own_contact_and_once_a_day(
    world: World,
) -> None:
    """Otherwise one could try hours of one's own until the colour turns, and so learn the hours elsewhere."""
    here = await switched_on(world, "horten", "4")
    with pytest.raises(REFUSED):
        async with world.at("horten", COORDINATOR) as uow:
            await uow.call("SELECT sammen.load_set($1, 9)", here)
    async with world.job(world.re) as uow:
        assert await uow.call("SELECT * FROM sammen.load_contacts()") == []
        await uow.call("SELECT sammen.load_set($1, 9)", here)
    async with world.job(world.horten) as uow:
        for hours in (5, 6, 7):
            await uow.call("SELECT sammen.load_set($1, $2)", here, hours)
    [row] = await world.sql("SELECT hours FROM load_entry")
    assert row["hours"] == 5


async def test_the_key_is_equal_in_two_municipalities_and_nowhere_else(world: World) -> None:
    digits = number_of().digits
    other_region = uuid4()
    assert KEYS.load_key(world.region, digits) == KEYS.load_key(world.region, digits)
    assert KEYS.load_key(world.region, digits) != KEYS.load_key(other_region, digits)
    assert KEYS.load_key(world.region, digits) != KEYS.number_hash(world.region, digits)
    await switched_on(world, "horten", "4")
    await switched_on(world, "re", "4")
    rows = await world.sql("SELECT DISTINCT key FROM load_entry")
    assert len(rows) == 1
    hashes = await world.sql("SELECT DISTINCT number_hash FROM person WHERE number_hash IS NOT NULL")
    assert len(hashes) == 2


async def test_the_trail_says_that_and_not_which(world: World) -> None:
    contact_id = await switched_on(world, "horten", "30")
    await let_see(world, "horten", contact_id)
    rows = await world.sql(
        "SELECT action, details::text AS said FROM audit_entry WHERE action LIKE 'load.%' ORDER BY at"
    )
    assert [row["action"] for row in rows] == ["load.switched", "load.shown"]
    assert all("red" not in row["said"] for row in rows)
