"""Reads of contacts: one card, and who waits for an answer or for vetting. They are everybody's with contact:read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, case, func, or_, select
from sqlalchemy.sql import ColumnElement

from sammen.audit.trail import record_read
from sammen.clock import now, today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from sammen.i18n_mark import N_
from tenants.contacts.models import SupportContact, Vetting
from tenants.people.api import age_on, person

support_contact = SupportContact.__table__
vetting = Vetting.__table__

MOST_TODAY = 50
STATES = {
    "enquiry": N_("Har meldt interesse"),
    "interview": N_("Til intervju"),
    "vetting": N_("Under godkjenning"),
    "engaged": N_("Godkjent"),
    "paused": N_("Har pause"),
    "suspended": N_("Tatt ut av tjeneste"),
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
    kinds: list[str]
    areas: list[str]
    age_from: int | None
    age_to: int | None
    will_not: list[str]
    will_not_words: str
    follow_up_owner: UUID | None
    follow_up_name: str
    answered_on: date | None
    suspended_on: date | None
    ended_on: date | None
    end_reason: str
    police_asked_on: date | None
    police_seen_name: str
    confidentiality_given_on: date | None
    confidentiality_seen_name: str

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def age(self) -> int | None:
        """Whole years today."""
        return age_on(self.birth_date, today())

    @property
    def vetted(self) -> bool:
        """Whether names may be shown and a first meeting held in this municipality (B2)."""
        return self.police_shown_on is not None and self.confidentiality_signed_on is not None


_PERSON = ("given_name", "family_name", "birth_date", "sex", "phone", "email", "user_id")
_ADDRESS = ("postcode", "place")
_VETTING = (
    "police_asked_on", "police_shown_on", "police_seen_name", "confidentiality_given_on", "confidentiality_signed_on",
    "confidentiality_seen_name",
)  # fmt: skip


def _column(name: str) -> ColumnElement[Any]:
    if name in _ADDRESS:  # a protected address is on no page
        return case((person.c.protection == "none", person.c[name]), else_="").label(name)
    if name in _VETTING:
        return func.coalesce(vetting.c[name], "").label(name) if name.endswith("_name") else vetting.c[name]
    return person.c[name] if name in _PERSON else support_contact.c[name]


def card_columns() -> list[ColumnElement[Any]]:
    """The columns of a ContactCard, for `joined`."""
    return [_column(name) for name in ContactCard.__dataclass_fields__]


def joined(*columns: ColumnElement[Any]) -> Any:
    """SELECT of contacts with their person and vetting."""
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


MISSING = or_(vetting.c.police_shown_on.is_(None), vetting.c.confidentiality_signed_on.is_(None))
OURS = support_contact.c.tenant_id == bindparam("tenant")
_CARD = compile_query(joined(*card_columns()).where(OURS, support_contact.c.id == bindparam("contact")))
_OWN = compile_query(
    joined(support_contact.c.id).where(
        OURS, person.c.user_id == bindparam("user"), support_contact.c.state != "ended"
    )
)
_EVER = compile_query(joined(support_contact.c.id).where(OURS, person.c.user_id == bindparam("user")))
_OF_CANDIDATE = compile_query(
    select(support_contact.c.id).where(OURS, support_contact.c.candidate_id == bindparam("candidate"))
)
_UNANSWERED = compile_query(
    joined(*card_columns())
    .where(
        OURS,
        support_contact.c.state == "enquiry",
        support_contact.c.answered_on.is_(None),
        support_contact.c.came_from.is_(None),
        support_contact.c.created_at < bindparam("before"),
    )
    .order_by(support_contact.c.created_at, support_contact.c.id)
    .limit(MOST_TODAY)
)
_FROM_CAMPAIGNS = compile_query(
    joined(*card_columns())
    .where(
        OURS,
        support_contact.c.state == "enquiry",
        support_contact.c.answered_on.is_(None),
        support_contact.c.came_from.is_not(None),
    )
    .order_by(support_contact.c.created_at, support_contact.c.id)
    .limit(MOST_TODAY)
)
_UNVETTED = compile_query(
    joined(*card_columns())
    .where(OURS, support_contact.c.state == "vetting", MISSING)
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
    """The contact that the signed-in user is in this municipality, for their own pages. None for who has left."""
    if uow.context.user_id is None:
        return None
    found: UUID | None = await uow.value(_OWN, tenant=uow.context.tenant, user=uow.context.user_id)
    return found


async def own_card(uow: UnitOfWork, why: str) -> ContactCard:
    """The signed-in contact, for a page of their own; the trail says `why` they were read. Raises NotFound for somebody who
    is none here.
    """
    contact_id = await own_contact(uow)
    if contact_id is None:
        raise NotFound
    card = await contact_card(uow, contact_id)
    await record_read(uow, "own.read", [card.person_id], why=why)
    return card


async def is_oneself(uow: UnitOfWork, contact_id: UUID) -> bool:
    """Whether the signed-in user is or was this contact: nobody approves their own hours or reads a concern about
    themself, after they have left either.
    """
    if uow.context.user_id is None:
        return False
    rows = await uow.rows(_EVER, tenant=uow.context.tenant, user=uow.context.user_id)
    return contact_id in {row["id"] for row in rows}


async def contact_of_candidate(uow: UnitOfWork, candidate_id: UUID) -> UUID | None:
    """Which contact here a row of the pool stands for, if any."""
    found: UUID | None = await uow.value(_OF_CANDIDATE, tenant=uow.context.tenant, candidate=candidate_id)
    return found


async def unvetted_contacts(uow: UnitOfWork) -> Sequence[ContactCard]:
    """Contacts who wait for politiattest or confidentiality, oldest first, at most fifty."""
    rows = await uow.rows(_UNVETTED, tenant=uow.context.tenant)
    return [ContactCard(**dict(row)) for row in rows]


async def unanswered_contacts(uow: UnitOfWork, days: int) -> Sequence[ContactCard]:
    """Enquiries nobody has answered in so many days, oldest first, at most fifty. Those from campaigns are told apart."""
    rows = await uow.rows(_UNANSWERED, tenant=uow.context.tenant, before=now() - timedelta(days=days))
    return [ContactCard(**dict(row)) for row in rows]


async def campaign_enquiries(uow: UnitOfWork) -> Sequence[ContactCard]:
    """Enquiries that campaigns have brought and nobody has answered, from the first day; oldest first, at most fifty."""
    return [ContactCard(**dict(row)) for row in await uow.rows(_FROM_CAMPAIGNS, tenant=uow.context.tenant)]
