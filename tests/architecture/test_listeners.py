"""Who listens for another slice's moment is there in the web process too, and not in the worker alone."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LISTENS = re.compile(r"^@((on|before)_[a-z_]+|knows_light)$", re.MULTILINE)
ASK = "import sys, deploy.asgi; print(' '.join(sys.modules))"


def listening_modules() -> set[str]:
    """Modules that register something with a decorator without arguments, such as `@on_left`."""
    found = set()
    for floor in ("tenants", "shared_pool", "reporting"):
        for path in (ROOT / floor).rglob("*.py"):
            if LISTENS.search(path.read_text(encoding="utf-8")):
                found.add(".".join(path.relative_to(ROOT).with_suffix("").parts))
    return found


def test_every_listener_is_imported_by_the_web_process() -> None:
    path = [str(ROOT), str(ROOT / "platform")]
    asked = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:0] = {path!r}; {ASK}"],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    assert listening_modules()
    assert listening_modules() - set(asked.stdout.split()) == set()
