"""The administrator's menu line."""

from __future__ import annotations

from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import MenuEntry

MENU = [MenuEntry(PlaceKind.MUNICIPALITY, Permission.MEMBER_READ, N_("Ansatte"), "/ansatte", 78)]
