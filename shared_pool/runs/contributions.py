"""What the slice adds to shared pages: the region's lines in the menu."""

from __future__ import annotations

from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import MenuEntry

MENU = [
    MenuEntry(PlaceKind.REGION, Permission.POOL_READ, N_("Formidling"), "/formidling", 20),
    MenuEntry(PlaceKind.REGION, Permission.NEED_SEE, N_("Behov"), "/behov", 22),
]
