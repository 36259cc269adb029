"""The trail's place in the menu."""

from __future__ import annotations

from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import MenuEntry

MENU = [MenuEntry(PlaceKind.MUNICIPALITY, Permission.TRAIL_READ, N_("Innsynslogg"), "/innsynslogg", 900)]
