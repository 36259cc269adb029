"""What a municipality tells of a joint meeting: how many of its own are invited, say they come and came. Nobody's name."""

from __future__ import annotations

from uuid import UUID

from sammen.db.unit_of_work import UnitOfWork
from shared_pool.assemblies.queries import meeting_card

_TELL = "SELECT sammen.tell_joint_count($1, $2, $3, $4)"


async def tell_counts(uow: UnitOfWork, meeting_id: UUID) -> None:
    """Put one's own numbers where `joint_assembly_counts()` reads them. Nothing happens for a meeting of one's own alone,
    nor when the municipality is no longer a member.
    """
    card = await meeting_card(uow, meeting_id)
    if card.joint_id is None:
        return
    await uow.call(_TELL, meeting_id, card.invited, card.coming, card.came)
