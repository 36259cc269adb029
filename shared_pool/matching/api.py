"""The door of the matching slice: the steps from proposal to match, and what the region's pages show of them."""

from __future__ import annotations

from shared_pool.matching.loading import candidate_profile, fits_for, need_profile
from shared_pool.matching.models import Proposal
from shared_pool.matching.queries import ProposalCard, proposals_of_need, region_proposals
from shared_pool.matching.service import (
    accept,
    answer,
    decline,
    propose,
    record_pool_vetting,
    record_user_yes,
    retract,
)
from shared_pool.matching.views import STATES, fit_rows, load_of, need_view, proposal_view, steps

__all__ = [
    "STATES",
    "Proposal",
    "ProposalCard",
    "accept",
    "answer",
    "candidate_profile",
    "decline",
    "fit_rows",
    "fits_for",
    "load_of",
    "need_profile",
    "need_view",
    "proposal_view",
    "proposals_of_need",
    "propose",
    "record_pool_vetting",
    "record_user_yes",
    "region_proposals",
    "retract",
    "steps",
]
