"""What the slice adds to shared pages: its menu line, days nobody has counted, and on a case what was tried."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import C_, N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import (
    CaseLink,
    MenuEntry,
    Panel,
    TimelineEvent,
    TimelineSource,
    TodayItem,
    TodaySource,
)
from sammen.web.formats import date_weekday
from sammen.web.i18n import translate
from tenants.offers import views
from tenants.offers.queries import offers, tried_in

MENU = [MenuEntry(PlaceKind.MUNICIPALITY, Permission.OFFER_READ, N_("Åpne tilbud"), "/tilbud", 48)]
REMEMBERED = timedelta(days=30)


async def _today(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """Days that are over and that nobody has counted."""
    return [
        TodayItem(
            kind=translate(language, C_("ett", "Tilbud")),
            title=translate(language, N_("Tell hvor mange som kom på %(name)s"), name=card.name),
            meta=date_weekday(card.uncounted, language),
            url=f"{uow.context.base_url}/tilbud/{card.id}",
            since=card.uncounted,
        )
        for card in await offers(uow)
        if card.uncounted is not None and card.uncounted >= today() - REMEMBERED
    ]


async def _panel(uow: UnitOfWork, case_id: UUID) -> dict[str, Any] | None:
    """What was tried before a decision."""
    found = await tried_in(uow, case_id)
    return {"lines": views.tried_lines(found, uow.context.language)} if found else None


async def _events(uow: UnitOfWork, case_id: UUID, language: str) -> Sequence[TimelineEvent]:
    return views.tried_events(await tried_in(uow, case_id), language)


TODAY = [TodaySource(Permission.OFFER_WRITE, _today)]
PANELS = [Panel(Permission.CASE_READ, "offers/panel.html", 40, _panel, mapping=True)]
TIMELINE = [TimelineSource(Permission.CASE_READ, _events)]
LINKS = [
    CaseLink(
        Permission.MAPPING_WRITE, N_("Skriv hva som er prøvd"), "/provd", 18,
        states=frozenset({"received", "mapping", "deciding", "waiting", "running", "evaluating"}),
    ),
]  # fmt: skip
