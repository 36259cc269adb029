"""A service that goes on under a new decision keeps its order and its contact: only what is asked for changes.

An order points to the grant that counts today. It is moved along the line of grants (ServiceGrant.line_id): at once while
nobody has begun, else on the new grant's first day, so that the hours of every month are counted by the decision that
gave them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import bindparam, func, select

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from tenants.assignments.hooks import tell_made
from tenants.assignments.letting_go import let_go_of_need
from tenants.assignments.models import Assignment, ServiceOrder
from tenants.decisions.api import (
    GIVES,
    IssuedGrant,
    decision,
    grant_last_day,
    service_grant,
    service_started,
)

service_order = ServiceOrder.__table__
current = service_grant.alias("current")
NOT_BEGUN = ("sent", "accepted", "returned")
# An order's grant, and a later one of the same line that has begun: the newest decided wins.
_DUE = compile_query(
    select(service_order.c.id, service_grant.c.id.label("grant_id"))
    .join_from(
        service_order,
        current,
        (current.c.tenant_id == service_order.c.tenant_id) & (current.c.id == service_order.c.grant_id),
    )
    .join(
        service_grant,
        (service_grant.c.tenant_id == current.c.tenant_id)
        & (service_grant.c.line_id == func.coalesce(current.c.line_id, current.c.id))
        & (service_grant.c.id != current.c.id)
        & (service_grant.c.valid_from > current.c.valid_from),
    )
    .join(
        decision,
        (decision.c.tenant_id == service_grant.c.tenant_id) & (decision.c.id == service_grant.c.decision_id),
    )
    .where(
        service_order.c.tenant_id == bindparam("tenant"),
        service_order.c.state != "ended",
        decision.c.state == "issued",
        decision.c.kind.in_(sorted(GIVES)),
        service_grant.c.valid_from <= bindparam("day"),
    )
    .order_by(service_order.c.id, service_grant.c.valid_from, service_grant.c.id)
)
_OVER = compile_query(
    select(service_grant.c.id, grant_last_day.label("last_day"))
    .join_from(
        service_order,
        service_grant,
        (service_grant.c.tenant_id == service_order.c.tenant_id)
        & (service_grant.c.id == service_order.c.grant_id),
    )
    .where(
        service_order.c.tenant_id == bindparam("tenant"),
        service_order.c.state != "ended",
        grant_last_day < bindparam("day"),
    )
    .order_by(grant_last_day, service_grant.c.id)
)


async def grants_over(uow: UnitOfWork) -> Sequence[tuple[UUID, date]]:
    """Services whose last day has passed while their order goes on, the longest over first."""
    rows = await uow.rows(_OVER, tenant=uow.context.tenant, day=today())
    return [(row["id"], row["last_day"]) for row in rows]


async def go_on(uow: UnitOfWork, granted: IssuedGrant) -> bool:
    """Let the line's order go on under the new grant; False when no order of the line is alive, so that one is sent.

    What was sent back to the purchaser is sent to the provider again: the decision has been mended.
    """
    order = await uow.session.scalar(
        select(ServiceOrder)
        .where(
            ServiceOrder.tenant_id == uow.context.tenant,
            ServiceOrder.case_id == granted.case_id,
            ServiceOrder.grant_id.in_(
                select(service_grant.c.id).where(
                    service_grant.c.tenant_id == uow.context.tenant,
                    (service_grant.c.id == granted.line_id) | (service_grant.c.line_id == granted.line_id),
                )
            ),
            ServiceOrder.state != "ended",
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if order is None:
        return False
    if order.state == "returned":
        order.state, order.sent_on, order.answered_on = "sent", today(), None
    begins = granted.begins or today()
    if order.state in NOT_BEGUN or begins <= today():
        await _move(uow, order, granted.grant_id)
    if order.state == "filled":
        order.changes_on = begins
        order.version += 1
        await uow.session.flush()
        await service_started(uow, granted.case_id)
    return True


async def move_along(uow: UnitOfWork) -> int:
    """Orders whose next grant begins by today are moved to it, in the night; how many steps. Again changes nothing."""
    rows = await uow.rows(_DUE, tenant=uow.context.tenant, day=today())
    for row in rows:
        order = await uow.session.get(
            ServiceOrder, (uow.context.tenant, row["id"]), with_for_update=True, populate_existing=True
        )
        if order is not None and order.state != "ended":
            await _move(uow, order, row["grant_id"])
    return len(rows)


async def _move(uow: UnitOfWork, order: ServiceOrder, grant_id: UUID) -> None:
    """Point the order to the grant. Its contacts have the new hours; a need that told of the old ones is taken back."""
    tenant = uow.context.tenant
    order.grant_id = grant_id
    order.version += 1
    await uow.session.flush()
    given = (
        await uow.session.execute(
            select(service_grant.c.amount, service_grant.c.unit).where(
                service_grant.c.tenant_id == tenant, service_grant.c.id == grant_id
            )
        )
    ).one()
    running = await uow.session.scalars(
        select(Assignment)
        .where(Assignment.tenant_id == tenant, Assignment.order_id == order.id, Assignment.state != "ended")
        .order_by(Assignment.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    for assignment in running.all():
        assignment.amount, assignment.unit = given.amount, given.unit
        assignment.version += 1
        await uow.session.flush()
        await tell_made(uow, assignment.contact_id)
    await let_go_of_need(uow, order, "lapsed")
    await record_change(uow, "order.changed", "order", order.id, persons=[order.person_id])


async def note_told(uow: UnitOfWork, order: ServiceOrder) -> None:
    """The provider has told the contact of the change. `order` is held by the caller (service.held_order)."""
    order.changes_on = None
    order.version += 1
    await uow.session.flush()
    await record_change(uow, "order.change_told", "order", order.id, persons=[order.person_id])
