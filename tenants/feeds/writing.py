"""A calendar as text that programs read (RFC 5545), from events that are already without names."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from uuid import UUID

from sammen.clock import OSLO
from sammen.web.contributions import FeedEvent

REFRESH = timedelta(hours=1)


def _all_day(one: FeedEvent) -> bool:
    starts, ends = one.starts.astimezone(OSLO), one.ends.astimezone(OSLO)
    return starts.time() == time(0) == ends.time() and ends.date() > starts.date()


def calendar_text(feed_id: UUID, made_at: datetime, name: str, events: Sequence[FeedEvent]) -> bytes:
    """The calendar of one address. The same events give the same bytes, so that a program can be told "unchanged".

    Times stand in Norwegian local time with their zone, so that 17.30 stays 17.30 when the clock is set.
    """
    from icalendar import (
        Calendar,
        Event,
    )  # loaded where a calendar is read, so that the web process stays small

    calendar = Calendar()
    calendar.add("prodid", "-//Sammen//Kalender//NO")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", "Europe/Oslo")
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for one in sorted(events, key=lambda event: (event.starts, event.key)):
        line = Event()
        line.add("uid", hashlib.sha256(f"{feed_id}|{one.key}".encode()).hexdigest()[:32])
        line.add("dtstamp", made_at)
        if _all_day(one):
            line.add("dtstart", one.starts.astimezone(OSLO).date())
            line.add("dtend", one.ends.astimezone(OSLO).date())
        else:
            line.add("dtstart", one.starts.astimezone(OSLO))
            line.add("dtend", one.ends.astimezone(OSLO))
        line.add("summary", one.title)
        if one.place:
            line.add("location", one.place)
        if one.cancelled:
            line.add("status", "CANCELLED")
        line.add("class", "PRIVATE")
        calendar.add_component(line)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())
