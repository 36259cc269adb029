"""The campaign's doors, knocked on by somebody with a connection and no proof, an old one, or one for something else."""

from __future__ import annotations

import time
from uuid import uuid4

import asyncpg
import pytest

from sammen.db.unit_of_work import plain_transaction
from shared_pool.campaigns.door import Visitor
from tests.campaign_samples import confirmed, opened
from tests.database import KEYS
from tests.worlds import World

MARK = "decode(repeat('00', 32), 'hex')"
DOORS = {
    "seen": f"SELECT sammen.campaign_seen('{uuid4()}', '', {MARK}, $1, $2)",
    "send": f"SELECT sammen.candidate_send('{uuid4()}', '{uuid4()}', '{uuid4()}', '', 'nb', {MARK}, {MARK}, '{{}}', {MARK},"
    f" {MARK}, {MARK}, {MARK}, {MARK}, $1, $2)",
    "pending": f"SELECT sammen.candidate_pending('{uuid4()}', $1, $2)",
    "resend": f"SELECT sammen.candidate_resend('{uuid4()}', {MARK}, {MARK}, {MARK}, {MARK}, {MARK}, $1, $2)",
    "confirm": f"SELECT sammen.candidate_confirm({MARK}, {MARK}, {MARK}, {MARK}, $1, $2)",
    "own": f"SELECT sammen.candidate_own({MARK}, {MARK}, $1, $2)",
    "change": f"SELECT sammen.candidate_change({MARK}, '{{}}', true, {MARK}, {MARK}, {MARK}, $1, $2)",
    "lost": f"SELECT sammen.candidate_lost('{uuid4()}', {MARK}, {MARK}, {MARK}, {MARK}, $1, $2)",
}  # fmt: skip


@pytest.mark.parametrize("door", list(DOORS))
async def test_no_door_opens_without_a_proof_for_just_what_it_is_given(
    shared_world: World, door: str
) -> None:
    expires = int(time.time()) + 60
    for proof in (b"", b"x" * 32, KEYS.door_proof(f"candidate.{door}|{expires}"), None):
        with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError):
            async with plain_transaction(shared_world.engine) as raw:
                await raw.execute(DOORS[door], expires, proof)


async def test_a_proof_that_has_run_out_shows_nobodys_application(world: World) -> None:
    await opened(world)
    token = (await confirmed(world)).rpartition("/")[2].partition("?")[0]
    visitor = Visitor(world.engine, KEYS, "192.0.2.7")
    link, address = visitor._lookup(token), visitor._mark()
    over = int(time.time()) - 1
    proof = KEYS.door_proof(f"candidate.own|{link.hex()}|{address.hex()}|{over}")
    with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError):
        async with plain_transaction(world.engine) as raw:
            await raw.execute("SELECT sammen.candidate_own($1, $2, $3, $4)", link, address, over, proof)
    assert await visitor.own(token) is not None


@pytest.mark.parametrize(
    "table", ["candidate_application", "campaign_knock", "campaign", "campaign_source", "campaign_tally"]
)
async def test_who_has_no_ticket_reads_nothing_of_campaigns_but_what_is_published(
    world: World, table: str
) -> None:
    await opened(world)
    await confirmed(world)
    try:
        async with plain_transaction(world.engine) as raw:
            assert await raw.fetch(f"SELECT 1 FROM sammen.{table}") == []
    except asyncpg.InsufficientPrivilegeError:
        return
