"""What scenarios add to shared pages: their line in the region's menu."""

from __future__ import annotations

from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import MenuEntry

MENU = [MenuEntry(PlaceKind.REGION, Permission.DASHBOARD_READ, N_("Hva om …"), "/hva-om", 8)]
