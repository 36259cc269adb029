"""What the slice's pages show, put together from its reads: a week of times, and words for states. No HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sammen.clock import OSLO
from sammen.i18n_mark import N_
from sammen.series import moment
from sammen.web.formats import clock_range, date_day_month, date_weekday, weekday
from sammen.web.i18n import translate
from shared_pool.resources.queries import BookingCard, ResourceCard
from shared_pool.resources.rules import WEEKDAYS, Span, day_parts

STATES = {
    "asked": (N_("Venter på eieren"), "half"),
    "booked": (N_("Reservert"), "ok"),
    "handed_out": (N_("Hentet"), "info"),
    "returned": (N_("Levert"), "neutral"),
    "declined": (N_("Avslått"), "danger"),
    "cancelled": (N_("Avlyst"), "neutral"),
}
WAITS = {
    "answer": N_("Svar på reservasjonen"),
    "fetch_back": N_("Skulle vært levert"),
    "see_damage": N_("Les om skaden"),
    "find_other": N_("Finn en annen løsning"),
    "move": N_("Flytt reservasjonen"),
}
TAKEN = N_("Opptatt")
OURS = N_("Dere")
REGION = N_("Samarbeidet")
MAINTENANCE = N_("Vedlikehold")


@dataclass(frozen=True, slots=True)
class Part:
    """A time of a day in the calendar. `url` is "" for others' times, of which nobody else sees more."""

    time: str
    text: str
    url: str


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def week_days(monday: date) -> list[date]:
    """The seven days of a week."""
    return [monday + timedelta(days=n) for n in range(7)]


def _said(card: BookingCard, language: str) -> str:
    if card.purpose == "maintenance":
        return translate(language, MAINTENANCE)
    return translate(language, OURS) if card.own else card.booker or translate(language, REGION)


def week_rows(
    cards: Sequence[ResourceCard],
    busy: Mapping[UUID, Sequence[Span]],
    known: Sequence[BookingCard],
    days: Sequence[date],
    base: str,
    language: str,
) -> list[tuple[ResourceCard, list[list[Part]]]]:
    """For each resource and each day: what is taken. `known` are the reader's own and what the reader lends."""
    found = {(one.resource_id, one.starts_at): one for one in known}
    rows = []
    for card in cards:
        cells: dict[date, list[Part]] = {day: [] for day in days}
        for starts, ends in busy.get(card.id, ()):
            one = found.get((card.id, starts))
            text = _said(one, language) if one is not None else translate(language, TAKEN)
            url = f"{base}/reservasjoner/{one.id}" if one is not None else ""
            for day, first, last in day_parts(starts, ends, days):
                clock = clock_range(first, last, language).removeprefix("kl.\N{NO-BREAK SPACE}")
                cells[day].append(Part(clock, text, url))
        rows.append((card, list(cells.values())))
    return rows


def whole_week(days: Sequence[date]) -> tuple[datetime, datetime]:
    """From the first midnight of the days to the last."""
    return moment(days[0], time()), moment(days[-1] + timedelta(days=1), time())


def when(starts: datetime, ends: datetime, language: str) -> str:
    """ "Tirsdag 24. november 2026 kl. 17.00–19.00"; over several days, both days."""
    first, last = starts.astimezone(OSLO), ends.astimezone(OSLO)
    if first.date() == last.date() or (last.time() == time() and (last - first) <= timedelta(days=1)):
        return f"{date_weekday(first, language)} {clock_range(first.time(), last.time(), language)}"
    from_, to = (date_day_month(one, language) for one in (first, last))
    clock = clock_range(first.time(), last.time(), language)
    return translate(language, N_("%(first)s til %(last)s, %(clock)s"), first=from_, last=to, clock=clock)


def opening(card: ResourceCard, language: str) -> list[tuple[str, str]]:
    """(weekday, hours) of each day it is open; none when it always is."""
    monday, found = date(2026, 11, 23), []
    for n, name in enumerate(WEEKDAYS):
        if card.hours.get(name):
            opens, closes = (time.fromisoformat(one) for one in card.hours[name])
            day = weekday(monday + timedelta(days=n), language)
            found.append((day, clock_range(opens, closes, language)))
    return found
