"""What the slice adds to shared pages: its menu lines."""

from __future__ import annotations

from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import MenuEntry

MENU = [
    MenuEntry(PlaceKind.REGION, Permission.REGION_READ, N_("Kurs og samlinger"), "/kurs", 42),
    MenuEntry(PlaceKind.MUNICIPALITY, Permission.CONTACT_READ, N_("Kurs og samlinger"), "/kurs", 65, shared=True),
    MenuEntry(PlaceKind.OWN, Permission.HOURS_REGISTER, N_("Kurs"), "/kurs", 40),
]  # fmt: skip
