"""Who may import what, where import-linter's layers cannot say it: a slice's one door is its `api.py`.

Inside a floor a slice imports only the `api` of the slices below (their order is import-linter's to keep).
The floors above import only the floor's own `api`, which re-exports; no slice imports that one. `deploy` puts
the house together and is free.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ("tenants", "shared_pool")
ABOVE = {"tenants": ("shared_pool", "reporting"), "shared_pool": ("reporting",)}


@dataclass(frozen=True)
class Import:
    """One name that one module imports, dotted from the root: `tenants.cases.api.open_case`."""

    importer: str
    line: int
    name: str

    @property
    def where(self) -> str:
        return f"{self.importer}:{self.line} imports {self.name}"


def imports_in(importer: str, source: str) -> Iterator[Import]:
    """Every absolute import of a module's source, also those inside functions and type-checking blocks."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(importer, node.lineno, alias.name)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            for alias in node.names:
                yield Import(importer, node.lineno, f"{node.module}.{alias.name}")


def imports_of(floor: str) -> Iterator[Import]:
    for path in sorted((ROOT / floor).rglob("*.py")):
        importer = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
        yield from imports_in(importer, path.read_text())


def slices(floor: str) -> set[str]:
    return {path.parent.name for path in (ROOT / floor).glob("*/__init__.py")}


def passes_a_slices_door(found: Import, floor: str, known: set[str]) -> bool:
    """Whether an import inside a floor goes to its own slice, or to another's `api`."""
    target = found.name.split(".")
    if target[0] != floor:
        return True
    importer = found.importer.split(".")
    if importer[1] == "api":
        # The floor's own door re-exports the slices' doors, and nothing behind them.
        return len(target) > 2 and target[2] == "api"
    if target[1] not in known:
        return False  # `tenants.api`, from one of its own slices
    return target[1] == importer[1] or (len(target) > 2 and target[2] == "api")


def passes_the_floors_door(found: Import, floor: str) -> bool:
    """Whether an import from a floor above goes through `<floor>.api`."""
    target = found.name.split(".")
    return target[0] != floor or (len(target) > 1 and target[1] == "api")


@pytest.mark.parametrize("floor", FLOORS)
def test_slices_of_a_floor_meet_only_at_their_api(floor: str) -> None:
    known = slices(floor)
    wrong = [found.where for found in imports_of(floor) if not passes_a_slices_door(found, floor, known)]
    assert wrong == []


@pytest.mark.parametrize("floor", FLOORS)
def test_floors_above_enter_a_floor_by_its_api(floor: str) -> None:
    wrong = [
        found.where
        for above in ABOVE[floor]
        for found in imports_of(above)
        if not passes_the_floors_door(found, floor)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("importer", "line", "allowed"),
    [
        ("tenants.cases.service", "from tenants.cases.models import Case", True),
        ("tenants.cases.service", "from tenants.people import api as people", True),
        ("tenants.cases.service", "from tenants.people.api import person_by_id", True),
        ("tenants.cases.service", "import tenants.people.api", True),
        ("tenants.cases.service", "from sammen.errors import NotFound", True),
        ("tenants.cases.service", "from tenants.people.models import Person", False),
        ("tenants.cases.service", "from tenants.people import models", False),
        ("tenants.cases.service", "import tenants.people", False),
        ("tenants.cases.service", "def late():\n    from tenants.people import service", False),
        ("tenants.cases.service", "from tenants import api", False),
        ("tenants.cases.service", "from tenants.api import person_by_id", False),
        ("tenants.api", "from tenants.people.api import person_by_id", True),
        ("tenants.api", "from tenants.people.service import person_by_id", False),
    ],
)
def test_the_check_tells_a_door_from_a_hole_in_the_wall(importer: str, line: str, allowed: bool) -> None:
    answers = [
        passes_a_slices_door(found, "tenants", {"people", "cases"}) for found in imports_in(importer, line)
    ]
    assert answers == [allowed]


@pytest.mark.parametrize(
    ("line", "allowed"),
    [
        ("from tenants.api import person_by_id", True),
        ("from tenants import api", True),
        ("from tenants.people.api import person_by_id", False),
        ("from tenants.people.models import Person", False),
        ("import tenants", False),
    ],
)
def test_the_check_sees_a_floor_above_that_reaches_past_the_door(line: str, allowed: bool) -> None:
    assert [passes_the_floors_door(found, "tenants") for found in imports_in("reporting.x", line)] == [
        allowed
    ]
