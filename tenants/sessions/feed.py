"""Meetings in a person's own calendar: the leader's, the participant's, or who acts for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import any_, bindparam, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import C_
from sammen.web.contributions import FeedEvent
from sammen.web.i18n import translate
from tenants.contacts.api import own_contact
from tenants.groups.api import group_place
from tenants.sessions.own import own_places
from tenants.sessions.queries import leader, midnight, presence, session

_IDS = ARRAY(PG_UUID(as_uuid=True))
_leads = (
    select(leader.c.id)
    .where(
        leader.c.tenant_id == session.c.tenant_id,
        leader.c.session_id == session.c.id,
        leader.c.contact_id == bindparam("contact", type_=PG_UUID(as_uuid=True)),
        leader.c.state != "cannot",
    )
    .exists()
)
_stays_away = (
    select(presence.c.id)
    .where(
        presence.c.tenant_id == session.c.tenant_id,
        presence.c.session_id == session.c.id,
        presence.c.place_id == group_place.c.id,
        presence.c.state == "told",
    )
    .correlate(session, group_place)
    .exists()
)
_takes_part = (
    select(group_place.c.id)
    .where(
        group_place.c.tenant_id == session.c.tenant_id,
        group_place.c.group_id == session.c.group_id,
        group_place.c.id == any_(bindparam("places", type_=_IDS)),
        group_place.c.state != "waiting",
        ~_stays_away,
    )
    .correlate(session)
    .exists()
)
_MINE = compile_query(
    select(session.c.id, session.c.starts_at, session.c.ends_at, session.c.state)
    .where(
        session.c.tenant_id == bindparam("tenant"),
        session.c.starts_at >= bindparam("first"),
        session.c.starts_at < bindparam("last"),
        or_(_leads, _takes_part),
    )
    .order_by(session.c.starts_at, session.c.id)
)


async def sessions_in_feed(
    uow: UnitOfWork, _user: UUID, first: date, last: date, lang: str
) -> Sequence[FeedEvent]:
    """Meetings of the user whose calendar it is: when, and that it is a meeting. Where, and of which group, stands on the
    page alone: the address of a calendar may be read by others than its owner.
    """
    places = [one.place_id for one in await own_places(uow) if one.state != "waiting"]
    contact_id = await own_contact(uow)
    if not places and contact_id is None:
        return []
    rows = await uow.rows(
        _MINE, tenant=uow.context.tenant, contact=contact_id, places=places, first=midnight(first),
        last=midnight(last + timedelta(days=1)),
    )  # fmt: skip
    title = translate(lang, C_("ett", "Treff"))
    return [
        FeedEvent(
            f"session:{row['id']}",
            title,
            row["starts_at"],
            row["ends_at"],
            cancelled=row["state"] == "cancelled",
        )
        for row in rows
    ]
