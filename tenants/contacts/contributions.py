"""What the slice adds to shared pages: its menu line, and whose vetting is missing today."""

from __future__ import annotations

from collections.abc import Sequence

from sammen.clock import OSLO
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import MenuEntry, TodayItem, TodaySource
from sammen.web.i18n import translate
from tenants.contacts.queries import ContactCard, unvetted_contacts

MENU = [MenuEntry(PlaceKind.MUNICIPALITY, Permission.CONTACT_READ, N_("Støttekontakter"), "/kontakter", 40)]


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


TODAY = [TodaySource(Permission.VETTING_RECORD, _today)]
