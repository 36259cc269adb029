"""A contact's own receipts: what each run paid them, and for what. Asked for by the signed-in contact and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, func, or_, select

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, NotFound
from sammen.i18n_mark import N_
from tenants.assignments.api import assignment
from tenants.contacts.api import own_contact
from tenants.payroll.gather import item
from tenants.payroll.queries import ItemCard, run
from tenants.people.api import person


@dataclass(frozen=True, slots=True)
class OwnRun:
    """A closed run, and what it paid the reader."""

    id: UUID
    first: date
    last: date
    pay_on: date
    hours: Decimal
    amount_ore: int
    corrected: bool

    @property
    def amount(self) -> Decimal:
        return Decimal(self.amount_ore) / 100


@dataclass(frozen=True, slots=True)
class OwnItem:
    """An item with whom it was for: a first name, as on the contact's other pages."""

    item: ItemCard
    given_name: str


_of_contact = and_(item.c.tenant_id == bindparam("tenant"), item.c.contact_id == bindparam("contact"))
_closed = item.join(
    run, and_(run.c.tenant_id == item.c.tenant_id, run.c.id == item.c.run_id, run.c.state == "closed")
)
_RUN_COLUMNS = (
    run.c.id, run.c.first, run.c.last, run.c.pay_on,
    func.coalesce(func.sum(item.c.quantity).filter(item.c.component == "hours", item.c.kind != "back_pay"), 0).label("hours"),
    func.sum(item.c.amount_ore).label("amount_ore"), func.bool_or(item.c.kind != "pay").label("corrected"),
)  # fmt: skip
_MINE = (
    select(*_RUN_COLUMNS)
    .select_from(_closed)
    .where(_of_contact)
    .group_by(run.c.id, run.c.first, run.c.last, run.c.pay_on)
    .order_by(run.c.pay_on.desc(), run.c.id.desc())
    .limit(120)
)
_RUNS = compile_query(_MINE)
_ONE = compile_query(_MINE.where(run.c.id == bindparam("run")))
_ITEMS = compile_query(
    select(
        *(item.c[name] for name in ItemCard.__dataclass_fields__),
        # The two have been shown each other's names, or there would be no hours; what is not so stays unsaid.
        func.coalesce(person.c.given_name, "").label("given_name"),
    )
    .select_from(
        item.join(assignment, and_(assignment.c.tenant_id == item.c.tenant_id, assignment.c.id == item.c.assignment_id))
        .outerjoin(
            person,
            and_(
                person.c.tenant_id == assignment.c.tenant_id, person.c.id == assignment.c.person_id,
                or_(assignment.c.revealed_at.is_not(None), assignment.c.source == "home"),
            ),
        )
    )
    .where(_of_contact, item.c.run_id == bindparam("run"))
    .order_by(item.c.worked_on, item.c.assignment_id, item.c.kind.desc(), item.c.id)
)  # fmt: skip


async def own_runs(uow: UnitOfWork) -> list[OwnRun]:
    """The runs that paid the signed-in contact, newest first. Empty for somebody who is no contact here."""
    contact_id = await own_contact(uow)
    if contact_id is None:
        return []
    rows = await uow.rows(_RUNS, tenant=uow.context.tenant, contact=contact_id)
    return [_run(row) for row in rows]


async def own_run(uow: UnitOfWork, run_id: UUID) -> tuple[OwnRun, Sequence[OwnItem]]:
    """One run as it paid the signed-in contact, and for what. NotFound for a run that did not; Conflict while it is open."""
    contact_id = await own_contact(uow)
    if contact_id is None:
        raise NotFound
    row = await uow.row(_ONE, tenant=uow.context.tenant, contact=contact_id, run=run_id)
    if row is None:
        if await uow.row(_ITEMS, tenant=uow.context.tenant, contact=contact_id, run=run_id) is None:
            raise NotFound
        raise Conflict(N_("Lønna er ikke ferdig kjørt ennå. Kvitteringen kommer når den er det."))
    items = await uow.rows(_ITEMS, tenant=uow.context.tenant, contact=contact_id, run=run_id)
    return _run(row), [
        OwnItem(ItemCard(*(one[name] for name in ItemCard.__dataclass_fields__)), one["given_name"]) for one in items
    ]  # fmt: skip


def _run(row: Any) -> OwnRun:
    values = dict(row)
    return OwnRun(**{**values, "amount_ore": int(values["amount_ore"]), "hours": Decimal(values["hours"])})
