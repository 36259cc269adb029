"""When a need is for: the days it tells, and the times it is matched on and never tells (C3)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import time
from typing import Final

from sammen.i18n_mark import N_
from tenants.api import traits

ExactTime = traits.ExactTime

WORKDAYS: Final = frozenset({"mon", "tue", "wed", "thu", "fri"})
WEEKEND: Final = frozenset({"sat", "sun"})
KINDS_OF_DAY: Final = {"workdays": WORKDAYS, "weekend": WEEKEND}
SHOWN_DAYS: Final[dict[str, str]] = {
    **traits.WEEKDAYS,
    "workdays": N_("ukedager"),
    "weekend": N_("helger"),
}
"""What `Need.weekdays` may hold: single days, or the kind of day. Empty: no days are told."""

DAYS_TOLD: Final = {
    "days": N_("Dagene, for eksempel «tirsdager»"),
    "kind": N_("Bare «ukedager» eller «helger»"),
    "none": N_("Ingen dager"),
}
"""How exactly the days are told. They are matched on all the same."""

MOST_EXACT: Final = 3
_EXACT = re.compile(r"(mon|tue|wed|thu|fri|sat|sun) (\d\d):(\d\d)-(\d\d):(\d\d)")
_PART_ENDS: Final = {"am": (time(0), time(12)), "pm": (time(12), time(17)), "eve": (time(17), time(23, 59))}


def days_told(slots: Iterable[str], how: str) -> list[str]:
    """The codes of `SHOWN_DAYS` that slots are told as, by `DAYS_TOLD`."""
    days = {traits.slot_day(slot) for slot in slots}
    if how == "none":
        return []
    if how == "kind":
        return [kind for kind, of in KINDS_OF_DAY.items() if days & of]
    return [day for day in traits.WEEKDAYS if day in days]


def suits(told: Iterable[str], slots: Iterable[str]) -> bool:
    """Whether somebody with these times may be who such days are told of: every day told is one of theirs."""
    days = {traits.slot_day(slot) for slot in slots}
    return all(days & KINDS_OF_DAY.get(code, frozenset({code})) for code in told)


def kept_time(exact: ExactTime) -> str:
    """As the table keeps it: "tue 16:15-18:00"."""
    return f"{exact.day} {exact.start:%H:%M}-{exact.end:%H:%M}"


def exact_time(kept: str) -> ExactTime:
    """Read again. ValueError for anything else than `kept_time` writes."""
    found = _EXACT.fullmatch(kept)
    if found is None:
        raise ValueError("not an exact time")
    day, *numbers = found.groups()
    hour, minute, last_hour, last_minute = map(int, numbers)
    return ExactTime(day, time(hour, minute), time(last_hour, last_minute))


def slots_of(times: Sequence[ExactTime]) -> list[str]:
    """The slots that exact times touch: the coarse times they are matched by beside their own."""
    return [
        f"{day}-{part}"
        for day in traits.WEEKDAYS
        for part, (start, end) in _PART_ENDS.items()
        if any(one.day == day and one.start < end and one.end > start for one in times)
    ]
