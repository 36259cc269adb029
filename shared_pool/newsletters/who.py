"""Whose rows may stand on a page: people in a shielded case, or with a protected address, for their own circle only (E5).

One condition for every list and every count of these slices. A count that is one too high tells that somebody is there.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, bindparam, not_, or_, select
from sqlalchemy.sql.elements import KeyedColumnElement

from sammen.db.unit_of_work import UnitOfWork
from tenants.api import case_file, countable, person, representative


def seen(person_id: KeyedColumnElement[Any]) -> ColumnElement[bool]:
    """Condition: nobody, or a person who may be shown and counted. Takes `tenant` and `reader`."""
    tenant: ColumnElement[object] = bindparam("tenant")
    # Correlated to the column's own table and no other: the query outside may well read people and cases too.
    outside = person_id.table
    ward = (
        select(representative.c.acts_for_id)
        .where(representative.c.tenant_id == tenant, representative.c.person_id == person_id)
        .correlate(outside)
    )
    theirs = or_(case_file.c.person_id == person_id, case_file.c.person_id.in_(ward))
    case = select(case_file.c.id).where(case_file.c.tenant_id == tenant, theirs).correlate(outside)
    protected = (
        select(person.c.id)
        .where(person.c.tenant_id == tenant, person.c.id == person_id, person.c.protection != "none")
        .correlate(outside)
        .exists()
    )
    # A protected person's cases are shielded, all of them: whoever is named on one may see that it is theirs.
    return or_(
        person_id.is_(None),
        not_(case.where(not_(countable())).exists()) & (not_(protected) | case.exists()),
    )


def reading(uow: UnitOfWork) -> dict[str, object]:
    """The parameters that `seen` takes."""
    return {"tenant": uow.context.tenant, "reader": uow.context.user_id}
