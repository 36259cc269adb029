"""Meetings that began on an earlier day, and that nobody ended, are over; and of guests nothing is kept until the next day."""

from __future__ import annotations

from sqlalchemy import delete, select

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from tenants.groups.api import ActivityGroup
from tenants.sessions.hooks import tell_session
from tenants.sessions.models import GroupSession, SessionPresence
from tenants.sessions.queries import midnight


async def finish_started(uow: UnitOfWork) -> int:
    """For the nightly job: a meeting that began before today is held; how many. Who was ticked off stands as it was."""
    found = await uow.session.scalars(
        select(GroupSession)
        .join(
            ActivityGroup,
            (ActivityGroup.tenant_id == GroupSession.tenant_id) & (ActivityGroup.id == GroupSession.group_id),
        )
        .where(
            GroupSession.tenant_id == uow.context.tenant,
            ActivityGroup.hosted,
            GroupSession.state == "planned",
            GroupSession.started_at.is_not(None),
            GroupSession.ends_at < midnight(today()),
        )
        .order_by(GroupSession.id)
        .with_for_update(of=GroupSession)
    )
    rows = list(found.all())
    for held in rows:
        held.state, held.held_at = "held", held.ends_at
        held.version += 1
        await uow.session.flush()
        await record_change(uow, "session.held", "group_session", held.id)
        await tell_session(uow, held.id, "held")
    return len(rows)


async def forget_guests(uow: UnitOfWork) -> None:
    """For the nightly job: who came from elsewhere is kept at home. Here it was for leaders, on the day (0060)."""
    over = select(GroupSession.id).where(
        GroupSession.tenant_id == uow.context.tenant, GroupSession.ends_at < midnight(today())
    )
    await uow.session.execute(
        delete(SessionPresence)
        .where(
            SessionPresence.tenant_id == uow.context.tenant,
            SessionPresence.seat_id.is_not(None),
            SessionPresence.session_id.in_(over),
        )
        .execution_options(synchronize_session=False)
    )
