"""Information meetings that were held jointly: they count at home, whichever municipality held them (B5)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, time
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from sammen.audit.trail import record_change
from sammen.clock import now
from sammen.db.unit_of_work import UnitOfWork
from sammen.ids import uuid7
from tenants.followups.models import InformationMeeting, InformationMeetingGuest


async def count_meeting(
    uow: UnitOfWork,
    meeting_id: UUID,
    meets_on: date,
    starts: time,
    place: str,
    topic: str,
    came: Collection[UUID],
    away: Collection[UUID],
) -> None:
    """Keep a joint information meeting among the municipality's own, with which contacts came and which were away.

    `meeting_id` is the meeting's own id, so that noting attendance again changes the same row. The caller has checked that
    the contacts are the municipality's.
    """
    tenant = uow.context.tenant
    facts = {"meets_on": meets_on, "starts": starts, "place": place, "topic": topic}
    await uow.session.execute(
        insert(InformationMeeting)
        .values(tenant_id=tenant, id=meeting_id, registered_at=now(), **facts)
        .on_conflict_do_update(index_elements=["tenant_id", "id"], set_=facts)
    )
    of_meeting = (
        InformationMeetingGuest.tenant_id == tenant,
        InformationMeetingGuest.information_meeting_id == meeting_id,
    )
    everybody = {*came, *away}
    await uow.session.execute(
        delete(InformationMeetingGuest).where(
            *of_meeting, InformationMeetingGuest.contact_id.not_in(everybody)
        )
    )
    if everybody:
        rows = [
            {
                "tenant_id": tenant, "id": uuid7(), "information_meeting_id": meeting_id, "contact_id": one,
                "came": one in came,
            }
            for one in sorted(everybody)
        ]  # fmt: skip
        statement = insert(InformationMeetingGuest).values(rows)
        await uow.session.execute(
            statement.on_conflict_do_update(
                index_elements=["tenant_id", "information_meeting_id", "contact_id"],
                set_={"came": statement.excluded.came},
            )
        )
    await uow.session.flush()
    await record_change(
        uow, "information_meeting.counted", "information_meeting", meeting_id, came=len(set(came))
    )
