"""The door of the recruitment slice: candidates, the region, and the words both are told with."""

from __future__ import annotations

from shared_pool.recruitment.cards import candidate_facts, describe
from shared_pool.recruitment.codes import add_with_code, need_code
from shared_pool.recruitment.keeping import (
    knows_light,
    on_candidate_narrowed,
    on_candidate_shared,
    on_candidate_withdrawn,
    refresh_candidate,
    show_to_pool,
)
from shared_pool.recruitment.models import Candidate
from shared_pool.recruitment.queries import (
    CandidateCard,
    candidates_for_run,
    home_months_and_hours,
    open_candidate,
    open_candidates,
    own_candidate,
)
from shared_pool.recruitment.region import Home, Pool, homes_of, own_pool
from shared_pool.recruitment.service import (
    PoolWishes,
    Wishes,
    record_wishes,
    share_contact,
    withdraw_candidate,
    withdraw_everything,
)
from shared_pool.recruitment.words import Say, labels, listed

__all__ = [
    "Candidate",
    "CandidateCard",
    "Home",
    "Pool",
    "PoolWishes",
    "Say",
    "Wishes",
    "add_with_code",
    "candidate_facts",
    "candidates_for_run",
    "describe",
    "home_months_and_hours",
    "homes_of",
    "knows_light",
    "labels",
    "listed",
    "need_code",
    "on_candidate_narrowed",
    "on_candidate_shared",
    "on_candidate_withdrawn",
    "open_candidate",
    "open_candidates",
    "own_candidate",
    "own_pool",
    "record_wishes",
    "refresh_candidate",
    "share_contact",
    "show_to_pool",
    "withdraw_candidate",
    "withdraw_everything",
]
