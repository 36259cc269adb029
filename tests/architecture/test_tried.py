"""The page of what was tried says what is run, no more and no less; the design's lines name tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.isolation import tried

ROOT = Path(__file__).resolve().parents[2]
LINES = ROOT / "docs/security/lines.md"


def test_what_is_said_to_be_tried_is_what_is_run() -> None:
    assert tried.PAGE.read_text(encoding="utf-8") == tried.page(), (
        "run `.venv/bin/python -m tests.isolation.tried` and commit the page"
    )


@pytest.mark.parametrize("theme", tried.THEMES)
def test_every_theme_has_tests(theme: str) -> None:
    patterns = tried.THEMES[theme]
    assert any(list(tried.ROOT.glob(one)) for one in patterns)
    assert [one for one in patterns if "*" not in one and not (ROOT / one).exists()] == []


def test_every_attack_on_the_walls_is_on_the_page() -> None:
    page = tried.PAGE.read_text(encoding="utf-8")
    there = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tests/isolation").glob("test_*.py")}
    assert {one for one in there if f"`{one}`" not in page} == set()


def test_every_line_of_the_design_names_tests_that_exist() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", LINES.read_text(encoding="utf-8"))
    assert len(named) > 60
    missing = [
        f"{path}::{name}" for path, name in named
        if not (ROOT / path).exists() or not re.search(rf"def {name}\b", (ROOT / path).read_text(encoding="utf-8"))
    ]  # fmt: skip
    assert missing == []
