"""One's own pages: a contact's assignments, and what a service user or representative may read of their own.

Row-level security is the wall between municipalities; here the rule is the person: everything is asked for by the
contact or the persons that the signed-in user is, and by nothing from the address.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import and_, any_, bindparam, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from tenants.assignments.models import Assignment, ServiceOrder
from tenants.cases.api import case_file
from tenants.contacts.api import own_contact, support_contact
from tenants.decisions.api import decision, grant_last_day, service_grant
from tenants.people.api import RepresentativeCard, age_on, person, representatives_of

assignment = Assignment.__table__
service_order = ServiceOrder.__table__
IDS = ARRAY(PG_UUID(as_uuid=True))
SHOWN_AFTER_END = timedelta(days=60)
"""An ended assignment stays on the contact's page this long: hours may still have to be sent."""


@dataclass(frozen=True, slots=True)
class OwnAssignment:
    """An assignment as its own contact sees it. Phone and address are empty for somebody with a protected address."""

    id: UUID
    person_id: UUID
    name: str
    given_name: str
    age: int | None
    protected: bool
    phone: str
    address: str
    form: str
    amount: Decimal | None
    unit: str
    times: str
    starts_on: date | None
    ended_on: date | None
    valid_to: date | None
    role: str
    """regular, substitute or bridge; who stands in has `ended_on` as the planned last day."""
    state: str
    suspended: bool
    """The contact is to meet nobody now (B19): what they would need for a meeting is not shown."""
    representatives: Sequence[RepresentativeCard]

    @property
    def begun(self) -> bool:
        """Whether the first day has come."""
        return self.starts_on is not None and self.starts_on <= today()

    @property
    def last_day(self) -> date | None:
        """The last day hours may be for: when the assignment or the grant ended, whichever came first."""
        days = [day for day in (self.ended_on, self.valid_to) if day is not None]
        return min(days) if days else None


@dataclass(frozen=True, slots=True)
class OwnService:
    """One granted service as the person it is for reads it, with how its order stands."""

    grant_id: UUID
    case_id: UUID
    decided_on: date | None
    goal: str
    form: str
    amount: Decimal | None
    unit: str
    times: str
    valid_from: date | None
    valid_to: date | None
    evaluate_on: date | None
    state: str | None


@dataclass(frozen=True, slots=True)
class OwnContact:
    """Somebody's contact, by name: both sides have been shown each other."""

    assignment_id: UUID
    grant_id: UUID
    name: str
    phone: str
    starts_on: date | None
    role: str
    last_day: date | None


_REVEALED = or_(assignment.c.revealed_at.is_not(None), assignment.c.source == "home")
_MINE = (
    select(
        assignment.c.id, assignment.c.person_id, person.c.given_name, person.c.family_name, person.c.birth_date,
        person.c.protection, person.c.phone, person.c.street, person.c.postcode, person.c.place, assignment.c.form,
        assignment.c.amount, assignment.c.unit, service_grant.c.times, assignment.c.starts_on, assignment.c.ended_on,
        grant_last_day.label("valid_to"), assignment.c.role,
        assignment.c.state, (support_contact.c.state == "suspended").label("suspended"),
    )
    .select_from(
        assignment.join(
            person, and_(person.c.tenant_id == assignment.c.tenant_id, person.c.id == assignment.c.person_id)
        )
        .join(
            support_contact,
            and_(
                support_contact.c.tenant_id == assignment.c.tenant_id, support_contact.c.id == assignment.c.contact_id
            ),
        )
        .join(
            service_order,
            and_(service_order.c.tenant_id == assignment.c.tenant_id, service_order.c.id == assignment.c.order_id),
        )
        .join(
            service_grant,
            and_(service_grant.c.tenant_id == assignment.c.tenant_id, service_grant.c.id == service_order.c.grant_id),
        )
    )
    .where(assignment.c.tenant_id == bindparam("tenant"), assignment.c.contact_id == bindparam("contact"), _REVEALED)
)  # fmt: skip
_MINE_NOW = compile_query(
    _MINE.where(or_(assignment.c.ended_on.is_(None), assignment.c.ended_on >= bindparam("since"))).order_by(
        person.c.given_name, assignment.c.id
    )
)
_MINE_ONE = compile_query(_MINE.where(assignment.c.id == bindparam("assignment")))
_SERVICES = compile_query(
    select(
        case_file.c.person_id, service_grant.c.id.label("grant_id"), decision.c.case_id, decision.c.decided_on, decision.c.goal,
        service_grant.c.form, service_grant.c.amount, service_grant.c.unit, service_grant.c.times,
        service_grant.c.valid_from, grant_last_day.label("valid_to"), decision.c.evaluate_on, service_order.c.state,
    )
    .select_from(
        service_grant.join(
            decision,
            and_(decision.c.tenant_id == service_grant.c.tenant_id, decision.c.id == service_grant.c.decision_id),
        )
        .join(case_file, and_(case_file.c.tenant_id == decision.c.tenant_id, case_file.c.id == decision.c.case_id))
        .outerjoin(
            service_order,
            and_(
                service_order.c.tenant_id == service_grant.c.tenant_id, service_order.c.grant_id == service_grant.c.id
            ),
        )
    )
    .where(
        service_grant.c.tenant_id == bindparam("tenant"),
        case_file.c.person_id == any_(bindparam("persons", type_=IDS)),
        # One that is replaced still counts until the new one begins.
        decision.c.state.in_(("issued", "replaced")),
        or_(grant_last_day.is_(None), grant_last_day >= bindparam("day")),
    )
    .order_by(decision.c.decided_on.desc(), service_grant.c.id)
)  # fmt: skip


_CONTACTS = compile_query(
    select(
        assignment.c.id.label("assignment_id"),
        service_order.c.grant_id,
        person.c.given_name,
        person.c.family_name,
        person.c.phone,
        assignment.c.starts_on,
        assignment.c.role,
        assignment.c.ended_on,
    )
    .select_from(
        assignment.join(
            service_order,
            and_(
                service_order.c.tenant_id == assignment.c.tenant_id,
                service_order.c.id == assignment.c.order_id,
            ),
        )
        .join(
            support_contact,
            and_(
                support_contact.c.tenant_id == assignment.c.tenant_id,
                support_contact.c.id == assignment.c.contact_id,
            ),
        )
        .join(
            person,
            and_(person.c.tenant_id == assignment.c.tenant_id, person.c.id == support_contact.c.person_id),
        )
    )
    .where(
        assignment.c.tenant_id == bindparam("tenant"),
        assignment.c.person_id == any_(bindparam("persons", type_=IDS)),
        assignment.c.state != "ended",
        _REVEALED,
    )
    .order_by(assignment.c.starts_on)
)


async def own_assignments(uow: UnitOfWork) -> list[OwnAssignment]:
    """The signed-in contact's assignments, those newly ended too. Empty for somebody who is no contact here."""
    contact_id = await own_contact(uow)
    if contact_id is None:
        return []
    rows = await uow.rows(
        _MINE_NOW, tenant=uow.context.tenant, contact=contact_id, since=today() - SHOWN_AFTER_END
    )
    return [await _own(uow, row) for row in rows]


async def own_assignment(uow: UnitOfWork, assignment_id: UUID) -> tuple[UUID, OwnAssignment]:
    """(contact's id, the assignment), if it is the signed-in contact's own. Raises NotFound otherwise."""
    contact_id = await own_contact(uow)
    if contact_id is None:
        raise NotFound
    row = await uow.row(_MINE_ONE, tenant=uow.context.tenant, contact=contact_id, assignment=assignment_id)
    if row is None:
        raise NotFound
    return contact_id, await _own(uow, row)


async def _own(uow: UnitOfWork, row: Any) -> OwnAssignment:
    hidden = row["protection"] != "none" or row["suspended"]
    place = f"{row['postcode']} {row['place']}".strip()
    address = "" if hidden else ", ".join(part for part in (row["street"], place) if part)
    return OwnAssignment(
        row["id"], row["person_id"], f"{row['given_name']} {row['family_name']}", row["given_name"],
        age_on(row["birth_date"], today()), row["protection"] != "none", "" if hidden else row["phone"], address, row["form"],
        row["amount"], row["unit"], row["times"], row["starts_on"], row["ended_on"], row["valid_to"],
        row["role"], row["state"], row["suspended"], [] if hidden else await representatives_of(uow, row["person_id"]),
    )  # fmt: skip


async def services_of(uow: UnitOfWork, person_id: UUID) -> list[OwnService]:
    """What the person has been granted and still runs, newest decision first. For their own page only."""
    rows = await uow.rows(_SERVICES, tenant=uow.context.tenant, persons=[person_id], day=today())
    return [OwnService(*(row[name] for name in OwnService.__dataclass_fields__)) for row in rows]


async def contacts_of(uow: UnitOfWork, person_id: UUID) -> list[OwnContact]:
    """The person's contacts now, by name once the two have been shown each other."""
    rows = await uow.rows(_CONTACTS, tenant=uow.context.tenant, persons=[person_id])
    return [
        OwnContact(
            row["assignment_id"],
            row["grant_id"],
            f"{row['given_name']} {row['family_name']}",
            row["phone"],
            row["starts_on"],
            row["role"],
            row["ended_on"],
        )
        for row in rows
    ]
