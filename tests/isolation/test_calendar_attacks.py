"""The calendar's doors, knocked on by somebody with a connection and no proof, or with somebody else's ticket."""

from __future__ import annotations

import time
from uuid import UUID, uuid4

import asyncpg
import pytest

from sammen.db.unit_of_work import plain_transaction
from sammen.policy.roles import Role
from shared_pool.calendar.door import Sender
from shared_pool.calendar.service import write_event
from tests.calendar_samples import facts, published
from tests.database import KEYS
from tests.worlds import World

MARK = "decode(repeat('00', 32), 'hex')"
DOORS = {
    "send": f"SELECT sammen.calendar_send('{uuid4()}', '{uuid4()}', NULL, 'nb', '{{}}', {MARK}, {MARK}, {MARK}, {MARK}, {MARK},"
    f" {MARK}, $1, $2)",
    "pending": f"SELECT sammen.calendar_pending('{uuid4()}', $1, $2)",
    "confirm": f"SELECT sammen.calendar_confirm({MARK}, {MARK}, {MARK}, {MARK}, $1, $2)",
    "own": f"SELECT sammen.calendar_own({MARK}, {MARK}, $1, $2)",
    "change": f"SELECT sammen.calendar_change({MARK}, '', {MARK}, $1, $2)",
}  # fmt: skip


@pytest.mark.parametrize("door", list(DOORS))
async def test_no_door_opens_without_a_proof_for_just_what_it_is_given(
    shared_world: World, door: str
) -> None:
    expires = int(time.time()) + 60
    for proof in (b"", b"x" * 32, KEYS.door_proof(f"calendar.{door}|{expires}"), None):
        with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError):
            async with plain_transaction(shared_world.engine) as raw:
                await raw.execute(DOORS[door], expires, proof)


@pytest.mark.parametrize(
    "call", [f"calendar_mail('{UUID(int=7)}')", f"calendar_mailed('{UUID(int=7)}', 'sent')"]
)
async def test_only_a_job_is_told_whom_a_notice_is_for(world: World, call: str) -> None:
    with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError):
        async with plain_transaction(world.engine) as raw:
            await raw.execute(f"SELECT sammen.{call}")
    with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError):
        async with world.at("vestfold", Role.SHARED_COORDINATOR) as uow:
            await uow.call(f"SELECT sammen.{call}")


@pytest.mark.parametrize("table", ["calendar_event", "calendar_edition", "calendar_submission"])
async def test_who_has_no_ticket_reads_nothing_but_what_is_published(world: World, table: str) -> None:
    await published(world)
    async with world.at("horten", Role.PROVIDER_COORDINATOR) as uow:
        await write_event(uow, facts(world.horten, title="Utkast"))
    async with plain_transaction(world.engine) as raw:
        found = await raw.fetch("SELECT title FROM sammen.calendar_published($1)", world.region)
        assert [row["title"] for row in found] == ["Åpen klatrekveld"]
    try:
        async with plain_transaction(world.engine) as raw:
            assert await raw.fetch(f"SELECT 1 FROM sammen.{table}") == []
    except asyncpg.InsufficientPrivilegeError:
        return


async def sent_in(world: World) -> UUID:
    """Something that Horten has been sent, confirmed; its event's id."""
    sender = Sender(world.engine, KEYS, "192.0.2.7")
    made = await sender.send(world.region, facts(world.horten), "kor@example.no", language="nb", page_key="k")
    assert await sender.confirm((await sender.pending(made)).token)
    (row,) = await world.sql("SELECT id FROM calendar_event")
    found: UUID = row["id"]
    return found


async def test_nobody_but_its_host_answers_who_sent_it_in(world: World) -> None:
    event_id = await sent_in(world)
    tell = f"SELECT * FROM sammen.calendar_tell($1, 'published', {MARK}, {MARK})"
    for slug, role in (("re", Role.PROVIDER_COORDINATOR), ("vestfold", Role.SHARED_COORDINATOR)):
        async with world.at(slug, role) as uow:
            assert await uow.call(tell, event_id) == []
    async with plain_transaction(world.engine) as raw:
        assert await raw.fetch(tell, event_id) == []
    async with world.at("horten", Role.PROVIDER_COORDINATOR) as uow:
        assert len(await uow.call(tell, event_id)) == 1


async def test_what_is_sent_in_cannot_make_itself_published_or_anothers(world: World) -> None:
    await sent_in(world)
    (row,) = await world.sql(
        "SELECT state, host_id, municipality_id, outside, published_at FROM calendar_event"
    )
    assert tuple(row) == ("submitted", world.horten, world.horten, True, None)
