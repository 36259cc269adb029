"""The door of the engine: what fits what, why, and who gets whom. Pure: no database, no clock."""

from __future__ import annotations

from shared_pool.engine.planning import (
    UNMATCHED_BECAUSE,
    Match,
    Plan,
    match,
    sole_obstacles,
    what_stops,
)
from shared_pool.engine.profiles import (
    USES,
    CandidateProfile,
    Distances,
    Hours,
    Light,
    NeedProfile,
    Stability,
)
from shared_pool.engine.ranking import Fit, Part, fit, rank
from shared_pool.engine.reasons import Reason
from shared_pool.engine.rules import RULES, Rule
from shared_pool.engine.weights import (
    DEFAULT,
    FAULTS,
    FULL,
    LEAST_MAX_KM,
    MOST_MAX_KM,
    NEAR_KM,
    PART_LABELS,
    PARTS,
    Weights,
    WeightsError,
)

__all__ = [
    "DEFAULT",
    "FAULTS",
    "FULL",
    "LEAST_MAX_KM",
    "MOST_MAX_KM",
    "NEAR_KM",
    "PARTS",
    "PART_LABELS",
    "RULES",
    "UNMATCHED_BECAUSE",
    "USES",
    "CandidateProfile",
    "Distances",
    "Fit",
    "Hours",
    "Light",
    "Match",
    "NeedProfile",
    "Part",
    "Plan",
    "Reason",
    "Rule",
    "Stability",
    "Weights",
    "WeightsError",
    "fit",
    "match",
    "rank",
    "sole_obstacles",
    "what_stops",
]
