"""What waits for me today, oldest first, each row one click from the work: a municipality's start page, and a page of a
region's project manager.

Slices contribute the rows (contributions.TodaySource); this page only gathers, groups and counts them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import OSLO, now, today
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import MenuEntry, TodayItem
from sammen.web.desk import Desk
from sammen.web.door import page
from sammen.web.formats import date_weekday
from sammen.web.i18n import ntranslate

NIGHT_BEGINS, NIGHT_ENDS = 22, 5  # when no greeting fits the hour
MENU = [
    MenuEntry(PlaceKind.MUNICIPALITY, Permission.TODAY_READ, N_("Min dag"), "", 10),
    MenuEntry(PlaceKind.REGION, Permission.RELEASE_WRITE, N_("Min dag"), "/min-dag", 4),
]


@dataclass(frozen=True, slots=True)
class TodayRow:
    """An item with its deadline or waiting time in days."""

    item: TodayItem
    days_left: int | None
    days_waited: int


def _group(row: TodayRow, day: date) -> int:
    """0: late or waited long; 1: today; 2: within a week; 3: after that."""
    if row.days_left is not None:
        return 0 if row.days_left < 0 else 1 if row.days_left == 0 else 2 if row.days_left <= 7 else 3
    return 1 if row.days_waited == 0 else 0 if row.days_waited > 3 else 2


def greeting(moment: datetime) -> str:
    """A msgid that fits the time of day in Norway."""
    hour = moment.astimezone(OSLO).hour
    if hour < NIGHT_ENDS or hour >= NIGHT_BEGINS:
        return N_("Hei, %(name)s.")
    if hour < 10:
        return N_("God morgen, %(name)s.")
    return N_("God ettermiddag, %(name)s.") if hour < 18 else N_("God kveld, %(name)s.")


@page("/k/{slug:str}", Permission.TODAY_READ)
async def today_page(desk: Desk) -> Response[Any]:
    """Min dag in a municipality: its start page."""
    return await _show(desk, "")


@page("/r/{slug:str}/min-dag", Permission.RELEASE_WRITE)
async def region_today(desk: Desk) -> Response[Any]:
    """Min dag of a region's project manager, whose start page is the figures."""
    return await _show(desk, "/min-dag")


async def _show(desk: Desk, here: str) -> Response[Any]:
    uow, day = desk.uow, today()
    items: list[TodayItem] = []
    for source in desk.house.contributions.today:
        if desk.context.may(source.permission):
            items += await source.read(uow, desk.language)
    said_better = {(item.instead_of, item.due) for item in items if item.instead_of}
    items = [item for item in items if (item.url, item.due) not in said_better]
    persons = sorted({person for item in items for person in item.persons})
    if persons:
        await record_read(uow, "today.read", persons, why=N_("Min dag"))
    rows = [TodayRow(i, (i.due - day).days if i.due else None, (day - i.since).days) for i in items]
    rows.sort(key=lambda row: (row.item.due or row.item.since + timedelta(days=14), row.item.title))
    kinds = Counter(row.item.kind for row in rows)
    chosen = desk.query.get("vis", "")
    shown = [row for row in rows if not chosen or row.item.kind == chosen]
    titles = (N_("Har ventet lengst"), N_("I dag"), N_("De neste sju dagene"), N_("Senere"))
    groups = [
        (desk.say(title), [row for row in shown if _group(row, day) == n]) for n, title in enumerate(titles)
    ]
    late = sum(1 for row in rows if row.days_left is not None and row.days_left < 0)
    first_name = desk.context.user_name.split(" ")[0]
    waiting = ntranslate(
        desk.language, N_("Én ting venter på deg."), N_("%(num)s ting venter på deg."), len(rows)
    )
    return await desk.render(
        "base/today.html",
        title=desk.say(N_("Min dag")),
        current=here,
        day=date_weekday(day, desk.language),
        hello=desk.say(greeting(now()), name=first_name),
        waiting=waiting if rows else desk.say(N_("Ingenting venter på deg nå.")),
        late=late,
        groups=[(title, members) for title, members in groups if members],
        kinds=[(desk.say(N_("Alle")), desk.url(here), len(rows), not chosen)]
        + [
            (kind, f"{desk.url(here)}?vis={quote(kind)}", count, kind == chosen)
            for kind, count in sorted(kinds.items())
        ],
        oldest=rows[0].item.url if rows else None,
    )


HANDLERS = [today_page, region_today]
