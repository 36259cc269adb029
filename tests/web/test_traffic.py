"""Too many requests, and what a monitoring program reads."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import AsyncIterator

import pytest
from prometheus_client import generate_latest

from deploy.asgi import limits_of, make_routes
from sammen.policy.roles import Role
from sammen.settings import Environment, Settings
from sammen.traffic.limits import Limits
from sammen.traffic.pulse import read_pulse
from sammen.web.app import build_app
from tests.database import KEYS
from tests.worlds import Browser, World


@pytest.fixture
async def kari(shared_world: World, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Browser, World]]:
    """Kari at a site of her own that lets five of hers through in a window, here long enough for a busy machine."""
    monkeypatch.setattr("sammen.traffic.limits.WINDOW_S", 300)
    token = await shared_world.token(shared_world.user("horten", Role.PROVIDER_COORDINATOR))
    house = dataclasses.replace(shared_world.house, limits=Limits(user=1))
    async with Browser(build_app(house, make_routes()), token) as browser:
        yield browser, shared_world


async def test_who_asks_too_often_is_told_to_wait_and_the_others_are_not(kari: tuple[Browser, World]) -> None:
    browser, world = kari
    answers = [await browser.get("/k/horten") for _ in range(8)]
    assert [one.status_code for one in answers] == [200] * 5 + [429] * 3
    refused = answers[-1]
    assert refused.headers["retry-after"] == "300"
    assert "Vent 3 sekunder" in refused.text
    assert refused.headers["content-security-policy"]
    assert refused.headers["cache-control"] == "no-store"
    assert (await browser.get("/helse")).status_code == 200
    other = await world.token(world.user("horten", Role.PURCHASER_CHILD))
    async with Browser(
        build_app(dataclasses.replace(world.house, limits=Limits(user=1)), make_routes()), other
    ) as hanne:
        assert (await hanne.get("/k/horten")).status_code == 200


async def test_a_program_is_told_in_its_own_form_and_everybody_in_their_own_language(
    kari: tuple[Browser, World],
) -> None:
    browser, _ = kari
    for _ in range(5):
        await browser.get("/k/horten")
    program = await browser.get("/api/v1/openapi.json")
    assert (program.status_code, program.headers["content-type"]) == (429, "application/problem+json")
    assert program.json()["status"] == 429
    browser.cookies.set("sprak", "en")
    assert 'lang="en"' in (await browser.get("/k/horten")).text


async def test_a_form_that_is_refused_for_haste_has_no_effect_and_no_key(kari: tuple[Browser, World]) -> None:
    browser, world = kari
    before = await world.sql("SELECT count(*) FROM idempotency_key")
    for _ in range(5):
        await browser.get("/k/horten")
    assert (await browser.post("/sprak", data={"sprak": "nn"})).status_code == 429
    assert await world.sql("SELECT count(*) FROM idempotency_key") == before


async def test_metrics_tell_routes_and_never_a_place_or_an_id(kari: tuple[Browser, World]) -> None:
    browser, world = kari
    found = await world.sql("SELECT id FROM person LIMIT 1")
    await browser.get("/k/horten/personer/00000000-0000-0000-0000-000000000001")
    await browser.get("/k/horten")
    text = generate_latest(world.house.metrics.registry).decode()
    assert 'sammen_requests_total{method="GET",route="/k/{slug}",status="200"}' in text
    assert re.search(r'sammen_request_seconds_bucket\{le="0.1",route="/k/\{slug\}"\} [1-9]', text)
    assert "horten" not in text
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}", text), found


async def test_the_pulse_counts_what_waits_and_wants_the_programs_proof(world: World) -> None:
    async with world.at("horten", Role.PURCHASER_CHILD) as uow:
        await uow.raw.execute("SELECT 1")
    await read_pulse(world.engine, KEYS, world.house.metrics)
    before = world.house.metrics.registry.get_sample_value("sammen_jobs_waiting")
    browser = await world.browser("horten", Role.PURCHASER_CHILD)
    assert (await browser.get("/k/horten/saker")).status_code == 200
    await world.sql(
        "INSERT INTO job_queue (priority, entrypoint, payload, execute_after, status)"
        " VALUES (0, 'sammen', ''::bytea, now() - interval '90 seconds', 'queued')"
    )
    await read_pulse(world.engine, KEYS, world.house.metrics)
    read = world.house.metrics.registry.get_sample_value
    assert read("sammen_jobs_waiting") == (before or 0) + 1
    assert (read("sammen_oldest_job_seconds") or 0) > 80
    assert read("sammen_oldest_unsealed_seconds") is not None
    assert read("sammen_notices_waiting", {"channel": "email"}) == 0
    async with world.at("horten", Role.MANAGER) as uow:
        with pytest.raises(Exception, match="proof refused"):
            await uow.raw.fetch("SELECT * FROM sammen.pulse(99999999999, ''::bytea)")


def test_limits_hold_in_production_and_nowhere_else() -> None:
    assert limits_of(Settings(environment=Environment.PRODUCTION)).ask("a", None, "") == 0.0
    hard = Settings(environment=Environment.PRODUCTION, rate_address=20)
    found = limits_of(hard)
    assert [found.ask("a", None, "") == 0.0 for _ in range(2)] == [True, False]
    easy = limits_of(dataclasses.replace(hard, environment=Environment.DEMO))
    assert all(easy.ask("a", None, "") == 0.0 for _ in range(50))
