"""Figures about who has a contact. Each runs in one municipality's own context; docs/data/ has their words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import and_, bindparam, func, or_, select

from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.figures import Measure, Reading
from tenants.assignments.models import Assignment, ServiceOrder
from tenants.decisions.api import grant_last_day, service_grant

assignment = Assignment.__table__
service_order = ServiceOrder.__table__

# least() looks past what is NULL: without either day there is no last one.
_LAST_DAY = func.least(assignment.c.ended_on, grant_last_day)
_USERS = compile_query(
    select(func.count(assignment.c.person_id.distinct()))
    .select_from(
        assignment.join(
            service_order,
            and_(
                service_order.c.tenant_id == assignment.c.tenant_id,
                service_order.c.id == assignment.c.order_id,
            ),
        ).join(
            service_grant,
            and_(
                service_grant.c.tenant_id == service_order.c.tenant_id,
                service_grant.c.id == service_order.c.grant_id,
            ),
        )
    )
    .where(
        assignment.c.tenant_id == bindparam("tenant"),
        assignment.c.starts_on <= bindparam("end"),
        or_(
            _LAST_DAY.is_(None),
            and_(bindparam("start") <= _LAST_DAY, assignment.c.starts_on <= _LAST_DAY),
        ),
    )
)


async def users(uow: UnitOfWork, start: date, end: date) -> list[Reading]:
    """People with an assignment under way on some day from `start` to `end`, both included, and not after today.

    An assignment is under way from its first day to its last, and never after the grant's last day. Hours can only be
    registered on such days, so everybody with an approved hour in the period is counted too.
    """
    counted = await uow.value(_USERS, tenant=uow.context.tenant, start=start, end=min(end, today()))
    return [Reading((), Decimal(counted))]


MEASURES = [Measure("users", "count", "count", (), users)]
