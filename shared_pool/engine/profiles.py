"""What the engine knows of a need and of a candidate: frozen facts in the pool's vocabularies, no names.

The fields that hold rare traits stay out of `repr`, so that no log line displays them (C3).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from enum import Enum
from typing import Final, Protocol
from uuid import UUID

from shared_pool.needs.api import (
    AGE_BANDS,
    BANDS,
    CONTACT_PREFERENCES,
    INTERESTS,
    LANGUAGES,
    PREDICTABILITY,
    SHOWN_DAYS,
    SKILLS,
    SLOTS,
    ExactTime,
    Sex,
)

NOTHING: Final[frozenset[str]] = frozenset()
NOWHERE: Final[frozenset[UUID]] = frozenset()

USES: Final = ("individual", "substitute", "group")
"""What a candidate may be asked for, each with a yes of its own."""


class Distances(Protocol):
    """How far it is from where a candidate lives to a need's area (geography makes one from rows)."""

    def km(self, place: str, area: str, /) -> int | None:
        """Whole kilometres; None where one of them is not known."""


class Light(Enum):
    """Total load as a traffic light (C6). Red: no hours left. Yellow: this need goes over the limit."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Hours:
    """A candidate's hours a week, in one of two ways that lead to the same light (C6).

    `total`: they switched the total on; what they have in all municipalities, and the most they want.
    `stated`: they did not; the hours they say they have free. They lose nothing by it: only what is free
    counts. ValueError when negative.
    """

    free: Decimal
    now: Decimal | None = None
    wanted_max: Decimal | None = None

    @classmethod
    def total(cls, now: Decimal, wanted_max: Decimal) -> Hours:
        """Hours now over all municipalities against the most the candidate wants."""
        if now < 0 or wanted_max < 0:
            raise ValueError("hours cannot be negative")
        return cls(max(wanted_max - now, Decimal(0)), now, wanted_max)

    @classmethod
    def stated(cls, free: Decimal) -> Hours:
        """Free hours, as the candidate says."""
        if free < 0:
            raise ValueError("hours cannot be negative")
        return cls(free)

    def light(self, asked: Decimal) -> Light:
        """The light for a need of `asked` hours a week."""
        if self.free <= 0:
            return Light.RED
        return Light.YELLOW if self.free < asked else Light.GREEN


@dataclass(frozen=True, slots=True)
class Stability:
    """Whether a contact stays (B12): how long they offer, and what has been, by their own choice only.

    `commitment_months`: how long the candidate offers to stay. `longest_months`: their longest engagement.
    `broken_by_choice`: how many commitments they ended early by choice. The last two count only if `seen`: the candidate
    has been shown them and could have them corrected. Illness, birth, study and what a municipality ended are not
    recorded here at all. ValueError when negative.
    """

    commitment_months: int | None = None
    longest_months: int | None = None
    seen: bool = False
    broken_by_choice: int = 0

    def __post_init__(self) -> None:
        if min(self.commitment_months or 0, self.longest_months or 0, self.broken_by_choice) < 0:
            raise ValueError("months and counts cannot be negative")

    @property
    def known_longest(self) -> int | None:
        """The longest engagement in months, or `None` when it is unknown or the candidate has not seen it."""
        return self.longest_months if self.seen else None

    @property
    def known_broken(self) -> int:
        """Commitments broken by choice, as far as the candidate has seen that they are counted."""
        return self.broken_by_choice if self.seen else 0


@dataclass(frozen=True, slots=True)
class NeedProfile:
    """A posted need. `hours` are asked for a week; `months` is how long at least. `slots` are the times that suit, and
    are matched on; `days_told` is what others see of them: days, kinds of day, or nothing (needs SHOWN_DAYS).

    `municipality`: who posted it. `use`: what the candidate must have said yes to (`USES`). `start_by`: the last day it
    may begin, None for any. `waited_weeks`: whole weeks in the pool. `skills`, `languages` and `exact_times` are required
    and, rare ones, never displayed. ValueError for a code outside the vocabularies.
    """

    id: UUID
    municipality: UUID
    age_band: str
    area: str
    hours: Decimal
    use: str = "individual"
    waited_weeks: int = 0
    start_by: date | None = None
    interests: frozenset[str] = NOTHING
    slots: frozenset[str] = field(default=NOTHING, repr=False)
    days_told: frozenset[str] = NOTHING
    months: int = 12
    predictability: int = 1
    preferred_sex: Sex | None = None
    min_contact_age: int | None = None
    skills: frozenset[str] = field(default=NOTHING, repr=False)
    languages: frozenset[str] = field(default=NOTHING, repr=False)
    exact_times: frozenset[ExactTime] = field(default=frozenset(), repr=False)

    def __post_init__(self) -> None:
        if self.age_band not in BANDS or not self.area:
            raise ValueError("unknown age band or no area")
        if self.use not in USES:
            raise ValueError("unknown use")
        if self.hours <= 0 or self.months <= 0 or self.waited_weeks < 0:
            raise ValueError("a need asks for some hours a week, for some time")
        if self.predictability not in PREDICTABILITY:
            raise ValueError("predictability is 1, 2 or 3")
        if self.preferred_sex is not None and self.preferred_sex not in CONTACT_PREFERENCES:
            raise ValueError("unknown preference")
        _check_codes(self.interests, INTERESTS)
        _check_codes(self.slots, SLOTS)
        _check_codes(self.days_told, SHOWN_DAYS)
        _check_codes(self.skills, SKILLS)
        _check_codes(self.languages, LANGUAGES)

    @property
    def must_slots(self) -> frozenset[str]:
        """The slots that the exact times reach into: whoever is free in all of these every week can be there."""
        return frozenset(slot for exact in self.exact_times for slot in _slots_of(exact))


@dataclass(frozen=True, slots=True)
class CandidateProfile:
    """A candidate of the pool: known by id and code ("K-118") alone.

    `home`: the municipality that shared them. `visible_to`: the municipalities they have said yes to being proposed
    for, beside their own. `not_in`: where they will not work. `areas`: where they will travel to, empty for any within
    reach. `slots`: free every week; `alternate_slots`: every other. `will_not_do`: interests they have said no to, which
    cannot also be their own. `age_bands`: whom they will meet, empty for anyone. `light`: their total load, where they
    share it. `theme_courses`: how many beyond the basic course. ValueError for unknown codes or contradictions.
    """

    id: UUID
    code: str
    home: UUID
    place: str = field(repr=False)
    hours: Hours
    consents: bool
    age: int = field(repr=False)
    visible_to: frozenset[UUID] = NOWHERE
    not_in: frozenset[UUID] = field(default=NOWHERE, repr=False)
    uses: frozenset[str] = frozenset({"individual"})
    areas: frozenset[str] = NOTHING
    available_from: date | None = None
    light: Light | None = None
    sex: Sex | None = field(default=None, repr=False)
    interests: frozenset[str] = NOTHING
    will_not_do: frozenset[str] = field(default=NOTHING, repr=False)
    slots: frozenset[str] = NOTHING
    alternate_slots: frozenset[str] = NOTHING
    age_bands: frozenset[str] = NOTHING
    stability: Stability = Stability()
    basic_course: bool = False
    theme_courses: int = 0
    skills: frozenset[str] = field(default=NOTHING, repr=False)
    languages: frozenset[str] = field(default=NOTHING, repr=False)

    def __post_init__(self) -> None:
        _check_codes(self.uses, USES)
        _check_codes(self.interests | self.will_not_do, INTERESTS)
        _check_codes(self.slots | self.alternate_slots, SLOTS)
        _check_codes(self.age_bands, AGE_BANDS)
        _check_codes(self.skills, SKILLS)
        _check_codes(self.languages, LANGUAGES)
        if self.theme_courses < 0 or self.age < 0:
            raise ValueError("a count cannot be negative")

    @property
    def likes(self) -> frozenset[str]:
        """The interests that count: their own, apart from what they have said no to."""
        return self.interests - self.will_not_do

    def load(self, asked: Decimal) -> Light:
        """The light for a need of `asked` hours a week: the worse of the hours' own and the shared one (C6)."""
        by_hours = self.hours.light(asked)
        return by_hours if self.light is None else max(by_hours, self.light, key=_LIGHTS.index)


_LIGHTS: Final = list(Light)
_NOON, _EVENING = time(12), time(17)


def _slots_of(exact: ExactTime) -> list[str]:
    """The parts of the day that an exact time reaches into, as slots: before 12, 12–17, after 17."""
    parts = (
        ("am", exact.start < _NOON),
        ("pm", exact.start < _EVENING and exact.end > _NOON),
        ("eve", exact.end > _EVENING),
    )
    return [f"{exact.day}-{part}" for part, reached in parts if reached]


def _check_codes(codes: Iterable[str], vocabulary: Mapping[str, object] | tuple[str, ...]) -> None:
    """ValueError without the code itself, which may be a rare trait."""
    if not all(code in vocabulary for code in codes):
        raise ValueError("a code is not in the vocabulary")
