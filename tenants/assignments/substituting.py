"""Substitutes and bridges: somebody else on the same order for some days, its hours charged to the same decision (B10).

Neither answers the order. A substitute stands in while the regular contact's assignment goes on; a bridge is there while
the service user waits, and the order goes on waiting since the same day.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select

from sammen.audit.trail import record_change
from sammen.clock import now, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from sammen.jobs.queue import enqueue
from tenants.assignments.models import Assignment, ServiceOrder
from tenants.assignments.service import OPEN, check_contact, check_start, granted_of
from tenants.assignments.stand_ins import ROLES
from tenants.contacts.api import held_contact

BACKWARDS = N_("Den siste dagen er før den første.")


async def substitute_order(
    uow: UnitOfWork, order_id: UUID, contact_id: UUID, *, role: str, starts_on: date, ends_on: date | None
) -> UUID:
    """Let a contact step in on the order: the assignment's id. `role` is substitute, or bridge while the order waits.

    Both days are included; a bridge may have no last day, and ends when a contact is found. The caller has checked that
    whoever asks may: a coordinator who sees the case, or a contact who was asked. Raises as `fill_order`, and Invalid
    for days the wrong way round; Conflict when the order is not such as the role is for, or the contact is there
    already on one of the days.
    """
    order = await uow.session.get(
        ServiceOrder, (uow.context.tenant, order_id), with_for_update=True, populate_existing=True
    )
    if order is None:
        raise NotFound
    _check_order(order, role, starts_on, ends_on)
    contact = await held_contact(uow, contact_id)
    check_contact(contact, order.person_id)
    granted = await granted_of(uow, order.grant_id)
    check_start(starts_on, granted)
    if ends_on is not None:
        check_start(ends_on, granted)
    if await _there_already(uow, order.id, contact_id, starts_on, ends_on):
        raise Conflict(N_("Støttekontakten har allerede dette oppdraget på en av dagene."))
    assignment = Assignment(
        tenant_id=order.tenant_id, id=uuid7(), order_id=order.id, case_id=order.case_id, person_id=order.person_id,
        contact_id=contact_id, form=order.form, state="running" if starts_on <= today() else "planned", source="home",
        amount=granted.amount, unit=granted.unit, starts_on=starts_on, ended_on=ends_on, role=role, revealed_at=now(),
    )  # fmt: skip
    uow.session.add(assignment)
    if order.state == "sent":
        order.state, order.answered_on = "accepted", today()
        order.version += 1
    await uow.session.flush()
    await record_change(
        uow, "assignment.substituted", "assignment", assignment.id, persons=[order.person_id, contact.person_id],
        role=role, starts_on=starts_on, ends_on=ends_on,
    )  # fmt: skip
    if role == "bridge":
        # A listener may need what a contact's own page may not do, so it is told by a job.
        await enqueue(uow, "assignments.made", {"contact": contact_id})
    return assignment.id


def _check_order(order: ServiceOrder, role: str, starts_on: date, ends_on: date | None) -> None:
    if role not in ROLES:
        raise ValueError(f"no such role: {role}")
    if order.form == "group":
        raise Conflict(N_("En gruppe får ikke vikar her. Bytt gruppeleder på gruppas side."))
    if role == "substitute" and order.state != "filled":
        raise Conflict(N_("Bestillingen har ingen fast støttekontakt å være vikar for."))
    if role == "bridge" and order.state not in OPEN:
        raise Conflict(N_("Bestillingen venter ikke på en støttekontakt."))
    if ends_on is not None and ends_on < starts_on:
        raise Invalid.one("til", BACKWARDS)


async def _there_already(
    uow: UnitOfWork, order_id: UUID, contact_id: UUID, first: date, last: date | None
) -> bool:
    """Whether the contact has an assignment on the order on one of the days."""
    condition = (
        (Assignment.tenant_id == uow.context.tenant)
        & (Assignment.order_id == order_id)
        & (Assignment.contact_id == contact_id)
        & (Assignment.state != "ended")
        & (Assignment.ended_on.is_(None) | (Assignment.ended_on >= first))
    )
    if last is not None:
        condition &= Assignment.starts_on <= last
    return await uow.session.scalar(select(Assignment.id).where(condition).limit(1)) is not None
