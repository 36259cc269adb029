"""Figures about who has a contact. Each runs in one municipality's own context; docs/data/ has their words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import bindparam, func, or_, select

from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.web.contributions import Measure
from tenants.assignments.models import Assignment

assignment = Assignment.__table__

_USERS = compile_query(
    select(func.count(assignment.c.person_id.distinct())).where(
        assignment.c.tenant_id == bindparam("tenant"),
        assignment.c.starts_on <= bindparam("end"),
        or_(assignment.c.ended_on.is_(None), assignment.c.ended_on >= bindparam("start")),
    )
)


async def users(uow: UnitOfWork, start: date, end: date) -> dict[str, Decimal]:
    """People with an assignment under way on some day from `start` to `end`, both included, and not after today.

    An assignment is under way from its first day to its last. Hours can only be registered on days within one, so
    everybody with an approved hour in the period is counted too.
    """
    counted = await uow.value(_USERS, tenant=uow.context.tenant, start=start, end=min(end, today()))
    return {"": Decimal(counted)}


MEASURES = [Measure("users", "count", users)]
