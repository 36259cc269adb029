"""What the slice adds to shared pages: its menu line, a rate that is lacking, and what is agreed for an assignment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import AssignmentPanel, MenuEntry, TodayItem, TodaySource
from sammen.web.i18n import translate
from tenants.rates.queries import agreed_for, any_in_force
from tenants.rates.views import terms_words

MENU = [MenuEntry(PlaceKind.MUNICIPALITY, Permission.RATE_WRITE, N_("Satser"), "/satser", 55)]


async def _terms(uow: UnitOfWork, assignment_id: UUID) -> dict[str, Any] | None:
    """What is agreed, newest first, and whether the reader may change it."""
    lang = uow.context.language

    def say(message: str, **params: Any) -> str:
        return translate(lang, message, **params)

    agreed = await agreed_for(uow, assignment_id)
    return {
        "agreed": [(one.valid_from, terms_words(one, say, lang)) for one in agreed],
        "may_write": uow.context.may(Permission.ASSIGNMENT_WRITE),
        "url": f"{uow.context.base_url}/oppdrag/{assignment_id}/vilkar",
    }


async def _lacking(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """Until there is a first rate: hours cannot be paid."""
    if await any_in_force(uow):
        return []
    return [
        TodayItem(
            kind=translate(language, N_("Kom i gang")), title=translate(language, N_("Legg inn timesatsen")),
            meta=translate(language, N_("Uten den kan timer ikke betales, og kostnaden ikke beregnes.")),
            url=f"{uow.context.base_url}/satser", since=today(),
        )
    ]  # fmt: skip


TODAY = [TodaySource(Permission.RATE_WRITE, _lacking)]
ASSIGNMENT_PANELS = [AssignmentPanel(Permission.ASSIGNMENT_READ, "rates/terms_panel.html", 50, _terms)]
