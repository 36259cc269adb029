"""What is logged: enough to follow a click through to its job, and nothing of whom it was about."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
import structlog

from sammen.db.unit_of_work import UnitOfWork
from sammen.jobs.queue import enqueue
from sammen.jobs.registry import JOBS, job
from sammen.logging import configure
from sammen.policy.roles import Role
from tests.logs import set_anew
from tests.worlds import World

SAID = "Ola Hemmelig bor i Skjultgata 7"


async def test_a_job_is_tied_to_its_click_and_an_error_quotes_nobody(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = []

    async def work(uow: UnitOfWork, _args: dict[str, object]) -> None:
        seen.append(uow.context.request_id)
        if len(seen) == 2:
            raise ValueError(SAID)

    job("test.logged", tries=1)(work)
    before = structlog.get_config()
    try:
        async with world.at("horten", Role.PROVIDER_COORDINATOR) as uow:
            asked = uow.context.request_id
            await enqueue(uow, "test.logged")
            await enqueue(uow, "test.logged", {"which": uuid4()})
        configure("INFO")
        # A logger that is kept would write to this test's stream after it is closed.
        structlog.configure(cache_logger_on_first_use=False)
        set_anew()
        await world.run_jobs(may_fail=True)
        browser = await world.browser("horten", Role.PROVIDER_COORDINATOR)
        page = await browser.get("/k/horten/saker?sok=Hemmelig")
    finally:
        structlog.configure(**before)
        JOBS.pop("test.logged", None)
    assert seen == [asked, asked]
    said = capsys.readouterr().err
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    of_jobs = [line for line in lines if line.get("job") == "test.logged"]
    assert {line["event"] for line in of_jobs} == {"job done", "job failed"}
    assert {line["request"] for line in of_jobs} == {str(asked)}
    assert page.status_code == 200
    for word in ("Hemmelig", "Skjultgata", "Kari", "sok="):
        assert word not in said
