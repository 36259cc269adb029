"""Reads of deviations. One that hangs on a case is seen by those who see the case; one of no case by all with the right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import and_, any_, bindparam, case, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.sql import ColumnElement

from sammen.clock import today
from sammen.db.raw import Query, compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from sammen.web.paging import PAGE_SIZE, page_number
from tenants.cases.api import case_file, purchasers_seen, visible
from tenants.people.api import person
from tenants.quality.models import Deviation, DeviationEvent, DeviationMeasure
from tenants.quality.words import KINDS, RULES, SOURCES, STATES

deviation = Deviation.__table__
measure = DeviationMeasure.__table__
event = DeviationEvent.__table__
BY_HAND = "hand"


@dataclass(frozen=True, slots=True)
class DeviationCard:
    """A deviation the reader may see, with its case's number and person when it hangs on one."""

    id: UUID
    case_id: UUID | None
    case_no: str | None
    purchaser: str | None
    person_id: UUID | None
    given_name: str | None
    family_name: str | None
    source: str
    kind: str
    rule: str
    object_id: UUID | None
    began_on: date | None
    found_on: date
    title: str
    description: str
    cause: str
    reported_by_name: str
    responsible_id: UUID | None
    responsible_name: str
    due_on: date | None
    put_right_on: date | None
    closed_on: date | None
    closed_by_name: str
    closing_text: str
    authority: str
    reply_by: date | None
    replied_on: date | None
    closing_letter_on: date | None
    closing_letter: str
    version: int
    measures: int
    measures_open: int
    measures_late: int

    @property
    def name(self) -> str:
        """Whom the case is about; "" for a deviation of no case."""
        return f"{self.given_name} {self.family_name}" if self.person_id else ""

    @property
    def msgid(self) -> str:
        """What it is called: the rule's sentence (a msgid), or what somebody wrote."""
        return RULES[self.rule] if self.rule else self.title

    @property
    def next_day(self) -> date | None:
        """The day that binds next: the reply to the authority before it is sent, else when it should be closed."""
        if self.closed_on is not None:
            return None
        waits = self.reply_by if self.replied_on is None else None
        return min((day for day in (waits, self.due_on) if day is not None), default=None)

    @property
    def days_left(self) -> int | None:
        return (self.next_day - today()).days if self.next_day is not None else None


@dataclass(frozen=True, slots=True)
class MeasureCard:
    """Something to be done about a deviation."""

    id: UUID
    deviation_id: UUID
    horizon: str
    what: str
    responsible_id: UUID | None
    responsible_name: str
    due_on: date
    done_on: date | None
    done_by_name: str
    version: int

    @property
    def days_left(self) -> int | None:
        return (self.due_on - today()).days if self.done_on is None else None


@dataclass(frozen=True, slots=True)
class EventCard:
    what: str
    happened_on: date
    by_name: str
    words: str


@dataclass(frozen=True, slots=True)
class DeviationFilter:
    """What the reader asked to see. Unknown values fall back to open ones."""

    state: str = "open"
    source: str = ""
    kind: str = ""
    rule: str = ""
    mine: bool = False
    page: int = 1

    @classmethod
    def of(cls, query: Mapping[str, str]) -> DeviationFilter:
        """From an address's query: status, kilde, slag, regel, hvem, side."""

        def known(name: str, allowed: Mapping[str, object], otherwise: str = "") -> str:
            return query[name] if query.get(name) in allowed else otherwise

        return cls(
            known("status", STATES, "open"), known("kilde", SOURCES), known("slag", KINDS),
            known("regel", {**RULES, BY_HAND: ""}), query.get("hvem") == "mine", page_number(query),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class DeviationList:
    """A page of deviations, what binds first on top; how many in all, and among open ones by rule and late."""

    rows: Sequence[DeviationCard]
    total: int
    open: int
    overdue: int
    by_rule: Mapping[str, int]


def _measures(*conditions: ColumnElement[bool]) -> ColumnElement[Any]:
    return (
        select(func.count())
        .select_from(measure)
        .where(
            measure.c.tenant_id == deviation.c.tenant_id,
            measure.c.deviation_id == deviation.c.id,
            *conditions,
        )
        .scalar_subquery()
    )


_COMPUTED: Mapping[str, Any] = {
    "case_no": case_file.c.case_no,
    "purchaser": case_file.c.purchaser,
    "person_id": case_file.c.person_id,
    "given_name": person.c.given_name,
    "family_name": person.c.family_name,
    "measures": _measures().label("measures"),
    "measures_open": _measures(measure.c.done_on.is_(None)).label("measures_open"),
    "measures_late": _measures(measure.c.done_on.is_(None), measure.c.due_on < bindparam("today")).label(
        "measures_late"
    ),
}
# As DeviationCard.next_day: least() looks past what is NULL.
_next_day = func.least(deviation.c.due_on, case((deviation.c.replied_on.is_(None), deviation.c.reply_by)))


_OWNERS = bindparam("owners", type_=ARRAY(PG_UUID(as_uuid=True)))
"""The reader, and those the reader stands in for today."""


def seen() -> ColumnElement[bool]:
    """Condition on `deviation` joined with `case_file`; takes `tenant`, `purchasers` and `reader`."""
    return (deviation.c.tenant_id == bindparam("tenant")) & or_(deviation.c.case_id.is_(None), visible())


_WITH_CASE = deviation.outerjoin(
    case_file, and_(case_file.c.tenant_id == deviation.c.tenant_id, case_file.c.id == deviation.c.case_id)
).outerjoin(person, and_(person.c.tenant_id == case_file.c.tenant_id, person.c.id == case_file.c.person_id))
_COLUMNS = [
    _COMPUTED[name] if name in _COMPUTED else deviation.c[name] for name in DeviationCard.__dataclass_fields__
]
_CARDS = select(*_COLUMNS).select_from(_WITH_CASE).where(seen())
_CARD = compile_query(_CARDS.where(deviation.c.id == bindparam("deviation")))
_OF_CASE = compile_query(
    _CARDS.where(deviation.c.case_id == bindparam("case")).order_by(
        deviation.c.closed_on.desc().nulls_first(), deviation.c.found_on.desc(), deviation.c.id
    )
)
_MEASURES = compile_query(
    select(*(measure.c[name] for name in MeasureCard.__dataclass_fields__))
    .where(measure.c.tenant_id == bindparam("tenant"), measure.c.deviation_id == bindparam("deviation"))
    .order_by(measure.c.horizon.desc(), measure.c.due_on, measure.c.id)
)
_EVENTS = compile_query(
    select(*(event.c[name] for name in EventCard.__dataclass_fields__))
    .where(event.c.tenant_id == bindparam("tenant"), event.c.deviation_id == bindparam("deviation"))
    .order_by(event.c.id)
)


def _asked(wanted: DeviationFilter) -> list[ColumnElement[bool]]:
    """The conditions of a filter; takes `source`, `kind` and `rule` when they are chosen."""
    found: list[ColumnElement[bool]] = []
    if wanted.state in ("open", "overdue"):
        found.append(deviation.c.closed_on.is_(None))
    if wanted.state == "overdue":
        found.append(_next_day < bindparam("today"))
    if wanted.state == "closed":
        found.append(deviation.c.closed_on.is_not(None))
    if wanted.source:
        found.append(deviation.c.source == bindparam("source"))
    if wanted.kind:
        found.append(deviation.c.kind == bindparam("kind"))
    if wanted.rule:
        found.append(deviation.c.rule == bindparam("rule"))
    if wanted.mine:
        found.append(deviation.c.responsible_id == bindparam("reader"))
    return found


@lru_cache(maxsize=128)
def _list_queries(wanted: DeviationFilter) -> tuple[Query, Query]:
    """A page of a filter's shape, and how many there are. Closed ones come newest first."""
    conditions = _asked(wanted)
    order = (
        (deviation.c.closed_on.desc(), deviation.c.id.desc())
        if wanted.state == "closed"
        else (deviation.c.closed_on.desc().nulls_first(), _next_day.asc().nulls_last(), deviation.c.id)
    )
    listed = _CARDS.where(*conditions).order_by(*order).limit(bindparam("most")).offset(bindparam("skip"))
    counted = select(func.count()).select_from(_WITH_CASE).where(seen(), *conditions)
    return compile_query(listed), compile_query(counted)


_COUNTS = compile_query(
    select(
        deviation.c.rule,
        func.count().label("found"),
        func.count().filter(_next_day < bindparam("today")).label("late"),
    )
    .select_from(_WITH_CASE)
    .where(seen(), deviation.c.closed_on.is_(None))
    .group_by(deviation.c.rule)
)
_LATE_MEASURES = compile_query(
    select(*(measure.c[name] for name in MeasureCard.__dataclass_fields__))
    .join_from(
        measure,
        _WITH_CASE,
        and_(deviation.c.tenant_id == measure.c.tenant_id, deviation.c.id == measure.c.deviation_id),
    )
    .where(seen(), measure.c.done_on.is_(None), measure.c.due_on < bindparam("before"))
    .order_by(measure.c.due_on, measure.c.id)
    .limit(bindparam("most"))
)
_MY_MEASURES = compile_query(
    select(*(measure.c[name] for name in MeasureCard.__dataclass_fields__))
    .join_from(
        measure,
        _WITH_CASE,
        and_(deviation.c.tenant_id == measure.c.tenant_id, deviation.c.id == measure.c.deviation_id),
    )
    .where(
        seen(),
        measure.c.done_on.is_(None),
        measure.c.responsible_id == any_(_OWNERS),
        measure.c.due_on <= bindparam("before"),
    )
    .order_by(measure.c.due_on, measure.c.id)
    .limit(bindparam("most"))
)
_MINE = compile_query(
    _CARDS.where(
        deviation.c.closed_on.is_(None),
        deviation.c.responsible_id == any_(_OWNERS),
        or_(_next_day <= bindparam("before"), _next_day.is_(None)),
    )
    .order_by(_next_day.asc().nulls_last(), deviation.c.id)
    .limit(bindparam("most"))
)
_NOBODYS = compile_query(
    _CARDS.where(deviation.c.closed_on.is_(None), deviation.c.responsible_id.is_(None))
    .order_by(deviation.c.found_on, deviation.c.id)
    .limit(bindparam("most"))
)


def _reader(uow: UnitOfWork) -> dict[str, Any]:
    context = uow.context
    return {"tenant": context.tenant, "purchasers": purchasers_seen(context), "reader": context.user}


async def deviation_card(uow: UnitOfWork, deviation_id: UUID) -> DeviationCard:
    """One deviation. Raises NotFound also for one whose case the reader may not see."""
    row = await uow.row(_CARD, **_reader(uow), deviation=deviation_id, today=today())
    if row is None:
        raise NotFound
    return DeviationCard(**dict(row))


async def deviations_of(uow: UnitOfWork, case_id: UUID) -> Sequence[DeviationCard]:
    """A case's deviations, open ones first; none when the reader may not see the case."""
    rows = await uow.rows(_OF_CASE, **_reader(uow), case=case_id, today=today())
    return [DeviationCard(**dict(row)) for row in rows]


async def measures_of(uow: UnitOfWork, deviation_id: UUID) -> Sequence[MeasureCard]:
    """What is to be done, what is to be done now first. The caller has seen the deviation."""
    rows = await uow.rows(_MEASURES, tenant=uow.context.tenant, deviation=deviation_id)
    return [MeasureCard(**dict(row)) for row in rows]


async def events_of(uow: UnitOfWork, deviation_id: UUID) -> Sequence[EventCard]:
    """What has happened to it, oldest first. The caller has seen the deviation."""
    rows = await uow.rows(_EVENTS, tenant=uow.context.tenant, deviation=deviation_id)
    return [EventCard(**dict(row)) for row in rows]


async def list_deviations(uow: UnitOfWork, wanted: DeviationFilter) -> DeviationList:
    """A page of what the reader may see, with counts over the same. The caller writes the access log."""
    day, reader = today(), _reader(uow)
    shape = DeviationFilter(
        wanted.state, "x" if wanted.source else "", "x" if wanted.kind else "", "x" if wanted.rule else "",
        wanted.mine,
    )  # fmt: skip
    listed, counted = _list_queries(shape)
    rule = "" if wanted.rule == BY_HAND else wanted.rule
    values = {**reader, "today": day, "source": wanted.source, "kind": wanted.kind, "rule": rule}
    page = {"most": PAGE_SIZE, "skip": (wanted.page - 1) * PAGE_SIZE}
    total: int = await uow.value(counted, **_those(counted, values))
    rows = await uow.rows(listed, **_those(listed, {**values, **page}))
    counts = await uow.rows(_COUNTS, **reader, today=day)
    return DeviationList(
        [DeviationCard(**dict(row)) for row in rows],
        total,
        sum(row["found"] for row in counts),
        sum(row["late"] for row in counts),
        {row["rule"] or BY_HAND: row["found"] for row in counts},
    )


def _those(query: Query, values: dict[str, Any]) -> dict[str, Any]:
    """The values that a query's shape has places for."""
    return {name: value for name, value in values.items() if name in query.names}


async def late_measures(uow: UnitOfWork, *, most: int = 20) -> Sequence[MeasureCard]:
    """Measures past their day, of deviations the reader may see, the latest first."""
    rows = await uow.rows(_LATE_MEASURES, **_reader(uow), before=today(), most=most)
    return [MeasureCard(**dict(row)) for row in rows]


async def my_deviations(
    uow: UnitOfWork, owners: Sequence[UUID], before: date, *, most: int = 25
) -> Sequence[DeviationCard]:
    """Open deviations that some of `owners` are responsible for, that the reader may see, and that bind by a day."""
    rows = await uow.rows(_MINE, **_reader(uow), owners=list(owners), today=today(), before=before, most=most)
    return [DeviationCard(**dict(row)) for row in rows]


async def my_measures(
    uow: UnitOfWork, owners: Sequence[UUID], before: date, *, most: int = 25
) -> Sequence[MeasureCard]:
    """Measures of some of `owners`, due by a day, of deviations the reader may see."""
    rows = await uow.rows(_MY_MEASURES, **_reader(uow), owners=list(owners), before=before, most=most)
    return [MeasureCard(**dict(row)) for row in rows]


async def nobodys_deviations(uow: UnitOfWork, *, most: int = 25) -> Sequence[DeviationCard]:
    """Open deviations that nobody is responsible for: the manager's to give away."""
    rows = await uow.rows(_NOBODYS, **_reader(uow), today=today(), most=most)
    return [DeviationCard(**dict(row)) for row in rows]
