"""What the slice adds to shared pages: its menu line, and on a case what the municipality's list said of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import MenuEntry, Panel
from tenants.imports.queries import facts_from_list

MENU = [MenuEntry(PlaceKind.MUNICIPALITY, Permission.IMPORT_RUN, N_("Hent inn saker"), "/import", 90)]


async def _from_list(uow: UnitOfWork, case_id: UUID) -> dict[str, Any] | None:
    found = [
        f for f in await facts_from_list(uow, case_id) if f.contact_name or f.note or f.has_companion_card
    ]
    return {"from_list": found} if found else None


PANELS = [Panel(Permission.CASE_READ, "imports/panel.html", 90, _from_list)]
