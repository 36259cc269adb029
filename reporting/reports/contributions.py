"""What the region's reports add to shared pages: their menu lines, and the published range beside own figures."""

from __future__ import annotations

from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import MenuEntry

MENU = [
    MenuEntry(PlaceKind.REGION, Permission.DASHBOARD_READ, N_("Tall"), "/tall", 5),
    MenuEntry(PlaceKind.REGION, Permission.DASHBOARD_READ, N_("Mål"), "/maal", 6),
]
