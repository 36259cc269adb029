"""The list of applications that wait for an answer, and the forms that nobody has registered yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, cast, func, select, text
from sqlalchemy.types import Boolean, Date

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.db.raw import Query, compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from sammen.i18n_mark import N_
from sammen.policy.roles import Role
from sammen.tenancy.context import Context
from sammen.web.paging import PAGE_SIZE, page_number
from tenants.cases.api import (
    DUE,
    WHOSE,
    application,
    case_card,
    case_file,
    duty,
    mine,
    purchaser_for,
    purchasers_seen,
    visible,
)
from tenants.intake.models import IncomingForm
from tenants.people.api import age_on, matches_word, person, query_words
from tenants.responsibility.api import adult_born_by

incoming_form = IncomingForm.__table__


MOST_FORMS = 50
# As rules.answer_by says it, for the order of the list: PostgreSQL's month also ends on a shorter month's last day.
answer_day: ColumnElement[date] = func.coalesce(
    application.c.expected_on, cast(application.c.received_on + text("interval '1 month'"), Date())
)


@dataclass(frozen=True, slots=True)
class ApplicationFilter:
    """What the reader asked to see. Unknown values fall back to the default, so that any address shows a list."""

    text: str = ""
    due: str = ""
    whose: str = ""
    page: int = 1

    @classmethod
    def of(cls, query: Mapping[str, str]) -> ApplicationFilter:
        """From an address's query: q, frist, ansvar, side."""
        return cls(
            text=query.get("q", ""),
            due=query["frist"] if query.get("frist") in DUE else "",
            whose=query["ansvar"] if query.get("ansvar") in WHOSE else "",
            page=page_number(query),
        )


@dataclass(frozen=True, slots=True)
class ApplicationRow:
    """An application that waits. `answer_by` is the month's last day, or the one an interim letter promised."""

    id: UUID
    case_id: UUID
    person_id: UUID
    name: str
    age: int | None
    protected: bool
    case_no: str
    case_state: str
    purchaser: str
    received_on: date
    channel: str
    applicant: str
    handed_by_name: str
    responsible_id: UUID | None
    responsible_name: str
    answer_by: date
    promised: bool

    @property
    def days_left(self) -> int:
        return (self.answer_by - today()).days


@dataclass(frozen=True, slots=True)
class ApplicationList:
    """A page of the list, how many there are in all, and how many are past their day."""

    rows: Sequence[ApplicationRow]
    total: int
    overdue: int


@dataclass(frozen=True, slots=True)
class FormRow:
    """A form from the net that nobody has registered: what may be known before it is opened."""

    id: UUID
    reference: str
    received_on: date
    birth_date: date
    language: str

    @property
    def age(self) -> int:
        age = age_on(self.birth_date, today())
        assert age is not None
        return age


@dataclass(frozen=True, slots=True)
class FormCard:
    """A sent form, still sealed (door.unsealed)."""

    id: UUID
    reference: str
    received_on: date
    birth_date: date
    language: str
    sealed: bytes
    state: str
    handled_on: date | None
    handled_by_name: str
    dismissed_because: str
    case_id: UUID | None
    version: int


@dataclass(frozen=True, slots=True)
class _Shape:
    words: int
    case_no: bool
    due: str
    whose: str


def _condition(shape: _Shape) -> ColumnElement[bool]:
    found = visible() & (application.c.state == "open")
    if shape.due:
        found &= answer_day < bindparam("due_before", type_=Date())
    if shape.whose == "mine":
        found &= mine() & case_file.c.responsible_id.is_not(None)
    elif shape.whose == "ingen":
        found &= case_file.c.responsible_id.is_(None)
    if shape.case_no:
        found &= func.starts_with(case_file.c.case_no, bindparam("case_no"))
    for n in range(shape.words):
        found &= matches_word(person.c.tenant_id, person.c.id, bindparam(f"word{n}"))
    return found


def _from(statement: Any) -> Any:
    return statement.select_from(
        application.join(
            case_file,
            (case_file.c.tenant_id == application.c.tenant_id) & (case_file.c.id == application.c.case_id),
        ).join(person, (person.c.tenant_id == case_file.c.tenant_id) & (person.c.id == case_file.c.person_id))
    )


@lru_cache(maxsize=128)
def _list_query(shape: _Shape) -> Query:
    columns = (
        application.c.id, case_file.c.id.label("case_id"), case_file.c.person_id, person.c.given_name,
        person.c.family_name, person.c.birth_date, person.c.protection, case_file.c.case_no,
        case_file.c.state.label("case_state"), case_file.c.purchaser, application.c.received_on, application.c.channel,
        application.c.applicant, application.c.handed_by_name, case_file.c.responsible_id,
        case_file.c.responsible_name, answer_day.label("answer_by"), application.c.expected_on,
    )  # fmt: skip
    return compile_query(
        _from(select(*columns))
        .where(_condition(shape))
        .order_by(answer_day, application.c.id)
        .limit(bindparam("most"))
        .offset(bindparam("skip"))
    )


@lru_cache(maxsize=128)
def _count_query(shape: _Shape) -> Query:
    late = func.count().filter(answer_day < bindparam("today", type_=Date()))
    return compile_query(
        _from(select(func.count().label("total"), late.label("overdue"))).where(_condition(shape))
    )


async def list_applications(uow: UnitOfWork, wanted: ApplicationFilter) -> ApplicationList:
    """A page of the open applications the reader may see, the first to be answered first; logged as one reading."""
    found = await find_applications(uow, wanted)
    await record_read(
        uow, "application.list", [row.person_id for row in found.rows], why=N_("Søknadsliste"),
        object_kind="application",
    )  # fmt: skip
    return found


async def find_applications(uow: UnitOfWork, wanted: ApplicationFilter) -> ApplicationList:
    """As `list_applications`, for a page that logs all it shows at once (Min dag)."""
    context = uow.context
    values: dict[str, Any] = {
        "tenant": context.tenant,
        "purchasers": purchasers_seen(context),
        "reader": context.user,
    }
    words = query_words(wanted.text) if not wanted.text[:4].isdigit() else []
    values |= {f"word{n}": word for n, word in enumerate(words)}
    by_number = bool(wanted.text) and not words
    if by_number:
        values["case_no"] = wanted.text
    if wanted.due:
        values["due_before"] = today() + timedelta(days=8 if wanted.due == "week" else 0)
    if wanted.whose == "mine":
        values["others"] = (await duty(uow)).others
    shape = _Shape(len(words), by_number, wanted.due, wanted.whose)
    counted = await uow.row(_count_query(shape), **values, today=today())
    records = await uow.rows(_list_query(shape), **values, most=PAGE_SIZE, skip=(wanted.page - 1) * PAGE_SIZE)
    rows = [_row(record) for record in records]
    assert counted is not None
    return ApplicationList(rows, counted["total"], counted["overdue"])


def _row(record: Any) -> ApplicationRow:
    values = dict(record)
    given, family = values.pop("given_name"), values.pop("family_name")
    born, protection, expected = values.pop("birth_date"), values.pop("protection"), values.pop("expected_on")
    return ApplicationRow(
        name=f"{given} {family}",
        age=age_on(born, today()),
        protected=protection != "none",
        promised=expected is not None,
        **values,
    )


# Forms from the net ---------------------------------------------------------------------------------------------------
def kinds_read(context: Context) -> list[str]:
    """The purchasers whose forms the reader may open: `child` and `adult`. Child welfare takes none this way (A16)."""
    own = {"child": Role.PURCHASER_CHILD, "adult": Role.PURCHASER_ADULT}
    return [kind for kind, role in own.items() if role in context.roles]


_OF_KIND = incoming_form.c.birth_date > bindparam("adult_born_by", type_=Date())
_READABLE = (_OF_KIND & bindparam("reads_child", type_=Boolean())) | (
    ~_OF_KIND & bindparam("reads_adult", type_=Boolean())
)
_NEW_FORMS = compile_query(
    select(*(incoming_form.c[name] for name in FormRow.__dataclass_fields__))
    .where(incoming_form.c.tenant_id == bindparam("tenant"), incoming_form.c.state == "new", _READABLE)
    .order_by(incoming_form.c.received_on, incoming_form.c.id)
    .limit(MOST_FORMS)
)
_FORM = compile_query(
    select(*(incoming_form.c[name] for name in FormCard.__dataclass_fields__)).where(
        incoming_form.c.tenant_id == bindparam("tenant"), incoming_form.c.id == bindparam("form")
    )
)


async def new_forms(uow: UnitOfWork) -> Sequence[FormRow]:
    """Forms that wait and that the reader may open, by the age of the one they are about today; the oldest first."""
    kinds = kinds_read(uow.context)
    rows = await uow.rows(
        _NEW_FORMS, tenant=uow.context.tenant, adult_born_by=adult_born_by(today()), reads_child="child" in kinds,
        reads_adult="adult" in kinds,
    )  # fmt: skip
    return [FormRow(**dict(row)) for row in rows]


async def form_card(uow: UnitOfWork, form_id: UUID) -> FormCard:
    """A sent form, if the one it is about belongs to a purchaser the reader is, today. Raises NotFound.

    One that has become a case is open to those who may open the case, and to nobody else.
    """
    row = await uow.row(_FORM, tenant=uow.context.tenant, form=form_id)
    if row is None:
        raise NotFound
    if row["case_id"] is not None:
        await case_card(uow, row["case_id"])
    purchaser = purchaser_for(row["birth_date"], today(), child_welfare=False)
    if purchaser not in kinds_read(uow.context):
        raise NotFound
    return FormCard(**dict(row))
