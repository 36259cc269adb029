"""What goes with a thing, in which order, and what stands in the way: walked along the foreign keys of the metadata.

Reads in the municipality's own context, so row-level security bounds it like everything else. Changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from uuid import UUID

from sqlalchemy import Table

from sammen.clock import today
from sammen.db.base import Base
from sammen.db.base import Kind as Walls
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from tenants.retention.kinds import KINDS, LOOSENED, TABLES

HINDRANCES: Mapping[str, str] = {
    "hold": N_("Sperret mot sletting"),
    "open": N_("Noe er ikke avsluttet"),
    "complaint": N_("Klage som ikke er avsluttet"),
    "journal": N_("Dokumenter som ikke er journalført"),
    "archive": N_("Dokumenter som arkivet ikke har kvittert for"),
    "hours": N_("Timer som ikke er lønnet"),
    "pay": N_("Lønn som må beholdes lenger"),
    "other": N_("Noe annet som må beholdes lenger, peker hit"),
}
DOCUMENTS: Mapping[str, str] = {
    "letter": "state = 'sent'",
    "agreement_file": "true",
    "status_review": "held_at IS NOT NULL",
    "incoming_form": "state = 'registered'",
}
"""Tables whose rows are documents for the journal, and when they are."""
_ACTIVE_HOLD = "lifted_on IS NULL AND valid_from <= $3 AND (valid_to IS NULL OR valid_to >= $3)"


@dataclass(slots=True)
class Closure:
    """Rows by table, which keys to empty, and which tables of other kinds point here."""

    rows: dict[str, set[UUID]] = field(default_factory=dict)
    loosened: dict[tuple[str, str], set[UUID]] = field(default_factory=dict)
    foreign: set[str] = field(default_factory=set)

    def order(self) -> list[tuple[str, str, list[UUID]]]:
        """(table, column to empty or "", ids) in an order in which no key is left hanging: children first."""
        emptied = [(table, column, sorted(ids)) for (table, column), ids in sorted(self.loosened.items())]
        names = [table.name for table in reversed(Base.metadata.sorted_tables)]
        return emptied + [(name, "", sorted(self.rows[name])) for name in names if self.rows.get(name)]

    def counts(self) -> dict[str, int]:
        """Table → how many rows."""
        return {name: len(ids) for name, ids in sorted(self.rows.items()) if ids}

    def digest(self) -> bytes:
        """SHA-256 over every `table:id`, sorted: what went can be recognised by who has the ids, and not read."""
        lines = sorted(f"{name}:{one}" for name, ids in self.rows.items() for one in ids)
        return hashlib.sha256("\n".join(lines).encode()).digest()


@cache
def edges() -> Mapping[str, Sequence[tuple[Table, str]]]:
    """For each municipal table, the tables and columns that point to it by a key."""
    found: dict[str, list[tuple[Table, str]]] = {}
    for table in Base.metadata.sorted_tables:
        if table.info["kind"] is not Walls.MUNICIPAL:
            continue
        for key in table.foreign_key_constraints:
            if key.referred_table.info["kind"] is Walls.MUNICIPAL:
                column = next(name for name in key.column_keys if name != "tenant_id")
                found.setdefault(key.referred_table.name, []).append((table, column))
    return found


async def closure(uow: UnitOfWork, kind: str, anchor: UUID) -> Closure:
    """All that hangs on one anchor row of `kind`: its own kind's rows and those of the kinds it takes."""
    taken = {kind, *KINDS[kind].takes}
    found = Closure({KINDS[kind].anchor: {anchor}})
    waiting: list[tuple[str, set[UUID]]] = [(KINDS[kind].anchor, {anchor})]
    while waiting:
        name, ids = waiting.pop()
        for table, column in edges().get(name, ()):
            pointing = await _pointing(uow, table.name, column, ids)
            if not pointing:
                continue
            if (table.name, column) in LOOSENED:
                found.loosened.setdefault((table.name, column), set()).update(pointing)
            elif TABLES[table.name] in taken:
                known = found.rows.setdefault(table.name, set())
                if fresh := pointing - known:
                    known |= fresh
                    waiting.append((table.name, fresh))
            else:
                found.foreign.add(table.name)
    # What goes itself need not be emptied first.
    kept = {key: ids - found.rows.get(key[0], set()) for key, ids in found.loosened.items()}
    found.loosened = {key: ids for key, ids in kept.items() if ids}
    return found


async def _pointing(uow: UnitOfWork, table: str, column: str, ids: set[UUID]) -> set[UUID]:
    sql = f"SELECT id FROM sammen.{table} WHERE tenant_id = $1 AND {column} = ANY($2)"  # noqa: S608 - names of the metadata
    return {row["id"] for row in await uow.call(sql, uow.context.tenant, list(ids))}


async def _some(uow: UnitOfWork, table: str, condition: str, ids: set[UUID]) -> bool:
    if not ids:
        return False
    sql = f"SELECT 1 FROM sammen.{table} WHERE tenant_id = $1 AND id = ANY($2) AND {condition} LIMIT 1"  # noqa: S608 - fixed text
    return bool(await uow.call(sql, uow.context.tenant, list(ids)))


async def _held(uow: UnitOfWork, case: UUID | None, person: UUID | None, contact: UUID | None) -> bool:
    sql = (
        f"SELECT 1 FROM sammen.legal_hold WHERE tenant_id = $1 AND ($2::uuid[] && ARRAY[case_id, contact_id]"  # noqa: S608 - fixed text
        f" OR (whole AND person_id = ANY($2)) OR person_id = $4) AND {_ACTIVE_HOLD} LIMIT 1"
    )
    ids = [one for one in (case, person, contact) if one is not None]
    # A hold on one of a person's cases keeps the person too, but not their other cases.
    alone = person if case is None and contact is None else None
    return bool(await uow.call(sql, uow.context.tenant, ids, today(), alone))


async def hindrances(
    uow: UnitOfWork,
    found: Closure,
    action: str,
    *,
    case: UUID | None = None,
    person: UUID | None = None,
    contact: UUID | None = None,
) -> list[str]:
    """Codes of HINDRANCES that stand in the way of deleting a closure; empty when it may go."""
    says = []
    rows = found.rows
    if await _held(uow, case, person, contact):
        says.append("hold")
    if await _some(uow, "complaint", "state <> 'closed'", rows.get("complaint", set())):
        says.append("complaint")
    going_on = [
        await _some(uow, table, "closed_on IS NULL", rows.get(table, set()))
        for table in ("concern", "deviation")
    ]
    if any(going_on):
        says.append("open")
    paid = "state IN ('sent', 'approved') AND worked_on > CURRENT_DATE - interval '5 years' AND NOT EXISTS"
    paid += " (SELECT 1 FROM sammen.pay_item i WHERE i.tenant_id = timesheet_line.tenant_id AND i.line_id = timesheet_line.id)"
    if await _some(uow, "timesheet_line", paid, rows.get("timesheet_line", set())):
        says.append("hours")
    if action == "archive":
        says += await _papers(uow, rows)
    if any(TABLES[table] == "pay" for table in found.foreign):
        says.append("pay")
    if any(TABLES[table] != "pay" for table in found.foreign):
        says.append("other")
    return sorted(set(says), key=list(HINDRANCES).index)


async def _papers(uow: UnitOfWork, rows: Mapping[str, set[UUID]]) -> list[str]:
    """Whether some document is not journalled, or journalled without the archive's receipt (E1)."""
    says = []
    mark = (
        "SELECT 1 FROM sammen.document_mark m WHERE m.tenant_id = {t}.tenant_id AND m.object_kind = '{t}'"
        " AND m.object_id = {t}.id"
    )
    for table, when in DOCUMENTS.items():
        one = mark.format(t=table)
        if await _some(uow, table, f"{when} AND NOT EXISTS ({one})", rows.get(table, set())):
            says.append("journal")
        if await _some(
            uow, table, f"{when} AND EXISTS ({one} AND m.archived_on IS NULL)", rows.get(table, set())
        ):
            says.append("archive")
    return says
