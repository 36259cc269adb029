"""Somebody an applicant lets the municipality ask about them: who, when, and what was said, in words.

Nobody is asked before the applicant has said yes. What was said never leaves the municipality and is never in the pool. It
goes, with the notes of the interviews, when nothing came of it, and a year after it has done its work (docs/decisions/0055).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, delete, exists, select

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from tenants.contacts.models import ContactInterview, ContactReference, SupportContact
from tenants.contacts.moving import contact_for_change

KEPT_DAYS: Final = 365
"""How long what was said at the start is kept after the contact was engaged, or after they left."""
MOST: Final = 2_000
COMING: Final = frozenset({"enquiry", "interview", "vetting"})
reference = ContactReference.__table__
_COLUMNS = ("id", "name", "phone", "relation", "consent_on", "asked_on", "asked_by_name", "said")
_LIST = compile_query(
    select(*(reference.c[name] for name in _COLUMNS))
    .where(reference.c.tenant_id == bindparam("tenant"), reference.c.contact_id == bindparam("contact"))
    .order_by(reference.c.id)
)


@dataclass(frozen=True, slots=True)
class Reference:
    """Who may be asked, and what they said. `asked_on` is None for somebody nobody has asked yet."""

    id: UUID
    name: str
    phone: str
    relation: str
    consent_on: date
    asked_on: date | None
    asked_by_name: str
    said: str


async def references_of(uow: UnitOfWork, contact_id: UUID) -> Sequence[Reference]:
    """The contact's references in the order they were named. For coordinators and managers only."""
    rows = await uow.rows(_LIST, tenant=uow.context.tenant, contact=contact_id)
    return [Reference(**dict(row)) for row in rows]


async def name_reference(
    uow: UnitOfWork, contact_id: UUID, *, name: str, phone: str, relation: str, consent_on: date
) -> UUID:
    """Write down somebody the applicant has said may be asked, and the day they said so; the row's id.

    Raises Invalid at each field, Conflict for who is engaged already or has left, NotFound.
    """
    contact = await contact_for_change(uow, contact_id)
    if contact.state not in COMING:
        raise Conflict(N_("Referanser tas før støttekontakten er godkjent. Nå trengs de ikke."))
    if not name.strip():
        raise Invalid.one("ref_navn", N_("Skriv hvem dere kan spørre."))
    if not relation.strip():
        raise Invalid.one("ref_relasjon", N_("Skriv hvordan de kjenner hverandre."))
    if consent_on > today():
        raise Invalid.one("ref_ja", N_("Datoen er i framtida. Skriv dagen personen sa ja."))
    row = ContactReference(
        tenant_id=uow.context.tenant, id=uuid7(), contact_id=contact_id, name=name.strip(), phone=phone.strip(),
        relation=relation.strip(), consent_on=consent_on,
    )  # fmt: skip
    uow.session.add(row)
    await uow.session.flush()
    await record_change(uow, "contact.reference_named", "contact", contact_id, persons=[contact.person_id])
    return row.id


async def note_reference(
    uow: UnitOfWork, contact_id: UUID, reference_id: UUID, *, asked_on: date, said: str
) -> None:
    """Write down that the reference was asked, and what was said. Raises Invalid, NotFound."""
    contact, row = await _held(uow, contact_id, reference_id)
    if asked_on > today():
        raise Invalid.one("ref_spurt", N_("Datoen er i framtida. Skriv dagen dere spurte."))
    if asked_on < row.consent_on:
        raise Invalid.one("ref_spurt", N_("Ingen spørres før personen har sagt ja. Se etter i datoen."))
    if not said.strip():
        raise Invalid.one("ref_sagt", N_("Skriv kort hva som ble sagt."))
    if len(said) > MOST:
        raise Invalid.one("ref_sagt", N_("Teksten er for lang. Skriv høyst %(most)s tegn."), most=MOST)
    row.asked_on, row.asked_by_name, row.said = asked_on, uow.context.user_name, said.strip()
    row.version += 1
    await uow.session.flush()
    await record_change(
        uow, "contact.reference_asked", "contact", contact_id, persons=[contact.person_id], asked_on=asked_on
    )


async def drop_reference(uow: UnitOfWork, contact_id: UUID, reference_id: UUID) -> None:
    """The applicant takes their yes back, or it was a mistake: the row goes. Raises NotFound."""
    contact, row = await _held(uow, contact_id, reference_id)
    await uow.session.delete(row)
    await uow.session.flush()
    await record_change(uow, "contact.reference_dropped", "contact", contact_id, persons=[contact.person_id])


async def _held(
    uow: UnitOfWork, contact_id: UUID, reference_id: UUID
) -> tuple[SupportContact, ContactReference]:
    contact = await contact_for_change(uow, contact_id)
    row = await uow.session.get(
        ContactReference, (uow.context.tenant, reference_id), with_for_update=True, populate_existing=True
    )
    if row is None or row.contact_id != contact_id:
        raise NotFound
    return contact, row


async def forget_talks(uow: UnitOfWork, contact_id: UUID) -> None:
    """Delete interviews and references of somebody it came to nothing with, whoever said no, and why (ADR 0045)."""
    await uow.session.flush()
    for table in (ContactReference, ContactInterview):
        await uow.session.execute(
            delete(table).where(table.tenant_id == uow.context.tenant, table.contact_id == contact_id)
        )


async def forget_old_talks(uow: UnitOfWork) -> int:
    """Delete what was said at the start a year after the contact was engaged, or a year after they left; how many rows.

    Of those engaged the interview stays, since they read it themselves and it is what was agreed; references go.
    """
    tenant, before = uow.context.tenant, today() - timedelta(days=KEPT_DAYS)

    async def gone(table: type[ContactReference] | type[ContactInterview], old: object) -> int:
        found = await uow.session.execute(
            delete(table)
            .where(
                table.tenant_id == tenant,
                exists().where(
                    SupportContact.tenant_id == tenant,
                    SupportContact.id == table.contact_id,
                    old,  # type: ignore[arg-type]
                ),
            )
            .returning(table.id)
        )
        return len(found.all())

    left = SupportContact.ended_on < before
    many = await gone(ContactReference, left | (SupportContact.since < before))
    return many + await gone(ContactInterview, left)
