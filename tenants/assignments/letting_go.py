"""An order lets go of the needs it has out in the pool, and whoever keeps them is told."""

from __future__ import annotations

from sammen.db.unit_of_work import UnitOfWork
from tenants.assignments.hooks import ClosedOrder, tell_closed
from tenants.assignments.models import ServiceOrder


async def let_go_of_need(uow: UnitOfWork, order: ServiceOrder, how: str) -> None:
    """The order, already closed `how` (see ClosedOrder), no longer waits: its need is closed with it, and that for a
    substitute unless it has got its contact.
    """
    need_id, order.need_id, order.match_consent_on = order.need_id, None, None
    await uow.session.flush()
    if need_id is not None:
        await tell_closed(uow, ClosedOrder(order.id, need_id, how))
    if how != "filled":
        await let_go_of_substitute_need(uow, order)


async def let_go_of_substitute_need(uow: UnitOfWork, order: ServiceOrder) -> None:
    """The order is over or changed: a need for somebody who steps in is closed with it."""
    need_id, order.substitute_need_id = order.substitute_need_id, None
    await uow.session.flush()
    if need_id is not None:
        await tell_closed(uow, ClosedOrder(order.id, need_id, "lapsed"))
