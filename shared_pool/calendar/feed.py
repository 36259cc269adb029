"""The calendar as iCalendar (RFC 5545), for people's own calendars: Norwegian clock time with its rules, so that no client
moves anything when the clock is changed.

What is written depends on the events alone and on no moment of asking: the same events are the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from sammen.clock import OSLO
from sammen.i18n_mark import N_
from sammen.web.i18n import translate
from shared_pool.calendar import views
from shared_pool.calendar.codes import TARGETS
from shared_pool.calendar.days import left_out
from shared_pool.calendar.published import Event

if TYPE_CHECKING:
    import icalendar

HOUR: Final = timedelta(hours=1)
_BYDAY: Final = {"mon": "MO", "tue": "TU", "wed": "WE", "thu": "TH", "fri": "FR", "sat": "SA", "sun": "SU"}
_REFRESH: Final = timedelta(hours=6)


def feed(
    events: Sequence[Event], *, name: str, host: str, language: str, names: Mapping[UUID, str], url: Callable[[Event], str]
) -> bytes:  # fmt: skip
    """A calendar of the events. `name` is what a client calls it, `host` the house's name in ids, `url` an event's page."""
    import icalendar  # loaded where a calendar is read, so that the web process stays small

    made = icalendar.Calendar()
    made.add("prodid", "-//Sammen//Aktivitetskalender//NO")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    made.add("name", name)
    made.add("x-wr-calname", name)
    made.add("x-wr-timezone", "Europe/Oslo")
    made.add("refresh-interval", _REFRESH, {"VALUE": "DURATION"})
    made.add("x-published-ttl", "PT6H")
    for event in events:
        for entry in _entries(event, host):
            _describe(entry, event, language, names, url(event))
            made.add_component(entry)
    if events:
        first = min(event.first_day for event in events)
        last = max(event.last_day for event in events)
        made.add_missing_timezones(
            first_date=first - timedelta(days=366), last_date=last + timedelta(days=366)
        )
    return bytes(made.to_ical())


def _entries(event: Event, host: str) -> list[icalendar.Event]:
    """An event's entries: one, with a rule when it is a series; or one for each of several dates."""
    if event.series:
        return [_series(event, host)] if event.days else []
    several = event.kind == "dates"
    return [
        _on_day(event, day, f"{event.id}-{day:%Y%m%d}@{host}" if several else f"{event.id}@{host}")
        for day in event.days
    ]


def _on_day(event: Event, day: date, uid: str) -> icalendar.Event:
    import icalendar  # as above

    made = icalendar.Event()
    made.add("uid", uid)
    made.add("dtstart", event.begins(day))
    made.add("dtend", event.ended(day) or _later(event.begins(day)))
    return made


def _later(begins: datetime) -> datetime:
    """An hour on, for what nobody has said the end of: on the clock, not past midnight."""
    return begins + HOUR if begins.hour < 23 else begins.replace(hour=23, minute=59)


def _series(event: Event, host: str) -> icalendar.Event:
    """A series with its rule, and the days it is not on. It begins on its first true day, as RFC 5545 wants it."""
    first = event.days[0]
    made = _on_day(event, first, f"{event.id}@{host}")
    until = datetime.combine(event.last_day, time(23, 59, 59), OSLO).astimezone(UTC)
    rule: dict[str, Any] = {
        "freq": "weekly", "interval": event.every, "byday": [_BYDAY[code] for code in _BYDAY if code in event.weekdays],
        "wkst": "MO", "until": until,
    }  # fmt: skip
    made.add("rrule", rule)
    for day, _ in left_out(event.when):
        if day > first:
            made.add("exdate", event.begins(day))
    return made


def _describe(
    made: icalendar.Event, event: Event, language: str, names: Mapping[UUID, str], url: str
) -> None:
    made.add("dtstamp", event.changed_at)
    made.add("last-modified", event.changed_at)
    made.add("created", event.published_at or event.created_at)
    made.add("sequence", event.sequence)
    said = translate(language, N_("Avlyst: %(title)s"), title=event.title) if event.cancelled else event.title
    made.add("summary", said)
    made.add("status", "CANCELLED" if event.cancelled else "CONFIRMED")
    made.add("transp", "TRANSPARENT")
    where = [event.place, event.address, views.place_name(event, names, language)]
    made.add("location", ", ".join(part for part in where if part))
    made.add("description", _text(event, language, url))
    made.add("url", url)
    categories = [translate(language, TARGETS[code]) for code in TARGETS if code in event.targets]
    if categories:
        made.add("categories", categories)


def _text(event: Event, language: str, url: str) -> str:
    """What the entry says: why it is called off, whom it is for, what it costs, how to get in; and where to read more."""
    access = views.access_texts(event, language)
    parts = [
        event.reason if event.cancelled else "",
        event.about,
        translate(language, N_("For: %(whom)s"), whom=views.whom_text(event, language)),
        views.price_text(event, language),
        ". ".join(access),
        translate(language, N_("Påmelding hos arrangøren.")) if event.enrolment else "",
        event.organiser,
        url,
    ]
    return "\n".join(part for part in parts if part)
