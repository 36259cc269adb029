"""What the slice adds to shared pages: its menu lines, what waits for a coordinator and for a contact, and a contact's own
calendar.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sammen.clock import OSLO, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import C_, N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import FeedEvent, FeedSource, MenuEntry, OwnPanel, TodayItem, TodaySource
from sammen.web.i18n import ntranslate, translate
from shared_pool.courses.queries import CourseCard, courses, keeps, sessions_of
from shared_pool.courses.signups import signups, signups_of, signups_of_user
from tenants.api import own_contact

MENU = [
    MenuEntry(PlaceKind.REGION, Permission.REGION_READ, N_("Kurs og samlinger"), "/kurs", 42),
    MenuEntry(PlaceKind.MUNICIPALITY, Permission.CONTACT_READ, N_("Kurs og samlinger"), "/kurs", 65, shared=True),
    MenuEntry(PlaceKind.OWN, Permission.HOURS_REGISTER, N_("Kurs"), "/kurs", 40),
]  # fmt: skip
MOST = 50
RELEASE_DAYS = 7
"""So long before kept seats are released is the municipality told that it has some left."""
TOO_FEW_DAYS = 14
"""So long before the deadline, or the start when there is none, is the holder told that too few have seats."""


def _url(uow: UnitOfWork, card: CourseCard) -> str:
    return f"{uow.context.base_url}/kurs/{card.id}"


async def _offers(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """Seats our own were offered and have not answered, and seats kept for us that nobody has taken."""
    say = partial(translate, language)
    cards = {card.id: card for card in await courses(uow)}
    found = [
        TodayItem(
            say(C_("ett", "Kurs")),
            say(N_("%(name)s har fått tilbud om plass på %(course)s"), name=one.name, course=cards[one.course_id].title),
            say(N_("Svarer ingen i tide, går plassen til den neste.")),
            _url(uow, cards[one.course_id]), today(), one.expires_at.astimezone(OSLO).date(),
            (one.person_id,) if one.person_id is not None else (),
        )
        for one in await signups(uow)
        if one.offered and one.expires_at is not None and one.course_id in cards
    ]  # fmt: skip
    for card in cards.values():
        left = card.quota - card.ours
        if card.takes and card.release_on is not None and left > 0 and _within(card.release_on, RELEASE_DAYS):
            found.append(TodayItem(
                say(C_("ett", "Kurs")),
                ntranslate(
                    language, "Én plass som er holdt av til dere på %(course)s, frigis snart",
                    "%(num)s plasser som er holdt av til dere på %(course)s, frigis snart", left, course=card.title,
                ),
                say(N_("Fra den dagen kan alle kommunene ta dem.")), _url(uow, card),
                card.release_on - timedelta(days=RELEASE_DAYS), card.release_on,
            ))  # fmt: skip
    return sorted(found, key=lambda item: item.since)[:MOST]


def _within(day: date, days: int) -> bool:
    return today() <= day <= today() + timedelta(days=days)


async def _too_few(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """Courses the reader keeps that have too few to be held, while there is time to call them off."""
    found = []
    for card in await courses(uow):
        last = card.deadline_on or card.starts_at.astimezone(OSLO).date()
        if card.too_few and _within(last, TOO_FEW_DAYS) and keeps(uow, card):
            found.append(TodayItem(
                translate(language, C_("ett", "Kurs")),
                translate(language, N_("%(course)s har for få påmeldte"), course=card.title),
                ntranslate(
                    language, "%(taken)s av minst én har plass.", "%(taken)s av minst %(num)s har plass.", card.least,
                    taken=card.taken,
                ),
                _url(uow, card), last - timedelta(days=TOO_FEW_DAYS), last,
            ))  # fmt: skip
    return found[:MOST]


async def _own_offers(uow: UnitOfWork) -> dict[str, Any] | None:
    """Seats the contact has been offered, for their own page."""
    contact = await own_contact(uow)
    if contact is None:
        return None
    offered = {course: one for course, one in (await signups_of(uow, contact)).items() if one.offered}
    if not offered:
        return None
    rows = [
        (card.title, _url(uow, card), offered[card.id].expires_at)
        for card in await courses(uow)
        if card.id in offered
    ]  # fmt: skip
    return {"offers": rows} if rows else None


async def _calendar(
    uow: UnitOfWork, user_id: UUID, first: date, last: date, language: str
) -> Sequence[FeedEvent]:
    """Meetings of courses in which somebody has a seat as a contact here. The title names no kind of course, and the
    video's address stays in the house.
    """
    seated = {one.course_id for one in await signups_of_user(uow, user_id) if one.seated}
    if not seated:
        return []
    off = {card.id for card in await courses(uow) if card.cancelled}
    return [
        FeedEvent(
            f"course-{one.id}", translate(language, C_("ett", "Kurs")), one.starts_at, one.ends_at,
            one.place or translate(language, N_("Videomøte")), cancelled=not one.planned or one.course_id in off,
        )
        for one in await sessions_of(uow)
        if one.course_id in seated and first <= one.starts_at.astimezone(OSLO).date() <= last
    ]  # fmt: skip


TODAY = [
    TodaySource(Permission.CONTACT_WRITE, _offers),
    TodaySource(Permission.COURSE_HOLD, _too_few),
]
OWN_PANELS = [OwnPanel(Permission.HOURS_REGISTER, "courses/own_panel.html", 11, _own_offers)]
FEEDS = [FeedSource(_calendar)]
