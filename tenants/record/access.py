"""Which people a reader may see on the pages of this slice (A16, E5): those of cases they may see, and around them.

A person is seen when the reader may see a case of theirs, or a case of somebody they represent. Somebody with no case at
all, who represents nobody with a case, is seen by whoever may write people: they are about to get one. Unless the
address is protected: then no circle has been named, and nobody looks them up. Contacts have pages of their own.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, bindparam, or_, select
from sqlalchemy.sql import ColumnElement, FromClause

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Forbidden, NotFound
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from tenants.cases.api import case_file, may_decide_for, purchasers_seen, visible
from tenants.contacts.api import before_known, support_contact
from tenants.people.api import PersonCard, person, person_card, representative

NOT_YOURS = N_("Bare en saksbehandler som har en sak med personen, kan gjøre dette.")


_WARD = (case_file.c.tenant_id == representative.c.tenant_id) & (
    case_file.c.person_id == representative.c.acts_for_id
)
_OWN_CASES = select(case_file.c.person_id)
_ACTING = select(representative.c.person_id).select_from(representative.join(case_file, _WARD))
_CONTACTS = select(support_contact.c.person_id).where(support_contact.c.tenant_id == bindparam("tenant"))


def person_seen(who: FromClause = person) -> ColumnElement[bool]:
    """Condition on `person` (or an alias of it); takes what `reader_values` gives.

    Sets of ids and not EXISTS: a search for one letter asks of thousands of people, and each set is read once.
    """
    here = case_file.c.tenant_id == bindparam("tenant")
    loose = (
        bindparam("writes", type_=Boolean())
        & (who.c.protection == "none")
        & who.c.id.not_in(_OWN_CASES.where(here))
        & who.c.id.not_in(_ACTING.where(here))
        & who.c.id.not_in(_CONTACTS)
    )
    return (who.c.tenant_id == bindparam("tenant")) & or_(
        who.c.id.in_(_OWN_CASES.where(visible())), who.c.id.in_(_ACTING.where(visible())), loose
    )


def reader_values(uow: UnitOfWork) -> dict[str, Any]:
    """What `person_seen` needs to know of who is reading."""
    context = uow.context
    return {
        "tenant": context.tenant,
        "purchasers": purchasers_seen(context),
        "reader": context.user,
        "writes": context.may(Permission.PERSON_WRITE),
    }


_SEEN = compile_query(select(person.c.id).where(person_seen(), person.c.id == bindparam("person")))
_KNOWN = compile_query(
    select(person.c.id).where(
        or_(person_seen(), person.c.id.in_(_CONTACTS)), person.c.id == bindparam("person")
    )
)
_PURCHASERS = compile_query(
    select(case_file.c.purchaser)
    .distinct()
    .where(visible(), case_file.c.person_id == bindparam("person"))
    .order_by(case_file.c.purchaser)
)
_ANY_CASE = compile_query(
    select(case_file.c.id)
    .where(case_file.c.tenant_id == bindparam("tenant"), case_file.c.person_id == bindparam("person"))
    .limit(1)
)


async def seen_person(uow: UnitOfWork, person_id: UUID) -> PersonCard:
    """The person, if the reader may see them. Raises NotFound otherwise: no difference between absent and not yours."""
    if await uow.row(_SEEN, person=person_id, **reader_values(uow)) is None:
        raise NotFound
    return await person_card(uow, person_id)


async def may_change(uow: UnitOfWork, person_id: UUID) -> bool:
    """Whether the reader decides a case of the person that they see, or the person has no case yet."""
    context = uow.context
    if not context.may(Permission.PERSON_WRITE):
        return False
    rows = await uow.rows(
        _PURCHASERS, tenant=context.tenant, purchasers=purchasers_seen(context), reader=context.user, person=person_id
    )  # fmt: skip
    if any(may_decide_for(context, row["purchaser"]) for row in rows):
        return True
    if rows:
        return False
    return await uow.row(_ANY_CASE, tenant=context.tenant, person=person_id) is None


async def own_person(uow: UnitOfWork, person_id: UUID) -> PersonCard:
    """As `seen_person`, if the reader may change them; otherwise raises Forbidden."""
    card = await seen_person(uow, person_id)
    if not await may_change(uow, person_id):
        raise Forbidden(NOT_YOURS)
    return card


@before_known
async def may_know(uow: UnitOfWork, person_id: UUID) -> bool:
    """Whether the reader may learn that the person is known here: somebody they see, a contact, or who is nobody's yet."""
    values = {**reader_values(uow), "writes": True}
    return await uow.row(_KNOWN, person=person_id, **values) is not None
