"""The case list: the page most opened, so it is read with compiled SQL on the raw connection (see `make bench`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Integer,
    any_,
    bindparam,
    cast,
    func,
    literal_column,
    not_,
    select,
    union_all,
)
from sqlalchemy.sql import ColumnElement

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.db.raw import Query, compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import BadInput
from sammen.figures import FORM
from sammen.i18n_mark import N_
from sammen.norwegian import parse_date
from sammen.web.paging import PAGE_SIZE, page_number
from tenants.cases.access import case_file, named, open_to_role, purchasers_seen, visible
from tenants.cases.duty import duty, mine
from tenants.people.api import NationalNumber, NationalNumberError, age_on, matches_word, person, query_words

EXPORT_LIMIT = 5_000

STATES = {
    "received": N_("Søknad mottatt"),
    "mapping": N_("Kartlegging"),
    "deciding": N_("Vedtak under arbeid"),
    "waiting": N_("Venter på støttekontakt"),
    "running": N_("I gang"),
    "evaluating": N_("Evaluering"),
    "closed": N_("Avsluttet"),
}
FORM_NAMES = dict(FORM.codes)
PURCHASERS = {"child": N_("Barn og unge"), "adult": N_("Voksne"), "child_welfare": N_("Barnevern")}
DUE = {"over": N_("Over fristen"), "week": N_("Innen en uke")}
WHOSE = {"mine": N_("Mine"), "ingen": N_("Ingen har tatt den")}
SORTS: Mapping[str, Sequence[ColumnElement[Any]]] = {
    "frist": (case_file.c.deadline,),
    "person": (person.c.family_name, person.c.given_name),
    "tjeneste": (case_file.c.forms, case_file.c.deadline),
    "status": (case_file.c.state, case_file.c.deadline),
}


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What the reader asked to see. Unknown values fall back to the default, so that any address shows a list."""

    text: str = ""
    state: str = "open"
    form: str = ""
    purchaser: str = ""
    due: str = ""
    sort: str = "frist"
    page: int = 1
    whose: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> CaseFilter:
        """From an address's query: q, status, tjeneste, bestiller, frist, ansvar, sorter, side."""
        return cls(
            text=query.get("q", ""),
            state=query["status"] if query.get("status") in {*STATES, "all"} else "open",
            form=query["tjeneste"] if query.get("tjeneste") in FORM_NAMES else "",
            purchaser=query["bestiller"] if query.get("bestiller") in PURCHASERS else "",
            due=query["frist"] if query.get("frist") in DUE else "",
            sort=query["sorter"] if query.get("sorter") in SORTS else "frist",
            page=page_number(query),
            whose=query["ansvar"] if query.get("ansvar") in WHOSE else "",
        )


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One line of the list. `days_left` counts to the deadline, negative when it has passed."""

    id: UUID
    person_id: UUID
    name: str
    age: int | None
    case_no: str
    forms: list[str]
    purchaser: str
    state: str
    responsible: str
    deadline: date | None
    deadline_kind: str
    days_left: int | None
    protected: bool


@dataclass(frozen=True, slots=True)
class CaseList:
    """A page of the list, how many there are in all, and how many of them have passed their deadline."""

    rows: Sequence[CaseRow]
    total: int
    overdue: int


@dataclass(frozen=True, slots=True)
class _Shape:
    """What decides the SQL text; its values are parameters. There are few shapes, so each is compiled once."""

    words: int
    case_no: bool
    born: bool
    number: bool
    state: str
    form: str
    purchaser: bool
    due: str
    sort: str
    whose: str = ""

    @property
    def asks_of_person(self) -> bool:
        """Whether the person decides which cases are found: then there is no telling without reading people."""
        return bool(self.words or self.born or self.number)


# Words that an index is made for stand in the SQL itself: a parameter's value is not known to a plan that is kept.
_IS_OPEN = case_file.c.state != literal_column("'closed'")
_HAS_FORM = {code: literal_column(f"'{code}'") == any_(case_file.c.forms) for code in FORM_NAMES}


def _condition(shape: _Shape, seen: ColumnElement[bool]) -> ColumnElement[bool]:
    found = seen
    if shape.state == "open":
        found &= _IS_OPEN
    elif shape.state:
        found &= case_file.c.state == bindparam("state")
    if shape.form:
        found &= _HAS_FORM[shape.form]
    if shape.whose:
        nobodys = case_file.c.responsible_id.is_(None)
        found &= nobodys if shape.whose == "ingen" else not_(nobodys) & mine()
    if shape.purchaser:
        found &= case_file.c.purchaser == bindparam("purchaser")
    if shape.due:
        found &= case_file.c.deadline < bindparam("due_before")
    if shape.case_no:
        found &= func.starts_with(case_file.c.case_no, bindparam("case_no"))
    if shape.born:
        found &= person.c.birth_date == bindparam("born")
    if shape.number:
        found &= person.c.number_hash == bindparam("number")
    for n in range(shape.words):
        found &= matches_word(person.c.tenant_id, person.c.id, bindparam(f"word{n}"))
    return found


def _from(statement: Any) -> Any:
    return statement.select_from(
        case_file.join(
            person, (person.c.tenant_id == case_file.c.tenant_id) & (person.c.id == case_file.c.person_id)
        )
    )


_OF_CASE = (
    "id", "tenant_id", "person_id", "case_no", "forms", "purchaser", "state", "responsible_name", "deadline",
    "deadline_kind",
)  # fmt: skip
_OF_PERSON = (person.c.given_name, person.c.family_name, person.c.birth_date, person.c.protection)


@lru_cache(maxsize=256)
def _list_query(shape: _Shape, part: str = "first") -> Query:
    """A page of cases with their people. The page is cut before people are read, unless people decide what is on it."""
    columns = [case_file.c[name] for name in _OF_CASE]
    order = [*SORTS[shape.sort], case_file.c.id]
    if shape.asks_of_person or shape.sort == "person":
        return compile_query(
            _cut(
                _from(select(*columns, *_OF_PERSON))
                .where(_condition(shape, visible()))
                .order_by(*_last_unknown(order)),
                part,
            )
        )
    found = select(*columns).where(_condition(shape, visible())).order_by(*_last_unknown(order))
    cut = _cut(found, part).subquery("shown")
    whose = (person.c.tenant_id == cut.c.tenant_id) & (person.c.id == cut.c.person_id)
    return compile_query(
        select(cut, *_OF_PERSON)
        .select_from(cut.join(person, whose))
        .order_by(*_last_unknown([cut.c[column.key] for column in order]))
    )


def _last_unknown(columns: Sequence[ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    """In rising order, what is not set at the end."""
    return [column.asc().nulls_last() for column in columns]


def _cut(statement: Any, part: str) -> Any:
    """`first` page, a `later` one (takes `skip`), or `all`. How many is in the SQL: then the server keeps its plan for the
    first page instead of making one at each look, which takes it longer than reading the fifty.
    """
    most = literal_column(str(EXPORT_LIMIT if part == "all" else PAGE_SIZE), Integer)
    return statement.limit(most).offset(bindparam("skip") if part == "later" else None)


@lru_cache(maxsize=256)
def _count_query(shape: _Shape) -> Query:
    """How many there are, and how many of them are late. What is seen by role and what by name is counted apart: of the
    thousands that a role opens, an index answers without a second condition to try on each (`visible` is one or the other).
    """
    ours = case_file.c.tenant_id == bindparam("tenant")
    by_role, by_name = ours & open_to_role(), ours & not_(open_to_role()) & named()
    counted = select(
        func.count().label("total"),
        func.count().filter(case_file.c.deadline < bindparam("today")).label("overdue"),
    )
    statement = _from(counted) if shape.asks_of_person else counted.select_from(case_file)
    both = union_all(*(statement.where(_condition(shape, seen)) for seen in (by_role, by_name))).subquery()
    sums = (cast(func.sum(both.c[name]), BigInteger).label(name) for name in ("total", "overdue"))
    return compile_query(select(*sums))


def _parameters(uow: UnitOfWork, wanted: CaseFilter) -> tuple[_Shape, dict[str, Any]]:
    context, text = uow.context, wanted.text
    values: dict[str, Any] = {
        "tenant": context.tenant,
        "purchasers": purchasers_seen(context),
        "reader": context.user,
    }
    case_no = born = number = False
    words: list[str] = []
    digits = "".join(c for c in text if not c.isspace())
    if digits.isdigit() and len(digits) == 11:
        try:
            parsed = NationalNumber.parse(digits, accept_synthetic=True)
            values["number"] = uow.keys.number_hash(context.tenant, parsed.digits)
        except NationalNumberError:
            values["number"] = b""  # a number with a wrong check digit is nobody's
        number = True
    elif text[:4].isdigit() and (len(text) == 4 or text[4:5] == "-"):
        case_no, values["case_no"] = True, text
    elif text[:1].isdigit():
        try:
            values["born"] = parse_date(text, field="q")
        except BadInput:
            values["born"] = None
        born = True
    else:
        words = query_words(text)
        values |= {f"word{n}": word for n, word in enumerate(words)}
        if text and not words:
            case_no, values["case_no"] = (
                True,
                text,
            )  # nothing to look for in names: find nothing rather than all
    state = "" if wanted.state == "all" else wanted.state
    if state not in ("", "open"):
        values["state"] = state
    if wanted.purchaser:
        values["purchaser"] = wanted.purchaser
    if wanted.due:
        values["due_before"] = today() + timedelta(days=8 if wanted.due == "week" else 0)
    return _Shape(len(words), case_no, born, number, state, wanted.form, bool(wanted.purchaser), wanted.due,
                  wanted.sort, wanted.whose), values  # fmt: skip


def _row(record: Any, day: date) -> CaseRow:
    deadline = record["deadline"]
    return CaseRow(
        record["id"], record["person_id"], f"{record['given_name']} {record['family_name']}",
        age_on(record["birth_date"], day), record["case_no"], record["forms"], record["purchaser"], record["state"],
        record["responsible_name"], deadline, record["deadline_kind"],
        (deadline - day).days if deadline is not None else None, record["protection"] != "none",
    )  # fmt: skip


async def list_cases(uow: UnitOfWork, wanted: CaseFilter, *, export: bool = False) -> CaseList:
    """One page of the cases the reader may see (all of them for an export), and the access log's row for it."""
    shape, values = _parameters(uow, wanted)
    if wanted.whose == "mine":
        values["others"] = (await duty(uow)).others
    part = "all" if export else "first" if wanted.page == 1 else "later"
    skipped = {"skip": (wanted.page - 1) * PAGE_SIZE} if part == "later" else {}
    counted = await uow.row(_count_query(shape), **values, today=today())
    records = await uow.rows(_list_query(shape, part), **values, **skipped)
    day = today()
    rows = [_row(record, day) for record in records]
    await record_read(
        uow,
        "case.export" if export else "case.list",
        [row.person_id for row in rows],
        why=N_("Saksliste"),
        object_kind="case",
    )
    assert counted is not None
    return CaseList(rows, counted["total"], counted["overdue"])
