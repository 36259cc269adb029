"""Every attack that is tried, as a page for an auditor: `python -m tests.isolation.tried` writes docs/security/tried.md.

The page is made of the tests themselves: each module's docstring and the names of its tests, which are sentences. A test in
tests/architecture compares, so that the page says neither more nor less than what is run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/security/tried.md"
THEMES: dict[str, tuple[str, ...]] = {
    "Between municipalities: the database": (
        "tests/isolation/test_catalogue.py", "tests/isolation/test_walls.py", "tests/isolation/test_raw_sql.py",
        "tests/isolation/test_tickets.py", "tests/isolation/test_side_channels.py", "tests/isolation/test_load.py",
    ),
    "Between municipalities: pool and concurrency": (
        "tests/isolation/test_interleavings.py", "tests/isolation/test_pooler.py",
    ),
    "Between municipalities: pages": ("tests/isolation/test_http.py", "tests/isolation/test_personal_pages.py"),
    "Between people in one municipality": (
        "tests/isolation/test_role_matrix.py", "tests/isolation/test_shielded.py", "tests/isolation/test_*_attacks.py",
        "tests/isolation/test_need_privacy.py", "tests/isolation/test_between_slices.py",
    ),
    "Programs of other systems": ("tests/isolation/test_programs.py", "tests/web/test_api_schema.py"),
    "Logging in and sessions": (
        "tests/web/test_sessions_attacked.py", "tests/isolation/test_oidc_*.py", "tests/web/test_account_pages.py",
        "tests/web/test_login_pages.py", "tests/web/test_member_pages.py", "tests/unit/test_limits.py",
        "tests/web/test_traffic.py",
    ),
    "Forms, addresses and files": (
        "tests/isolation/test_form_keys.py", "tests/web/test_bad_input.py", "tests/web/test_odd_requests.py",
        "tests/web/test_heavy_uploads.py",
    ),
    "Figures": ("tests/unit/test_disclosure*.py",),
    "The log, the keys and the copies": (
        "tests/integration/test_audit*.py", "tests/integration/test_witness.py", "tests/unit/test_merkle.py",
        "tests/integration/test_key_rotation.py", "tests/integration/test_backup.py", "tests/integration/test_doctor.py",
        "tests/integration/test_logs.py", "tests/architecture/test_ops_files.py",
    ),
    "A municipality's archive": ("tests/isolation/test_archive*.py", "tests/integration/test_archive*.py"),
    "Nothing lost": (
        "tests/integration/test_nothing_lost.py", "tests/integration/test_torture.py", "tests/integration/test_faults.py",
        "tests/integration/test_payroll_killed.py", "tests/integration/test_migrations.py",
    ),
    "The suite itself, broken on purpose": (
        "tests/isolation/test_mutants.py", "tests/isolation/test_guards.py", "tests/isolation/test_leaky_routes.py",
    ),
}  # fmt: skip
INTRO = """# What was tried

Written by `python -m tests.isolation.tried` from the tests' own names; `tests/architecture/test_tried.py` compares. What must
hold, and by what, is in [security.md](../security.md); line by line of the design in [lines.md](lines.md).
"""


def sentence(name: str) -> str:
    """`test_a_door_holds` as "A door holds"."""
    words = name.removeprefix("test_").replace("_", " ")
    return words[:1].upper() + words[1:]


def tests_of(path: Path) -> Iterator[tuple[str, bool]]:
    """The tests of a module in their order: the sentence, and whether it is run for several cases."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            many = any(
                "parametrize" in ast.unparse(one) or "given" in ast.unparse(one)
                for one in node.decorator_list
            )
            yield sentence(node.name), many


def modules(patterns: tuple[str, ...], taken: set[Path]) -> list[Path]:
    """The modules of a theme, each named once on the page."""
    found = [path for pattern in patterns for path in sorted(ROOT.glob(pattern)) if path not in taken]
    taken.update(found)
    return list(dict.fromkeys(found))


def page() -> str:
    """The whole page."""
    lines, taken, count = [INTRO.rstrip()], set[Path](), 0
    # What has a theme by name goes there, whatever another theme's pattern says.
    named = {ROOT / one for patterns in THEMES.values() for one in patterns if "*" not in one}
    narrow = {
        path
        for patterns in THEMES.values()
        for one in patterns
        if "oidc" in one or "archive" in one
        for path in ROOT.glob(one)
    }
    for theme, patterns in THEMES.items():
        lines += ["", f"## {theme}"]
        own = {ROOT / one for one in patterns if "*" not in one}
        mine = narrow if any("oidc" in one or "archive" in one for one in patterns) else set()
        for path in modules(patterns, taken | ((named - own) | (narrow - mine))):
            taken.add(path)
            described = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
            tests = list(tests_of(path))
            count += len(tests)
            where = path.relative_to(ROOT).as_posix()
            lines += ["", f"### `{where}`", "", " ".join(described.split("\n\n")[0].split()), ""]
            lines += [f"- {text}{' (many cases)' if many else ''}" for text, many in tests]
    return "\n".join([*lines, "", f"{count} tests, in {len(taken)} files.", ""])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
