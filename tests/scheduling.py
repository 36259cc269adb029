"""The order in which the whole suite is run on several processes: by file, and the long ones first.

A file's tests stay together, so that its world is made once, but for the few files that are long by themselves: those
are cut into pieces. What takes longest begins first, so that no process is still busy when the others have ended.
"""

from __future__ import annotations

from collections import Counter
from zlib import crc32

import pytest
from xdist.remote import Producer  # type: ignore[import-untyped]  # it ships no types
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # it ships no types

PIECES = {
    "tests/isolation/test_http.py": 5,
    "tests/web/test_bad_input.py": 4,
    "tests/isolation/test_shielded.py": 3,
    "tests/isolation/test_raw_sql.py": 4,
    "tests/isolation/test_mutants.py": 4,
    "tests/isolation/test_side_channels.py": 2,
}
"""Into how many pieces a file is cut: each makes the file's world anew, which takes seconds."""
ONE_BY_ONE = frozenset(
    {"tests/web/test_every_page.py", "tests/web/test_keyboard.py", "tests/integration/test_cli.py"}
)
"""Files whose tests share the process's site, or nothing at all, and take long each."""
OWN_WORLD = "test_ones_own_id"
"""Tests that have a world of their own among those of a file that is cut: they stay together."""
SECONDS: dict[str, int] = {
    "Kari Lunde": 180, "Torunn Haslestad": 160, "Hanne Myhre": 100, "Marianne Klever": 65, "Eirik Fossum": 55,
    "Leif Tangen": 50,
    "reached_by_somebody": 1,  # late: whoever has walked by then is not walked again
    "test_every_page.py": 45,
    "test_main_job.py": 120, "test_course_job.py": 115, "test_pool_answers_browser.py": 115, "test_pool_job.py": 110,
    "test_group_job.py": 110, "test_provision_job.py": 90, "test_withdrawal.py": 90, "test_payroll_killed.py": 45,
    "test_http.py": 120, "test_bad_input.py": 90, "test_shielded.py": 110, "test_demo_world.py": 110,
    "test_disclosure_attacked.py": 150, "test_production_refuses": 40, "test_decisions.py": 45, "test_needs.py": 45,
    "test_import.py": 40, "test_provider_pages.py": 40, "test_demo_shared.py": 35, "test_pool_flow.py": 35,
    "test_components_browser.py": 30, "test_payroll.py": 30, "test_joint_attacks.py": 30, "test_joint_groups.py": 30,
    "test_hours_pages.py": 30, "test_jobs.py": 30, "test_courses.py": 30, "test_need_privacy.py": 30, "test_mutants.py": 30,
    "test_allocation_job.py": 60, "test_settlement_browser.py": 50, "test_keyboard": 30, "test_campaign_browser.py": 50,
    "test_read_and_received_job.py": 60, "test_import_pages.py": 50, "test_candidate_pages.py": 40,
    "test_nothing_lost.py": 55, "test_torture.py": 100, "test_faults.py": 50,
}  # fmt: skip
"""How long a piece took when it was last looked at (`--durations=0`), by what its name has in it; the first that fits."""


def piece_of(nodeid: str) -> str:
    """What a test is run together with."""
    path, _, name = nodeid.partition("::")
    if path in ONE_BY_ONE:
        return nodeid
    if name.startswith(OWN_WORLD):
        return f"{path} {OWN_WORLD}"
    # What is tried on one route stays together, too: its form has been found then.
    tried_on = name.partition("[")[2] or name
    return f"{path} {crc32(tried_on.encode()) % PIECES[path]}" if path in PIECES else path


def seconds_of(piece: str, tests: int) -> float:
    """How long a piece may take."""
    return float(next((known for name, known in SECONDS.items() if name in piece), tests / 4))


def order(items: list[pytest.Item]) -> None:
    """Sort the tests by piece, the longest piece first."""
    tests = Counter(piece_of(item.nodeid) for item in items)
    items.sort(key=lambda item: (-seconds_of(one := piece_of(item.nodeid), tests[one]), one))


class InPieces(LoadScopeScheduling):  # type: ignore[misc]  # as above
    """Whole pieces, in their order, to whichever process is free."""

    def __init__(self, config: pytest.Config, log: Producer | None = None) -> None:
        config.option.loadscopereorder = False  # by number of tests, which says little of how long they take
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return piece_of(nodeid)
