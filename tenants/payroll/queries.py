"""Reads of payroll for its own pages: runs, what a run pays whom, what is missing.

Payroll sees every contact it pays and an assignment's code, never whose assignment it is (see gather.py). Who may only
read payroll gets the runs and their sums: those stand on the run itself, and tell of nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import and_, any_, bindparam, func, or_, select
from sqlalchemy.sql import ColumnElement

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from sammen.web.paging import PAGE_SIZE
from tenants.contacts.api import support_contact
from tenants.payroll.gather import IDS, item
from tenants.payroll.models import PayNotice, PayrollRun
from tenants.payroll.rules import Difference
from tenants.people.api import person

run = PayrollRun.__table__
notice = PayNotice.__table__
MOST_NOTICES = 500
SAME = Difference(0, 0)


@dataclass(frozen=True, slots=True)
class RunCard:
    """A run. Sums in øre. See models.PayrollRun."""

    id: UUID
    first: date
    last: date
    pay_on: date
    pay_year: int
    number: int | None
    state: str
    back_pay_from: date | None
    task_id: UUID | None
    computed_at: datetime | None
    closed_at: datetime | None
    closed_by_name: str
    total_ore: int
    contact_count: int
    line_count: int
    summary: Mapping[str, Any]
    version: int

    @property
    def total(self) -> Decimal:
        """In kroner."""
        return Decimal(self.total_ore) / 100

    @property
    def is_open(self) -> bool:
        return self.state in ("computing", "ready")


@dataclass(frozen=True, slots=True)
class PaidContact:
    """What a run pays one contact, beside the period before. `in_run` is False for somebody who got pay only then."""

    contact_id: UUID
    person_id: UUID
    name: str
    employee_no: str
    lines: int
    hours: Decimal
    amount_ore: int
    in_run: bool
    difference: Difference

    @property
    def amount(self) -> Decimal:
        return Decimal(self.amount_ore) / 100


@dataclass(frozen=True, slots=True)
class ItemCard:
    """One item of a run as a page shows it."""

    id: UUID
    assignment_id: UUID
    line_id: UUID | None
    kind: str
    month: date
    component: str
    worked_on: date
    quantity: Decimal
    rate_ore: int
    amount_ore: int
    rule: str
    form: str
    pay_code: str
    account: str

    @property
    def rate(self) -> Decimal:
        return Decimal(self.rate_ore) / 100

    @property
    def amount(self) -> Decimal:
        return Decimal(self.amount_ore) / 100


@dataclass(frozen=True, slots=True)
class NoticeCard:
    """Something to know about a contact's hours in a run, with the contact's name."""

    kind: str
    contact_id: UUID
    person_id: UUID
    name: str
    assignment_id: UUID | None
    lines: int
    worked_on: date
    hours: Decimal


_NAME = (person.c.given_name + " " + person.c.family_name).label("name")


def with_person(table: Any) -> Any:
    """A table with `contact_id`, joined with the contact and the contact's own person."""
    return table.join(
        support_contact,
        and_(support_contact.c.tenant_id == table.c.tenant_id, support_contact.c.id == table.c.contact_id),
    ).join(
        person, and_(person.c.tenant_id == support_contact.c.tenant_id, person.c.id == support_contact.c.person_id)
    )  # fmt: skip


_RUN_COLUMNS = [run.c[name] for name in RunCard.__dataclass_fields__]
_RUNS = compile_query(
    select(*_RUN_COLUMNS)
    .where(run.c.tenant_id == bindparam("tenant"), run.c.state != "discarded")
    .order_by(run.c.created_at.desc())
    .limit(bindparam("most"))
    .offset(bindparam("skip"))
)
_RUN_COUNT = compile_query(
    select(func.count()).where(run.c.tenant_id == bindparam("tenant"), run.c.state != "discarded")
)
_RUN = compile_query(
    select(*_RUN_COLUMNS).where(run.c.tenant_id == bindparam("tenant"), run.c.id == bindparam("run"))
)
_BESIDE = compile_query(
    select(run.c.id, run.c.last)
    .where(run.c.tenant_id == bindparam("tenant"), run.c.state == "closed", run.c.last <= bindparam("last"))
    .order_by(run.c.last.desc())
    .limit(60)
)


def _sum(condition: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.coalesce(func.sum(item.c.amount_ore).filter(condition), 0)


_of_run = item.c.run_id == bindparam("run")
_hours = and_(_of_run, item.c.component == "hours")
_CONTACTS = compile_query(
    select(
        item.c.contact_id, support_contact.c.person_id, _NAME,
        func.max(item.c.employee_no).label("employee_no"),
        func.count(item.c.line_id.distinct()).filter(_of_run).label("lines"),
        func.coalesce(func.sum(item.c.quantity).filter(_hours), 0).label("hours"),
        _sum(_of_run).label("amount_ore"), func.bool_or(_of_run).label("in_run"),
        _sum(item.c.run_id == any_(bindparam("same", type_=IDS))).label("now_ore"),
        _sum(item.c.run_id == any_(bindparam("before", type_=IDS))).label("before_ore"),
    )
    .select_from(with_person(item))
    .where(
        item.c.tenant_id == bindparam("tenant"),
        or_(item.c.run_id == any_(bindparam("same", type_=IDS)), item.c.run_id == any_(bindparam("before", type_=IDS))),
    )
    .group_by(item.c.contact_id, support_contact.c.person_id, person.c.given_name, person.c.family_name)
    .order_by(person.c.family_name, person.c.given_name, item.c.contact_id)
)  # fmt: skip
_ITEMS = compile_query(
    select(*(item.c[name] for name in ItemCard.__dataclass_fields__))
    .where(item.c.tenant_id == bindparam("tenant"), _of_run, item.c.contact_id == bindparam("contact"))
    .order_by(item.c.worked_on, item.c.assignment_id, item.c.kind.desc(), item.c.id)
)
_WHO = compile_query(
    select(support_contact.c.person_id, _NAME)
    .select_from(with_person(item))
    .where(item.c.tenant_id == bindparam("tenant"), _of_run, item.c.contact_id == bindparam("contact"))
    .limit(1)
)
_NOTICES = compile_query(
    select(
        notice.c.kind, notice.c.contact_id, support_contact.c.person_id, _NAME, notice.c.assignment_id, notice.c.lines,
        notice.c.worked_on, notice.c.hours,
    )
    .select_from(with_person(notice))
    .where(notice.c.tenant_id == bindparam("tenant"), notice.c.run_id == bindparam("run"))
    .order_by(person.c.family_name, person.c.given_name, notice.c.worked_on, notice.c.id)
    .limit(MOST_NOTICES)
)  # fmt: skip
_MISSING = compile_query(
    select(item.c.component, item.c.form, func.count().label("items"))
    .where(item.c.tenant_id == bindparam("tenant"), _of_run, item.c.pay_code == "", item.c.amount_ore != 0)
    .group_by(item.c.component, item.c.form)
    .order_by(item.c.component, item.c.form)
)
_PAID_ON = compile_query(
    select(item.c.line_id, func.max(run.c.pay_on).label("pay_on"))
    .select_from(item.join(run, and_(run.c.tenant_id == item.c.tenant_id, run.c.id == item.c.run_id)))
    .where(
        item.c.tenant_id == bindparam("tenant"),
        item.c.line_id == any_(bindparam("lines", type_=IDS)),
        item.c.kind == "pay",
        run.c.state == "closed",
    )
    .group_by(item.c.line_id)
)


async def list_runs(uow: UnitOfWork, page: int) -> tuple[list[RunCard], int]:
    """A page of the runs, newest first, and how many there are. Those thrown away are not among them."""
    tenant = uow.context.tenant
    rows = await uow.rows(_RUNS, tenant=tenant, most=PAGE_SIZE, skip=(page - 1) * PAGE_SIZE)
    total: int = await uow.value(_RUN_COUNT, tenant=tenant)
    return [_run(row) for row in rows], total


def _run(row: Any) -> RunCard:
    return RunCard(**dict(row))


async def run_card(uow: UnitOfWork, run_id: UUID) -> RunCard:
    """One run. Raises NotFound, also for one that is thrown away."""
    row = await uow.row(_RUN, tenant=uow.context.tenant, run=run_id)
    if row is None or row["state"] == "discarded":
        raise NotFound
    return _run(row)


async def paid_contacts(uow: UnitOfWork, card: RunCard) -> list[PaidContact]:
    """Everybody the run pays, and who got pay for the period before and gets none now; by name.

    What is compared is the whole of both periods: a second run of a period is counted with the first. Nobody differs from
    a period that was never run.
    """
    tenant = uow.context.tenant
    beside = await uow.rows(_BESIDE, tenant=tenant, last=card.last)
    same = {row["id"] for row in beside if row["last"] == card.last} | {card.id}
    earlier = [row["last"] for row in beside if row["last"] < card.last]
    before = {row["id"] for row in beside if earlier and row["last"] == max(earlier)}
    rows = await uow.rows(_CONTACTS, tenant=tenant, run=card.id, same=sorted(same), before=sorted(before))
    return [
        PaidContact(
            row["contact_id"], row["person_id"], row["name"], row["employee_no"], row["lines"], Decimal(row["hours"]),
            int(row["amount_ore"]), row["in_run"], Difference(int(row["now_ore"]), int(row["before_ore"])) if before else SAME,
        )
        for row in rows
    ]  # fmt: skip


async def contact_items(uow: UnitOfWork, run_id: UUID, contact_id: UUID) -> list[ItemCard]:
    """What a run pays one contact, day by day."""
    rows = await uow.rows(_ITEMS, tenant=uow.context.tenant, run=run_id, contact=contact_id)
    return [ItemCard(**dict(row)) for row in rows]


async def paid_person(uow: UnitOfWork, run_id: UUID, contact_id: UUID) -> tuple[UUID, str]:
    """(person, name) of a contact that the run pays. Raises NotFound for anybody else."""
    row = await uow.row(_WHO, tenant=uow.context.tenant, run=run_id, contact=contact_id)
    if row is None:
        raise NotFound
    return row["person_id"], row["name"]


async def notices(uow: UnitOfWork, run_id: UUID) -> list[NoticeCard]:
    """What payroll must know of a run, by name; at most 500."""
    rows = await uow.rows(_NOTICES, tenant=uow.context.tenant, run=run_id)
    return [NoticeCard(**dict(row)) for row in rows]


async def missing_codes(uow: UnitOfWork, run_id: UUID) -> Sequence[tuple[str, str]]:
    """(component, form) that the run pays and no pay code is set for."""
    rows = await uow.rows(_MISSING, tenant=uow.context.tenant, run=run_id)
    return [(row["component"], row["form"]) for row in rows]
