"""What the slice adds to shared pages: its menu lines, what others have sent in, and what fits a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sammen.clock import OSLO
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import MenuEntry, OwnPanel, Panel, TodayItem, TodaySource
from sammen.web.i18n import translate
from shared_pool.calendar.of_person import cards, fits_of_case, fits_of_oneself, public_path
from shared_pool.calendar.queries import waiting, where
from shared_pool.calendar.views import when_text

CALENDAR = N_("Aktivitetskalender")
MENU = [
    MenuEntry(
        PlaceKind.MUNICIPALITY, Permission.CALENDAR_WRITE, CALENDAR, "/aktivitetskalender", 67, shared=True
    ),
    MenuEntry(PlaceKind.REGION, Permission.CALENDAR_WRITE, CALENDAR, "/aktivitetskalender", 46),
]
SHOWN = 3


async def _today(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    return [
        TodayItem(
            translate(language, N_("Meldt inn")),
            translate(language, N_("Svar på «%(title)s»"), title=one.title),
            f"{one.organiser} · {when_text(one, language)}",
            f"{uow.context.base_url}/aktivitetskalender/{one.id}",
            one.changed_at.astimezone(OSLO).date(),
        )
        for one in await waiting(uow)
    ]


async def _case_panel(uow: UnitOfWork, case_id: UUID) -> dict[str, Any] | None:
    if await where(uow) is None:
        return None
    fits = await fits_of_case(uow, case_id, SHOWN + 1)
    if not fits:
        return None
    return {
        "rows": await cards(uow, fits[:SHOWN]), "more": len(fits) > SHOWN,
        "url": f"{uow.context.base_url}/saker/{case_id}/aktiviteter",
    }  # fmt: skip


async def _own_panel(uow: UnitOfWork) -> dict[str, Any] | None:
    if await where(uow) is None:
        return None
    fits = await fits_of_oneself(uow, SHOWN)
    if not fits:
        return None
    return {
        "rows": await cards(uow, fits), "url": f"{uow.context.base_url}/aktiviteter", "public": await public_path(uow),
    }  # fmt: skip


TODAY = [TodaySource(Permission.CALENDAR_WRITE, _today)]
PANELS = [Panel(Permission.CASE_READ, "calendar/case_panel.html", 60, _case_panel)]
OWN_PANELS = [OwnPanel(Permission.OWN_READ, "calendar/own_panel.html", 80, _own_panel)]
