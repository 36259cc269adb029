"""Jobs: queued with their change, run once in their own context, refused when not signed, kept when they fail."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from deploy.database import plain_url
from deploy.worker import import_jobs, work
from sammen.db.unit_of_work import UnitOfWork
from sammen.jobs.order import Order, Refused, plain_arguments, read, sign
from sammen.jobs.queue import QUEUE_TABLES, enqueue, enqueue_for, put
from sammen.jobs.registry import JOBS, job
from sammen.jobs.run import run_order
from sammen.jobs.tasks import advance, finish_task, read_task, start_task
from sammen.policy.roles import Role
from sammen.settings import Environment, Settings
from sammen.tenancy.context import PlaceKind
from tests.database import KEYS, ROOT, SECRET
from tests.worlds import World

COORDINATOR = Role.PROVIDER_COORDINATOR


@pytest.fixture(autouse=True)
def _own_jobs() -> Iterator[None]:
    """Jobs made by a test go with it; the house's own are registered once a process, so they are known before."""
    import_jobs()
    before = dict(JOBS)
    yield
    JOBS.clear()
    JOBS.update(before)


def writing_job(name: str = "test.write") -> None:
    """A job with an effect one can count: a task row in its own place."""

    @job(name)
    async def write(uow: UnitOfWork, args: dict[str, Any]) -> None:
        await start_task(uow, f"effect {args.get('mark', '')}")


async def effects(world: World) -> list[Any]:
    return await world.sql("SELECT tenant_id, title, asked_by FROM task ORDER BY title")


async def test_a_job_runs_in_the_place_and_the_name_of_the_one_who_queued_it(world: World) -> None:
    writing_job()
    async with world.at("horten", COORDINATOR) as uow:
        await enqueue(uow, "test.write", {"mark": 7})
    await world.run_jobs()
    assert [tuple(row) for row in await effects(world)] == [
        (world.horten, "effect 7", world.user("horten", COORDINATOR))
    ]


async def test_a_job_whose_caller_rolls_back_was_never_queued(world: World) -> None:
    writing_job()

    async def queue_and_fail() -> None:
        async with world.at("horten", COORDINATOR) as uow:
            await enqueue(uow, "test.write")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await queue_and_fail()
    await world.run_jobs()
    assert await effects(world) == []


async def test_a_job_may_be_queued_for_another_municipality_and_acts_only_there(world: World) -> None:
    writing_job()
    async with world.at("vestfold", Role.SHARED_COORDINATOR) as uow:
        await enqueue_for(uow, PlaceKind.MUNICIPALITY, world.re, "test.write", nameless=True)
    await world.run_jobs()
    assert [tuple(row) for row in await effects(world)] == [(world.re, "effect ", None)]


async def test_a_job_sees_only_its_own_municipality(world: World) -> None:
    seen: list[UUID] = []

    @job("test.look")
    async def look(uow: UnitOfWork, _args: dict[str, Any]) -> None:
        seen.extend(row["tenant_id"] for row in await uow.call("SELECT tenant_id FROM sammen.task"))

    for slug in ("horten", "re"):
        async with world.at(slug, COORDINATOR) as uow:
            await start_task(uow, "a row to see")
    async with world.at("horten", COORDINATOR) as uow:
        await enqueue(uow, "test.look")
    await world.run_jobs()
    assert seen == [world.horten]


async def insert_raw(world: World, payload: bytes) -> None:
    """What an injected statement could do: write the queue as the app role."""
    connection = await asyncpg.connect(plain_url(world.database.app_url))
    await connection.execute(
        "INSERT INTO job_queue (priority, entrypoint, payload, status) VALUES (0, 'sammen', $1, 'queued')",
        payload,
    )
    await connection.close()


async def test_unsigned_altered_and_unreadable_jobs_never_run_and_become_dead_letters(world: World) -> None:
    writing_job()
    order = Order("test.write", {"mark": 1}, PlaceKind.MUNICIPALITY, world.horten)
    altered = json.loads(sign(order, KEYS))
    altered["body"] = altered["body"].replace(str(world.horten), str(world.re))
    unsigned = json.dumps({"body": order.body(), "signature": ""}).encode()
    other = json.dumps(altered).encode()
    for payload in (other, unsigned, b"", b"{", b"\xff\xfe", b"[]", b'{"body": 1, "signature": 2}'):
        await insert_raw(world, payload)
    assert await world.run_jobs(may_fail=True) == ["Refused"] * 7
    assert await effects(world) == []


async def test_a_job_nobody_knows_is_kept_as_a_dead_letter(world: World) -> None:
    async with world.at("horten", COORDINATOR) as uow:
        await enqueue(uow, "test.nowhere")
    assert await world.run_jobs(may_fail=True) == ["UnknownJob"]


async def test_a_signed_job_that_is_copied_has_its_effect_once(world: World) -> None:
    writing_job()
    payload = sign(Order("test.write", {}, PlaceKind.MUNICIPALITY, world.horten), KEYS)
    for _ in range(5):
        await insert_raw(world, payload)
    await world.run_jobs()
    assert len(await effects(world)) == 1


async def test_a_job_that_fails_is_tried_again_and_leaves_nothing_of_the_failed_try(world: World) -> None:
    tries: list[int] = []

    @job("test.third-time")
    async def third(uow: UnitOfWork, _args: dict[str, Any]) -> None:
        tries.append(1)
        await start_task(uow, f"try {len(tries)}")
        if len(tries) < 3:
            raise ValueError("Kari Nordmann, 010190 12345")

    async with world.at("horten", COORDINATOR) as uow:
        await enqueue(uow, "test.third-time")
    await world.run_jobs()
    assert [row["title"] for row in await effects(world)] == ["try 3"]


async def test_a_dead_letter_names_the_error_and_nothing_that_was_in_it(world: World) -> None:
    @job("test.never", tries=2)
    async def never(_uow: UnitOfWork, _args: dict[str, Any]) -> None:
        raise ValueError("Kari Nordmann, 010190 12345")

    async with world.at("horten", COORDINATOR) as uow:
        await enqueue(uow, "test.never")
    assert await world.run_jobs(may_fail=True) == ["ValueError"]
    everything = await world.sql("SELECT coalesce(traceback::text, '') AS said FROM job_log")
    assert len(everything) >= 3
    assert not any("Kari" in row["said"] or "12345" in row["said"] for row in everything)


async def test_a_mark_lets_only_one_of_a_kind_wait(world: World) -> None:
    async with world.at("horten", COORDINATOR) as uow:
        assert await enqueue(uow, "test.write", once="one") is not None
        assert await enqueue(uow, "test.write", once="one") is None
    assert (await world.sql("SELECT count(*) AS n FROM job_queue"))[0]["n"] == 1


async def test_a_job_outside_any_place_is_not_queued(world: World) -> None:
    async with world.at("drift", Role.OPERATOR) as uow:
        with pytest.raises(LookupError):
            await enqueue(uow, "test.write")


@pytest.mark.parametrize("value", ["Kari Nordmann", "a\nb", 1.5, {"a": 1}, [["x"]], "x" * 81, "ærlig"])
def test_words_about_people_do_not_fit_in_a_jobs_arguments(value: object) -> None:
    with pytest.raises(ValueError, match="job argument"):
        plain_arguments({"x": value})


def test_an_order_comes_back_as_it_was_signed() -> None:
    order = Order(
        "a.b", {"period": "2026-1", "n": 3, "ids": [str(uuid4())]}, PlaceKind.REGION, uuid4(), uuid4()
    )
    assert read(sign(order, KEYS), KEYS) == order
    with pytest.raises(Refused):
        read(sign(order, KEYS.derive("another secret of more than thirty-two characters")), KEYS)


async def test_two_workers_on_one_job_have_one_effect(world: World) -> None:
    writing_job()
    order = Order("test.write", {}, PlaceKind.MUNICIPALITY, world.horten)
    outcomes = await asyncio.gather(
        *(run_order(world.engine, KEYS, order, JOBS["test.write"]) for _ in range(4))
    )
    assert sorted(outcomes) == [False, False, False, True]
    assert len(await effects(world)) == 1


async def test_progress_is_seen_before_the_job_is_done_and_the_result_after(world: World) -> None:
    halfway: list[Any] = []

    @job("test.slow")
    async def slow(uow: UnitOfWork, args: dict[str, Any]) -> None:
        task = UUID(args["task"])
        await advance(uow, task, 5, total=10, message="Halvveis")
        async with world.at("horten", COORDINATOR) as reader:
            halfway.append(await read_task(reader, task))
        await finish_task(uow, task, message="Ferdig", result_url="/k/horten/saker")

    async with world.at("horten", COORDINATOR) as uow:
        task = await start_task(uow, "Import av saksliste")
        await enqueue(uow, "test.slow", {"task": task})
    await world.run_jobs()
    seen = halfway[0]
    assert (seen.state, seen.done, seen.total, seen.message) == ("running", 5, 10, "Halvveis")
    async with world.at("horten", COORDINATOR) as uow:
        view = await read_task(uow, task)
    assert view is not None
    assert (view.state, view.done, view.result_url) == ("done", 10, "/k/horten/saker")
    async with world.at("re", COORDINATOR) as uow:
        assert await read_task(uow, task) is None


async def test_the_task_of_a_job_that_gives_up_is_marked_failed(world: World) -> None:
    @job("test.never", tries=1)
    async def never(_uow: UnitOfWork, _args: dict[str, Any]) -> None:
        raise ValueError

    async with world.at("horten", COORDINATOR) as uow:
        task = await start_task(uow, "Import")
        await enqueue(uow, "test.never", {"task": task})
    await world.run_jobs(may_fail=True)
    assert (await world.sql("SELECT state FROM task"))[0]["state"] == "failed"


async def test_the_queues_tables_are_what_the_installed_pgqueuer_expects(world: World) -> None:
    from pgqueuer.adapters.persistence import qb
    from pgqueuer.queries import Queries

    from sammen.jobs.queue import pgqueuer_settings

    names = pgqueuer_settings()
    connection = await asyncpg.connect(plain_url(world.database.admin_url))
    queries = Queries.from_asyncpg_connection(connection)
    queries.qbe = qb.QueryBuilderEnvironment(names)
    plan = await queries.plan_upgrade()
    await connection.close()
    # Our own fixed search_path on the trigger's function is the one thing pgqueuer would not have written.
    assert [s for s in plan.statements if "FUNCTION" not in s] == []
    ours = {names.queue_table, names.queue_table_log, names.schedules_table, names.statistics_table}
    assert ours == set(QUEUE_TABLES)


KILLED = """
import asyncio, os, sys
from datetime import timedelta
from sammen.db.unit_of_work import make_engine
from sammen.jobs.registry import job
from sammen.jobs.run import Worker
from sammen.jobs.tasks import start_task
from tests.database import KEYS

@job("test.kill")
async def kill(uow, args):
    await start_task(uow, "half")
    if sys.argv[2] == "die":
        print("working", flush=True)
        await asyncio.sleep(60)

engine = make_engine(sys.argv[1])
asyncio.run(Worker(engine, KEYS, sys.argv[1], heartbeat=timedelta(seconds=1)).run(asyncio.Event(), drain=True))
"""


@pytest.mark.slow
async def test_a_worker_killed_in_the_middle_leaves_the_job_to_the_next_and_one_effect(world: World) -> None:
    async with world.at("horten", COORDINATOR) as uow:
        await put(uow.raw, KEYS, Order("test.kill", {}, PlaceKind.MUNICIPALITY, world.horten))
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}"}
    first = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        KILLED,
        world.database.app_url,
        "die",
        env=environment,
        stdout=asyncio.subprocess.PIPE,
    )
    assert first.stdout is not None
    said = await asyncio.wait_for(first.stdout.readuntil(b"working"), 120)
    assert b"working" in said
    first.send_signal(signal.SIGKILL)
    await first.wait()
    assert await effects(world) == []
    await asyncio.sleep(timedelta(seconds=1.2).total_seconds())
    # A drained queue counts waiting jobs only, so the next worker is told to look once more by a job of its own.
    async with world.at("horten", COORDINATOR) as uow:
        await put(uow.raw, KEYS, Order("test.kill", {}, PlaceKind.MUNICIPALITY, world.horten))
    second = await asyncio.create_subprocess_exec(
        sys.executable, "-c", KILLED, world.database.app_url, "live", env=environment
    )
    assert await asyncio.wait_for(second.wait(), 120) == 0
    assert len(await effects(world)) == 2
    assert await world.sql("SELECT 1 FROM job_queue") == []


@pytest.mark.slow
async def test_a_worker_whose_connections_are_cut_does_the_next_job_all_the_same(world: World) -> None:
    writing_job()
    stop = asyncio.Event()
    settings = Settings(environment=Environment.TEST, app_url=world.database.app_url, key=SECRET)
    working = asyncio.create_task(work(settings, stop))

    async def done(count: int) -> None:
        async with asyncio.timeout(120):
            while len(await effects(world)) < count:  # noqa: ASYNC110 - the effect is in the database, not in this process
                await asyncio.sleep(0.1)

    try:
        for count in (1, 2):
            async with world.at("horten", COORDINATOR) as uow:
                await enqueue(uow, "test.write")
            await done(count)
            await world.sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                " AND application_name IN ('sammen-queue', 'sammen-worker')"
            )
        assert not working.done()
    finally:
        stop.set()
        await asyncio.wait_for(working, 120)
