"""What the slice adds to shared pages: its menu line, and on a contact's page whether and how they are shared."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import ContactPanel, MenuEntry
from shared_pool.recruitment.queries import own_candidate
from tenants.api import contact_card

MENU = [MenuEntry(PlaceKind.REGION, Permission.POOL_READ, N_("Kandidater"), "/kandidater", 30)]


async def _contact_panel(uow: UnitOfWork, contact_id: UUID) -> dict[str, Any] | None:
    """Under which code the pool knows the contact, and until when."""
    card = await contact_card(uow, contact_id)
    candidate = await own_candidate(uow, card.candidate_id)
    shared = candidate if candidate is not None and candidate.consents else None
    return {
        "code": shared.code if shared is not None else None,
        "until": shared.consent_until if shared is not None else None,
    }


CONTACT_PANELS = [
    ContactPanel(Permission.CANDIDATE_SHARE, "recruitment/contact_panel.html", 30, _contact_panel)
]
