"""Reads of people for other slices' pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.sql import ColumnElement

from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from tenants.people.models import Person, PersonNameWord, Representative

person = Person.__table__
name_word = PersonNameWord.__table__
representative = Representative.__table__

# Strings as the register has them; the page translates.
PROTECTED = ("kode6", "kode7")


@dataclass(frozen=True, slots=True)
class PersonCard:
    """What a page says of a person. `age` in whole years today, None when the birth date is unknown."""

    id: UUID
    name: str
    given_name: str
    birth_date: date | None
    age: int | None
    sex: str | None
    protection: str
    street: str
    postcode: str
    place: str
    phone: str
    email: str
    language_form: str
    speaks: str
    version: int

    @property
    def protected(self) -> bool:
        return self.protection in PROTECTED


@dataclass(frozen=True, slots=True)
class RepresentativeCard:
    """Somebody who acts for a service user, with their role and whether letters go to them."""

    person_id: UUID
    name: str
    role: str
    receives_letters: bool
    phone: str


def age_on(birth_date: date | None, day: date) -> int | None:
    """Whole years on a day; somebody born on 29 February has their birthday on 1 March in other years."""
    if birth_date is None:
        return None
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def matches_word(
    tenant: ColumnElement[UUID], person_id: ColumnElement[UUID], word: ColumnElement[str]
) -> ColumnElement[bool]:
    """Whether the person has a name word that begins with `word` (folded). `starts_with` keeps its index under RLS."""
    return (
        select(name_word.c.id)
        .where(
            name_word.c.tenant_id == tenant,
            name_word.c.person_id == person_id,
            func.starts_with(name_word.c.word, word),
        )
        .exists()
    )


_BY_ID = compile_query(
    select(
        person.c.id, person.c.given_name, person.c.family_name, person.c.birth_date, person.c.sex, person.c.protection,
        person.c.street, person.c.postcode, person.c.place, person.c.phone, person.c.email, person.c.language_form,
        person.c.speaks, person.c.version,
    ).where(person.c.tenant_id == bindparam("tenant"), person.c.id == bindparam("person"))
)  # fmt: skip
_REPRESENTATIVES = compile_query(
    select(person.c.id, person.c.given_name, person.c.family_name, person.c.phone, representative.c.role,
           representative.c.receives_letters)
    .join_from(representative, person,
               (person.c.tenant_id == representative.c.tenant_id) & (person.c.id == representative.c.person_id))
    .where(
        representative.c.tenant_id == bindparam("tenant"),
        representative.c.acts_for_id == bindparam("person"),
        representative.c.valid_from <= bindparam("day"),
        representative.c.valid_to.is_(None) | (representative.c.valid_to >= bindparam("day")),
    )
    .order_by(representative.c.role, person.c.family_name)
)  # fmt: skip
_OF_USER = compile_query(
    select(person.c.id).where(
        person.c.tenant_id == bindparam("tenant"), person.c.user_id == bindparam("user")
    )
)
_WARDS = compile_query(
    select(representative.c.acts_for_id)
    .join_from(representative, person,
               (person.c.tenant_id == representative.c.tenant_id) & (person.c.id == representative.c.person_id))
    .where(
        representative.c.tenant_id == bindparam("tenant"),
        person.c.user_id == bindparam("user"),
        representative.c.valid_from <= bindparam("day"),
        representative.c.valid_to.is_(None) | (representative.c.valid_to >= bindparam("day")),
    )
)  # fmt: skip


async def person_card(uow: UnitOfWork, person_id: UUID) -> PersonCard:
    """One person. Raises NotFound. The caller writes the access log, knowing why."""
    row = await uow.row(_BY_ID, tenant=uow.context.tenant, person=person_id)
    if row is None:
        raise NotFound
    values = dict(row)
    given, family = values.pop("given_name"), values.pop("family_name")
    return PersonCard(
        name=f"{given} {family}", given_name=given, age=age_on(row["birth_date"], today()), **values
    )


async def representatives_of(uow: UnitOfWork, person_id: UUID) -> Sequence[RepresentativeCard]:
    """Who acts for the person today."""
    rows = await uow.rows(_REPRESENTATIVES, tenant=uow.context.tenant, person=person_id, day=today())
    return [
        RepresentativeCard(
            row["id"],
            f"{row['given_name']} {row['family_name']}",
            row["role"],
            row["receives_letters"],
            row["phone"],
        )
        for row in rows
    ]


async def person_of_user(uow: UnitOfWork) -> UUID | None:
    """The person the signed-in user is in this municipality, for their own pages."""
    found: UUID | None = await uow.value(_OF_USER, tenant=uow.context.tenant, user=uow.context.user)
    return found


async def wards_of_user(uow: UnitOfWork) -> list[UUID]:
    """The people the signed-in user acts for in this municipality today."""
    rows = await uow.rows(_WARDS, tenant=uow.context.tenant, user=uow.context.user, day=today())
    return [row["acts_for_id"] for row in rows]
