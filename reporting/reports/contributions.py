"""What the region's reports add to shared pages: their menu lines, and the published range beside own figures."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from reporting.figures.api import on_ranges
from reporting.periods import Period
from reporting.releases.api import released, releases_shown
from reporting.reports.frame import frame, warm
from reporting.reports.quantities import quantity
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import MenuEntry

MENU = [
    MenuEntry(PlaceKind.REGION, Permission.DASHBOARD_READ, N_("Tall"), "/tall", 5),
    MenuEntry(PlaceKind.REGION, Permission.DASHBOARD_READ, N_("Mål"), "/maal", 6),
]


@on_ranges
async def published_ranges(uow: UnitOfWork, period: Period) -> Mapping[str, tuple[Decimal, Decimal]]:
    """The lowest and the highest figure of each measure that the period's release shows; empty before there is one."""
    card = next((one for one in await releases_shown(uow) if one.period == period), None)
    if card is None:
        return {}
    await warm()
    release = await released(uow, card)
    framed = frame([release], [quantity(name) for name in release.measures])
    found = {}
    for name in release.measures:
        spread = framed.spread(period.slug, name)
        # Of fewer than three, the range would be somebody's own figure with a name on it.
        if spread.count >= 3 and spread.lowest is not None and spread.highest is not None:
            found[name] = (spread.lowest, spread.highest)
    return found
