"""Needs and candidates as columns of whole numbers, so that all pairs can be asked at once.

Closed vocabularies become bits, sets become masks, and hours the place they have among all hours, so that nothing is
rounded. `REFUSALS` has the rules of rules.py and `values` the score of ranking.py, for arrays: tests hold them equal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from shared_pool.engine.profiles import USES, CandidateProfile, Distances, Light, NeedProfile
from shared_pool.engine.ranking import COUNTED_THEME_COURSES, LONG_ENGAGEMENT_MONTHS
from shared_pool.engine.rules import ANY_DAY, HOURS_PART, falls_on
from shared_pool.engine.weights import Weights
from shared_pool.needs.api import (
    AGE_BANDS,
    BANDS,
    INTEREST_FAMILIES,
    INTERESTS,
    LANGUAGES,
    SHOWN_DAYS,
    SKILLS,
    SLOTS,
    is_rare_skill,
)

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def _bits(vocabulary: Iterable[str]) -> dict[str, int]:
    return {code: 1 << place for place, code in enumerate(vocabulary)}


_INTEREST: Final = _bits(INTERESTS)
_SLOT: Final = _bits(SLOTS)
_BAND: Final = _bits(AGE_BANDS)
_USE: Final = _bits(USES)
_SKILL: Final = _bits(SKILLS)
_HIDDEN: Final = _bits([*(code for code in SKILLS if is_rare_skill(code)), *LANGUAGES])
_FAMILIES: Final = [sum(_INTEREST[code] for code in family) for family in INTEREST_FAMILIES.values()]
_TOLD: Final = _bits([*SHOWN_DAYS, ANY_DAY])
TOLD_SLOTS: Final = {
    bit: sum(_SLOT[slot] for slot in SLOTS if falls_on(slot, told)) for told, bit in _TOLD.items()
}
"""The slots of each day, or kind of day, that a need may tell."""
_ANY_BAND: Final = (1 << len(AGE_BANDS)) - 1
_SEX: Final = {None: 0, "F": 1, "M": 2}
UNKNOWN_KM: Final = -1
HISTORY_PARTS: Final = 2 * LONG_ENGAGEMENT_MONTHS
"""History in parts of this: a half stands at the middle, and each commitment broken by choice takes a quarter."""


def _mask(codes: Iterable[str], bits: Mapping[str, int]) -> int:
    mask = 0
    for code in codes:
        mask |= bits.get(code, 0)
    return mask


def _near(likes: int) -> int:
    """All interests of the families that the likes belong to."""
    mask = 0
    for family in _FAMILIES:
        if likes & family:
            mask |= family
    return mask


def _history(candidate: CandidateProfile) -> int:
    known = candidate.stability
    kept = max(LONG_ENGAGEMENT_MONTHS, min(HISTORY_PARTS, 2 * (known.known_longest or 0)))
    return max(0, kept - HISTORY_PARTS // 4 * known.known_broken)


_NEED: Final[Mapping[str, Callable[[NeedProfile], int]]] = {
    "interests": lambda need: _mask(need.interests, _INTEREST),
    "slots": lambda need: _mask(need.slots, _SLOT),
    "told": lambda need: _mask(need.days_told or {ANY_DAY}, _TOLD),
    "must_slots": lambda need: _mask(need.must_slots, _SLOT),
    "skills": lambda need: _mask(need.skills, _SKILL),
    "hidden": lambda need: _mask(need.skills | need.languages, _HIDDEN),
    "bands": lambda need: _mask(BANDS[need.age_band].covers, _BAND),
    "use": lambda need: _USE[need.use],
    "sex": lambda need: _SEX[need.preferred_sex],
    "least_age": lambda need: need.min_contact_age or 0,
    "start_by": lambda need: (need.start_by or date.max).toordinal(),
    "months": lambda need: need.months,
    "predictability": lambda need: need.predictability,
    "waited": lambda need: need.waited_weeks,
}
_CANDIDATE: Final[Mapping[str, Callable[[CandidateProfile], int]]] = {
    "likes": lambda one: _mask(one.likes, _INTEREST),
    "near": lambda one: _near(_mask(one.likes, _INTEREST)),
    "will_not": lambda one: _mask(one.will_not_do, _INTEREST),
    "weekly": lambda one: _mask(one.slots - one.alternate_slots, _SLOT),
    "alternate": lambda one: _mask(one.alternate_slots, _SLOT),
    "skills": lambda one: _mask(one.skills, _SKILL),
    "hidden": lambda one: _mask(one.skills | one.languages, _HIDDEN),
    "bands": lambda one: _mask(one.age_bands, _BAND) or _ANY_BAND,
    "uses": lambda one: _mask(one.uses, _USE),
    "sex": lambda one: _SEX[one.sex],
    "age": lambda one: one.age,
    "from": lambda one: (one.available_from or date.min).toordinal(),
    "consents": lambda one: one.consents,
    "some_free": lambda one: one.hours.free > 0,
    "red": lambda one: one.light is Light.RED or one.hours.free <= 0,
    "yellow": lambda one: one.light is Light.YELLOW,
    "offered": lambda one: one.stability.commitment_months or 0,
    "history": _history,
    "courses": lambda one: 8 * one.basic_course + min(one.theme_courses, COUNTED_THEME_COURSES),
}


def _columns(rows: Sequence[Any], of: Mapping[str, Callable[[Any], int]]) -> dict[str, Ints]:
    return {name: np.fromiter(map(value, rows), np.int64, len(rows)) for name, value in of.items()}


@dataclass(frozen=True, slots=True)
class Table:
    """Needs `n` and candidates `c` by column. Needs stand by waiting, longest first, and id; candidates by id.

    `sees[candidate, municipality]`: may be proposed there. `km[candidate, area]`: UNKNOWN_KM where it is not known or
    nobody asks. `takes[candidate, area]`: 1 said yes, 0 said nothing of areas, -1 named others.
    """

    needs: Sequence[NeedProfile]
    candidates: Sequence[CandidateProfile]
    weights: Weights
    n: dict[str, Ints]
    c: dict[str, Ints]
    sees: Bools
    km: NDArray[np.int32]
    takes: NDArray[np.int8]
    apart: Ints
    """Pairs proposed before, as need × number of candidates + candidate; sorted."""


def make_table(
    needs: Iterable[NeedProfile],
    candidates: Iterable[CandidateProfile],
    weights: Weights,
    distances: Distances,
    apart: Set[tuple[UUID, UUID]],
    *,
    everywhere: bool = False,
) -> Table:
    """The columns. `everywhere`: ask the distance also where a candidate may not be proposed. ValueError when a need or a
    candidate comes twice.
    """
    rows = sorted(needs, key=lambda need: (-need.waited_weeks, need.id))
    people = sorted(candidates, key=lambda one: one.id)
    if len({need.id for need in rows}) != len(rows) or len({one.id for one in people}) != len(people):
        raise ValueError("a need or a candidate comes twice")
    n, c = _columns(rows, _NEED), _columns(people, _CANDIDATE)
    places = {code: at for at, code in enumerate(sorted({need.municipality for need in rows}))}
    areas = {code: at for at, code in enumerate(sorted({need.area for need in rows}))}
    n["municipality"] = np.array([places[need.municipality] for need in rows], np.int64)
    n["area"] = np.array([areas[need.area] for need in rows], np.int64)
    c["home"] = np.array([places.get(one.home, -1) for one in people], np.int64)
    n["hours"], c["free"], c["free_parts"] = _hours(rows, people)
    sees = _sees(people, places)
    takes = np.zeros((len(people), len(areas)), np.int8)
    for at, one in enumerate(people):
        if one.areas:
            takes[at] = -1
            takes[at, [areas[code] for code in one.areas if code in areas]] = 1
    km = _km(people, n, np.ones_like(sees) if everywhere else sees, areas, distances)
    return Table(rows, people, weights, n, c, sees, km, takes, _keys(rows, people, apart))


def _hours(rows: Sequence[NeedProfile], people: Sequence[CandidateProfile]) -> tuple[Ints, Ints, Ints]:
    """(asked, free, free × HOURS_PART), each as its place among all of them: exact for any decimals."""
    asked: list[Decimal] = [need.hours for need in rows]
    free = [one.hours.free for one in people]
    parts = [hours * HOURS_PART for hours in free]
    place = {hours: at for at, hours in enumerate(sorted({*asked, *free, *parts}))}
    at = [np.array([place[hours] for hours in each], np.int64) for each in (asked, free, parts)]
    return at[0], at[1], at[2]


def _sees(people: Sequence[CandidateProfile], places: Mapping[UUID, int]) -> Bools:
    sees = np.zeros((len(people), len(places)), np.bool_)
    for at, one in enumerate(people):
        known = [places[code] for code in ({*one.visible_to, one.home} - one.not_in) if code in places]
        sees[at, known] = True
    return sees


def _km(
    people: Sequence[CandidateProfile],
    n: Mapping[str, Ints],
    sees: Bools,
    areas: Mapping[str, int],
    distances: Distances,
) -> NDArray[np.int32]:
    """Asked once for each place and area that a municipality they are seen by has a need in."""
    posts = np.zeros((sees.shape[1], len(areas)), np.float32)
    posts[n["municipality"], n["area"]] = 1
    asked = (sees.astype(np.float32) @ posts) > 0
    names = sorted({one.place for one in people})
    number = {place: at for at, place in enumerate(names)}
    place_of = np.array([number[one.place] for one in people], np.int64)
    wanted = np.zeros((len(names), len(areas)), np.bool_)
    np.logical_or.at(wanted, place_of, asked)
    codes = list(areas)
    table = np.full((len(names), len(areas)), UNKNOWN_KM, np.int32)
    for place, area in np.argwhere(wanted).tolist():
        km = distances.km(names[place], codes[area])
        table[place, area] = UNKNOWN_KM if km is None else km
    return table[place_of]


def _keys(
    rows: Sequence[NeedProfile], people: Sequence[CandidateProfile], apart: Set[tuple[UUID, UUID]]
) -> Ints:
    if not apart:
        return np.zeros(0, np.int64)
    need_at = {need.id: at for at, need in enumerate(rows)}
    one_at = {one.id: at for at, one in enumerate(people)}
    found = [
        need_at[need] * len(people) + one_at[one] for need, one in apart if need in need_at and one in one_at
    ]
    return np.array(sorted(found), np.int64)


Refuses = Callable[[Table, Any, Any], Any]
"""(table, needs' places, candidates' places) to whether each is refused. Places broadcast against each other."""


def _area(t: Table, i: Any, j: Any) -> Any:
    area = t.n["area"][i]
    takes = t.takes[j, area]
    return (takes < 0) | ((takes == 0) & (t.km[j, area] > t.weights.max_km))


def _before(t: Table, i: Any, j: Any) -> Any:
    return np.isin(i * len(t.candidates) + j, t.apart)


def _age_band(t: Table, i: Any, j: Any) -> Any:
    return (t.n["bands"][i] & ~t.c["bands"][j]) != 0


def _hidden(t: Table, i: Any, j: Any) -> Any:
    traits = (t.n["hidden"][i] & ~t.c["hidden"][j]) != 0
    return traits | ((t.n["must_slots"][i] & ~t.c["weekly"][j]) != 0)


def _times(t: Table, i: Any, j: Any) -> Any:
    slots = t.n["slots"][i]
    return (slots != 0) & ((slots & (t.c["weekly"] | t.c["alternate"])[j]) == 0)


def _lacks(skill: str) -> Refuses:
    bit = _SKILL[skill]
    return lambda t, i, j: (t.n["skills"][i] & ~t.c["skills"][j] & bit) != 0


REFUSALS: Final[Mapping[str, Refuses]] = {
    "consent": lambda t, i, j: t.c["consents"][j] == 0,
    "there": lambda t, i, j: ~t.sees[j, t.n["municipality"][i]],
    "use": lambda t, i, j: (t.n["use"][i] & t.c["uses"][j]) == 0,
    "before": _before,
    "load": lambda t, i, j: t.c["red"][j] != 0,
    "hours": lambda t, i, j: (t.c["free_parts"][j] < t.n["hours"][i]) & (t.c["some_free"][j] != 0),
    "start": lambda t, i, j: t.c["from"][j] > t.n["start_by"][i],
    "area": _area,
    "times": _times,
    "sex": lambda t, i, j: (t.n["sex"][i] != 0) & (t.n["sex"][i] != t.c["sex"][j]),
    "age_band": _age_band,
    "age": lambda t, i, j: t.c["age"][j] < t.n["least_age"][i],
    "licence": _lacks("driving"),
    "car": _lacks("car"),
    "hidden": _hidden,
    "will_not_do": lambda t, i, j: (t.n["interests"][i] & t.c["will_not"][j]) != 0,
}
"""Each rule of rules.py by its code."""
