"""Those a row names around the person, written: representatives, and the contact who has the assignment already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import bindparam, select

from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from tenants.assignments.api import correct_start, make_room, take_over_assignment
from tenants.contacts.api import ContactFacts, engage, register_contact, support_contact
from tenants.imports.facts import ImportedContact, ImportedRepresentative
from tenants.people.api import (
    PersonCard,
    PersonFacts,
    appoint_representative,
    correct_person,
    end_representative,
    fold,
    matches_word,
    person,
    person_card,
    query_words,
    register_person,
    representatives_of,
)

_PARTICLES = frozenset({"von", "van", "de", "der", "den", "af", "av", "du", "la", "le"})
NO_LONGER_LISTED = "appointed_other"
"""Why somebody no longer acts whom the list has put another in the place of: a code of people's END_REASONS."""

_CONTACTS = compile_query(
    select(support_contact.c.id, person.c.given_name, person.c.family_name, person.c.phone)
    .join_from(
        support_contact,
        person,
        (person.c.tenant_id == support_contact.c.tenant_id) & (person.c.id == support_contact.c.person_id),
    )
    .where(
        support_contact.c.tenant_id == bindparam("tenant"),
        support_contact.c.state != "ended",
        matches_word(person.c.tenant_id, person.c.id, bindparam("word")),
    )
    .order_by(support_contact.c.id)
)


def split_written_name(name: str) -> tuple[str, str]:
    """("Anne Lise", "von der Lippe"): the family name is the last word with the particles before it."""
    words = name.split()
    start = len(words) - 1
    while start > 1 and words[start - 1].casefold() in _PARTICLES:
        start -= 1
    return " ".join(words[:start]), " ".join(words[start:])


def facts_of(card: PersonCard) -> PersonFacts:
    """What Sammen has, to be changed here and there: a correction writes every column."""
    return PersonFacts(
        given_name=card.given_name,
        family_name=card.name.removeprefix(card.given_name).strip(),
        birth_date=card.birth_date,
        sex=card.sex,
        street=card.street,
        postcode=card.postcode,
        place=card.place,
        phone=card.phone,
        email=card.email,
        protection=card.protection,
        language_form=card.language_form,
        speaks=card.speaks,
    )


async def bring_representatives(
    uow: UnitOfWork,
    person_id: UUID,
    listed: Sequence[ImportedRepresentative],
    before: Sequence[ImportedRepresentative] = (),
) -> None:
    """Register those a list names, each as a person of their own for each service user; end those it has replaced.

    A name alone does not tell whether two lists' "Liv Moen" are one: who gets a login must not see a stranger's ward.
    """
    acting = {(one.role, fold(one.name)): one for one in await representatives_of(uow, person_id)}
    for one in listed:
        known = acting.get((one.role, fold(one.name)))
        if known is None:
            given, family = split_written_name(one.name)
            found = await register_person(
                uow, PersonFacts(given_name=given, family_name=family, phone=one.phone)
            )
            await appoint_representative(uow, person_id, found, one.role, valid_from=today())
        elif one.phone and _digits(one.phone) != _digits(known.phone):
            card = await person_card(uow, known.person_id)
            await correct_person(uow, known.person_id, replace(facts_of(card), phone=one.phone))
    named = {(one.role, fold(one.name)) for one in listed}
    for gone in before:
        key = (gone.role, fold(gone.name))
        if key not in named and (standing := acting.get(key)) is not None:
            await end_representative(
                uow, person_id, standing.id, on=max(today(), standing.valid_from), reason=NO_LONGER_LISTED,
                version=standing.version,
            )  # fmt: skip


async def bring_contact(uow: UnitOfWork, decision_id: UUID, contact: ImportedContact) -> UUID | None:
    """The assignment the list tells of, running since its day; None when nothing of the decision waits for anybody.

    The contact is the municipality's own of that name (and telephone, where both are known), else a new one, with an
    agreement as arbeidstaker from that day (presumed, aml. § 1-8), of which the list does not say the hours.
    """
    assert contact.since is not None
    contact_id = await _known_contact(uow, contact)
    if contact_id is None:
        given, family = split_written_name(contact.name)
        found = await register_person(
            uow, PersonFacts(given_name=given, family_name=family, phone=contact.phone)
        )
        contact_id = await register_contact(uow, found, ContactFacts())
        await engage(uow, contact_id, "employee", None, contact.since)
    return await take_over_assignment(uow, decision_id, contact_id, contact.since)


async def correct_contact(
    uow: UnitOfWork,
    assignment_id: UUID,
    decision_id: UUID,
    before: ImportedContact | None,
    contact: ImportedContact,
) -> UUID:
    """The list says otherwise of the assignment than last time: another day, or another contact from a day on."""
    assert contact.since is not None
    if before is None or fold(before.name) == fold(contact.name):
        await correct_start(uow, assignment_id, contact.since)
        return assignment_id
    await make_room(uow, assignment_id, contact.since)
    return await bring_contact(uow, decision_id, contact) or assignment_id


async def _known_contact(uow: UnitOfWork, contact: ImportedContact) -> UUID | None:
    """The one contact here of that name whose number is not another; of several it is nobody, rather than the wrong one."""
    words = query_words(contact.name)
    if not words:
        return None
    rows = await uow.rows(_CONTACTS, tenant=uow.context.tenant, word=max(words, key=len))
    alike = [row for row in rows if fold(f"{row['given_name']} {row['family_name']}") == fold(contact.name)]
    if contact.phone:
        same = [row for row in alike if _digits(row["phone"]) == _digits(contact.phone)]
        alike = same or [row for row in alike if not row["phone"]]
    return alike[0]["id"] if len(alike) == 1 else None


def _digits(phone: str) -> str:
    """The last eight digits: with and without +47 it is one number."""
    return "".join(sign for sign in phone if sign.isdigit())[-8:]
