"""One good row becoming a person, a case, perhaps a decision with its orders; or correcting what it became before."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from sammen.clock import now
from sammen.db.unit_of_work import UnitOfWork
from sammen.ids import uuid7
from sammen.norwegian import format_decimal
from tenants.cases.api import FORM_NAMES
from tenants.decisions.api import (
    GrantFacts,
    ListedCase,
    TakenOver,
    correct_taken_over,
    decide_taken_over,
    take_over,
)
from tenants.imports.comparing import stronger
from tenants.imports.judging import Judged
from tenants.imports.models import ImportedRow
from tenants.imports.rules import ImportRow
from tenants.imports.sealing import fingerprint_hash, imported, seal_row
from tenants.imports.surroundings import bring_contact, bring_representatives, correct_contact, facts_of
from tenants.people.api import (
    PersonCard,
    PersonFacts,
    correct_person,
    find_person,
    person_card,
    register_person,
    traits,
)


async def apply_row(uow: UnitOfWork, judged: Judged, *, own: Collection[str]) -> TakenOver:
    """Write a new or changed row. `own`: the purchasers whose cases the importing caseworker becomes responsible for."""
    if judged.known is None:
        return await _bring_in(uow, judged, own)
    return await _bring_up_to_date(uow, judged)


def listed(row: ImportRow) -> ListedCase:
    """The row as the case slice takes it over. Needs a row without fault."""
    assert row.application is not None
    decision = row.decision
    grants = tuple(
        GrantFacts(
            form=service.form, amount=service.amount, unit=service.unit or "week", times="",
            valid_from=decision.valid_from if decision else None, valid_to=decision.valid_to if decision else None,
        )
        for service in row.services
    )  # fmt: skip
    return ListedCase(
        received_on=row.application,
        decided_on=decision.date if decision else None,
        grants=grants,
        wishes="" if decision else "; ".join(_wish(grant) for grant in grants),
        interests=sorted(traits.interest_codes(", ".join(row.interests))),
        evaluate_on=row.evaluate_on,
        target=row.target,
    )


def _wish(grant: GrantFacts) -> str:
    if grant.amount is None:
        return FORM_NAMES[grant.form]
    return f"{FORM_NAMES[grant.form]}, {format_decimal(grant.amount)} {'t/mnd' if grant.unit == 'month' else 't/uke'}"


async def _bring_in(uow: UnitOfWork, judged: Judged, own: Collection[str]) -> TakenOver:
    row, tenant = judged.row, uow.context.tenant
    assert row.person is not None
    assert judged.key is not None
    person_id = await _person(uow, row)
    await bring_representatives(uow, person_id, row.representatives)
    taken = await take_over(uow, person_id, row.person.birth_date, listed(row), own=own)
    row_id = uuid7()
    uow.session.add(
        ImportedRow(
            tenant_id=tenant, id=row_id, key=judged.key, fingerprint=fingerprint_hash(uow.keys, tenant, row),
            sealed=seal_row(uow.keys, imported(tenant, row_id), row, []), person_id=person_id, case_id=taken.case_id,
            application_id=taken.application_id, decision_id=taken.decision_id,
            assignment_id=await _assignment(uow, taken, row), contact_name=row.contact_name or "",
            note=row.note, interests=", ".join(row.interests), has_companion_card=row.has_companion_card, imported_at=now(),
        )
    )  # fmt: skip
    await uow.session.flush()
    return taken


async def _bring_up_to_date(uow: UnitOfWork, judged: Judged) -> TakenOver:
    row, before, known, tenant = judged.row, judged.before, judged.known, uow.context.tenant
    assert known is not None
    assert before is not None
    assert judged.key is not None
    await _correct_person(uow, known.person_id, before, row)
    if row.representatives != before.representatives:
        await bring_representatives(uow, known.person_id, row.representatives, before.representatives)
    taken = TakenOver(known.case_id, known.application_id, known.decision_id)
    await correct_taken_over(uow, taken, listed(before), listed(row))
    if taken.decision_id is None and row.decision is not None:
        taken = replace(taken, decision_id=await decide_taken_over(uow, taken, listed(row)))
    stored = await uow.session.get(ImportedRow, (tenant, known.id))
    assert stored is not None
    stored.key, stored.fingerprint = judged.key, fingerprint_hash(uow.keys, tenant, row)
    stored.sealed = seal_row(uow.keys, imported(tenant, known.id), row, [])
    if row.contact != before.contact or stored.assignment_id is None:
        stored.assignment_id = await _assignment(uow, taken, row, stored.assignment_id, before)
    stored.decision_id, stored.contact_name, stored.note = taken.decision_id, row.contact_name or "", row.note
    stored.interests = ", ".join(row.interests)
    stored.has_companion_card, stored.imported_at = row.has_companion_card, now()
    stored.version += 1
    await uow.session.flush()
    return taken


def _facts(row: ImportRow) -> PersonFacts:
    person = row.person
    assert person is not None
    return PersonFacts(
        given_name=person.given, family_name=person.family, number=person.national_number,
        birth_date=person.birth_date, street=person.address, postcode=person.postcode, place=person.place,
        protection=row.protection,
    )  # fmt: skip


def _known_facts(card: PersonCard, row: ImportRow) -> PersonFacts:
    """What Sammen has, with the national number the list has."""
    return replace(facts_of(card), number=row.person.national_number if row.person else None)


async def _person(uow: UnitOfWork, row: ImportRow) -> UUID:
    """The person, registered if need be. Of one already known, only what is missing is filled in."""
    facts = _facts(row)
    found = await find_person(uow, facts)
    if found is None:
        return await register_person(uow, facts)
    card = await person_card(uow, found)
    wanted = replace(_known_facts(card, row), protection=stronger(card.protection, facts.protection))
    if not card.street and not card.postcode:
        wanted = replace(wanted, street=facts.street, postcode=facts.postcode, place=facts.place)
    await correct_person(uow, found, wanted)
    return found


async def _correct_person(uow: UnitOfWork, person_id: UUID, before: ImportRow, row: ImportRow) -> None:
    """Write what the list changed of the person since last time, and nothing else."""
    old, new = before.person, row.person
    assert old is not None
    assert new is not None
    card = await person_card(uow, person_id)
    wanted = _known_facts(card, row)
    if (old.given, old.family) != (new.given, new.family):
        wanted = replace(wanted, given_name=new.given, family_name=new.family)
    if (old.address, old.postcode, old.place) != (new.address, new.postcode, new.place):
        wanted = replace(wanted, street=new.address, postcode=new.postcode, place=new.place)
    if before.protection != row.protection:
        wanted = replace(wanted, protection=stronger(card.protection, row.protection))
    await correct_person(uow, person_id, wanted)


async def _assignment(
    uow: UnitOfWork,
    taken: TakenOver,
    row: ImportRow,
    known: UUID | None = None,
    before: ImportRow | None = None,
) -> UUID | None:
    """The assignment of the row's contact, brought in or corrected; the known one when the row says nothing of it."""
    if taken.decision_id is None or row.contact is None or row.contact.since is None:
        return known
    if known is None:
        return await bring_contact(uow, taken.decision_id, row.contact)
    was = before.contact if before else None
    return await correct_contact(uow, known, taken.decision_id, was, row.contact)
