"""What the ranking knows of a need and of a candidate: frozen facts in the pool's vocabularies, no names.

The fields that hold rare traits stay out of `repr`, so that no log line displays them (C3).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import Final
from uuid import UUID

from shared_pool.needs.api import (
    AGE_BANDS,
    AREAS,
    BANDS,
    CONTACT_PREFERENCES,
    INTERESTS,
    LANGUAGES,
    PREDICTABILITY,
    SKILLS,
    SLOTS,
    ExactTime,
    Sex,
)

NOTHING: Final[frozenset[str]] = frozenset()


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
    """What speaks for a contact staying (B12). Only facts that can speak *for*: nothing here counts against
    anyone.

    `commitment_months`: how long the candidate offers to stay. `longest_months`: their longest engagement,
    and only if `seen`: the candidate has been shown it and could correct it. Endings, and so illness, birth
    and study, are not recorded here at all.
    """

    commitment_months: int | None = None
    longest_months: int | None = None
    seen: bool = False

    def __post_init__(self) -> None:
        if min(self.commitment_months or 0, self.longest_months or 0) < 0:
            raise ValueError("months cannot be negative")

    @property
    def known_longest(self) -> int | None:
        """The longest engagement in months, or `None` when it is unknown or the candidate has not seen it."""
        return self.longest_months if self.seen else None


@dataclass(frozen=True, slots=True)
class NeedProfile:
    """A posted need. `slots` are the times that suit; `hours` are asked for a week; `months` is how long at
    least.

    `skills`, `languages` and `exact_times` are required and, rare ones, never displayed. ValueError for a
    code outside the vocabularies.
    """

    age_band: str
    area: str
    hours: Decimal
    interests: frozenset[str] = NOTHING
    slots: frozenset[str] = NOTHING
    months: int = 12
    predictability: int = 1
    preferred_sex: Sex | None = None
    min_contact_age: int | None = None
    skills: frozenset[str] = field(default=NOTHING, repr=False)
    languages: frozenset[str] = field(default=NOTHING, repr=False)
    exact_times: frozenset[ExactTime] = field(default=frozenset(), repr=False)

    def __post_init__(self) -> None:
        if self.age_band not in BANDS or self.area not in AREAS:
            raise ValueError("unknown age band or area")
        if self.hours <= 0 or self.months <= 0:
            raise ValueError("a need asks for some hours a week, for some time")
        if self.predictability not in PREDICTABILITY:
            raise ValueError("predictability is 1, 2 or 3")
        if self.preferred_sex is not None and self.preferred_sex not in CONTACT_PREFERENCES:
            raise ValueError("unknown preference")
        _check_codes(self.interests, INTERESTS)
        _check_codes(self.slots, SLOTS)
        _check_codes(self.skills, SKILLS)
        _check_codes(self.languages, LANGUAGES)


@dataclass(frozen=True, slots=True)
class CandidateProfile:
    """A candidate of the pool: known by id and code ("K-118") alone.

    `alternate_slots`: free there every other week. `will_not_do`: interests they have said no to, which
    cannot also be their own. `age_bands`: whom they will meet, empty for anyone. `free_times`: exact times,
    when stated. `theme_courses`: how many beyond the basic course. ValueError for unknown codes or
    contradictions.
    """

    id: UUID
    code: str
    place: str
    hours: Hours
    consents: bool
    age: int = field(repr=False)
    sex: Sex | None = field(default=None, repr=False)
    interests: frozenset[str] = NOTHING
    will_not_do: frozenset[str] = field(default=NOTHING, repr=False)
    slots: frozenset[str] = NOTHING
    alternate_slots: frozenset[str] = NOTHING
    free_times: frozenset[ExactTime] = field(default=frozenset(), repr=False)
    age_bands: frozenset[str] = NOTHING
    stability: Stability = Stability()
    basic_course: bool = False
    theme_courses: int = 0
    skills: frozenset[str] = field(default=NOTHING, repr=False)
    languages: frozenset[str] = field(default=NOTHING, repr=False)

    def __post_init__(self) -> None:
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


def _check_codes(codes: Iterable[str], vocabulary: Mapping[str, object] | tuple[str, ...]) -> None:
    """ValueError without the code itself, which may be a rare trait."""
    if not all(code in vocabulary for code in codes):
        raise ValueError("a code is not in the vocabulary")
