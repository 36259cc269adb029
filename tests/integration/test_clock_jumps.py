"""A process whose clock is wrong: what it may do is decided by the database's, and nothing is lost meanwhile."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from deploy.worker import import_jobs
from sammen import clock
from sammen.errors import Forbidden
from sammen.jobs.order import Order
from sammen.jobs.queue import put
from sammen.jobs.registry import JOBS
from sammen.jobs.run import run_order
from sammen.policy.roles import Role
from sammen.tenancy.context import PlaceKind
from tests.database import KEYS
from tests.worlds import World

HOUR = 3_600.0


def shift(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """This process's clock, for proofs and for what `sammen.clock` says; the database keeps its own."""
    real, now = time.time, clock.now
    monkeypatch.setattr(time, "time", lambda: real() + seconds)
    monkeypatch.setattr(clock, "now", lambda: now() + timedelta(seconds=seconds))


async def run_seal(world: World) -> bool:
    import_jobs()
    order = Order("audit.seal", {}, PlaceKind.MUNICIPALITY, world.horten)
    return await run_order(world.engine, KEYS, order, JOBS[order.name])


@pytest.mark.parametrize("seconds", [-50.0, 50.0, 2 * HOUR], ids=str)
async def test_a_worker_whose_clock_is_less_than_a_minute_slow_or_a_day_fast_works_on(
    shared_world: World, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    shift(monkeypatch, seconds)
    assert await run_seal(shared_world)


@pytest.mark.parametrize("seconds", [-2 * HOUR, 30 * 24 * HOUR], ids=str)
async def test_a_worker_whose_clock_is_far_wrong_is_let_in_nowhere_and_its_job_waits_for_a_right_one(
    shared_world: World, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    with monkeypatch.context() as wrong:
        shift(wrong, seconds)
        with pytest.raises(Forbidden):
            await run_seal(shared_world)
    async with shared_world.at("horten", Role.MANAGER) as uow:
        await put(uow.raw, KEYS, Order("audit.seal", {}, PlaceKind.MUNICIPALITY, shared_world.horten))
    assert await shared_world.run_jobs() == []


@pytest.mark.parametrize("seconds", [-30 * 24 * HOUR, 30 * 24 * HOUR], ids=str)
async def test_sessions_and_tickets_live_by_the_databases_clock_alone(
    shared_world: World, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    browser = await shared_world.browser("horten", Role.MANAGER)
    gone = await shared_world.browser("re", Role.MANAGER)
    shift(monkeypatch, seconds)
    assert (await browser.get("/k/horten")).status_code == 200
    await shared_world.sql(
        "UPDATE web_session SET expires_at = now() - interval '1 second' WHERE user_id = $1",
        shared_world.user("re", Role.MANAGER),
    )
    assert (await gone.get("/k/re")).status_code == 303
    del shared_world.tokens[shared_world.user("re", Role.MANAGER)]
