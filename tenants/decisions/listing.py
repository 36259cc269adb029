"""The page «Vedtak»: what waits for a second pair of eyes, what one is writing, what runs out, and what has been made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import any_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by, array
from sqlalchemy.sql import ColumnElement
from sqlalchemy.types import Boolean, Text

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.db.raw import Query, compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.policy.roles import Role
from sammen.tenancy.context import Context
from sammen.web.paging import PAGE_SIZE, page_number
from tenants.cases.api import allocation_rules, case_file, purchasers_seen, visible
from tenants.decisions.queries import decision, grant_last_day, service_grant
from tenants.decisions.settling import GIVES
from tenants.people.api import age_on, person

SHOWN = {
    "godkjenning": N_("Til godkjenning"),
    "kladder": N_("Kladder"),
    "utloper": N_("Går ut"),
    "evaluering": N_("Skal evalueres"),
    "fattet": N_("Fattet"),
}
SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A decision on the list. `last_day` is when its last service ends; `work` is the state of one that is to follow it."""

    id: UUID
    case_id: UUID
    person_id: UUID
    given_name: str
    family_name: str
    birth_date: date | None
    case_no: str
    purchaser: str
    state: str
    kind: str
    forms: list[str]
    written_by: UUID | None
    written_by_name: str
    proposed_by: UUID | None
    proposed_by_name: str
    returned_by_name: str
    return_note: str
    decided_on: date | None
    decided_by_name: str
    changed_on: date
    deadline: date | None
    responsible_id: UUID | None
    last_day: date | None
    work: str | None

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"

    @property
    def age(self) -> int | None:
        """Whole years today."""
        return age_on(self.birth_date, today())


@dataclass(frozen=True, slots=True)
class DecisionList:
    """A page of decisions, how many there are in it, and how many of each sort."""

    shown: str
    rows: Sequence[DecisionRow]
    counts: Mapping[str, int]
    page: int

    @property
    def total(self) -> int:
        return self.counts[self.shown]


_own = (service_grant.c.tenant_id == decision.c.tenant_id) & (service_grant.c.decision_id == decision.c.id)
_forms = (
    select(func.array_agg(aggregate_order_by(service_grant.c.form, service_grant.c.id)))
    .where(_own)
    .scalar_subquery()
)
_last = (
    select(func.max(grant_last_day))
    .where(_own)
    .having(func.count() == func.count(grant_last_day))
    .scalar_subquery()
)
_next = decision.alias("next_decision")
_work = (
    select(_next.c.state)
    .where(
        _next.c.tenant_id == decision.c.tenant_id,
        _next.c.replaces_id == decision.c.id,
        _next.c.state.in_(("draft", "proposed")),
    )
    .limit(1)
    .scalar_subquery()
)
_COMPUTED: Mapping[str, ColumnElement[Any]] = {
    "forms": func.coalesce(_forms, array([], type_=Text())).label("forms"),
    "last_day": _last.label("last_day"),
    "work": _work.label("work"),
    "changed_on": func.date(func.timezone("Europe/Oslo", decision.c.changed_at)).label("changed_on"),
    "deadline": case_file.c.deadline,
    "responsible_id": case_file.c.responsible_id,
    "case_no": case_file.c.case_no,
    "purchaser": case_file.c.purchaser,
    "person_id": case_file.c.person_id,
    **{name: person.c[name] for name in ("given_name", "family_name", "birth_date")},
}
_source = decision.join(
    case_file, (case_file.c.tenant_id == decision.c.tenant_id) & (case_file.c.id == decision.c.case_id)
).join(person, (person.c.tenant_id == case_file.c.tenant_id) & (person.c.id == case_file.c.person_id))
_mine = case_file.c.purchaser == any_(bindparam("deciding", type_=ARRAY(Text())))
_giving = (decision.c.state == "issued") & decision.c.kind.in_(sorted(GIVES))
# What each sort shows, and in which order: what has waited longest, or binds first, stands first.
_WHERE: Mapping[str, ColumnElement[bool]] = {
    "godkjenning": (decision.c.state == "proposed") & or_(_mine, bindparam("manager", type_=Boolean())),
    "kladder": (decision.c.state == "draft") & _mine,
    "utloper": _giving & _mine & _last.between(bindparam("day"), bindparam("expires")),
    "evaluering": _giving
    & _mine
    & (case_file.c.deadline_kind == "evaluate")
    & (case_file.c.deadline <= bindparam("evaluated")),
    "fattet": decision.c.state.in_(("issued", "ended", "replaced")),
}
_ORDER: Mapping[str, Sequence[ColumnElement[Any]]] = {
    # One's own wait for somebody else, and stand last.
    "godkjenning": (
        decision.c.proposed_by.is_not_distinct_from(bindparam("reader")),
        case_file.c.deadline.nulls_last(),
        decision.c.proposed_at,
    ),
    "kladder": (
        decision.c.return_note == "",
        decision.c.written_by.is_distinct_from(bindparam("reader")),
        decision.c.changed_at.desc(),
    ),
    "utloper": (_last,),
    "evaluering": (case_file.c.deadline,),
    "fattet": (decision.c.decided_on.desc(),),
}


def _queries(shown: str) -> tuple[Query, Query]:
    columns = [_COMPUTED.get(name, decision.c.get(name)) for name in DecisionRow.__dataclass_fields__]
    found = visible() & _WHERE[shown]
    rows = (
        select(*columns)  # type: ignore[arg-type]  # every name is one or the other
        .select_from(_source)
        .where(found)
        .order_by(*_ORDER[shown], decision.c.id)
        .limit(bindparam("most"))
        .offset(bindparam("skip"))
    )
    return compile_query(rows), compile_query(select(func.count()).select_from(_source).where(found))


_QUERIES = {shown: _queries(shown) for shown in SHOWN}


def sorts_of(context: Context) -> list[str]:
    """The sorts a reader has: who does not write decisions approves them, and reads what was made."""
    writes = context.may(Permission.DECISION_DRAFT)
    return [shown for shown in SHOWN if writes or shown in ("godkjenning", "fattet")]


async def _values(uow: UnitOfWork, query: Query) -> dict[str, Any]:
    context = uow.context
    seen = purchasers_seen(context)
    everything = {
        "tenant": context.tenant, "purchasers": seen, "reader": context.user, "manager": Role.MANAGER in context.roles,
        "deciding": [name for name in ("child", "adult", "child_welfare") if f"purchaser_{name}" in context.roles],
        "day": today(), "evaluated": today() + SOON,
        "expires": today() + timedelta(days=(await allocation_rules(uow, today())).expiry_days),
    }  # fmt: skip
    return {name: value for name, value in everything.items() if name in query.names}


async def find_decisions(uow: UnitOfWork, shown: str, *, page: int = 1) -> list[DecisionRow]:
    """A page of one sort. The caller writes the access log, knowing why."""
    rows = _QUERIES[shown][0]
    values = await _values(uow, rows)
    found = await uow.rows(rows, **values, most=PAGE_SIZE, skip=(page - 1) * PAGE_SIZE)
    return [DecisionRow(**dict(row)) for row in found]


async def list_decisions(uow: UnitOfWork, query: Mapping[str, str]) -> DecisionList:
    """The page's list from an address's query (vis, side), and the access log's row. Unknown sorts fall back to the
    first that has anything.
    """
    sorts = sorts_of(uow.context)
    counts: dict[str, int] = {}
    for shown in sorts:
        counted = _QUERIES[shown][1]
        counts[shown] = await uow.value(counted, **await _values(uow, counted))
    first = next((shown for shown in sorts if counts[shown]), sorts[0])
    chosen = query["vis"] if query.get("vis") in counts else first
    page = page_number(query)
    rows = await find_decisions(uow, chosen, page=page)
    await record_read(uow, "decision.list", [row.person_id for row in rows], why=N_("Liste over vedtak"))
    return DecisionList(chosen, rows, counts, page)
