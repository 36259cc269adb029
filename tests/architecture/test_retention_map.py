"""Nothing that a municipality keeps is without a rule for how long (tenants/retention/kinds.py)."""

from __future__ import annotations

import pytest

import deploy.models  # noqa: F401 - registers every slice's tables
from sammen.db.base import Base
from sammen.db.base import Kind as Walls
from tenants.retention.kinds import HELD_BY, KINDS, LOOSENED, TABLES, reach

MUNICIPAL = {t.name: t for t in Base.metadata.sorted_tables if t.info["kind"] is Walls.MUNICIPAL}


def test_every_municipal_table_has_a_kind_and_every_kind_a_table() -> None:
    assert set(TABLES) == set(MUNICIPAL), (
        "give the new table a kind in tenants/retention/kinds.py, or take the old away"
    )
    assert set(TABLES.values()) == set(KINDS) | set(HELD_BY)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_stands_on_an_anchor_of_its_own_and_says_its_section(kind: str) -> None:
    one = KINDS[kind]
    assert TABLES[one.anchor] == kind
    years, months, action, basis = one.default
    assert years * 12 + months > 0
    assert action in ("archive", "delete")
    assert len(basis) > 20
    assert set(one.takes) <= set(KINDS) | set(HELD_BY)
    assert one.anchor in reach(kind)


def test_only_keys_that_may_be_empty_are_emptied() -> None:
    for table, column in LOOSENED:
        assert MUNICIPAL[table].c[column].nullable, f"{table}.{column}"


def test_what_is_kept_as_proof_or_as_rules_is_in_no_deletions_reach() -> None:
    kept = {table for table, kind in TABLES.items() if kind in ("own", "control")}
    assert not kept & set().union(*(reach(kind) for kind in KINDS))
