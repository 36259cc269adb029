"""What a municipality tells of a joint meeting: how many of its own are invited, say they come and came. Nobody's name."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from sammen.clock import now
from sammen.db.unit_of_work import UnitOfWork
from sammen.ids import random_id
from shared_pool.assemblies.models import JointCount
from shared_pool.assemblies.queries import joint_meetings, meeting_card


async def tell_counts(uow: UnitOfWork, meeting_id: UUID) -> None:
    """Put one's own numbers where `joint_counts()` reads them. Nothing happens for a meeting of one's own alone, nor when
    the municipality is no longer a member.
    """
    card = await meeting_card(uow, meeting_id)
    if card.joint_id is None:
        return
    row = next((one for one in await joint_meetings(uow) if one.id == meeting_id), None)
    if row is None:
        return
    numbers = {"invited": card.invited, "coming": card.coming, "came": card.came}
    await uow.session.execute(
        insert(JointCount)
        .values(
            region_id=row.region_id, id=random_id(), joint_meeting_id=meeting_id, home_id=uow.context.tenant, **numbers
        )
        .on_conflict_do_update(
            index_elements=["region_id", "joint_meeting_id", "home_id"], set_={**numbers, "changed_at": now()}
        )
    )  # fmt: skip
