"""What the survey of schemes adds to shared pages: its line in the municipality's menu."""

from __future__ import annotations

from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import MenuEntry

MENU = [MenuEntry(PlaceKind.MUNICIPALITY, Permission.SCHEME_WRITE, N_("Ordninger"), "/ordninger", 81)]
