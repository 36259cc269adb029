"""A short torture: fifty deaths at random while people work. `make torture` is the long one (docs/torture.md)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.torture.__main__ import torture

KILLS, SECONDS, PAUSE_S, SEED = 50, 240, 0.5, 20261122
"""Fifty in half a minute; a busy machine is given four."""
pytestmark = pytest.mark.slow


async def test_what_was_acknowledged_is_there_once_and_nothing_is_half_after_fifty_deaths(
    tmp_path: Path,
) -> None:
    outcome = await torture(
        tmp_path / ".data", kills=KILLS, seconds=SECONDS, seed=SEED, pause=PAUSE_S, work_on=5
    )
    figures = outcome.figures()
    assert outcome.wrong == [], f"--seed {SEED}\n" + "\n".join([*outcome.wrong, *outcome.steps])
    assert figures["killed"] >= KILLS // 3, "a machine too busy to kill on"
    assert figures["acknowledged"] > figures["killed"]
    assert set(outcome.kills) >= {"web", "worker", "backend"}
    assert min(figures["there"][kind] for kind in ("case", "mapping", "hours", "message")) > 0
