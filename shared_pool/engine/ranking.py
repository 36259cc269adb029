"""Ranked and explained proposals of candidates for a need (C4).

**The score says how well a need and a candidate fit each other, and nothing about a person.** The same
candidate has another score for the next need; no score is stored on a candidate, compared between needs, or
shown to anyone but those who choose for this need. It is advice: the coordinator chooses, and writes why.

Pure: the same need and candidates give the same list, whatever order they come in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final
from uuid import UUID

from sammen.i18n_mark import N_
from shared_pool.engine.profiles import CandidateProfile, Light, NeedProfile
from shared_pool.engine.reasons import Reason
from shared_pool.engine.rules import has_hidden_requirements, obstacles
from shared_pool.needs.api import INTEREST_FAMILIES, slot_day

PART_LABELS: Final[Mapping[str, str]] = {
    "interests": N_("Interesser"),
    "times": N_("Tid"),
    "stays": N_("Blir lenge"),
    "distance": N_("Avstand"),
    "courses": N_("Kurs"),
}

WEIGHTS: Final[Mapping[int, Mapping[str, int]]] = {
    1: {"interests": 30, "times": 25, "stays": 20, "distance": 15, "courses": 10},
    2: {"interests": 28, "times": 22, "stays": 28, "distance": 13, "courses": 9},
    3: {"interests": 25, "times": 20, "stays": 35, "distance": 12, "courses": 8},
}
"""The most each part can give, by how much the service user depends on predictability (B12). Each row is
100.
"""

RELATED_SHARE: Final = Fraction(1, 2)
ALTERNATE_WEEK_SHARE: Final = Fraction(1, 2)
COMMITMENT_SHARE: Final = Fraction(3, 5)
# Somebody new, somebody whose engagements ended early, and somebody who has not seen their own facts all
# stand here: history can lift a candidate above this line and never puts one below it (B12).
HISTORY_FLOOR: Final = Fraction(1, 2)
LONG_ENGAGEMENT_MONTHS: Final = 36
WORTH_TELLING_MONTHS: Final = 12
NEAR_MINUTES: Final = 10
FAR_MINUTES: Final = 45
BASIC_COURSE_SHARE: Final = Fraction(4, 5)
THEME_COURSE_SHARE: Final = Fraction(1, 10)
COUNTED_THEME_COURSES: Final = 2

_FAMILY_OF: Final = {code: name for name, codes in INTEREST_FAMILIES.items() for code in codes}


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the score: whole points out of the most this need gives for it."""

    code: str
    points: int
    most: int

    @property
    def label(self) -> str:
        """The part's name, a msgid."""
        return PART_LABELS[self.code]


@dataclass(frozen=True, slots=True)
class Fit:
    """How a candidate fits the need: points, reasons, load, and what stands in the way if anything does."""

    candidate_id: UUID
    code: str
    parts: tuple[Part, ...]
    reasons: tuple[Reason, ...]
    load: Light
    load_reason: Reason
    obstacles: tuple[Reason, ...]

    @property
    def score(self) -> int:
        """Fit between this need and this candidate, 0–100: the sum of the parts shown."""
        return sum(part.points for part in self.parts)

    @property
    def proposable(self) -> bool:
        """Whether the candidate may be proposed at all. A service that proposes must ask this again."""
        return not self.obstacles


def rank(
    need: NeedProfile, candidates: Iterable[CandidateProfile], *, travel_minutes: Callable[[str, str], int]
) -> list[Fit]:
    """Every candidate with its fit: best first, and those with an obstacle last.

    `travel_minutes` takes the candidate's place and the need's area. Equal scores: lower load first, then the
    candidate's code and id, so that the order never depends on the order they came in. ValueError when a
    candidate comes twice.
    """
    fits = [_fit(need, candidate, travel_minutes) for candidate in candidates]
    if len({fit.candidate_id for fit in fits}) != len(fits):
        raise ValueError("a candidate comes twice")
    return sorted(fits, key=_order)


_LIGHTS: Final = list(Light)


def _order(fit: Fit) -> tuple[bool, int, int, str, UUID]:
    return not fit.proposable, -fit.score, _LIGHTS.index(fit.load), fit.code, fit.candidate_id


def _fit(need: NeedProfile, candidate: CandidateProfile, travel_minutes: Callable[[str, str], int]) -> Fit:
    minutes = travel_minutes(candidate.place, need.area)
    judged = {
        "interests": _interests(need, candidate),
        "times": _times(need, candidate),
        "stays": _stays(need, candidate),
        "distance": _distance(minutes),
        "courses": _courses(candidate),
    }
    weights = WEIGHTS[need.predictability]
    stopped_by = obstacles(need, candidate)
    reasons = [reason for _, said in judged.values() for reason in said]
    if has_hidden_requirements(need) and Reason.of("hidden_missing") not in stopped_by:
        reasons.append(Reason.of("hidden_met"))
    load = candidate.hours.light(need.hours)
    return Fit(
        candidate_id=candidate.id,
        code=candidate.code,
        parts=tuple(
            Part(code, _points(share, weights[code]), weights[code]) for code, (share, _) in judged.items()
        ),
        reasons=tuple(reasons),
        load=load,
        load_reason=_load_reason(need, candidate, load),
        obstacles=stopped_by,
    )


def _points(share: Fraction, most: int) -> int:
    """Whole points, halves upwards, so that a larger share never gives fewer points."""
    return int(share * most + Fraction(1, 2))


_Judged = tuple[Fraction, list[Reason]]


def _interests(need: NeedProfile, candidate: CandidateProfile) -> _Judged:
    """The share of the need's interests the candidate has; one with a relative among theirs counts half."""
    if not need.interests:
        return Fraction(1), [Reason.of("no_interests_asked")]
    shared = need.interests & candidate.likes
    families = {_FAMILY_OF[code] for code in candidate.likes if code in _FAMILY_OF}
    related = {code for code in need.interests - shared if _FAMILY_OF.get(code) in families}
    share = (len(shared) + RELATED_SHARE * len(related)) / len(need.interests)
    wanted_families = {_FAMILY_OF[code] for code in related}
    near = {code for code in candidate.likes - shared if _FAMILY_OF.get(code) in wanted_families}
    reasons = []
    if shared:
        reasons.append(Reason.of("shared_interests", interests=tuple(sorted(shared))))
    if near:
        reasons.append(Reason.of("related_interests", interests=tuple(sorted(near))))
    return share, reasons or [Reason.of("no_shared_interests")]


def _times(need: NeedProfile, candidate: CandidateProfile) -> _Judged:
    """The share of the need's slots where the candidate is free; every other week counts half."""
    if not need.slots:
        return Fraction(1), [Reason.of("no_times_asked")]
    weekly = need.slots & candidate.slots
    alternate = (need.slots & candidate.alternate_slots) - weekly
    share = (len(weekly) + ALTERNATE_WEEK_SHARE * len(alternate)) / len(need.slots)
    days = {slot_day(slot) for slot in weekly}
    alternate_days = {slot_day(slot) for slot in alternate} - days
    reasons = []
    if days:
        reasons.append(Reason.of("free_days", days=tuple(sorted(days))))
    if alternate_days:
        reasons.append(Reason.of("free_days_alternate", days=tuple(sorted(alternate_days))))
    return share, reasons or [Reason.of("not_free")]


def _stays(need: NeedProfile, candidate: CandidateProfile) -> _Judged:
    """What is offered against what is asked, and a long engagement seen by the candidate as a plus (B12)."""
    offered, longest = candidate.stability.commitment_months or 0, candidate.stability.known_longest or 0
    promise = min(Fraction(1), Fraction(offered, need.months))
    history = max(HISTORY_FLOOR, min(Fraction(1), Fraction(longest, LONG_ENGAGEMENT_MONTHS)))
    reasons = []
    if longest >= 2 * 12:
        reasons.append(Reason.of("long_engagement_years", years=longest // 12))
    elif longest >= WORTH_TELLING_MONTHS:
        reasons.append(Reason.of("long_engagement_months", months=longest))
    if offered == 1:
        reasons.append(Reason.of("commitment_one_month"))
    elif offered:
        reasons.append(Reason.of("commitment", months=offered))
    return COMMITMENT_SHARE * promise + (1 - COMMITMENT_SHARE) * history, reasons


def _distance(minutes: int) -> _Judged:
    """All within `NEAR_MINUTES`, nothing from `FAR_MINUTES`, evenly between."""
    share = Fraction(FAR_MINUTES - minutes, FAR_MINUTES - NEAR_MINUTES)
    return max(Fraction(0), min(Fraction(1), share)), [Reason.of("distance", minutes=minutes)]


def _courses(candidate: CandidateProfile) -> _Judged:
    """The basic course, and up to two theme courses on top."""
    themes = THEME_COURSE_SHARE * min(candidate.theme_courses, COUNTED_THEME_COURSES)
    if not candidate.basic_course:
        return themes, [Reason.of("no_basic_course")]
    code = "basic_and_theme_courses" if candidate.theme_courses else "basic_course"
    return BASIC_COURSE_SHARE + themes, [Reason.of(code)]


def _load_reason(need: NeedProfile, candidate: CandidateProfile, load: Light) -> Reason:
    hours = candidate.hours
    if hours.now is not None and hours.wanted_max is not None:
        code = f"load_{load.value}_total"
        shown = {"now": hours.now, "max": hours.wanted_max}
    else:
        code = f"load_{load.value}_stated"
        shown = {} if load is Light.RED else {"free": hours.free}
    if load is Light.YELLOW:
        shown["asked"] = need.hours
    return Reason.of(code, **shown)
