"""The door of the matching slice: the steps from proposal to match, and what the region's pages show of them."""

from __future__ import annotations

from shared_pool.matching.lending import lend, refuse_loan
from shared_pool.matching.loading import candidate_profile, fits_for, need_profile
from shared_pool.matching.measures import MEASURES
from shared_pool.matching.models import Proposal
from shared_pool.matching.queries import (
    ProposalCard,
    Settled,
    back_in_pool,
    proposals_of_need,
    refused_pairs,
    region_proposals,
    settled,
)
from shared_pool.matching.service import (
    DECLINES,
    accept,
    answer,
    decline,
    propose,
    record_pool_vetting,
    record_user_no,
    record_user_yes,
    retract,
)
from shared_pool.matching.trial import LEARNED, end_trial
from shared_pool.matching.views import STATES, fit_rows, load_of, need_view, proposal_view, steps

__all__ = [
    "DECLINES",
    "LEARNED",
    "MEASURES",
    "STATES",
    "Proposal",
    "ProposalCard",
    "Settled",
    "accept",
    "answer",
    "back_in_pool",
    "candidate_profile",
    "decline",
    "end_trial",
    "fit_rows",
    "fits_for",
    "lend",
    "load_of",
    "need_profile",
    "need_view",
    "proposal_view",
    "proposals_of_need",
    "propose",
    "record_pool_vetting",
    "record_user_no",
    "record_user_yes",
    "refuse_loan",
    "refused_pairs",
    "region_proposals",
    "retract",
    "settled",
    "steps",
]
