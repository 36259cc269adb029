"""What `sammen db distribution` says: every table once, in an order that Citus takes, and nothing that it would refuse."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Column, ForeignKeyConstraint, MetaData, Table, UniqueConstraint, Uuid

import deploy.models  # noqa: F401 - so that the metadata is whole
from deploy.distribution import column_of, dropped, faults, statements
from sammen.db.base import Base, Kind


def test_every_table_has_its_place_once_and_comes_after_those_it_leads_to() -> None:
    placed = re.findall(r"SELECT \w+\('sammen\.(\w+)'", "\n".join(statements(Base.metadata)))
    assert sorted(placed) == sorted(table.name for table in Base.metadata.tables.values())
    late = [
        (table.name, key.referred_table.name)
        for table in Base.metadata.tables.values()
        for key in table.foreign_key_constraints
        if key.referred_table is not table
        and column_of(table)
        and column_of(table) == column_of(key.referred_table)
        if placed.index(key.referred_table.name) > placed.index(table.name)
    ]
    assert late == []


def test_nothing_in_the_models_would_be_refused_and_one_key_is_let_go_of() -> None:
    assert faults(Base.metadata) == []
    assert [(table.name, key.referred_table.name) for table, key in dropped(Base.metadata)] == [
        ("course_voice", "course")
    ]


def _table(metadata: MetaData, name: str, kind: Kind, *more: Any) -> Table:
    table = Table(
        name,
        metadata,
        Column("tenant_id", Uuid, primary_key=True),
        Column("id", Uuid, primary_key=True),
        *more,
    )
    table.info["kind"] = kind
    return table


def test_a_key_that_crosses_is_found() -> None:
    metadata = MetaData()
    _table(metadata, "a", Kind.MUNICIPAL, UniqueConstraint("id", name="uq_id"))
    _table(metadata, "login", Kind.IDENTITY)
    _table(
        metadata, "b", Kind.MUNICIPAL, Column("a_id", Uuid), Column("login_id", Uuid),
        ForeignKeyConstraint(["a_id"], ["a.id"], name="fk_short"),
        ForeignKeyConstraint(["tenant_id", "a_id"], ["a.tenant_id", "a.id"], name="fk_null", ondelete="SET NULL"),
        ForeignKeyConstraint(["login_id"], ["login.id"], name="fk_login"),
    )  # fmt: skip
    found = " ".join(faults(metadata))
    assert all(name in found for name in ("uq_id lacks", "fk_short leads", "fk_null sets", "fk_login leads"))
