"""Reading the trail: pages of a municipality's entries, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sammen.db.unit_of_work import UnitOfWork
from sammen.web.paging import PAGE_SIZE

CATEGORIES = ("read", "change", "refusal")
MOST_COUNTED = 10_000
"""A log of millions is not counted to its end for a heading: from here on it says "more than"."""
# A statement for each kind, since one that fits all finds no index: refusals are few among millions, and have their own.
_OF = {"": "", **{one: f" AND category = '{one}'" for one in CATEGORIES}}
_ENTRIES = {
    kind: f"""
SELECT at, category, action, actor_name, role, why, cardinality(persons) AS persons,
  persons[1:3] AS first_persons, object_kind, seal_no IS NOT NULL AS sealed
FROM sammen.audit_entry WHERE tenant_id = $1{of} ORDER BY at DESC, id LIMIT $2 OFFSET $3
"""  # noqa: S608 - constants only
    for kind, of in _OF.items()
}
_COUNT = {
    kind: f"SELECT count(*) AS entries FROM (SELECT 1 FROM sammen.audit_entry WHERE tenant_id = $1{of} LIMIT $2) e"  # noqa: S608 - constants only
    for kind, of in _OF.items()
}


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
    """(rows of page `page`, counted from 1; how many there are in all, at most one more than MOST_COUNTED).

    `category` is one of CATEGORIES; "" is all of them.
    """
    tenant = uow.context.tenant
    total = (await uow.call(_COUNT[category], tenant, MOST_COUNTED + 1))[0]["entries"]
    found = await uow.call(_ENTRIES[category], tenant, PAGE_SIZE, (page - 1) * PAGE_SIZE)
    rows = [
        TrailRow(r["at"], r["category"], r["action"], r["actor_name"], tuple(filter(None, r["role"].split(","))),
                 r["why"], r["persons"], tuple(r["first_persons"]), r["object_kind"] or "", r["sealed"])
        for r in found
    ]  # fmt: skip
    return rows, total
