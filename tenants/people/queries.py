"""Reads of people for other slices' pages."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Text, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql import ColumnElement

from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from tenants.people.ages import age_on
from tenants.people.models import Person, PersonNameWord

person = Person.__table__
name_word = PersonNameWord.__table__

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
    needs_interpreter: bool
    interpreter_language: str
    individual_plan: bool
    died_on: date | None
    moved_on: date | None
    moved_to: str
    merged_into: UUID | None
    has_number: bool
    version: int

    @property
    def protected(self) -> bool:
        return self.protection in PROTECTED


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
        person.c.speaks, person.c.needs_interpreter, person.c.interpreter_language, person.c.individual_plan,
        person.c.died_on, person.c.moved_on, person.c.moved_to, person.c.merged_into,
        person.c.number_hash.is_not(None).label("has_number"), person.c.version,
    ).where(person.c.tenant_id == bindparam("tenant"), person.c.id == bindparam("person"))
)  # fmt: skip
_OF_USER = compile_query(
    select(person.c.id).where(
        person.c.tenant_id == bindparam("tenant"), person.c.user_id == bindparam("user")
    )
)


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


async def person_of_user(uow: UnitOfWork) -> UUID | None:
    """The person the signed-in user is in this municipality, for their own pages."""
    found: UUID | None = await uow.value(_OF_USER, tenant=uow.context.tenant, user=uow.context.user)
    return found


_KNOWN_WORDS = compile_query(
    select(name_word.c.word)
    .distinct()
    .join_from(
        name_word,
        person,
        (person.c.tenant_id == name_word.c.tenant_id) & (person.c.id == name_word.c.person_id),
    )
    .where(
        name_word.c.tenant_id == bindparam("tenant"),
        name_word.c.word == any_(bindparam("words", type_=ARRAY(Text()))),
        person.c.protection == "none",
    )
)


async def known_name_words(uow: UnitOfWork, words: Collection[str]) -> set[str]:
    """Which of these folded words (names.fold) somebody in the municipality is called.

    People with a protected address are not asked about: the answer would tell whoever writes a name that there is one.
    """
    rows = await uow.rows(_KNOWN_WORDS, tenant=uow.context.tenant, words=list(words))
    return {row["word"] for row in rows}
