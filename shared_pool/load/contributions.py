"""What the slice adds to shared pages: the light on a contact's page, and on one's own when it has another colour."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import ContactPanel, MenuEntry, OwnPanel
from shared_pool.load.service import own_light, shown_light
from shared_pool.load.words import shown_words
from tenants.api import own_contact, stated_hours

MENU = [
    MenuEntry(PlaceKind.OWN, Permission.CONTACT_OWN, N_("Hvor mye jeg jobber"), "/belastning", 60, own=True)
]


async def _contact_panel(uow: UnitOfWork, contact_id: UUID) -> dict[str, Any] | None:
    """The colour the contact has let be seen, or the hours they state. Nothing when they have said neither."""
    light = await shown_light(uow, contact_id)
    stated = await stated_hours(uow, contact_id)
    if light is None and stated is None:
        return None
    words = shown_words(light.light, uow.context.language) if light else None
    return {"light": light, "words": words, "stated": stated}


async def _own_panel(uow: UnitOfWork) -> dict[str, Any] | None:
    contact_id = await own_contact(uow)
    light = await own_light(uow, contact_id) if contact_id is not None else None
    return {"url": f"{uow.context.base_url}/belastning"} if light is not None and light.news else None


CONTACT_PANELS = [ContactPanel(Permission.ASSIGNMENT_WRITE, "load/contact_panel.html", 25, _contact_panel)]
OWN_PANELS = [OwnPanel(Permission.CONTACT_OWN, "load/own_panel.html", 60, _own_panel)]
