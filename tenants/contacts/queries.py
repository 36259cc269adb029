"""Reads of contacts: one card, the list with its filters, and whose vetting is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import and_, any_, bindparam, func, or_, select
from sqlalchemy.sql import ColumnElement

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.db.raw import Query, compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from sammen.i18n_mark import N_
from sammen.web.paging import PAGE_SIZE, page_number
from tenants.contacts.models import SupportContact, Vetting
from tenants.people.api import age_on, matches_word, person, query_words, traits

support_contact = SupportContact.__table__
vetting = Vetting.__table__

MOST_TODAY = 50
STATES = {
    "enquiry": N_("Har meldt interesse"),
    "vetting": N_("Under godkjenning"),
    "engaged": N_("Godkjent"),
    "paused": N_("Har pause"),
    "ended": N_("Sluttet"),
}


@dataclass(frozen=True, slots=True)
class ContactCard:
    """A contact with the person's own facts. `lent_hours` are hours a week for other municipalities, never for whom."""

    id: UUID
    person_id: UUID
    given_name: str
    family_name: str
    birth_date: date | None
    sex: str | None
    phone: str
    email: str
    postcode: str
    place: str
    user_id: UUID | None
    state: str
    interests: list[str]
    skills: list[str]
    languages: list[str]
    slots: list[str]
    has_car: bool
    wants_hours: Decimal | None
    commits_months: int
    since: date | None
    candidate_id: UUID | None
    lent_hours: Decimal
    police_shown_on: date | None
    confidentiality_signed_on: date | None
    created_at: datetime
    version: int

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"

    @property
    def age(self) -> int | None:
        """Whole years today."""
        return age_on(self.birth_date, today())

    @property
    def vetted(self) -> bool:
        """Whether names may be shown and a first meeting held in this municipality (B2)."""
        return self.police_shown_on is not None and self.confidentiality_signed_on is not None


@dataclass(frozen=True, slots=True)
class ContactFilter:
    """What the reader asked to see. Unknown values fall back, so that any address shows a list."""

    text: str = ""
    state: str = ""
    interest: str = ""
    missing: bool = False
    page: int = 1

    @classmethod
    def of(cls, query: Mapping[str, str]) -> ContactFilter:
        """From an address's query: q, status, interesse, mangler, side. Those who have left show when asked for."""
        return cls(
            text=query.get("q", ""),
            state=query["status"] if query.get("status") in STATES else "",
            interest=query["interesse"] if query.get("interesse") in traits.INTERESTS else "",
            missing=query.get("mangler") == "ja",
            page=page_number(query),
        )


@dataclass(frozen=True, slots=True)
class ContactList:
    """A page of the list, and how many there are in all."""

    rows: Sequence[ContactCard]
    total: int


def _columns() -> list[ColumnElement[Any]]:
    of_person = {
        "given_name",
        "family_name",
        "birth_date",
        "sex",
        "phone",
        "email",
        "postcode",
        "place",
        "user_id",
    }
    of_vetting = {"police_shown_on", "confidentiality_signed_on"}
    return [
        person.c[name]
        if name in of_person
        else vetting.c[name]
        if name in of_vetting
        else support_contact.c[name]
        for name in ContactCard.__dataclass_fields__
    ]


def _joined(*columns: ColumnElement[Any]) -> Any:
    return select(*columns).select_from(
        support_contact.join(
            person,
            and_(
                person.c.tenant_id == support_contact.c.tenant_id, person.c.id == support_contact.c.person_id
            ),
        ).outerjoin(
            vetting,
            and_(
                vetting.c.tenant_id == support_contact.c.tenant_id,
                vetting.c.contact_id == support_contact.c.id,
            ),
        )
    )


_MISSING = or_(vetting.c.police_shown_on.is_(None), vetting.c.confidentiality_signed_on.is_(None))
_OURS = support_contact.c.tenant_id == bindparam("tenant")
_CARD = compile_query(_joined(*_columns()).where(_OURS, support_contact.c.id == bindparam("contact")))
_OWN = compile_query(
    _joined(support_contact.c.id).where(
        _OURS, person.c.user_id == bindparam("user"), support_contact.c.state != "ended"
    )
)
_OF_CANDIDATE = compile_query(
    select(support_contact.c.id).where(_OURS, support_contact.c.candidate_id == bindparam("candidate"))
)
_UNVETTED = compile_query(
    _joined(*_columns())
    .where(_OURS, support_contact.c.state == "vetting", _MISSING)
    .order_by(support_contact.c.created_at, support_contact.c.id)
    .limit(MOST_TODAY)
)


async def contact_card(uow: UnitOfWork, contact_id: UUID) -> ContactCard:
    """One contact. Raises NotFound. The caller writes the access log, knowing why."""
    row = await uow.row(_CARD, tenant=uow.context.tenant, contact=contact_id)
    if row is None:
        raise NotFound
    return ContactCard(**dict(row))


async def own_contact(uow: UnitOfWork) -> UUID | None:
    """The contact that the signed-in user is in this municipality, for their own pages and own-case rules."""
    if uow.context.user_id is None:
        return None
    found: UUID | None = await uow.value(_OWN, tenant=uow.context.tenant, user=uow.context.user_id)
    return found


async def contact_of_candidate(uow: UnitOfWork, candidate_id: UUID) -> UUID | None:
    """Which contact here a row of the pool stands for, if any."""
    found: UUID | None = await uow.value(_OF_CANDIDATE, tenant=uow.context.tenant, candidate=candidate_id)
    return found


async def unvetted_contacts(uow: UnitOfWork) -> Sequence[ContactCard]:
    """Contacts who wait for politiattest or confidentiality, oldest first, at most fifty."""
    rows = await uow.rows(_UNVETTED, tenant=uow.context.tenant)
    return [ContactCard(**dict(row)) for row in rows]


@lru_cache(maxsize=128)
def _list_queries(words: int, state: bool, interest: bool, missing: bool) -> tuple[Query, Query]:
    found = _OURS
    found &= support_contact.c.state == bindparam("state") if state else support_contact.c.state != "ended"
    if interest:
        found &= bindparam("interest") == any_(support_contact.c.interests)
    if missing:
        found &= _MISSING
    for n in range(words):
        found &= matches_word(person.c.tenant_id, person.c.id, bindparam(f"word{n}"))
    rows = (
        _joined(*_columns())
        .where(found)
        .order_by(person.c.family_name, person.c.given_name, support_contact.c.id)
        .limit(bindparam("most"))
        .offset(bindparam("skip"))
    )
    return compile_query(rows), compile_query(_joined(func.count()).where(found))


async def list_contacts(uow: UnitOfWork, wanted: ContactFilter) -> ContactList:
    """One page of the municipality's contacts by name, and the access log's row for it."""
    words = query_words(wanted.text)
    values: dict[str, Any] = {"tenant": uow.context.tenant} | {
        f"word{n}": word for n, word in enumerate(words)
    }
    if wanted.text and not words:
        return ContactList([], 0)  # nothing to look for: find nobody rather than everybody
    if wanted.state:
        values["state"] = wanted.state
    if wanted.interest:
        values["interest"] = wanted.interest
    listed, counted = _list_queries(len(words), bool(wanted.state), bool(wanted.interest), wanted.missing)
    total: int = await uow.value(counted, **values)
    records = await uow.rows(listed, **values, most=PAGE_SIZE, skip=(wanted.page - 1) * PAGE_SIZE)
    rows = [ContactCard(**dict(record)) for record in records]
    await record_read(
        uow, "contact.list", [row.person_id for row in rows], why=N_("Liste over støttekontakter")
    )
    return ContactList(rows, total)
