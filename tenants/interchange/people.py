"""People in: a municipality's own systems send who somebody is; Sammen keeps it by the same rules as a caseworker's form."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, select

from sammen.audit.trail import record_change, record_read
from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from sammen.machine.marks import etag, matches
from sammen.machine.operations import EXTERNAL_ID, Answer, Call, encoded
from sammen.machine.problems import Fault, Problem
from tenants.interchange.models import ExchangedPerson
from tenants.interchange.shapes import Address, PersonIn, PersonOut
from tenants.people.api import (
    NationalNumber,
    NationalNumberError,
    PersonCard,
    PersonFacts,
    correct_person,
    find_person,
    keep_number,
    person_card,
    register_person,
)

MEND: Final = "Noe i innholdet må rettes."
FIRST_BIRTH: Final = date(1900, 1, 1)
_STRICTNESS: Final = ("none", "kode7", "kode6")
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended('exchange.' || $1::text || '.' || $2, 0))"
exchanged = ExchangedPerson.__table__
_ONE = compile_query(
    select(exchanged.c.id, exchanged.c.person_id, exchanged.c.fingerprint).where(
        exchanged.c.tenant_id == bindparam("tenant"),
        exchanged.c.client_id == bindparam("client"),
        exchanged.c.external_id == bindparam("external"),
    )
)


async def alone(uow: UnitOfWork, what: str) -> None:
    """Wait for whoever is at the same thing in this municipality, until this transaction ends."""
    await uow.call(_LOCK, str(uow.context.tenant), what)


def external_id(call: Call) -> str:
    """The id in the path. Raises NotFound for what can be nobody's."""
    found = call.text("external_id")
    if not re.fullmatch(EXTERNAL_ID, found):
        raise NotFound
    return found


async def known_person(uow: UnitOfWork, external: str) -> tuple[UUID, UUID] | None:
    """(row, person) that this program's id stands for, or None."""
    row = await uow.row(_ONE, tenant=uow.context.tenant, client=uow.context.user, external=external)
    return (row["id"], row["person_id"]) if row is not None else None


async def get_person(call: Call) -> Answer:
    """One person this program has sent. Raises NotFound."""
    external = external_id(call)
    found = await known_person(call.uow, external)
    if found is None:
        raise NotFound
    card = await person_card(call.uow, found[1])
    await record_read(
        call.uow, "person.read_by_program", [card.id], why=N_("Et program hentet opplysninger om personen"),
        object_kind="person", object_id=card.id,
    )  # fmt: skip
    return Answer(_shown(external, card))


async def put_person(call: Call) -> Answer:
    """Register somebody, or bring what is known up to date. The same facts again change nothing.

    Raises Problem 412 and 428 on the mark, 409 for somebody who may be there already, 422 for facts that cannot be.
    """
    external, sent = external_id(call), call.body
    assert isinstance(sent, PersonIn)
    await alone(call.uow, f"person.{call.client_id}.{external}")
    row = await call.uow.row(_ONE, tenant=call.uow.context.tenant, client=call.client_id, external=external)
    number = _number(call, sent)
    if number is not None:
        await alone(
            call.uow, f"number.{call.uow.keys.number_hash(call.uow.context.tenant, number.digits).hex()}"
        )
    if row is None:
        return await _new(call, external, sent, number)
    card = await person_card(call.uow, row["person_id"])
    now = _shown(external, card)
    if not call.if_match:
        if row["fingerprint"] == call.fingerprint:
            return Answer(now)
        raise Problem(428, "Personen finnes. Hent den først, og send ETag i If-Match.")
    if not matches(call.if_match, etag(encoded(now))):
        raise Problem(412, "Personen er endret siden du hentet den. Hent den på nytt.")
    await _correct(call, card, sent, number)
    kept = await call.uow.session.get(ExchangedPerson, (call.uow.context.tenant, row["id"]))
    assert kept is not None
    kept.fingerprint = call.fingerprint
    kept.version += 1
    await call.uow.session.flush()
    return Answer(_shown(external, await person_card(call.uow, card.id)))


def _number(call: Call, sent: PersonIn) -> NationalNumber | None:
    if sent.birth_date and not FIRST_BIRTH <= sent.birth_date <= today():
        raise Problem(422, MEND, [Fault("Datoen kan ikke være en fødselsdato.", pointer="/birth_date")])
    if not sent.national_number:
        return None
    try:
        number = NationalNumber.parse(sent.national_number, accept_synthetic=call.synthetic)
    except NationalNumberError as bad:
        raise Problem(422, MEND, [Fault(bad.text(), pointer="/national_number")]) from None
    if number.birth_date and sent.birth_date and number.birth_date != sent.birth_date:
        raise Problem(422, MEND, [Fault("Datoen er en annen enn i fødselsnummeret.", pointer="/birth_date")])
    return number


async def _new(call: Call, external: str, sent: PersonIn, number: NationalNumber | None) -> Answer:
    uow = call.uow
    if call.if_match:
        raise Problem(412, "Personen finnes ikke. Send den uten If-Match.")
    born = (number.birth_date if number else None) or sent.birth_date or None
    if born is None:
        raise Problem(422, MEND, [Fault("Send fødselsnummer eller fødselsdato.", pointer="/birth_date")])
    facts = PersonFacts(
        sent.given_name, sent.family_name, number=number, birth_date=born, protection=sent.protection,
        language_form=sent.language_form,
    )  # fmt: skip
    facts = _at(facts, sent)
    found = await find_person(uow, facts)
    if found is not None and number is None:
        # Two may share name and birth date: a program does not choose between them.
        raise Problem(
            409, "Kommunen har en person med dette navnet og denne fødselsdatoen. Send fødselsnummeret."
        )
    if found is None:
        found = await register_person(uow, facts)
    else:
        await _correct(call, await person_card(uow, found), sent, number)
    tenant = uow.context.tenant
    uow.session.add(
        ExchangedPerson(
            tenant_id=tenant, id=uuid7(), client_id=call.client_id, external_id=external, person_id=found,
            fingerprint=call.fingerprint,
        )
    )  # fmt: skip
    await uow.session.flush()
    await record_change(
        uow, "person.linked_to_program", "person", found, persons=[found],
        why=N_("Et program i kommunen sendte opplysninger om personen"),
    )  # fmt: skip
    location = f"/api/v1/people/{external}"
    return Answer(_shown(external, await person_card(uow, found)), 201, location)


def _at(facts: PersonFacts, sent: PersonIn) -> PersonFacts:
    """With the address that was sent, if any was."""
    if not sent.address:
        return facts
    return replace(
        facts, street=sent.address.street, postcode=sent.address.postcode, place=sent.address.place
    )


async def _correct(call: Call, card: PersonCard, sent: PersonIn, number: NationalNumber | None) -> None:
    """Write what was sent, and keep what was not. A protected address is neither made open nor replaced here: that is a
    caseworker's.
    """
    if card.died_on is not None:
        raise Problem(409, "Personen er registrert som død i Sammen. Kontakt saksbehandleren.")
    if number is not None and await _is_another(call.uow, card, number):
        raise Problem(409, "Personen har et annet fødselsnummer i Sammen. Kontakt saksbehandleren.")
    await keep_number(call.uow, card.id, number)
    born = (number.birth_date if number else None) or sent.birth_date or card.birth_date
    wanted = PersonFacts(
        sent.given_name, sent.family_name, birth_date=born, sex=(number.sex if number else None) or card.sex,
        street=card.street, postcode=card.postcode, place=card.place, phone=card.phone, email=card.email,
        protection=max(card.protection, sent.protection, key=_STRICTNESS.index), language_form=sent.language_form,
        speaks=card.speaks,
    )  # fmt: skip
    # Where somebody with a protected address lives is the caseworker's to write: another system may have the old one.
    await correct_person(call.uow, card.id, wanted if card.protected else _at(wanted, sent))


async def _is_another(uow: UnitOfWork, card: PersonCard, number: NationalNumber) -> bool:
    """Whether the number is somebody else's than this person's, who has one."""
    if not card.has_number:
        return False
    return await find_person(uow, PersonFacts("", "", number=number)) != card.id


def _shown(external: str, card: PersonCard) -> PersonOut:
    hidden = card.protected or not card.postcode
    return PersonOut(
        external_id=external, given_name=card.given_name, family_name=card.name.removeprefix(card.given_name).strip(),
        birth_date=card.birth_date, has_national_number=card.has_number,
        address=None if hidden else Address(card.street, card.postcode, card.place),
        protection=card.protection,  # type: ignore[arg-type]  # the table's own words
        language_form=card.language_form,  # type: ignore[arg-type]  # the table's own words
        version=card.version,
    )  # fmt: skip
