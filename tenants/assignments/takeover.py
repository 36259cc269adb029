"""Taking over an assignment that runs already, from a municipality's own list.

The two have met long ago, so nothing is asked that belongs before a first meeting: that politiattest and confidentiality
are not noted in Sammen stands on the list of contacts who lack them (B2). As in decisions/takeover.py, no purchaser's
rule is asked for.
"""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from sammen.audit.trail import record_change
from sammen.clock import now, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.ids import uuid7
from tenants.assignments.ending import close_assignment
from tenants.assignments.hooks import tell_made
from tenants.assignments.letting_go import let_go_of_need
from tenants.assignments.models import Assignment, ServiceOrder
from tenants.assignments.service import OPEN
from tenants.contacts.api import contact_card
from tenants.decisions.api import service_grant, service_started

REPLACED = "contact_left"
"""Why an assignment ended whose contact the list has changed: a code of END_REASONS."""


async def take_over_assignment(
    uow: UnitOfWork, decision_id: UUID, contact_id: UUID, starts_on: date
) -> UUID | None:
    """Give the contact the decision's service that waits for somebody (a group last); the assignment's id.

    None when nothing of the decision waits: it has run out, or somebody has been found for it in Sammen.
    """
    contact = await contact_card(uow, contact_id)
    order = await _waiting(uow, decision_id)
    if order is None or contact.person_id == order.person_id:
        return None
    granted = (
        await uow.session.execute(
            select(service_grant.c.amount, service_grant.c.unit).where(
                service_grant.c.tenant_id == order.tenant_id, service_grant.c.id == order.grant_id
            )
        )
    ).one()
    assignment = Assignment(
        tenant_id=order.tenant_id, id=uuid7(), order_id=order.id, case_id=order.case_id, person_id=order.person_id,
        contact_id=contact_id, form=order.form, state="running" if starts_on <= today() else "planned", source="home",
        amount=granted.amount, unit=granted.unit, starts_on=starts_on, revealed_at=now(),
    )  # fmt: skip
    uow.session.add(assignment)
    order.state, order.answered_on = "filled", order.answered_on or today()
    order.version += 1
    await let_go_of_need(uow, order, "filled")
    await uow.session.flush()
    if assignment.state == "running":
        await service_started(uow, order.case_id)
    await record_change(
        uow, "assignment.taken_over", "assignment", assignment.id, persons=[order.person_id, contact.person_id],
        starts_on=starts_on,
    )  # fmt: skip
    await tell_made(uow, contact_id)
    return assignment.id


async def _waiting(uow: UnitOfWork, decision_id: UUID) -> ServiceOrder | None:
    orders = await uow.session.scalars(
        select(ServiceOrder)
        .join(
            service_grant,
            (service_grant.c.tenant_id == ServiceOrder.tenant_id)
            & (service_grant.c.id == ServiceOrder.grant_id),
        )
        .where(
            ServiceOrder.tenant_id == uow.context.tenant,
            service_grant.c.decision_id == decision_id,
            ServiceOrder.state.in_(OPEN),
        )
        .order_by(ServiceOrder.form == "group", ServiceOrder.id)
        .limit(1)
        .with_for_update()
    )
    return orders.first()


async def correct_start(uow: UnitOfWork, assignment_id: UUID, starts_on: date) -> bool:
    """The list has another first day than last time; True when it was written. One that has ended stays as it is."""
    assignment = await uow.session.get(Assignment, (uow.context.tenant, assignment_id), with_for_update=True)
    if assignment is None or assignment.state == "ended" or assignment.starts_on == starts_on:
        return False
    assignment.starts_on = starts_on
    begun = starts_on <= today()
    assignment.state = "running" if begun else "planned"
    assignment.version += 1
    await uow.session.flush()
    if begun:
        await service_started(uow, assignment.case_id)
    await record_change(
        uow,
        "assignment.corrected",
        "assignment",
        assignment.id,
        persons=[assignment.person_id],
        starts_on=starts_on,
    )
    return True


async def make_room(uow: UnitOfWork, assignment_id: UUID, successor_from: date) -> None:
    """The list names another contact from a day on: the earlier assignment ends the day before, and its order waits."""
    assignment = await uow.session.get(Assignment, (uow.context.tenant, assignment_id), with_for_update=True)
    if assignment is None or assignment.state == "ended":
        return
    last_day = min(today(), successor_from - timedelta(days=1))
    if assignment.starts_on is not None:
        last_day = max(last_day, assignment.starts_on)
    order = await uow.session.get(
        ServiceOrder, (assignment.tenant_id, assignment.order_id), with_for_update=True
    )
    assert order is not None
    order.state, order.waits_from = "accepted", last_day
    order.version += 1
    await close_assignment(uow, assignment, last_day, REPLACED)
