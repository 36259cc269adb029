"""Whom one may be worried about from one's own page: by who one is, never by an id from the address."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, any_, bindparam, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from tenants.assignments.api import assignment, assignment_card, own_assignments
from tenants.cases.api import case_file, own_view
from tenants.contacts.api import support_contact
from tenants.people.api import person, person_of_user, wards_of_user


@dataclass(frozen=True, slots=True)
class OwnSubject:
    """Somebody a concern may be about: a key for the form, a name, and what the concern then hangs on."""

    key: str
    name: str
    about: str
    told_as: str
    case_id: UUID | None
    assignment_id: UUID | None
    contact_id: UUID | None


_CASES = compile_query(
    select(case_file.c.id, case_file.c.person_id, person.c.given_name, person.c.family_name)
    .select_from(
        case_file.join(
            person, and_(person.c.tenant_id == case_file.c.tenant_id, person.c.id == case_file.c.person_id)
        )
    )
    .where(
        case_file.c.tenant_id == bindparam("tenant"),
        case_file.c.id == any_(bindparam("cases", type_=ARRAY(PG_UUID(as_uuid=True)))),
    )
    .order_by(case_file.c.id)
)
_CONTACTS = compile_query(
    select(
        assignment.c.id,
        assignment.c.case_id,
        assignment.c.contact_id,
        person.c.given_name,
        person.c.family_name,
    )
    .select_from(
        assignment.join(
            support_contact,
            and_(
                support_contact.c.tenant_id == assignment.c.tenant_id,
                support_contact.c.id == assignment.c.contact_id,
            ),
        ).join(
            person,
            and_(person.c.tenant_id == assignment.c.tenant_id, person.c.id == support_contact.c.person_id),
        )
    )
    .where(
        assignment.c.tenant_id == bindparam("tenant"),
        assignment.c.case_id == any_(bindparam("cases", type_=ARRAY(PG_UUID(as_uuid=True)))),
        assignment.c.state != "ended",
        or_(assignment.c.revealed_at.is_not(None), assignment.c.source == "home"),
    )
    .order_by(assignment.c.id)
)


async def own_subjects(uow: UnitOfWork) -> list[OwnSubject]:
    """The users of one's own assignments; oneself or those one acts for, and their contacts."""
    found = []
    for own in await own_assignments(uow):
        card = await assignment_card(uow, own.id)
        found.append(OwnSubject(f"o{own.id}", own.name, "user", "contact", card.case_id, own.id, None))
    me = await person_of_user(uow)
    cases: dict[UUID, str] = {}
    for ward in dict.fromkeys([*([me] if me else []), *await wards_of_user(uow)]):
        _, view = await own_view(uow, ward)
        cases |= dict.fromkeys(view.whole, "service_user" if view.itself else "representative")
    tenant, ids = uow.context.tenant, list(cases)
    for row in await uow.rows(_CASES, tenant=tenant, cases=ids):
        name = f"{row['given_name']} {row['family_name']}"
        found.append(OwnSubject(f"s{row['id']}", name, "user", cases[row["id"]], row["id"], None, None))
    for row in await uow.rows(_CONTACTS, tenant=tenant, cases=ids):
        name = f"{row['given_name']} {row['family_name']}"
        told_as, case_id = cases[row["case_id"]], row["case_id"]
        found.append(
            OwnSubject(f"k{row['id']}", name, "contact", told_as, case_id, row["id"], row["contact_id"])
        )
    return found
