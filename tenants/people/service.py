"""Registering and correcting people. The national number is encrypted at rest and looked up by an HMAC."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, insert, select

from sammen.audit.trail import record_change
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, NotFound, Shown
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from tenants.people.models import Person, PersonNameWord
from tenants.people.names import name_words
from tenants.people.national_number import NationalNumber

TAKEN = N_("En person med dette fødselsnummeret finnes fra før i kommunen.")
STALE = N_("Noen andre har endret personen imens. Det du skrev, er ikke lagret.")
STRICTNESS: Final = ("none", "kode7", "kode6")
OnProtected = Callable[[UnitOfWork, UUID], Awaitable[None]]
_ON_PROTECTED: list[OnProtected] = []


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What is known of a person. `number` or `birth_date` should be there; the number decides date and sex.

    What is None of the last three is not known, and changes nothing.
    """

    given_name: str
    family_name: str
    number: NationalNumber | None = None
    birth_date: date | None = None
    sex: str | None = None
    street: str = ""
    postcode: str = ""
    place: str = ""
    phone: str = ""
    email: str = ""
    protection: str = "none"
    language_form: str = "nb"
    speaks: str = ""
    needs_interpreter: bool | None = None
    interpreter_language: str | None = None
    individual_plan: bool | None = None

    def columns(self) -> dict[str, Any]:
        """Plain columns of `Person`; the number's own come from `_number_columns`."""
        asked = {
            "needs_interpreter": self.needs_interpreter,
            "interpreter_language": self.interpreter_language,
            "individual_plan": self.individual_plan,
        }
        return {
            **{name: value for name, value in asked.items() if value is not None},
            "given_name": self.given_name,
            "family_name": self.family_name,
            "birth_date": self.number.birth_date if self.number else self.birth_date,
            "sex": (self.number.sex if self.number else None) or self.sex,
            "street": self.street,
            "postcode": self.postcode,
            "place": self.place,
            "phone": self.phone,
            "email": self.email,
            "protection": self.protection,
            "language_form": self.language_form,
            "speaks": self.speaks,
        }


def on_protected(listener: OnProtected) -> OnProtected:
    """Register what a higher slice does when somebody turns out to have a protected address; same transaction."""
    if listener not in _ON_PROTECTED:
        _ON_PROTECTED.append(listener)
    return listener


async def tell_protected(uow: UnitOfWork, person_id: UUID) -> None:
    """Run what is registered for a protected address: the person's cases are shielded. Harmless again."""
    for listener in _ON_PROTECTED:
        await listener(uow, person_id)


def number_bound_to(tenant: UUID, person: UUID) -> bytes:
    """What a national number is sealed to: its own row, in its own municipality."""
    return b"person-number" + tenant.bytes + person.bytes


async def find_person(uow: UnitOfWork, facts: PersonFacts) -> UUID | None:
    """Whom the municipality already has with this national number, else with this name and birth date.

    With a number, only somebody whose number is not known yet is found by name; `keep_number` then stores it. Two who
    share name and birth date are told apart by nothing here: then it is nobody, rather than the wrong one.
    """
    if facts.number is not None and (found := await _with_number(uow, facts.number)) is not None:
        return found
    born = facts.number.birth_date if facts.number else facts.birth_date
    if born is None:
        return None
    query = select(Person.id).where(
        Person.tenant_id == uow.context.tenant,
        Person.birth_date == born,
        Person.given_name == facts.given_name,
        Person.family_name == facts.family_name,
        Person.merged_into.is_(None),
    )
    if facts.number is not None:
        query = query.where(Person.number_hash.is_(None))
    found_by_name = (await uow.session.scalars(query.limit(2))).all()
    return found_by_name[0] if len(found_by_name) == 1 else None


async def _with_number(uow: UnitOfWork, number: NationalNumber) -> UUID | None:
    tenant = uow.context.tenant
    return await uow.session.scalar(
        select(Person.id).where(
            Person.tenant_id == tenant, Person.number_hash.in_(uow.keys.number_hashes(tenant, number.digits))
        )
    )


async def keep_number(uow: UnitOfWork, person_id: UUID, number: NationalNumber | None) -> bool:
    """Store the national number of somebody who had none; True when it was new. A known number is never replaced.

    Raises NotFound, and Conflict when the number is somebody else's here.
    """
    tenant = uow.context.tenant
    person = await uow.session.get(Person, (tenant, person_id))
    if person is None:
        raise NotFound
    if number is None or person.number_hash is not None:
        return False
    if await _with_number(uow, number) is not None:
        raise Conflict(TAKEN)
    _set_number(uow, person, number)
    person.birth_date, person.sex = number.birth_date, number.sex or person.sex
    person.version += 1
    await uow.session.flush()
    await record_change(
        uow, "person.corrected", "person", person_id, persons=[person_id], fields=["national_number"]
    )
    return True


def _set_number(uow: UnitOfWork, person: Person, number: NationalNumber) -> None:
    person.number_hash = uow.keys.number_hash(person.tenant_id, number.digits)
    person.number_cipher = uow.keys.seal(number.digits, bound_to=number_bound_to(person.tenant_id, person.id))


async def register_person(uow: UnitOfWork, facts: PersonFacts) -> UUID:
    """A new person. Raises Conflict when the national number is already registered in this municipality."""
    tenant, person_id = uow.context.tenant, uuid7()
    if facts.number is not None and await _with_number(uow, facts.number) is not None:
        raise Conflict(TAKEN)
    person = Person(tenant_id=tenant, id=person_id, **facts.columns())
    if facts.number is not None:
        _set_number(uow, person, facts.number)
    uow.session.add(person)
    await uow.session.flush()
    await index_name(uow, person_id, facts.given_name, facts.family_name)
    await record_change(uow, "person.registered", "person", person_id, persons=[person_id])
    return person_id


async def correct_person(
    uow: UnitOfWork, person_id: UUID, facts: PersonFacts, *, version: int | None = None
) -> bool:
    """Bring what is known up to date, with the number of somebody who had none; True when something changed.

    Who gets a protected address is shielded at once (on_protected). Raises NotFound, or Conflict on a stale `version`
    and on a number that is somebody else's.
    """
    person = await uow.session.get(Person, (uow.context.tenant, person_id))
    if person is None:
        raise NotFound
    wanted = facts.columns()
    if version is not None and person.version != version:
        raise Conflict(STALE, theirs=_shown(vars(person)), yours=_shown(wanted))
    numbered = await keep_number(uow, person_id, facts.number)
    changed = sorted(name for name, value in wanted.items() if getattr(person, name) != value)
    if not changed:
        return numbered
    for name in changed:
        setattr(person, name, wanted[name])
    person.version += 1
    await uow.session.flush()
    if "given_name" in changed or "family_name" in changed:
        await index_name(uow, person_id, facts.given_name, facts.family_name)
    await record_change(uow, "person.corrected", "person", person_id, persons=[person_id], fields=changed)
    if "protection" in changed and person.protection != "none":
        await tell_protected(uow, person_id)
    return True


def _shown(columns: Mapping[str, Any]) -> dict[str, Shown]:
    """What two people wrote of a person, side by side. Never an address: it may be protected on one of the sides."""
    named = {"given_name": N_("Fornavn"), "family_name": N_("Etternavn"), "email": N_("E-post")}
    return {label: columns[name] or "" for name, label in named.items()}


async def protect_address(uow: UnitOfWork, person_id: UUID, protection: str) -> bool:
    """Somebody says that the person's address is protected: noted at once when it is stricter than what we have, and
    the person's cases are shielded. Never lowered here: that is `correct_person`'s. True when it was. Raises NotFound.
    """
    person = await uow.session.get(Person, (uow.context.tenant, person_id))
    if person is None:
        raise NotFound
    if STRICTNESS.index(protection) <= STRICTNESS.index(person.protection):
        return False
    person.protection = protection
    person.version += 1
    await uow.session.flush()
    await record_change(
        uow, "person.corrected", "person", person_id, persons=[person_id], fields=["protection"]
    )
    await tell_protected(uow, person_id)
    return True


async def index_name(uow: UnitOfWork, person_id: UUID, given_name: str, family_name: str) -> None:
    """Make a person found by these names, and by no other."""
    tenant = uow.context.tenant
    await uow.session.execute(
        delete(PersonNameWord).where(
            PersonNameWord.tenant_id == tenant, PersonNameWord.person_id == person_id
        )
    )
    words = name_words(given_name, family_name)
    if words:
        rows = [{"tenant_id": tenant, "id": uuid7(), "person_id": person_id, "word": word} for word in words]
        await uow.session.execute(insert(PersonNameWord), rows)


async def move_number(uow: UnitOfWork, gone: Person, kept: Person) -> None:
    """The national number of one registration, to the other of the same person, sealed anew: it is bound to its row.

    What the number tells of birth and sex goes with it. The caller has locked both, and writes the trail.
    """
    if gone.number_cipher is None:
        return
    digits = uow.keys.unseal(gone.number_cipher, bound_to=number_bound_to(gone.tenant_id, gone.id))
    gone.number_cipher = gone.number_hash = None
    await uow.session.flush()
    if kept.number_hash is None:
        _set_number(uow, kept, NationalNumber.parse(digits, accept_synthetic=True))
        kept.birth_date, kept.sex = gone.birth_date, gone.sex or kept.sex
        await uow.session.flush()


async def read_number(uow: UnitOfWork, person_id: UUID) -> str | None:
    """The national number in clear, for a letter or a look-up elsewhere. The caller logs why it was read."""
    tenant = uow.context.tenant
    person = await uow.session.get(Person, (tenant, person_id))
    if person is None:
        raise NotFound
    if person.number_cipher is None:
        return None
    return uow.keys.unseal(person.number_cipher, bound_to=number_bound_to(tenant, person_id))


async def let_in(uow: UnitOfWork, person_id: UUID, user_id: UUID, role: str) -> None:
    """Tie a login to a person and open the municipality's own pages (/min) to them in `role`."""
    person = await uow.session.get(Person, (uow.context.tenant, person_id))
    if person is None:
        raise NotFound
    person.user_id = user_id
    await uow.session.flush()
    await uow.call("SELECT sammen.grant_own_pages($1, $2)", user_id, role)
    await record_change(uow, "person.let_in", "person", person_id, persons=[person_id], role=role)
