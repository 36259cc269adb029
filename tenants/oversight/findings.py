"""What the weekly look found: lists, one of them with its entries, and the review. Everybody who reviews sees all of them:
readers by name, whom they read about by id, and no case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select

from sammen.audit.models import AuditEntry
from sammen.audit.trail import record_change
from sammen.clock import now
from sammen.db.raw import Query, compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.paging import PAGE_SIZE
from tenants.oversight.models import UnusualRead
from tenants.oversight.words import OUTCOMES

unusual_read = UnusualRead.__table__
entry = AuditEntry.__table__


@dataclass(frozen=True, slots=True)
class FindingCard:
    """A finding as lists and its page show it; see models.UnusualRead."""

    id: UUID
    week: date
    rule: str
    reader_id: UUID
    reader_name: str
    about_id: UUID | None
    count: int
    facts: Mapping[str, Any]
    entry_ids: list[UUID]
    outcome: str
    note: str
    reviewed_by_name: str
    reviewed_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class EntryLine:
    """An entry a finding or an emergency points to. `persons` are ids: whoever reviews has no access to names."""

    at: datetime
    category: str
    action: str
    roles: tuple[str, ...]
    why: str
    object_kind: str
    persons: tuple[UUID, ...]
    count: int


_CARDS = select(*(unusual_read.c[name] for name in FindingCard.__dataclass_fields__)).where(
    unusual_read.c.tenant_id == bindparam("tenant")
)
_NEWEST = (unusual_read.c.week.desc(), unusual_read.c.reader_name, unusual_read.c.rule, unusual_read.c.id)
_LISTS: Mapping[bool, Query] = {
    done: compile_query(
        _CARDS.where((unusual_read.c.outcome != "") if done else (unusual_read.c.outcome == ""))
        .order_by(*_NEWEST)
        .limit(bindparam("most"))
        .offset(bindparam("skip"))
    )
    for done in (False, True)
}
_COUNTS: Mapping[bool, Query] = {
    done: compile_query(
        select(func.count()).where(
            unusual_read.c.tenant_id == bindparam("tenant"),
            (unusual_read.c.outcome != "") if done else (unusual_read.c.outcome == ""),
        )
    )
    for done in (False, True)
}
_ONE = compile_query(_CARDS.where(unusual_read.c.id == bindparam("finding")))
_LINE = """
SELECT at, category, action, role, why, object_kind, persons[1:5] AS persons, cardinality(persons) AS count
  FROM sammen.audit_entry WHERE tenant_id = $1 AND {which} ORDER BY at, id LIMIT 200
"""
_BY_ID = _LINE.format(which="id = ANY ($2::uuid[])")
_IN_EMERGENCY = _LINE.format(
    which="at >= $2 AND at <= $3 AND actor_id = $4 AND details ->> 'emergency' = $5::uuid::text AND category = 'read'"
)


async def list_findings(uow: UnitOfWork, *, done: bool, page: int) -> tuple[Sequence[FindingCard], int]:
    """(a page of findings, reviewed or not; how many there are), the newest week first."""
    tenant = uow.context.tenant
    rows = await uow.rows(_LISTS[done], tenant=tenant, most=PAGE_SIZE, skip=(page - 1) * PAGE_SIZE)
    return [FindingCard(**dict(row)) for row in rows], await uow.value(_COUNTS[done], tenant=tenant)


async def finding_card(uow: UnitOfWork, finding_id: UUID) -> FindingCard:
    """One finding. Raises NotFound."""
    row = await uow.row(_ONE, tenant=uow.context.tenant, finding=finding_id)
    if row is None:
        raise NotFound
    return FindingCard(**dict(row))


def _lines(rows: Sequence[Any]) -> list[EntryLine]:
    return [
        EntryLine(row["at"], row["category"], row["action"], tuple(filter(None, row["role"].split(","))), row["why"],
                  row["object_kind"] or "", tuple(row["persons"]), row["count"])
        for row in rows
    ]  # fmt: skip


async def entries_of(uow: UnitOfWork, card: FindingCard) -> Sequence[EntryLine]:
    """The entries a finding was found in, in order of time."""
    return _lines(await uow.call(_BY_ID, uow.context.tenant, card.entry_ids))


async def entries_in_emergency(
    uow: UnitOfWork, access_id: UUID, reader: UUID, first: datetime, last: datetime
) -> Sequence[EntryLine]:
    """What was read within an emergency access, as the trail has marked it, in order of time."""
    return _lines(await uow.call(_IN_EMERGENCY, uow.context.tenant, first, last, reader, access_id))


async def review_finding(uow: UnitOfWork, finding_id: UUID, *, outcome: str, note: str, version: int) -> None:
    """Somebody else than the reader says what came of it.

    Raises NotFound, Forbidden for one's own, Invalid for a missing outcome or note, Conflict when reviewed meanwhile.
    """
    uow.context.require(Permission.OVERSIGHT_REVIEW)
    row = await uow.session.get(
        UnusualRead, (uow.context.tenant, finding_id), with_for_update=True, populate_existing=True
    )
    if row is None:
        raise NotFound
    if row.reader_id == uow.context.user:
        raise Forbidden(N_("Dette gjelder dine egne oppslag. En annen må gå gjennom dem."))
    if row.version != version or row.outcome:
        raise Conflict(N_("En annen har gått gjennom dette. Last siden på nytt."))
    if outcome not in OUTCOMES:
        raise Invalid.one("utfall", N_("Velg hva som kom ut av det."))
    if not note:
        raise Invalid.one("merknad", N_("Skriv kort hvorfor."))
    row.outcome, row.note = outcome, note
    row.reviewed_by, row.reviewed_by_name, row.reviewed_at = uow.context.user, uow.context.user_name, now()
    row.version += 1
    await uow.session.flush()
    await record_change(uow, "oversight.reviewed", "unusual_read", row.id, outcome=outcome, rule=row.rule)
