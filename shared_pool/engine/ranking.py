"""Ranked and explained proposals of candidates for a need (C4).

**The score says how well a need and a candidate fit each other, and nothing about a person.** The same
candidate has another score for the next need; no score is stored on a candidate, compared between needs, or
shown to anyone but those who choose for this need. It is advice: the coordinator chooses, and writes why.

Pure: the same need and candidates give the same list, whatever order they come in.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from fractions import Fraction
from typing import Final
from uuid import UUID

from shared_pool.engine.profiles import CandidateProfile, Distances, Light, NeedProfile, Stability
from shared_pool.engine.reasons import Reason
from shared_pool.engine.rules import ANY_DAY, Between, falls_on, has_hidden_requirements, obstacles
from shared_pool.engine.weights import NEAR_KM, PART_LABELS, Weights
from shared_pool.needs.api import INTEREST_FAMILIES, KINDS_OF_DAY, SLOTS

RELATED_SHARE: Final = Fraction(1, 2)
ALTERNATE_WEEK_SHARE: Final = Fraction(1, 2)
COMMITMENT_SHARE: Final = Fraction(3, 5)
# Somebody new, somebody whose engagements the municipality ended, somebody who fell ill and somebody who has not seen
# their own facts all stand here. A long engagement lifts a candidate above this line; only commitments that the
# candidate broke by choice, and has seen counted, put one below it (B12).
NO_HISTORY: Final = Fraction(1, 2)
BROKEN_COSTS: Final = Fraction(1, 4)
LONG_ENGAGEMENT_MONTHS: Final = 36
WORTH_TELLING_MONTHS: Final = 12
BASIC_COURSE_SHARE: Final = Fraction(4, 5)
THEME_COURSE_SHARE: Final = Fraction(1, 10)
COUNTED_THEME_COURSES: Final = 2
OWN_LEAD: Final = 101
"""What the own municipality goes before the others with, where the region wants it: one more than any score."""

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
    """How a candidate fits the need: points, reasons, load, and what stands in the way if anything does.

    `own`: they belong to the need's own municipality; never told, since it would tell where the need comes from. `lead`:
    what the region lets that count for, outside the score.
    """

    candidate_id: UUID
    code: str
    parts: tuple[Part, ...]
    reasons: tuple[Reason, ...]
    load: Light
    load_reason: Reason
    obstacles: tuple[Reason, ...]
    own: bool
    lead: int

    @property
    def score(self) -> int:
        """Fit between this need and this candidate, 0–100: the sum of the parts shown."""
        return sum(part.points for part in self.parts)

    @property
    def proposable(self) -> bool:
        """Whether the candidate may be proposed at all. A service that proposes must ask this again."""
        return not self.obstacles


def fit(
    need: NeedProfile, candidate: CandidateProfile, weights: Weights, km: int | None, *, apart: bool = False
) -> Fit:
    """How well the two fit, by the region's weights. `km` lies between them, None when it is not known; `apart`: they
    have been proposed for each other before.
    """
    judged = {
        "interests": _interests(need, candidate),
        "times": _times(need, candidate),
        "stability": _stability(need, candidate),
        "distance": _distance(km, weights.max_km),
        "courses": _courses(candidate),
    }
    stopped_by = obstacles(need, candidate, Between(km, weights.max_km, apart))
    reasons = [reason for _, said in judged.values() for reason in said]
    own = need.municipality == candidate.home
    if has_hidden_requirements(need) and Reason.of("hidden_missing") not in stopped_by:
        reasons.append(Reason.of("hidden_met"))
    load = candidate.load(need.hours)
    most = weights.points[need.predictability]
    return Fit(
        candidate_id=candidate.id,
        code=candidate.code,
        parts=tuple(
            Part(code, _points(share, most[code]), most[code]) for code, (share, _) in judged.items()
        ),
        reasons=tuple(reasons),
        load=load,
        load_reason=_load_reason(need, candidate, load),
        obstacles=stopped_by,
        own=own,
        lead=OWN_LEAD if own and weights.own_first else 0,
    )


def rank(
    need: NeedProfile,
    candidates: Iterable[CandidateProfile],
    weights: Weights,
    distances: Distances,
    *,
    apart: Set[tuple[UUID, UUID]] = frozenset(),
) -> list[Fit]:
    """Every candidate with its fit: best first, and those with an obstacle last.

    `apart`: (need, candidate) that have been proposed for each other before. Where the region has the own municipality
    go first, it does. Equal scores: lower load first, then the candidate's code and id, so that the order never depends
    on the order they came in. ValueError when a candidate comes twice.
    """
    fits = [
        fit(
            need,
            candidate,
            weights,
            distances.km(candidate.place, need.area),
            apart=(need.id, candidate.id) in apart,
        )
        for candidate in candidates
    ]
    if len({found.candidate_id for found in fits}) != len(fits):
        raise ValueError("a candidate comes twice")
    return sorted(fits, key=_order)


_LIGHTS: Final = list(Light)


def _order(found: Fit) -> tuple[bool, int, int, str, UUID]:
    value = found.score + found.lead
    return not found.proposable, -value, _LIGHTS.index(found.load), found.code, found.candidate_id


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
    """The share of the days told where they have a time in common; every other week counts half.

    No finer than what is told: a need that tells only "weekdays", so that it fits more people, must not have its
    Tuesdays read from somebody's points.
    """
    if not need.slots:
        return Fraction(1), [Reason.of("no_times_asked")]
    # Who is not free then, but on what is told, is judged by what is told: nothing for the times would tell which they are.
    asked = need.slots if need.slots & (candidate.slots | candidate.alternate_slots) else frozenset(SLOTS)
    alternate = asked & candidate.alternate_slots
    weekly = (asked & candidate.slots) - alternate
    told = need.days_told or {ANY_DAY}
    sure = {day for day in told if any(falls_on(slot, day) for slot in weekly)}
    half = {day for day in told - sure if any(falls_on(slot, day) for slot in alternate)}
    share = (len(sure) + ALTERNATE_WEEK_SHARE * len(half)) / len(told)
    return share, _times_reasons(sure, half) or [Reason.of("not_free")]


def _times_reasons(sure: Set[str], half: Set[str]) -> list[Reason]:
    reasons = []
    if ANY_DAY in sure | half:
        return [Reason.of("free_then" if sure else "free_then_alternate")]
    if sure:
        kinds = sure & KINDS_OF_DAY.keys()
        reasons.append(Reason.of("free_kinds" if kinds else "free_days", days=tuple(sorted(sure))))
    if half:
        reasons.append(Reason.of("free_days_alternate", days=tuple(sorted(half))))
    return reasons


def _stability(need: NeedProfile, candidate: CandidateProfile) -> _Judged:
    """What is offered against what is asked; and what has been, as far as the candidate has seen it counted (B12)."""
    known = candidate.stability
    offered, longest = known.commitment_months or 0, known.known_longest or 0
    promise = min(Fraction(1), Fraction(offered, need.months))
    kept = max(NO_HISTORY, min(Fraction(1), Fraction(longest, LONG_ENGAGEMENT_MONTHS)))
    history = max(Fraction(0), kept - BROKEN_COSTS * known.known_broken)
    return COMMITMENT_SHARE * promise + (1 - COMMITMENT_SHARE) * history, _stability_reasons(
        known, offered, longest
    )


def _stability_reasons(known: Stability, offered: int, longest: int) -> list[Reason]:
    reasons = []
    if longest >= 2 * 12:
        reasons.append(Reason.of("long_engagement_years", years=longest // 12))
    elif longest >= WORTH_TELLING_MONTHS:
        reasons.append(Reason.of("long_engagement_months", months=longest))
    if offered == 1:
        reasons.append(Reason.of("commitment_one_month"))
    elif offered:
        reasons.append(Reason.of("commitment", months=offered))
    if known.known_broken == 1:
        reasons.append(Reason.of("broken_one"))
    elif known.known_broken:
        reasons.append(Reason.of("broken_more", count=known.known_broken))
    return reasons


def _distance(km: int | None, max_km: int) -> _Judged:
    """All within `NEAR_KM`, nothing from the region's limit, evenly between; nothing for what is not known."""
    if km is None:
        return Fraction(0), [Reason.of("km_unknown")]
    share = Fraction(max_km - km, max_km - NEAR_KM)
    return max(Fraction(0), min(Fraction(1), share)), [Reason.of("km", km=km)]


def _courses(candidate: CandidateProfile) -> _Judged:
    """The basic course, and up to two theme courses on top."""
    themes = THEME_COURSE_SHARE * min(candidate.theme_courses, COUNTED_THEME_COURSES)
    if not candidate.basic_course:
        return themes, [Reason.of("no_basic_course")]
    code = "basic_and_theme_courses" if candidate.theme_courses else "basic_course"
    return BASIC_COURSE_SHARE + themes, [Reason.of(code)]


def _load_reason(need: NeedProfile, candidate: CandidateProfile, load: Light) -> Reason:
    hours = candidate.hours
    if load is not Light.GREEN and load is not hours.light(need.hours):
        return Reason.of(f"load_{load.value}_shared")
    if hours.now is not None and hours.wanted_max is not None:
        code = f"load_{load.value}_total"
        shown = {"now": hours.now, "max": hours.wanted_max}
    else:
        code = f"load_{load.value}_stated"
        shown = {} if load is Light.RED else {"free": hours.free}
    if load is Light.YELLOW:
        shown["asked"] = need.hours
    return Reason.of(code, **shown)
