"""How substitutes and bridges end: by their last day, when a contact is found, or with the order (B10)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, select

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from tenants.assignments.hooks import EndedAssignment, tell_end
from tenants.assignments.models import Assignment

ROLES = ("substitute", "bridge")
STOOD_IN = "stood_in"
"""Why an assignment ended that was for some days only, or until a contact was found. Not among what a person chooses."""


async def end_bridges(uow: UnitOfWork, order_id: UUID, regular_from: date) -> None:
    """A contact is found: bridges last until the day before the first one, and those that were not to begin are dropped."""
    last = regular_from - timedelta(days=1)
    for bridge in await _unended(uow, Assignment.order_id == order_id, Assignment.role == "bridge"):
        if bridge.ended_on is None or bridge.ended_on > last:
            bridge.ended_on = last
            bridge.version += 1
        if bridge.ended_on < today() or (bridge.starts_on is not None and bridge.starts_on > bridge.ended_on):
            await stop_standing_in(uow, bridge, bridge.ended_on)
    await uow.session.flush()


async def end_stand_ins(uow: UnitOfWork, order_id: UUID, on: date) -> None:
    """The order is over from the day after `on`: nobody stands in any longer."""
    for one in await _unended(uow, Assignment.order_id == order_id, Assignment.role.in_(ROLES)):
        await stop_standing_in(uow, one, on)


async def end_those_done(uow: UnitOfWork) -> int:
    """Substitutes and bridges whose last day has passed have ended; how many. Again changes nothing."""
    done = await _unended(uow, Assignment.role.in_(ROLES), Assignment.ended_on < today())
    for one in done:
        assert one.ended_on is not None
        await stop_standing_in(uow, one, one.ended_on)
    return len(done)


async def _unended(uow: UnitOfWork, *conditions: ColumnElement[bool]) -> Sequence[Assignment]:
    found = await uow.session.scalars(
        select(Assignment)
        .where(Assignment.tenant_id == uow.context.tenant, Assignment.state != "ended", *conditions)
        .order_by(Assignment.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found.all()


async def stop_standing_in(uow: UnitOfWork, one: Assignment, last_day: date) -> None:
    """The substitute's or bridge's time is over from the day after `last_day`; whoever listens is told."""
    one.state, one.end_reason = "ended", STOOD_IN
    one.ended_on = last_day if one.ended_on is None else min(one.ended_on, last_day)
    one.version += 1
    await uow.session.flush()
    await tell_end(uow, EndedAssignment(one.id, one.contact_id, None))
    await record_change(
        uow, "assignment.ended", "assignment", one.id, persons=[one.person_id], reason=STOOD_IN, ended_on=one.ended_on
    )  # fmt: skip
