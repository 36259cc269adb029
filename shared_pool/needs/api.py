"""The door of the needs slice for the slices and floors above: the vocabularies."""

from __future__ import annotations

from tenants.api import traits

AGE_BANDS = traits.AGE_BANDS
AREA_OF_MUNICIPALITY = traits.AREA_OF_MUNICIPALITY
AREAS = traits.AREAS
CONTACT_PREFERENCES = traits.CONTACT_PREFERENCES
DAY_PARTS = traits.DAY_PARTS
INTEREST_FAMILIES = traits.INTEREST_FAMILIES
INTERESTS = traits.INTERESTS
LANGUAGES = traits.LANGUAGES
PREDICTABILITY = traits.PREDICTABILITY
SKILLS = traits.SKILLS
SLOTS = traits.SLOTS
WEEKDAYS = traits.WEEKDAYS
ExactTime = traits.ExactTime
Sex = traits.Sex
age_band_of = traits.age_band_of
interest_codes = traits.interest_codes
is_rare_skill = traits.is_rare_skill
slot_day = traits.slot_day

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
