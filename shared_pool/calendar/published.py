"""An event as anybody may read it: the one form in which all but its host meet it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sammen.clock import OSLO
from shared_pool.calendar.codes import TARGET_AGES, WEEKDAYS
from shared_pool.calendar.days import When, all_days


@dataclass(frozen=True, slots=True)
class Event:
    """Something in the calendar. Times are Norwegian clock time; `price_ore` None is not said, 0 is free.

    `days` are all the days it is on, in order.
    """

    id: UUID
    region_id: UUID
    host_id: UUID | None
    municipality_id: UUID | None
    state: str
    title: str
    about: str
    kind: str
    first_day: date
    last_day: date
    starts: time
    ends: time | None
    dates: Sequence[date]
    weekdays: Sequence[str]
    every: int
    skip: Sequence[date]
    on_holidays: bool
    in_holy_week: bool
    place: str
    address: str
    age_from: int | None
    age_to: int | None
    targets: Sequence[str]
    interests: Sequence[str]
    access: Sequence[str]
    companion: bool
    price_ore: int | None
    price_note: str
    organiser: str
    link: str
    enrolment: bool
    contact_phone: str
    contact_email: str
    outside: bool
    reason: str
    sequence: int
    published_at: datetime | None
    cancelled_at: datetime | None
    created_at: datetime
    changed_at: datetime
    version: int
    days: tuple[date, ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        # Worked out once: the public pages ask each event for its days many times.
        object.__setattr__(self, "days", tuple(all_days(self.when)))

    @property
    def when(self) -> When:
        """Its days, as the rules take them."""
        return When(
            self.kind, self.first_day, self.last_day, self.dates, self.weekdays, self.every, self.skip, self.on_holidays,
            self.in_holy_week,
        )  # fmt: skip

    @property
    def free(self) -> bool:
        """Whether it costs nothing."""
        return self.price_ore == 0

    @property
    def cancelled(self) -> bool:
        return self.state == "cancelled"

    @property
    def series(self) -> bool:
        """Whether it comes back week after week."""
        return self.kind == "weekly"

    def next_day(self, after: date) -> date | None:
        """The first day it is on, from `after`; None when it is over."""
        return next((day for day in self.days if day >= after), None)

    def on_weekdays(self) -> frozenset[str]:
        """The weekdays it is on: codes."""
        return (
            frozenset(self.weekdays) if self.series else frozenset(WEEKDAYS[d.weekday()] for d in self.days)
        )

    def fits_age(self, age: int) -> bool:
        """Whether somebody of `age` years is meant: by its ages, or where it gives none by its target groups."""
        if self.age_from is not None or self.age_to is not None:
            return (self.age_from or 0) <= age <= (self.age_to if self.age_to is not None else 150)
        if not self.targets or "all" in self.targets:
            return True
        return any(TARGET_AGES[code][0] <= age <= TARGET_AGES[code][1] for code in self.targets)

    def for_target(self, target: str) -> bool:
        """Whether a target group is meant, or everybody; "all" asks for what is meant for anybody at all."""
        return target == "all" or not self.targets or target in self.targets or "all" in self.targets

    def begins(self, day: date) -> datetime:
        """When it begins on a day, with its zone."""
        return datetime.combine(day, self.starts, OSLO)

    def ended(self, day: date) -> datetime | None:
        """When it ends on a day, with its zone; None when nobody has said."""
        return datetime.combine(day, self.ends, OSLO) if self.ends is not None else None


COLUMNS = tuple(one.name for one in fields(Event) if one.init)


def event_of(row: Mapping[str, Any]) -> Event:
    """An event of a row that has its columns, and perhaps others."""
    return Event(**{name: row[name] for name in COLUMNS})
