"""From the pool's rows to what the engine knows, and the ranking of a need's candidates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Final, cast
from uuid import UUID

from sammen.clock import today
from shared_pool.engine.api import (
    DEFAULT,
    CandidateProfile,
    Distances,
    Fit,
    Hours,
    Light,
    NeedProfile,
    Stability,
    Weights,
    rank,
)
from shared_pool.geography.api import Distances as Map
from shared_pool.geography.api import Position, Spot
from shared_pool.needs.api import AREA_OF_MUNICIPALITY, CONTACT_PREFERENCES, SLOTS, NeedCard, Sex, slot_day
from shared_pool.recruitment.api import CandidateCard, Home

BEGIN_WITHIN: Final = timedelta(weeks=4)
"""Who is free later than this is not proposed yet: the yeses and the politiattest take some weeks."""
BASIC_COURSE: Final = "intro_course"
THEME_COURSES: Final = frozenset({"theme_course", "training_course", "first_aid", "driving_course"})
"""What counts beside the basic course. Schooling is not a course, and guidance before the start is everybody's."""
USE_OF: Final[Mapping[str, str]] = {"regular": "individual", "substitute": "substitute"}
"""What a need's purpose asks of the candidate's own yes."""


def need_profile(need: NeedCard) -> NeedProfile:
    """A need's row for the engine. Days without a time of day mean any time on those days."""
    slots = need.slots or [slot for slot in SLOTS if slot_day(slot) in need.weekdays]
    wish = need.gender_wish if need.gender_wish in CONTACT_PREFERENCES else None
    return NeedProfile(
        id=need.id,
        municipality=need.posted_by,
        age_band=need.age_band,
        area=need.area,
        hours=need.hours_per_week,
        use=USE_OF[need.purpose],
        waited_weeks=need.waited_weeks,
        start_by=today() + BEGIN_WITHIN,
        interests=frozenset(need.interests),
        slots=frozenset(slots),
        days_told=frozenset(need.weekdays),
        months=need.months,
        predictability=need.predictability,
        preferred_sex=cast("Sex | None", wish),
        min_contact_age=need.min_contact_age,
        skills=frozenset([*need.skills, *(["car"] if need.needs_car else [])]),
        languages=frozenset(need.languages),
        exact_times=frozenset(need.exact_times),
    )


def candidate_profile(card: CandidateCard, home: Home | None) -> CandidateProfile:
    """A candidate's row for the engine. Their age is the one they had at the turn of the year: never too old."""
    taken = max(card.hours_now, Decimal(0)) + max(card.hours_elsewhere, Decimal(0))
    return CandidateProfile(
        id=card.id,
        code=card.code,
        home=card.home_id,
        place=card.postcode or (home.code if home is not None else card.area),
        hours=Hours.total(taken, card.hours_wanted),
        consents=card.consents,
        age=max(0, today().year - card.birth_year - 1),
        visible_to=frozenset(card.visible_to),
        not_in=frozenset(card.not_in),
        uses=frozenset(card.uses),
        areas=frozenset(card.areas),
        available_from=card.available_from,
        light=Light(card.light) if card.light else None,
        sex=cast("Sex | None", card.gender if card.gender in CONTACT_PREFERENCES else None),
        interests=frozenset(card.interests),
        will_not_do=frozenset(card.will_not),
        slots=frozenset(card.slots),
        alternate_slots=frozenset(card.alternate_slots),
        age_bands=frozenset(card.age_bands),
        stability=Stability(
            card.commits_months,
            card.longest_months,
            seen=card.stability_counts,
            broken_by_choice=card.broken_by_choice,
        ),
        basic_course=BASIC_COURSE in card.courses,
        theme_courses=len(THEME_COURSES & set(card.courses)),
        skills=frozenset([*card.skills, *(["car"] if card.has_car else [])]),
        languages=frozenset(card.languages),
    )


def between_towns(homes: Mapping[UUID, Home]) -> Distances:
    """Distances from the municipalities' own points, for when no postcodes are at hand (geography has those)."""
    return Map(
        (
            Spot(home.code, home.code, Position(home.latitude, home.longitude), max(home.inhabitants, 1))
            for home in homes.values()
            if home.latitude is not None and home.longitude is not None
        ),
        AREA_OF_MUNICIPALITY,
    )


def fits_for(
    need: NeedCard,
    candidates: Sequence[CandidateCard],
    homes: Mapping[UUID, Home],
    distances: Distances | None = None,
    weights: Weights = DEFAULT,
    *,
    apart: Set[tuple[UUID, UUID]] = frozenset(),
) -> list[Fit]:
    """Every candidate ranked for the need, best first and those with an obstacle last.

    `distances`: from load_distances; without them, between the municipalities' points. `apart`: (need, candidate) that
    have been proposed for each other before.
    """
    profiles = [candidate_profile(card, homes.get(card.home_id)) for card in candidates]
    if distances is None:
        distances = between_towns(homes)
        profiles = [
            replace(profile, place=homes[profile.home].code if profile.home in homes else profile.place)
            for profile in profiles
        ]
    return rank(need_profile(need), profiles, weights, distances, apart=apart)
