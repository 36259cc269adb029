"""The activity calendar as iCalendar, read back by the library: over a change of the clock, over Easter, called off."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import icalendar
from dateutil.rrule import (  # type: ignore[import-untyped]  # it has no stubs here
    rruleset,
    rrulestr,
)

from sammen.clock import OSLO
from shared_pool.calendar.feed import feed
from shared_pool.calendar.published import Event
from tests.calendar_samples import MOMENT, entries, event

HORTEN = UUID(int=7)


def read(*events: Event, language: str = "nb") -> bytes:
    return feed(
        events, name="Aktivitetskalender for Horten", host="sammen.example.no", language=language, names={HORTEN: "Horten"},
        url=lambda one: f"https://sammen.example.no/{one.id}",
    )  # fmt: skip


def days_of(entry: Any) -> list[datetime]:
    """Every time an entry says it is on, worked out by another library than the one that wrote it."""
    found = rruleset()
    found.rrule(rrulestr(entry["rrule"].to_ical().decode(), dtstart=entry["dtstart"].dt))
    exceptions = entry.get("exdate", [])
    for one in exceptions if isinstance(exceptions, list) else [exceptions]:
        for out in one.dts:
            found.exdate(out.dt)
    return list(found)


def series(**changes: Any) -> Event:
    said = {"weekdays": ["tue"], "first_day": date(2027, 1, 5), "last_day": date(2027, 6, 1), **changes}
    return event(kind="weekly", **said)


def test_a_series_keeps_its_clock_over_the_change_to_summer_time() -> None:
    (entry,) = entries(read(series()))
    times = days_of(entry)
    assert {(one.hour, one.minute) for one in times} == {(17, 30)}
    winter, summer = (next(t for t in times if t.month == month) for month in (3, 4))
    assert (winter.utcoffset(), summer.utcoffset()) == (timedelta(hours=1), timedelta(hours=2))
    assert winter.astimezone(UTC).hour == 16
    assert summer.astimezone(UTC).hour == 15


def test_a_feed_has_the_rules_of_norwegian_time_with_it() -> None:
    zones = icalendar.Calendar.from_ical(read(series())).walk("VTIMEZONE")
    assert [str(zone["tzid"]) for zone in zones] == ["Europe/Oslo"]
    assert {part.name for part in zones[0].subcomponents} == {"STANDARD", "DAYLIGHT"}


def test_a_series_over_easter_is_on_just_the_days_that_the_page_says() -> None:
    for weekdays, every in ((["mon", "thu"], 1), (["tue"], 2), (["mon"], 1)):
        one = series(weekdays=weekdays, every=every)
        (entry,) = entries(read(one))
        assert [moment.date() for moment in days_of(entry)] == list(one.days)
        assert date(2027, 3, 29) not in one.days


def test_a_series_that_would_begin_on_a_holiday_begins_on_its_first_true_day() -> None:
    one = series(weekdays=["mon"], first_day=date(2027, 3, 29), every=2)
    (entry,) = entries(read(one))
    assert entry["dtstart"].dt == datetime(2027, 4, 12, 17, 30, tzinfo=OSLO)
    assert [moment.date() for moment in days_of(entry)] == list(one.days)


def test_several_dates_are_several_entries_with_ids_that_stay() -> None:
    days = [date(2027, 2, 3), date(2027, 2, 17)]
    one = event(kind="dates", dates=days, first_day=days[0], last_day=days[1])
    assert [str(entry["uid"]) for entry in entries(read(one))] == [
        f"{one.id}-20270203@sammen.example.no", f"{one.id}-20270217@sammen.example.no"]  # fmt: skip


def test_an_id_stays_and_the_sequence_grows_when_an_event_is_moved() -> None:
    same = uuid4()
    before, after = (
        event(id=same),
        event(id=same, starts=time(18, 0), sequence=1, changed_at=MOMENT + timedelta(days=1)),
    )
    (first,), (second,) = entries(read(before)), entries(read(after))
    assert first["uid"] == second["uid"]
    assert (first["sequence"], second["sequence"]) == (0, 1)
    assert second["last-modified"].dt > first["last-modified"].dt


def test_what_is_called_off_is_told_so_and_why() -> None:
    (entry,) = entries(read(event(state="cancelled", reason="Hallen er stengt.", cancelled_at=MOMENT)))
    assert entry["status"] == "CANCELLED"
    assert "Avlyst: Åpen klatrekveld" in entry["summary"]
    assert "Hallen er stengt." in entry["description"]


def test_the_same_events_are_the_same_bytes() -> None:
    one = series()
    assert read(one) == read(one)


def test_what_nobody_has_said_the_end_of_lasts_an_hour_but_not_past_midnight() -> None:
    (day,), (night,) = entries(read(event(ends=None))), entries(read(event(starts=time(23, 30), ends=None)))
    assert day["dtend"].dt - day["dtstart"].dt == timedelta(hours=1)
    assert night["dtend"].dt.hour == 23


def test_signs_that_mean_something_in_a_feed_are_only_signs_in_a_title() -> None:
    odd = "Kaffe; te, kaker\nBEGIN:VALARM \\ «hei» 🎲"
    (entry,) = entries(read(event(title=odd)))
    assert str(entry["summary"]) == odd
    assert not entry.walk("VALARM")


def test_an_empty_calendar_is_a_calendar() -> None:
    assert entries(read()) == []
    assert icalendar.Calendar.from_ical(read())["x-wr-calname"] == "Aktivitetskalender for Horten"
