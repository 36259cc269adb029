"""One fault at a time in a house of its own: told at once, nothing hangs, nothing half, and well again by itself."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sammen.policy.roles import Role
from tests.torture.faults import cases_named, disk_full, frozen, rolled, same_form, stopped
from tests.torture.house import House, everything, house

WITHIN_S, BACK_S = 2.6, 5.0
"""Two seconds, and what a busy machine needs to say so."""
GONE_S = 3.0
SMALL_MB = 600
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
async def alone(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """Three web processes and three workers for the whole file; on a file system that can be filled, if we may make one."""
    folder: Path = tmp_path_factory.mktemp("faults") / ".data"
    small = SMALL_MB if os.geteuid() == 0 and sys.platform == "linux" else 0
    async with house(folder, megabytes=small, environment={"SAMMEN_DRAIN": "1"}) as made:
        made.start(everything(made))
        await made.until_ready()
        yield made


@pytest.fixture(scope="module")
async def token(alone: House) -> str:
    return await alone.world.token(alone.world.user("horten", Role.PURCHASER_CHILD))


async def test_web_processes_are_replaced_one_by_one_under_load_without_one_failed_request(
    alone: House, token: str
) -> None:
    felt = await rolled(alone, token)
    assert set(felt.statuses) == {200}
    assert felt.statuses[200] > 50


async def test_a_form_sent_a_hundred_times_while_every_web_process_is_killed_has_one_effect_and_one_answer(
    alone: House, token: str
) -> None:
    led = await asyncio.wait_for(same_form(alone, token, "Hundre"), 240)
    (only,) = await cases_named(alone, "Hundre")
    assert dict(led) == {f"303 /k/horten/saker/{only}": 100}


async def test_a_database_that_never_answers_means_503_in_two_seconds_and_pages_again_soon_after(
    alone: House, token: str
) -> None:
    felt = await frozen(alone, token, GONE_S)
    assert {200, 503} == set(felt.statuses)
    assert felt.slowest_told < WITHIN_S
    assert felt.slowest < GONE_S + WITHIN_S
    assert felt.back < BACK_S


async def test_a_database_that_is_stopped_means_503_at_once_and_pages_again_soon_after(
    alone: House, token: str
) -> None:
    felt = await stopped(alone, token, GONE_S)
    assert {200, 503} == set(felt.statuses)
    assert felt.slowest_told < WITHIN_S
    assert felt.back < BACK_S


@pytest.mark.skipif(os.geteuid() != 0 or sys.platform != "linux", reason="a small file system takes root")
async def test_a_full_disk_refuses_in_words_halves_nothing_and_is_over_when_there_is_room(
    alone: House, token: str
) -> None:
    full = await disk_full(alone, token, alone.server.data.parent)
    assert (full.before, full.after) == (10, 70)
    assert full.refused > 0
    assert full.during + full.refused == 60
    assert full.back < BACK_S
    assert len(await cases_named(alone, "Full%")) == 70
