"""Meetings that began on an earlier day, and that nobody ended, are over."""

from __future__ import annotations

from sqlalchemy import select

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from tenants.groups.api import ActivityGroup
from tenants.sessions.hooks import tell_session
from tenants.sessions.models import GroupSession
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
