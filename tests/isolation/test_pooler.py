"""PgBouncer in transaction mode: many clients share few server connections, and nobody sees another's rows by it.

Skipped where there is no PgBouncer of 1.21 or newer (tests/pooler.py); SAMMEN_REQUIRE_PGBOUNCER=1 fails instead.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from deploy.asgi import make_house
from deploy.worker import import_jobs
from sammen.clock import today
from sammen.db.unit_of_work import make_engine
from sammen.jobs.order import Order
from sammen.jobs.queue import put
from sammen.jobs.run import Worker
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from sammen.tenancy.context import PlaceKind
from tests.database import KEYS
from tests.isolation.test_interleavings import Twelve, rest_is_clean, twelve, walk
from tests.pooler import pgbouncer, pooled
from tests.torture.faults import application
from tests.worlds import Browser, World, app_of

__all__ = ["twelve"]  # a fixture
FOUND = pgbouncer()
pytestmark = pytest.mark.skipif(
    FOUND is None and not os.environ.get("SAMMEN_REQUIRE_PGBOUNCER"), reason="no PgBouncer 1.21 or newer here"
)
STEPS = 60


@pytest.fixture(scope="module")
def program() -> str:
    assert FOUND is not None, "SAMMEN_REQUIRE_PGBOUNCER is set, and there is none"
    return FOUND


@pytest.fixture
async def through(twelve: Twelve, program: str, tmp_path: Path) -> AsyncIterator[str]:
    async with pooled(program, twelve.database.app_url, tmp_path, size=3) as url:
        yield url


async def test_random_interleavings_through_a_pooler_never_show_a_foreign_canary(
    twelve: Twelve, through: str
) -> None:
    # Two web processes' pools, eight connections together, on three of the server's.
    engines = [make_engine(through, pool_size=4, pooled=True) for _ in range(2)]
    before = twelve.looks
    try:
        async with asyncio.timeout(120), asyncio.TaskGroup() as group:
            for number, owner in enumerate(twelve.owners):
                group.create_task(walk(twelve, engines[number % 2], owner, number, STEPS))
        assert twelve.looks - before > STEPS * len(twelve.owners) // 2
    finally:
        for engine in engines:
            await engine.dispose()
    alone = make_engine(through, pool_size=2, pooled=True)
    await rest_is_clean(alone)
    await alone.dispose()


async def test_a_session_is_the_servers_own_and_has_what_pages_want_of_it(through: str) -> None:
    engine = make_engine(through, pool_size=1, pooled=True)
    async with engine.connect() as connection:
        for name, wanted in (("jit", "off"), ("random_page_cost", "1.1"), ("statement_timeout", "15s")):
            assert (await connection.exec_driver_sql(f"SHOW {name}")).scalar_one() == wanted
    await engine.dispose()


async def test_pages_forms_and_jobs_work_through_a_pooler(
    shared_world: World, program: str, tmp_path: Path
) -> None:
    world = shared_world
    async with pooled(program, world.database.app_url, tmp_path) as url:
        settings = replace(
            world.house.settings, app_url=url, pooler="transaction", direct_url=world.database.app_url
        )
        settings.check()
        house = make_house(settings)
        token = await world.token(world.user("horten", Role.PURCHASER_CHILD))
        browser = Browser(app_of(house), token)
        forms = [application(f"Pool{n % 10}", token) for n in range(40)]
        answers = await asyncio.gather(*(browser.post("/k/horten/soknader/ny", data=form) for form in forms))
        led = Counter(answer.headers.get("location") for answer in answers)
        assert {answer.status_code for answer in answers} == {303}
        assert sorted(led.values()) == [4] * 10
        assert "Pool3" in (await browser.get("/k/horten/saker")).text
        first = next(iter(led))
        mapping = {"dato": format_date(today()), "egne_ord": "Jeg vil klatre."}
        assert (await browser.submit(f"{first}/kartlegging", mapping, page=first)).status_code == 303
        await house.engine.dispose()
        await _seal(world, url)


async def _seal(world: World, url: str) -> None:
    """A worker whose transactions go through the pooler, and whose listening does not."""
    import_jobs()
    async with world.at("horten", Role.MANAGER) as uow:
        await put(uow.raw, KEYS, Order("audit.seal", {}, PlaceKind.MUNICIPALITY, world.horten))
    engine = make_engine(url, pool_size=4, pooled=True)
    soon = timedelta(milliseconds=50)
    worker = Worker(engine, KEYS, world.database.app_url, pause=soon, poll=soon)
    await asyncio.wait_for(worker.run(asyncio.Event(), drain=True), 120)
    await engine.dispose()
    rows = await world.sql(
        "SELECT count(*) FILTER (WHERE seal_no IS NULL) AS n, count(*) AS all FROM audit_entry WHERE action = 'case.opened'"
    )
    assert (rows[0]["n"], rows[0]["all"]) == (0, 10)
