"""Who has read a person's case, for the case page and the person themselves (E4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Boolean, Text, all_, any_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from sammen.audit.models import AuditEntry
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.tenancy.context import PlaceKind
from tenants.cases.access import case_file, purchasers_seen, visible

entry = AuditEntry.__table__
SHOWN = 5
NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Reading:
    """One look-up: who, why, and when. `why` is a msgid or a sentence somebody wrote."""

    name: str
    why: str
    at: datetime


_UUIDS = ARRAY(PG_UUID(as_uuid=True))
_open, _closed = bindparam("open", type_=_UUIDS), bindparam("closed", type_=_UUIDS)
# The GIN index on `persons` finds unsealed rows too, so that what was read a moment ago is on the list.
# Who came back to the same page ten times in a day is told of once.
_read_on = func.date_trunc("day", func.timezone("Europe/Oslo", entry.c.at))
_last = func.max(entry.c.at)
_READERS = compile_query(
    select(entry.c.actor_name, entry.c.why, _last.label("at"))
    .where(
        entry.c.tenant_id == bindparam("tenant"),
        entry.c.category == "read",
        entry.c.persons.contains(bindparam("persons", type_=_UUIDS)),
        entry.c.actor_id.is_distinct_from(bindparam("but", type_=PG_UUID(as_uuid=True))),
        or_(entry.c.object_id.is_(None), entry.c.object_id != all_(_closed)),
        or_(~bindparam("told", type_=Boolean()), ~entry.c.action.startswith("concern.")),
        or_(
            entry.c.object_id == any_(_open),
            ~func.string_to_array(entry.c.role, ",").op("&&")(bindparam("others", type_=ARRAY(Text()))),
        ),
    )
    .group_by(entry.c.actor_name, entry.c.why, _read_on)
    .order_by(_last.desc())
    .limit(bindparam("most"))
)
_CASES = compile_query(
    select(case_file.c.id, case_file.c.purchaser, visible().label("seen")).where(
        case_file.c.tenant_id == bindparam("tenant"), case_file.c.person_id == bindparam("person")
    )
)


async def readers_of(
    uow: UnitOfWork, person_id: UUID, *, most: int = SHOWN, but: UUID | None = None, told: bool = False
) -> Sequence[Reading]:
    """The latest look-ups of a person, newest first; one's look-ups of a day for the same reason count as one. `but`:
    somebody whose own are left out.

    Who works here is not told of look-ups in a case of the person's that they may not see: that somebody in child welfare
    has read is to say that there is a case (A16, E5). On one's own pages everything is told, apart from one thing: readings
    of concerns, which would tell whom it is about, or who acts for them, that there is one (fvl. § 19; as the whole log does).
    `told`: the answer is on its way to the person though an employee asks, and the same is left out.
    """
    seen, closed, others = [], [], set()
    told = told or uow.context.kind is PlaceKind.OWN
    if uow.context.kind is not PlaceKind.OWN:
        cases = await uow.rows(
            _CASES, tenant=uow.context.tenant, purchasers=purchasers_seen(uow.context), reader=uow.context.user,
            person=person_id,
        )  # fmt: skip
        seen = [row["id"] for row in cases if row["seen"]]
        closed = [row["id"] for row in cases if not row["seen"]]
        kinds = {row["purchaser"] for row in cases if row["seen"]}
        others = {f"purchaser_{row['purchaser']}" for row in cases if row["purchaser"] not in kinds}
    rows = await uow.rows(
        _READERS, tenant=uow.context.tenant, persons=[person_id], most=most, open=seen, closed=closed,
        others=sorted(others), but=but or NOBODY, told=told,
    )  # fmt: skip
    return [Reading(row["actor_name"], row["why"], row["at"]) for row in rows]
