"""Approved hours of contacts who came through the pool from another municipality, for the settlement with it (C5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import and_, bindparam, select

from sammen.clock import OSLO
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from shared_pool.matching.models import Proposal
from tenants.api import assignment, person, support_contact, worked_between

proposal = Proposal.__table__
_LENT = compile_query(
    select(
        assignment.c.id, assignment.c.contact_id, proposal.c.home_id, proposal.c.matched_at, person.c.given_name,
        person.c.family_name,
    )
    .select_from(
        proposal.join(
            assignment,
            and_(assignment.c.tenant_id == proposal.c.need_tenant_id, assignment.c.proposal_id == proposal.c.id),
        )
        .join(
            support_contact,
            and_(support_contact.c.tenant_id == assignment.c.tenant_id, support_contact.c.id == assignment.c.contact_id),
        )
        .join(person, and_(person.c.tenant_id == assignment.c.tenant_id, person.c.id == support_contact.c.person_id))
    )
    .where(
        assignment.c.tenant_id == bindparam("tenant"),
        proposal.c.need_tenant_id == bindparam("tenant"),
        proposal.c.home_id != bindparam("tenant"),
    )
    .order_by(proposal.c.home_id, assignment.c.contact_id, proposal.c.matched_at)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lent:
    """A contact another municipality lends: approved hours by month (its first day). Nothing of whose they were.

    `matched_on` is the Norwegian day of the first match, for what is paid once.
    """

    home_id: UUID
    contact_id: UUID
    name: str
    matched_on: date | None
    hours: dict[date, Decimal] = field(default_factory=dict)


async def lent_hours(uow: UnitOfWork, first: date, last: date) -> list[Lent]:
    """What the municipality's borrowed contacts have had approved of hours worked from `first` to `last`, both included.

    In the need's municipality, jobs too: by tenant, without asking who reads, since a sum a month tells nothing of a
    service user. A contact who was lent but has no hours then is left out. By home and contact, in a stable order.
    """
    rows = await uow.rows(_LENT, tenant=uow.context.tenant)
    if not rows:
        return []
    of_assignment: dict[UUID, Lent] = {}
    by_contact: dict[tuple[UUID, UUID], Lent] = {}
    for row in rows:
        matched = row["matched_at"].astimezone(OSLO).date() if row["matched_at"] is not None else None
        named = f"{row['given_name']} {row['family_name']}"
        of_assignment[row["id"]] = by_contact.setdefault(
            (row["home_id"], row["contact_id"]), Lent(row["home_id"], row["contact_id"], named, matched)
        )
    for lines in (await worked_between(uow, first, last)).values():
        for line in lines:
            lent = of_assignment.get(line.assignment_id)
            if lent is not None:
                month = line.worked_on.replace(day=1)
                lent.hours[month] = lent.hours.get(month, Decimal(0)) + line.hours
    return [lent for lent in by_contact.values() if lent.hours]
