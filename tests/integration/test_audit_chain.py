"""The trail's chain on a real database: every way of changing what was written is found, and what is untouched is not."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from sammen.audit.seal import seal_all
from sammen.audit.trail import record_change, record_read
from sammen.audit.verify import Head, Report, heads, verify
from sammen.db.unit_of_work import plain_transaction
from sammen.ids import uuid7
from sammen.jobs.registry import VISITORS
from sammen.policy.roles import Role
from sammen.tenancy.context import PlaceKind
from sammen.tenancy.enter import enter_job
from tests.database import KEYS
from tests.worlds import World

COORDINATOR = Role.PROVIDER_COORDINATOR


async def write(world: World, slug: str, count: int) -> list[UUID]:
    persons = [uuid7() for _ in range(count)]
    async with world.at(slug, COORDINATOR) as uow:
        for person in persons:
            await record_read(uow, "person.shown", [person], why="Koordinator for personen")
    return persons


async def seal(world: World, tenant: UUID) -> int:
    async with world.job(tenant, name="audit.seal") as uow:
        return await seal_all(uow)


async def sealed_world(world: World) -> list[Head]:
    """Five sealed entries in Horten, three in Re; the heads as an outside witness would keep them."""
    await write(world, "horten", 5)
    await write(world, "re", 3)
    assert await seal(world, world.horten) == 5
    assert await seal(world, world.re) == 3
    return await heads(world.database.admin_url)


async def report(world: World, slug: str = "horten", witness: list[Head] | None = None) -> Report:
    found = await verify(world.database.admin_url, witness or [])
    return next(one for one in found if one.slug == slug)


async def broken(world: World, slug: str = "horten", witness: list[Head] | None = None) -> str:
    return (await report(world, slug, witness)).broken or ""


async def test_an_untouched_trail_is_whole_with_and_without_a_witness(world: World) -> None:
    witness = await sealed_world(world)
    assert await broken(world) == ""
    assert await broken(world, "re", witness) == ""
    await write(world, "horten", 2)
    assert (await report(world)).waiting == 2
    await seal(world, world.horten)
    found = await report(world, witness=witness)
    assert (found.sealed, found.waiting, found.broken) == (7, 0, None)


@pytest.mark.parametrize(
    "change",
    [
        "why = 'Noe annet'",
        "at = at + interval '1 microsecond'",
        "actor_name = 'En annen'",
        "persons = ARRAY[gen_random_uuid()]",
        "details = '{\"a\": 1}'",
        "role = ''",
        "seal = sha256('x')",
    ],
)
async def test_an_edited_entry_is_found_by_its_number(world: World, change: str) -> None:
    await sealed_world(world)
    await world.sql(f"UPDATE audit_entry SET {change} WHERE tenant_id = $1 AND seal_no = 3", world.horten)
    assert "oppføring 3 er endret" in await broken(world)
    assert await broken(world, "re") == ""


async def test_a_deleted_entry_is_found_by_its_number(world: World) -> None:
    await sealed_world(world)
    await world.sql("DELETE FROM access_index")
    await world.sql("DELETE FROM audit_entry WHERE tenant_id = $1 AND seal_no = 2", world.horten)
    assert "oppføring 2 mangler" in await broken(world)


async def test_a_deleted_entry_whose_hole_was_closed_is_found(world: World) -> None:
    await sealed_world(world)
    await world.sql("DELETE FROM access_index")
    await world.sql("DELETE FROM audit_entry WHERE tenant_id = $1 AND seal_no = 2", world.horten)
    for number in (3, 4, 5):
        await world.sql(
            "UPDATE audit_entry SET seal_no = seal_no - 1 WHERE tenant_id = $1 AND seal_no = $2",
            world.horten,
            number,
        )
    assert "oppføring 2 er endret eller flyttet" in await broken(world)


async def test_two_entries_in_each_others_place_are_found(world: World) -> None:
    await sealed_world(world)
    for old, new in ((2, 99), (4, 2), (99, 4)):
        await world.sql(
            "UPDATE audit_entry SET seal_no = $3 WHERE tenant_id = $1 AND seal_no = $2",
            world.horten,
            old,
            new,
        )
    assert "oppføring 2 er endret eller flyttet" in await broken(world)


async def test_an_entry_slipped_in_is_found(world: World) -> None:
    await sealed_world(world)
    await world.sql(
        "INSERT INTO audit_entry (tenant_id, id, category, action, actor_name, role, why, seal_no, seal) "
        "VALUES ($1, gen_random_uuid(), 'read', 'x', '', '', '', 6, sha256('x'))",
        world.horten,
    )
    assert "oppføring 6 er endret" in await broken(world)


async def cut(world: World, after: int) -> None:
    await world.sql("DELETE FROM access_index")
    await world.sql("DELETE FROM audit_entry WHERE tenant_id = $1 AND seal_no > $2", world.horten, after)


async def test_a_chain_cut_at_its_end_is_found_by_its_head(world: World) -> None:
    await sealed_world(world)
    await cut(world, 3)
    assert "2 oppføringer er tatt bort fra slutten" in await broken(world)


async def test_a_chain_cut_with_its_head_deleted_is_found(world: World) -> None:
    await sealed_world(world)
    await cut(world, 3)
    await world.sql("DELETE FROM audit_head WHERE scope_id = $1", world.horten)
    assert "ikke noe hode" in await broken(world)


async def test_a_chain_and_head_cut_together_are_found_by_the_witness_only(world: World) -> None:
    witness = await sealed_world(world)
    await cut(world, 3)
    await world.sql(
        "UPDATE audit_head SET seal_no = 3, seal = (SELECT seal FROM audit_entry WHERE tenant_id = $1 AND seal_no = 3)"
        " WHERE scope_id = $1",
        world.horten,
    )
    assert await broken(world) == ""
    assert "vitnet så 5 oppføringer, nå er det 3" in await broken(world, witness=witness)


async def test_a_trail_that_is_gone_altogether_is_found_by_the_witness(world: World) -> None:
    witness = await sealed_world(world)
    await cut(world, 0)
    await world.sql("DELETE FROM audit_head WHERE scope_id = $1", world.horten)
    assert await broken(world) == ""
    assert "vitnet så 5" in await broken(world, witness=witness)


async def test_a_chain_written_anew_from_end_to_end_is_found_by_the_witness_only(world: World) -> None:
    witness = await sealed_world(world)
    await world.sql("DELETE FROM access_index")
    await world.sql("DELETE FROM audit_head WHERE scope_id = $1", world.horten)
    await world.sql(
        "UPDATE audit_entry SET seal_no = NULL, seal = NULL, why = 'Skrevet om' WHERE tenant_id = $1",
        world.horten,
    )
    assert await seal(world, world.horten) == 5
    assert await broken(world) == ""
    assert "en annen enn den vitnet så" in await broken(world, witness=witness)


async def test_sealing_twice_at_once_numbers_every_entry_once(world: World) -> None:
    import asyncio

    await write(world, "horten", 40)
    counts = await asyncio.gather(*(seal(world, world.horten) for _ in range(4)))
    assert sum(counts) == 40
    assert (await report(world)).sealed == 40
    assert await broken(world) == ""


async def test_sealing_tells_each_person_which_entries_are_about_them(world: World) -> None:
    persons = await write(world, "horten", 2)
    async with world.at("horten", COORDINATOR) as uow:
        await record_change(uow, "case.changed", "case", uuid7(), persons=persons)
    await seal(world, world.horten)
    found = await world.sql("SELECT person_id, count(*) AS n FROM access_index GROUP BY person_id")
    assert {row["person_id"]: row["n"] for row in found} == dict.fromkeys(persons, 2)


async def test_the_app_role_can_neither_change_nor_remove_an_entry(world: World) -> None:
    await sealed_world(world)
    for statement in (
        "UPDATE audit_entry SET why = ''",
        "DELETE FROM audit_entry",
        "UPDATE audit_head SET seal_no = 1",
    ):
        async with world.at("horten", COORDINATOR) as uow:
            with pytest.raises(Exception, match="permission denied"):
                await uow.call(f"{statement.replace(' audit', ' sammen.audit')}")
            await uow.rollback()
    assert await broken(world) == ""


async def test_the_minutes_visit_queues_one_job_a_place_and_the_jobs_seal(world: World) -> None:
    await write(world, "horten", 3)
    async with world.at("vestfold", Role.SHARED_COORDINATOR) as uow:
        await record_change(uow, "need.seen", "need", uuid7())
    await world.run_jobs()
    for _ in range(2):
        async with plain_transaction(world.engine) as connection:
            await VISITORS["audit.visit"].visit(connection, KEYS)
    assert (await world.sql("SELECT count(*) AS n FROM job_queue"))[0]["n"] == 2
    await world.run_jobs()
    assert [(await report(world, slug)).sealed for slug in ("horten", "re", "vestfold")] == [3, 0, 1]
    assert await broken(world, "vestfold") == ""


async def test_a_regions_chain_is_verified_like_a_municipalitys(world: World) -> None:
    async with world.at("vestfold", Role.SHARED_COORDINATOR) as uow:
        await record_change(uow, "need.seen", "need", uuid7())
    uow = await enter_job(world.engine, KEYS, PlaceKind.REGION, world.region, job="audit.seal")
    assert await seal_all(uow) == 1
    await uow.commit()
    await world.sql("UPDATE region_audit_entry SET action = 'x'")
    assert "oppføring 1 er endret" in await broken(world, "vestfold")


def test_a_head_survives_being_written_down_and_read_again() -> None:
    head = Head("horten", uuid7(), 17, b"\x01" * 32, datetime(2026, 11, 21, tzinfo=UTC))
    again = Head.parse(head.line())
    assert (again.slug, again.scope, again.number, again.seal) == (
        head.slug,
        head.scope,
        head.number,
        head.seal,
    )
