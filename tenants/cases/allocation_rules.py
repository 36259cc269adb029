"""The municipality's own limits in allocation, as they stood on a day (A5, A6, A7, A9, A10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, select

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from tenants.cases.models import AllocationRule

rule = AllocationRule.__table__


@dataclass(frozen=True, slots=True)
class AllocationRules:
    """See models.AllocationRule for what each means. The defaults hold where a municipality has set nothing."""

    start_limit_days: int = 30
    four_eyes: bool = True
    evaluation_months: int = 12
    interim_days_before: int = 10
    expiry_days: int = 90
    notice_days: int = 14
    reconsider_days: int = 28


_IN_FORCE = compile_query(
    select(*(rule.c[name] for name in AllocationRules.__dataclass_fields__))
    .where(rule.c.tenant_id == bindparam("tenant"), rule.c.valid_from <= bindparam("day"))
    .order_by(rule.c.valid_from.desc())
    .limit(1)
)


async def allocation_rules(uow: UnitOfWork, on: date) -> AllocationRules:
    """The rules in force on a day in the municipality of the context."""
    row = await uow.row(_IN_FORCE, tenant=uow.context.tenant, day=on)
    return AllocationRules(**dict(row)) if row is not None else AllocationRules()
