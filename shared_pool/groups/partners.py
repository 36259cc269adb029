"""What a partner does: answers an invitation, and says when its part stops (C10)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sammen.audit.trail import record_change
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, NotFound
from sammen.jobs.queue import enqueue
from sammen.policy.permissions import Permission
from shared_pool.groups.cards import JointCard, joint_card
from shared_pool.groups.hosting import COPY, OVER, note, stop

_ANSWER = "SELECT sammen.joint_answer($1, $2, $3) AS answer"


async def partner_card(uow: UnitOfWork, joint_id: UUID) -> JointCard:
    """A group the municipality is invited to or takes part in. Raises NotFound for any other."""
    card = await joint_card(uow, joint_id)
    if card.partner_id is None:
        raise NotFound
    return card


async def answer(uow: UnitOfWork, joint_id: UUID, *, yes: bool, duty_phone: str = "") -> None:
    """Say yes or no to an invitation; or, having said yes, give the leaders another number to ring (`duty_phone`).

    The copy of the group comes by a job. Raises NotFound, Conflict when the invitation is over.
    """
    uow.context.require(Permission.GROUP_JOIN)
    card = await partner_card(uow, joint_id)
    said = (await uow.call(_ANSWER, card.partner_id, yes, duty_phone))[0]["answer"]
    if said not in ("yes", "no"):
        raise Conflict(OVER)
    if card.waits:
        await record_change(uow, f"joint.said_{said}", "joint_group", joint_id, places=card.quota)
        await note(uow, card.host_id, f"said_{said}", joint_id)
        await enqueue(uow, COPY, {"joint": joint_id})
    else:
        await record_change(uow, "joint.duty_changed", "joint_group", joint_id)


async def leave(uow: UnitOfWork, joint_id: UUID, last_day: date) -> None:
    """The municipality's participants take part until `last_day`, and no longer: their places end then, and they are told.

    Raises NotFound, Invalid for a day that has passed, Conflict when it has stopped already.
    """
    uow.context.require(Permission.GROUP_JOIN)
    card = await partner_card(uow, joint_id)
    if card.partner_id is None:
        raise NotFound
    await stop(uow, card.partner_id, last_day)
    await record_change(uow, "joint.left", "joint_group", joint_id, last_day=last_day)
    await note(uow, card.host_id, "left", joint_id)
    await enqueue(uow, COPY, {"joint": joint_id})
