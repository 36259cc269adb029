"""A worker killed at each step of a payroll run: the next one finishes, and nobody is paid twice, less or not at all (B9)."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from deploy.worker import import_jobs
from sammen.jobs.order import Order
from sammen.jobs.queue import put
from sammen.jobs.run import Worker
from sammen.policy.roles import Role
from sammen.tenancy.context import PlaceKind
from tenants.payroll.api import close_run, start_run
from tenants.payroll.runs import FILES
from tests.database import KEYS
from tests.integration.payroll_dying import kill_after
from tests.payroll_samples import card, computed, hours, october, ready
from tests.provider_samples import assigned
from tests.worlds import World

pytestmark = pytest.mark.slow
STALE = timedelta(seconds=1)
COMPUTING = [
    ("tenants.payroll.runs", "forget"),
    ("tenants.payroll.runs", "gather"),
    ("tenants.payroll.runs", "_reckon"),
    ("tenants.payroll.runs", "store"),
    ("tenants.payroll.runs", "record_change"),
    ("tenants.payroll.jobs", "finish_task"),
    ("sammen.jobs.run", "run_order"),
]
CLOSED = [
    ("tenants.payroll.filing", "file_rows"),
    ("tenants.payroll.filing", "record_change"),
    ("tenants.payroll.jobs", "keep_files"),
    ("tenants.payroll.jobs", "notify_person"),
    ("sammen.jobs.run", "run_order"),
]


async def finish(world: World) -> None:
    """The next worker, when the dead one's heartbeats have been gone for a while."""
    import_jobs()
    await asyncio.sleep(1.2)
    # A drained queue counts waiting jobs only, so the worker is told to look by a job that does nothing.
    async with world.at("horten", Role.PAYROLL) as uow:
        await put(uow.raw, KEYS, Order(FILES, {"run": str(uuid4())}, PlaceKind.MUNICIPALITY, world.horten))
    soon = timedelta(milliseconds=50)
    for _ in range(
        3
    ):  # a worker that misses the dead one's job by a moment is followed by another, as in operation
        worker = Worker(world.engine, KEYS, world.database.app_url, heartbeat=STALE, pause=soon, poll=soon)
        try:
            await asyncio.wait_for(worker.run(asyncio.Event(), drain=True), 120)
            break
        except TimeoutError:
            continue
    assert await world.sql("SELECT 1 FROM job_queue") == []


async def a_month(world: World) -> tuple[UUID, list[UUID]]:
    """(contact, lines): one line that is corrected after it was paid, and two that are new; 200 kr an hour."""
    _, contact, assignment = await assigned(world, "horten")
    await world.sql(
        "UPDATE person SET email = 'amund@example.no' WHERE id = (SELECT person_id FROM support_contact)"
    )
    await ready(world, "horten", contact)
    lines = [await hours(world, assignment, date(2026, 10, day), "2") for day in (6, 13, 20)]
    return assignment, lines


async def paid(world: World) -> list[Any]:
    return [tuple(row) for row in await world.sql(
        "SELECT i.line_id, i.kind, i.amount_ore FROM pay_item i JOIN payroll_run r ON r.id = i.run_id"
        " ORDER BY i.worked_on, i.kind, i.amount_ore"
    )]  # fmt: skip


@pytest.mark.parametrize(("module", "name"), COMPUTING, ids=str)
async def test_killed_while_it_computes_the_run_is_computed_once_and_whole(
    world: World, module: str, name: str
) -> None:
    _, lines = await a_month(world)
    async with world.at("horten", Role.PAYROLL) as uow:
        run_id, _ = await start_run(uow, october())
    await asyncio.to_thread(kill_after, world.database.app_url, module, name)
    if name != "run_order":
        assert await paid(world) == []
    await finish(world)
    run = await card(world, run_id)
    assert (run.state, run.total_ore, run.line_count) == ("ready", 120_000, 3)
    assert await paid(world) == [(line, "pay", 40_000) for line in lines]


@pytest.mark.parametrize(("module", "name"), CLOSED, ids=str)
async def test_killed_after_closing_the_files_are_whole_and_everybody_is_told_once(
    world: World, module: str, name: str
) -> None:
    _, lines = await a_month(world)
    run = await computed(world)
    async with world.at("horten", Role.PAYROLL) as uow:
        await close_run(uow, run.id, version=run.version)
    await asyncio.to_thread(kill_after, world.database.app_url, module, name)
    files = await world.sql("SELECT format, content FROM pay_file")
    assert len(files) in (0, 2), "one file without the other"
    await finish(world)
    made = {row["format"]: row["content"] for row in await world.sql("SELECT format, content FROM pay_file")}
    assert made["visma"] == b'2026;1;100;4200;0.00;6.00;200.00;1200.00;0109;;"";"";"234";"";"";"";\r\n'
    assert len(made["csv"].splitlines()) == 4
    assert await paid(world) == [(line, "pay", 40_000) for line in lines]
    assert len(await world.sql("SELECT 1 FROM outgoing")) == 1
    again = await computed(world)
    assert again.total_ore == 0


async def test_killed_twice_on_a_correction_it_is_taken_back_once(world: World) -> None:
    assignment, lines = await a_month(world)
    run = await computed(world)
    async with world.at("horten", Role.PAYROLL) as uow:
        await close_run(uow, run.id, version=run.version)
    await world.run_jobs()
    await hours(world, assignment, date(2026, 10, 6), "1", corrects=lines[0])
    async with world.at("horten", Role.PAYROLL) as uow:
        second, _ = await start_run(uow, october())
    await asyncio.to_thread(kill_after, world.database.app_url, "tenants.payroll.runs", "store")
    await asyncio.sleep(1.2)
    async with world.at("horten", Role.PAYROLL) as uow:
        await put(uow.raw, KEYS, Order(FILES, {"run": str(uuid4())}, PlaceKind.MUNICIPALITY, world.horten))
    await asyncio.to_thread(kill_after, world.database.app_url, "tenants.payroll.jobs", "finish_task")
    await finish(world)
    run = await card(world, second)
    assert (run.state, run.total_ore) == ("ready", -20_000)
    assert len([one for one in await paid(world) if one[1] == "reversal"]) == 1
