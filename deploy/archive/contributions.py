"""What archives add to shared pages: orders that wait for a manager, and files that wait to be fetched."""

from __future__ import annotations

from collections.abc import Sequence

from deploy.archive.ordering import exports, waiting
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import MenuEntry, TodayItem, TodaySource
from sammen.web.i18n import translate

KIND = N_("Arkiv")
MENU = [MenuEntry(PlaceKind.MUNICIPALITY, Permission.ARCHIVE_READ, KIND, "/arkiv", 89)]


async def _orders(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """Orders somebody else made."""
    return [
        TodayItem(
            kind=translate(language, KIND),
            title=translate(language, N_("Godkjenn eller avslå et arkiv med alt kommunen har")),
            meta=translate(language, N_("%(who)s har bestilt det."), who=card.ordered_by_name),
            url=f"{uow.context.base_url}/arkiv/{card.id}",
            since=card.created_at.date(),
        )
        for card in waiting(await exports(uow), uow.context.user)
    ]


async def _ready(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """Files the reader ordered, and has not said that they can open."""
    return [
        TodayItem(
            kind=translate(language, KIND),
            title=translate(language, N_("Hent arkivet og bekreft at du kan åpne det")),
            meta=translate(language, N_("Fila slettes etter sju dager.")),
            url=f"{uow.context.base_url}/arkiv/{card.id}",
            since=card.created_at.date(),
        )
        for card in await exports(uow)
        if card.state == "ready" and card.confirmed_at is None and card.ordered_by == uow.context.user
    ]


TODAY = [TodaySource(Permission.ARCHIVE_APPROVE, _orders), TodaySource(Permission.ARCHIVE_ORDER, _ready)]
