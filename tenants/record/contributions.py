"""What the slice adds to shared pages: its lines in the menu, one for those with cases and one for the officer."""

from __future__ import annotations

from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import MenuEntry

MENU = [
    MenuEntry(PlaceKind.MUNICIPALITY, Permission.PERSON_READ, N_("Personer"), "/personer", 85),
    MenuEntry(
        PlaceKind.MUNICIPALITY, Permission.TRAIL_READ, N_("Innsyn for én person"), "/personer/innsyn", 905
    ),
]
