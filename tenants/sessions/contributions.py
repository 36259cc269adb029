"""What the slice adds to shared pages: meetings on a group's page, what waits today, one's own page and calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sammen.clock import now, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import C_, N_
from sammen.policy.permissions import Permission
from sammen.web.contributions import FeedSource, GroupPanel, OwnPanel, TodayItem, TodaySource
from sammen.web.i18n import translate
from tenants.contacts.api import own_contact
from tenants.sessions import views
from tenants.sessions.asking import own_asks
from tenants.sessions.feed import sessions_in_feed
from tenants.sessions.own import meetings_of, own_places
from tenants.sessions.queries import (
    SessionCard,
    blocked_soon,
    sessions_led_by,
    sessions_of_group,
    unregistered,
)
from tenants.sessions.rules import HORIZON

SHOWN = 4
MOST_TODAY = 50


async def _today(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """Meetings that cannot begin as things are, and those nobody has said what became of."""
    blocked: dict[UUID, SessionCard] = {}
    for one in await blocked_soon(uow):
        if one.asking != "open":
            blocked.setdefault(one.group_id, one)  # a group that lacks a leader every week waits once
    items = [_blocked(uow, one, language) for one in blocked.values()]
    items += [_unregistered(uow, one, language) for one in await unregistered(uow)]
    return items[:MOST_TODAY]


def _item(uow: UnitOfWork, one: SessionCard, language: str, title: str, meta: str, since: date, due: date | None
          ) -> TodayItem:  # fmt: skip
    group = f"{uow.context.base_url}/grupper/{one.group_id}"
    return TodayItem(
        kind=translate(language, C_("ett", "Treff")),
        title=translate(language, title, name=one.group_name),
        meta=translate(language, meta, when=views.when(one, language)),
        url=f"{group}/treff/{one.id}",
        since=since,
        due=due,
        instead_of=f"{group}#ledere",
    )


def _blocked(uow: UnitOfWork, one: SessionCard, language: str) -> TodayItem:
    meta = (
        N_("%(when)s. Ingen av dem som ble spurt, kunne. Velg en gruppeleder, eller avlys.")
        if one.asking == "nobody"
        else N_("%(when)s. Spør noen om å lede, velg en selv, eller avlys.")
    )
    return _item(uow, one, language, N_("Treffet i %(name)s mangler gruppeleder"), meta, today(), one.day)


def _unregistered(uow: UnitOfWork, one: SessionCard, language: str) -> TodayItem:
    meta = N_("%(when)s. Skriv hvem som kom, eller at treffet var avlyst.")
    return _item(uow, one, language, N_("Treffet i %(name)s er ikke registrert"), meta, one.day, None)


async def _of_group(uow: UnitOfWork, group_id: UUID) -> dict[str, Any] | None:
    """The next meetings on a group's page, and the way to them all."""
    day, language = today(), uow.context.language
    cards = [one for one in await sessions_of_group(uow, group_id, day, day + HORIZON) if one.ends_at > now()]
    return {
        "rows": views.lines(cards[:SHOWN], language),
        "base": f"{uow.context.base_url}/grupper/{group_id}",
    }


async def _own_leading(uow: UnitOfWork) -> dict[str, Any] | None:
    """On the contact's own page: the meetings of the week they lead, and what they are asked to lead."""
    contact_id = await own_contact(uow)
    if contact_id is None:
        return None
    day, language = today(), uow.context.language
    asks = await own_asks(uow)
    coming = [
        (one, views.when(one, language), views.state(one, language))
        for one in await sessions_led_by(uow, contact_id, day, day + timedelta(days=14))
        if one.ends_at > now() and any(row.contact_id == contact_id and row.leads for row in one.leaders)
    ]
    if not asks and not coming:
        return None
    return {
        "asks": [(one, views.when(one.session, language)) for one in asks],
        "coming": coming[:3],
        "base": f"{uow.context.base_url}/treff",
        "today": day,
    }


async def _own_taking_part(uow: UnitOfWork) -> dict[str, Any] | None:
    """On a participant's own page: the next meeting of each group, and what waits for an answer."""
    places = await own_places(uow)
    if not places:
        return None
    language = uow.context.language
    rows = []
    for one in places:
        meetings = [row for row in await meetings_of(uow, one, most=3) if row.session.state == "planned"]
        first = meetings[0] if meetings else None
        rows.append((one, first, views.when(first.session, language) if first else ""))
    return {"rows": rows, "base": f"{uow.context.base_url}/grupper"}


TODAY = [TodaySource(Permission.ASSIGNMENT_WRITE, _today)]
GROUP_PANELS = [GroupPanel(Permission.ASSIGNMENT_READ, "sessions/group_panel.html", 10, _of_group)]
OWN_PANELS = [
    OwnPanel(Permission.GROUP_LEAD, "sessions/leading_panel.html", 12, _own_leading),
    OwnPanel(Permission.GROUP_TAKE_PART, "sessions/own_panel.html", 14, _own_taking_part),
]
FEEDS = [FeedSource(sessions_in_feed)]
__all__ = ["FEEDS", "GROUP_PANELS", "OWN_PANELS", "TODAY"]
