"""The way in: an enquiry from a call or an e-mail, answered, interviewed, and on to vetting (B1)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

from sqlalchemy import bindparam, func, select

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import BadInput, Conflict, Invalid
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from tenants.contacts.models import ContactInterview, ContactStep, SupportContact
from tenants.contacts.moving import contact_for_change, move
from tenants.contacts.service import FUTURE, ContactFacts, register_contact
from tenants.people.api import PersonFacts, fold, person, register_person

support_contact = SupportContact.__table__
interview = ContactInterview.__table__
step = ContactStep.__table__
TOPICS = {
    "motivation": N_("Hvorfor de vil"),
    "experience": N_("Hva de har gjort før"),
    "wants": N_("Hva de ønsker"),
    "limits": N_("Hva de ikke vil eller kan"),
    "notes": N_("Ellers"),
}
"""What is talked about in an interview."""
NOT_WAITING = N_("Støttekontakten er ikke lenger på vei inn. Last siden på nytt.")
_DIGITS = func.regexp_replace(person.c.phone, "[^0-9]", "", "g")
_ALIKE = compile_query(
    select(support_contact.c.id, person.c.given_name, person.c.family_name)
    .select_from(
        support_contact.join(
            person,
            (person.c.tenant_id == support_contact.c.tenant_id)
            & (person.c.id == support_contact.c.person_id),
        )
    )
    .where(
        support_contact.c.tenant_id == bindparam("tenant"),
        (func.right(_DIGITS, 8) == bindparam("phone")) | (func.lower(person.c.email) == bindparam("email")),
    )
    .order_by(support_contact.c.id)
)
_INTERVIEWS = compile_query(
    select(
        interview.c.id, interview.c.planned_on, interview.c.planned_at, interview.c.place, interview.c.held_on,
        interview.c.held_by_name, interview.c.motivation, interview.c.experience, interview.c.wants, interview.c.limits,
        interview.c.notes,
    )
    .where(interview.c.tenant_id == bindparam("tenant"), interview.c.contact_id == bindparam("contact"))
    .order_by(interview.c.id.desc())
)  # fmt: skip
_STEPS = compile_query(
    select(step.c.was, step.c.state, step.c.happened_on, step.c.noted_by_name, step.c.note)
    .where(step.c.tenant_id == bindparam("tenant"), step.c.contact_id == bindparam("contact"))
    .order_by(step.c.happened_on, step.c.id)
)


@dataclass(frozen=True, slots=True)
class EnquiryFacts:
    """What one hears on the telephone: a name, a number or an address to answer to, and what was said."""

    given_name: str
    family_name: str
    phone: str
    email: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Interview:
    """An interview agreed or held."""

    id: UUID
    planned_on: date | None
    planned_at: time | None
    place: str
    held_on: date | None
    held_by_name: str
    motivation: str
    experience: str
    wants: str
    limits: str
    notes: str

    @property
    def told(self) -> Sequence[tuple[str, str]]:
        """(what about, what was said) of what was written; about is a sentence of TOPICS, the rest stands without."""
        return [(label, text) for name, label in TOPICS.items() if (text := getattr(self, name))]


@dataclass(frozen=True, slots=True)
class InterviewNotes:
    """What came up in an interview, by topic. Any of them may be empty."""

    motivation: str = ""
    experience: str = ""
    wants: str = ""
    limits: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A move in a contact's history."""

    was: str
    state: str
    happened_on: date
    noted_by_name: str
    note: str


async def note_enquiry(uow: UnitOfWork, facts: EnquiryFacts) -> tuple[UUID, bool]:
    """Keep an enquiry: (the contact's id, whether it is new). Who called before, by name and number, is the same.

    Raises Invalid without a name, or without both telephone and e-mail.
    """
    errors = {}
    if not facts.given_name.strip():
        errors["fornavn"] = BadInput("fornavn", N_("Skriv fornavnet."))
    if not facts.phone.strip() and not facts.email.strip():
        errors["telefon"] = BadInput("telefon", N_("Skriv telefonnummer eller e-post, så dere kan svare."))
    if errors:
        raise Invalid(errors)
    known = await alike(uow, facts)
    if known is not None:
        return known, False
    person_id = await register_person(
        uow, PersonFacts(facts.given_name, facts.family_name, phone=facts.phone, email=facts.email)
    )
    contact_id = await register_contact(uow, person_id, ContactFacts(), state="enquiry")
    if facts.note.strip():
        contact = await contact_for_change(uow, contact_id)
        await note_here(uow, contact, facts.note.strip())
    return contact_id, True


async def alike(uow: UnitOfWork, facts: EnquiryFacts) -> UUID | None:
    """The contact here with the same name and the same telephone number or e-mail address, if any."""
    phone = re.sub(r"\D", "", facts.phone)[-8:]
    rows = await uow.rows(
        _ALIKE, tenant=uow.context.tenant, phone=phone or "-", email=facts.email.casefold() or "-"
    )
    for row in rows:
        name = f"{row['given_name']} {row['family_name']}"
        if fold(name) == fold(f"{facts.given_name} {facts.family_name}".strip()):
            return UUID(str(row["id"]))
    return None


async def note_here(uow: UnitOfWork, contact: SupportContact, note: str) -> None:
    """A note on the history where the contact stands: nothing moved."""
    uow.session.add(
        ContactStep(
            tenant_id=contact.tenant_id, id=uuid7(), contact_id=contact.id, was=contact.state, state=contact.state,
            happened_on=today(), noted_by=uow.context.user_id, noted_by_name=uow.context.user_name, note=note,
        )
    )  # fmt: skip
    await uow.session.flush()


async def answer_enquiry(uow: UnitOfWork, contact_id: UUID, note: str = "") -> None:
    """Note that somebody here has answered, and what was said. Raises Conflict when the contact has come further."""
    contact = await contact_for_change(uow, contact_id)
    if contact.state != "enquiry":
        raise Conflict(NOT_WAITING)
    contact.answered_on = contact.answered_on or today()
    contact.version += 1
    await note_here(uow, contact, note.strip() or N_("Svarte på henvendelsen."))
    await record_change(uow, "contact.answered", "contact", contact_id, persons=[contact.person_id])


async def plan_interview(
    uow: UnitOfWork, contact_id: UUID, day: date, at: time | None = None, place: str = ""
) -> None:
    """Agree on an interview, or on another day for it. Raises Invalid on a day that has been, Conflict for who has come
    further.
    """
    if day < today():
        raise Invalid.one(
            "intervju_dag", N_("Dagen har vært. Er intervjuet holdt, skriv hva dere snakket om i stedet.")
        )
    contact = await contact_for_change(uow, contact_id)
    if contact.state not in ("enquiry", "interview"):
        raise Conflict(NOT_WAITING)
    row = await _waiting_interview(uow, contact)
    row.planned_on, row.planned_at, row.place = day, at, place
    row.version += 1
    contact.answered_on = contact.answered_on or today()
    await uow.session.flush()
    await move(uow, contact, "interview")
    await record_change(
        uow, "contact.interview_planned", "contact", contact_id, persons=[contact.person_id], day=day
    )


async def hold_interview(
    uow: UnitOfWork,
    contact_id: UUID,
    held_on: date,
    notes: str,
    *,
    goes_on: bool,
    told: InterviewNotes | None = None,
) -> None:
    """Note an interview that was held, with what came up by topic and beside; `goes_on` moves the contact to vetting.

    Raises Invalid on a day in the future or without notes, Conflict for who has come further.
    """
    if held_on > today():
        raise Invalid.one("holdt", FUTURE)
    told = told or InterviewNotes()
    topics = {name: getattr(told, name).strip() for name in told.__dataclass_fields__}
    if not notes.strip() and not any(topics.values()):
        raise Invalid.one("notater", N_("Skriv kort hva dere snakket om."))
    contact = await contact_for_change(uow, contact_id)
    if contact.state not in ("enquiry", "interview"):
        raise Conflict(NOT_WAITING)
    row = await _waiting_interview(uow, contact)
    row.held_on, row.held_by_name, row.notes = held_on, uow.context.user_name, notes.strip()
    for name, text in topics.items():
        setattr(row, name, text)
    row.version += 1
    contact.answered_on = contact.answered_on or held_on
    await uow.session.flush()
    await move(uow, contact, "vetting" if goes_on else "interview", on=held_on)
    await record_change(
        uow, "contact.interview_held", "contact", contact_id, persons=[contact.person_id], held_on=held_on
    )


async def _waiting_interview(uow: UnitOfWork, contact: SupportContact) -> ContactInterview:
    """The interview that is agreed and not held, or a new one. Not in the database until its day is set."""
    found: ContactInterview | None = await uow.session.scalar(
        select(ContactInterview)
        .where(
            ContactInterview.tenant_id == contact.tenant_id,
            ContactInterview.contact_id == contact.id,
            ContactInterview.held_on.is_(None),
        )
        .order_by(ContactInterview.id.desc())
        .limit(1)
    )
    if found is None:
        found = ContactInterview(tenant_id=contact.tenant_id, id=uuid7(), contact_id=contact.id, version=0)
        uow.session.add(found)
    return found


async def interviews_of(uow: UnitOfWork, contact_id: UUID) -> Sequence[Interview]:
    """The contact's interviews, newest first. For coordinators and managers only."""
    rows = await uow.rows(_INTERVIEWS, tenant=uow.context.tenant, contact=contact_id)
    return [Interview(**dict(row)) for row in rows]


async def steps_of(uow: UnitOfWork, contact_id: UUID) -> Sequence[Step]:
    """The contact's history, oldest first. For coordinators and managers only."""
    rows = await uow.rows(_STEPS, tenant=uow.context.tenant, contact=contact_id)
    return [Step(**dict(row)) for row in rows]
