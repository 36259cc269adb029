"""What the calendar's pages say: times, ages, prices and places in words, without HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sammen.i18n_mark import N_
from sammen.web.formats import (
    clock,
    clock_range,
    date_day_month,
    date_long,
    date_weekday,
    listed,
    lower_first,
    money,
)
from sammen.web.i18n import translate
from shared_pool.calendar.codes import ACCESS, ON_DAYS, TARGETS
from shared_pool.calendar.days import left_out
from shared_pool.calendar.published import Event
from tenants.api import traits

BASE = "/aktivitetskalender"


def public_url(region: str, event: Event | UUID, language: str = "nb") -> str:
    """The path of an event's own page."""
    found = f"{BASE}/{region}/hendelse/{event if isinstance(event, UUID) else event.id}"
    return found if language == "nb" else f"{found}?sprak={language}"


def time_text(event: Event, language: str) -> str:
    """kl. 17.30–19.30, or when it begins."""
    if event.ends is None:
        return clock(event.starts, language)
    return clock_range(event.starts, event.ends, language)


def when_text(event: Event, language: str) -> str:
    """All of when, in one line: «Tirsdager kl. 17.30–19.30, 5. januar til 25. mai 2027»."""
    hours = time_text(event, language)
    if event.kind == "once":
        return translate(
            language, N_("%(day)s %(hours)s"), day=date_weekday(event.first_day, language), hours=hours
        )
    if event.kind == "dates":
        days = listed([date_day_month(day, language) for day in event.days], language)
        return translate(
            language, N_("%(days)s %(year)s %(hours)s"), days=days, year=event.last_day.year, hours=hours
        )
    said = {
        "days": weekdays_text(event, language), "hours": hours, "first": date_long(event.first_day, language),
        "last": date_long(event.last_day, language),
    }  # fmt: skip
    if event.every == 2:
        return translate(language, N_("%(days)s annenhver uke %(hours)s, %(first)s til %(last)s"), **said)
    return translate(language, N_("%(days)s %(hours)s, %(first)s til %(last)s"), **said)


def weekdays_text(event: Event, language: str) -> str:
    """Tirsdager og torsdager."""
    names = [translate(language, ON_DAYS[code]) for code in ON_DAYS if code in event.weekdays]
    if language == "en":
        return listed(names, language)
    return listed([name if n == 0 else name.lower() for n, name in enumerate(names)], language)


def age_text(event: Event, language: str) -> str:
    """10–13 år; from or to only; "" when anybody may come."""
    if event.age_from is not None and event.age_to is not None:
        return translate(language, N_("%(first)s–%(last)s år"), first=event.age_from, last=event.age_to)
    if event.age_from is not None:
        return translate(language, N_("Fra %(age)s år"), age=event.age_from)
    if event.age_to is not None:
        return translate(language, N_("Til og med %(age)s år"), age=event.age_to)
    return ""


def whom_text(event: Event, language: str) -> str:
    """Whom it is for: target groups and ages."""
    groups = [translate(language, TARGETS[code]) for code in TARGETS if code in event.targets]
    ages = age_text(event, language)
    said = [*groups, *([ages] if ages else [])] or [translate(language, TARGETS["all"])]
    return ", ".join([said[0], *(lower_first(one) for one in said[1:])])


def price_text(event: Event, language: str) -> str:
    """Gratis; 150 kr; and what is said of it. "" when nothing is."""
    if event.price_ore is None:
        return event.price_note
    if event.free:
        said = translate(language, N_("Gratis"))
    else:
        kroner = Decimal(event.price_ore) / 100
        said = money(kroner, 0 if kroner == kroner.to_integral_value() else 2, language)
    return f"{said}. {event.price_note}" if event.price_note else said


def access_texts(event: Event, language: str) -> list[str]:
    """What makes it possible to come, in words."""
    said = [translate(language, ACCESS[code]) for code in ACCESS if code in event.access]
    if event.companion:
        said.append(translate(language, N_("Ledsagerbevis gjelder")))
    return said


def interest_texts(event: Event, language: str) -> list[str]:
    return [
        translate(language, traits.INTERESTS[code]) for code in event.interests if code in traits.INTERESTS
    ]


def left_out_texts(event: Event, language: str, after: date) -> list[str]:
    """The days a series is not on, with the holiday's name: «13. april (andre påskedag)»."""
    if not event.series:
        return []
    return [
        f"{date_day_month(day, language)} ({translate(language, name)})"
        if name
        else date_day_month(day, language)
        for day, name in left_out(event.when)
        if day >= after
    ]


def place_name(event: Event, names: Mapping[UUID, str], language: str) -> str:
    """The municipality, or that it is in several."""
    if event.municipality_id is not None and event.municipality_id in names:
        return names[event.municipality_id]
    return translate(language, N_("Hele regionen"))


def card(
    event: Event, day: date | None, language: str, region: str, names: Mapping[UUID, str]
) -> dict[str, Any]:
    """An event as a line of a list: finished texts. `day`: which of its days the line is for."""
    hours = time_text(event, language)
    return {
        "id": event.id, "title": event.title, "url": public_url(region, event, language), "hours": hours,
        "when": when_text(event, language), "day": day, "place": event.place,
        "municipality": place_name(event, names, language),
        "whom": whom_text(event, language), "price": price_text(event, language), "access": access_texts(event, language),
        "cancelled": event.cancelled, "series": event.series, "enrolment": event.enrolment,
        "starts": event.begins(day or event.first_day).isoformat(),
    }  # fmt: skip


def days_shown(rows: Sequence[tuple[date, Event]]) -> list[tuple[date, list[Event]]]:
    """Rows in order, by day."""
    shown: list[tuple[date, list[Event]]] = []
    for day, event in rows:
        if not shown or shown[-1][0] != day:
            shown.append((day, []))
        shown[-1][1].append(event)
    return shown
