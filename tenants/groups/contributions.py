"""What the slice adds to shared pages: its menu line, and groups that lack a leader."""

from __future__ import annotations

from collections.abc import Sequence

from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import MenuEntry, TodayItem, TodaySource
from sammen.web.formats import date_weekday
from sammen.web.i18n import translate
from tenants.groups.queries import list_groups

MENU = [MenuEntry(PlaceKind.MUNICIPALITY, Permission.ASSIGNMENT_READ, N_("Grupper"), "/grupper", 45)]


async def _today(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """Groups whose next meeting cannot be held."""
    items = []
    for group in await list_groups(uow):
        meets = group.next_on
        if group.led or meets is None:
            continue
        items.append(
            TodayItem(
                kind=translate(language, N_("Gruppe")),
                title=translate(language, N_("%(name)s mangler gruppeleder"), name=group.name),
                meta=translate(
                    language,
                    N_("Neste treff: %(day)s. Det må være to gruppeledere."),
                    day=date_weekday(meets, language),
                ),
                url=f"{uow.context.base_url}/grupper/{group.id}#ledere",
                since=min(group.valid_from, today()),
                due=meets,
            )
        )
    return items


TODAY = [TodaySource(Permission.ASSIGNMENT_WRITE, _today)]
