"""What the slice adds to shared pages: its menu lines, and the proposals that wait for the municipality."""

from __future__ import annotations

from collections.abc import Sequence

from sammen.clock import OSLO
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import MenuEntry, TodayItem, TodaySource
from sammen.web.formats import date_day_month
from sammen.web.i18n import translate
from shared_pool.matching.queries import own_proposals

MENU = [
    MenuEntry(PlaceKind.REGION, Permission.POOL_READ, N_("Formidling"), "/formidling", 20),
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


TODAY = [TodaySource(Permission.PROPOSAL_DECIDE, _to_answer)]
