"""Who may read a concern: whoever may see its case; one about nobody in particular, those who answer for the contacts.

The purchasers have the permission too: a child welfare case is nobody else's to see, and a concern in it must reach
somebody. A concern about a contact is never that contact's to read, whatever other roles they hold.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.sql import ColumnElement
from sqlalchemy.types import Boolean

from sammen.db.unit_of_work import UnitOfWork
from sammen.policy.permissions import Permission
from tenants.cases.api import case_file, purchasers_seen, visible
from tenants.concerns.models import Concern
from tenants.contacts.api import support_contact
from tenants.people.api import person

concern = Concern.__table__


def readable() -> ColumnElement[bool]:
    """Condition on `concern`; takes what `reader_of` gives."""
    seen = (
        select(case_file.c.id)
        .where(visible(), case_file.c.tenant_id == concern.c.tenant_id, case_file.c.id == concern.c.case_id)
        .correlate(concern)
        .exists()
    )
    themselves = (
        select(support_contact.c.id)
        .select_from(
            support_contact.join(
                person,
                and_(
                    person.c.tenant_id == support_contact.c.tenant_id,
                    person.c.id == support_contact.c.person_id,
                ),
            )
        )
        .where(
            support_contact.c.tenant_id == concern.c.tenant_id,
            support_contact.c.id == concern.c.contact_id,
            person.c.user_id == bindparam("reader"),
        )
        .correlate(concern)
        .exists()
    )
    return (
        (concern.c.tenant_id == bindparam("tenant"))
        & or_(and_(concern.c.case_id.is_(None), bindparam("contacts", type_=Boolean())), seen)
        & ~themselves
    )


def reader_of(uow: UnitOfWork) -> dict[str, Any]:
    """The values `readable` takes."""
    context = uow.context
    return {
        "tenant": context.tenant,
        "purchasers": purchasers_seen(context),
        "reader": context.user_id,
        "contacts": context.may(Permission.CONTACT_READ),
    }
