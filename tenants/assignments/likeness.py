"""The municipality's service users as a stranger might know them: for counting who a nameless description may be of (C3).

Those with a service for one person that waits or runs, in a case the reader may see. Shielded and protected people are
not among them: nobody may know of them, so they hide nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select, true

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from tenants.assignments.fit import weekly
from tenants.assignments.queries import service_order
from tenants.cases.api import case_file, mapping, purchasers_seen, visible
from tenants.decisions.api import service_grant
from tenants.people.api import person

_latest = (
    select(mapping.c.interests, mapping.c.slots)
    .where(mapping.c.tenant_id == case_file.c.tenant_id, mapping.c.case_id == case_file.c.id)
    .order_by(mapping.c.held_on.desc(), mapping.c.id.desc())
    .limit(1)
    .lateral("latest")
)
_KNOWN = compile_query(
    select(
        person.c.id, person.c.birth_date, service_order.c.state, service_grant.c.amount, service_grant.c.unit,
        _latest.c.interests, _latest.c.slots,
    )
    .select_from(
        service_order
        .join(case_file, and_(case_file.c.tenant_id == service_order.c.tenant_id, case_file.c.id == service_order.c.case_id))
        .join(person, and_(person.c.tenant_id == service_order.c.tenant_id, person.c.id == service_order.c.person_id))
        .join(
            service_grant,
            and_(service_grant.c.tenant_id == service_order.c.tenant_id, service_grant.c.id == service_order.c.grant_id),
        )
        .outerjoin(_latest, true())
    )
    .where(
        visible(), case_file.c.shielded.is_(False), person.c.protection == "none",
        service_order.c.state.in_(("sent", "accepted", "filled")),
        service_order.c.form.in_(("individual", "training")),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class KnownUser:
    """One person, whatever number of cases they have: what is recorded of them, and hours a week of each service.

    `helped`: whether a contact is in place.
    """

    person_id: UUID
    birth_date: date | None
    interests: frozenset[str]
    slots: frozenset[str]
    hours: frozenset[Decimal]
    helped: bool


def gathered(rows: Iterable[Any]) -> list[KnownUser]:
    """Rows of orders as people."""
    found: dict[UUID, KnownUser] = {}
    for row in rows:
        known = found.get(row["id"])
        asked = weekly(row["amount"], row["unit"])
        hours = frozenset() if asked is None else frozenset({asked})
        found[row["id"]] = KnownUser(
            row["id"], row["birth_date"],
            frozenset(row["interests"] or ()) | (known.interests if known else frozenset()),
            frozenset(row["slots"] or ()) | (known.slots if known else frozenset()),
            hours | (known.hours if known else frozenset()),
            row["state"] == "filled" or (known is not None and known.helped),
        )  # fmt: skip
    return list(found.values())


async def known_users(uow: UnitOfWork) -> list[KnownUser]:
    """Everybody a nameless need of this municipality may be of. They are counted, never shown."""
    context = uow.context
    return gathered(
        await uow.rows(
            _KNOWN, tenant=context.tenant, purchasers=purchasers_seen(context), reader=context.user_id
        )
    )
