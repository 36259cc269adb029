"""What the slice adds to shared pages: the region's menu line, and the groups that wait for a municipality's answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import MenuEntry, TodayItem, TodaySource
from sammen.web.i18n import translate
from shared_pool.gathering import views
from shared_pool.gathering.queries import own_asks
from shared_pool.gathering.service import ANSWER_DAYS

MENU = [MenuEntry(PlaceKind.REGION, Permission.GATHERING_WRITE, N_("Gruppeforslag"), "/gruppeforslag", 30)]
MOST = 50


async def _to_answer(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    say = partial(translate, language)
    return [
        TodayItem(
            say(N_("Gruppeforslag")),
            say(
                N_("Svar på gruppe: %(group)s"),
                group=views.title(
                    views.facts(card.interest, card.weekday, card.age_band, card.areas, say), say
                ),
            ),
            say(N_("Noen av behovene deres passer i en gruppe med andre kommuner.")),
            f"{uow.context.base_url}/formidling/gruppeforslag/{card.id}",
            card.answer_by - timedelta(days=ANSWER_DAYS),
            card.answer_by,
        )
        for card in await own_asks(uow)
        if card.waits
    ][:MOST]


TODAY = [TodaySource(Permission.GATHERING_ANSWER, _to_answer)]
