"""What waits for the coordinator about the pool: objections, people who have said yes themselves, a yes that ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, exists, func, select

from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from shared_pool.recruitment.consents import CANDIDATE_USES
from shared_pool.recruitment.models import Candidate, PoolConsent, PoolObjection
from tenants.api import person, support_contact

MOST = 50
consent, objection, candidate = PoolConsent.__table__, PoolObjection.__table__, Candidate.__table__
_WHO = (support_contact.c.id, support_contact.c.person_id, person.c.given_name, person.c.family_name)
_PEOPLE = support_contact.join(
    person,
    and_(person.c.tenant_id == support_contact.c.tenant_id, person.c.id == support_contact.c.person_id),
)
_OURS = support_contact.c.tenant_id == bindparam("tenant")
_IN_POOL = exists().where(
    candidate.c.id == support_contact.c.candidate_id,
    candidate.c.home_id == bindparam("tenant"),
    candidate.c.withdrawn_at.is_(None),
)
_HOLDS = and_(
    consent.c.tenant_id == support_contact.c.tenant_id,
    consent.c.contact_id == support_contact.c.id,
    consent.c.ended_at.is_(None),
    consent.c.use.in_(tuple(CANDIDATE_USES)),
    consent.c.until >= bindparam("day"),
)
_OBJECTIONS = compile_query(
    select(*_WHO, func.min(objection.c.said_on).label("since"))
    .select_from(
        _PEOPLE.join(
            objection,
            and_(objection.c.tenant_id == support_contact.c.tenant_id, objection.c.contact_id == support_contact.c.id),
        )
    )
    .where(_OURS, objection.c.answered_on.is_(None), support_contact.c.state != "ended")
    .group_by(*_WHO)
    .order_by(func.min(objection.c.said_on), support_contact.c.id)
    .limit(MOST)
)  # fmt: skip
_WANTS_IN = compile_query(
    select(*_WHO, func.min(consent.c.given_on).label("since"))
    .select_from(_PEOPLE.join(consent, _HOLDS))
    .where(_OURS, support_contact.c.state.in_(("vetting", "engaged")), ~_IN_POOL)
    .group_by(*_WHO)
    .order_by(func.min(consent.c.given_on), support_contact.c.id)
    .limit(MOST)
)
_ENDS = compile_query(
    select(*_WHO, func.min(consent.c.until).label("due"))
    .select_from(_PEOPLE.join(consent, _HOLDS))
    .where(_OURS, person.c.user_id.is_(None), consent.c.until <= bindparam("last"), _IN_POOL)
    .group_by(*_WHO)
    .order_by(func.min(consent.c.until), support_contact.c.id)
    .limit(MOST)
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A contact something waits for, since a day, perhaps with a last one."""

    contact_id: UUID
    person_id: UUID
    name: str
    since: date
    due: date | None = None


def _waiting(row: Any, since: date, due: date | None = None) -> Waiting:
    return Waiting(
        row["id"], row["person_id"], f"{row['given_name']} {row['family_name']}".strip(), since, due
    )


async def objections(uow: UnitOfWork) -> Sequence[Waiting]:
    """Contacts whose "dette stemmer ikke" nobody has answered, oldest first."""
    rows = await uow.rows(_OBJECTIONS, tenant=uow.context.tenant)
    return [_waiting(row, row["since"]) for row in rows]


async def wants_in(uow: UnitOfWork) -> Sequence[Waiting]:
    """Contacts who have said yes on their own page or in the form, and whom nobody has shared; oldest first."""
    rows = await uow.rows(_WANTS_IN, tenant=uow.context.tenant, day=today())
    return [_waiting(row, row["since"]) for row in rows]


async def ends_soon(uow: UnitOfWork, days: int) -> Sequence[Waiting]:
    """Candidates without a login whose yes ends within so many days: the others are told themselves."""
    rows = await uow.rows(_ENDS, tenant=uow.context.tenant, day=today(), last=today() + timedelta(days=days))
    return [_waiting(row, today(), row["due"]) for row in rows]
