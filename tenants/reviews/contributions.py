"""What the slice adds to shared pages: the menu, the reader's own actions, and what was said of a case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import MenuEntry, TimelineEvent, TimelineSource, TodayItem, TodaySource
from sammen.web.i18n import translate
from tenants.cases.api import duty, stand_in_note
from tenants.reviews.queries import my_actions, said_of

__all__ = ["MENU", "TIMELINE", "TODAY"]

AHEAD = timedelta(days=14)
MENU = [MenuEntry(PlaceKind.MUNICIPALITY, Permission.REVIEW_READ, N_("Statusmøter"), "/statusmoter", 74)]


async def _mine(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """What the reader, or somebody they stand in for, took on at a status review, due within two weeks."""
    work = await duty(uow)
    owners = [uow.context.user, *work.stands_in_for]
    return [
        TodayItem(
            kind=translate(language, N_("Oppgave")),
            title=f"{card.name}: {card.what}" if card.name else card.what,
            meta=translate(language, N_("Fra statusmøtet. Merk den som gjort når du er ferdig."))
            + stand_in_note(work, card.owner_id, language),
            url=f"{uow.context.base_url}/statusmoter/{card.review_id}#oppgaver",
            since=min(card.due_on, today()),
            due=card.due_on,
            persons=(card.person_id,) if card.person_id else (),
        )
        for card in await my_actions(uow, owners, today() + AHEAD)
    ]


async def _events(uow: UnitOfWork, case_id: UUID, language: str) -> Sequence[TimelineEvent]:
    title = translate(language, N_("Snakket om på statusmøtet"))
    return [TimelineEvent(on, title, words, order=80) for _, on, words in await said_of(uow, case_id)]


TODAY = [TodaySource(Permission.REVIEW_READ, _mine)]
TIMELINE = [TimelineSource(Permission.REVIEW_READ, _events)]
