"""Copies of meetings of other municipalities' groups, and presence that comes from there: for jobs in this
municipality's own context (docs/decisions/0065).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from sammen.audit.trail import record_change
from sammen.clock import now
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from sammen.ids import uuid7
from tenants.groups.api import ActivityGroup, GroupPlace
from tenants.sessions.hooks import tell_session
from tenants.sessions.models import GroupSession, SessionPresence


@dataclass(frozen=True, slots=True)
class SessionCopy:
    """What a partner may know of a meeting. Ids are the original's; `version` grows with every change of the original."""

    id: UUID
    group_id: UUID
    version: int
    series_day: date | None
    starts_at: datetime
    ends_at: datetime
    state: str
    place: str = ""
    activity: str = ""
    transport: str = ""
    words: str = ""
    cancel_reason: str = ""
    led_by: str = ""


@dataclass(frozen=True, slots=True)
class PresenceCopy:
    """What became of one's own participant at a meeting elsewhere. `state`: present, absent or told."""

    state: str
    with_contact: bool = False
    hours: Decimal | None = None


_COPIED = ("series_day", "starts_at", "ends_at", "state", "place", "activity", "transport", "words", "cancel_reason",
           "led_by")  # fmt: skip


async def mirror_session(uow: UnitOfWork, copy: SessionCopy) -> bool:
    """Make or renew the copy under the original's id, and tell who listens: participants hear of a change from their own
    municipality. Whether anything was written; an older version, or the same again, changes nothing.

    Raises NotFound when the group's copy is not here yet: the job is tried again.
    """
    group = await uow.session.get(ActivityGroup, (uow.context.tenant, copy.group_id), with_for_update=True)
    if group is None:
        raise NotFound
    held = await uow.session.get(
        GroupSession, (uow.context.tenant, copy.id), with_for_update=True, populate_existing=True
    )
    if group.hosted or (held is not None and held.copied >= copy.version):
        return False
    what = _what(held, copy)
    if held is None:
        held = GroupSession(tenant_id=uow.context.tenant, id=copy.id, group_id=copy.group_id)
        uow.session.add(held)
    for name in _COPIED:
        setattr(held, name, getattr(copy, name))
    held.copied, held.version = copy.version, (held.version or 0) + 1
    if what == "cancelled":
        held.cancelled_at = now()
    elif what == "held":
        held.held_at = now()
    await uow.session.flush()
    await record_change(uow, "session.copied", "group_session", copy.id, version=copy.version)
    if what:
        await tell_session(uow, copy.id, what)
    return True


def _what(held: GroupSession | None, copy: SessionCopy) -> str:
    if held is None:
        return "planned" if copy.state == "planned" else copy.state
    if held.state != copy.state:
        return "moved" if copy.state == "planned" else copy.state
    if (held.starts_at, held.ends_at, held.place) != (copy.starts_at, copy.ends_at, copy.place):
        return "moved"
    return "leaders" if held.led_by != copy.led_by else ""


async def mirror_presence(uow: UnitOfWork, session_id: UUID, by_place: Mapping[UUID, PresenceCopy]) -> None:
    """Keep what the host noted of this municipality's own participants, by their place. Again writes the same. Places of
    another group than the meeting's are left out. Raises NotFound when the meeting's copy is not here yet.
    """
    session = await uow.session.get(GroupSession, (uow.context.tenant, session_id))
    if session is None:
        raise NotFound
    own = await uow.session.scalars(
        select(GroupPlace.id).where(
            GroupPlace.tenant_id == uow.context.tenant, GroupPlace.group_id == session.group_id,
            GroupPlace.id.in_(list(by_place)),
        )
    )  # fmt: skip
    for place_id in own.all():
        await put_presence(uow, session_id, by_place[place_id], place_id=place_id)
    await uow.session.flush()


async def mirror_guest_told(uow: UnitOfWork, session_id: UUID, seat_id: UUID, *, stays_away: bool) -> None:
    """At the host: a guest's home says that they do not come, or that they come after all. After the meeting is held it
    changes nothing. Raises NotFound for a meeting that is not here.
    """
    session = await uow.session.get(
        GroupSession, (uow.context.tenant, session_id), with_for_update=True, populate_existing=True
    )
    if session is None:
        raise NotFound
    if session.state != "planned":
        return
    if stays_away:
        await put_presence(uow, session_id, PresenceCopy("told"), seat_id=seat_id)
    else:
        held = await presence_row(uow, session_id, seat_id=seat_id)
        if held is not None and held.state == "told":
            await uow.session.delete(held)
    await uow.session.flush()


async def presence_row(
    uow: UnitOfWork, session_id: UUID, *, place_id: UUID | None = None, seat_id: UUID | None = None
) -> SessionPresence | None:
    """The row of a place or a seat at a meeting, or None."""
    column = SessionPresence.place_id if place_id is not None else SessionPresence.seat_id
    found: SessionPresence | None = await uow.session.scalar(
        select(SessionPresence).where(
            SessionPresence.tenant_id == uow.context.tenant,
            SessionPresence.session_id == session_id,
            column == (place_id or seat_id),
        )
    )
    return found


async def put_presence(
    uow: UnitOfWork,
    session_id: UUID,
    copy: PresenceCopy,
    *,
    place_id: UUID | None = None,
    seat_id: UUID | None = None,
) -> None:
    """Write what became of one participant, over what stood there. The caller holds the meeting."""
    held = await presence_row(uow, session_id, place_id=place_id, seat_id=seat_id)
    if held is None:
        held = SessionPresence(
            tenant_id=uow.context.tenant, id=uuid7(), session_id=session_id, place_id=place_id, seat_id=seat_id,
            version=0,
        )  # fmt: skip
        uow.session.add(held)
    held.state = copy.state
    held.with_contact = copy.with_contact and copy.state == "present"
    held.hours = copy.hours if copy.state == "present" else None
    held.version += 1
