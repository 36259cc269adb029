"""Operations, background work and the access log over HTTP: who may see what, and what they never see."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import asyncpg
import pytest

from sammen.audit.seal import seal_all
from sammen.audit.trail import record_read
from sammen.db.unit_of_work import UnitOfWork
from sammen.ids import uuid7
from sammen.jobs.queue import enqueue
from sammen.jobs.registry import JOBS, job
from sammen.jobs.tasks import finish_task, start_task
from sammen.policy.roles import Role
from tests.worlds import World

COORDINATOR = Role.PROVIDER_COORDINATOR
SECRET = "Oddny Hemmelig"


async def dead_letter(world: World) -> int:
    @job("test.stops", tries=1)
    async def stops(_uow: UnitOfWork, _args: dict[str, Any]) -> None:
        raise ValueError(SECRET)

    async with world.at("horten", COORDINATOR) as uow:
        task = await start_task(uow, SECRET)
        await enqueue(uow, "test.stops", {"task": task})
    await world.run_jobs(may_fail=True)
    return int((await world.sql("SELECT id FROM job_queue WHERE status = 'failed'"))[0]["id"])


async def test_the_operator_sees_a_dead_letter_and_can_try_it_again(world: World) -> None:
    number = await dead_letter(world)
    browser = await world.browser("drift", Role.OPERATOR)
    overview = await browser.get("/drift")
    assert "Én jobb har gitt opp" in overview.text
    listed = await browser.get("/drift/jobber")
    assert "test.stops" in listed.text
    assert "ValueError" in listed.text
    assert SECRET not in listed.text + overview.text
    answer = await browser.submit(f"/drift/jobber/{number}/prov-igjen", page="/drift/jobber")
    assert answer.status_code == 303

    done: list[int] = []

    @job("test.stops")
    async def mended(_uow: UnitOfWork, _args: dict[str, Any]) -> None:
        done.append(1)

    await world.run_jobs()
    JOBS.pop("test.stops")
    assert done == [1]
    trail = await world.sql(
        "SELECT actor_id, details ->> 'job' AS job FROM system_audit_entry WHERE action = 'job.retried'"
    )
    assert [(row["actor_id"], row["job"]) for row in trail] == [
        (world.user("drift", Role.OPERATOR), str(number))
    ]


async def test_a_dead_letter_whose_like_waits_already_makes_way_for_it(world: World) -> None:
    number = await dead_letter(world)
    JOBS.pop("test.stops")
    await world.sql("UPDATE job_queue SET dedupe_key = 'test.stops:1' WHERE id = $1", number)
    await world.sql(
        "INSERT INTO job_queue (priority, entrypoint, payload, execute_after, dedupe_key, status)"
        " VALUES (0, 'sammen', ''::bytea, now() + interval '1 hour', 'test.stops:1', 'queued')"
    )
    browser = await world.browser("drift", Role.OPERATOR)
    answer = await browser.submit(f"/drift/jobber/{number}/prov-igjen", page="/drift/jobber")
    assert answer.status_code == 303
    left = await world.sql("SELECT status::text AS status FROM job_queue WHERE dedupe_key = 'test.stops:1'")
    assert [row["status"] for row in left] == ["queued"]


async def test_a_job_that_has_not_stopped_cannot_be_tried_again(world: World) -> None:
    browser = await world.browser("drift", Role.OPERATOR)
    assert (await browser.submit("/drift/jobber/4711/prov-igjen", page="/drift/jobber")).status_code == 404


async def test_nobody_but_the_operator_has_the_pages_of_operations(shared_world: World) -> None:
    for slug, role in (("horten", Role.MUNICIPALITY_ADMINISTRATOR), ("vestfold", Role.PROJECT_MANAGER)):
        browser = await shared_world.browser(slug, role)
        for path in ("/drift", "/drift/jobber", "/drift/kommuner"):
            assert (await browser.get(path)).status_code == 404


async def test_the_databases_functions_refuse_operations_from_any_other_place(shared_world: World) -> None:
    for call in ("operations_jobs()", "operations_tasks()", "operations_retry_job(1, NULL)"):
        async with shared_world.at("horten", Role.MANAGER) as uow:
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="not allowed here"):
                await uow.call(f"SELECT * FROM sammen.{call}")
            await uow.rollback()


async def test_the_operator_sees_the_municipalities_and_waiting_work_as_numbers(world: World) -> None:
    async with world.at("horten", COORDINATOR) as uow:
        await start_task(uow, SECRET)
    browser = await world.browser("drift", Role.OPERATOR)
    assert "0716" in (await browser.get("/drift/kommuner")).text
    overview = (await browser.get("/drift")).text
    assert "Horten" in overview
    assert SECRET not in overview


async def begun_task(world: World) -> UUID:
    async with world.at("horten", COORDINATOR) as uow:
        task = await start_task(uow, "Import av saksliste", 40)
        await advance_outside(uow, task)
    return task


async def advance_outside(uow: UnitOfWork, task: UUID) -> None:
    await uow.call(
        "UPDATE sammen.task SET state = 'running', done = 10, message = 'Leser rad 10' WHERE tenant_id = $1 AND id = $2",
        uow.context.tenant, task,
    )  # fmt: skip


async def test_a_task_shows_how_far_it_has_come_with_and_without_javascript(world: World) -> None:
    task = await begun_task(world)
    browser = await world.browser("horten", COORDINATOR)
    whole = await browser.get(f"/k/horten/oppgaver/{task}")
    assert "Leser rad 10" in whole.text
    assert f'hx-get="/k/horten/oppgaver/{task}"' in whole.text
    assert f'href="/k/horten/oppgaver/{task}"' in whole.text
    part = await browser.get(f"/k/horten/oppgaver/{task}", headers={"HX-Request": "true"})
    assert part.text.lstrip().startswith('<div class="progress')
    assert "10 av 40" in part.text


async def test_a_finished_task_leads_to_its_result_and_asks_no_more(world: World) -> None:
    task = await begun_task(world)
    async with world.job(world.horten) as uow:
        await finish_task(uow, task, message="52 saker er hentet inn", result_url="/k/horten/saker")
    browser = await world.browser("horten", COORDINATOR)
    part = await browser.get(f"/k/horten/oppgaver/{task}", headers={"HX-Request": "true"})
    assert "52 saker er hentet inn" in part.text
    assert 'href="/k/horten/saker"' in part.text
    assert "hx-get" not in part.text


async def test_a_failed_task_says_that_nothing_was_saved(world: World) -> None:
    await dead_letter(world)
    JOBS.pop("test.stops")
    task = (await world.sql("SELECT id FROM task"))[0]["id"]
    browser = await world.browser("horten", COORDINATOR)
    assert "ingenting av det er lagret" in (await browser.get(f"/k/horten/oppgaver/{task}")).text


async def test_another_municipalitys_task_looks_absent(world: World) -> None:
    task = await begun_task(world)
    browser = await world.browser("re", COORDINATOR)
    foreign = await browser.get(f"/k/re/oppgaver/{task}")
    absent = await browser.get(f"/k/re/oppgaver/{uuid7()}")
    assert (foreign.status_code, foreign.content) == (404, absent.content)


async def test_the_access_log_shows_who_read_whom_and_why_and_that_it_was_read(world: World) -> None:
    async with world.at("horten", COORDINATOR) as uow:
        await record_read(
            uow, "person.shown", [uuid7(), uuid7()], why="Koordinator for personen", object_kind="person"
        )
    async with world.job(world.horten) as uow:
        await seal_all(uow)
    browser = await world.browser("horten", Role.DATA_PROTECTION_OFFICER)
    shown = (await browser.get("/k/horten/innsynslogg")).text
    assert "Koordinator for personen" in shown
    assert "person.shown" in shown
    again = (await browser.get("/k/horten/innsynslogg?type=read")).text
    assert "trail.read" in again
    assert "Koordinator for personen" not in (await browser.get("/k/horten/innsynslogg?type=change")).text


async def test_the_log_of_a_candidate_who_is_no_person_here_can_be_opened_from_the_list(world: World) -> None:
    candidate = uuid7()
    async with world.at("horten", COORDINATOR) as uow:
        await record_read(uow, "matching.own", [candidate], why="Leste bestillingen")
    async with world.job(world.horten) as uow:
        await seal_all(uow)
    officer = await world.browser("horten", Role.DATA_PROTECTION_OFFICER)
    address = f"/personer/{candidate}/innsyn"
    assert f"/k/horten{address}" in (await officer.get("/k/horten/innsynslogg")).text
    shown = await officer.get(f"/k/horten{address}")
    assert shown.status_code == 200
    assert "Leste bestillingen" in shown.text
    elsewhere = await world.browser("re", Role.DATA_PROTECTION_OFFICER)
    assert (await elsewhere.get(f"/k/re{address}")).status_code == 404
    assert (await officer.get(f"/k/horten/personer/{uuid7()}/innsyn")).status_code == 404


async def test_the_access_log_shows_refusals_and_only_ones_own(world: World) -> None:
    coordinator = await world.browser("horten", COORDINATOR)
    assert (await coordinator.get("/k/horten/innsynslogg")).status_code == 403
    officer = await world.browser("horten", Role.DATA_PROTECTION_OFFICER)
    assert "trail:read" in (await officer.get("/k/horten/innsynslogg?type=refusal")).text
    other = await world.browser("re", Role.DATA_PROTECTION_OFFICER)
    assert "trail:read" not in (await other.get("/k/re/innsynslogg?type=refusal")).text


async def test_odd_page_numbers_and_filters_show_a_page_all_the_same(shared_world: World) -> None:
    browser = await shared_world.browser("horten", Role.DATA_PROTECTION_OFFICER)
    for query in (
        "side=0",
        "side=-1",
        "side=x",
        "side=99999999999999999999",
        "side=²",
        "type=';drop",
        "type=",
        "side=3",
    ):
        assert (await browser.get(f"/k/horten/innsynslogg?{query}")).status_code == 200
