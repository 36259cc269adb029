"""First and trial meetings in a person's own calendar: the contact's, the service user's, or who acts for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import and_, any_, bindparam, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from sammen.clock import OSLO
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.web.contributions import FeedEvent
from sammen.web.i18n import translate
from tenants.assignments.models import Assignment, FirstMeeting
from tenants.cases.api import own_view
from tenants.contacts.api import own_contact
from tenants.people.api import person_of_user, wards_of_user

meeting = FirstMeeting.__table__
assignment = Assignment.__table__
LASTS = timedelta(hours=1)
"""A meeting is agreed with a beginning and no end."""
_MINE = compile_query(
    select(meeting.c.id, meeting.c.on_day, meeting.c.at, meeting.c.state)
    .join_from(
        meeting, assignment,
        and_(assignment.c.tenant_id == meeting.c.tenant_id, assignment.c.id == meeting.c.assignment_id),
    )
    .where(
        meeting.c.tenant_id == bindparam("tenant"),
        meeting.c.on_day.between(bindparam("first"), bindparam("last")),
        meeting.c.state.in_(("agreed", "held", "cancelled")),
        or_(
            assignment.c.contact_id == bindparam("contact", type_=PG_UUID(as_uuid=True)),
            assignment.c.person_id == bindparam("themself", type_=PG_UUID(as_uuid=True)),
            assignment.c.case_id == any_(bindparam("cases", type_=ARRAY(PG_UUID(as_uuid=True)))),
        ),
    )
    .order_by(meeting.c.on_day, meeting.c.id)
)  # fmt: skip


async def meetings_in_feed(
    uow: UnitOfWork, _user: UUID, first: date, last: date, lang: str
) -> Sequence[FeedEvent]:
    """Meetings of the user whose calendar it is, and of cases they may see for others by the age rules of the day: when, and
    that it is an appointment. Where it is, may tell who it is with, so that stands on the page and not here.
    """
    cases: set[UUID] = set()
    for ward in await wards_of_user(uow):
        _, view = await own_view(uow, ward)
        cases |= view.whole
    rows = await uow.rows(
        _MINE,
        tenant=uow.context.tenant,
        contact=await own_contact(uow),
        themself=await person_of_user(uow),
        cases=sorted(cases),
        first=first,
        last=last,
    )
    found = []
    for row in rows:
        starts = datetime.combine(row["on_day"], row["at"] or time(0), OSLO)
        ends = (
            starts + LASTS
            if row["at"]
            else datetime.combine(row["on_day"] + timedelta(days=1), time(0), OSLO)
        )
        title = translate(lang, N_("Avtale"))
        found.append(
            FeedEvent(f"meeting:{row['id']}", title, starts, ends, cancelled=row["state"] == "cancelled")
        )
    return found
