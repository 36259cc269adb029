"""What the slice adds to shared pages: menu lines, who waits for an answer, a contact's newest messages, and one's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sammen.clock import OSLO
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import ContactPanel, MenuEntry, OwnPanel, TodayItem, TodaySource
from sammen.web.i18n import translate
from tenants.contacts.api import own_contact
from tenants.messages.queries import (
    conversation_row,
    latest_texts,
    unread_by_contact,
    waiting_conversations,
)
from tenants.messages.views import excerpt

MENU = [
    MenuEntry(PlaceKind.MUNICIPALITY, Permission.MESSAGE_READ, N_("Meldinger"), "/meldinger", 46),
    MenuEntry(PlaceKind.OWN, Permission.CONTACT_OWN, N_("Meldinger"), "/meldinger", 30),
    MenuEntry(
        PlaceKind.OWN, Permission.OWN_READ, N_("Varsel på e-post eller SMS"), "/varsling", 90, own=True
    ),
]


async def _today(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """What contacts have written and nobody else has said that they answer."""
    rows = await waiting_conversations(uow)
    latest = await latest_texts(uow, [row.contact_id for row in rows])
    return [
        TodayItem(
            kind=translate(language, N_("Melding")),
            title=row.name,
            meta=excerpt(latest.get(row.contact_id), language),
            url=f"{uow.context.base_url}/meldinger/{row.contact_id}",
            since=row.waiting_since.astimezone(OSLO).date(),
            persons=(row.person_id,),
        )
        for row in rows
        if row.waiting_since is not None
    ]


async def _contact_panel(uow: UnitOfWork, contact_id: UUID) -> dict[str, Any] | None:
    latest = await latest_texts(uow, [contact_id])
    return {
        "row": await conversation_row(uow, contact_id),
        "latest": excerpt(latest.get(contact_id), uow.context.language),
        "url": f"{uow.context.base_url}/meldinger/{contact_id}",
    }


async def _own_panel(uow: UnitOfWork) -> dict[str, Any] | None:
    contact_id = await own_contact(uow)
    new = await unread_by_contact(uow, contact_id) if contact_id is not None else 0
    return {"new": new, "url": f"{uow.context.base_url}/meldinger"} if new else None


TODAY = [TodaySource(Permission.MESSAGE_WRITE, _today)]
CONTACT_PANELS = [ContactPanel(Permission.MESSAGE_READ, "messages/contact_panel.html", 50, _contact_panel)]
OWN_PANELS = [OwnPanel(Permission.CONTACT_OWN, "messages/own_panel.html", 15, _own_panel)]
