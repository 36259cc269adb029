"""Where a contact stands, and every move from one state to the next: the row, its step in the history, in one place."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import delete, or_, select

from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from sammen.ids import uuid7
from tenants.contacts.hooks import tell_moved
from tenants.contacts.models import ContactStep, Engagement, PoliceRequest, SupportContact, Vetting
from tenants.contacts.queries import ContactCard, contact_card

CHOSEN = ("paused", "suspended", "ended")
"""States that people choose: vetting and agreements do not change them."""


async def held_contact(uow: UnitOfWork, contact_id: UUID) -> ContactCard:
    """The contact, held until the transaction ends: nobody takes them out of service or lets them leave while they are
    given an assignment. Raises NotFound.
    """
    await contact_for_change(uow, contact_id)
    return await contact_card(uow, contact_id)


async def contact_for_change(uow: UnitOfWork, contact_id: UUID) -> SupportContact:
    """The contact's row, held until the transaction ends. Raises NotFound."""
    contact = await uow.session.get(
        SupportContact, (uow.context.tenant, contact_id), with_for_update=True, populate_existing=True
    )
    if contact is None:
        raise NotFound
    return contact


async def vetting_for_change(uow: UnitOfWork, contact_id: UUID) -> Vetting:
    """The contact's vetting, a new one when there is none yet."""
    tenant = uow.context.tenant
    found = await uow.session.scalar(
        select(Vetting).where(Vetting.tenant_id == tenant, Vetting.contact_id == contact_id)
    )
    if found is None:
        found = Vetting(tenant_id=tenant, id=uuid7(), contact_id=contact_id, version=1)
        uow.session.add(found)
    return found


async def open_request(uow: UnitOfWork, contact_id: UUID) -> PoliceRequest | None:
    """The request for a new politiattest that nobody has answered."""
    found: PoliceRequest | None = await uow.session.scalar(
        select(PoliceRequest).where(
            PoliceRequest.tenant_id == uow.context.tenant,
            PoliceRequest.contact_id == contact_id,
            PoliceRequest.shown_on.is_(None),
        )
    )
    return found


async def forget_vetting(uow: UnitOfWork, contact_id: UUID) -> None:
    """Delete what is noted of vetting, and a request nobody has answered: nobody needs it of who is no contact here."""
    tenant = uow.context.tenant
    await uow.session.flush()
    await uow.session.execute(
        delete(Vetting).where(Vetting.tenant_id == tenant, Vetting.contact_id == contact_id)
    )
    await uow.session.execute(
        delete(PoliceRequest).where(
            PoliceRequest.tenant_id == tenant,
            PoliceRequest.contact_id == contact_id,
            PoliceRequest.shown_on.is_(None),
        )
    )


async def note_step(
    uow: UnitOfWork, contact: SupportContact, was: str, *, on: date | None = None, note: str = ""
) -> None:
    """Add to the contact's history that they went from `was` to where they are now."""
    uow.session.add(
        ContactStep(
            tenant_id=contact.tenant_id, id=uuid7(), contact_id=contact.id, was=was, state=contact.state,
            happened_on=on or today(), noted_by=uow.context.user_id, noted_by_name=uow.context.user_name, note=note,
        )
    )  # fmt: skip
    await uow.session.flush()


async def move(
    uow: UnitOfWork, contact: SupportContact, state: str, *, on: date | None = None, note: str = ""
) -> None:
    """Put the contact in `state` from a day (today). Already there: nothing happens, and no step is added."""
    if contact.state == state:
        return
    was, contact.state = contact.state, state
    contact.version += 1
    await note_step(uow, contact, was, on=on, note=note)
    await tell_moved(uow, contact.id)


async def settled(uow: UnitOfWork, contact: SupportContact, vetting: Vetting) -> str:
    """Where the contact stands by what is in place: engaged when vetted and with an agreement that has not run out."""
    agreed = await uow.session.scalar(
        select(Engagement.id)
        .where(
            Engagement.tenant_id == contact.tenant_id,
            Engagement.contact_id == contact.id,
            or_(Engagement.valid_to.is_(None), Engagement.valid_to >= today()),
        )
        .limit(1)
    )
    return "engaged" if vetting.complete and agreed is not None else "vetting"


async def settle_state(uow: UnitOfWork, contact: SupportContact, vetting: Vetting) -> None:
    """Move the contact to where `settled` says; paused, suspended and ended are people's choices and stay."""
    if contact.state not in CHOSEN:
        await move(uow, contact, await settled(uow, contact, vetting))
    contact.version += 1
    await uow.session.flush()
