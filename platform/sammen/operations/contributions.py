"""The operator's menu."""

from __future__ import annotations

from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import MenuEntry

READ = Permission.OPERATIONS_READ
MENU = [
    MenuEntry(PlaceKind.OPERATIONS, READ, N_("Oversikt"), "", 10),
    MenuEntry(PlaceKind.OPERATIONS, READ, N_("Jobber"), "/jobber", 20),
    MenuEntry(PlaceKind.OPERATIONS, READ, N_("Kommuner"), "/kommuner", 30),
    MenuEntry(PlaceKind.OPERATIONS, Permission.PROVIDER_WRITE, N_("Innlogging"), "/innlogging", 40),
]
