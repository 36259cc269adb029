"""Who says that a contact's hours are right (B8): the dated age rules, with the municipality's own age for it.

Each case by its own ground. The municipality may let the young attest from another age than the law's rows say
(provision_rules.attest_from_age): from that age a minor attests, below it a parent or guardian does. For somebody of age
the law's rule stands, and a guardian or who has a power of attorney may attest beside them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import and_, any_, bindparam, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from tenants.assignments.api import assignment
from tenants.cases.api import case_file
from tenants.contacts.api import support_contact
from tenants.people.api import (
    Acting,
    PersonCard,
    Rule,
    age_on,
    age_rules,
    person_card,
    person_of_user,
    representatives_of,
    wards_of_user,
    who_attests_hours,
)
from tenants.provision.api import provision_rules

IDS = ARRAY(PG_UUID(as_uuid=True))
OF_AGE = 18
_ASSIGNMENTS = compile_query(
    select(assignment.c.id, assignment.c.person_id, assignment.c.contact_id, case_file.c.purchaser)
    .select_from(
        assignment.join(
            case_file,
            and_(case_file.c.tenant_id == assignment.c.tenant_id, case_file.c.id == assignment.c.case_id),
        )
    )
    .where(
        assignment.c.tenant_id == bindparam("tenant"),
        assignment.c.person_id == any_(bindparam("persons", type_=IDS)),
        or_(assignment.c.revealed_at.is_not(None), assignment.c.source == "home"),
    )
    .order_by(assignment.c.id)
)

_CONTACTS_OF = compile_query(
    select(support_contact.c.id).where(
        support_contact.c.tenant_id == bindparam("tenant"), support_contact.c.person_id == bindparam("person")
    )
)


@dataclass(frozen=True, slots=True)
class ToAttest:
    """An assignment whose hours somebody attests: whose it is, and which contact's."""

    assignment_id: UUID
    person_id: UUID
    contact_id: UUID


def attesters(
    rules: Sequence[Rule], from_age: int, *, child_welfare: bool, birth_date: date | None, person_id: UUID, on: date,
    acting: Sequence[Acting],
) -> list[UUID]:  # fmt: skip
    """The people who may attest on a day, the service user first. Pure.

    `from_age` is the municipality's own. Where it and the law's rows differ for a minor, the municipality's counts (B8).
    """
    age = age_on(birth_date, on)
    if age is not None and age < OF_AGE:
        # Asked as of an age the rows settle plainly: their own from of age, the parents' for a small child.
        if age >= from_age:
            return [person_id]
        small = date(on.year, 1, 1)
        standing = who_attests_hours(
            rules, child_welfare=child_welfare, birth_date=small, on=on, acting=acting
        )
        return _once([one.person_id for one in standing.representatives])
    standing = who_attests_hours(
        rules, child_welfare=child_welfare, birth_date=birth_date, on=on, acting=acting
    )
    itself = [person_id] if standing.person else []
    return _once([*itself, *(one.person_id for one in standing.representatives)])


def _once(found: Sequence[UUID]) -> list[UUID]:
    return list(dict.fromkeys(found))


async def attesters_of(uow: UnitOfWork, person: PersonCard, *, child_welfare: bool) -> list[UUID]:
    """Who may attest for the person today, themselves first. Of a protected child, no parent whom it does not live with."""
    day = today()
    acting = [one.acting for one in await representatives_of(uow, person.id)]
    if person.protected:
        acting = [one for one in acting if one.role != "parent" or one.child_lives == "here"]
    return attesters(
        await age_rules(uow, day), (await provision_rules(uow, day)).attest_from_age, child_welfare=child_welfare,
        birth_date=person.birth_date, person_id=person.id, on=day, acting=acting,
    )  # fmt: skip


async def own_to_attest(uow: UnitOfWork) -> tuple[UUID | None, list[ToAttest]]:
    """(who the signed-in user is here, the assignments whose hours they attest today). Empty for anybody else.

    Nobody attests hours of their own work: a contact who is also the service user's representative does not.
    """
    me = await person_of_user(uow)
    if me is None:
        return None, []
    persons = list(dict.fromkeys([me, *await wards_of_user(uow)]))
    cards = {one: await person_card(uow, one) for one in persons}
    own = await _own_contact_ids(uow, me)
    found: list[ToAttest] = []
    may: dict[tuple[UUID, bool], bool] = {}
    for row in await uow.rows(_ASSIGNMENTS, tenant=uow.context.tenant, persons=persons):
        key = (row["person_id"], row["purchaser"] == "child_welfare")
        if key not in may:
            may[key] = me in await attesters_of(uow, cards[key[0]], child_welfare=key[1])
        if may[key] and row["contact_id"] not in own:
            found.append(ToAttest(row["id"], row["person_id"], row["contact_id"]))
    return me, found


async def _own_contact_ids(uow: UnitOfWork, person_id: UUID) -> set[UUID]:
    rows = await uow.rows(_CONTACTS_OF, tenant=uow.context.tenant, person=person_id)
    return {row["id"] for row in rows}
