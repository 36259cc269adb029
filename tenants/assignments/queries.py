"""Reads of orders and assignments. An order is seen by those who may see its case (cases.access)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import and_, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql import ColumnElement
from sqlalchemy.types import Text

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.db.raw import Query, compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from sammen.i18n_mark import N_
from sammen.web.paging import PAGE_SIZE, page_number
from tenants.assignments.models import Assignment, ServiceOrder
from tenants.cases.api import FORM_NAMES, case_file, mappings_of, purchasers_seen, visible
from tenants.decisions.api import decision, grant_last_day, service_grant
from tenants.people.api import age_on, matches_word, person, query_words

service_order = ServiceOrder.__table__
assignment = Assignment.__table__

STATES = {
    "sent": N_("Ny bestilling"),
    "accepted": N_("Leter etter støttekontakt"),
    "returned": N_("Sendt tilbake"),
    "filled": N_("Har støttekontakt"),
    "ended": N_("Avsluttet"),
}
SHOWN_STATES: Mapping[str, Sequence[str]] = {
    "open": ("sent", "accepted"),
    **{state: (state,) for state in STATES},
    "all": tuple(STATES),
}


@dataclass(frozen=True, slots=True)
class OrderCard:
    """What is asked for, and of whom it is: what the provider needs to find somebody who fits, and no more.

    `amount` hours per `unit`; interests and slots are codes from the latest mapping; `needs` its words on needs.
    `protection` and `shielded` keep the order out of the pool.
    """

    id: UUID
    case_id: UUID
    case_no: str
    purchaser: str
    shielded: bool
    person_id: UUID
    given_name: str
    family_name: str
    birth_date: date | None
    protection: str
    place: str
    grant_id: UUID
    form: str
    amount: Decimal | None
    unit: str
    times: str
    content: str
    valid_from: date | None
    valid_to: date | None
    goal: str
    state: str
    sent_on: date
    changes_on: date | None
    waits_from: date
    answered_on: date | None
    return_reason: str
    need_id: UUID | None
    substitute_need_id: UUID | None
    pool_consent_on: date | None
    pool_consent_by: str
    pool_ground: str
    pool_shown: Sequence[Mapping[str, Any]]
    match_consent_on: date | None
    version: int
    interests: Sequence[str] = ()
    slots: Sequence[str] = ()
    needs: str = ""

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"

    @property
    def age(self) -> int | None:
        """Whole years today."""
        return age_on(self.birth_date, today())

    @property
    def open(self) -> bool:
        """Whether it waits for a contact."""
        return self.state in ("sent", "accepted")

    @property
    def over(self) -> bool:
        """Whether it was sent back, or has ended: nobody is to meet anybody by it any more."""
        return self.state in ("returned", "ended")

    @property
    def since(self) -> date:
        """The day the wait began, as on the waiting list: nobody waits for what is granted from a later day."""
        return max(self.waits_from, self.valid_from) if self.valid_from else self.waits_from

    @property
    def waited(self) -> int:
        """Days the service user has waited."""
        return max(0, (today() - self.since).days)


@dataclass(frozen=True, slots=True)
class AssignmentCard:
    """A contact for a service user, with both names: for those who may see the case, or for one's own pages."""

    id: UUID
    order_id: UUID
    case_id: UUID
    person_id: UUID
    contact_id: UUID
    form: str
    state: str
    source: str
    amount: Decimal | None
    unit: str
    starts_on: date | None
    ended_on: date | None
    end_reason: str
    role: str
    revealed: bool
    version: int

    @property
    def begun(self) -> bool:
        """Whether the first day has come; a planned assignment begins by itself."""
        return self.starts_on is not None and self.starts_on <= today()


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """What the reader asked to see. Unknown values fall back to open orders."""

    text: str = ""
    state: str = "open"
    form: str = ""
    page: int = 1
    changed: bool = False
    """Only orders that a new decision changes, whose contact has not been told."""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> OrderFilter:
        """From an address's query: q, status, tjeneste, side."""
        return cls(
            text=query.get("q", ""),
            state=query["status"] if query.get("status") in SHOWN_STATES else "open",
            form=query["tjeneste"] if query.get("tjeneste") in FORM_NAMES else "",
            page=page_number(query),
        )


@dataclass(frozen=True, slots=True)
class OrderList:
    """A page of orders, oldest first, and how many there are in all."""

    rows: Sequence[OrderCard]
    total: int


_FROM_MAPPING = ("interests", "slots", "needs")
_SOURCES: Mapping[str, Any] = {
    **{name: case_file.c[name] for name in ("case_no", "purchaser", "shielded")},
    **{name: person.c[name] for name in ("given_name", "family_name", "birth_date", "protection", "place")},
    **{name: service_grant.c[name] for name in ("amount", "unit", "times", "content", "valid_from")},
    "valid_to": grant_last_day.label("valid_to"),
    "goal": decision.c.goal,
}


def _order_columns() -> list[ColumnElement[Any]]:
    names = [name for name in OrderCard.__dataclass_fields__ if name not in _FROM_MAPPING]
    return [_SOURCES[name] if name in _SOURCES else service_order.c[name] for name in names]


def _orders(*columns: ColumnElement[Any]) -> Any:
    def same(table: Any, column: Any) -> ColumnElement[bool]:
        return and_(table.c.tenant_id == service_order.c.tenant_id, table.c.id == column)

    return select(*columns).select_from(
        service_order.join(case_file, same(case_file, service_order.c.case_id))
        .join(person, same(person, service_order.c.person_id))
        .join(service_grant, same(service_grant, service_order.c.grant_id))
        .join(decision, same(decision, service_grant.c.decision_id))
    )


_CARD = compile_query(_orders(*_order_columns()).where(visible(), service_order.c.id == bindparam("order")))
_CARD_FOR_JOB = compile_query(
    _orders(*_order_columns()).where(
        service_order.c.tenant_id == bindparam("tenant"), service_order.c.id == bindparam("order")
    )
)
_OF_CASE = compile_query(
    _orders(*_order_columns())
    .where(visible(), service_order.c.case_id == bindparam("case"))
    .order_by(service_order.c.sent_on, service_order.c.id)
)


def _assignments(*conditions: ColumnElement[bool]) -> Query:
    computed = {
        "revealed": (assignment.c.revealed_at.is_not(None) | (assignment.c.source == "home")).label(
            "revealed"
        )
    }
    columns = [computed.get(name, assignment.c.get(name)) for name in AssignmentCard.__dataclass_fields__]
    return compile_query(
        select(*columns)  # type: ignore[arg-type]  # every name is one or the other
        .where(assignment.c.tenant_id == bindparam("tenant"), *conditions)
        .order_by(assignment.c.starts_on.desc(), assignment.c.id.desc())
    )


_ASSIGNMENT = _assignments(assignment.c.id == bindparam("assignment"))
_ASSIGNMENTS_OF_ORDER = _assignments(assignment.c.order_id == bindparam("order"))
_ASSIGNMENTS_OF_CASE = _assignments(assignment.c.case_id == bindparam("case"))
_ASSIGNMENTS_OF_CONTACT = _assignments(assignment.c.contact_id == bindparam("contact"))
_ASSIGNMENTS_OF_PERSON = _assignments(assignment.c.person_id == bindparam("person"))


def _reader(uow: UnitOfWork) -> dict[str, Any]:
    context = uow.context
    return {"tenant": context.tenant, "purchasers": purchasers_seen(context), "reader": context.user_id}


async def order_card(uow: UnitOfWork, order_id: UUID) -> OrderCard:
    """One order with what the mapping says. Raises NotFound for an order whose case the reader may not see.

    A job, which acts for the municipality, sees any of its orders. The caller writes the access log, knowing why.
    """
    if uow.context.session_id is None:
        row = await uow.row(_CARD_FOR_JOB, tenant=uow.context.tenant, order=order_id)
    else:
        row = await uow.row(_CARD, **_reader(uow), order=order_id)
    if row is None:
        raise NotFound
    found = await mappings_of(uow, row["case_id"])
    if not found:
        return OrderCard(**dict(row))
    return OrderCard(**dict(row), interests=found[0].interests, slots=found[0].slots, needs=found[0].needs)


async def orders_of_case(uow: UnitOfWork, case_id: UUID) -> Sequence[OrderCard]:
    """The case's orders in the order they were sent; none when the reader may not see the case."""
    return [OrderCard(**dict(row)) for row in await uow.rows(_OF_CASE, **_reader(uow), case=case_id)]


@lru_cache(maxsize=32)
def _list_queries(words: int, form: bool, changed: bool) -> tuple[Query, Query]:
    found = visible() & (service_order.c.state == any_(bindparam("states", type_=ARRAY(Text()))))
    if form:
        found &= service_order.c.form == bindparam("form")
    if changed:
        found &= service_order.c.changes_on.is_not(None)
    for n in range(words):
        found &= matches_word(person.c.tenant_id, person.c.id, bindparam(f"word{n}"))
    rows = (
        _orders(*_order_columns())
        .where(found)
        .order_by(service_order.c.waits_from, service_order.c.id)
        .limit(bindparam("most"))
        .offset(bindparam("skip"))
    )
    return compile_query(rows), compile_query(_orders(func.count()).where(found))


async def find_orders(uow: UnitOfWork, wanted: OrderFilter) -> OrderList:
    """A page of the orders of a filter, longest waiting first. The caller writes the access log, knowing why."""
    words = query_words(wanted.text)
    if wanted.text and not words:
        return OrderList([], 0)  # nothing to look for: find nobody rather than everybody
    listed, counted = _list_queries(len(words), bool(wanted.form), wanted.changed)
    values = {**_reader(uow), "states": list(SHOWN_STATES[wanted.state])}
    values |= {f"word{n}": word for n, word in enumerate(words)}
    if wanted.form:
        values["form"] = wanted.form
    total: int = await uow.value(counted, **values)
    records = await uow.rows(listed, **values, most=PAGE_SIZE, skip=(wanted.page - 1) * PAGE_SIZE)
    return OrderList([OrderCard(**dict(record)) for record in records], total)


async def open_orders(uow: UnitOfWork, wanted: OrderFilter | None = None) -> OrderList:
    """Orders that wait for a contact (or those of the filter), longest waiting first, and the access log's row."""
    found = await find_orders(uow, wanted or OrderFilter())
    await record_read(
        uow, "order.list", [row.person_id for row in found.rows], why=N_("Liste over bestillinger")
    )
    return found


async def assignment_card(uow: UnitOfWork, assignment_id: UUID) -> AssignmentCard:
    """One assignment of this municipality. Raises NotFound. The caller checks whose it is."""
    row = await uow.row(_ASSIGNMENT, tenant=uow.context.tenant, assignment=assignment_id)
    if row is None:
        raise NotFound
    return AssignmentCard(**dict(row))


async def assignments_of_order(uow: UnitOfWork, order_id: UUID) -> Sequence[AssignmentCard]:
    """Newest first; an order may have had more than one contact."""
    return _cards(await uow.rows(_ASSIGNMENTS_OF_ORDER, tenant=uow.context.tenant, order=order_id))


async def assignments_of_case(uow: UnitOfWork, case_id: UUID) -> Sequence[AssignmentCard]:
    """Newest first."""
    return _cards(await uow.rows(_ASSIGNMENTS_OF_CASE, tenant=uow.context.tenant, case=case_id))


async def assignments_of_contact(uow: UnitOfWork, contact_id: UUID) -> Sequence[AssignmentCard]:
    """Newest first."""
    return _cards(await uow.rows(_ASSIGNMENTS_OF_CONTACT, tenant=uow.context.tenant, contact=contact_id))


def _cards(rows: Sequence[Any]) -> Sequence[AssignmentCard]:
    return [AssignmentCard(**dict(row)) for row in rows]
