"""What the slice adds to shared pages: its menu line, and what waits for payroll and for the manager today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import shared_pool.settlement.prices  # noqa: F401 - tells groups what a place costs
from sammen.clock import OSLO
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import MenuEntry, TodayItem, TodaySource
from sammen.web.i18n import translate
from shared_pool.settlement.books import StatementCard, all_books, anything_open, names_of
from shared_pool.settlement.views import lasting, net_short, period_text, waits

MENU = [
    MenuEntry(PlaceKind.MUNICIPALITY, Permission.SETTLEMENT_READ, N_("Oppgjør"), "/oppgjor", 64, shared=True)
]
MOST = 50


async def _to_check(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """Statements that nobody here has checked."""
    if not await anything_open(uow):
        return []
    return await _statements(uow, language, {"check": N_("Kontroller oppgjøret med %(place)s")})


async def _to_accept(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """What waits for a manager: statements somebody else has checked, those that lack an agreement, and proposals."""
    if not await anything_open(uow):
        return []
    titles = {"accept": N_("Godkjenn oppgjøret med %(place)s"), "agree": N_("Avtal pris med %(place)s")}
    items = [*await _statements(uow, language, titles), *await _proposals(uow, language)]
    return sorted(items, key=lambda one: one.since)[:MOST]


async def _statements(uow: UnitOfWork, language: str, titles: Mapping[str, str]) -> list[TodayItem]:
    """Open statements that wait for one of `titles`, the oldest first."""
    names, ours = await names_of(uow), uow.context.tenant
    found = []
    for books in (await all_books(uow)).values():
        for card in books.cards():
            title = titles.get(waits(card, ours))
            if title is None or _own_check(uow, card):
                continue
            since = max((one.done_at for one in card.acts), default=card.created_at)
            found.append(
                TodayItem(
                    translate(language, N_("Oppgjør")),
                    translate(language, title, place=names[card.pair.other(ours)]),
                    f"{period_text(card.first, card.last, language)}. {net_short(card, ours, language)}.",
                    f"{uow.context.base_url}/oppgjor/{card.id}",
                    since.astimezone(OSLO).date(),
                )
            )
    return sorted(found, key=lambda one: one.since)[:MOST]


def _own_check(uow: UnitOfWork, card: StatementCard) -> bool:
    """Whether the reader has checked it, so that somebody else must accept it."""
    checked = card.standing.checked.get(uow.context.tenant)
    return checked is not None and checked.user_id == uow.context.user_id


async def _proposals(uow: UnitOfWork, language: str) -> list[TodayItem]:
    names, ours = await names_of(uow), uow.context.tenant
    return [
        TodayItem(
            translate(language, N_("Oppgjør")),
            translate(language, N_("Svar på avtale om oppgjør fra %(place)s"), place=names[pair.other(ours)]),
            lasting(one, language),
            f"{uow.context.base_url}/oppgjor/avtaler/{one.id}",
            one.created_at.astimezone(OSLO).date(),
        )
        for pair, books in (await all_books(uow)).items()
        for one in books.agreements
        if one.state == "proposed" and one.proposed_by_id != ours
    ]


TODAY = [
    TodaySource(Permission.SETTLEMENT_CHECK, _to_check),
    TodaySource(Permission.SETTLEMENT_ACCEPT, _to_accept),
]
