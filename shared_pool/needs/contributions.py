"""What the slice adds to Min dag: the municipality's own needs that soon run out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.contributions import TodayItem, TodaySource
from sammen.web.i18n import translate
from shared_pool.needs.queries import needs_running_out
from shared_pool.needs.rules import REMIND_DAYS

MOST = 50


async def _running_out(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """A week before its last day a need asks to be prolonged or taken back. Nobody is named, so nobody is logged."""
    day = today()
    return [
        TodayItem(
            translate(language, N_("Behov uten navn")),
            translate(language, N_("Forleng eller trekk behov %(code)s"), code=need.code),
            translate(language, N_("Ingen ser det etter fristen.")),
            f"{uow.context.base_url}/formidling/behov/{need.id}",
            min(day, need.expires_on - timedelta(days=REMIND_DAYS)),
            need.expires_on,
        )
        for need in (await needs_running_out(uow, day + timedelta(days=REMIND_DAYS)))[:MOST]
    ]


TODAY = [TodaySource(Permission.NEED_POST, _running_out)]
