"""The interface for programs against its own description: schemathesis sends what the document allows, and what it does
not, to the whole application on a real database, and looks at every answer.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any, cast

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS

from sammen.machine import pace
from tests.program_samples import Program, closed_run, decision, person, program_in
from tests.worlds import World

# What the description cannot say: a day in the future, a person nobody has sent, a mark that is not the one.
EXCLUDED = (
    "positive_data_acceptance",
    "use_after_free",
    "ensure_resource_availability",
    "object_level_authorization",
)
EXAMPLES = 12
REACHED = (
    "PUT /api/v1/people/{external_id} 201",
    "PUT /api/v1/decisions/{external_id} 201",
    "GET /api/v1/people/{external_id} 200",
    "GET /api/v1/payroll/runs/{payroll_run_id}/lines 200",
    "POST /api/v1/payroll/runs/{payroll_run_id}/receipts 201",
    "GET /api/v1/calendar 200",
)
"""What must have been reached, or nothing was tried."""
LED: dict[str, dict[str, Any]] = {
    "people": {"birth_date": "2015-03-02"},
    "decisions": {
        "person": "p-1", "received_on": "2026-08-03", "decided_on": "2026-09-01", "evaluate_on": None, "purchaser": "child",
        "services": decision()["services"],
    },
}  # fmt: skip
"""What no generator hits upon by itself, in half of the requests that are as described."""


async def described(program: Program) -> dict[str, Any]:
    answer = await program.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = json.loads(answer.content)
    return found


def checks() -> list[Any]:
    return [check for check in CHECKS.get_all() if check.__name__ not in EXCLUDED]


async def _furnished(world: World) -> tuple[Program, dict[str, str]]:
    """A program, and ids that mean something to it: half of all paths are led to them."""
    program = await program_in(world)
    assert (await program.put("/api/v1/people/p-1", json=person())).status_code == 201
    assert (await program.put("/api/v1/decisions/v-1", json=decision())).status_code == 201
    run = await closed_run(world)
    made = await program.send_to(f"/api/v1/payroll/runs/{run}/receipts", {"outcome": "received"})
    assert made.status_code == 201, made.text
    return program, {
        "payroll_run_id": str(run),
        "payroll_receipt_id": made.json()["id"],
        "external_id": "p-1",
    }


def lead(case: Any, known: dict[str, str]) -> None:
    """Lead a request to what is there: known ids, a list's beginning, days and people that can be."""
    writes = case.method == "PUT"
    case.path_parameters = {
        name: value if writes else known.get(name, value)
        for name, value in (case.path_parameters or {}).items()
    }
    if case.query:
        case.query.pop("cursor", None)
    if writes and isinstance(case.body, dict) and case.meta.generation.mode is GenerationMode.POSITIVE:
        (case.headers or {}).pop("If-Match", None)
        case.body.pop("national_number", None)
        case.body |= LED[case.path.split("/")[3]]


async def test_schemathesis_finds_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "ask", lambda *_: None)
    monkeypatch.setattr(pace, "check", lambda *_: None)
    program, known = await _furnished(world)
    schema = schemathesis.openapi.from_dict(await described(program))
    loop = asyncio.get_running_loop()
    tried: dict[str, int] = {}

    def send(case: Any, led: bool) -> None:
        if led:
            lead(case, known)
        wanted = case.as_transport_kwargs(base_url="http://testserver")
        answer = asyncio.run_coroutine_threadsafe(_sent(program, wanted), loop).result(30)
        label = f"{case.operation.label} {answer.status_code}"
        tried[label] = tried.get(label, 0) + 1
        case.validate_response(answer, checks=checks())

    def attack(operation: Any, mode: GenerationMode) -> None:
        @settings(
            max_examples=EXAMPLES, deadline=None, database=None, derandomize=True,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy(generation_mode=mode), led=st.booleans())
        def run(case: Any, led: bool) -> None:
            send(case, led)

        run()

    for found in schema.get_all_operations():
        operation = cast("Any", found).ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            await asyncio.to_thread(attack, operation, mode)
    for label in REACHED:
        assert tried.get(label), f"nothing came so far: {label} {tried}"


async def _sent(program: Program, wanted: dict[str, Any]) -> httpx.Response:
    kept = {
        name: wanted[name] for name in ("params", "headers", "json", "data") if wanted.get(name) is not None
    }
    if isinstance(kept.get("data"), str | bytes):
        kept["content"] = kept.pop("data")
    return await program.request(wanted["method"], wanted["url"], **kept)
