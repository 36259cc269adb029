"""Who has read a person's case, for the case page and the person themselves (E4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, bindparam, func, select
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
# Who came back to the same page ten times in a day is told of once.
_read_on = func.date_trunc("day", func.timezone("Europe/Oslo", entry.c.at))
_last = func.max(entry.c.at)
_READERS = compile_query(
    select(entry.c.actor_name, entry.c.why, _last.label("at"))
    .where(
        entry.c.tenant_id == bindparam("tenant"),
        entry.c.category == "read",
        entry.c.persons.contains(bindparam("persons", type_=ARRAY(PG_UUID(as_uuid=True)))),
    )
    .group_by(entry.c.actor_name, entry.c.why, _read_on)
    .order_by(_last.desc())
    .limit(bindparam("most"))
)


async def readers_of(uow: UnitOfWork, person_id: UUID, *, most: int = SHOWN) -> Sequence[Reading]:
    """The latest look-ups of a person, newest first; one's look-ups of a day for the same reason count as one."""
    rows = await uow.rows(_READERS, tenant=uow.context.tenant, persons=[person_id], most=most)
    return [Reading(row["actor_name"], row["why"], row["at"]) for row in rows]
