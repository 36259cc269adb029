"""Needs, candidates and the map of Vestfold that the tests of matching share."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from uuid import UUID

from hypothesis import strategies as st

from shared_pool.engine.profiles import USES, CandidateProfile, Hours, Light, NeedProfile, Stability
from shared_pool.engine.ranking import Fit, rank
from shared_pool.engine.reasons import Reason
from shared_pool.engine.weights import DEFAULT, PARTS, Weights
from shared_pool.geography.api import Distances, Position, Spot
from shared_pool.needs.api import (
    AGE_BANDS,
    AREA_OF_MUNICIPALITY,
    AREAS,
    INTERESTS,
    KINDS_OF_DAY,
    LANGUAGES,
    SKILLS,
    SLOTS,
    WEEKDAYS,
    ExactTime,
)

# The points of SSB's list and the population of July 2011.
_POINTS = {
    "0701": (59.3959, 10.431, 26138),
    "0702": (59.5191, 10.2185, 10184),
    "0704": (59.3002, 10.3957, 40281),
    "0706": (59.1302, 10.2187, 44008),
    "0709": (59.1454, 9.9778, 42802),
    "0714": (59.5513, 10.043, 3091),
    "0716": (59.3942, 10.2132, 8838),
    "0719": (59.2889, 10.1088, 5408),
    "0720": (59.2499, 10.2575, 11214),
    "0722": (59.2163, 10.4189, 20877),
    "0723": (59.105, 10.3956, 4767),
    "0728": (59.3661, 9.9082, 2432),
}
VESTFOLD = Distances(
    (Spot(code, code, Position(lat, lon), people) for code, (lat, lon, people) in _POINTS.items()),
    AREA_OF_MUNICIPALITY,
)
PLACES = [*_POINTS, "9999"]
"""The last is not on the map."""
TOWNS = [UUID(int=900 + number) for number in range(4)]
HORTEN, RE = TOWNS[:2]
SOME_DAY = date(2026, 11, 22)

NEED_3F9 = NeedProfile(
    id=UUID(int=0x3F9),
    municipality=RE,
    age_band="10-13",
    area="north",
    hours=Decimal(4),
    interests=frozenset({"climbing", "building", "gaming"}),
    slots=frozenset({"tue-pm", "tue-eve"}),
    days_told=frozenset({"tue"}),
    months=12,
)


def candidate(number: int = 1, **changes: object) -> CandidateProfile:
    """Someone who fits need 3F9 in everything, until changed."""
    fitting = CandidateProfile(
        id=UUID(int=number),
        code=f"K-{number:03d}",
        home=HORTEN,
        place="0701",
        hours=Hours.total(Decimal(6), Decimal(15)),
        consents=True,
        age=34,
        visible_to=frozenset(TOWNS),
        sex="F",
        interests=NEED_3F9.interests,
        slots=NEED_3F9.slots,
        stability=Stability(commitment_months=12, longest_months=36, seen=True),
        basic_course=True,
        theme_courses=2,
    )
    return replace(fitting, **changes)  # type: ignore[arg-type] # the tests name real fields


def ranked(need: NeedProfile, people: list[CandidateProfile], weights: Weights = DEFAULT) -> list[Fit]:
    return rank(need, people, weights, VESTFOLD)


def fit_of(need: NeedProfile, person: CandidateProfile, weights: Weights = DEFAULT) -> Fit:
    return ranked(need, [person], weights)[0]


def points(fit: Fit) -> dict[str, int]:
    return {part.code: part.points for part in fit.parts}


def texts(fit: Fit) -> list[str]:
    return [reason.text() for reason in (*fit.reasons, fit.load_reason, *fit.obstacles)]


def codes(reasons: tuple[Reason, ...]) -> list[str]:
    return [reason.code for reason in reasons]


def subsets(of: object, most: int = 4) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(sorted(of)), max_size=most)  # type: ignore[call-overload] # any collection of codes


def towns() -> st.SearchStrategy[frozenset[UUID]]:
    return st.frozensets(st.sampled_from(TOWNS))


def hours() -> st.SearchStrategy[Decimal]:
    return st.integers(0, 40).map(lambda halves: Decimal(halves) / 2)


def days() -> st.SearchStrategy[date | None]:
    return st.sampled_from([None, SOME_DAY, SOME_DAY.replace(day=1), SOME_DAY.replace(month=12)])


@st.composite
def exact_times(draw: st.DrawFn) -> frozenset[ExactTime]:
    starts = draw(st.lists(st.integers(6, 20), max_size=2))
    return frozenset(
        ExactTime(draw(st.sampled_from(["mon", "tue"])), time(hour), time(hour + 2)) for hour in starts
    )


@st.composite
def needs(draw: st.DrawFn, number: int = 1) -> NeedProfile:
    return NeedProfile(
        id=UUID(int=5000 + number),
        municipality=draw(st.sampled_from(TOWNS)),
        age_band=draw(st.sampled_from(sorted(AGE_BANDS))),
        area=draw(st.sampled_from(sorted(AREAS))),
        hours=draw(hours().filter(bool)),
        use=draw(st.sampled_from(USES)),
        waited_weeks=draw(st.integers(0, 4)),
        start_by=draw(days()),
        interests=draw(subsets(INTERESTS)),
        slots=draw(subsets(SLOTS)),
        days_told=draw(st.one_of(subsets(WEEKDAYS, 3), subsets(KINDS_OF_DAY, 2))),
        months=draw(st.integers(1, 36)),
        predictability=draw(st.integers(1, 3)),
        preferred_sex=draw(st.sampled_from(["F", "M", None])),
        min_contact_age=draw(st.sampled_from([None, 18, 25])),
        skills=draw(subsets(SKILLS)),
        languages=draw(subsets(LANGUAGES)),
        exact_times=draw(exact_times()),
    )


@st.composite
def candidates(draw: st.DrawFn, number: int = 1) -> CandidateProfile:
    load = st.one_of(st.builds(Hours.total, hours(), hours()), st.builds(Hours.stated, hours()))
    months = st.one_of(st.none(), st.integers(0, 60))
    return CandidateProfile(
        id=UUID(int=number),
        code=f"K-{number:03d}",
        home=draw(st.sampled_from(TOWNS)),
        place=draw(st.sampled_from(PLACES)),
        hours=draw(load),
        consents=draw(st.booleans()),
        age=draw(st.integers(16, 80)),
        visible_to=draw(towns()),
        not_in=draw(towns()),
        uses=draw(subsets(USES)),
        areas=draw(subsets(AREAS, 2)),
        available_from=draw(days()),
        light=draw(st.sampled_from([None, *Light])),
        sex=draw(st.sampled_from(["F", "M", None])),
        interests=draw(subsets(INTERESTS)),
        will_not_do=draw(subsets(INTERESTS)),
        slots=draw(subsets(SLOTS)),
        alternate_slots=draw(subsets(SLOTS)),
        age_bands=draw(subsets(AGE_BANDS)),
        stability=draw(st.builds(Stability, months, months, st.booleans(), st.integers(0, 4))),
        basic_course=draw(st.booleans()),
        theme_courses=draw(st.integers(0, 5)),
        skills=draw(subsets(SKILLS)),
        languages=draw(subsets(LANGUAGES)),
    )


@st.composite
def weighings(draw: st.DrawFn) -> Weights:
    """Any weights a region could adopt."""
    rows = {}
    for level in (1, 2, 3):
        cuts = sorted(draw(st.lists(st.integers(0, 100), min_size=len(PARTS) - 1, max_size=len(PARTS) - 1)))
        rows[level] = dict(
            zip(
                PARTS,
                (after - before for before, after in zip([0, *cuts], [*cuts, 100], strict=True)),
                strict=True,
            )
        )
    # Who depends on it more may not have it count less.
    in_order = sorted(rows.values(), key=lambda row: row["stability"])
    return Weights(dict(zip((1, 2, 3), in_order, strict=True)), draw(st.booleans()), draw(st.integers(9, 60)))


@st.composite
def pools(draw: st.DrawFn) -> list[CandidateProfile]:
    return [draw(candidates(number)) for number in range(1, draw(st.integers(1, 6)) + 1)]
