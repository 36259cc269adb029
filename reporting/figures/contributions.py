"""What figures add to shared pages: the municipality's menu line, and what waits for those who answer for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from reporting.figures.collecting import collected, region_periods
from reporting.figures.own import period_states
from reporting.figures.queries import due_on, offered_kinds, own_editions, regions_of, reminded
from reporting.figures.views import period_name
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import MenuEntry, TodayItem, TodaySource
from sammen.web.i18n import ntranslate, translate

MENU = [MenuEntry(PlaceKind.MUNICIPALITY, Permission.FIGURE_READ, N_("Tall"), "/tall", 80)]


async def _own(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """Editions that wait for approval, the latest period when nobody has computed it, and what a region has asked for."""
    if uow.context.tenant_id is None:
        return []
    regions, asked = await regions_of(uow), await reminded(uow)
    states = period_states(await offered_kinds(uow), await own_editions(uow), today())
    items = []
    for number, state in enumerate(states):
        if state.waiting and state.approved:
            meta = N_("En ny utgave er beregnet og venter på at du godkjenner den.")
        elif state.waiting and state.period.slug in asked:
            meta = N_("Samarbeidet venter på at du godkjenner tallene.")
        elif state.waiting:
            meta = N_("Tallene er beregnet og venter på at du godkjenner dem.")
        elif state.current is None and (number == 0 or state.period.slug in asked):
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
                due=due_on(state.period, regions),
            )
        )
    return sorted(items, key=lambda item: item.since)


async def _region(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """Municipalities that are late with the last period."""
    if uow.context.region_id is None:
        return []
    found = await collected(uow, (await region_periods(uow))[0])
    waiting = [one for one in found.missing if one.may_be_asked]
    if not found.late or not waiting:
        return []
    return [
        TodayItem(
            kind=translate(language, N_("Tall")),
            title=ntranslate(
                language,
                "Én kommune har ikke godkjent tallene for %(period)s",
                "%(num)s kommuner har ikke godkjent tallene for %(period)s",
                len(found.missing),
                period=period_name(found.period, language),
            ),
            meta=translate(language, N_("Fristen er ute. Minn dem på tallene.")),
            url=f"{uow.context.base_url}/innlevering?periode={found.period.slug}",
            since=found.due + timedelta(days=1),
            due=found.due,
        )
    ]


TODAY = [TodaySource(Permission.FIGURE_APPROVE, _own), TodaySource(Permission.RELEASE_WRITE, _region)]
