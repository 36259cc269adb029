"""What the slice adds to shared pages: its menu lines, the proposals that wait for the municipality, how an order's need
stands, and the requests that wait for a contact.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import shared_pool.matching.timing  # noqa: F401 - listens for withdrawn candidates and closed needs, in the web too
from sammen.audit.trail import record_read
from sammen.clock import OSLO, now, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Forbidden
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import AssignmentPanel, MenuEntry, OrderPanel, OwnPanel, TodayItem, TodaySource
from sammen.web.formats import date_day_month
from sammen.web.i18n import translate
from shared_pool.matching.deciders import deciders, may_decide
from shared_pool.matching.queries import (
    ProposalCard,
    lent_proposals,
    own_proposals,
    own_proposals_of_need,
    requests_to,
)
from shared_pool.matching.trial import drags_on, proposal_of
from shared_pool.matching.views import home_waits, need_view, proposal_view
from shared_pool.needs.api import check_postable, own_need
from shared_pool.recruitment.api import homes_of, own_pool
from tenants.api import OrderCard, contact_card, order_card, own_contact

MENU = [
    MenuEntry(PlaceKind.MUNICIPALITY, Permission.NEED_READ, N_("Formidling"), "/formidling", 60, shared=True),
    MenuEntry(PlaceKind.OWN, Permission.PROPOSAL_ANSWER, N_("Forespørsler"), "/foresporsler", 30),
]
MOST = 50
TOLD_DAYS = 7
"""How long it stands on the day's list that a time ran out."""


def _item(
    uow: UnitOfWork, card: ProposalCard, words: tuple[str, str], path: str, due: date | None = None
) -> TodayItem:
    """A line about a proposal: `words` are its finished title and second line."""
    return TodayItem(
        translate(uow.context.language, N_("Forslag")), *words, f"{uow.context.base_url}/formidling{path}",
        card.created_at.astimezone(OSLO).date(), due,
    )  # fmt: skip


async def _to_answer(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """Proposals the municipality must answer, for those who decide; accepted ones that wait for its own part; and two who
    should have met.
    """
    items, say, decides = [], partial(translate, language), await may_decide(uow)
    for card in await own_proposals(uow):
        code, until = card.need_card["code"], card.held_until.astimezone(OSLO).date()
        if drags_on(card):
            words = (
                say(N_("De to til behov %(code)s er ikke i gang"), code=code),
                say(N_("Navnene ble vist for over en måned siden. Avtal et møte, eller si fra at det ikke ble riktig.")),
            )  # fmt: skip
            items.append(_item(uow, card, words, f"/{card.id}"))
        elif card.live and card.state == "proposed" and decides:
            words = (
                say(N_("Svar på forslag til behov %(code)s"), code=code),
                say(N_("En kandidat er holdt av til dere fram til %(day)s."), day=date_day_month(until, language)),
            )  # fmt: skip
            items.append(_item(uow, card, words, f"/{card.id}", until))
        elif card.live and card.state == "accepted" and {"user", "vetting"} & set(card.waits_for):
            words = (
                say(N_("Fullfør forslaget til behov %(code)s"), code=code),
                say(N_("Brukerens ja, politiattest eller taushetserklæring mangler.")),
            )
            items.append(_item(uow, card, words, f"/{card.id}", until))
    return items[:MOST]


async def _to_lend(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """Contacts of one's own whom others ask for, for those who decide."""
    asked = [card for card in await lent_proposals(uow) if home_waits(card)]
    if not asked or not await may_decide(uow):
        return []
    say = partial(translate, language)
    return [
        _item(
            uow, card,
            (say(N_("Svar på utlån av %(code)s"), code=card.candidate_card["code"]),
             say(N_("En annen kommune spør om støttekontakten deres. Du ser timer, ikke bruker."))),
            f"/utlaan/{card.id}", card.held_until.astimezone(OSLO).date(),
        )
        for card in asked[:MOST]
    ]  # fmt: skip


async def _timed_out(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """Proposals whose time ran out this week: the need is open again, and nobody has said no."""
    if not await may_decide(uow):
        return []
    say, since = partial(translate, language), now() - timedelta(days=TOLD_DAYS)
    out = [
        card
        for card in await own_proposals(uow)
        if card.state == "expired"
        and card.ended_at is not None
        and card.ended_at >= since
        and "gone" not in card.candidate_card
    ]
    return [
        _item(
            uow, card,
            (say(N_("Fristen gikk ut for %(candidate)s til behov %(code)s"), candidate=card.candidate_card["code"],
                 code=card.need_card["code"]),
             say(N_("Kandidaten er ledig igjen, og behovet venter på et nytt forslag."))),
            f"/{card.id}",
        )
        for card in out[:MOST]
    ]  # fmt: skip


async def _to_name(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """Nobody is chosen to answer for a municipality that shares a pool."""
    try:
        await own_pool(uow)
    except Forbidden:
        return []
    if any(one.active for one in await deciders(uow)):
        return []
    say = partial(translate, language)
    return [
        TodayItem(
            say(N_("Formidling")), say(N_("Velg hvem som svarer på forslag")),
            say(N_("Ingen er valgt ennå. Da kan alle koordinatorer svare.")),
            f"{uow.context.base_url}/formidling/beslutter", today(),
        )
    ]  # fmt: skip


async def _order_panel(uow: UnitOfWork, order_id: UUID) -> dict[str, Any] | None:
    """How the order's need stands and the proposal for it; else whether a need may be posted, or in a sentence why not.

    A need for a substitute stands beside it, or may be posted (B10).
    """
    context = uow.context
    order = await order_card(uow, order_id)
    regular = await _need_panel(uow, order, order.need_id)
    if regular is None and order.open and context.may(Permission.NEED_POST):
        regular = {
            "need": None,
            "why_not": await _why_not(uow, order),
            "post": f"{context.base_url}/bestillinger/{order.id}/behov",
        }
    substitute = await _need_panel(uow, order, order.substitute_need_id)
    may_ask = context.may(Permission.NEED_POST) and order.state in ("filled", "accepted")
    if substitute is None and may_ask and await _why_not(uow, order) is None:
        substitute = {"need": None, "post": f"{context.base_url}/bestillinger/{order.id}/vikarbehov"}
    if regular is None and substitute is None:
        return None
    return {"regular": regular, "substitute": substitute, "base": f"{context.base_url}/formidling"}


async def _need_panel(uow: UnitOfWork, order: OrderCard, need_id: UUID | None) -> dict[str, Any] | None:
    """A need of an order, and its proposal; None when there is no need."""
    context = uow.context
    if need_id is not None:
        say = partial(translate, context.language)
        need = need_view(await own_need(uow, need_id), say, context.language)
        found = await own_proposals_of_need(uow, need_id)
        current = next((card for card in found if card.live or card.state in ("matched", "done")), None)
        if current is not None:
            await record_read(
                uow, "matching.order", [current.candidate_id], why=N_("Leste bestillingen"), object_kind="order",
                object_id=order.id,
            )  # fmt: skip
        shown = proposal_view(current, say, context.language, side="need") if current is not None else None
        return {"need": need, "proposal": shown}
    return None


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


async def _trial_panel(uow: UnitOfWork, assignment_id: UUID) -> dict[str, Any] | None:
    """On an assignment's page: it came through the pool and is being tried; where it is said that it was not right."""
    proposal_id = await proposal_of(uow, assignment_id)
    if proposal_id is None:
        return None
    card = next((one for one in await own_proposals(uow) if one.id == proposal_id), None)
    if card is None or card.state != "matched":
        return None
    return {"url": f"{uow.context.base_url}/formidling/{card.id}", "code": card.need_card["code"]}


ASSIGNMENT_PANELS = [
    AssignmentPanel(Permission.NEED_READ, "matching/trial_panel.html", 10, _trial_panel),
]
ORDER_PANELS = [OrderPanel(Permission.NEED_READ, "matching/order_panel.html", 10, _order_panel)]
OWN_PANELS = [OwnPanel(Permission.PROPOSAL_ANSWER, "matching/own_panel.html", 10, _own_panel)]
TODAY = [
    TodaySource(Permission.PROPOSAL_DECIDE, _to_answer),
    TodaySource(Permission.PROPOSAL_DECIDE, _to_lend),
    TodaySource(Permission.PROPOSAL_DECIDE, _timed_out),
    TodaySource(Permission.DECIDER_NAME, _to_name),
]
