"""What the slice adds to shared pages: its menu line, what waits for the coordinator, and for the contact on their own page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import ContactPanel, MenuEntry, OwnPanel, TodayItem, TodaySource
from sammen.web.formats import date_day_month
from sammen.web.i18n import translate
from shared_pool.recruitment.consents import CANDIDATE_USES, WARN_DAYS, holding
from shared_pool.recruitment.queries import own_candidate
from shared_pool.recruitment.stability import stability_of
from shared_pool.recruitment.waiting import Waiting, ends_soon, objections, wants_in
from tenants.api import contact_card, own_contact

MENU = [MenuEntry(PlaceKind.REGION, Permission.POOL_READ, N_("Kandidater"), "/kandidater", 25)]
KIND = N_("Felles bank")


def _item(uow: UnitOfWork, one: Waiting, title: str, meta: str, kind: str) -> TodayItem:
    return TodayItem(
        kind=kind, title=title, meta=meta, url=f"{uow.context.base_url}/kontakter/{one.contact_id}/del", since=one.since,
        due=one.due, persons=(one.person_id,),
    )  # fmt: skip


async def _today(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """Objections to answer, those who have said yes themselves, and a yes that ends for who cannot be told in Sammen."""
    kind = translate(language, KIND)
    items = [
        _item(
            uow, one, translate(language, N_("%(name)s sier at noe om stabilitet ikke stemmer."), name=one.name),
            translate(language, N_("Teller ikke før dere har svart.")), kind,
        )
        for one in await objections(uow)
    ]  # fmt: skip
    items += [
        _item(
            uow, one, translate(language, N_("%(name)s har sagt ja til den felles banken."), name=one.name),
            translate(language, N_("Gå gjennom det sammen, og del uten navn.")), kind,
        )
        for one in await wants_in(uow)
    ]  # fmt: skip
    for one in await ends_soon(uow, WARN_DAYS):
        day = date_day_month(one.due, language) if one.due is not None else ""
        title = translate(language, N_("Samtykket til %(name)s går ut %(day)s."), name=one.name, day=day)
        meta = translate(language, N_("Spør om hun eller han vil stå lenger i banken."))
        items.append(_item(uow, one, title, meta, kind))
    return items


async def _contact_panel(uow: UnitOfWork, contact_id: UUID) -> dict[str, Any] | None:
    """Under which code the pool knows the contact, and until when."""
    card = await contact_card(uow, contact_id)
    candidate = await own_candidate(uow, card.candidate_id)
    shared = candidate if candidate is not None and candidate.consents else None
    yes = await holding(uow, contact_id)
    return {
        "code": shared.code if shared is not None else None,
        "until": shared.consent_until if shared is not None else None,
        "asked": bool(yes.keys() & CANDIDATE_USES.keys()),
        "waits": len((await stability_of(uow, contact_id)).open_objections),
        "url": f"{uow.context.base_url}/kontakter/{contact_id}/del",
    }


async def _own_panel(uow: UnitOfWork) -> dict[str, Any] | None:
    """A yes that ends within a fortnight, an answer to read, or what is said of them that they have not seen."""
    contact_id = await own_contact(uow)
    if contact_id is None:
        return None
    candidate = await own_candidate(uow, (await contact_card(uow, contact_id)).candidate_id)
    if candidate is None or not candidate.consents:
        return None
    left = (candidate.consent_until - today()).days
    days = left if left <= WARN_DAYS else None
    said = await stability_of(uow, contact_id)
    unseen = not said.seen and not said.open_objections
    if days is None and not unseen:
        return None
    answered = unseen and any(one.answered_on is not None for one in said.objections)
    return {"url": f"{uow.context.base_url}/banken", "days": days, "answered": answered}


TODAY = [TodaySource(Permission.CANDIDATE_SHARE, _today)]
OWN_PANELS = [OwnPanel(Permission.CONTACT_OWN, "recruitment/own_panel.html", 55, _own_panel)]
CONTACT_PANELS = [
    ContactPanel(Permission.CANDIDATE_SHARE, "recruitment/contact_panel.html", 30, _contact_panel)
]
