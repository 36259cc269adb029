"""The door of the needs slice for the slices and floors above: needs, their words and the vocabularies."""

from __future__ import annotations

from shared_pool.needs.bands import BANDS
from shared_pool.needs.cards import extent, need_facts
from shared_pool.needs.queries import NeedCard, open_needs, own_need, own_needs, region_need, shown
from shared_pool.needs.rules import NeedFacts, check_postable, crowd_limit
from shared_pool.needs.service import (
    expire_needs,
    fill_need,
    locked_need,
    on_need_closed,
    post_need,
    withdraw_need,
)
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
    "BANDS",
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
    "NeedCard",
    "NeedFacts",
    "Sex",
    "age_band_of",
    "check_postable",
    "crowd_limit",
    "expire_needs",
    "extent",
    "fill_need",
    "interest_codes",
    "is_rare_skill",
    "locked_need",
    "need_facts",
    "on_need_closed",
    "open_needs",
    "own_need",
    "own_needs",
    "post_need",
    "region_need",
    "shown",
    "slot_day",
    "withdraw_need",
]
