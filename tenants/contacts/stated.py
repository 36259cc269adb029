"""Hours a contact says they have elsewhere (C6): for who does not want the light over municipalities, and loses nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import bindparam, select

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from tenants.contacts.hooks import tell_changed
from tenants.contacts.models import SupportContact

MOST_HOURS = Decimal(80)
_table = SupportContact.__table__
_STATED = compile_query(
    select(_table.c.stated_hours, _table.c.stated_on).where(
        _table.c.tenant_id == bindparam("tenant"), _table.c.id == bindparam("contact")
    )
)


@dataclass(frozen=True, slots=True)
class StatedHours:
    """Hours a week elsewhere, as the contact says, and the day they said so."""

    hours: Decimal
    on: date


async def stated_hours(uow: UnitOfWork, contact_id: UUID) -> StatedHours | None:
    """What the contact has said, or None. Raises NotFound."""
    row = await uow.row(_STATED, tenant=uow.context.tenant, contact=contact_id)
    if row is None:
        raise NotFound
    if row["stated_hours"] is None or row["stated_on"] is None:
        return None
    return StatedHours(row["stated_hours"], row["stated_on"])


async def state_hours(uow: UnitOfWork, contact_id: UUID, hours: Decimal | None) -> None:
    """Keep what the contact says of hours a week elsewhere; None takes it back. Raises Invalid, NotFound."""
    if hours is not None and not 0 <= hours <= MOST_HOURS:
        raise Invalid.one("timer", N_("Skriv timer i uka, fra 0 til %(most)s."), most=MOST_HOURS)
    contact = await uow.session.get(SupportContact, (uow.context.tenant, contact_id), with_for_update=True)
    if contact is None:
        raise NotFound
    contact.stated_hours, contact.stated_on = hours, today() if hours is not None else None
    await uow.session.flush()
    await record_change(uow, "contact.stated_hours", "contact", contact_id, persons=[contact.person_id])
    await tell_changed(uow, contact_id)
