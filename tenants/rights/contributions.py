"""What the slice adds to shared pages: its menu line, requests that wait, ways in from a case and a contact, and notes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import CaseLink, ContactPanel, MenuEntry, Panel, TodayItem, TodaySource
from sammen.web.i18n import translate
from tenants.rights.queries import not_covered, notes_of, requests
from tenants.rights.rules import EXTRACTED, KINDS

MENU = [
    MenuEntry(
        PlaceKind.MUNICIPALITY, Permission.RIGHTS_HANDLE, N_("Innsyn og rettigheter"), "/rettigheter", 78
    )
]


async def _waiting(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """Requests that wait for the reader: their own, and those of somebody in a case of theirs that no extract covers."""
    found = []
    for one in await requests(uow, closed=False):
        mine = one.handler_id == uow.context.user
        part = (
            not mine
            and one.contact_id is None
            and one.kind in EXTRACTED
            and bool(await not_covered(uow, one))
        )
        if not mine and not part:
            continue
        meta = (
            N_("Svar innen én måned.")
            if mine
            else N_("Du har en sak som ikke er med i svaret. Lag utdrag av din del.")
        )
        found.append(
            TodayItem(
                kind=translate(language, N_("Krav om innsyn eller retting")),
                title=f"{one.name}: {translate(language, KINDS[one.kind])}",
                meta=translate(language, meta),
                url=f"{uow.context.base_url}/rettigheter/{one.id}",
                since=one.received_on,
                due=one.deadline,
                persons=(one.person_id,),
            )
        )
    return found[:50]


async def _notes(uow: UnitOfWork, case_id: UUID) -> dict[str, Any] | None:
    found = await notes_of(uow, case_id)
    return {"notes": found} if found else None


async def _contact(uow: UnitOfWork, contact_id: UUID) -> dict[str, Any] | None:
    if not uow.context.may(Permission.CONTACT_READ):
        return None
    return {"url": f"{uow.context.base_url}/stottekontakter/{contact_id}/rettighet"}


TODAY = [TodaySource(Permission.RIGHTS_HANDLE, _waiting)]
PANELS = [Panel(Permission.CASE_READ, "rights/panel.html", 95, _notes)]
CONTACT_PANELS = [ContactPanel(Permission.RIGHTS_HANDLE, "rights/contact_panel.html", 95, _contact)]
LINKS = [
    CaseLink(
        Permission.RIGHTS_HANDLE,
        N_("Krav om innsyn, retting eller sletting"),
        "/rettighet",
        62,
        purchaser=False,
    ),
    CaseLink(Permission.RIGHTS_HANDLE, N_("Merknad om uenighet"), "/uenighet", 63, purchaser=False),
]
