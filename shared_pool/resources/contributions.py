"""What the slice adds to shared pages: menu lines, what waits for somebody, and what is booked for a group's meeting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sammen.clock import OSLO
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import MenuEntry, SessionPanel, TodayItem, TodaySource
from sammen.web.i18n import translate
from shared_pool.resources import views
from shared_pool.resources.panel import PANEL_TEMPLATE, booking_values
from shared_pool.resources.queries import bookings_waiting
from tenants.api import session_card

MENU = [
    MenuEntry(
        PlaceKind.MUNICIPALITY, Permission.RESOURCE_READ, N_("Ressurser"), "/ressurser", 66, shared=True
    ),
    MenuEntry(PlaceKind.REGION, Permission.RESOURCE_READ, N_("Ressurser"), "/ressurser", 44),
]
MOST = 50
# Whoever keeps things answers and reads of damage; whoever books finds another way. Each row is on one list only.
_KEEPERS = frozenset({"answer", "see_damage"})
_TITLES = {
    "answer": N_("%(place)s vil låne %(name)s"),
    "fetch_back": N_("%(name)s skulle vært levert"),
    "see_damage": N_("Skade på %(name)s"),
    "find_other": N_("Dere har ikke %(name)s lenger"),
    "move": N_("Treffet er flyttet, men ikke %(name)s"),
}


async def _waiting(uow: UnitOfWork, language: str, *, keepers: bool) -> Sequence[TodayItem]:
    items = []
    for card in await bookings_waiting(uow):
        if (card.waits in _KEEPERS) is not keepers:
            continue
        starts = card.starts_at.astimezone(OSLO).date()
        items.append(
            TodayItem(
                kind=translate(language, N_("Ressurs")),
                title=translate(
                    language, _TITLES[card.waits], name=card.resource_name,
                    place=card.booker or translate(language, views.REGION),
                ),
                meta=views.when(card.starts_at, card.ends_at, language),
                url=f"{uow.context.base_url}/ressurser/reservasjoner/{card.id}",
                since=card.ends_at.astimezone(OSLO).date() if card.waits in ("fetch_back", "see_damage")
                else card.created_at.astimezone(OSLO).date(),
                due=starts if card.waits in ("answer", "move", "find_other") else None,
            )
        )  # fmt: skip
    return items[:MOST]


async def _to_keep(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """What an owner is to do about its things."""
    return await _waiting(uow, language, keepers=True)


async def _to_book(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """What is late, refused, taken away, or to be moved."""
    return await _waiting(uow, language, keepers=False)


TODAY = [
    TodaySource(Permission.RESOURCE_KEEP, _to_keep),
    TodaySource(Permission.RESOURCE_BOOK, _to_book),
]


async def _panel(uow: UnitOfWork, session_id: UUID) -> dict[str, Any] | None:
    """What is booked for a group's meeting, and what is free then."""
    card = await session_card(uow, session_id)
    return await booking_values(uow, "group", session_id, card.starts_at, card.ends_at)


SESSION_PANELS = [SessionPanel(Permission.RESOURCE_READ, PANEL_TEMPLATE, 40, _panel)]
