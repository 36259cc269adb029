"""What a municipality tells of itself: the hours of contacts lent to it, and the seats and places it has had in others'
courses and groups (C5).

Told in its own context, by a job that has no roles and asks nobody's permission to see a case: as in payroll, a contact's
hours are there whoever they were spent with, also with somebody shielded, and nothing says with whom. Only what has
changed is told anew, so doing it again changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Date, String, and_, bindparam, case, cast, func, insert, select

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.ids import random_id
from sammen.tenancy.models import RegionMembership
from shared_pool.courses.api import seats_held
from shared_pool.groups.api import places_used
from shared_pool.matching.api import Proposal
from shared_pool.settlement.models import SettlementFact
from shared_pool.settlement.reckoning import NOTHING, Key, month_off
from tenants.api import assignment, introduced_substitute, person, support_contact, timesheet_line

fact = SettlementFact.__table__
proposal = Proposal.__table__
line = timesheet_line
membership = RegionMembership.__table__

_courses = proposal.c.candidate_card["courses"].astext
_meetings = (
    select(
        proposal.c.region_id, proposal.c.home_id, proposal.c.candidate_id, line.c.contact_id, line.c.worked_on, line.c.starts,
        line.c.ends, line.c.hours,
        and_(_courses.is_not(None), _courses.not_in(("", "0", "[]"))).label("trained"),
        # A leader is at one meeting, however many of the group's service users were there.
        case(
            (and_(assignment.c.form == "group", line.c.starts.is_not(None), line.c.ends.is_not(None)), None),
            else_=cast(line.c.id, String),
        ).label("one"),
    )
    .select_from(
        line.join(assignment, and_(assignment.c.tenant_id == line.c.tenant_id, assignment.c.id == line.c.assignment_id))
        .outerjoin(
            # A substitute's days have no proposal of their own: the one that made them known to the service user has.
            introduced_substitute,
            and_(
                introduced_substitute.c.tenant_id == assignment.c.tenant_id, assignment.c.role != "regular",
                introduced_substitute.c.case_id == assignment.c.case_id,
                introduced_substitute.c.contact_id == assignment.c.contact_id,
                introduced_substitute.c.proposal_id.is_not(None),
            ),
        )
        .join(
            proposal,
            and_(
                proposal.c.id == func.coalesce(assignment.c.proposal_id, introduced_substitute.c.proposal_id),
                proposal.c.need_tenant_id == assignment.c.tenant_id,
            ),
        )
    )
    .where(
        line.c.tenant_id == bindparam("tenant"), line.c.state == "approved", line.c.replaced_at.is_(None),
        line.c.hours > 0, proposal.c.home_id != bindparam("tenant"), proposal.c.matched_at.is_not(None),
    )
    .distinct()
    .subquery()
)  # fmt: skip
_month = cast(func.date_trunc("month", _meetings.c.worked_on), Date)
_LENT = compile_query(
    select(
        _meetings.c.region_id, _meetings.c.home_id, _meetings.c.candidate_id, _month.label("month"),
        func.sum(_meetings.c.hours).label("hours"), func.bool_or(_meetings.c.trained).label("trained"),
        func.min(person.c.given_name + " " + person.c.family_name).label("name"),
    )
    .select_from(
        _meetings.join(
            support_contact,
            and_(support_contact.c.tenant_id == bindparam("tenant"), support_contact.c.id == _meetings.c.contact_id),
        ).join(person, and_(person.c.tenant_id == support_contact.c.tenant_id, person.c.id == support_contact.c.person_id))
    )
    .group_by(_meetings.c.region_id, _meetings.c.home_id, _meetings.c.candidate_id, _month)
    .order_by(_meetings.c.region_id, _meetings.c.home_id, _meetings.c.candidate_id, _month)
)  # fmt: skip
_TOLD = compile_query(
    select(
        fact.c.region_id, fact.c.debtor_id, fact.c.creditor_id, fact.c.kind, fact.c.month, fact.c.candidate_id,
        fact.c.contact_name, fact.c.quantity, fact.c.revision,
    )
    .where(fact.c.debtor_id == bindparam("tenant"))
    .order_by(fact.c.revision)
)  # fmt: skip
_MEMBERS = compile_query(
    select(
        membership.c.region_id, membership.c.municipality_id, membership.c.valid_from, membership.c.valid_to
    )
)
_INSERT = insert(SettlementFact)


class Told(NamedTuple):
    """The newest of what has been told of a key."""

    name: str
    quantity: Decimal
    revision: int


@dataclass(frozen=True, slots=True)
class Memberships:
    """Who was a member of which region when."""

    rows: tuple[tuple[UUID, UUID, date, date | None], ...]

    @classmethod
    async def read(cls, uow: UnitOfWork) -> Memberships:
        """All there are, of today and before."""
        return cls(
            tuple(
                (row["region_id"], row["municipality_id"], row["valid_from"], row["valid_to"])
                for row in await uow.rows(_MEMBERS)
            )
        )

    def both(self, region_id: UUID, places: Iterable[UUID], month: date) -> bool:
        """Whether all the places were members at some time of a month (its first day)."""
        after = month_off(month, 1)
        return all(
            any(
                region == region_id and who == place and since < after and (until is None or until >= month)
                for region, who, since, until in self.rows
            )
            for place in places
        )


async def tell_facts(uow: UnitOfWork) -> int:
    """In a municipality: tell what it owes others for, by month, where it has changed; how many facts that was."""
    wanted = await _hours(uow)
    for held in await seats_held(uow):
        key = Key(uow.context.tenant, held.host_id, "seats", held.month, None)
        wanted[held.region_id, key] = ("", Decimal(held.seats))
    for used in await places_used(uow):
        key = Key(uow.context.tenant, used.host_id, "places", used.month, None)
        wanted[used.region_id, key] = ("", Decimal(used.places))
    told = await told_facts(uow)
    for (region_id, key), before in told.items():
        wanted.setdefault((region_id, key), (before.name, NOTHING))
    members = await Memberships.read(uow)
    return await write_facts(
        uow,
        {
            (region_id, key): value
            for (region_id, key), value in wanted.items()
            if members.both(region_id, (key.debtor, key.creditor), key.month)
        },
        told,
    )


async def _hours(uow: UnitOfWork) -> dict[tuple[UUID, Key], tuple[str, Decimal]]:
    """Hours by lent contact and month; and once for each, in the first month, that they were recruited and trained."""
    tenant = uow.context.tenant
    before = {key.candidate for _, key in await told_facts(uow) if key.kind == "trained"}
    found: dict[tuple[UUID, Key], tuple[str, Decimal]] = {}
    begun: set[tuple[UUID, UUID]] = set()
    for row in await uow.rows(_LENT, tenant=tenant):
        region_id, candidate = row["region_id"], row["candidate_id"]
        told = {"hours": row["hours"]}
        if (region_id, candidate) not in begun:
            begun.add((region_id, candidate))
            told["recruited"] = Decimal(1)
            # Told once, it stays: what the pool's card said at the match may be gone since, and was so all the same.
            if row["trained"] or candidate in before:
                told["trained"] = Decimal(1)
        for kind, quantity in told.items():
            key = Key(tenant, row["home_id"], kind, row["month"], candidate)
            found[region_id, key] = (row["name"], quantity)
    return found


async def told_facts(uow: UnitOfWork) -> dict[tuple[UUID, Key], Told]:
    """What the municipality itself has told so far: (region, key) → the newest."""
    found: dict[tuple[UUID, Key], Told] = {}
    for row in await uow.rows(_TOLD, tenant=uow.context.tenant):
        key = Key(row["debtor_id"], row["creditor_id"], row["kind"], row["month"], row["candidate_id"])
        found[row["region_id"], key] = Told(row["contact_name"], row["quantity"], row["revision"])
    return found


async def write_facts(
    uow: UnitOfWork,
    wanted: Mapping[tuple[UUID, Key], tuple[str, Decimal]],
    told: Mapping[tuple[UUID, Key], Told],
) -> int:
    """Add a revision for each fact that is new or otherwise than told; how many. Quantities have two decimals."""
    rows: list[dict[str, Any]] = []
    for (region_id, key), (name, quantity) in sorted(wanted.items(), key=str):
        before = told.get((region_id, key))
        if (before.quantity if before else NOTHING) == quantity:
            continue
        rows.append({
            "region_id": region_id, "id": random_id(), "debtor_id": key.debtor, "creditor_id": key.creditor,
            "kind": key.kind, "month": key.month, "candidate_id": key.candidate, "contact_name": name,
            "quantity": quantity, "revision": before.revision + 1 if before else 1, "told_on": today(),
        })  # fmt: skip
    if rows:
        await uow.session.execute(_INSERT, rows)
        await uow.session.flush()
        await record_change(uow, "settlement.told", "municipality", uow.context.tenant, facts=len(rows))
    return len(rows)
