"""How the whole is doing, read now and then by each worker for its metrics: what waits, and how long it has waited."""

from __future__ import annotations

import asyncio
import time
from typing import Final

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine

from sammen.db.unit_of_work import DOWN, plain_transaction
from sammen.keys import Keys
from sammen.traffic.metrics import Metrics

EVERY_S: Final = 15
PROOF_S: Final = 60
CHANNELS: Final = ("email", "sms")


async def read_pulse(engine: AsyncEngine, keys: Keys, metrics: Metrics) -> None:
    """Set the gauges to what the database says now."""
    expires = int(time.time()) + PROOF_S
    async with plain_transaction(engine) as raw:
        rows = await raw.fetch(
            "SELECT * FROM sammen.pulse($1, $2)", expires, keys.door_proof(f"pulse|{expires}")
        )
    found = {(row["name"], row["label"]): float(row["value"]) for row in rows}
    metrics.waiting.set(found["waiting", ""])
    metrics.dead.set(found["dead", ""])
    metrics.oldest_job.set(found["oldest_job", ""])
    metrics.oldest_unsealed.set(found["oldest_unsealed", ""])
    for channel in CHANNELS:
        metrics.notices.labels(channel).set(found.get(("notices", channel), 0))


async def keep_pulse(engine: AsyncEngine, keys: Keys, metrics: Metrics) -> None:
    """Until cancelled. A database that is away leaves the gauges as they were: that shows elsewhere."""
    while True:
        try:
            await read_pulse(engine, keys, metrics)
        except (asyncpg.PostgresError, *DOWN):
            pass
        await asyncio.sleep(EVERY_S)
