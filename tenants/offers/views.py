"""What the slice's pages and others' show, put together from its reads: texts, no HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sammen.i18n_mark import C_, N_
from sammen.web.contributions import TimelineEvent
from sammen.web.formats import clock_range, date_day_month, date_long
from sammen.web.i18n import ntranslate, translate
from tenants.offers.forms import BAND_NAMES, KINDS, OTHERS, OUTCOMES
from tenants.offers.queries import HalfSum, OfferCard, TriedCard
from tenants.offers.rules import half_of
from tenants.people.api import traits


def when(card: OfferCard, language: str) -> str:
    """ "tirsdager kl. 17.30–19.00"; a trip's first and last day."""
    if card.weekday:
        day = translate(language, traits.WEEKDAYS[card.weekday])
        return f"{day} {clock_range(card.starts, card.ends, language)}"
    last = card.valid_to or card.valid_from
    if last == card.valid_from:
        return f"{date_long(last, language)} {clock_range(card.starts, card.ends, language)}"
    return f"{date_day_month(card.valid_from, language)} – {date_long(last, language)}"


def half_name(first: date, language: str) -> str:
    """ "første halvår 2026" """
    text = N_("første halvår %(year)s") if first.month == 1 else N_("andre halvår %(year)s")
    return translate(language, text, year=first.year)


def halves(today: date) -> list[tuple[date, date]]:
    """The half year a day is in and the three before it, newest first."""
    found = [half_of(today)]
    while len(found) < 4:
        found.append(half_of(found[-1][0] - timedelta(days=1)))
    return found


def sum_heads(language: str) -> list[str]:
    """The columns of the half year's table."""
    words = (
        C_("ett", "Tilbud"),
        N_("Slag"),
        N_("Dager"),
        N_("Avlyst"),
        *BAND_NAMES.values(),
        N_("I alt"),
        *OTHERS.values(),
    )
    return [translate(language, word) for word in words]


def sum_row(one: HalfSum, language: str) -> list[str | int]:
    """An offer's line of the half year's table."""
    return [
        one.name, translate(language, KINDS[one.kind]), one.days, one.cancelled, *one.came.values(), one.total,
        one.volunteers, one.contacts, one.staff, one.talks,
    ]  # fmt: skip


def tried_when(card: TriedCard, language: str) -> str:
    """ "3. mars – 12. mai 2026, 6 ganger" """
    span = date_long(card.first_on, language)
    if card.last_on is not None and card.last_on != card.first_on:
        span = f"{date_long(card.first_on, language)} – {date_long(card.last_on, language)}"
    if card.times:
        span += ", " + ntranslate(language, "én gang", "%(num)s ganger", card.times)
    return span


def tried_lines(cards: Sequence[TriedCard], language: str) -> list[tuple[TriedCard, str, str]]:
    """Each with when it was and how it went."""
    return [(one, tried_when(one, language), translate(language, OUTCOMES[one.outcome])) for one in cards]


def tried_events(cards: Sequence[TriedCard], language: str) -> list[TimelineEvent]:
    """What was tried, on the case's timeline."""
    title = N_("Prøvde %(name)s")
    return [
        TimelineEvent(one.first_on, translate(language, title, name=one.name), how + ".", order=15)
        for one, _, how in tried_lines(cards, language)
    ]
