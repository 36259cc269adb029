"""How a contact is reached, and who they are: the person behind, corrected by the coordinator or by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from tenants.contacts.hooks import may_be_known
from tenants.people.api import PersonCard, PersonFacts, correct_person, find_person, person_card


async def known_to(uow: UnitOfWork, told: PersonFacts) -> UUID | None:
    """Whom somebody new is known as already: by number, or by name and birth date when the reader may see that person.

    A name and a birth date are known to many: they bring nobody to the registration of somebody who is hidden (E5), with its
    telephone, and do not tell that there is one. Two registrations are made one later, by who may see both.
    """
    found = await find_person(uow, told)
    if found is None or (told.number is not None and (await person_card(uow, found)).has_number):
        return found
    return found if await may_be_known(uow, found) else None


@dataclass(frozen=True, slots=True)
class Reach:
    """Telephone and e-mail; one of the two must be there."""

    phone: str
    email: str


def facts_of(card: PersonCard) -> PersonFacts:
    """What is known of a person, to be changed here and there: a correction writes every column."""
    return PersonFacts(
        given_name=card.given_name, family_name=card.name.removeprefix(card.given_name).strip(),
        birth_date=card.birth_date, sex=card.sex, street=card.street, postcode=card.postcode, place=card.place,
        phone=card.phone, email=card.email, protection=card.protection, language_form=card.language_form,
        speaks=card.speaks,
    )  # fmt: skip


async def change_reach(uow: UnitOfWork, person_id: UUID, reach: Reach) -> bool:
    """Write a new telephone number or e-mail address; True when something changed. Raises Invalid without either."""
    if not reach.phone and not reach.email:
        raise Invalid.one("telefon", N_("Skriv telefonnummer eller e-post, så dere kan nå hverandre."))
    known = facts_of(await person_card(uow, person_id))
    return await correct_person(uow, person_id, _with(known, phone=reach.phone, email=reach.email))


async def complete_person(uow: UnitOfWork, person_id: UUID, told: PersonFacts) -> bool:
    """Bring who a contact is up to date from the coordinator's form; True when something changed.

    A known birth date or number stays. A protected address is neither shown nor overwritten.
    """
    card = await person_card(uow, person_id)
    wanted = _with(
        facts_of(card), given_name=told.given_name, family_name=told.family_name, phone=told.phone, email=told.email
    )  # fmt: skip
    if not card.protected:
        wanted = _with(wanted, postcode=told.postcode, place=told.place)
    if card.birth_date is None:
        wanted = _with(wanted, number=told.number, birth_date=told.birth_date)
    elif not card.has_number:
        wanted = _with(wanted, number=told.number)
    return await correct_person(uow, person_id, wanted)


def _with(facts: PersonFacts, **changes: object) -> PersonFacts:
    return PersonFacts(**{name: getattr(facts, name) for name in PersonFacts.__dataclass_fields__} | changes)
