"""The municipality's own rules for contacts, hours and follow-up, as they stood on a day (B2, B5, B6, B8, B10, B11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, select

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from tenants.provision.models import ProvisionRule

rule = ProvisionRule.__table__


@dataclass(frozen=True, slots=True)
class ProvisionRules:
    """See models.ProvisionRule for what each means. The defaults hold where a municipality has set nothing."""

    minimum_age: int = 18
    attest_required: bool = True
    attest_from_age: int = 16
    period_from_day: int = 1
    hand_in_day: int = 20
    hand_in_months: int = 2
    pay_day: int = 12
    carry_over_months: int = 2
    conversation_months: int = 3
    guidance_before_start: bool = True
    course_before_start: bool = False
    training_course_before_start: bool = True
    information_meetings: int = 2
    silent_days: int = 45
    ask_hours: int = 24
    collective_agreement: str = ""
    pension: str = ""


_IN_FORCE = compile_query(
    select(*(rule.c[name] for name in ProvisionRules.__dataclass_fields__))
    .where(rule.c.tenant_id == bindparam("tenant"), rule.c.valid_from <= bindparam("day"))
    .order_by(rule.c.valid_from.desc())
    .limit(1)
)


async def provision_rules(uow: UnitOfWork, on: date) -> ProvisionRules:
    """The rules in force on a day in the municipality of the context."""
    row = await uow.row(_IN_FORCE, tenant=uow.context.tenant, day=on)
    return ProvisionRules(**dict(row)) if row is not None else ProvisionRules()
