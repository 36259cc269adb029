"""The door of the needs slice for the slices and floors above: the vocabularies."""

from __future__ import annotations

from shared_pool.needs.traits import (
    AGE_BANDS,
    AREA_OF_MUNICIPALITY,
    AREAS,
    CONTACT_PREFERENCES,
    DAY_PARTS,
    INTEREST_FAMILIES,
    INTERESTS,
    LANGUAGES,
    PREDICTABILITY,
    SKILLS,
    SLOTS,
    WEEKDAYS,
    ExactTime,
    Sex,
    age_band_of,
    interest_codes,
    is_rare_skill,
    slot_day,
)

__all__ = [
    "AGE_BANDS",
    "AREAS",
    "AREA_OF_MUNICIPALITY",
    "CONTACT_PREFERENCES",
    "DAY_PARTS",
    "INTERESTS",
    "INTEREST_FAMILIES",
    "LANGUAGES",
    "PREDICTABILITY",
    "SKILLS",
    "SLOTS",
    "WEEKDAYS",
    "ExactTime",
    "Sex",
    "age_band_of",
    "interest_codes",
    "is_rare_skill",
    "slot_day",
]
