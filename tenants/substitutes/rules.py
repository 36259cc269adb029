"""In which order substitutes are asked, and how long they have to answer (B10). Pure.

Only those who may step in are asked: vetted, with hours enough, and something in common with the service user when the
mapping names anything. First come those the service user knows; then those who share both what they like and a time;
then the others. Among equals: who was asked longest ago, and those never asked before them all. What somebody answered
is no part of it: to say no costs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import IntEnum
from uuid import UUID

from sammen.clock import OSLO
from tenants.assignments.api import Available, weekly

NEVER = datetime.min.replace(tzinfo=UTC)
EVENING, MORNING = 21, 8
"""Nobody has to answer, and nobody is asked anew, between these hours of the clock in Norway."""
SOON_HOURS = 3
"""How long those asked have, at the most, when it is for today or tomorrow."""
MOST_DAYS = 60


class Level(IntEnum):
    """Who is asked before whom."""

    KNOWN = 0
    FITS_WELL = 1
    FITS = 2


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: `amount` hours per `unit` of the decision, and what the mapping names (codes)."""

    person_id: UUID
    amount: Decimal | None
    unit: str
    interests: Sequence[str]
    slots: Sequence[str]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A contact who may be asked, with what the two have in common. `free` hours a week, None when not stated."""

    contact_id: UUID
    person_id: UUID
    name: str
    level: Level
    interests: Sequence[str]
    slots: Sequence[str]
    has_car: bool
    free: Decimal | None
    asked_last: datetime | None


def candidates(
    wanted: Wanted,
    available: Iterable[Available],
    *,
    known: Collection[UUID],
    asked_last: Mapping[UUID, datetime],
    out: Collection[UUID] = (),
    only_known: bool = False,
) -> list[Candidate]:
    """Who is asked, first to last. `known`: contacts the service user knows; `out`: who cannot or need not be asked."""
    found = []
    for one in available:
        if one.contact_id in out or one.person_id == wanted.person_id or not one.vetted:
            continue
        free = None if one.wants is None else max(Decimal(0), one.wants - one.busy)
        needed = weekly(wanted.amount, wanted.unit)
        if free is not None and needed is not None and free < needed:
            continue
        interests = [code for code in wanted.interests if code in one.interests]
        slots = [slot for slot in wanted.slots if slot in one.slots]
        level = _level(wanted, interests, slots, known=one.contact_id in known)
        if level is None or (only_known and level is not Level.KNOWN):
            continue
        found.append(
            Candidate(
                one.contact_id, one.person_id, one.name, level, interests, slots, one.has_car, free,
                asked_last.get(one.contact_id),
            )
        )  # fmt: skip
    return sorted(found, key=lambda one: (one.level, one.asked_last or NEVER, str(one.contact_id)))


def _level(wanted: Wanted, interests: Sequence[str], slots: Sequence[str], *, known: bool) -> Level | None:
    """None for somebody who has nothing in common with what was asked for."""
    if known:
        return Level.KNOWN
    if (wanted.interests or wanted.slots) and not (interests or slots):
        return None
    both = bool(interests or not wanted.interests) and bool(slots or not wanted.slots)
    return Level.FITS_WELL if both else Level.FITS


def suggested_hours(rule_hours: int, first_day: date, on: date) -> int:
    """How long to let people answer: the municipality's rule, but a few hours when it is for today or tomorrow."""
    return min(rule_hours, SOON_HOURS) if (first_day - on).days <= 1 else rule_hours


def names_in(text: str, *names: str) -> bool:
    """Whether a text has one of these names as a word, also in the genitive.

    >>> names_in("Klatring med Jonas' bror", "Jonas", "Bergli"), names_in("Klatring på berget", "Jonas", "Bergli")
    (True, False)
    """
    said = set(re.findall(r"\w+", text.casefold()))
    parts = {part for name in names for part in re.findall(r"\w+", name.casefold()) if len(part) > 1}
    return any(part in said or f"{part}s" in said for part in parts)


def answer_by(asked_at: datetime, hours: int, first_day: date) -> datetime:
    """When an answer is due: `hours` after, no later than noon on the first day, and never in the night.

    Whoever is asked has an hour in any case.
    """
    noon = datetime.combine(first_day, time(12), OSLO)
    due = max(min(asked_at + timedelta(hours=hours), noon), asked_at + timedelta(hours=1))
    local = due.astimezone(OSLO)
    if local.hour >= EVENING:
        local = datetime.combine(local.date() + timedelta(days=1), time(MORNING), OSLO)
    elif local.hour < MORNING:
        local = datetime.combine(local.date(), time(MORNING), OSLO)
    return local.astimezone(UTC)
