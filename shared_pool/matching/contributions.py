"""What the slice adds to shared pages: its menu lines, the proposals that wait for the municipality, how an order's need
stands, and the requests that wait for a contact.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from sammen.audit.trail import record_read
from sammen.clock import OSLO
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Forbidden
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import MenuEntry, OrderPanel, OwnPanel, TodayItem, TodaySource
from sammen.web.formats import date_day_month
from sammen.web.i18n import translate
from shared_pool.matching.queries import own_proposals, own_proposals_of_need, requests_to
from shared_pool.matching.views import need_view, proposal_view
from shared_pool.needs.api import check_postable, own_need
from shared_pool.recruitment.api import homes_of, own_pool
from tenants.api import OrderCard, contact_card, order_card, own_contact

MENU = [
    MenuEntry(PlaceKind.MUNICIPALITY, Permission.NEED_READ, N_("Formidling"), "/formidling", 60, shared=True),
    MenuEntry(PlaceKind.OWN, Permission.PROPOSAL_ANSWER, N_("Forespørsler"), "/foresporsler", 30),
]
MOST = 50


async def _to_answer(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """Proposals the municipality must answer, and accepted ones that wait for its own part."""
    items = []
    for card in await own_proposals(uow):
        waits = [name for name in card.waits_for if name != "candidate"]
        if not card.live or not waits:
            continue
        held_until = card.held_until.astimezone(OSLO).date()
        if card.state == "proposed":
            title = translate(language, N_("Svar på forslag til behov %(code)s"), code=card.need_card["code"])
            meta = translate(
                language, N_("En kandidat er holdt av til dere fram til %(day)s."),
                day=date_day_month(held_until, language),
            )  # fmt: skip
        else:
            title = translate(
                language, N_("Fullfør forslaget til behov %(code)s"), code=card.need_card["code"]
            )
            meta = translate(language, N_("Brukerens ja, politiattest eller taushetserklæring mangler."))
        items.append(
            TodayItem(
                translate(language, N_("Forslag")),
                title,
                meta,
                f"{uow.context.base_url}/formidling/{card.id}",
                card.created_at.astimezone(OSLO).date(),
                held_until,
            )
        )
    return items[:MOST]


async def _order_panel(uow: UnitOfWork, order_id: UUID) -> dict[str, Any] | None:
    """How the order's need stands and the proposal for it; else whether a need may be posted, or in a sentence why not."""
    context = uow.context
    order = await order_card(uow, order_id)
    base = f"{context.base_url}/formidling"
    if order.need_id is not None:
        say = partial(translate, context.language)
        need = need_view(await own_need(uow, order.need_id), say, context.language)
        found = await own_proposals_of_need(uow, order.need_id)
        current = next((card for card in found if card.live or card.state == "matched"), None)
        if current is not None:
            await record_read(
                uow, "matching.order", [current.candidate_id], why=N_("Leste bestillingen"), object_kind="order",
                object_id=order.id,
            )  # fmt: skip
        shown = proposal_view(current, say, context.language, own=True) if current is not None else None
        return {"need": need, "proposal": shown, "base": base}
    if not order.open or not context.may(Permission.NEED_POST):
        return None
    why_not = await _why_not(uow, order)
    return {"need": None, "why_not": why_not, "post": f"{context.base_url}/bestillinger/{order.id}/behov"}


async def _why_not(uow: UnitOfWork, order: OrderCard) -> str | None:
    """Why nothing may be posted for an order, as the form itself would answer; None when it may."""
    try:
        check_postable(order)
        await own_pool(uow)
    except Forbidden as refused:
        return refused.message
    return None


async def _own_panel(uow: UnitOfWork) -> dict[str, Any] | None:
    """Requests that wait for the contact's answer: who asks, and until when."""
    contact_id = await own_contact(uow)
    if contact_id is None:
        return None
    asked = await requests_to(uow, (await contact_card(uow, contact_id)).candidate_id)
    waiting = [card for card in asked if card.live and card.candidate_yes_at is None]
    if not waiting:
        return None
    try:
        homes = await homes_of(uow, (await own_pool(uow)).id)
    except Forbidden:
        return None  # the municipality has left the region: there is nobody to answer
    return {
        "requests": [
            (
                homes[card.need_tenant_id].name if card.need_tenant_id in homes else "",
                date_day_month(card.held_until.astimezone(OSLO).date(), uow.context.language),
                f"{uow.context.base_url}/foresporsler/{card.id}",
            )
            for card in waiting
        ]
    }


ORDER_PANELS = [OrderPanel(Permission.NEED_READ, "matching/order_panel.html", 10, _order_panel)]
OWN_PANELS = [OwnPanel(Permission.PROPOSAL_ANSWER, "matching/own_panel.html", 10, _own_panel)]
TODAY = [TodaySource(Permission.PROPOSAL_DECIDE, _to_answer)]
