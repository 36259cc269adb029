"""What ends: assignments that somebody ends, and what time ends when a grant has run out.

The night's job acts for the whole municipality, whose cases of all purchasers it may change.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from tenants.assignments.continuing import grants_over, move_along
from tenants.assignments.hooks import EndedAssignment, tell_end
from tenants.assignments.letting_go import let_go_of_need, let_go_of_substitute_need
from tenants.assignments.models import Assignment, ServiceOrder
from tenants.assignments.pausing import settle_pauses
from tenants.assignments.service import FUTURE, OPEN, held_order
from tenants.assignments.stand_ins import STOOD_IN, end_stand_ins, end_those_done
from tenants.contacts.api import contact_card
from tenants.decisions.api import on_lapse, service_started, service_stopped, settle_lapsed

END_REASONS = {
    "contact_left": N_("Støttekontakten slutter"),
    "contact_illness": N_("Støttekontakten er syk"),
    "contact_birth": N_("Støttekontakten skal ha barn eller er i permisjon"),
    "contact_study": N_("Støttekontakten skal studere"),
    "contact_moved": N_("Støttekontakten flytter"),
    "municipality": N_("Kommunen avslutter avtalen"),
    "user_wish": N_("Brukeren ønsker en annen"),
    "no_fit": N_("De passet ikke sammen"),
    "service_ended": N_("Tjenesten er avsluttet"),
    "moved": N_("Brukeren har flyttet"),
}
"""What a person may choose."""
LAPSED = "grant_ended"
REASON_NAMES = {**END_REASONS, LAPSED: N_("Vedtaket er gått ut"), STOOD_IN: N_("Vikartida er over")}
"""Every reason an assignment may have ended for."""
LEFT_BY_CHOICE = frozenset({"contact_left"})
"""A commitment the contact broke by choice: never illness, birth, study, a move or the municipality's own ending (B12)."""
STILL_GRANTED = frozenset({
    "contact_left", "contact_illness", "contact_birth", "contact_study", "contact_moved", "municipality", "user_wish",
    "no_fit",
})  # fmt: skip
"""Reasons after which the service user is still granted the service, so that the order waits for a new contact."""
UNFILLED = (*OPEN, "returned")


async def end_assignment(
    uow: UnitOfWork, assignment_id: UUID, *, ended_on: date, reason: str, last_words: str = ""
) -> None:
    """Note when and why an assignment ended (a code of END_REASONS), and what was said at the end.

    When the service is still granted the order waits for a new contact from that day; else it has ended too. One whose
    first day has not come never begins: the service user has waited all along, and a need that was out still is.
    Raises Invalid for an unknown reason, or a day in the future or before the start.
    """
    if reason not in END_REASONS:
        raise Invalid.one("grunn", N_("Velg hvorfor oppdraget avsluttes."))
    tenant = uow.context.tenant
    order_id = await uow.session.scalar(
        select(Assignment.order_id).where(Assignment.tenant_id == tenant, Assignment.id == assignment_id)
    )
    if order_id is None:
        raise NotFound
    order = await held_order(uow, order_id)
    assignment = await uow.session.get(Assignment, (tenant, assignment_id), with_for_update=True)
    if assignment is None:
        raise NotFound
    if assignment.state == "ended":
        raise Conflict(N_("Oppdraget er allerede avsluttet."))
    _check_last_day(assignment, ended_on)
    if assignment.role != "regular":
        # Somebody stood in: the order is as it was.
        await close_assignment(uow, assignment, ended_on, reason)
        return
    order.state = "accepted" if reason in STILL_GRANTED else "ended"
    if order.state == "ended":
        await end_stand_ins(uow, order.id, ended_on)
        await let_go_of_substitute_need(uow, order)
    if reason in STILL_GRANTED:
        order.match_consent_on = None
        if assignment.starts_on is not None:
            order.waits_from, order.need_id = ended_on, None
            order.pool_consent_on, order.pool_consent_by = None, ""
    assignment.last_words = last_words
    await close_assignment(uow, assignment, ended_on, reason)
    if reason in STILL_GRANTED and not await _others_run(uow, order):
        await service_stopped(uow, order.case_id, ended_on)


def _check_last_day(assignment: Assignment, ended_on: date) -> None:
    """Raises Invalid for a last day that cannot be. What has not come to its first day loses it: it never begins."""
    if ended_on > today():
        raise Invalid.one("sluttdato", FUTURE)
    if assignment.starts_on is not None and assignment.starts_on > today():
        assignment.starts_on = None
    if assignment.starts_on is not None and ended_on < assignment.starts_on:
        raise Invalid.one("sluttdato", N_("Sluttdatoen er før oppdraget begynte."))


async def close_assignment(uow: UnitOfWork, assignment: Assignment, ended_on: date, reason: str) -> None:
    """The assignment is over from the day after `ended_on`; its contact and whoever listens are told. The caller has seen to
    the order.
    """
    assignment.state, assignment.ended_on, assignment.end_reason = "ended", ended_on, reason
    assignment.version += 1
    contact = await contact_card(uow, assignment.contact_id)
    await uow.session.flush()
    ended = EndedAssignment(
        assignment.id, assignment.contact_id, assignment.proposal_id, assignment.starts_on is not None, reason
    )
    await tell_end(uow, ended)
    await record_change(
        uow, "assignment.ended", "assignment", assignment.id, persons=[assignment.person_id, contact.person_id],
        reason=reason, ended_on=ended_on,
    )  # fmt: skip


async def _others_run(uow: UnitOfWork, order: ServiceOrder) -> bool:
    """Whether a regular contact of the order's case goes on: somebody who stands in does not end the wait."""
    other = await uow.session.scalar(
        select(Assignment.id)
        .where(
            Assignment.tenant_id == order.tenant_id,
            Assignment.case_id == order.case_id,
            Assignment.role == "regular",
            Assignment.state != "ended",
        )
        .limit(1)
    )
    return other is not None


# What time ends -------------------------------------------------------------------------------------------------------
@on_lapse
async def end_with_grant(uow: UnitOfWork, grant_id: UUID, last_day: date) -> None:
    """A grant has run out: its order ends, filled or not, and its assignments on the grant's last day.

    When nothing of the case goes on, but another of its services waits, the case waits. Doing it again changes nothing.
    """
    order = await uow.session.scalar(
        select(ServiceOrder)
        .where(ServiceOrder.tenant_id == uow.context.tenant, ServiceOrder.grant_id == grant_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if order is None or order.state == "ended":
        return
    waited, order.state = order.state in UNFILLED, "ended"
    order.version += 1
    if waited:
        await let_go_of_need(uow, order, "lapsed")
    running = await uow.session.scalars(
        select(Assignment)
        .where(
            Assignment.tenant_id == order.tenant_id,
            Assignment.order_id == order.id,
            Assignment.state != "ended",
        )
        .order_by(Assignment.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    for assignment in running.all():
        await close_assignment(uow, assignment, last_day, LAPSED)
    await uow.session.flush()
    await record_change(uow, "order.ended", "order", order.id, persons=[order.person_id], reason=LAPSED)
    if not await _others_run(uow, order) and await _another_waits(uow, order):
        await service_stopped(uow, order.case_id, last_day)


async def _another_waits(uow: UnitOfWork, order: ServiceOrder) -> bool:
    other = await uow.session.scalar(
        select(ServiceOrder.id)
        .where(
            ServiceOrder.tenant_id == order.tenant_id,
            ServiceOrder.case_id == order.case_id,
            ServiceOrder.state.in_(UNFILLED),
        )
        .limit(1)
    )
    return other is not None


async def begin_planned(uow: UnitOfWork) -> int:
    """Assignments whose first day has come are under way, and their cases run; how many."""
    found = await uow.session.scalars(
        select(Assignment)
        .where(
            Assignment.tenant_id == uow.context.tenant,
            Assignment.state == "planned",
            Assignment.starts_on <= today(),
        )
        .order_by(Assignment.id)
        .with_for_update(skip_locked=True)
    )
    rows = found.all()
    for row in rows:
        row.state = "running"
        row.version += 1
        await uow.session.flush()
        if row.role == "regular":
            await service_started(uow, row.case_id)
        await record_change(uow, "assignment.begun", "assignment", row.id, persons=[row.person_id])
    return len(rows)


async def pass_the_day(uow: UnitOfWork) -> None:
    """What the new day does in a municipality: planned assignments begin, pauses begin and end, services that go on under
    a new decision are given by it from its first day, and what has run out ends (A11).
    """
    await end_those_done(uow)
    await begin_planned(uow)
    await settle_pauses(uow)
    await move_along(uow)
    for grant_id, last_day in await grants_over(uow):
        await end_with_grant(uow, grant_id, last_day)
    await settle_lapsed(uow)
