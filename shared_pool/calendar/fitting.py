"""Which events fit a person (A4, C14): pure rules over the mapping conversation, with the reasons in words.

Nothing about the person leaves: the calendar is read whole, and chosen from here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Final
from uuid import UUID

from sammen.i18n_mark import N_
from sammen.web.formats import listed, lower_first, upper_first
from sammen.web.i18n import translate
from shared_pool.calendar.codes import ACCESS, ON_DAYS, WEEKDAYS
from shared_pool.calendar.published import Event
from tenants.api import traits

AHEAD: Final = timedelta(weeks=6)
ACCESS_OF_SKILL: Final = {
    "wheelchair": "wheelchair",
    "sign": "sign",
    "autism": "quiet",
    "aac": "pictures",
    "blindness": "helper",
}
"""What a need for help says of a place: a contact who must know wheelchairs means that one must get in with one."""
MUST: Final = frozenset({"wheelchair", "sign"})
"""Without these one cannot take part; the others are counted in favour."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is known of a person that a calendar can answer. `slots` as "tue-pm"; `forms` are the decision's."""

    age: int | None
    interests: Sequence[str]
    slots: Sequence[str]
    skills: Sequence[str]
    forms: Sequence[str]
    municipality_id: UUID | None


@dataclass(frozen=True, slots=True)
class Fit:
    """An event that fits, with its next day, how well, and why (finished text)."""

    event: Event
    day: date
    points: int
    near: bool
    reasons: tuple[str, ...]


def fitting(events: Sequence[Event], wishes: Wishes, first: date, language: str, most: int = 0) -> list[Fit]:
    """The events of the next weeks that fit, those in one's own municipality first, then the best, then the soonest.

    An event fits when it is meant for the age, can be got into, and meets at least one interest; or, for who has told of
    no interests, one of the wanted times. `most`: how many, 0 for all.
    """
    found = [fit for one in events if (fit := _fit(one, wishes, first, language)) is not None]
    found.sort(key=lambda fit: (not fit.near, -fit.points, fit.day, fit.event.starts, fit.event.title))
    return found[:most] if most else found


def _fit(event: Event, wishes: Wishes, first: date, language: str) -> Fit | None:
    if event.cancelled or (wishes.age is not None and not event.fits_age(wishes.age)):
        return None
    needed = {ACCESS_OF_SKILL[code] for code in wishes.skills if code in ACCESS_OF_SKILL}
    if not (needed & MUST) <= set(event.access):
        return None
    liked = [code for code in event.interests if code in wishes.interests]
    wanted = _wanted_day(event, wishes, first)
    day = wanted or event.next_day(first)
    if day is None or day > first + AHEAD or not (liked or (wanted and not wishes.interests)):
        return None
    there = [code for code in ACCESS if code in needed and code in event.access]
    points = 3 * len(liked) + (2 if wanted else 0) + len(there) + _form_points(event, wishes)
    near = wishes.municipality_id is not None and event.municipality_id == wishes.municipality_id
    reasons = _reasons(event, liked, wanted, there, language)
    return Fit(event, day, points, near, tuple(reasons))


def _form_points(event: Event, wishes: Wishes) -> int:
    """What the decision's form says: with a companion one goes in two, and two need not pay twice; in a group one likes
    what comes back every week; a training contact goes with somebody to training.
    """
    return (
        (1 if (event.companion or event.free) and "individual" in wishes.forms else 0)
        + (1 if event.series and {"group", "organisation"} & set(wishes.forms) else 0)
        + (1 if "training" in wishes.forms and {"training", "swimming"} & set(event.interests) else 0)
    )


def _wanted_day(event: Event, wishes: Wishes, first: date) -> date | None:
    """The first coming day that is at a time the person wants."""
    part = _part(event.starts)
    return next(
        (day for day in event.days if first <= day <= first + AHEAD and f"{WEEKDAYS[day.weekday()]}-{part}" in wishes.slots),
        None,
    )  # fmt: skip


def _part(starts: time) -> str:
    """The part of the day, as people's wishes are told: before 12, 12–17, after 17."""
    return "am" if starts.hour < 12 else "pm" if starts.hour < 17 else "eve"


def _reasons(
    event: Event, liked: Sequence[str], wanted: date | None, there: Sequence[str], language: str
) -> list[str]:
    said = []
    if liked:
        names = listed([translate(language, traits.INTERESTS[code]) for code in liked], language)
        said.append(translate(language, N_("Liker %(interests)s"), interests=names))
    if wanted is not None:
        day = translate(language, ON_DAYS[WEEKDAYS[wanted.weekday()]])
        said.append(day if language == "en" else lower_first(day))
    said += [lower_first(translate(language, ACCESS[code])) for code in there]
    if event.free:
        said.append(translate(language, N_("gratis")))
    elif event.companion:
        said.append(translate(language, N_("ledsageren går gratis")))
    return [upper_first(said[0]), *said[1:]] if said else []
