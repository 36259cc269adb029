"""Who gets a letter, and what stands in its window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sammen.db.unit_of_work import UnitOfWork
from tenants.people.api import PersonCard, person_card, representatives_of

NOT_PROTECTED = "none"
OWN_LETTERS_FROM = 16


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody a letter goes to. `role`: self, parent, guardian or power_of_attorney."""

    person_id: UUID
    name: str
    role: str
    language_form: str
    street: str
    postcode: str
    place: str
    protection: str


async def letter_recipients(
    uow: UnitOfWork, person_id: UUID, *, child_welfare: bool, on: date
) -> Sequence[Recipient]:
    """The person from 16 years, and whoever acts for them and receives letters."""
    del child_welfare, on
    card = await person_card(uow, person_id)
    found = []
    if card.age is None or card.age >= OWN_LETTERS_FROM:
        found.append(_of(card.id, card.name, "self", card))
    acting = [one for one in await representatives_of(uow, person_id) if one.receives_letters]
    found += [_of(one.person_id, one.name, one.role, await person_card(uow, one.person_id)) for one in acting]
    return found


def _of(person_id: UUID, name: str, role: str, card: PersonCard) -> Recipient:
    return Recipient(
        person_id, name, role, card.language_form, card.street, card.postcode, card.place, card.protection
    )
