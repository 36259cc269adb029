"""What the slice adds to shared pages: the menu, what waits for whoever is responsible, and a case's deviations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import C_, N_
from sammen.policy.permissions import Permission
from sammen.policy.roles import Role
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
from sammen.web.formats import date_day_month
from sammen.web.i18n import translate
from tenants.cases.api import duty, stand_in_note
from tenants.quality.queries import (
    DeviationCard,
    deviation_card,
    deviations_of,
    my_deviations,
    my_measures,
    nobodys_deviations,
)
from tenants.quality.views import state_of, title_of
from tenants.quality.words import SOURCES

__all__ = ["LINKS", "MENU", "PANELS", "TIMELINE", "TODAY"]

AHEAD = timedelta(days=14)
MENU = [MenuEntry(PlaceKind.MUNICIPALITY, Permission.DEVIATION_READ, C_("flere", "Avvik"), "/avvik", 70)]


def _item(uow: UnitOfWork, card: DeviationCard, language: str, meta: str) -> TodayItem:
    return TodayItem(
        kind=translate(language, N_("Avvik")),
        title=f"{card.name}: {title_of(card, language)}" if card.name else title_of(card, language),
        meta=meta,
        url=f"{uow.context.base_url}/avvik/{card.id}",
        since=card.found_on,
        due=card.next_day,
        persons=(card.person_id,) if card.person_id else (),
    )


def _meta(card: DeviationCard, language: str) -> str:
    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    if card.reply_by is not None and card.replied_on is None:
        day = date_day_month(card.reply_by, language)
        return say(N_("Svar tilsynet innen %(day)s."), day=day)
    if card.put_right_on is not None:
        day = date_day_month(card.put_right_on, language)
        return say(N_("Rettet %(day)s. Skriv hva som ble gjort, og lukk avviket."), day=day)
    if not card.cause:
        return say(N_("Skriv årsaken, og hva dere gjør med den."))
    return say(N_("Følg opp, og lukk avviket når det er rettet."))


async def _mine(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """What the reader is responsible for, or whom they stand in for: deviations, and measures with their name on."""
    before, work = today() + AHEAD, await duty(uow)
    owners = [uow.context.user, *work.stands_in_for]
    items = [
        _item(uow, card, language, _meta(card, language) + stand_in_note(work, card.responsible_id, language))
        for card in await my_deviations(uow, owners, before)
    ]
    for one in await my_measures(uow, owners, before):
        card = await deviation_card(uow, one.deviation_id)
        items.append(
            TodayItem(
                kind=translate(language, N_("Tiltak")),
                title=one.what,
                meta=translate(language, N_("Avvik: %(title)s"), title=title_of(card, language))
                + stand_in_note(work, one.responsible_id, language),
                url=f"{uow.context.base_url}/avvik/{card.id}#tiltak",
                since=card.found_on,
                due=one.due_on,
                persons=(card.person_id,) if card.person_id else (),
            )
        )
    return items


async def _nobodys(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """Deviations that nobody has got: the manager's to give away."""
    if Role.MANAGER not in uow.context.roles:
        return []
    meta = translate(language, N_("Ingen har ansvaret. Velg hvem som følger opp."))
    return [_item(uow, card, language, meta) for card in await nobodys_deviations(uow)]


async def _panel(uow: UnitOfWork, case_id: UUID) -> dict[str, Any] | None:
    cards = await deviations_of(uow, case_id)
    if not cards:
        return None
    language = uow.context.language
    return {
        "cards": [
            (card, title_of(card, language), state_of(card, language)) for card in cards if not card.closed_on
        ],
        "closed": sum(1 for card in cards if card.closed_on),
        "base": f"{uow.context.base_url}/avvik",
    }


async def _events(uow: UnitOfWork, case_id: UUID, language: str) -> Sequence[TimelineEvent]:
    events = []
    for card in await deviations_of(uow, case_id):
        title, source = title_of(card, language), translate(language, SOURCES[card.source])
        events.append(
            TimelineEvent(
                card.found_on,
                translate(language, N_("Avvik")),
                title
                if card.rule
                else translate(language, N_("%(title)s. Meldt av: %(source)s."), title=title, source=source),
                order=80,
            )
        )
        if card.closed_on is not None:
            closed = translate(language, N_("Avviket ble lukket"))
            events.append(TimelineEvent(card.closed_on, closed, title, order=82))
    return events


TODAY = [
    TodaySource(Permission.DEVIATION_WRITE, _mine),
    TodaySource(Permission.DEVIATION_WRITE, _nobodys),
]
PANELS = [Panel(Permission.DEVIATION_READ, "quality/panel.html", 50, _panel)]
TIMELINE = [TimelineSource(Permission.DEVIATION_READ, _events)]
LINKS = [CaseLink(Permission.DEVIATION_WRITE, N_("Meld avvik"), "/avvik", 62, purchaser=False)]
