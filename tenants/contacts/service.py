"""The life of a contact in one municipality: registered, vetted, engaged, and the hours lent to others.

Every function takes a unit of work, writes, and appends to the trail in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound, Shown
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from sammen.policy.roles import Role
from tenants.contacts.hooks import tell_changed, tell_moved
from tenants.contacts.models import SupportContact, Vetting
from tenants.contacts.moving import (
    contact_for_change,
    move,
    note_step,
    settled,
    vetting_for_change,
)
from tenants.people.api import traits

FUTURE = N_("Datoen er i framtida. Skriv dagen det skjedde.")
STALE = N_("Noen andre har endret støttekontakten imens. Det du skrev, er ikke lagret.")


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """What a contact likes, can and wants. Codes are those of people.traits and rules.KINDS; `wants_hours` is a week's
    most; ages are those of the service users they wish to be with.
    """

    interests: Sequence[str] = ()
    skills: Sequence[str] = ()
    languages: Sequence[str] = ()
    slots: Sequence[str] = ()
    has_car: bool = False
    wants_hours: Decimal | None = None
    commits_months: int = 0
    kinds: Sequence[str] = ("individual",)
    areas: Sequence[str] = ()
    age_from: int | None = None
    age_to: int | None = None
    will_not: Sequence[str] = ()
    will_not_words: str = ""

    def columns(self) -> dict[str, Any]:
        """As `SupportContact` keeps them."""
        return {
            "interests": list(self.interests), "skills": list(self.skills), "languages": list(self.languages),
            "slots": list(self.slots), "has_car": self.has_car, "wants_hours": self.wants_hours,
            "commits_months": self.commits_months, "kinds": list(self.kinds), "areas": list(self.areas),
            "age_from": self.age_from, "age_to": self.age_to, "will_not": list(self.will_not),
            "will_not_words": self.will_not_words,
        }  # fmt: skip


async def register_contact(
    uow: UnitOfWork,
    person_id: UUID,
    facts: ContactFacts,
    *,
    state: str = "vetting",
    came_from: UUID | None = None,
) -> UUID:
    """Make a registered person a contact here, to be vetted next; or an `enquiry`, to be answered.

    Who registers follows them up until another is chosen. `came_from`: the campaign's source that brought them. Raises
    Conflict when they already are a contact here.
    """
    tenant = uow.context.tenant
    known = await uow.session.scalar(
        select(SupportContact.id).where(
            SupportContact.tenant_id == tenant, SupportContact.person_id == person_id
        )
    )
    if known is not None:
        raise Conflict(N_("Personen er registrert som støttekontakt fra før."))
    contact = SupportContact(
        tenant_id=tenant, id=uuid7(), person_id=person_id, state=state, follow_up_owner=uow.context.user_id,
        follow_up_name=uow.context.user_name if uow.context.user_id else "",
        answered_on=None if state == "enquiry" else today(), came_from=came_from, **facts.columns(),
    )  # fmt: skip
    uow.session.add(contact)
    await uow.session.flush()
    uow.session.add(Vetting(tenant_id=tenant, id=uuid7(), contact_id=contact.id))
    await note_step(uow, contact, "")
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
    await tell_changed(uow, contact_id)


@dataclass(frozen=True, slots=True)
class WishFacts:
    """What a contact says of how much, where and with whom; the rest of their facts stays. None leaves a field alone."""

    wants_hours: Decimal | None = None
    commits_months: int | None = None
    areas: Sequence[str] | None = None
    will_not: Sequence[str] | None = None
    ages: tuple[int | None, int | None] | None = None


async def note_wishes(uow: UnitOfWork, contact_id: UUID, facts: WishFacts) -> None:
    """Bring some of a contact's wishes up to date, without a version: the caller holds the contact and asked for these
    fields alone. Raises NotFound.
    """
    contact = await contact_for_change(uow, contact_id)
    told: dict[str, Any] = {
        name: getattr(facts, name) for name in facts.__dataclass_fields__ if name != "ages"
    }
    changed = {
        name: list(value) if name in ("areas", "will_not") else value
        for name, value in told.items() if value is not None
    }  # fmt: skip
    if facts.ages is not None:
        changed["age_from"], changed["age_to"] = facts.ages
    changed = {name: value for name, value in changed.items() if getattr(contact, name) != value}
    if not changed:
        return
    for name, value in changed.items():
        setattr(contact, name, value)
    contact.version += 1
    await uow.session.flush()
    await record_change(
        uow, "contact.changed", "contact", contact_id, persons=[contact.person_id], fields=sorted(changed)
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


async def pause_contact(uow: UnitOfWork, contact_id: UUID, *, paused: bool) -> None:
    """Take a contact out of suggestions for a while, or back in. Raises Conflict for who has left or is suspended."""
    contact = await contact_for_change(uow, contact_id)
    if contact.state == "ended":
        raise Conflict(N_("Støttekontakten har sluttet."))
    if contact.state == "suspended":
        raise Conflict(N_("Støttekontakten er tatt ut av tjeneste."))
    vetting = await vetting_for_change(uow, contact_id)
    await move(uow, contact, "paused" if paused else await settled(uow, contact, vetting))
    action = "contact.paused" if paused else "contact.resumed"
    await record_change(uow, action, "contact", contact_id, persons=[contact.person_id])


async def choose_follow_up(uow: UnitOfWork, contact_id: UUID, user_id: UUID) -> str:
    """Who follows the contact up: a coordinator here. Returns the name. Raises Invalid for anybody else."""
    contact = await contact_for_change(uow, contact_id)
    name = dict(await coordinators(uow)).get(user_id)
    if name is None:
        raise Invalid.one("oppfolger", N_("Velg hvem som følger opp, fra lista."))
    contact.follow_up_owner, contact.follow_up_name = user_id, name
    contact.version += 1
    await uow.session.flush()
    await record_change(uow, "contact.follow_up_chosen", "contact", contact_id, persons=[contact.person_id])
    return name


async def coordinators(uow: UnitOfWork) -> list[tuple[UUID, str]]:
    """The municipality's coordinators today, by name. Staff's own pages only: a job has no colleagues."""
    rows = await uow.call("SELECT user_id, display_name, roles FROM sammen.colleagues()")
    return [
        (row["user_id"], row["display_name"]) for row in rows if Role.PROVIDER_COORDINATOR in row["roles"]
    ]


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


async def note_lent(uow: UnitOfWork, contact_id: UUID) -> None:
    """The contact has begun with somebody of another municipality: noted the first time, never with whom or where (C4)."""
    contact = await contact_for_change(uow, contact_id)
    if contact.lent_since is None:
        contact.lent_since = today()
        await uow.session.flush()
        await tell_moved(uow, contact_id)
