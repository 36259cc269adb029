"""What the slice adds to shared pages: its menu lines, and courses that have been held and nobody has noted who completed."""

from __future__ import annotations

from collections.abc import Sequence

from sammen.clock import OSLO
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import MenuEntry, TodayItem, TodaySource
from sammen.web.i18n import ntranslate, translate
from shared_pool.courses.queries import courses, signups

MENU = [
    MenuEntry(PlaceKind.REGION, Permission.REGION_READ, N_("Kurs"), "/kurs", 40),
    MenuEntry(PlaceKind.MUNICIPALITY, Permission.CONTACT_READ, N_("Kurs"), "/kurs", 65, shared=True),
    MenuEntry(PlaceKind.OWN, Permission.HOURS_REGISTER, N_("Kurs"), "/kurs", 40),
]


async def _today(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    waiting: dict[object, int] = {}
    for one in await signups(uow):
        if not one.outcome:
            waiting[one.course_id] = waiting.get(one.course_id, 0) + 1
    return [
        TodayItem(
            kind=translate(language, N_("Kurs")),
            title=translate(
                language, N_("%(course)s er holdt. Skriv hvem som fullførte."), course=card.title
            ),
            meta=ntranslate(
                language, "Én fra dere var påmeldt.", "%(num)s fra dere var påmeldt.", waiting[card.id]
            ),
            url=f"{uow.context.base_url}/kurs",
            since=card.ends_at.astimezone(OSLO).date(),
        )
        for card in (await courses(uow) if waiting else ())
        if card.held and card.id in waiting
    ]


TODAY = [TodaySource(Permission.CONTACT_WRITE, _today)]
