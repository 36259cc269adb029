"""The shared pool's one door for the floors above: it re-exports what they may use, and nothing else."""

from __future__ import annotations

from shared_pool.calendar.api import Event, published_events
from shared_pool.courses.api import MEASURES as COURSE_MEASURES
from shared_pool.courses.api import Course
from shared_pool.groups.api import MEASURES as GROUP_MEASURES
from shared_pool.matching.api import MEASURES as MATCHING_MEASURES
from shared_pool.matching.api import accept, answer, decline, propose, record_pool_vetting, record_user_yes
from shared_pool.needs.api import MEASURES as NEED_MEASURES
from shared_pool.needs.api import NeedFacts, post_need, withdraw_need
from shared_pool.recruitment.api import share_contact, withdraw_candidate
from shared_pool.settlement.api import MEASURES as COST_MEASURES

MEASURES = (*COURSE_MEASURES, *NEED_MEASURES, *MATCHING_MEASURES, *GROUP_MEASURES, *COST_MEASURES)
"""Every figure the floor contributes, each counted in a municipality's own context."""

__all__ = [
    "MEASURES",
    "Course",
    "Event",
    "NeedFacts",
    "accept",
    "answer",
    "decline",
    "post_need",
    "propose",
    "published_events",
    "record_pool_vetting",
    "record_user_yes",
    "share_contact",
    "withdraw_candidate",
    "withdraw_need",
]
