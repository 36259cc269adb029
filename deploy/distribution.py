"""The SQL that would spread the database over several machines with Citus, made from the models (`sammen db distribution`).

Municipal tables are distributed by municipality and lie together; regional and shared ones by region; reference tables are
copied to every machine; identity tables stay on the coordinator, where the doors run. `faults` says what Citus would refuse,
table by table. docs/scale-out.md says what more stands in the way.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ForeignKeyConstraint, MetaData, Table, UniqueConstraint
from sqlalchemy.dialects.postgresql import ExcludeConstraint

from sammen.db.base import SCHEMA, Kind

COLUMN = {Kind.MUNICIPAL: "tenant_id", Kind.REGIONAL: "region_id", Kind.SHARED: "region_id"}
"""What each kind is distributed by; the others are not."""


def column_of(table: Table) -> str | None:
    """The distribution column of a table, or None for reference and identity tables."""
    return COLUMN.get(table.info["kind"])


def _keys(table: Table) -> Iterator[tuple[str, list[str]]]:
    yield str(table.primary_key.name), [column.name for column in table.primary_key]
    for one in table.constraints:
        if isinstance(one, UniqueConstraint | ExcludeConstraint):
            yield str(one.name), [column.name for column in one.columns]
    for index in table.indexes:
        if index.unique:
            yield str(index.name), [column.name for column in index.columns]


def _key_fault(table: Table, key: ForeignKeyConstraint) -> str | None:
    """Why Citus would refuse a foreign key, or None."""
    here, there = column_of(table), column_of(key.referred_table)
    target = key.referred_table
    if here is None:
        if table.info["kind"] == Kind.REFERENCE and target.info["kind"] != Kind.REFERENCE:
            return f"a reference table leads to {target.name}, which is elsewhere"
        return None
    if target.info["kind"] == Kind.IDENTITY:
        return f"leads to {target.name}, which stays on the coordinator"
    if target.info["kind"] == Kind.REFERENCE:
        return None
    pairs = {element.parent.name: element.column.name for element in key.elements}
    if pairs.get(here) != there:
        return f"leads to {target.name} without {here}"
    # Only `SET NULL (column)`, which leaves the owner alone, is taken.
    if (key.ondelete or "").upper() in ("SET NULL", "SET DEFAULT"):
        return f"sets {here} to nothing when a row of {target.name} goes"
    return None


def faults(metadata: MetaData) -> list[str]:
    """What of the models Citus would refuse. Each as "table: why"."""
    found = []
    for table in metadata.sorted_tables:
        column = column_of(table)
        if column:
            found += [
                f"{table.name}: {name} lacks {column}" for name, keyed in _keys(table) if column not in keyed
            ]
        for key in table.foreign_key_constraints:
            why = _key_fault(table, key)
            if why:
                found.append(f"{table.name}: {key.name} {why}")
    return sorted(found)


def dropped(metadata: MetaData) -> list[tuple[Table, ForeignKeyConstraint]]:
    """Keys from a table that stays on the coordinator into one that is distributed: there cannot be such keys."""
    return [
        (table, key)
        for table in metadata.sorted_tables
        if table.info["kind"] == Kind.IDENTITY
        for key in table.foreign_key_constraints
        if column_of(key.referred_table)
    ]


def statements(metadata: MetaData) -> list[str]:
    """The SQL, in the order in which Citus takes it: referred tables first, each kind together."""
    tables = metadata.sorted_tables
    lines = ["-- Made by `sammen db distribution`. Run as the owner, on an empty database, after `sammen db upgrade`.",
             "CREATE EXTENSION IF NOT EXISTS citus;"]  # fmt: skip
    lines += [
        "",
        "-- Keys from the coordinator into distributed tables, which there cannot be: the doors look by themselves.",
    ]
    lines += [
        f"ALTER TABLE {SCHEMA}.{table.name} DROP CONSTRAINT {key.name};" for table, key in dropped(metadata)
    ]
    lines += ["", "-- The same on every machine; no personal data."]
    lines += [
        f"SELECT create_reference_table('{SCHEMA}.{t.name}');"
        for t in tables
        if t.info["kind"] == Kind.REFERENCE
    ]
    lines += ["", "-- On the coordinator, beside the doors that alone may read them."]
    lines += [
        f"SELECT citus_add_local_table_to_metadata('{SCHEMA}.{t.name}');"
        for t in tables
        if t.info["kind"] == Kind.IDENTITY
    ]
    for column, said in (
        ("tenant_id", "One municipality's rows lie together"),
        ("region_id", "One region's rows"),
    ):
        lines += ["", f"-- {said}."]
        first = ""
        for table in (one for one in tables if column_of(one) == column):
            beside = f"'{SCHEMA}.{first}'" if first else "'none'"
            lines.append(
                f"SELECT create_distributed_table('{SCHEMA}.{table.name}', '{column}', colocate_with => {beside});"
            )
            first = first or table.name
    return lines
