"""Reads of substitutes. A round, an absence and who knows whom hang on a case, and are seen by those who may see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.sql import ColumnElement
from sqlalchemy.types import Date

from sammen.clock import today
from sammen.db.raw import Query, compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from sammen.i18n_mark import N_
from tenants.assignments.api import assignment
from tenants.cases.api import case_file, purchasers_seen, visible
from tenants.contacts.api import support_contact
from tenants.people.api import person
from tenants.substitutes.models import AskRound, ContactAway, IntroducedSubstitute, SubstituteAsk

known = IntroducedSubstitute.__table__
absence = ContactAway.__table__
ask_round = AskRound.__table__
ask = SubstituteAsk.__table__
contact_person = person.alias("contact_person")

HOW = {
    "with_contact": N_("Traff hverandre sammen med den faste støttekontakten"),
    "with_family": N_("Traff hverandre hjemme eller med familien"),
    "group": N_("Kjenner hverandre fra en gruppe"),
    "earlier": N_("Har vært støttekontakt eller vikar før"),
}
ROUND_STATES = {
    "open": N_("Spør nå"),
    "filled": N_("Vikar funnet"),
    "nobody": N_("Ingen kunne"),
    "stopped": N_("Stoppet"),
}
ASK_STATES = {
    "asked": N_("Har ikke svart ennå"),
    "yes": N_("Sa ja"),
    "no": N_("Kan ikke"),
    "expired": N_("Svarte ikke i tide"),
    "taken": N_("En annen sa ja først"),
    "stopped": N_("Trengs ikke lenger"),
}
MOST = 200
FOREVER = date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class KnownCard:
    """A substitute a service user knows."""

    id: UUID
    case_id: UUID
    person_id: UUID
    contact_id: UUID
    contact_person_id: UUID
    contact_given: str
    contact_family: str
    introduced_on: date
    how: str
    user_said_yes_on: date
    user_said_yes_by: str
    version: int

    @property
    def name(self) -> str:
        return f"{self.contact_given} {self.contact_family}"


@dataclass(frozen=True, slots=True)
class AbsenceCard:
    """A contact who cannot come, with the names of both."""

    id: UUID
    case_id: UUID
    person_id: UUID
    given_name: str
    family_name: str
    assignment_id: UUID
    order_id: UUID
    contact_id: UUID
    contact_person_id: UUID
    contact_given: str
    contact_family: str
    first_day: date
    last_day: date
    state: str
    note: str
    by_contact: bool
    created_at: datetime
    version: int

    @property
    def name(self) -> str:
        """The service user's."""
        return f"{self.given_name} {self.family_name}"

    @property
    def contact_name(self) -> str:
        return f"{self.contact_given} {self.contact_family}"


@dataclass(frozen=True, slots=True)
class RoundCard:
    """A round of asking, with the service user's name."""

    id: UUID
    case_id: UUID
    person_id: UUID
    given_name: str
    family_name: str
    order_id: UUID
    away_id: UUID | None
    role: str
    first_day: date
    last_day: date | None
    at_once: int
    ask_hours: int
    newcomers_ok_by: str
    words: str
    state: str
    filled_by_id: UUID | None
    told_on: date | None
    closed_on: date | None
    created_at: datetime
    version: int

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"

    @property
    def to_tell(self) -> bool:
        """A substitute is found and the service user has not been told."""
        return self.state == "filled" and self.told_on is None


@dataclass(frozen=True, slots=True)
class AskCard:
    """Somebody who was asked in a round."""

    id: UUID
    round_id: UUID
    contact_id: UUID
    contact_person_id: UUID
    contact_given: str
    contact_family: str
    introduced: bool
    state: str
    asked_at: datetime
    answer_by: datetime
    answered_at: datetime | None
    words: str

    @property
    def name(self) -> str:
        return f"{self.contact_given} {self.contact_family}"


@dataclass(frozen=True, slots=True)
class AskedCard:
    """When a contact was asked, on the contact's page: without what was answered."""

    round_id: UUID
    asked_at: datetime
    first_day: date
    last_day: date | None
    state: str


def same(table: Any, column: Any, owner: Any) -> ColumnElement[bool]:
    return and_(table.c.tenant_id == owner.c.tenant_id, table.c.id == column)


_CONTACT_NAMES = {
    "contact_person_id": support_contact.c.person_id.label("contact_person_id"),
    "contact_given": contact_person.c.given_name.label("contact_given"),
    "contact_family": contact_person.c.family_name.label("contact_family"),
}


def _columns(card: Any, table: Any, **others: Any) -> list[Any]:
    """A card's columns: from its own table unless another is named."""
    return [others[name] if name in others else table.c[name] for name in card.__dataclass_fields__]


def _with_contact(source: Any, table: Any) -> Any:
    return source.join(support_contact, same(support_contact, table.c.contact_id, table)).join(
        contact_person, same(contact_person, support_contact.c.person_id, support_contact)
    )


def of_case(table: Any) -> Any:
    return table.join(case_file, same(case_file, table.c.case_id, table))


def _names() -> dict[str, Any]:
    return {"given_name": person.c.given_name, "family_name": person.c.family_name}


@cache
def _known_query(where: str) -> Query:
    condition = known.c.case_id == bindparam("case") if where == "case" else known.c.id == bindparam("known")
    return compile_query(
        select(*_columns(KnownCard, known, **_CONTACT_NAMES))
        .select_from(_with_contact(of_case(known), known))
        .where(visible(), known.c.ended_on.is_(None), condition)
        .order_by(contact_person.c.given_name, contact_person.c.family_name, known.c.id)
    )


@cache
def _absence_query(where: str) -> Query:
    conditions = {
        "one": absence.c.id == bindparam("absence"),
        "order": assignment.c.order_id == bindparam("order"),
        "waiting": and_(absence.c.state == "reported", absence.c.last_day >= bindparam("day", type_=Date())),
        "earlier": or_(absence.c.state != "reported", absence.c.last_day < bindparam("day", type_=Date())),
    }
    source = _with_contact(
        of_case(absence)
        .join(person, same(person, absence.c.person_id, absence))
        .join(assignment, same(assignment, absence.c.assignment_id, absence)),
        absence,
    )
    direction = absence.c.first_day.desc() if where in ("earlier", "order") else absence.c.first_day
    return compile_query(
        select(*_columns(AbsenceCard, absence, **_names(), **_CONTACT_NAMES, order_id=assignment.c.order_id))
        .select_from(source)
        .where(visible(), conditions[where])
        .order_by(direction, absence.c.id)
        .limit(MOST)
    )


@cache
def _round_query(where: str) -> Query:
    conditions = {
        "one": ask_round.c.id == bindparam("round"),
        "order": ask_round.c.order_id == bindparam("order"),
        "now": or_(
            ask_round.c.state == "open",
            and_(ask_round.c.state == "filled", ask_round.c.told_on.is_(None)),
            and_(
                ask_round.c.state == "nobody",
                func.coalesce(ask_round.c.last_day, FOREVER) >= bindparam("day", type_=Date()),
            ),
        ),
        "earlier": or_(
            ask_round.c.state == "stopped",
            and_(ask_round.c.state == "filled", ask_round.c.told_on.is_not(None)),
            and_(ask_round.c.state == "nobody", ask_round.c.last_day < bindparam("day", type_=Date())),
        ),
    }
    direction = ask_round.c.first_day if where == "now" else ask_round.c.first_day.desc()
    return compile_query(
        select(*_columns(RoundCard, ask_round, **_names()))
        .select_from(of_case(ask_round).join(person, same(person, ask_round.c.person_id, ask_round)))
        .where(visible(), conditions[where])
        .order_by(direction, ask_round.c.id.desc())
        .limit(MOST)
    )


_ASKS = compile_query(
    select(*_columns(AskCard, ask, **_CONTACT_NAMES))
    .select_from(_with_contact(ask, ask))
    .where(ask.c.tenant_id == bindparam("tenant"), ask.c.round_id == bindparam("round"))
    .order_by(ask.c.asked_at, ask.c.id)
)
_ASKED_OF_CONTACT = compile_query(
    select(*_columns(AskedCard, ask, first_day=ask_round.c.first_day, last_day=ask_round.c.last_day))
    .select_from(of_case(ask).join(ask_round, same(ask_round, ask.c.round_id, ask)))
    .where(visible(), ask.c.contact_id == bindparam("contact"))
    .order_by(ask.c.asked_at.desc())
    .limit(5)
)


def reader(uow: UnitOfWork) -> dict[str, Any]:
    context = uow.context
    return {"tenant": context.tenant, "purchasers": purchasers_seen(context), "reader": context.user_id}


async def known_to(uow: UnitOfWork, case_id: UUID) -> Sequence[KnownCard]:
    """The substitutes a service user knows; none when the reader may not see the case."""
    return [
        KnownCard(**dict(row)) for row in await uow.rows(_known_query("case"), **reader(uow), case=case_id)
    ]


async def known_card(uow: UnitOfWork, known_id: UUID) -> KnownCard:
    """One of them. Raises NotFound."""
    row = await uow.row(_known_query("one"), **reader(uow), known=known_id)
    if row is None:
        raise NotFound
    return KnownCard(**dict(row))


async def absence_card(uow: UnitOfWork, away_id: UUID) -> AbsenceCard:
    """One absence. Raises NotFound for a case the reader may not see."""
    row = await uow.row(_absence_query("one"), **reader(uow), absence=away_id)
    if row is None:
        raise NotFound
    return AbsenceCard(**dict(row))


async def absences(uow: UnitOfWork, which: str, **values: Any) -> Sequence[AbsenceCard]:
    """Absences `waiting` (nobody steps in yet), `earlier`, or those of an `order`, whose id is given."""
    if which != "order":
        values["day"] = today()
    rows = await uow.rows(_absence_query(which), **reader(uow), **values)
    return [AbsenceCard(**dict(row)) for row in rows]


async def round_card(uow: UnitOfWork, round_id: UUID) -> RoundCard:
    """One round. Raises NotFound for a case the reader may not see."""
    row = await uow.row(_round_query("one"), **reader(uow), round=round_id)
    if row is None:
        raise NotFound
    return RoundCard(**dict(row))


async def rounds(uow: UnitOfWork, which: str, **values: Any) -> Sequence[RoundCard]:
    """Rounds that need somebody `now`, `earlier` ones, or those of an `order`, whose id is given."""
    if which != "order":
        values["day"] = today()
    return [RoundCard(**dict(row)) for row in await uow.rows(_round_query(which), **reader(uow), **values)]


async def asks_of(uow: UnitOfWork, round_id: UUID) -> Sequence[AskCard]:
    """Who was asked, in the order they were. The caller has seen the round."""
    return [AskCard(**dict(row)) for row in await uow.rows(_ASKS, tenant=uow.context.tenant, round=round_id)]


async def asked_of_contact(uow: UnitOfWork, contact_id: UUID) -> Sequence[AskedCard]:
    """The last times a contact was asked, in cases the reader may see."""
    rows = await uow.rows(_ASKED_OF_CONTACT, **reader(uow), contact=contact_id)
    return [AskedCard(**dict(row)) for row in rows]
