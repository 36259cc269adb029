"""A partner's copies of groups it has places in, made in its own context from what the host tells (0065)."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import bindparam, or_, select

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from shared_pool.groups.cards import JointCard, joint_groups
from shared_pool.groups.days import put_group_cards
from shared_pool.groups.seats import give_back_unused, places_of
from tenants.api import (
    ActivityGroup,
    GroupCopy,
    GroupPlace,
    SessionCopy,
    activity_group,
    finish_place,
    mirror_group,
    mirror_session,
    notify_person,
)

ENDS = "changed"
"""What a participant is told when their group stops for them: that something is changed, and to log in."""
_MEETINGS = "SELECT * FROM sammen.joint_meetings($1)"
_LEFT = "SELECT partner_id, joint_group_id FROM sammen.joint_left()"
_STOP = "SELECT sammen.joint_stop($1, $2)"
LATELY = timedelta(days=60)
_HOLD = "SELECT pg_advisory_xact_lock(hashtextextended('joint.copy.' || $1::text || $2::text, 0))"
_COPIES = compile_query(
    select(activity_group.c.id)
    .where(
        activity_group.c.tenant_id == bindparam("tenant"),
        activity_group.c.hosted.is_(False),
        or_(activity_group.c.closed_on.is_(None), activity_group.c.valid_to >= bindparam("lately")),
    )
    .order_by(activity_group.c.id)
)


async def copy_group(uow: UnitOfWork, joint_id: UUID) -> None:
    """Make the copy be as the host tells it, with its meetings; or end it when it is over for us. Again changes nothing."""
    await uow.call(
        _HOLD, str(uow.context.tenant), str(joint_id)
    )  # two at once would both find no copy and make one
    card = next((one for one in await joint_groups(uow) if one.id == joint_id), None)
    if card is None or card.own or card.answer != "yes":
        if card is None:
            await end_copy(uow, joint_id, today())
        return
    await mirror_group(uow, _copy(card))
    await _follow_end(uow, card)
    await copy_meetings(uow, joint_id)


def _copy(card: JointCard) -> GroupCopy:
    assert card.quota is not None
    # What is kept for us; and from the day the rest is free for all, as many as anybody may have (0065).
    seats = card.quota if card.release_on is None else max(card.quota, card.seats - 3)
    return GroupCopy(
        card.id, card.id, card.version, card.name, card.activity, card.weekday, card.starts, card.ends, card.place, seats,
        card.valid_from, card.last_day or card.valid_to, card.led_by, card.transport, closed=card.last_day is not None,
    )  # fmt: skip


async def _follow_end(uow: UnitOfWork, card: JointCard) -> None:
    """A last day that was said since the copy was made is on the copy too, and participants hear of it once."""
    held = await uow.session.get(ActivityGroup, (uow.context.tenant, card.id), with_for_update=True)
    if held is None or card.last_day is None:
        return
    if held.closed_on is None or held.valid_to != card.last_day:
        held.valid_to, held.closed_on = card.last_day, held.closed_on or today()
        held.version += 1
        await uow.session.flush()
    for place in await places_of(uow, card.id):
        if place.runs:
            await notify_person(uow, place.person_id, ENDS, once=f"joint.ends:{place.id}:{card.last_day}")


async def end_copy(uow: UnitOfWork, joint_id: UUID, last_day: date) -> int:
    """A group elsewhere is over for this municipality: its places there end, whoever had them is told, and nothing of anybody
    else's changes. How many places. Again ends none.
    """
    held = await uow.session.get(ActivityGroup, (uow.context.tenant, joint_id), with_for_update=True)
    if held is None or held.hosted:
        return 0
    ended = 0
    for place in await places_of(uow, joint_id):
        if place.valid_to is not None:
            continue
        row = await uow.session.get(
            GroupPlace, (uow.context.tenant, place.id), with_for_update=True, populate_existing=True
        )
        if row is not None and row.valid_to is None:
            await finish_place(uow, row, last_day)
            await notify_person(uow, place.person_id, ENDS, once=f"joint.ended:{place.id}")
            ended += 1
    if held.closed_on is None or held.valid_to is None or held.valid_to > last_day:
        held.valid_to, held.closed_on = max(last_day, held.valid_from), held.closed_on or today()
        held.version += 1
        await uow.session.flush()
        await record_change(uow, "joint.over", "activity_group", joint_id, places=ended)
    return ended


async def copy_meetings(uow: UnitOfWork, joint_id: UUID) -> None:
    """Make the copies of a group's meetings be as the host tells them, and the cards for those that are soon."""
    for row in await uow.call(_MEETINGS, joint_id):
        await mirror_session(
            uow,
            SessionCopy(
                row["id"], joint_id, row["version"], None, row["starts_at"], row["ends_at"], row["state"], row["place"],
                row["activity"], row["transport"], row["words"], row["cancel_reason"], row["led_by"],
            ),
        )  # fmt: skip
    await put_group_cards(uow, joint_id)


async def leave_with_region(uow: UnitOfWork) -> int:
    """In a municipality that is no longer a member of a region: its part in that region's groups stops today, for good. How
    many places ended.
    """
    ended, yesterday = 0, today() - timedelta(days=1)
    for row in await uow.call(_LEFT):
        await uow.call(_STOP, row["partner_id"], yesterday)
        ended += await end_copy(uow, row["joint_group_id"], yesterday)
        await record_change(uow, "joint.left_region", "joint_group", row["joint_group_id"])
    return ended


async def tidy(uow: UnitOfWork) -> None:
    """What a new day does: parts that are over end, seats nobody sits in are given back. Again changes nothing."""
    await leave_with_region(uow)
    known = {card.id: card for card in await joint_groups(uow)}
    for row in await uow.rows(_COPIES, tenant=uow.context.tenant, lately=today() - LATELY):
        if row["id"] not in known:
            await end_copy(uow, row["id"], today() - timedelta(days=1))
    for card in known.values():
        if not card.own and card.answer == "yes":
            await copy_group(uow, card.id)
    await give_back_unused(uow)
