"""The list of assignments: who meets whom, what waits to begin, who has a pause, and where nobody has met lately."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import and_, any_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql import ColumnElement
from sqlalchemy.types import Text

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.db.raw import Query, compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.web.paging import PAGE_SIZE, page_number
from tenants.assignments.hooks import last_met
from tenants.assignments.models import Assignment
from tenants.cases.api import FORM_NAMES, case_file, purchasers_seen, visible
from tenants.contacts.api import support_contact
from tenants.people.api import age_on, matches_word, person, query_words

assignment = Assignment.__table__
contact_person = person.alias("contact_person")
SILENT = timedelta(days=30)
"""A running assignment without hours for so long is worth a telephone call."""
STATES = {
    "planned": N_("Begynner snart"),
    "running": N_("I gang"),
    "paused": N_("Pause"),
    "ended": N_("Avsluttet"),
}
STATE_SHAPES = {"planned": "info", "running": "ok", "paused": "saved", "ended": "neutral"}
SHOWN_STATES: Mapping[str, Sequence[str]] = {
    "open": ("planned", "running", "paused"),
    **{state: (state,) for state in STATES},
    "all": tuple(STATES),
}
ROLES = {"substitute": N_("Vikar"), "bridge": N_("Vikar mens brukeren venter")}


@dataclass(frozen=True, slots=True)
class ListedAssignment:
    """A row of the list. `last_met`: the last day there are hours for, None when there are none."""

    id: UUID
    case_id: UUID
    case_no: str
    person_id: UUID
    name: str
    birth_date: date | None
    contact_id: UUID
    contact_person_id: UUID
    contact_name: str
    form: str
    state: str
    role: str
    amount: Decimal | None
    unit: str
    starts_on: date | None
    ended_on: date | None
    stop_wish_on: date | None
    last_met: date | None

    @property
    def age(self) -> int | None:
        """Whole years today."""
        return age_on(self.birth_date, today())


@dataclass(frozen=True, slots=True)
class AssignmentFilter:
    """What the reader asked to see. Unknown values fall back, so that any address shows a list."""

    text: str = ""
    state: str = "open"
    form: str = ""
    silent: bool = False
    page: int = 1

    @classmethod
    def of(cls, query: Mapping[str, str]) -> AssignmentFilter:
        """From an address's query: q, status, tjeneste, stille, side."""
        return cls(
            text=query.get("q", ""),
            state=query["status"] if query.get("status") in SHOWN_STATES else "open",
            form=query["tjeneste"] if query.get("tjeneste") in FORM_NAMES else "",
            silent=query.get("stille") == "ja",
            page=page_number(query),
        )


@dataclass(frozen=True, slots=True)
class AssignmentList:
    """A page of assignments by the service user's name, and how many there are in all."""

    rows: Sequence[ListedAssignment]
    total: int


def _joined(*columns: ColumnElement[Any]) -> Any:
    def same(table: Any, column: Any) -> ColumnElement[bool]:
        return and_(table.c.tenant_id == assignment.c.tenant_id, table.c.id == column)

    return select(*columns).select_from(
        assignment.join(case_file, same(case_file, assignment.c.case_id))
        .join(person, same(person, assignment.c.person_id))
        .join(support_contact, same(support_contact, assignment.c.contact_id))
        .join(contact_person, same(contact_person, support_contact.c.person_id))
    )


def _columns() -> list[ColumnElement[Any]]:
    other = {
        "case_no": case_file.c.case_no,
        "name": (person.c.given_name + " " + person.c.family_name).label("name"),
        "birth_date": person.c.birth_date,
        "contact_person_id": support_contact.c.person_id.label("contact_person_id"),
        "contact_name": (contact_person.c.given_name + " " + contact_person.c.family_name).label(
            "contact_name"
        ),
        "last_met": last_met().label("last_met"),
    }
    return [
        other[name] if name in other else assignment.c[name] for name in ListedAssignment.__dataclass_fields__
    ]


@lru_cache(maxsize=32)
def _list_queries(words: int, form: bool, silent: bool) -> tuple[Query, Query]:
    found = visible() & (assignment.c.state == any_(bindparam("states", type_=ARRAY(Text()))))
    if form:
        found &= assignment.c.form == bindparam("form")
    if silent:
        found &= (
            (assignment.c.state == "running")
            & (assignment.c.starts_on < bindparam("lately"))
            & or_(last_met().is_(None), last_met() < bindparam("lately"))
        )
    for n in range(words):
        word: ColumnElement[str] = bindparam(f"word{n}")
        found &= or_(
            matches_word(person.c.tenant_id, person.c.id, word),
            matches_word(contact_person.c.tenant_id, contact_person.c.id, word),
        )
    rows = (
        _joined(*_columns())
        .where(found)
        .order_by(person.c.family_name, person.c.given_name, assignment.c.starts_on.desc(), assignment.c.id)
        .limit(bindparam("most"))
        .offset(bindparam("skip"))
    )
    return compile_query(rows), compile_query(_joined(func.count()).where(found))


async def list_assignments(uow: UnitOfWork, wanted: AssignmentFilter) -> AssignmentList:
    """A page of the assignments the reader may see, by name, and the access log's row for it."""
    words = query_words(wanted.text)
    if wanted.text and not words:
        return AssignmentList([], 0)  # nothing to look for: find nobody rather than everybody
    context = uow.context
    values: dict[str, Any] = {
        "tenant": context.tenant,
        "purchasers": purchasers_seen(context),
        "reader": context.user_id,
        "states": list(SHOWN_STATES[wanted.state]),
        **{f"word{n}": word for n, word in enumerate(words)},
    }
    if wanted.form:
        values["form"] = wanted.form
    if wanted.silent:
        values["lately"] = today() - SILENT
    listed, counted = _list_queries(len(words), bool(wanted.form), wanted.silent)
    total: int = await uow.value(counted, **values)
    records = await uow.rows(listed, **values, most=PAGE_SIZE, skip=(wanted.page - 1) * PAGE_SIZE)
    rows = [ListedAssignment(**dict(record)) for record in records]
    persons = [one for row in rows for one in (row.person_id, row.contact_person_id)]
    await record_read(uow, "assignment.list", persons, why=N_("Liste over oppdrag"))
    return AssignmentList(rows, total)
