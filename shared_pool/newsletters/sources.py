"""Blocks made finished: the courses one may sign up for, and what comes in the activity calendar, as they are today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from sammen.clock import OSLO, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.web.formats import date_weekday, moment
from sammen.web.i18n import translate
from shared_pool.calendar.api import Event, next_events, public_url, when_text, where
from shared_pool.courses.api import CourseCard, next_courses
from shared_pool.newsletters.content import Line, Part, paragraphs_of

if TYPE_CHECKING:
    from shared_pool.newsletters.writing import Block

MOST_LINES: Final = 12


async def courses_to_choose(uow: UnitOfWork) -> Sequence[CourseCard]:
    """Courses a newsletter may tell of, the next first. The region tells of those that are joint alone."""
    found = await next_courses(uow)
    return found if uow.context.tenant_id is not None else [card for card in found if card.joint]


async def finished(uow: UnitOfWork, blocks: Sequence[Block], language: str, address: str) -> list[Part]:
    """The blocks' parts, in their order. `address` is the house's own. A block with nothing to say is left out."""
    parts = []
    for block in blocks:
        if block.kind == "text":
            part = Part(block.heading, paragraphs_of(block.text))
        elif block.kind == "courses":
            part = await _courses(uow, block, language, address)
        else:
            part = await _calendar(uow, block, language, address)
        if part.paragraphs or part.lines:
            parts.append(part)
    return parts


async def _courses(uow: UnitOfWork, block: Block, language: str, address: str) -> Part:
    wanted = set(block.chosen)
    cards = [card for card in await courses_to_choose(uow) if not wanted or str(card.id) in wanted]
    lines = [
        Line(
            card.title,
            moment(card.starts_at.astimezone(OSLO), language),
            card.place or (translate(language, N_("På video")) if card.video else ""),
        )
        for card in cards[:MOST_LINES]
    ]
    how = translate(language, N_("Logg inn for å melde deg på: %(address)s"), address=address)
    return Part(block.heading or translate(language, N_("Nye kurs")), [how] if lines else [], lines)


async def _calendar(uow: UnitOfWork, block: Block, language: str, address: str) -> Part:
    last = today() + timedelta(days=block.days or 31)
    at = await where(uow)
    if at is None:
        return Part(block.heading)
    found = [
        (day, event)
        for day, event in await next_events(uow, 3 * MOST_LINES, uow.context.tenant_id)
        if day <= last
    ]
    lines = [
        Line(
            event.title,
            _when(day, event, language),
            event.place,
            f"{address}{public_url(at.region_slug, event)}",
        )
        for day, event in found[:MOST_LINES]
    ]
    return Part(block.heading or translate(language, N_("Dette skjer")), (), lines)


def _when(day: date, event: Event, language: str) -> str:
    """The day itself of what comes once, and of a series all of when, with the next day."""
    said = when_text(event, language)
    if event.kind == "once":
        return said
    return translate(
        language, N_("%(when)s. Neste gang %(day)s"), when=said, day=date_weekday(day, language).lower()
    )
