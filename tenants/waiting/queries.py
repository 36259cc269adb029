"""Who waits for a service that is decided, and what the last weeks were like. A row is seen by those who see its case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
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
from sammen.figures import AGE, AGE_BANDS, age_band
from sammen.i18n_mark import N_
from sammen.web.paging import PAGE_SIZE, page_number
from tenants.assignments.api import assignment, service_order
from tenants.cases.api import FORM_NAMES, PURCHASERS, case_file, purchasers_seen, start_limits, visible
from tenants.decisions.api import service_grant
from tenants.people.api import age_on, person
from tenants.waiting.rules import Wait, Week, last_weeks, wait_of, waits_since
from tenants.waiting.stability import LOSSES

UNANSWERED = ("sent", "accepted", "returned")
LIMITS = {"over": N_("Over grensa"), "near": N_("Innen en uke")}
BANDS = {code: name for code, name in AGE.codes if code in AGE_BANDS}


@dataclass(frozen=True, slots=True)
class WaitingFilter:
    """What the reader asked to see. Unknown values fall back to everybody who waits."""

    form: str = ""
    band: str = ""
    limit: str = ""
    purchaser: str = ""
    page: int = 1

    @classmethod
    def of(cls, query: Mapping[str, str]) -> WaitingFilter:
        """From an address's query: tjeneste, alder, grense, bestiller, side."""

        def known(name: str, allowed: Mapping[str, object]) -> str:
            return query[name] if query.get(name) in allowed else ""

        return cls(
            known("tjeneste", FORM_NAMES), known("alder", AGE_BANDS), known("grense", LIMITS),
            known("bestiller", PURCHASERS), page_number(query),
        )  # fmt: skip

    def takes(self, row: WaitingRow) -> bool:
        """Whether a row is asked for."""
        return (
            self.form in ("", row.form)
            and self.band in ("", row.band)
            and self.purchaser in ("", row.purchaser)
            and (not self.limit or (row.wait.over if self.limit == "over" else row.wait.near))
        )


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """One granted service that has not begun, or that has lost its contact (`again`).

    `state` is the order's; `starts_on` the agreed first day of one who is found. `posted`: a need without a name is out.
    """

    order_id: UUID
    case_id: UUID
    person_id: UUID
    name: str
    age: int | None
    protected: bool
    case_no: str
    purchaser: str
    responsible: str
    form: str
    state: str
    wait: Wait
    starts_on: date | None
    posted: bool
    again: bool

    @property
    def band(self) -> str:
        return age_band(self.age)


@dataclass(frozen=True, slots=True)
class WaitingList:
    """A page of those who wait, the longest first; `total` of the filter, and of all: `everybody`, `over`, `near`."""

    rows: Sequence[WaitingRow]
    total: int
    everybody: int
    over: int
    near: int
    longest: int


def _same(table: Any, column: Any) -> ColumnElement[bool]:
    return and_(table.c.tenant_id == service_order.c.tenant_id, table.c.id == column)


def _assigned(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return (
        select(assignment.c.id)
        .where(
            assignment.c.tenant_id == service_order.c.tenant_id,
            assignment.c.order_id == service_order.c.id,
            # Who stands in, or is there while the service user waits, does not end the wait (B10).
            assignment.c.role == "regular",
            *conditions,
        )
        .exists()
    )


_FIRST_DAY = (
    select(func.min(assignment.c.starts_on))
    .where(
        assignment.c.tenant_id == service_order.c.tenant_id,
        assignment.c.order_id == service_order.c.id,
        assignment.c.role == "regular",
        assignment.c.state == "planned",
    )
    .scalar_subquery()
)
_NOT_BEGUN = or_(
    service_order.c.state.in_(UNANSWERED),
    and_(
        service_order.c.state == "filled",
        _assigned(assignment.c.state == "planned"),
        ~_assigned(assignment.c.state.in_(("running", "paused"))),
    ),
)


@cache
def _waiting_query(*, for_job: bool) -> Query:
    """Everybody who waits; a job acts for the municipality and sees every case, a person those they may see."""
    seen = service_order.c.tenant_id == bindparam("tenant") if for_job else visible()
    return compile_query(
        select(
            service_order.c.id.label("order_id"), service_order.c.case_id, service_order.c.person_id,
            person.c.given_name, person.c.family_name, person.c.birth_date, person.c.protection, case_file.c.case_no,
            case_file.c.purchaser, case_file.c.responsible_name, service_order.c.form,
            service_order.c.state, service_order.c.waits_from, service_order.c.need_id, service_grant.c.valid_from,
            _FIRST_DAY.label("starts_on"), _assigned(assignment.c.state == "ended").label("again"),
        )
        .select_from(
            service_order.join(case_file, _same(case_file, service_order.c.case_id))
            .join(person, _same(person, service_order.c.person_id))
            .join(service_grant, _same(service_grant, service_order.c.grant_id))
        )
        .where(seen, _NOT_BEGUN)
    )  # fmt: skip


def _reader(uow: UnitOfWork) -> dict[str, Any]:
    context = uow.context
    return {"tenant": context.tenant, "purchasers": purchasers_seen(context), "reader": context.user}


async def everybody_waiting(uow: UnitOfWork) -> Sequence[WaitingRow]:
    """All who wait whom the reader may see, the longest first. A zero list is the aim (D8), so it is read whole."""
    limits, day = await start_limits(uow), today()
    rows = []
    for row in await uow.rows(_waiting_query(for_job=False), **_reader(uow)):
        since = waits_since(row["waits_from"], row["valid_from"])
        rows.append(
            WaitingRow(
                row["order_id"], row["case_id"], row["person_id"], f"{row['given_name']} {row['family_name']}",
                age_on(row["birth_date"], day), row["protection"] != "none", row["case_no"], row["purchaser"],
                row["responsible_name"], row["form"], row["state"], wait_of(since, limits, day), row["starts_on"],
                row["need_id"] is not None, row["again"],
            )
        )  # fmt: skip
    return sorted(rows, key=lambda row: (row.wait.since, row.name, str(row.order_id)))


async def waiting_list(uow: UnitOfWork, wanted: WaitingFilter, *, export: bool = False) -> WaitingList:
    """A page of the list (all of it for an export), and the access log's row for those it shows."""
    everybody = await everybody_waiting(uow)
    chosen = [row for row in everybody if wanted.takes(row)]
    skip = (wanted.page - 1) * PAGE_SIZE
    shown = chosen if export else chosen[skip : skip + PAGE_SIZE]
    await record_read(
        uow,
        "waiting.export" if export else "waiting.list",
        [row.person_id for row in shown],
        why=N_("Venteliste"),
    )
    return WaitingList(
        shown,
        len(chosen),
        len(everybody),
        sum(row.wait.over for row in everybody),
        sum(row.wait.near for row in everybody),
        max((row.wait.days for row in everybody), default=0),
    )


# What a job asks ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Waiter:
    """A granted service that has not begun: its order, its case and whose it is, and the wait."""

    order_id: UUID
    case_id: UUID
    person_id: UUID
    wait: Wait


async def all_waits(uow: UnitOfWork) -> Sequence[Waiter]:
    """Every service of the municipality that waits, whoever may see it: for jobs and agendas, which show nobody."""
    limits, day = await start_limits(uow), today()
    return [
        Waiter(
            row["order_id"],
            row["case_id"],
            row["person_id"],
            wait_of(waits_since(row["waits_from"], row["valid_from"]), limits, day),
        )
        for row in await uow.rows(_waiting_query(for_job=True), tenant=uow.context.tenant)
    ]


async def late_starts(uow: UnitOfWork) -> Sequence[Waiter]:
    """Those of `all_waits` that are past their limit, for the job that opens deviations (A10)."""
    return [one for one in await all_waits(uow) if one.wait.over]


# The last weeks -------------------------------------------------------------------------------------------------------
_wait_began = func.greatest(service_order.c.sent_on, service_grant.c.valid_from)
_ORDERED = compile_query(
    select(_wait_began.label("began"))
    .select_from(
        service_order.join(case_file, _same(case_file, service_order.c.case_id)).join(
            service_grant, _same(service_grant, service_order.c.grant_id)
        )
    )
    .where(visible(), _wait_began >= bindparam("since"), _wait_began <= bindparam("day"))
)
_MOVED = compile_query(
    select(
        assignment.c.order_id, assignment.c.starts_on, assignment.c.ended_on,
        (assignment.c.end_reason == any_(bindparam("losses", type_=ARRAY(Text())))).label("lost"),
    )
    .join_from(assignment, case_file,
               and_(case_file.c.tenant_id == assignment.c.tenant_id, case_file.c.id == assignment.c.case_id))
    .where(visible(), or_(assignment.c.starts_on >= bindparam("since"), assignment.c.ended_on >= bindparam("since")))
)  # fmt: skip
_FIRST = compile_query(
    select(func.min(service_order.c.sent_on))
    .select_from(service_order.join(case_file, _same(case_file, service_order.c.case_id)))
    .where(visible())
)


async def weekly(uow: UnitOfWork, since: date) -> Sequence[Week]:
    """Services that began to wait and services that began, by whole week, from the first week after `since`.

    A service begins to wait when it is decided, and again when its contact is lost; it begins when a contact does.
    """
    reader, day = _reader(uow), today()
    arrivals = [row["began"] for row in await uow.rows(_ORDERED, **reader, since=since, day=day)]
    starts = set()
    for row in await uow.rows(_MOVED, **reader, since=since, losses=sorted(LOSSES)):
        if row["starts_on"] is not None and row["starts_on"] <= day:
            starts.add((row["order_id"], row["starts_on"]))
        if row["lost"] and row["ended_on"] is not None:
            arrivals.append(row["ended_on"])
    began = [starts_on for _, starts_on in starts]
    return last_weeks(arrivals, began, await uow.value(_FIRST, **reader), day)
