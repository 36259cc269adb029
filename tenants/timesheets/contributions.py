"""What the slice adds to shared pages: menu lines, and whose hours wait for approval today."""

from __future__ import annotations

from collections.abc import Sequence

from sammen.clock import OSLO
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import MenuEntry, TodayItem, TodaySource
from sammen.web.formats import hours_long
from sammen.web.i18n import translate
from tenants.timesheets.measures import MEASURES
from tenants.timesheets.queries import waiting_groups

__all__ = ["MEASURES", "MENU", "TODAY"]

MENU = [
    MenuEntry(PlaceKind.MUNICIPALITY, Permission.TIMESHEET_READ, N_("Timelister"), "/timelister", 50),
    MenuEntry(PlaceKind.MUNICIPALITY, Permission.RATE_WRITE, N_("Satser"), "/satser", 55),
    MenuEntry(PlaceKind.OWN, Permission.HOURS_REGISTER, N_("Før timer"), "/timer", 20),
]
MOST_TODAY = 50


async def _today(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    items = []
    for group in (await waiting_groups(uow))[:MOST_TODAY]:
        sent = [line.sent_at for line in group.lines if line.sent_at is not None]
        over = group.use.over
        items.append(
            TodayItem(
                kind=translate(language, N_("Timeliste")),
                title=translate(
                    language, N_("%(name)s: %(hours)s å godkjenne"), name=group.contact_name,
                    hours=hours_long(group.hours, language),
                ),
                meta=translate(
                    language, N_("Med %(name)s. %(hours)s mer enn vedtaket gir."), name=group.person_name,
                    hours=hours_long(over, language),
                )
                if over
                else translate(language, N_("Med %(name)s."), name=group.person_name),
                url=f"{uow.context.base_url}/timelister#{group.key}",
                since=min(sent).astimezone(OSLO).date() if sent else group.lines[0].worked_on,
                persons=(group.person_id, group.contact_person_id),
            )
        )  # fmt: skip
    return items


TODAY = [TodaySource(Permission.TIMESHEET_APPROVE, _today)]
