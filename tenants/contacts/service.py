"""The life of a contact in one municipality: registered, vetted, engaged, and the hours lent to others.

Every function takes a unit of work, writes, and appends to the trail in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Forbidden, Invalid, NotFound, Shown
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from tenants.contacts.models import Engagement, SupportContact, Vetting
from tenants.people.api import person_of_user, traits

FUTURE = N_("Datoen er i framtida. Skriv dagen det skjedde.")
STALE = N_("Noen andre har endret støttekontakten imens. Det du skrev, er ikke lagret.")
OWN_VETTING = N_("Du kan ikke bekrefte din egen politiattest eller taushetserklæring.")


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """What a contact likes, can and wants. Codes are those of people.traits; `wants_hours` is a week's most."""

    interests: Sequence[str] = ()
    skills: Sequence[str] = ()
    languages: Sequence[str] = ()
    slots: Sequence[str] = ()
    has_car: bool = False
    wants_hours: Decimal | None = None
    commits_months: int = 0

    def columns(self) -> dict[str, Any]:
        """As `SupportContact` keeps them."""
        return {
            "interests": list(self.interests), "skills": list(self.skills), "languages": list(self.languages),
            "slots": list(self.slots), "has_car": self.has_car, "wants_hours": self.wants_hours,
            "commits_months": self.commits_months,
        }  # fmt: skip


async def register_contact(uow: UnitOfWork, person_id: UUID, facts: ContactFacts) -> UUID:
    """Make a registered person a contact here, to be vetted next. Raises Conflict when they already are one."""
    tenant = uow.context.tenant
    known = await uow.session.scalar(
        select(SupportContact.id).where(
            SupportContact.tenant_id == tenant, SupportContact.person_id == person_id
        )
    )
    if known is not None:
        raise Conflict(N_("Personen er registrert som støttekontakt fra før."))
    contact = SupportContact(
        tenant_id=tenant, id=uuid7(), person_id=person_id, state="vetting", follow_up_owner=uow.context.user_id,
        **facts.columns(),
    )  # fmt: skip
    uow.session.add(contact)
    await uow.session.flush()
    uow.session.add(Vetting(tenant_id=tenant, id=uuid7(), contact_id=contact.id))
    await uow.session.flush()
    await record_change(uow, "contact.registered", "contact", contact.id, persons=[person_id])
    return contact.id


async def change_contact(uow: UnitOfWork, contact_id: UUID, facts: ContactFacts, *, version: int) -> None:
    """Bring interests, times and wishes up to date. Raises Conflict on a stale `version`, NotFound."""
    contact = await contact_for_change(uow, contact_id)
    if contact.version != version:
        raise Conflict(STALE, yours=_shown(facts.columns()), theirs=_shown(vars(contact)))
    changed = sorted(name for name, value in facts.columns().items() if getattr(contact, name) != value)
    for name in changed:
        setattr(contact, name, facts.columns()[name])
    contact.version += 1
    await uow.session.flush()
    await record_change(
        uow, "contact.changed", "contact", contact_id, persons=[contact.person_id], fields=changed
    )


def _shown(columns: Mapping[str, Any]) -> dict[str, Shown]:
    """What two people wrote of a contact, side by side, in words."""
    slots = [slot.partition("-") for slot in columns["slots"]]
    wants = columns["wants_hours"]
    return {
        N_("Interesser"): tuple((traits.INTERESTS[code],) for code in columns["interests"]),
        N_("Språk"): tuple((traits.LANGUAGES[code],) for code in columns["languages"]),
        N_("Tider"): tuple((traits.WEEKDAYS[day], traits.DAY_PARTS[part]) for day, _, part in slots),
        N_("Timer i uka"): "" if wants is None else Decimal(wants),
    }


async def record_vetting(
    uow: UnitOfWork,
    contact_id: UUID,
    *,
    police_shown_on: date | None = None,
    confidentiality_signed_on: date | None = None,
    seen_by: UUID | None = None,
) -> None:
    """Note that politiattest was shown and confidentiality signed, in this municipality (B2): the days and who saw
    them, never the document. A day left out stays as it was. `seen_by` is given by jobs; else it is the reader.

    Raises Invalid on a day in the future, Forbidden for one's own vetting.
    """
    for name, day in (("politiattest", police_shown_on), ("taushet", confidentiality_signed_on)):
        if day is not None and day > today():
            raise Invalid.one(name, FUTURE)
    contact = await contact_for_change(uow, contact_id)
    if uow.context.session_id is not None and await person_of_user(uow) == contact.person_id:
        raise Forbidden(OWN_VETTING)
    vetting = await vetting_for_change(uow, contact_id)
    who = seen_by or uow.context.user_id
    fields = []
    if police_shown_on is not None:
        vetting.police_shown_on, vetting.police_seen_by = police_shown_on, who
        fields.append("police")
    if confidentiality_signed_on is not None:
        vetting.confidentiality_signed_on, vetting.confidentiality_seen_by = confidentiality_signed_on, who
        fields.append("confidentiality")
    vetting.version += 1
    await settle_state(uow, contact, vetting)
    await record_change(
        uow, "vetting.recorded", "contact", contact_id, persons=[contact.person_id], fields=fields
    )


async def pause_contact(uow: UnitOfWork, contact_id: UUID, *, paused: bool) -> None:
    """Take a contact out of suggestions for a while, or back in."""
    contact = await contact_for_change(uow, contact_id)
    if contact.state == "ended":
        raise Conflict(N_("Støttekontakten har sluttet."))
    contact.state = "paused" if paused else "vetting"
    await settle_state(uow, contact, await vetting_for_change(uow, contact_id))
    action = "contact.paused" if paused else "contact.resumed"
    await record_change(uow, action, "contact", contact_id, persons=[contact.person_id])


async def link_candidate(uow: UnitOfWork, contact_id: UUID, candidate_id: UUID | None) -> None:
    """Point to the pool's row of a contact who has said yes to being seen there; None when they withdrew."""
    contact = await contact_for_change(uow, contact_id)
    contact.candidate_id = candidate_id
    await uow.session.flush()


async def set_lent_hours(uow: UnitOfWork, candidate_id: UUID, hours: Decimal) -> UUID:
    """Note how many hours a week the contact behind a candidate works for others: never for whom (C4).

    Returns the contact's id. Raises NotFound when no contact here is that candidate.
    """
    contact = await uow.session.scalar(
        select(SupportContact).where(
            SupportContact.tenant_id == uow.context.tenant, SupportContact.candidate_id == candidate_id
        )
    )
    if contact is None:
        raise NotFound
    contact.lent_hours = hours
    contact.version += 1
    await uow.session.flush()
    await record_change(
        uow, "contact.lent", "contact", contact.id, persons=[contact.person_id], hours_a_week=str(hours)
    )
    return contact.id


async def contact_for_change(uow: UnitOfWork, contact_id: UUID) -> SupportContact:
    """The contact's row, held until the transaction ends. Raises NotFound."""
    contact = await uow.session.get(SupportContact, (uow.context.tenant, contact_id), with_for_update=True)
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


async def settle_state(uow: UnitOfWork, contact: SupportContact, vetting: Vetting) -> None:
    """Engaged when vetted and with an agreement; paused and ended are people's choices and stay."""
    if contact.state not in ("paused", "ended"):
        agreed = await uow.session.scalar(
            select(Engagement.id)
            .where(Engagement.tenant_id == contact.tenant_id, Engagement.contact_id == contact.id)
            .limit(1)
        )
        contact.state = "engaged" if vetting.complete and agreed is not None else "vetting"
    contact.version += 1
    await uow.session.flush()
