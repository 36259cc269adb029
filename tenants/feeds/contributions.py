"""What the slice adds to pages it does not own: a line under one's name."""

from __future__ import annotations

from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import MenuEntry

MENU = [MenuEntry(PlaceKind.OWN, Permission.OWN_READ, N_("Kalenderen min"), "/kalender", 62, own=True)]
