"""Row-level security and grants, made from a table's declared kind by one function that migrations call.

Every policy compares with `(select sammen.current_…())`: the sub-select is evaluated once per statement and table,
the bare call once per row.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Table

from sammen.db.base import Kind

APP = "sammen_app"
COMMANDS = ("SELECT", "INSERT", "UPDATE", "DELETE")
TENANT = "(select sammen.current_tenant())"
REGION = "(select sammen.current_region())"
# A municipality writes shared rows only into a region it is a member of today, or at the time a row is about.
MEMBER = (
    "EXISTS (SELECT 1 FROM sammen.region_membership m WHERE m.region_id = {table}.region_id"
    " AND m.municipality_id = (select sammen.current_tenant()) AND m.valid_from <= {last}"
    " AND (m.valid_to IS NULL OR m.valid_to >= {first}))"
)
TODAY = "(select sammen.norwegian_day())"
FIXED = {"tenant_id", "region_id", "id"}


def kind_of(table: Table) -> Kind:
    """The kind a table's model declares. KeyError when it declares none: no table may."""
    return Kind(table.info["kind"])


def _name(table: Table) -> str:
    return f"sammen.{table.name}"


def _policy(table: Table, command: str, condition: str) -> str:
    name = f"{table.name}_{command.lower()}"
    using = f" USING ({condition})" if command != "INSERT" else ""
    check = f" WITH CHECK ({condition})" if command in ("INSERT", "UPDATE") else ""
    return f"CREATE POLICY {name} ON {_name(table)} FOR {command} TO {APP}{using}{check}"


def _conditions(table: Table, kind: Kind) -> Iterable[tuple[str, str]]:
    rights = table.info["rights"]
    if kind is Kind.SHARED:
        seen = table.info.get("region_sees")
        region = f"region_id = (select sammen.{table.info['region_door']}())" + (
            f" AND ({seen})" if seen else ""
        )
        for command in COMMANDS:
            checked = command == "INSERT" and table.info.get("insert_check")
            parts = (
                [f"{region} AND {checked}" if checked else region]
                if command in table.info["region_may"]
                else []
            )
            first, last = table.info.get("member_between", (TODAY, TODAY))
            member = (
                f" AND {MEMBER.format(table=table.name, first=first, last=last)}"
                if command == "INSERT"
                else ""
            )
            if checked:
                member += f" AND {checked}"
            parts += [f"{column} = {TENANT}{member}" for column in table.info["party_may"].get(command, ())]
            if parts and command in rights:
                yield command, " OR ".join(f"({part})" for part in parts)
        return
    door = table.info.get("region_door")
    region = f"(select sammen.{door}())" if door else REGION
    own = f"tenant_id = {TENANT}" if kind is Kind.MUNICIPAL else f"region_id = {region}"
    extra = table.info.get("insert_check")
    for command in COMMANDS:
        if command in rights:
            yield command, f"{own} AND {extra}" if extra and command == "INSERT" else own


def grants(table: Table) -> Iterable[str]:
    """The statements that give the app role what the table's kind and model allow it."""
    rights = table.info["rights"]
    plain = sorted(rights - {"UPDATE"})
    if plain:
        yield f"GRANT {', '.join(plain)} ON {_name(table)} TO {APP}"
    if "UPDATE" in rights:
        # Whose row it is can never change, so those columns are simply not granted.
        fixed = FIXED | set(table.info.get("parties", ()))
        if kind_of(table) is Kind.SHARED:
            # What a shared row is about is as fixed as whose it is: repointed, it would tell which rows of others exist.
            fixed |= {name for key in table.foreign_key_constraints for name in key.column_keys}
        columns = ", ".join(f'"{c.name}"' for c in table.columns if c.name not in fixed)
        if columns:
            yield f"GRANT UPDATE ({columns}) ON {_name(table)} TO {APP}"


def protect(table: Table) -> list[str]:
    """The statements that put `table` behind its kind's wall: revoke, enable, force, policies, grants."""
    kind = kind_of(table)
    statements = [f"REVOKE ALL ON {_name(table)} FROM PUBLIC, {APP}"]
    if kind in (Kind.MUNICIPAL, Kind.REGIONAL, Kind.SHARED):
        statements += [
            f"ALTER TABLE {_name(table)} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {_name(table)} FORCE ROW LEVEL SECURITY",
        ]
        statements += [_policy(table, command, condition) for command, condition in _conditions(table, kind)]
    statements += grants(table)
    return statements
