"""Which decisions stand for evaluation, and when: the due list, the backlog and the workload by month (A7).

When a decision is due is computed from the decision, its last evaluation and the municipality's rule, here as in
rules.next_due (a test compares the two): a decision's own text never changes, and no copied date can go stale.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, case, cast, func, or_, select, true
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.sql import ColumnElement, FromClause
from sqlalchemy.types import Date, Integer

from sammen.clock import today
from sammen.db.raw import Query, compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.web.paging import PAGE_SIZE, page_number
from tenants.cases.api import add_months, allocation_rules, case_file, mine, purchasers_seen, visible
from tenants.decisions.api import GIVES, decision, grant_last_day, service_grant
from tenants.evaluations.queries import evaluation
from tenants.evaluations.rules import LONGEST_MONTHS
from tenants.people.api import matches_word, person, query_words

SOON_DAYS = 60
"""How far ahead "Forfaller nå" looks: long enough to agree a time."""
VIEWS = ("naa", "etterslep", "alle")
MOST_TODAY = 40


@dataclass(frozen=True, slots=True)
class DueDecision:
    """A decision in force, or one that has run out without an answer, and when it must be evaluated by.

    `last_day` is the decision's, None when a service has no end. `ran_out` says that nothing of it is in force.
    `last_held` is the day of its last evaluation; `open_state` is `planned` or `draft` when one is under way.
    """

    case_id: UUID
    case_no: str
    case_state: str
    purchaser: str
    person_id: UUID
    name: str
    birth_date: date | None
    responsible_id: UUID | None
    responsible_name: str
    decision_id: UUID
    decided_on: date
    taken_over: bool
    forms: list[str]
    last_day: date | None
    ran_out: bool
    due_on: date
    backlog: bool
    last_held: date | None
    open_state: str
    planned_on: date | None
    planned_time: time | None

    @property
    def days_left(self) -> int:
        """Days to the day it is due, negative when that has passed."""
        return (self.due_on - today()).days


@dataclass(frozen=True, slots=True)
class DueFilter:
    """What the page «Evalueringer» was asked for. Unknown values fall back to what is due now."""

    view: str = "naa"
    month: date | None = None
    mine: bool = False
    text: str = ""
    page: int = 1

    @classmethod
    def of(cls, query: Mapping[str, str]) -> DueFilter:
        """From an address's query: vis, maaned (YYYY-MM), hvem, q, side. A month is looked for among all."""
        month, view = _month(query.get("maaned", "")), query.get("vis", "")
        if view not in VIEWS:
            view = "naa"
        return cls(
            "alle" if month else view, month, query.get("hvem") == "mine", query.get("q", ""), page_number(query)
        )  # fmt: skip


def _month(typed: str) -> date | None:
    try:
        return date.fromisoformat(f"{typed}-01") if len(typed) == 7 else None
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class DueList:
    rows: Sequence[DueDecision]
    total: int


@dataclass(frozen=True, slots=True)
class Workload:
    """How many evaluations there are: overdue, what «Forfaller nå» holds, the backlog, all, and by month due."""

    overdue: int
    now: int
    backlog: int
    all: int
    months: Sequence[tuple[date, int]]


# SQL ------------------------------------------------------------------------------------------------------------------
def _of_case() -> Select[Any]:
    """The ids of one case's decisions, so that its page does not add up those of all others."""
    one = decision.alias("of_case")
    return select(one.c.id).where(one.c.tenant_id == bindparam("tenant"), one.c.case_id == bindparam("case"))


def _last(*, narrow: bool) -> FromClause:
    """The last evaluation that was held of each decision."""
    held = (
        select(evaluation)
        .ext(distinct_on(evaluation.c.decision_id))
        .where(evaluation.c.tenant_id == bindparam("tenant"), evaluation.c.state == "done")
        .order_by(evaluation.c.decision_id, evaluation.c.held_on.desc(), evaluation.c.id.desc())
    )
    return (held.where(evaluation.c.decision_id.in_(_of_case())) if narrow else held).subquery("last")


def _granted(*, narrow: bool) -> FromClause:
    """Each decision's services: their forms, the first day, and the last day of the longest when all have one."""
    granted = (
        select(
            service_grant.c.decision_id,
            func.array_agg(service_grant.c.form.distinct()).label("forms"),
            func.min(service_grant.c.valid_from).label("first_day"),
            case((func.count() == func.count(grant_last_day), func.max(grant_last_day))).label("last_day"),
        )
        .where(service_grant.c.tenant_id == bindparam("tenant"))
        .group_by(service_grant.c.decision_id)
    )
    return (granted.where(service_grant.c.decision_id.in_(_of_case())) if narrow else granted).subquery(
        "granted"
    )


def _unanswered() -> ColumnElement[bool]:
    """The decision has ended, its case waits for an evaluation, and no other decision of the case has come after it."""
    other = decision.alias("other")
    newer = or_(
        other.c.state == "issued",
        and_(other.c.decided_on > decision.c.decided_on, other.c.state == "ended"),
        and_(other.c.decided_on == decision.c.decided_on, other.c.id > decision.c.id, other.c.state == "ended"),
    )  # fmt: skip
    after = select(other.c.id).where(
        other.c.tenant_id == decision.c.tenant_id,
        other.c.case_id == decision.c.case_id,
        other.c.kind.in_(sorted(GIVES)),
        newer,
    )
    return and_(decision.c.state == "ended", case_file.c.state == "evaluating", ~after.exists())


def _due(*, narrow: bool = False, everybody: bool = False) -> Select[Any]:
    """Every decision of the reader's cases that stands for evaluation, or (`narrow`) those of one. Takes `tenant`,
    `purchasers`, `reader`, `months` and `today`, and `case` when narrow. `everybody`: the municipality's, whoever reads.
    """
    last, granted, begun = _last(narrow=narrow), _granted(narrow=narrow), evaluation.alias("begun")
    step = func.make_interval(0, bindparam("months", type_=Integer()))
    since = func.greatest(decision.c.decided_on, granted.c.first_day)
    limit = cast(func.coalesce(last.c.held_on, since) + step, Date)
    agreed = case((last.c.held_on.is_not(None), last.c.next_on), else_=decision.c.evaluate_on)
    ran_out = decision.c.state == "ended"
    due = case(
        (ran_out, func.coalesce(case_file.c.deadline, granted.c.last_day, limit)), else_=func.least(agreed, limit)
    )  # fmt: skip
    backlog = and_(last.c.held_on.is_(None), limit < bindparam("today", type_=Date()), ~ran_out)

    return (
        select(
            case_file.c.id.label("case_id"), case_file.c.case_no, case_file.c.state.label("case_state"),
            case_file.c.purchaser, case_file.c.person_id,
            (person.c.given_name + " " + person.c.family_name).label("name"), person.c.birth_date,
            case_file.c.responsible_id, case_file.c.responsible_name, decision.c.id.label("decision_id"), decision.c.decided_on,
            decision.c.taken_over, granted.c.forms, granted.c.last_day, ran_out.label("ran_out"), due.label("due_on"),
            backlog.label("backlog"), last.c.held_on.label("last_held"),
            func.coalesce(begun.c.state, "").label("open_state"),
            begun.c.planned_on, begun.c.planned_time,
        )
        .join_from(decision, case_file,
                   (case_file.c.tenant_id == decision.c.tenant_id) & (case_file.c.id == decision.c.case_id))
        .join(person, (person.c.tenant_id == case_file.c.tenant_id) & (person.c.id == case_file.c.person_id))
        .join(granted, granted.c.decision_id == decision.c.id)
        .outerjoin(last, last.c.decision_id == decision.c.id)
        .outerjoin(begun, and_(begun.c.tenant_id == decision.c.tenant_id, begun.c.decision_id == decision.c.id,
                               begun.c.state != "done"))
        .where(true() if everybody else visible(), decision.c.tenant_id == bindparam("tenant"),
               case_file.c.state != "closed",
               decision.c.decided_on.is_not(None), decision.c.kind.in_(sorted(GIVES)),
               or_(decision.c.state == "issued", _unanswered()))
    )  # fmt: skip


def _whose(statement: Select[Any], whose: str) -> Select[Any]:
    """`mine` keeps to the reader's own cases, `duty` to those they do today (cases.duty)."""
    if whose == "mine":
        return statement.where(case_file.c.responsible_id == bindparam("reader"))
    return statement.where(mine()) if whose == "duty" else statement


def _now(rows: FromClause) -> ColumnElement[bool]:
    """What somebody should do something about: due soon or late, or begun."""
    return or_(and_(rows.c.due_on <= bindparam("soon"), ~rows.c.backlog), rows.c.open_state != "")


@lru_cache(maxsize=64)
def _list_queries(view: str, month: bool, whose: str, words: int) -> tuple[Query, Query]:
    """A page of the list, and how many rows it has in all."""
    statement = _whose(_due(), whose)
    for n in range(words):
        statement = statement.where(
            matches_word(case_file.c.tenant_id, case_file.c.person_id, bindparam(f"word{n}"))
        )
    rows = statement.subquery("due")
    wanted: list[ColumnElement[bool]] = []
    if view == "naa":
        wanted.append(_now(rows))
    elif view == "etterslep":
        wanted.append(rows.c.backlog)
    if month:
        wanted += [~rows.c.backlog, rows.c.due_on >= bindparam("first"), rows.c.due_on < bindparam("after")]
    page = select(rows).where(*wanted).order_by(rows.c.due_on, rows.c.decision_id)
    return (
        compile_query(page.limit(bindparam("most")).offset(bindparam("skip"))),
        compile_query(select(func.count()).select_from(rows).where(*wanted)),
    )


@cache
def _workload_query(whose: str) -> Query:
    rows = _whose(_due(), whose).subquery("due")
    year, month = func.extract("year", rows.c.due_on), func.extract("month", rows.c.due_on)
    return compile_query(
        select(
            cast(year, Integer).label("year"), cast(month, Integer).label("month"), func.count().label("every"),
            func.count().filter(rows.c.backlog).label("backlog"),
            func.count().filter(rows.c.due_on < bindparam("today"), ~rows.c.backlog).label("overdue"),
            func.count().filter(_now(rows)).label("now"),
        )
        .group_by(year, month)
        .order_by(year, month)
    )  # fmt: skip


_OF_CASE = compile_query(_due(narrow=True).where(case_file.c.id == bindparam("case")))


@cache
def _today_query() -> Query:
    rows = _whose(_due(), "duty").subquery("due")
    wanted = or_(
        and_(rows.c.due_on <= bindparam("soon"), ~rows.c.backlog), rows.c.planned_on <= bindparam("soon")
    )
    return compile_query(
        select(rows).where(wanted).order_by(rows.c.due_on, rows.c.decision_id).limit(MOST_TODAY)
    )


async def _values(uow: UnitOfWork, query: Query, **more: Any) -> dict[str, Any]:
    """The parameters a query has, of those every query may have and `more`."""
    context, day = uow.context, today()
    rules = await allocation_rules(uow, day)
    known = {
        "tenant": context.tenant, "purchasers": purchasers_seen(context), "reader": context.user, "today": day,
        "months": min(rules.evaluation_months, LONGEST_MONTHS), "soon": day + timedelta(days=SOON_DAYS), **more,
    }  # fmt: skip
    return {name: value for name, value in known.items() if name in query.names}


async def list_due(uow: UnitOfWork, wanted: DueFilter) -> DueList:
    """A page of what waits, soonest first. The caller writes the access log."""
    words = query_words(wanted.text)
    if wanted.text and not words:
        return DueList([], 0)  # nothing to look for: find nobody rather than everybody
    listed, counted = _list_queries(
        wanted.view, wanted.month is not None, "mine" if wanted.mine else "", len(words)
    )
    more: dict[str, Any] = {f"word{n}": word for n, word in enumerate(words)}
    if wanted.month is not None:
        more |= {"first": wanted.month, "after": add_months(wanted.month, 1)}
    total: int = await uow.value(counted, **await _values(uow, counted, **more))
    more |= {"most": PAGE_SIZE, "skip": (wanted.page - 1) * PAGE_SIZE}
    found = await uow.rows(listed, **await _values(uow, listed, **more))
    return DueList([DueDecision(**dict(row)) for row in found], total)


async def workload(uow: UnitOfWork, *, mine: bool = False, others: Sequence[UUID] | None = None) -> Workload:
    """Counts over the cases the reader may see; the backlog stands apart from the months. `mine` keeps to their own,
    `others` (Duty) to the work they do today.
    """
    query = _workload_query("mine" if mine else "" if others is None else "duty")
    rows = await uow.rows(query, **await _values(uow, query, others=others))
    this_month = today().replace(day=1)
    ahead = [(date(r["year"], r["month"], 1), r["every"] - r["backlog"]) for r in rows]
    by_month = {month: count for month, count in ahead if month >= this_month}
    months = [add_months(this_month, n) for n in range(LONGEST_MONTHS)]
    return Workload(
        sum(r["overdue"] for r in rows), sum(r["now"] for r in rows), sum(r["backlog"] for r in rows),
        sum(r["every"] for r in rows), [(month, by_month.get(month, 0)) for month in months],
    )  # fmt: skip


async def due_of_case(uow: UnitOfWork, case_id: UUID) -> Sequence[DueDecision]:
    """The case's decisions that stand for evaluation, the soonest due first; none when it is not the reader's to see."""
    found = await uow.rows(_OF_CASE, **await _values(uow, _OF_CASE, case=case_id))
    return sorted((DueDecision(**dict(row)) for row in found), key=lambda one: (one.due_on, one.decision_id))


async def due_today(uow: UnitOfWork, *, within_days: int, others: Sequence[UUID]) -> Sequence[DueDecision]:
    """What is due, or agreed, by so many days ahead of the work the reader does today (Duty.others); not the backlog."""
    query = _today_query()
    values = await _values(uow, query, soon=today() + timedelta(days=within_days), others=others)
    return [DueDecision(**dict(row)) for row in await uow.rows(query, **values)]


# What jobs and agendas ask ----------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class DueEvaluation:
    """A decision that stands for evaluation, and its case; whoever shows it asks who may see the case."""

    decision_id: UUID
    case_id: UUID
    due_on: date


@cache
def _everybodys_query() -> Query:
    rows = _due(everybody=True).subquery("due")
    return compile_query(
        select(rows.c.decision_id, rows.c.case_id, rows.c.due_on)
        .where(~rows.c.backlog, rows.c.due_on <= bindparam("by"))
        .order_by(rows.c.due_on, rows.c.decision_id)
    )


async def evaluations_due_by(uow: UnitOfWork, day: date) -> Sequence[DueEvaluation]:
    """Every decision of the municipality that is due by a day, without the backlog: for jobs and agendas."""
    rules = await allocation_rules(uow, today())
    values = {
        "tenant": uow.context.tenant,
        "months": min(rules.evaluation_months, LONGEST_MONTHS),
        "today": today(),
    }
    query = _everybodys_query()
    known = {name: value for name, value in values.items() if name in query.names}
    return [DueEvaluation(**dict(row)) for row in await uow.rows(query, **known, by=day)]
