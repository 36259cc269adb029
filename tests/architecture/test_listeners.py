"""What the web process imports: everybody who listens for another's moment, and nothing heavy that pages seldom ask for."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LISTENS = re.compile(r"^@((on|before)_[a-z_]+|knows_light)$", re.MULTILINE)
HEAVY = frozenset({
    "numpy", "scipy", "highspy", "openpyxl", "xlsxwriter", "pikepdf", "PIL", "typst", "icalendar", "zxcvbn",
})  # fmt: skip
"""Together some seventy megabytes in each process, and half a second of each start."""
ASK = "import sys, deploy.asgi; print(' '.join(sys.modules))"


def listening_modules() -> set[str]:
    """Modules that register something with a decorator without arguments, such as `@on_left`."""
    found = set()
    for floor in ("tenants", "shared_pool", "reporting"):
        for path in (ROOT / floor).rglob("*.py"):
            if LISTENS.search(path.read_text(encoding="utf-8")):
                found.add(".".join(path.relative_to(ROOT).with_suffix("").parts))
    return found


@pytest.fixture(scope="module")
def imported() -> set[str]:
    """Every module that is loaded in a web process before it has answered anybody."""
    path = [str(ROOT), str(ROOT / "platform")]
    asked = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:0] = {path!r}; {ASK}"],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    return set(asked.stdout.split())


def test_every_listener_is_imported_by_the_web_process(imported: set[str]) -> None:
    assert listening_modules()
    assert listening_modules() - imported == set()


def test_what_takes_much_memory_is_loaded_by_whoever_asks_for_it(imported: set[str]) -> None:
    assert imported & HEAVY == set()
