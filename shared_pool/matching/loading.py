"""From the pool's rows to what the ranking knows, and the ranking of a need's candidates."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Final, cast
from uuid import UUID

from sammen.clock import today
from shared_pool.engine.api import FAR_MINUTES, CandidateProfile, Fit, Hours, NeedProfile, Stability, rank
from shared_pool.geography.api import ONLY_BY, Point, RegionMap, travel_minutes
from shared_pool.needs.api import AREA_OF_MUNICIPALITY, CONTACT_PREFERENCES, SLOTS, NeedCard, Sex, slot_day
from shared_pool.recruitment.api import CandidateCard, Home

DISTANCE: Final = "distance"


def need_profile(need: NeedCard) -> NeedProfile:
    """A need's row for the ranking. Days without a time of day mean any time on those days."""
    slots = need.slots or [slot for slot in SLOTS if slot_day(slot) in need.weekdays]
    wish = need.gender_wish if need.gender_wish in CONTACT_PREFERENCES else None
    return NeedProfile(
        age_band=need.age_band,
        area=need.area,
        hours=need.hours_per_week,
        interests=frozenset(need.interests),
        slots=frozenset(slots),
        months=need.months,
        predictability=need.predictability,
        preferred_sex=cast("Sex | None", wish),
        skills=frozenset([*need.skills, *(["car"] if need.needs_car else [])]),
        languages=frozenset(need.languages),
    )


def candidate_profile(card: CandidateCard, home: Home | None) -> CandidateProfile:
    """A candidate's row for the ranking. Their age is the one they had at the turn of the year: never too old."""
    return CandidateProfile(
        id=card.id,
        code=card.code,
        place=home.code if home is not None else card.area,
        hours=Hours.total(max(card.hours_now, Decimal(0)), card.hours_wanted),
        consents=card.consents,
        age=max(0, today().year - card.birth_year - 1),
        sex=cast("Sex | None", card.gender if card.gender in CONTACT_PREFERENCES else None),
        interests=frozenset(card.interests),
        will_not_do=frozenset(card.will_not),
        slots=frozenset(card.slots),
        # Shown to the contact, who could correct it, when they agreed to be shared.
        stability=Stability(card.commits_months, card.longest_months, seen=True),
        basic_course="intro_course" in card.courses,
        theme_courses=sum(code != "intro_course" for code in card.courses),
        skills=frozenset([*card.skills, *(["car"] if card.has_car else [])]),
        languages=frozenset(card.languages),
    )


def _region_map(homes: Mapping[UUID, Home]) -> RegionMap:
    points = {
        home.code: Point(home.latitude, home.longitude, max(home.inhabitants, 1))
        for home in homes.values()
        if home.latitude is not None and home.longitude is not None
    }
    areas = {code: AREA_OF_MUNICIPALITY[code] for code in points if code in AREA_OF_MUNICIPALITY}
    return RegionMap(points, areas, {a: b for a, b in ONLY_BY.items() if a in points and b in points})


def travel(homes: Mapping[UUID, Home]) -> tuple[Callable[[str, str], int], Callable[[str, str], bool]]:
    """(minutes between two places, whether they are known). A place without a point counts as far away."""
    region = _region_map(homes)

    def known(a: str, b: str) -> bool:
        return all(place in region.points or place in region.areas.values() for place in (a, b))

    def minutes(a: str, b: str) -> int:
        return travel_minutes(region, a, b) if known(a, b) else FAR_MINUTES

    return minutes, known


def fits_for(need: NeedCard, candidates: Sequence[CandidateCard], homes: Mapping[UUID, Home]) -> list[Fit]:
    """Every candidate ranked for the need, best first and those with an obstacle last. No distance is told where
    none is known.
    """
    minutes, known = travel(homes)
    profiles = {card.id: candidate_profile(card, homes.get(card.home_id)) for card in candidates}
    ranked = rank(need_profile(need), profiles.values(), travel_minutes=minutes)
    return [
        fit
        if known(profiles[fit.candidate_id].place, need.area)
        else dataclasses.replace(fit, reasons=tuple(r for r in fit.reasons if r.code != DISTANCE))
        for fit in ranked
    ]
