"""Who has read a person's case, for the case page and the person themselves (E4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, bindparam, select
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from sammen.audit.models import AuditEntry
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork

entry = AuditEntry.__table__
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Reading:
    """One look-up: who, why, and when. `why` is a msgid or a sentence somebody wrote."""

    name: str
    why: str
    at: datetime


# The GIN index on `persons` finds unsealed rows too, so that what was read a moment ago is on the list.
_READERS = compile_query(
    select(entry.c.actor_name, entry.c.why, entry.c.at)
    .where(
        entry.c.tenant_id == bindparam("tenant"),
        entry.c.category == "read",
        entry.c.persons.contains(bindparam("persons", type_=ARRAY(PG_UUID(as_uuid=True)))),
    )
    .order_by(entry.c.id.desc())
    .limit(bindparam("most"))
)


async def readers_of(uow: UnitOfWork, person_id: UUID, *, most: int = SHOWN) -> Sequence[Reading]:
    """The latest look-ups of a person, newest first."""
    rows = await uow.rows(_READERS, tenant=uow.context.tenant, persons=[person_id], most=most)
    return [Reading(row["actor_name"], row["why"], row["at"]) for row in rows]
