"""What the slice adds to shared pages: its menu line, what waits today, a contact's panel, and one's own pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sammen.clock import OSLO, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import (
    AssignmentPanel,
    ContactPanel,
    MenuEntry,
    OwnPanel,
    TodayItem,
    TodaySource,
)
from sammen.web.i18n import ntranslate, translate
from tenants.assignments.api import on_meeting_agreed
from tenants.concerns.queries import (
    ConcernFilter,
    concerns_about,
    find_concerns,
    leaving_contacts,
    suspensions_of,
)
from tenants.concerns.words import ABOUT, TOLD_AS
from tenants.contacts.api import contact_card, is_oneself, own_contact
from tenants.messages.api import notify_person

MENU = [
    MenuEntry(PlaceKind.MUNICIPALITY, Permission.CONCERN_READ, N_("Bekymringer"), "/bekymringer", 47),
    MenuEntry(PlaceKind.OWN, Permission.OWN_READ, N_("Meld fra"), "/meld-fra", 45),
]
MOST_TODAY = 50


async def _today(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """Concerns nobody has taken: at once, and before everything else when somebody is in danger."""
    found = []
    for card in (await find_concerns(uow, ConcernFilter(state="new"))).rows[:MOST_TODAY]:
        about = {"user": card.name, "contact": card.contact_name}.get(card.about) or translate(
            language, ABOUT["other"]
        )
        meta = translate(
            language,
            N_("Noen er i fare nå. Meldt av %(who)s.") if card.danger else N_("Meldt av %(who)s. Si at du følger opp."),
            who=card.told_by_name or translate(language, TOLD_AS[card.told_as]),
        )  # fmt: skip
        found.append(
            TodayItem(
                kind=translate(language, N_("Bekymring")), title=about, meta=meta,
                url=f"{uow.context.base_url}/bekymringer/{card.id}", since=card.created_at.astimezone(OSLO).date(),
                due=today(), persons=tuple(card.persons),
            )
        )  # fmt: skip
    return found


async def _leaving(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """Who is to leave after a suspension: until their assignments are ended, their people get nobody else."""
    found = []
    for one in await leaving_contacts(uow):
        meta = (
            ntranslate(
                language, "Avslutt oppdraget med sin grunn. Brukeren får ingen ny før det er gjort.",
                "Avslutt %(num)s oppdrag, hvert med sin grunn. Brukerne får ingen nye før det er gjort.", one.assignments,
            )
            if one.assignments
            else translate(language, N_("Avtalen gjelder til du avslutter den."))
        )  # fmt: skip
        part = "#oppdragene" if one.assignments else "/slutt"
        found.append(
            TodayItem(
                kind=translate(language, N_("Støttekontakt")),
                title=translate(language, N_("%(name)s er tatt ut av tjeneste og skal slutte."), name=one.name),
                meta=meta, url=f"{uow.context.base_url}/kontakter/{one.contact_id}{part}", since=one.since,
                persons=(one.person_id,),
            )
        )  # fmt: skip
    return found


async def _contact_panel(uow: UnitOfWork, contact_id: UUID) -> dict[str, Any] | None:
    """Whether the contact is out of service, and what is worried about; never shown to the contact themselves."""
    if await is_oneself(uow, contact_id):
        return None
    contact = await contact_card(uow, contact_id)
    known = await suspensions_of(uow, contact_id)
    running = next((one for one in known if one.ended_on is None), None)
    leaving = contact.state == "suspended" and running is None and bool(known) and known[0].outcome == "left"
    return {
        "running": running,
        "leaving": leaving,
        # Out over a concern the reader may not read: others follow it up.
        "elsewhere": running is None and contact.state == "suspended" and not leaving,
        "concerns": len(await concerns_about(uow, contact_id)),
        "left": contact.state == "ended",
        "base": uow.context.base_url,
        "contact_id": contact_id,
        "may_write": uow.context.may(Permission.CONCERN_WRITE),
    }


async def _assignment_panel(uow: UnitOfWork, assignment_id: UUID) -> dict[str, Any] | None:
    """The way from an assignment to a concern."""
    return {"url": f"{uow.context.base_url}/bekymringer/ny?oppdrag={assignment_id}"}


async def _own_panel(uow: UnitOfWork) -> dict[str, Any] | None:
    """That the coordinator will ring, when one is out of service."""
    contact_id = await own_contact(uow)
    if contact_id is None or (await contact_card(uow, contact_id)).state != "suspended":
        return None
    return {}


@on_meeting_agreed
async def tell_of_meeting(uow: UnitOfWork, contact_id: UUID, meeting_id: UUID) -> None:
    """The contact gets word that something waits on their page; what it is stands there alone."""
    contact = await contact_card(uow, contact_id)
    await notify_person(uow, contact.person_id, "meeting", once=f"meeting:{meeting_id}")


TODAY = [
    TodaySource(Permission.CONCERN_READ, _today),
    TodaySource(Permission.ASSIGNMENT_WRITE, _leaving),
]
CONTACT_PANELS = [ContactPanel(Permission.CONCERN_READ, "concerns/contact_panel.html", 60, _contact_panel)]
ASSIGNMENT_PANELS = [
    AssignmentPanel(Permission.CONCERN_WRITE, "concerns/assignment_panel.html", 90, _assignment_panel)
]
OWN_PANELS = [OwnPanel(Permission.OWN_READ, "concerns/own_panel.html", 5, _own_panel)]
