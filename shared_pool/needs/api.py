"""The door of the needs slice for the slices and floors above: needs, their words and the vocabularies."""

from __future__ import annotations

from shared_pool.needs.bands import BANDS
from shared_pool.needs.cards import age_words, extent, hours_words, need_facts
from shared_pool.needs.checking import Known, words_of
from shared_pool.needs.checking import check as check_text
from shared_pool.needs.hours import HOURS, hours_band
from shared_pool.needs.measures import MEASURES
from shared_pool.needs.queries import (
    NeedCard,
    needs_for_run,
    open_needs,
    own_need,
    own_needs,
    region_need,
    shown,
)
from shared_pool.needs.rules import NeedFacts, check_postable, crowd_limit, week_of
from shared_pool.needs.service import (
    expire_needs,
    fill_need,
    locked_need,
    on_need_closed,
    post_need,
    prolong_need,
    reopen_need,
    withdraw_need,
)
from shared_pool.needs.times import KINDS_OF_DAY, SHOWN_DAYS, exact_time, kept_time
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
    "HOURS",
    "INTERESTS",
    "INTEREST_FAMILIES",
    "KINDS_OF_DAY",
    "LANGUAGES",
    "MEASURES",
    "PREDICTABILITY",
    "SHOWN_DAYS",
    "SKILLS",
    "SLOTS",
    "WEEKDAYS",
    "ExactTime",
    "Known",
    "NeedCard",
    "NeedFacts",
    "Sex",
    "age_band_of",
    "age_words",
    "check_postable",
    "check_text",
    "crowd_limit",
    "exact_time",
    "expire_needs",
    "extent",
    "fill_need",
    "hours_band",
    "hours_words",
    "interest_codes",
    "is_rare_skill",
    "kept_time",
    "locked_need",
    "need_facts",
    "needs_for_run",
    "on_need_closed",
    "open_needs",
    "own_need",
    "own_needs",
    "post_need",
    "prolong_need",
    "region_need",
    "reopen_need",
    "shown",
    "slot_day",
    "week_of",
    "withdraw_need",
    "words_of",
]
