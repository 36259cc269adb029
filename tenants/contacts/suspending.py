"""A contact taken out at once on suspicion, and back in (B19). The reason stands with the concern, never here."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid
from sammen.i18n_mark import N_
from tenants.contacts.hooks import tell_lifted, tell_suspended
from tenants.contacts.models import ContactStep, SupportContact
from tenants.contacts.moving import contact_for_change, move, settled, vetting_for_change


async def suspend_contact(uow: UnitOfWork, contact_id: UUID, on: date, why: str = "") -> None:
    """Suspend the contact from a day, today or earlier: no new meetings, and what is registered with hooks happens.

    `why` stands in the history that every reader of contacts sees, so it is no place for a suspicion. Raises Conflict
    when they have left or are suspended already, Invalid on a day in the future.
    """
    if on > today():
        raise Invalid.one("fra", N_("Datoen er i framtida. Skriv dagen det skjedde."))
    contact = await contact_for_change(uow, contact_id)
    if contact.state == "ended":
        raise Conflict(N_("Støttekontakten har sluttet."))
    if contact.state == "suspended":
        raise Conflict(N_("Støttekontakten er allerede tatt ut av tjeneste."))
    contact.suspended_on = on
    await move(uow, contact, "suspended", on=on, note=why)
    await record_change(
        uow, "contact.suspended", "contact", contact_id, persons=[contact.person_id], suspended_on=on
    )
    await tell_suspended(uow, contact_id)


async def lift_suspension(uow: UnitOfWork, contact_id: UUID) -> None:
    """Take the contact in again, where they stood before. Raises Conflict when they are not suspended."""
    contact = await contact_for_change(uow, contact_id)
    if contact.state != "suspended":
        raise Conflict(N_("Støttekontakten er ikke tatt ut av tjeneste."))
    before = await _before(uow, contact)
    state = await settled(uow, contact, await vetting_for_change(uow, contact_id))
    contact.suspended_on = None
    await move(uow, contact, before if before in ("enquiry", "interview", "paused") else state)
    await record_change(uow, "contact.suspension_lifted", "contact", contact_id, persons=[contact.person_id])
    await tell_lifted(uow, contact_id)


async def _before(uow: UnitOfWork, contact: SupportContact) -> str:
    found: str | None = await uow.session.scalar(
        select(ContactStep.was)
        .where(
            ContactStep.tenant_id == contact.tenant_id,
            ContactStep.contact_id == contact.id,
            ContactStep.state == "suspended",
        )
        .order_by(ContactStep.id.desc())
        .limit(1)
    )
    return found or ""
