"""Reads of what was opened in an emergency: one's own, a case's, and what waits for review."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.sql import ColumnElement

from sammen.clock import now
from sammen.db.raw import Query, compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from tenants.cases.access import case_member, emergency_access, emergency_event, emergency_rule, named_today

MINUTES = 60
"""How long a case is open where the municipality has not said otherwise."""
TOLD = timedelta(days=14)
"""How long those named on a case are reminded that it was opened."""
REVIEW_DAYS = 7
"""Within how many days somebody reviews it; then it is late."""


@dataclass(frozen=True, slots=True)
class EmergencyRules:
    """Whether it may be done here, and for how many minutes."""

    allowed: bool
    minutes: int
    version: int


@dataclass(frozen=True, slots=True)
class EmergencyCard:
    """An emergency access. `ended_at`: when it ended or ends; `review`: "", justified or unjustified."""

    id: UUID
    case_id: UUID
    user_id: UUID
    user_name: str
    roles: list[str]
    reason: str
    address_reason: str
    opened_at: datetime
    ended_at: datetime
    open: bool
    review: str
    review_note: str
    reviewed_by_name: str
    reviewed_at: datetime | None


_closed, _review = emergency_event.alias("closed"), emergency_event.alias("review")
_CLOSED_AT = (
    select(func.min(_closed.c.at))
    .where(
        _closed.c.tenant_id == emergency_access.c.tenant_id,
        _closed.c.access_id == emergency_access.c.id,
        _closed.c.kind != "justified",
    )
    .scalar_subquery()
)
_ENDED_AT = func.least(emergency_access.c.ends_at, _CLOSED_AT)


def _cards(*where: ColumnElement[bool], most: int = 200) -> Query:
    return compile_query(
        select(
            *(emergency_access.c[name] for name in (
                "id", "case_id", "user_id", "user_name", "roles", "reason", "address_reason", "opened_at")),
            _ENDED_AT.label("ended_at"), (func.now() < _ENDED_AT).label("open"),
            func.coalesce(_review.c.kind, "").label("review"), func.coalesce(_review.c.note, "").label("review_note"),
            func.coalesce(_review.c.by_name, "").label("reviewed_by_name"), _review.c.at.label("reviewed_at"),
        )
        .select_from(emergency_access.outerjoin(
            _review,
            (_review.c.tenant_id == emergency_access.c.tenant_id) & (_review.c.access_id == emergency_access.c.id)
            & (_review.c.kind != "closed"),
        ))
        .where(emergency_access.c.tenant_id == bindparam("tenant"), *where)
        .order_by(emergency_access.c.opened_at.desc(), emergency_access.c.id.desc())
        .limit(most)
    )  # fmt: skip


_ONE = _cards(emergency_access.c.id == bindparam("access"))
_OF_USER = _cards(emergency_access.c.user_id == bindparam("user"), most=20)
_OF_CASE = _cards(emergency_access.c.case_id == bindparam("case"), most=20)
_WAITING = _cards(_review.c.id.is_(None))
_DONE = _cards(_review.c.id.is_not(None))
_TOLD = _cards(
    emergency_access.c.opened_at > bindparam("since"),
    emergency_access.c.user_id != bindparam("reader"),
    select(case_member.c.id)
    .where(
        case_member.c.tenant_id == emergency_access.c.tenant_id,
        case_member.c.case_id == emergency_access.c.case_id,
        case_member.c.user_id == bindparam("reader"),
        named_today(),
    )
    .exists(),
    most=20,
)
_RULES = compile_query(
    select(emergency_rule.c.allowed, emergency_rule.c.minutes, emergency_rule.c.version).where(
        emergency_rule.c.tenant_id == bindparam("tenant")
    )
)


async def _read(uow: UnitOfWork, query: Query, **values: object) -> list[EmergencyCard]:
    return [EmergencyCard(**dict(row)) for row in await uow.rows(query, tenant=uow.context.tenant, **values)]


async def emergency_rules(uow: UnitOfWork) -> EmergencyRules:
    """The municipality's rules; allowed for an hour where it has none."""
    row = await uow.row(_RULES, tenant=uow.context.tenant)
    return EmergencyRules(**dict(row)) if row else EmergencyRules(True, MINUTES, 0)


async def emergency_card(uow: UnitOfWork, access_id: UUID) -> EmergencyCard:
    """One of them, for its reader or a reviewer: the caller has asked which. Raises NotFound."""
    found = await _read(uow, _ONE, access=access_id)
    if not found:
        raise NotFound
    return found[0]


async def own_emergencies(uow: UnitOfWork) -> Sequence[EmergencyCard]:
    """The reader's own latest, newest first."""
    return await _read(uow, _OF_USER, user=uow.context.user)


async def emergencies_of(uow: UnitOfWork, case_id: UUID) -> Sequence[EmergencyCard]:
    """A case's latest, newest first. The caller has seen the case."""
    return await _read(uow, _OF_CASE, case=case_id)


async def emergencies_to_review(uow: UnitOfWork) -> Sequence[EmergencyCard]:
    """What nobody has reviewed, newest first. For those who review."""
    return await _read(uow, _WAITING)


async def emergencies_reviewed(uow: UnitOfWork) -> Sequence[EmergencyCard]:
    """The latest two hundred that are reviewed, newest first. For those who review."""
    return await _read(uow, _DONE)


async def emergencies_to_tell(uow: UnitOfWork) -> Sequence[EmergencyCard]:
    """Somebody else's, in cases the reader is named on, of the last fortnight."""
    return await _read(uow, _TOLD, reader=uow.context.user, since=now() - TOLD)
