"""What the slice adds to shared pages: its menu lines, and on a contact's page which campaign brought them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select

import shared_pool.campaigns.arrivals  # noqa: F401 - listens for contacts who come a step on, in the web process too
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import ContactPanel, MenuEntry
from sammen.web.i18n import translate
from shared_pool.campaigns.codes import KIND_NAMES
from shared_pool.campaigns.published import said_in
from shared_pool.campaigns.queries import campaigns_here
from tenants.api import support_contact

MENU = [
    MenuEntry(PlaceKind.REGION, Permission.CAMPAIGN_FIGURES, N_("Kampanjer"), "/kampanjer", 40),
    MenuEntry(
        PlaceKind.MUNICIPALITY, Permission.CAMPAIGN_READ, N_("Rekruttering"), "/rekruttering", 62, shared=True
    ),
]
_CAME_FROM = compile_query(
    select(support_contact.c.came_from).where(
        support_contact.c.tenant_id == bindparam("tenant"), support_contact.c.id == bindparam("contact")
    )
)


async def _panel(uow: UnitOfWork, contact_id: UUID) -> dict[str, Any] | None:
    source_id = await uow.value(_CAME_FROM, tenant=uow.context.tenant, contact=contact_id)
    if source_id is None:
        return None
    language = uow.context.language
    for campaign in await campaigns_here(uow):
        for source in campaign.sources:
            if source.id == source_id:
                kind = translate(language, KIND_NAMES[source.kind])
                return {
                    "title": said_in(campaign.texts, language).title,
                    "source": f"{kind}, {source.place}" if source.place else kind,
                }
    return None


CONTACT_PANELS = [ContactPanel(Permission.CONTACT_READ, "campaigns/panel.html", 6, _panel, coming=True)]
