"""What the slice adds to shared pages: its line in the menu."""

from __future__ import annotations

from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import MenuEntry

MENU = [MenuEntry(PlaceKind.MUNICIPALITY, Permission.PERSON_READ, N_("Personer"), "/personer", 85)]
