"""What the slice adds to shared pages: its menu line, what waits today, and panels on a contact's and one's own page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sammen.clock import OSLO, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import ContactPanel, MenuEntry, OwnPanel, TodayItem, TodaySource
from sammen.web.formats import date_long
from sammen.web.i18n import ntranslate, translate
from tenants.contacts.api import contact_card, own_contact
from tenants.followups.meetings import invitations, meetings
from tenants.followups.queries import (
    coming,
    conversations_due,
    conversations_of,
    lacking_guidance,
    silent_contacts,
    wishes,
)
from tenants.followups.views import FOLLOW_UP, mine

__all__ = ["CONTACT_PANELS", "MENU", "OWN_PANELS", "TODAY"]

MENU = [
    MenuEntry(PlaceKind.MUNICIPALITY, Permission.FOLLOWUP_READ, FOLLOW_UP, "/oppfolging", 44),
    MenuEntry(PlaceKind.OWN, Permission.CONTACT_OWN, FOLLOW_UP, "/oppfolging", 45),
]
MOST_TODAY = 50
MOST_ALONE = 8
"""So many conversations stand as a line each; more are one line that opens the list."""


def _item(
    uow: UnitOfWork,
    language: str,
    kind: str,
    name: str,
    meta: str,
    path: str,
    since: Any,
    due: Any,
    person_id: UUID,
) -> TodayItem:
    return TodayItem(
        kind=translate(language, kind), title=name, meta=meta, url=f"{uow.context.base_url}{path}", since=since, due=due,
        persons=(person_id,),
    )  # fmt: skip


async def _conversations(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """Conversations that are due, of the contacts one follows up and of those nobody does."""
    rows = mine(coming(await conversations_due(uow)), uow.context.user_id, lambda row: row.owner)
    if len(rows) > MOST_ALONE:
        return [
            TodayItem(
                kind=translate(language, N_("Samtale")),
                title=ntranslate(
                    language, N_("%(num)s samtale med en støttekontakt står for tur"),
                    N_("%(num)s samtaler med støttekontakter står for tur"), len(rows),
                ),
                meta=translate(language, N_("Den eldste er med %(name)s."), name=rows[0].name),
                url=f"{uow.context.base_url}/oppfolging?vis=mine",
                since=rows[0].due,
                due=rows[0].due,
                persons=(rows[0].person_id,),
            )
        ]  # fmt: skip
    found = []
    for row in rows:
        meta = (
            translate(language, N_("Dere snakket sist %(day)s."), day=date_long(row.last, language))
            if row.last
            else translate(language, N_("Dere har ikke hatt noen samtale ennå."))
        )
        path = f"/kontakter/{row.contact_id}/oppfolging"
        found.append(
            _item(uow, language, N_("Samtale"), row.name, meta, path, row.due, row.due, row.person_id)
        )
    return found


async def _wishes(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """What contacts have asked for guidance about."""
    asked = mine(await wishes(uow), uow.context.user_id, lambda one: one.owner)
    return [
        _item(
            uow, language, N_("Ønsker veiledning"), one.name, one.words[:160],
            f"/kontakter/{one.contact_id}/oppfolging#onsker", one.wished_at.astimezone(OSLO).date(), None, one.person_id,
        )
        for one in asked[:MOST_TODAY]
    ]  # fmt: skip


async def _silent(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    rows = mine(await silent_contacts(uow), uow.context.user_id, lambda row: row.owner)
    return [
        _item(
            uow, language, N_("Lenge siden sist"), row.name,
            translate(language, N_("Dere har ikke hørt noe siden %(day)s."), day=date_long(row.last or row.due, language)),
            f"/kontakter/{row.contact_id}", row.due, None, row.person_id,
        )
        for row in rows[:MOST_TODAY]
        if row.planned_on is None
    ]  # fmt: skip


async def _guidance(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """Those who begin soon and lack guidance: the first meeting is closed until they have had it (B4)."""
    rows = mine(await lacking_guidance(uow), uow.context.user_id, lambda row: row.owner)
    return [
        _item(
            uow, language, N_("Veiledning"), row.name,
            translate(
                language, N_("Skal begynne %(day)s, men har ikke hatt veiledning."), day=date_long(row.starts_on, language)
            ),
            f"/kontakter/{row.contact_id}/oppfolging", row.registered_on, row.starts_on, row.person_id,
        )
        for row in rows[:MOST_TODAY]
        if row.starts_on is not None and row.planned_on is None
    ]  # fmt: skip


async def _attendance(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """Meetings that have been, and whose attendance nobody has noted."""
    return [
        TodayItem(
            kind=translate(language, N_("Informasjonsmøte")),
            title=one.topic,
            meta=translate(language, N_("Før hvem som kom.")),
            url=f"{uow.context.base_url}/oppfolging/moter/{one.id}",
            since=one.meets_on,
        )
        for one in await meetings(uow)
        if one.past and one.registered_at is None and one.cancelled_on is None
    ]


async def _contact_panel(uow: UnitOfWork, contact_id: UUID) -> dict[str, Any] | None:
    found, invited = await conversations_of(uow, contact_id), await invitations(uow, contact_id)
    due = next(iter(await conversations_due(uow, contact_id)), None)
    last = next((one.held_on for one in found if one.held_on is not None), None)
    if due is None and last is None and not invited:
        return None
    return {
        "last": last,
        "planned": min((one.planned_on for one in found if one.open and one.planned_on), default=None),
        "due": due.due if due else None,
        "over": due.over if due else False,
        "days_left": due.days_left if due else None,
        "came": str(sum(1 for one in invited if one.came and one.meets_on.year == today().year)),
        "asked": len(await wishes(uow, contact_id)),
        "base": f"{uow.context.base_url}/kontakter/{contact_id}/oppfolging",
    }


async def _own_panel(uow: UnitOfWork) -> dict[str, Any] | None:
    contact_id = await own_contact(uow)
    if contact_id is None:
        return None
    ahead = [
        one
        for one in await invitations(uow, contact_id)
        if one.meets_on >= today() and not one.answer and one.cancelled_on is None
    ]
    planned = [one for one in await conversations_of(uow, contact_id) if one.open and one.planned_on]
    if not ahead and not planned:
        return None
    who = (await contact_card(uow, contact_id)).follow_up_name
    return {"ahead": ahead, "planned": planned, "who": who, "base": f"{uow.context.base_url}/oppfolging"}


TODAY = [
    TodaySource(Permission.FOLLOWUP_WRITE, _conversations),
    TodaySource(Permission.FOLLOWUP_WRITE, _wishes),
    TodaySource(Permission.FOLLOWUP_WRITE, _silent),
    TodaySource(Permission.FOLLOWUP_WRITE, _guidance),
    TodaySource(Permission.FOLLOWUP_WRITE, _attendance),
]
CONTACT_PANELS = [ContactPanel(Permission.FOLLOWUP_READ, "followups/contact_panel.html", 40, _contact_panel)]
OWN_PANELS = [OwnPanel(Permission.CONTACT_OWN, "followups/own_panel.html", 40, _own_panel)]
