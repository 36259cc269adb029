"""A noisy neighbour: what eleven municipalities notice when a twelfth asks a hundred times as often as each of them.

Two web processes with the limits of production. The twelfth asks from many logins and addresses, so that only what a
municipality as a whole may ask stops it. Rounds with and without it take turns.
`python -m tests.benchmarks.neighbour` measures this alone.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import statistics
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from litestar.types import ASGIApp

from deploy.asgi import limits_of, make_house, make_routes
from deploy.database import administrator
from sammen.keys import token_hash
from sammen.logging import configure
from sammen.settings import Environment, load
from sammen.web.app import build_app
from tests.benchmarks.prepare import measured
from tests.benchmarks.serve import Served, served
from tests.database import template

ROOT = Path(__file__).resolve().parents[2]
MUNICIPALITIES, QUIET, NOISY = 12, 2.0, 200.0
"""Requests a second of each of the eleven, and of the twelfth."""
LOGINS = 20
ROUNDS, SECONDS = 9, 5.0
WANTED, WANTED_REFUSAL_MS = 1.5, 50
PEOPLE = """
WITH who AS (SELECT * FROM unnest($1::int[], $2::bytea[]) WITH ORDINALITY AS w (place, token, no)),
account AS (INSERT INTO user_account (id, email, display_name)
  SELECT md5('n' || no)::uuid, 'n' || no || '@bench.test', 'Kari Lunde' FROM who),
member AS (INSERT INTO membership (id, user_id, kind, municipality_id, role, valid_from, granted_by)
  SELECT gen_random_uuid(), md5('n' || no)::uuid, 'municipality', lpad(to_hex(place), 32, '0')::uuid,
         'provider_coordinator', '2000-01-01', 'bench' FROM who)
INSERT INTO web_session (id, token_hash, user_id, expires_at, device, assurance)
SELECT gen_random_uuid(), token, md5('n' || no)::uuid, now() + interval '1 day', 'bench', 'high' FROM who
"""


def make() -> ASGIApp:
    """The application as in production in what anybody may ask, for uvicorn's --factory."""
    settings = load()
    configure(settings.log_level)
    strict = dataclasses.replace(settings, environment=Environment.PRODUCTION)
    return build_app(dataclasses.replace(make_house(settings), limits=limits_of(strict)), make_routes())


def _streams() -> list[dict[str, Any]]:
    """The noisy one first. Everybody has an address of their own, as their proxy would say it."""
    noisy = {"group": "noisy", "rate": NOISY, "path": "/k/k1/saker",
             "who": [(f"noisy-{n}", f"10.0.1.{n + 1}") for n in range(LOGINS)]}  # fmt: skip
    return [noisy] + [
        {"group": "quiet", "rate": QUIET, "path": f"/k/k{n}/saker", "who": [(f"quiet-{n}", f"10.0.2.{n}")]}
        for n in range(2, MUNICIPALITIES + 1)
    ]


async def _log_in(admin_url: str) -> None:
    people = [(1, f"noisy-{n}") for n in range(LOGINS)]
    people += [(n, f"quiet-{n}") for n in range(2, MUNICIPALITIES + 1)]
    async with administrator(admin_url) as admin:
        await admin.execute("SET search_path = sammen")
        await admin.execute(
            PEOPLE, [place for place, _ in people], [token_hash(token) for _, token in people]
        )


def _round(
    servers: Sequence[Served], streams: Sequence[dict[str, Any]], seed: int
) -> dict[str, list[list[float]]]:
    plan = {"ports": [one.port for one in servers], "seconds": SECONDS, "seed": seed, "streams": streams}
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.arrivals"], cwd=ROOT, input=json.dumps(plan), capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    found: dict[str, list[list[float]]] = json.loads(done.stdout)
    return found


def _p95(taken: Sequence[float]) -> float:
    return sorted(taken)[int(len(taken) * 0.95)]


def _measure(app_url: str) -> tuple[list[float], list[float], dict[str, float]]:
    streams = _streams()
    ratios, refusals, alone_ms, beside_ms, shares = [], [], [], [], []
    with ExitStack() as stack:
        servers = [
            stack.enter_context(served("tests.benchmarks.neighbour:make", SAMMEN_APP_URL=app_url))
            for _ in range(2)
        ]
        _round(servers, streams, 0)
        for n in range(1, ROUNDS + 1):
            took = {}
            for with_noise in (False, True) if n % 2 else (True, False):
                found = _round(servers, streams if with_noise else streams[1:], n)
                if odd := {status for status, _ in found["quiet"]} - {200}:
                    raise RuntimeError(f"a quiet municipality was answered {odd}")
                took[with_noise] = _p95([ms for _, ms in found["quiet"]])
                if with_noise:
                    refused = [ms for status, ms in found["noisy"] if status == 429]
                    refusals.append(_p95(refused) if refused else 0.0)
                    shares.append(len(refused) / len(found["noisy"]))
            ratios.append(took[True] / took[False])
            alone_ms.append(took[False])
            beside_ms.append(took[True])
    return ratios, refusals, {
        "quiet_p95_ms": statistics.median(alone_ms), "quiet_beside_noise_p95_ms": statistics.median(beside_ms),
        "noisy_refused_share": statistics.median(shares),
    }  # fmt: skip


async def measure_neighbour(server: str, name: str) -> tuple[list[float], list[float], dict[str, float]]:
    """(the eleven's p95 beside the noisy one against without it, by round; p95 of a refusal in ms; figures for scale)."""
    async with measured(server, name, MUNICIPALITIES) as data:
        await _log_in(data.database.admin_url)
        return await asyncio.to_thread(_measure, data.database.app_url)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(measure_neighbour(*template())), indent=1) + "\n")
