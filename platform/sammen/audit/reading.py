"""Reading the trail: pages of a municipality's entries, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sammen.db.unit_of_work import UnitOfWork
from sammen.web.paging import PAGE_SIZE

CATEGORIES = ("read", "change", "refusal")
ENTRIES = """
SELECT at, category, action, actor_name, role, why, cardinality(persons) AS persons,
  persons[1:3] AS first_persons, object_kind, seal_no IS NOT NULL AS sealed
FROM sammen.audit_entry WHERE tenant_id = $1 AND ($2 = '' OR category = $2) ORDER BY at DESC, id LIMIT $3 OFFSET $4
"""
COUNT = (
    "SELECT count(*) AS entries FROM sammen.audit_entry WHERE tenant_id = $1 AND ($2 = '' OR category = $2)"
)


@dataclass(frozen=True, slots=True)
class TrailRow:
    """An entry as the list shows it: `roles` are codes, `persons` a number, `subjects` the first three of them, `why` a
    Bokmål phrase. People are ids here: whoever reads the log has no access to their names.
    """

    at: datetime
    category: str
    action: str
    actor: str
    roles: tuple[str, ...]
    why: str
    persons: int
    subjects: tuple[UUID, ...]
    object_kind: str
    sealed: bool


async def read_trail(uow: UnitOfWork, category: str, page: int) -> tuple[list[TrailRow], int]:
    """(rows of page `page`, counted from 1; how many there are in all). `category` "" is all of them."""
    tenant = uow.context.tenant
    total = (await uow.call(COUNT, tenant, category))[0]["entries"]
    found = await uow.call(ENTRIES, tenant, category, PAGE_SIZE, (page - 1) * PAGE_SIZE)
    rows = [
        TrailRow(r["at"], r["category"], r["action"], r["actor_name"], tuple(filter(None, r["role"].split(","))),
                 r["why"], r["persons"], tuple(r["first_persons"]), r["object_kind"] or "", r["sealed"])
        for r in found
    ]  # fmt: skip
    return rows, total
