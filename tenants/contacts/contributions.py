"""What the slice adds to shared pages: its menu lines, and which contacts wait for something today."""

from __future__ import annotations

from collections.abc import Sequence

from sammen.clock import OSLO
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import MenuEntry, TodayItem, TodaySource
from sammen.web.i18n import translate
from tenants.contacts.queries import ContactCard, campaign_enquiries, unanswered_contacts, unvetted_contacts
from tenants.contacts.rules import ENQUIRY_DAYS
from tenants.contacts.waiting import interviews_due, unread_words

MENU = [
    MenuEntry(PlaceKind.MUNICIPALITY, Permission.CONTACT_READ, N_("Støttekontakter"), "/kontakter", 40),
    MenuEntry(PlaceKind.OWN, Permission.CONTACT_OWN, N_("Opplysninger om meg"), "/meg", 50),
]


def missing(card: ContactCard, language: str) -> str:
    """What a contact lacks before the first meeting, in one sentence with the name; "" when nothing is."""
    match card.police_shown_on is None, card.confidentiality_signed_on is None:
        case True, True:
            message = N_("%(name)s mangler politiattest og taushetserklæring.")
        case True, False:
            message = N_("%(name)s mangler politiattest.")
        case False, True:
            message = N_("%(name)s mangler taushetserklæring.")
        case _:
            return ""
    return translate(language, message, name=card.name)


async def _today(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    return [
        TodayItem(
            kind=translate(language, N_("Godkjenning")),
            title=missing(card, language),
            meta=translate(language, N_("Kan ikke møte noen før det er på plass.")),
            url=f"{uow.context.base_url}/kontakter/{card.id}#godkjenning",
            since=card.created_at.astimezone(OSLO).date(),
            persons=(card.person_id,),
        )
        for card in await unvetted_contacts(uow)
    ]


async def _enquiries(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    return [
        TodayItem(
            kind=translate(language, N_("Henvendelse")),
            title=translate(
                language, N_("%(name)s vil bli støttekontakt og har ikke fått svar."), name=card.name
            ),
            meta=" · ".join(part for part in (card.phone, card.email) if part),
            url=f"{uow.context.base_url}/kontakter/{card.id}",
            since=card.created_at.astimezone(OSLO).date(),
            persons=(card.person_id,),
        )
        for card in await unanswered_contacts(uow, ENQUIRY_DAYS)
    ]


async def _from_campaigns(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    return [
        TodayItem(
            kind=translate(language, N_("Fra kampanje")),
            title=translate(
                language, N_("Ny henvendelse fra kampanjen: %(name)s. Ta kontakt."), name=card.name
            ),
            meta=" · ".join(part for part in (card.phone, card.email) if part),
            url=f"{uow.context.base_url}/kontakter/{card.id}",
            since=card.created_at.astimezone(OSLO).date(),
            persons=(card.person_id,),
        )
        for card in await campaign_enquiries(uow)
    ]


async def _interviews(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    return [
        TodayItem(
            kind=translate(language, N_("Intervju")),
            title=translate(language, N_("Intervju med %(name)s. Skriv hva dere snakket om."), name=one.name),
            meta="",
            url=f"{uow.context.base_url}/kontakter/{one.contact_id}#intervju",
            since=one.since,
            persons=(one.person_id,),
        )
        for one in await interviews_due(uow)
    ]


async def _words(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    return [
        TodayItem(
            kind=translate(language, N_("Støttekontakt")),
            title=translate(language, N_("%(name)s har skrevet noe om seg selv."), name=one.name),
            meta=translate(language, N_("Les det, og rett det som er feil.")),
            url=f"{uow.context.base_url}/kontakter/{one.contact_id}#sagt",
            since=one.since,
            persons=(one.person_id,),
        )
        for one in await unread_words(uow)
    ]


TODAY = [
    TodaySource(Permission.VETTING_RECORD, _today),
    TodaySource(Permission.CONTACT_WRITE, _from_campaigns),
    TodaySource(Permission.CONTACT_WRITE, _enquiries),
    TodaySource(Permission.CONTACT_WRITE, _interviews),
    TodaySource(Permission.CONTACT_WRITE, _words),
]
