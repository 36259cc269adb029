"""Meetings of activity groups as something one books for. Importing it registers it: pages and jobs both do."""

from __future__ import annotations

from uuid import UUID

from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from sammen.policy.permissions import Permission
from shared_pool.resources.handling import release_for, told_moved
from shared_pool.resources.hooks import PurposeCard, register_purpose
from tenants.api import on_session_changed, session_card


async def _meeting(uow: UnitOfWork, session_id: UUID) -> PurposeCard | None:
    """A group's meeting, for whoever is in its municipality."""
    if uow.context.tenant_id is None:
        return None
    try:
        card = await session_card(uow, session_id)
    except NotFound:
        return None
    page = f"/grupper/{card.group_id}/treff/{card.id}"
    return PurposeCard(card.group_name, page, card.starts_at, card.ends_at, Permission.ASSIGNMENT_READ)


@on_session_changed
async def follow_meeting(uow: UnitOfWork, session_id: UUID, what: str) -> None:
    """A meeting that is called off needs nothing; one that is moved may need it at another time."""
    if what == "cancelled":
        await release_for(uow, "group", session_id)
    elif what == "moved":
        await told_moved(uow, "group", session_id)


register_purpose("group", _meeting)
