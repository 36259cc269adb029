"""When a course is completed, without a database: hours and sessions, what was made up for, and the exam (C7, B16)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, Literal
from uuid import UUID

from sammen.i18n_mark import N_

CENT = Decimal("0.01")
STATES: Final = {
    "present": N_("Til stede"),
    "late": N_("Kom sent"),
    "left_early": N_("Gikk tidlig"),
    "absent": N_("Kom ikke"),
}
"""How somebody was at a session."""
CAME: Final = ("present", "late", "left_early")
Lack = Literal["not_over", "no_list", "hours", "sessions", "exam"]
LACKS: Final[dict[str, str]] = {
    "not_over": N_("Kurset er ikke ferdig."),
    "no_list": N_("Ingen har ført oppmøte for denne deltakeren."),
    "hours": N_("Har ikke vært med i nok timer."),
    "sessions": N_("Mangler en eller flere samlinger."),
    "exam": N_("Har ikke bestått eksamen."),
}
MENDED_BY_HAND: Final = frozenset({"no_list", "hours", "sessions"})
"""What a coordinator may answer for, with a reason. An exam is passed or not, and a course is over or not."""


def hours_between(starts: datetime, ends: datetime) -> Decimal:
    """How long it is from one moment to another, in hours with two decimals; never less than none."""
    seconds = Decimal(max(0, int((ends - starts).total_seconds())))
    return (seconds / 3600).quantize(CENT)


def minutes_there(state: str, starts: datetime, ends: datetime, at: datetime | None) -> int:
    """Minutes that count for somebody who came or went at a moment; the whole session, or none, for the rest.

    `at` outside the session counts as its nearest end.
    """
    whole = round((ends - starts) / timedelta(minutes=1))
    if state == "absent":
        return 0
    if at is None or state == "present":
        return whole
    held = min(max(at, starts), ends)
    part = ends - held if state == "late" else held - starts
    return round(part / timedelta(minutes=1))


@dataclass(frozen=True, slots=True)
class Meeting:
    """A session of a course as one participant had it. `state` is "" when nobody noted; `made_up` are hours done instead."""

    session_id: UUID
    starts_at: datetime
    ends_at: datetime
    topic: str
    state: str = ""
    minutes: int = 0
    made_up: Decimal = Decimal(0)
    by_self: bool = False

    @property
    def hours(self) -> Decimal:
        """How long it is."""
        return hours_between(self.starts_at, self.ends_at)

    @property
    def came(self) -> bool:
        """Whether they were there at all."""
        return self.state in CAME

    @property
    def counted(self) -> Decimal:
        """Hours that count, with what was made up for: never more than the session had."""
        own = (Decimal(self.minutes) / 60).quantize(CENT) if self.came else Decimal(0)
        return min(self.hours, own + self.made_up)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a participant stands in a course. `min_hours` 0: every session counts. `exam`: "", passed or failed."""

    meetings: Sequence[Meeting]
    min_hours: Decimal
    over: bool
    needs_exam: bool = False
    exam: str = ""

    @property
    def hours(self) -> Decimal:
        """Hours that count so far."""
        return sum((one.counted for one in self.meetings), Decimal(0))

    @property
    def all_hours(self) -> Decimal:
        """How long the course is."""
        return sum((one.hours for one in self.meetings), Decimal(0))

    @property
    def needed(self) -> Decimal:
        """Hours that complete it."""
        return self.min_hours or self.all_hours

    @property
    def noted(self) -> bool:
        """Whether anybody has kept a list of them."""
        return any(one.state or one.made_up for one in self.meetings)

    @property
    def missed(self) -> list[Meeting]:
        """Sessions they were not at and have not made up for."""
        return [one for one in self.meetings if not one.came and not one.made_up]

    @property
    def lacks(self) -> list[Lack]:
        """Codes of LACKS that stand in the way of the certificate; empty when it is earned."""
        found: list[Lack] = []
        if not self.over:
            found.append("not_over")
        if not self.noted:
            found.append("no_list")
        elif self.min_hours and self.hours < self.min_hours:
            found.append("hours")
        elif not self.min_hours and self.missed:
            found.append("sessions")
        if self.needs_exam and self.exam != "passed":
            found.append("exam")
        return found
