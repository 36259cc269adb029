"""Twelve municipalities on a small pool, a thousand random steps each: raised, cancelled, nested, gathered, abandoned.
Nobody ever sees another's canary. Each run is repeatable by its seed.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.database import administrator
from sammen.db.unit_of_work import UnitOfWork, make_engine
from sammen.errors import Unavailable
from sammen.identity.service import AS_PERSONA, start_session
from sammen.keys import token_hash
from sammen.tenancy.context import PlaceKind
from sammen.tenancy.enter import enter_job, enter_web
from tests.database import KEYS, TestDatabase, fresh_database
from tests.isolation.attacks import seen_without_a_place
from tests.isolation.canaries import Owner, fill
from tests.worlds import SINCE

MUNICIPALITIES = ("andebu", "hof", "holmestrand", "horten", "lardal", "larvik", "notteroy", "re", "sandefjord", "stokke",
                  "tjome", "tonsberg")  # fmt: skip
STEPS_EACH = 1_000
SEEDS = (1, 2, 3, 4)
# One statement over tables of every kind a municipality may read: whose canaries does it show?
LOOK = (
    "SELECT tenant_id, title AS text FROM sammen.task UNION ALL SELECT tenant_id, given_name FROM sammen.person"
    " UNION ALL SELECT tenant_id, own_words FROM sammen.mapping UNION ALL SELECT posted_by, about FROM sammen.need"
    " UNION ALL SELECT home_id, code FROM sammen.candidate UNION ALL SELECT need_tenant_id, proposer_note FROM sammen.proposal"
)
COUNT = 6


def chance_of(seed: object) -> random.Random:
    """Chance that repeats itself."""
    return random.Random(str(seed))  # noqa: S311 - must be repeatable, not secret


class Trouble(Exception):
    """What a handler raises in these tests."""


class Twelve:
    """Twelve filled municipalities, a web session in each, and an engine with a small pool."""

    def __init__(self, database: TestDatabase, owners: list[Owner]) -> None:
        self.database = database
        self.owners = owners
        self.hashes: dict[UUID, bytes] = {}
        self.looks = 0

    async def sign_in(self) -> None:
        engine = make_engine(self.database.app_url, pool_size=1)
        for owner in self.owners:
            user = uuid4()
            async with administrator(self.database.admin_url) as admin:
                await admin.execute(
                    "INSERT INTO sammen.user_account (id, email, display_name) VALUES ($1, $2, 'Prøve')",
                    user,
                    f"{user}@x.test",
                )
                await admin.execute(
                    "INSERT INTO sammen.membership (id, user_id, kind, municipality_id, role, valid_from, granted_by)"
                    " VALUES ($1, $2, 'municipality', $3, 'manager', $4, 'test')",
                    uuid4(), user, owner.tenant, SINCE,
                )  # fmt: skip
            self.hashes[owner.tenant] = token_hash(
                await start_session(engine, KEYS, user, "test", uuid4(), AS_PERSONA)
            )
        await engine.dispose()

    async def enter(self, engine: AsyncEngine, owner: Owner, chance: random.Random) -> UnitOfWork:
        """As a request or as a job."""
        if chance.random() < 0.5:
            return await enter_web(
                engine, KEYS, self.hashes[owner.tenant], PlaceKind.MUNICIPALITY, owner.name
            )
        return await enter_job(engine, KEYS, PlaceKind.MUNICIPALITY, owner.tenant, job="try")

    async def look(self, uow: UnitOfWork, owner: Owner) -> None:
        """Fail on any canary that is not the owner's, and on any of the owner's that is missing."""
        rows = await uow.call(LOOK)
        foreign = [
            row["text"] for row in rows if row["tenant_id"] != owner.tenant or owner.marker not in row["text"]
        ]
        assert foreign == [], f"{owner.name} saw {foreign}"
        assert len(rows) == COUNT
        assert uow.context.tenant_id == owner.tenant
        self.looks += 1


@pytest.fixture(scope="module")
async def twelve(migrated: tuple[str, str]) -> AsyncIterator[Twelve]:
    async with fresh_database(*migrated) as database:
        region = uuid4()
        owners = [Owner(name, uuid4(), region, n) for n, name in enumerate(MUNICIPALITIES, 1)]
        async with administrator(database.admin_url) as admin:
            await admin.execute(
                "INSERT INTO sammen.region (id, slug, name, valid_from) VALUES ($1, 'vestfold', 'Vestfold', $2)",
                region,
                SINCE,
            )
            for owner in owners:
                await admin.execute(
                    "INSERT INTO sammen.municipality (id, code, slug, name, valid_from) VALUES ($1, $2, $3, $3, $4)",
                    owner.tenant, f"{owner.number:04}", owner.name, SINCE,
                )  # fmt: skip
            await fill(admin, owners)
        made = Twelve(database, owners)
        await made.sign_in()
        yield made


async def plain(twelve: Twelve, uow: UnitOfWork, owner: Owner, chance: random.Random) -> None:
    """Look and commit."""
    await twelve.look(uow, owner)
    await uow.commit()


async def write(twelve: Twelve, uow: UnitOfWork, owner: Owner, chance: random.Random) -> None:
    """Change a row through the ORM's connection, look, and change it back by rolling back or not at all."""
    await uow.session.execute(text("UPDATE sammen.task SET done = done + 1"))
    await twelve.look(uow, owner)
    await (uow.commit() if chance.random() < 0.5 else uow.rollback())


async def fail(twelve: Twelve, uow: UnitOfWork, owner: Owner, chance: random.Random) -> None:
    """Raise in the middle, as a handler that meets a typed error does."""
    await twelve.look(uow, owner)
    raise Trouble


async def break_sql(twelve: Twelve, uow: UnitOfWork, owner: Owner, chance: random.Random) -> None:
    """Break the transaction itself, so that the connection goes back in a failed state."""
    await uow.call("SELECT 1 / 0")


async def nest(twelve: Twelve, uow: UnitOfWork, owner: Owner, chance: random.Random) -> None:
    """A savepoint that is rolled back, and a ticket that is spoiled inside it: the outer one holds again after."""
    savepoint = uow.raw.transaction()
    await savepoint.start()
    await uow.call("SELECT set_config('sammen.ticket', '', true)")
    assert await uow.call(LOOK) == []
    await savepoint.rollback()
    await twelve.look(uow, owner)
    await uow.commit()


async def pause(twelve: Twelve, uow: UnitOfWork, owner: Owner, chance: random.Random) -> None:
    """Let the others run while this one holds its transaction, then look again."""
    await twelve.look(uow, owner)
    await asyncio.sleep(chance.random() / 500)
    await twelve.look(uow, owner)
    await uow.commit()


async def leave_a_setting(twelve: Twelve, uow: UnitOfWork, owner: Owner, chance: random.Random) -> None:
    """Keep the ticket for the whole session: the next borrower of the connection must gain nothing by it."""
    await uow.call("SELECT set_config('sammen.ticket', current_setting('sammen.ticket'), false)")
    await twelve.look(uow, owner)
    await uow.commit()


async def walk_away(twelve: Twelve, uow: UnitOfWork, owner: Owner, chance: random.Random) -> None:
    """Look and end without saying how: the caller's net rolls back."""
    await twelve.look(uow, owner)


DEEDS = (plain, plain, plain, write, fail, break_sql, nest, pause, leave_a_setting, walk_away)


async def step(twelve: Twelve, engine: AsyncEngine, owner: Owner, chance: random.Random) -> None:
    """One request or job, ended as the door ends it: whatever happens, the unit of work is over afterwards."""
    deed = chance.choice(DEEDS)
    try:
        uow = await twelve.enter(engine, owner, chance)
    except Unavailable:
        return  # On a busy machine the small pool may be empty for its two seconds: then nobody saw anything.
    try:
        await deed(twelve, uow, owner, chance)
    except AssertionError:
        raise
    except Exception as error:
        if deed not in (fail, break_sql):
            raise error
    finally:
        await uow.rollback()


async def cancelled_step(twelve: Twelve, engine: AsyncEngine, owner: Owner, chance: random.Random) -> None:
    """The same, whose client goes away at some moment: before entering, under a statement, or while ending."""
    task = asyncio.create_task(step(twelve, engine, owner, chance))
    await asyncio.sleep(chance.random() / 250)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        return


async def walk(twelve: Twelve, engine: AsyncEngine, owner: Owner, seed: int, steps: int) -> None:
    """One municipality's day: `steps` requests one after another, at times two at once in one gather."""
    chance = chance_of(f"{seed} {owner.name}")
    done = 0
    while done < steps:
        pick = chance.random()
        if pick < 0.08:
            await cancelled_step(twelve, engine, owner, chance)
        elif pick < 0.16 and steps - done >= 2:
            other = chance.choice(twelve.owners)
            await asyncio.gather(step(twelve, engine, owner, chance), step(twelve, engine, other, chance))
            done += 1
        else:
            await step(twelve, engine, owner, chance)
        done += 1


async def rest_is_clean(engine: AsyncEngine) -> None:
    """Every connection of the pool, borrowed without a place, shows nothing."""
    held = [await UnitOfWork.open(engine, "SELECT 1") for _ in range(engine.pool.size())]  # type: ignore[attr-defined]  # a queue pool has a size
    for uow, _ in held:
        assert await seen_without_a_place(uow.raw) == []
    for uow, _ in held:
        await uow.rollback()


@pytest.mark.parametrize("seed", SEEDS)
async def test_random_interleavings_never_show_a_foreign_canary(seed: int, twelve: Twelve) -> None:
    engine = make_engine(twelve.database.app_url, pool_size=4)
    before = twelve.looks
    try:
        steps = STEPS_EACH // len(SEEDS)
        async with asyncio.timeout(240), asyncio.TaskGroup() as group:
            for owner in twelve.owners:
                group.create_task(walk(twelve, engine, owner, seed, steps))
        assert twelve.looks - before > steps * len(twelve.owners) // 2
        await rest_is_clean(engine)
    finally:
        await engine.dispose()


async def test_on_a_pool_of_one_the_next_borrower_starts_with_nothing(twelve: Twelve) -> None:
    engine = make_engine(twelve.database.app_url, pool_size=1)
    chance = chance_of(7)
    backends = set()
    try:
        for _ in range(60):
            owner = chance.choice(twelve.owners)
            uow = await twelve.enter(engine, owner, chance)
            backends.add(uow.raw.get_server_pid())
            await uow.rollback()
            await step(twelve, engine, owner, chance)
            await rest_is_clean(engine)
        assert len(backends) == 1, "the pool was meant to hand out one connection again and again"
    finally:
        await engine.dispose()


@pytest.mark.parametrize("moment", range(0, 40, 2))
async def test_a_client_that_goes_away_at_any_moment_leaves_a_clean_connection(
    moment: int, twelve: Twelve
) -> None:
    engine = make_engine(twelve.database.app_url, pool_size=1)

    async def visit(owner: Owner) -> None:
        uow = await twelve.enter(engine, owner, chance_of(moment))
        try:
            await uow.session.execute(text("UPDATE sammen.task SET title = title || '!'"))
            await twelve.look(uow, owner)
            raise Trouble
        finally:
            await uow.rollback()

    try:
        task = asyncio.create_task(visit(twelve.owners[0]))
        # So many turns of the event loop, then gone: each moment is another await inside entering, working or ending.
        for _ in range(moment):
            await asyncio.sleep(0)
        await asyncio.sleep(moment / 4_000)
        task.cancel()
        with pytest.raises((asyncio.CancelledError, Trouble)):
            await task
        await rest_is_clean(engine)
        uow = await twelve.enter(engine, twelve.owners[1], chance_of(moment))
        await twelve.look(uow, twelve.owners[1])
        await uow.rollback()
    finally:
        await engine.dispose()


async def test_a_database_that_is_away_is_told_as_unavailable_and_nothing_else(twelve: Twelve) -> None:
    engine = make_engine("postgresql://sammen_app:x@127.0.0.1:1/none", pool_size=1)
    try:
        with pytest.raises(Unavailable):
            await twelve.enter(engine, twelve.owners[0], chance_of(1))
    finally:
        await engine.dispose()
