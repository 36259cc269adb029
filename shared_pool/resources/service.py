"""Booking: one time or a series of a resource, under the owner's rules, and never a time that somebody else has."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sammen.audit.trail import record_change
from sammen.clock import OSLO, now, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from shared_pool.resources.handling import end_booking, held_own
from shared_pool.resources.hooks import purpose_card
from shared_pool.resources.queries import ResourceCard, resource_card, taken
from shared_pool.resources.rules import SEARCHED, Span, is_open, next_free, to_quarters

NAMES_SOMEBODY = N_("Ikke skriv fødselsnummer. Eieren trenger bare å vite hva dere trenger.")
_ELEVEN = re.compile(r"(?<!\d)\d{6} ?\d{5}(?!\d)")
_BOOK = "SELECT n, answer, booking_id FROM sammen.book_resource($1, $2, $3, $4, $5, $6, $7, $8)"


@dataclass(frozen=True, slots=True)
class BookingFacts:
    """One time of a resource: moments with a zone. `purpose_id` is what it is for, of a slice that has told of itself
    (hooks.py); `note` is read by the owner.
    """

    resource_id: UUID
    starts: datetime
    ends: datetime
    purpose: str = "other"
    purpose_id: UUID | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Booked:
    """What was booked, in order; the times that were left out because they were taken; and whether the owner is asked."""

    ids: tuple[UUID, ...]
    skipped: tuple[Span, ...]
    asked: bool


async def book(uow: UnitOfWork, facts: BookingFacts) -> UUID:
    """Book one time; the booking's id. Whether the owner has to say yes stands in its state.

    Raises Invalid on the field that is wrong (`dag`, `fra`, `til`, `merknad`), with when it is free next if it is taken;
    NotFound for what is not lent to the reader, or for a purpose that nobody knows.
    """
    return (await book_series(uow, facts, [(facts.starts, facts.ends)], skip_taken=False)).ids[0]


async def book_series(
    uow: UnitOfWork, facts: BookingFacts, spans: Sequence[Span], *, skip_taken: bool
) -> Booked:
    """Book several times of one resource (`facts`' own times are not used): all of them, or with `skip_taken` those that
    are free. Raises as `book`, and Invalid on `hopp_opptatt` with the days that are taken.
    """
    card = await resource_card(uow, facts.resource_id)
    if facts.purpose_id is not None and await purpose_card(uow, facts.purpose, facts.purpose_id) is None:
        raise NotFound
    if _ELEVEN.search(facts.note):
        raise Invalid.one("merknad", NAMES_SOMEBODY)
    wanted = [to_quarters(*span) for span in spans]
    for span in wanted:
        _check_time(card, *span)
    rows = await uow.call(
        _BOOK, facts.resource_id, [one for one, _ in wanted], [one for _, one in wanted], facts.purpose,
        facts.purpose_id, facts.note, uow.context.user_name, skip_taken,
    )  # fmt: skip
    answers = [row["answer"] for row in rows]
    if "unknown" in answers:
        raise NotFound
    if "past" in answers:
        raise Invalid.one(
            "dag", N_("Tida har vært, eller den er ikke til utlån så lenge. Velg en annen dag.")
        )
    ids = tuple(row["booking_id"] for row in rows if row["booking_id"] is not None)
    clashing = [span for span, answer in zip(wanted, answers, strict=True) if answer == "taken"]
    if not ids or (clashing and not skip_taken):
        raise await _clash(uow, card, wanted, clashing)
    for made in ids:
        await record_change(uow, "booking.made", "booking", made, resource=facts.resource_id)
    return Booked(ids, tuple(clashing), "asked" in answers)


def _check_time(card: ResourceCard, starts: datetime, ends: datetime) -> None:
    if ends <= starts:
        raise Invalid.one("til", N_("Den må leveres etter at den er hentet. Rett tida."))
    if starts < now() - timedelta(minutes=15):
        raise Invalid.one("dag", N_("Tida har vært. Velg en tid i framtida."))
    if (ends - starts) > timedelta(hours=card.longest_hours) and not card.ours:
        raise Invalid.one(
            "til", N_("Den lånes ut høyst %(hours)s timer om gangen."), hours=card.longest_hours
        )
    if starts.astimezone(OSLO).date() > today() + timedelta(days=card.ahead_days) and not card.ours:
        raise Invalid.one(
            "dag", N_("Den kan reserveres høyst %(days)s dager fram i tid."), days=card.ahead_days
        )
    if not is_open(card.hours, starts, ends):
        raise Invalid.one("fra", N_("Da er det stengt. Se åpningstidene, og velg en annen tid."))


def said(when: datetime) -> str:
    """A moment in a sentence that every language reads: 24.11.2026 kl. 17:30 without the word for o'clock."""
    return f"{when.astimezone(OSLO):%d.%m.%Y, %H:%M}"


async def _clash(
    uow: UnitOfWork, card: ResourceCard, wanted: Sequence[Span], clashing: Sequence[Span]
) -> Invalid:
    if len(wanted) > 1:
        days = ", ".join(f"{starts.astimezone(OSLO):%d.%m.%Y}" for starts, _ in clashing)
        return Invalid.one(
            "hopp_opptatt",
            N_("Den er opptatt disse dagene: %(days)s. Hopp over dem, eller velg en annen tid."),
            days=days,
        )
    starts, ends = wanted[0]
    busy = (await taken(uow, starts, ends + SEARCHED + (ends - starts))).get(card.id, [])
    free = next_free(busy, card.hours, starts, ends)
    if free is None:
        return Invalid.one("fra", N_("Den er opptatt da, og de neste to ukene. Velg en annen."))
    return Invalid.one("fra", N_("Den er opptatt da. Den er ledig like lenge fra %(when)s."), when=said(free))


async def move_booking(uow: UnitOfWork, booking_id: UUID, starts: datetime, ends: datetime) -> UUID:
    """Book the same at another time and let the old one go, both or neither; the new one's id. Raises as `book`, and
    Conflict when it has been fetched or is over.
    """
    found = await held_own(uow, booking_id)
    if found.state not in ("asked", "booked"):
        raise Conflict(N_("Den er hentet eller avlyst, og kan ikke flyttes."))
    await end_booking(uow, found, "cancelled", "booker", "")
    facts = BookingFacts(found.resource_id, starts, ends, found.purpose, found.purpose_id, found.note)
    return await book(uow, facts)
