"""What reporting adds to shared pages: the menu lines, and what waits for the one who approves figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from reporting.figures.queries import offered_kinds, own_editions
from reporting.own import period_states
from reporting.views import period_name
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import MenuEntry, TodayItem, TodaySource
from sammen.web.i18n import translate

MENU = [
    MenuEntry(PlaceKind.MUNICIPALITY, Permission.FIGURE_READ, N_("Tall"), "/tall", 80),
    MenuEntry(PlaceKind.REGION, Permission.DASHBOARD_READ, N_("Tall"), "/tall", 5),
]


async def _today(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """Editions that wait for approval, and the latest period when nobody has computed it."""
    states = period_states(await offered_kinds(uow), await own_editions(uow), today())
    items = []
    for number, state in enumerate(states):
        if state.waiting:
            meta = N_("Tallene er beregnet og venter på at du godkjenner dem.")
        elif number == 0 and state.current is None:
            meta = N_("Perioden er over. Beregn tallene og godkjenn dem.")
        else:
            continue
        items.append(
            TodayItem(
                kind=translate(language, N_("Tall")),
                title=translate(
                    language, N_("Tall for %(period)s"), period=period_name(state.period, language)
                ),
                meta=translate(language, meta),
                url=f"{uow.context.base_url}/tall/{state.period.slug}",
                since=state.period.end + timedelta(days=1),
            )
        )
    return sorted(items, key=lambda item: item.since)


TODAY = [TodaySource(Permission.FIGURE_APPROVE, _today)]
