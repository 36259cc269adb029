"""What the slice adds to shared pages: the menu, work that waits, service letters in a case, and one's own letters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sammen.clock import OSLO, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import CaseLink, MenuEntry, OwnPanel, Panel, TodayItem, TodaySource
from sammen.web.formats import month_year
from sammen.web.i18n import ntranslate, translate
from shared_pool.newsletters.joint import setting
from shared_pool.newsletters.queries import failed_lately, latest_month
from shared_pool.newsletters.receipts import letters_in_case, own_letters, to_print, to_print_in_circle

MENU = [
    MenuEntry(
        PlaceKind.MUNICIPALITY, Permission.NEWSLETTER_WRITE, N_("Nyhetsbrev"), "/nyhetsbrev", 68, shared=True
    ),
    MenuEntry(PlaceKind.REGION, Permission.NEWSLETTER_WRITE, N_("Nyhetsbrev"), "/nyhetsbrev", 48),
    MenuEntry(PlaceKind.OWN, Permission.OWN_READ, N_("Brev fra kommunen"), "/brev", 84, own=True),
    MenuEntry(PlaceKind.OWN, Permission.OWN_READ, N_("Nyhetsbrev"), "/nyhetsbrev", 91, own=True),
]
LINKS = [CaseLink(Permission.NEWSLETTER_WRITE, N_("Nyhetsbrev"), "/nyhetsbrev", 66, purchaser=False)]
REMIND_FROM = 10
"""The day of the month from which a newsletter that nobody has begun on is work that waits."""


async def _newsletters(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """In a municipality: the month's newsletter that is not begun on, and those that did not reach everybody."""
    if uow.context.tenant_id is None:
        return []
    base, kind = f"{uow.context.base_url}/nyhetsbrev", translate(language, N_("Nyhetsbrev"))
    items = [
        TodayItem(
            kind=kind, title=title, url=f"{base}/{id_}", since=sent_at.astimezone(OSLO).date(),
            meta=ntranslate(language, "Det kom ikke fram til én adresse.", "Det kom ikke fram til %(num)s adresser.", failed),
        )
        for id_, title, sent_at, failed in await failed_lately(uow)
    ]  # fmt: skip
    month = today().replace(day=1)
    if today().day >= REMIND_FROM and (await setting(uow)).monthly:
        latest = await latest_month(uow)
        if latest is None or latest < month:
            title = translate(
                language, N_("Skriv nyhetsbrevet for %(month)s"), month=month_year(month, language)
            )
            items.append(
                TodayItem(kind=kind, title=title, meta=translate(language, N_("Ingen har begynt på det.")),
                          url=f"{base}/nytt", since=month)
            )  # fmt: skip
    return items


async def _letters(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """Service letters that somebody must print."""
    return [
        TodayItem(
            kind=translate(language, N_("Tjenestebrev")), title=one["title"], since=one["sent_at"].astimezone(OSLO).date(),
            meta=ntranslate(language, "Ett brev skal skrives ut.", "%(num)s brev skal skrives ut.", one["n"]),
            url=f"{uow.context.base_url}/nyhetsbrev/tjenestebrev/{one['id']}?vis=utskrift",
        )
        for one in await to_print(uow)
    ]  # fmt: skip


async def _circle(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """Letters to people in shielded cases: their own circle prints them."""
    return [
        TodayItem(
            kind=translate(language, N_("Tjenestebrev")), title=one["title"], since=one["sent_at"].astimezone(OSLO).date(),
            meta=translate(language, N_("Skriv ut brevet fra saken. Den er skjermet, så ingen andre gjør det.")),
            url=f"{uow.context.base_url}/saker/{one['case_id']}", persons=(one["about_id"],),
        )
        for one in await to_print_in_circle(uow)
    ]  # fmt: skip


async def _case(uow: UnitOfWork, case_id: UUID) -> dict[str, Any] | None:
    lines = await letters_in_case(uow, case_id)
    url = f"{uow.context.base_url}/saker/{case_id}/tjenestebrev"
    return {
        "lines": [(line, title, f"{url}/{line.id}") for line, _, title in lines],
        "may_print": uow.context.may(Permission.LETTER_SEND),
    } if lines else None  # fmt: skip


async def _own(uow: UnitOfWork) -> dict[str, Any] | None:
    waiting = [
        one
        for one in await own_letters(uow)
        if one.opened_at is None or (one.confirm and one.confirmed_at is None)
    ]
    return {"letters": waiting, "url": f"{uow.context.base_url}/brev"} if waiting else None


TODAY = [
    TodaySource(Permission.NEWSLETTER_WRITE, _newsletters),
    TodaySource(Permission.SERVICE_LETTER_SEND, _letters),
    TodaySource(Permission.LETTER_SEND, _circle),
]
PANELS = [Panel(Permission.LETTER_READ, "newsletters/case_panel.html", 75, _case)]
OWN_PANELS = [OwnPanel(Permission.OWN_READ, "newsletters/own_panel.html", 12, _own)]
