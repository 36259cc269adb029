"""What the slice adds to others' pages: how a contact gets in, and the way to the same for those of a case."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.contributions import CaseLink, ContactPanel
from tenants.contacts.api import contact_card
from tenants.logins.service import access_of
from tenants.people.api import person_card


async def _contact(uow: UnitOfWork, contact_id: UUID) -> dict[str, Any] | None:
    contact = await contact_card(uow, contact_id)
    if contact.state == "ended":
        return None
    access = await access_of(uow, await person_card(uow, contact.person_id), "contact")
    return {"access": access, "url": f"{uow.context.base_url}/kontakter/{contact.id}/tilgang"}


CONTACT_PANELS = [ContactPanel(Permission.CONTACT_WRITE, "logins/_contact.html", 80, _contact)]
LINKS = [CaseLink(Permission.PERSON_WRITE, N_("Tilgang til egne sider"), "/egne-sider", 62)]
