"""A file is at most 400 lines and a function at most 70: a slice that outgrows that is two slices."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("platform/sammen", "tenants", "shared_pool", "reporting", "deploy")
LINES_IN_A_FILE = 400
LINES_IN_A_FUNCTION = 70
# A migration is a record of what was done: it is never read as a whole, and never tidied.
RECORDS = ROOT / "deploy" / "migrations" / "versions"


def sources() -> list[Path]:
    found = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
    return sorted(path for path in found if not path.is_relative_to(RECORDS))


def test_no_file_is_longer_than_400_lines() -> None:
    counted = {path.relative_to(ROOT).as_posix(): len(path.read_text().splitlines()) for path in sources()}
    assert counted, "found no code to measure"
    assert {path: lines for path, lines in counted.items() if lines > LINES_IN_A_FILE} == {}


def test_no_function_is_longer_than_70_lines() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {lines} lines"
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > LINES_IN_A_FUNCTION
    ]
    assert long == []
