"""Whether anybody is paid for some days: a table of rates that somebody is paid by is not taken out again (B7)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import bindparam, select

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from tenants.payroll.models import PayItem, PayrollRun

item, run = PayItem.__table__, PayrollRun.__table__

_ANY = compile_query(
    select(item.c.id)
    .join_from(item, run, (run.c.tenant_id == item.c.tenant_id) & (run.c.id == item.c.run_id))
    .where(
        item.c.tenant_id == bindparam("tenant"),
        item.c.worked_on.between(bindparam("first"), bindparam("last")),
        run.c.state == "closed",
    )
    .limit(1)
)


async def any_paid(uow: UnitOfWork, first: date, last: date) -> bool:
    """Whether a closed run has an item of a day from `first` to `last`, both included."""
    return await uow.row(_ANY, tenant=uow.context.tenant, first=first, last=last) is not None
