"""Reads of the person pages: search, the cases and wards a reader may see, consents, and who has read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.sql import ColumnElement

from sammen.clock import today
from sammen.db.raw import Query, compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import BadInput
from sammen.norwegian import parse_date
from sammen.web.paging import PAGE_SIZE
from tenants.cases.api import case_file, purchasers_seen, visible
from tenants.people.api import (
    NationalNumber,
    NationalNumberError,
    age_on,
    matches_word,
    person,
    query_words,
    representative,
)
from tenants.record.access import person_seen, reader_values
from tenants.record.models import TransferConsent

consent = TransferConsent.__table__


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One line of the search. `protected` people show neither address nor place."""

    id: UUID
    name: str
    birth_date: date | None
    age: int | None
    place: str
    protected: bool
    died_on: date | None
    moved_on: date | None


@dataclass(frozen=True, slots=True)
class Ward:
    """Somebody the person acts for, whose case the reader may see."""

    person_id: UUID
    name: str
    role: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class OwnCase:
    """A case of the person's, as the person page lists it."""

    id: UUID
    case_no: str
    purchaser: str
    state: str
    forms: list[str]
    responsible_name: str
    created_at: datetime
    closed_on: date | None
    outcome: str
    shielded: bool


@dataclass(frozen=True, slots=True)
class ConsentCard:
    """A recorded yes to handing over the case; see models.TransferConsent."""

    id: UUID
    given_by: str
    given_by_name: str
    given_on: date
    receiver: str
    recorded_by_name: str
    withdrawn_on: date | None


@dataclass(frozen=True, slots=True)
class _Shape:
    words: int
    number: bool
    born: bool


def _condition(shape: _Shape) -> ColumnElement[bool]:
    found = person_seen() & person.c.merged_into.is_(None)
    if shape.number:
        found &= person.c.number_hash == bindparam("number")
    if shape.born:
        found &= person.c.birth_date == bindparam("born")
    for n in range(shape.words):
        found &= matches_word(person.c.tenant_id, person.c.id, bindparam(f"word{n}"))
    return found


@lru_cache(maxsize=64)
def _search(shape: _Shape) -> tuple[Query, Query]:
    columns = select(*(person.c[name] for name in (
        "id", "given_name", "family_name", "birth_date", "place", "protection", "died_on", "moved_on")))  # fmt: skip
    listed = (
        columns.where(_condition(shape))
        .order_by(person.c.family_name, person.c.given_name, person.c.id)
        .limit(bindparam("most"))
        .offset(bindparam("skip"))
    )
    return compile_query(listed), compile_query(
        select(func.count()).select_from(person).where(_condition(shape))
    )


def _asked(uow: UnitOfWork, text: str) -> tuple[_Shape, dict[str, Any]] | None:
    """The search as a shape and its values; None when there is nothing to look for."""
    digits = "".join(c for c in text if not c.isspace())
    if digits.isdigit() and len(digits) == 11:
        try:
            number = NationalNumber.parse(digits, accept_synthetic=True)
        except NationalNumberError:
            return None  # a number with a wrong check digit is nobody's
        return _Shape(0, True, False), {"number": uow.keys.number_hash(uow.context.tenant, number.digits)}
    if text[:1].isdigit():
        try:
            return _Shape(0, False, True), {"born": parse_date(text, field="q")}
        except BadInput:
            return None
    words = query_words(text)
    return (
        (_Shape(len(words), False, False), {f"word{n}": word for n, word in enumerate(words)})
        if words
        else None
    )


async def search_people(uow: UnitOfWork, text: str, page: int) -> tuple[Sequence[PersonRow], int]:
    """(one page of those the search finds among whom the reader may see, how many in all). Empty text finds nobody."""
    asked = _asked(uow, text)
    if asked is None:
        return [], 0
    shape, values = asked
    listed, counted = _search(shape)
    values |= reader_values(uow)
    total: int = await uow.value(counted, **values)
    rows = await uow.rows(listed, most=PAGE_SIZE, skip=(page - 1) * PAGE_SIZE, **values)
    return [_row(row) for row in rows], total


def _row(row: Any) -> PersonRow:
    protected = row["protection"] != "none"
    return PersonRow(
        row["id"], f"{row['given_name']} {row['family_name']}", row["birth_date"], age_on(row["birth_date"], today()),
        "" if protected else row["place"], protected, row["died_on"], row["moved_on"],
    )  # fmt: skip


_CASES = compile_query(
    select(*(case_file.c[name] for name in OwnCase.__dataclass_fields__))
    .where(visible(), case_file.c.person_id == bindparam("person"))
    .order_by(case_file.c.closed_on.desc().nulls_first(), case_file.c.id.desc())
)
_WARDS = compile_query(
    select(person.c.id, person.c.given_name, person.c.family_name, representative.c.role, representative.c.valid_from,
           representative.c.valid_to)
    .distinct()
    .select_from(
        representative.join(
            person,
            (person.c.tenant_id == representative.c.tenant_id) & (person.c.id == representative.c.acts_for_id),
        ).join(
            case_file,
            (case_file.c.tenant_id == person.c.tenant_id) & (case_file.c.person_id == person.c.id),
        )
    )
    .where(visible(), representative.c.person_id == bindparam("person"))
    .order_by(representative.c.valid_from.desc())
)  # fmt: skip
_CONSENTS = compile_query(
    select(*(consent.c[name] for name in ConsentCard.__dataclass_fields__))
    .where(consent.c.tenant_id == bindparam("tenant"), consent.c.person_id == bindparam("person"))
    .order_by(consent.c.given_on.desc(), consent.c.id.desc())
)


async def cases_of(uow: UnitOfWork, person_id: UUID) -> Sequence[OwnCase]:
    """The person's cases that the reader may see, open ones first."""
    context = uow.context
    rows = await uow.rows(
        _CASES, tenant=context.tenant, purchasers=purchasers_seen(context), reader=context.user, person=person_id
    )  # fmt: skip
    return [OwnCase(**dict(row)) for row in rows]


async def wards_of(uow: UnitOfWork, person_id: UUID) -> Sequence[Ward]:
    """Those the person acts or acted for, whose case the reader may see."""
    context = uow.context
    rows = await uow.rows(
        _WARDS, tenant=context.tenant, purchasers=purchasers_seen(context), reader=context.user, person=person_id
    )  # fmt: skip
    return [
        Ward(row["id"], f"{row['given_name']} {row['family_name']}", row["role"], row["valid_from"], row["valid_to"])
        for row in rows
    ]  # fmt: skip


async def consents_of(uow: UnitOfWork, person_id: UUID) -> Sequence[ConsentCard]:
    """What has been said yes to, the latest first. The caller has been let in to the person."""
    rows = await uow.rows(_CONSENTS, tenant=uow.context.tenant, person=person_id)
    return [ConsentCard(**dict(row)) for row in rows]


_WITH_NUMBER = compile_query(
    select(person.c.id).where(
        person.c.tenant_id == bindparam("tenant"), person.c.number_hash == bindparam("number")
    )
)


async def person_with_number(uow: UnitOfWork, number: NationalNumber) -> UUID | None:
    """Whose number it is in the municipality. For the data protection officer, who is shown no more than the id."""
    tenant = uow.context.tenant
    found: UUID | None = await uow.value(
        _WITH_NUMBER, tenant=tenant, number=uow.keys.number_hash(tenant, number.digits)
    )
    return found
